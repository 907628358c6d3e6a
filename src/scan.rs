//! Scans one narrative: segment, match, weigh, context, overlaps.

mod weighed;

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::assertion::Group;
use crate::context::{Context, people, sign};
use crate::lexicon::{Exception, Lexicon, Rule, Signal};
use crate::matcher::{self, Found, PhraseHits, RawMatch, Variant};
use crate::mention::Mention;
use crate::segment::{Break, Segmented};
use crate::span::Span;
use crate::weigh::Scale;

/// Scans narratives with one lexicon. Each thread has its own; the buffers are kept between calls.
#[derive(Debug)]
pub struct Scanner<'l> {
    lexicon: &'l Lexicon,
    text: Segmented,
    phrases: PhraseHits,
    raw: Vec<RawMatch>,
    context: Context,
    /// What the last narrative says about response checks.
    statements: Vec<Mention>,
    /// Whether what a rule needs in the narrative is there, by rule, as far as it was asked.
    narrative_needs: RefCell<BTreeMap<usize, bool>>,
    /// Nothing is weighed: only rules find.
    rules_alone: bool,
    scale: Scale,
}

/// A signal found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FoundSignal {
    /// Index of the signal.
    pub signal: usize,
    /// The words.
    pub span: Span,
    /// The sentence around them.
    pub sentence: Span,
}

impl<'l> Scanner<'l> {
    /// A scanner for `lexicon`.
    pub fn new(lexicon: &'l Lexicon) -> Self {
        Self {
            lexicon,
            text: Segmented::default(),
            phrases: PhraseHits::default(),
            raw: Vec::new(),
            context: Context::default(),
            statements: Vec::new(),
            narrative_needs: RefCell::default(),
            rules_alone: false,
            scale: Scale::default(),
        }
    }

    /// A scanner whose findings are those of rules alone.
    pub fn without_weights(lexicon: &'l Lexicon) -> Self {
        Self {
            rules_alone: true,
            ..Self::new(lexicon)
        }
    }

    /// Every mention in `text`, those set aside included, in the order of their spans.
    ///
    /// Of the mentions of one category that overlap, those that count stand before those that do
    /// not; among equals the longest stays, then the leftmost, then the first rule.
    pub fn scan(&mut self, text: &str) -> Vec<Mention> {
        self.scan_dated(text, None)
    }

    /// As [`Scanner::scan`], with the year of the incident, by which years in the text are read as
    /// now or long ago.
    pub fn scan_dated(&mut self, text: &str, year: Option<i16>) -> Vec<Mention> {
        self.context.set_year(year);
        let mut mentions = self.find_all(text);
        set_lone_aside(self.lexicon, &mut mentions);
        resolve_overlaps(&mut mentions);
        mentions
    }

    /// Every mention before overlaps are resolved: what each rule finds by itself. For tests of
    /// rules and for `explain`.
    pub fn scan_all(&mut self, text: &str) -> Vec<Mention> {
        self.context.set_year(None);
        self.find_all(text)
    }

    fn find_all(&mut self, text: &str) -> Vec<Mention> {
        self.segment(text);
        self.find();
        self.read(text)
    }

    /// The first stage: words, sentences, names.
    pub(crate) fn segment(&mut self, text: &str) {
        let lexicon = self.lexicon;
        self.text.segment(text, &lexicon.vocabulary);
        sign::read_signs(text, lexicon, &mut self.text);
        people::follow_names(text, lexicon, &mut self.text);
    }

    /// The second: raw matches. Returns how many.
    pub(crate) fn find(&mut self) -> usize {
        let lexicon = self.lexicon;
        self.phrases.find(&self.text, &lexicon.classes);
        let all = 0..self.text.tokens.len();
        matcher::run(
            &lexicon.rule_program,
            &lexicon.classes,
            &self.text,
            &self.phrases,
            all,
            &mut self.raw,
        );
        self.raw.len()
    }

    /// The third: what the raw matches mean where they stand.
    pub(crate) fn read(&mut self, text: &str) -> Vec<Mention> {
        let lexicon = self.lexicon;
        self.narrative_needs.get_mut().clear();
        let mut mentions: Vec<Mention> = Vec::new();
        self.statements.clear();
        for raw in &self.raw {
            if let Some(mention) = self.mention(text, raw) {
                if lexicon.rules[mention.rule].check.is_some() {
                    self.statements.push(mention);
                } else {
                    mentions.push(mention);
                }
            }
        }
        self.regex_mentions(text, &mut mentions);
        self.context
            .read_forms(text, lexicon, &self.text, &self.phrases, &mut mentions);
        self.read_statements(text);
        self.weigh(text, &mut mentions);
        if mentions.is_empty() {
            return mentions;
        }
        mentions.sort_by_key(|m| (m.tokens.start, m.tokens.end, m.rule));
        self.context
            .apply(text, lexicon, &self.text, &self.phrases, &mut mentions);
        self.set_light_aside(&mut mentions);
        mentions
    }

    /// Signals in `text`, which must be the text of the last [`Scanner::scan`]: what it says of the
    /// incident and its record, besides indicators. `mentions` are those of the scan.
    pub fn signals(&mut self, text: &str, mentions: &[Mention]) -> Vec<FoundSignal> {
        let lexicon = self.lexicon;
        let all = 0..self.text.tokens.len();
        matcher::run(
            &lexicon.signal_program,
            &lexicon.classes,
            &self.text,
            &self.phrases,
            all,
            &mut self.raw,
        );
        let mut found: Vec<FoundSignal> = Vec::new();
        // The longest match of a signal first, so that those inside it fall away.
        self.raw.sort_by_key(|m| {
            (
                m.owner,
                std::cmp::Reverse(m.found.tokens.len()),
                m.found.tokens.start,
            )
        });
        let mut kept: BTreeMap<(u32, usize), usize> = BTreeMap::new();
        let told = Told::of(mentions);
        for raw in &self.raw {
            let signal = &lexicon.signals[raw.owner as usize];
            let tokens = &self.text.tokens;
            let (range, sentence) = self.text.sentences_around(&raw.found.tokens);
            let span = Span::new(
                tokens[raw.found.tokens.start].start as usize,
                tokens[raw.found.tokens.end - 1].end as usize,
            );
            // Those kept of one signal never overlap: only the last before it needs a look.
            let before = kept
                .range((raw.owner, 0)..(raw.owner, span.end))
                .next_back();
            if before.is_none_or(|(_, end)| *end <= span.start)
                && !self.excepted(signal, &raw.found.tokens, range)
                && (!signal.beside_evidence || told.beside(sentence))
            {
                kept.insert((raw.owner, span.start), span.end);
                found.push(FoundSignal {
                    signal: raw.owner as usize,
                    span,
                    sentence,
                });
            }
        }
        found.sort_by_key(|f| (f.span.start, f.signal));
        debug_assert!(found.iter().all(|f| f.span.end <= text.len()));
        found
    }

    /// Full names in a text: a first name that the lexicon knows, or a
    /// title, and a capitalised word that it does not know. Text in capitals only yields none.
    pub fn names(&self, text: &str) -> Vec<Span> {
        let named = |name: &str| self.lexicon.named.get(name);
        let (first, title) = (named("first_name"), named("name_title"));
        let classes = &self.lexicon.classes;
        let is = |word, class: Option<_>| class.is_some_and(|class| classes.has(word, class));
        let capitalised = |span: Span| {
            let mut letters = span.of(text).chars();
            letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
        };
        // Segmented anew: in the last scan, a name behind a label is read as that label.
        let mut segmented = Segmented::default();
        segmented.segment(text, &self.lexicon.vocabulary);
        let pairs = segmented.tokens.windows(2);
        pairs
            .filter(|pair| {
                let (head, last) = (pair[0], pair[1]);
                let unknown = last.word == 0 || last.corrected || is(last.word, first);
                (is(head.word, first) || is(head.word, title))
                    && last.gap == Break::None
                    && unknown
                    && capitalised(head.span())
                    && capitalised(last.span())
                    && last.span().len() > 2
            })
            .map(|pair| Span::new(pair[0].start as usize, pair[1].end as usize))
            .collect()
    }

    fn excepted(
        &self,
        signal: &Signal,
        own: &std::ops::Range<usize>,
        sentence: std::ops::Range<usize>,
    ) -> bool {
        let (classes, tokens) = (&self.lexicon.classes, &self.text.tokens);
        let mut verifier = matcher::Verifier::new(tokens, classes, &self.phrases, sentence.clone());
        fn variants(list: &[Exception]) -> impl Iterator<Item = &Variant> {
            list.iter().flat_map(|exception| &exception.variants)
        }
        variants(&signal.not_before).any(|v| verifier.until(v, own.start).is_some())
            || variants(&signal.not_after).any(|v| verifier.from(v, own.end).is_some())
            || signal.not_in_sentence.iter().any(|exception| {
                let range = sentence.clone();
                matcher::anywhere(&exception.variants, classes, tokens, &self.phrases, range)
                    .is_some()
            })
    }

    /// What the last narrative says about response checks, set aside or not, in the order of spans.
    pub fn statements(&self) -> &[Mention] {
        &self.statements
    }

    /// Reads what was said about response checks in its context: by the cues of checks alone.
    fn read_statements(&mut self, text: &str) {
        if self.statements.is_empty() {
            return;
        }
        self.statements
            .sort_by_key(|m| (m.tokens.start, m.tokens.end, m.rule));
        self.context.assert_all(
            text,
            self.lexicon,
            &self.text,
            &self.phrases,
            &mut self.statements,
            &mut |_| {},
        );
    }

    /// What the context says of the words at `span`, read as if a rule of `category` had matched
    /// them: their polarity, certainty and time, without roles. For evaluating the context alone.
    pub fn assert_span(&mut self, text: &str, span: Span, category: usize) -> Option<Mention> {
        let lexicon = self.lexicon;
        self.text.segment(text, &lexicon.vocabulary);
        self.phrases.find(&self.text, &lexicon.classes);
        let tokens = &self.text.tokens;
        let first = tokens.partition_point(|t| (t.end as usize) <= span.start);
        let last = tokens.partition_point(|t| (t.start as usize) < span.end);
        if first >= last {
            return None;
        }
        let mention = Mention {
            rule: usize::MAX,
            category,
            span,
            sentence: self.text.sentences[self.text.sentence_of(first)].span,
            assertion: crate::assertion::Assertion::default(),
            cues: Vec::new(),
            read_as: Vec::new(),
            weights: Vec::new(),
            barely: false,
            suppressed: None,
            tokens: first..last,
            taken: u128::MAX,
            agent: None,
            experiencer: None,
        };
        let mut mentions = [mention];
        self.context.forget();
        self.context.assert_all(
            text,
            lexicon,
            &self.text,
            &self.phrases,
            &mut mentions,
            &mut |_| {},
        );
        let [mention] = mentions;
        Some(mention)
    }

    /// The segmentation of the last narrative scanned.
    pub fn segmented(&self) -> &Segmented {
        &self.text
    }

    fn mention(&self, text: &str, raw: &RawMatch) -> Option<Mention> {
        let rule = &self.lexicon.rules[raw.owner as usize];
        let mention = self.place(raw.owner as usize, rule, &raw.found);
        self.needs_met(rule, &mention).then_some(())?;
        debug_assert!(
            text.is_char_boundary(mention.span.start) && text.is_char_boundary(mention.span.end)
        );
        let suppressed = self.exception(text, rule, &mention);
        Some(Mention {
            suppressed,
            ..mention
        })
    }

    fn place(&self, index: usize, rule: &Rule, found: &Found) -> Mention {
        let tokens = &self.text.tokens;
        Mention {
            rule: index,
            category: rule.category,
            span: Span::new(
                tokens[found.tokens.start].start as usize,
                tokens[found.tokens.end - 1].end as usize,
            ),
            sentence: self.text.sentences_around(&found.tokens).1,
            assertion: crate::assertion::Assertion::default(),
            cues: Vec::new(),
            read_as: self.read_as(found),
            weights: Vec::new(),
            barely: false,
            suppressed: None,
            tokens: found.tokens.clone(),
            taken: found.taken,
            agent: found.agent,
            experiencer: found.experiencer,
        }
    }

    /// The misspelt words that a match took, and what they were read as.
    fn read_as(&self, found: &Found) -> Vec<(Span, String)> {
        let tokens = self.text.tokens[found.tokens.clone()].iter();
        let taken = tokens.enumerate().filter(|(index, token)| {
            token.corrected && *index < 128 && found.taken >> index & 1 == 1
        });
        taken
            .map(|(_, t)| (t.span(), self.lexicon.vocabulary.word(t.word).to_owned()))
            .collect()
    }

    fn needs_met(&self, rule: &Rule, mention: &Mention) -> bool {
        let classes = &self.lexicon.classes;
        let tokens = &self.text.tokens;
        let within = |variants: &[matcher::Variant], range| {
            variants.is_empty()
                || matcher::anywhere(variants, classes, tokens, &self.phrases, range).is_some()
        };
        if !rule.needs_in_sentence.is_empty() {
            let (sentence, _) = self.text.sentences_around(&mention.tokens);
            if !within(&rule.needs_in_sentence, sentence) {
                return false;
            }
        }
        if rule.needs_in_narrative.is_empty() {
            return true;
        }
        // Asked once a narrative, or a rule that matches often would read it all each time.
        let mut met = self.narrative_needs.borrow_mut();
        *met.entry(mention.rule)
            .or_insert_with(|| within(&rule.needs_in_narrative, 0..tokens.len()))
    }

    /// The exception of the rule that sets the match aside, in plain words.
    fn exception(&self, text: &str, rule: &Rule, mention: &Mention) -> Option<String> {
        let classes = &self.lexicon.classes;
        let tokens = &self.text.tokens;
        if rule.not_before.is_empty()
            && rule.not_after.is_empty()
            && rule.not_in_sentence.is_empty()
        {
            return None;
        }
        let (sentence, _) = self.text.sentences_around(&mention.tokens);
        let mut verifier = matcher::Verifier::new(tokens, classes, &self.phrases, sentence.clone());
        let quote = |found: std::ops::Range<usize>| {
            &text[tokens[found.start].start as usize..tokens[found.end - 1].end as usize]
        };
        for exception in &rule.not_before {
            for variant in &exception.variants {
                if let Some(found) = verifier.until(variant, mention.tokens.start) {
                    return Some(format!(
                        "exception of the rule: \"{}\" before it",
                        quote(found.tokens)
                    ));
                }
            }
        }
        for exception in &rule.not_after {
            for variant in &exception.variants {
                if let Some(found) = verifier.from(variant, mention.tokens.end) {
                    return Some(format!(
                        "exception of the rule: \"{}\" after it",
                        quote(found.tokens)
                    ));
                }
            }
        }
        for exception in &rule.not_in_sentence {
            if let Some(found) = matcher::anywhere(
                &exception.variants,
                classes,
                tokens,
                &self.phrases,
                sentence.clone(),
            ) {
                return Some(format!(
                    "exception of the rule: \"{}\" in the sentence",
                    quote(found)
                ));
            }
        }
        None
    }

    fn regex_mentions(&self, text: &str, mentions: &mut Vec<Mention>) {
        let tokens = &self.text.tokens;
        for (index, rule) in self.lexicon.rules.iter().enumerate() {
            let Some(regex) = &rule.regex else { continue };
            if !regex.gate.is_match(text) {
                continue;
            }
            for sentence in &self.text.sentences {
                let part = sentence.span.of(text);
                if !regex.gate.is_match(part) {
                    continue;
                }
                for found in regex
                    .regex
                    .get()
                    .find_iter(part)
                    .filter(|found| !found.is_empty())
                {
                    let span = Span::new(
                        sentence.span.start + found.start(),
                        sentence.span.start + found.end(),
                    );
                    let first = tokens.partition_point(|t| (t.end as usize) <= span.start);
                    let last = tokens.partition_point(|t| (t.start as usize) < span.end);
                    if first >= last {
                        continue;
                    }
                    let taken = if last - first >= 128 {
                        u128::MAX
                    } else {
                        (1 << (last - first)) - 1
                    };
                    let found = Found {
                        tokens: first..last,
                        taken,
                        agent: None,
                        experiencer: None,
                    };
                    let mention = Mention {
                        span,
                        ..self.place(index, rule, &found)
                    };
                    if self.needs_met(rule, &mention) {
                        let suppressed = self.exception(text, rule, &mention);
                        mentions.push(Mention {
                            suppressed,
                            ..mention
                        });
                    }
                }
            }
        }
    }
}

/// Sentences with evidence, to be asked for by their places.
struct Told {
    /// Where a sentence begins, and where the last of it and those before it ends.
    sentences: Vec<(usize, usize)>,
}

impl Told {
    fn of(mentions: &[Mention]) -> Self {
        let counting = mentions.iter().filter(|m| m.suppressed.is_none());
        let mut sentences: Vec<_> = counting
            .map(|m| (m.sentence.start, m.sentence.end))
            .collect();
        sentences.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut sentences {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self { sentences }
    }

    /// Whether evidence stands in a sentence that shares a byte with this one.
    fn beside(&self, sentence: Span) -> bool {
        let before = self
            .sentences
            .partition_point(|(start, _)| *start < sentence.end);
        before > 0 && sentence.start < self.sentences[before - 1].1
    }
}

/// Sets aside mentions of rules that tell of an indicator only beside others: "she left him" where he
/// hit her, "it is the third call" in a text that tells of abuse. What counts beside them must stand by itself.
fn set_lone_aside(lexicon: &Lexicon, mentions: &mut [Mention]) {
    let needs = |m: &Mention| lexicon.rules[m.rule].needs_beside.as_slice();
    let mut firm = vec![false; lexicon.categories.len()];
    for mention in mentions.iter() {
        firm[mention.category] |= mention.suppressed.is_none() && needs(mention).is_empty();
    }
    for mention in mentions.iter_mut().filter(|m| m.suppressed.is_none()) {
        let needs = needs(mention);
        let other = |category: &usize| *category != mention.category && firm[*category];
        if !needs.is_empty() && !firm[mention.category] && !needs.iter().any(other) {
            mention.suppressed = Some(WEAK_BY_ITSELF.to_owned());
        }
    }
    // What weighs no more than enough may stand beside anything that is left. Ordinary records hold many sentences
    // of which one alone looks like an indicator by its words; people who tell of harm tell more than one thing.
    let counts = |m: &&Mention| {
        m.suppressed.is_none() && lexicon.categories[m.category].group != Group::Context
    };
    let mut left = mentions
        .iter()
        .filter(counts)
        .map(|m| (m.category, m.barely));
    if let Some((only, true)) = left.next()
        && left.all(|own| own == (only, true))
    {
        for mention in mentions
            .iter_mut()
            .filter(|m| m.suppressed.is_none() && m.barely)
        {
            mention.suppressed = Some(WEAK_BY_ITSELF.to_owned());
        }
    }
}

const WEAK_BY_ITSELF: &str = "weak by itself: no other indicator in this text";

/// Drops, of overlapping mentions of one category, all but the one to keep.
fn resolve_overlaps(mentions: &mut Vec<Mention>) {
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    order.sort_by_key(|&i| {
        let m = &mentions[i];
        (
            m.suppressed.is_some(),
            // In words, not bytes: how an apostrophe is written must not matter.
            std::cmp::Reverse(m.tokens.len()),
            m.span.start,
            m.rule,
        )
    });
    let mut keep = vec![false; mentions.len()];
    // Spans kept so far by category; they never overlap, so only the neighbours need a look.
    let mut kept: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for i in order {
        let (category, span) = (mentions[i].category, mentions[i].span);
        let before = kept.range((category, 0)..(category, span.end)).next_back();
        if before.is_none_or(|(_, end)| *end <= span.start) {
            keep[i] = true;
            kept.insert((category, span.start), span.end);
        }
    }
    let mut keep = keep.into_iter();
    mentions.retain(|_| keep.next().unwrap_or(false));
    mentions.sort_by_key(|m| (m.span.start, m.span.end, m.category, m.rule));
}
