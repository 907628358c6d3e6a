//! What is said about a mention: whether it is denied, who disputes it, when it was, to whom.
//!
//! Cues come from the lexicon's modifiers and are looked for only in sentences that hold a mention,
//! except for those few that say themselves that they reach further. A cue that a step of the
//! mention's own pattern took is part of the indicator and changes nothing: that is why "won't
//! let" is not a negation under a rule that names it.

pub(crate) mod form;
pub(crate) mod people;
mod roles;
mod scope;
pub(crate) mod sign;

use std::collections::HashMap;
use std::ops::Range;

use self::form::{Answer, Marks};
use self::scope::{Reach, Scope};
use crate::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use crate::lexicon::{Direction, Effect, Lexicon};
use crate::matcher::{self, PhraseHits, RawMatch};
use crate::mention::{Cue, Mention};
use crate::segment::{Segmented, Sentence};
use crate::span::Span;

/// How often one cue for the whole narrative is told of: every sentence weighs each of them, and the
/// ninth says nothing that the first eight do not.
const MOST_REPEATS: usize = 8;

/// Works out contexts. Reuse one value for many narratives: the buffers are kept.
#[derive(Debug, Default)]
pub(crate) struct Context {
    raw: Vec<RawMatch>,
    far: Vec<RawMatch>,
    /// Those of the far cues that bear on every sentence of the narrative.
    everywhere: Vec<usize>,
    narrative: HashMap<usize, bool>,
    marks: Marks,
    /// The year of the incident, by which years in the text are read.
    year: Option<i16>,
}

/// A modifier that may change the mentions of a sentence, with the tokens that it reaches.
struct Active {
    modifier: usize,
    cue: Range<usize>,
    /// The tokens of the cue that a step took, not a gap.
    taken: u128,
    /// `None` for one that only hides others.
    scope: Option<Scope>,
    /// Which of the groups of cues that hang together by shared tokens it belongs to.
    group: usize,
}

impl Active {
    fn took(&self, token: usize) -> bool {
        let bit = token.wrapping_sub(self.cue.start);
        bit < 128 && self.taken >> bit & 1 == 1
    }

    fn shares_a_word_with(&self, other: &Self) -> bool {
        let both = self.cue.start.max(other.cue.start)..self.cue.end.min(other.cue.end);
        both.into_iter()
            .any(|token| self.took(token) && other.took(token))
    }
}

impl Context {
    /// The year of the incident that the next narrative tells of.
    pub fn set_year(&mut self, year: Option<i16>) {
        self.year = year;
    }

    /// Reads the answers of forms in the narrative and adds a mention for each that a form's
    /// question stands for. Call it before [`Context::apply`].
    pub fn read_forms(
        &mut self,
        text: &str,
        lexicon: &Lexicon,
        segmented: &Segmented,
        phrases: &PhraseHits,
        mentions: &mut Vec<Mention>,
    ) {
        form::marks(text, lexicon, segmented, phrases, &mut self.marks);
        form::answers(text, lexicon, segmented, phrases, &self.marks, mentions);
    }

    /// Sets the axes of every mention. `mentions` are in the order of their first tokens.
    pub fn apply(
        &mut self,
        text: &str,
        lexicon: &Lexicon,
        segmented: &Segmented,
        phrases: &PhraseHits,
        mentions: &mut [Mention],
    ) {
        let roles = roles::Roles::read(lexicon, segmented, mentions);
        self.assert_all(
            text,
            lexicon,
            segmented,
            phrases,
            mentions,
            &mut |mention| {
                roles.assign(lexicon, segmented, mention);
            },
        );
        form::contradictions(text, lexicon, &self.marks, mentions);
    }

    /// Sets polarity, certainty, time and source of every mention, then lets `assign` set the
    /// roles, then sets aside what does not count.
    pub fn assert_all(
        &mut self,
        text: &str,
        lexicon: &Lexicon,
        segmented: &Segmented,
        phrases: &PhraseHits,
        mentions: &mut [Mention],
        assign: &mut dyn FnMut(&mut Mention),
    ) {
        self.narrative.clear();
        self.find_far(text, lexicon, segmented, phrases);
        let mut first = 0;
        while first < mentions.len() {
            let index = segmented.sentence_of(mentions[first].tokens.start);
            let sentence = segmented.sentences[index];
            let last = first
                + mentions[first..]
                    .iter()
                    .take_while(|m| m.tokens.start < sentence.last)
                    .count();
            let actives = self.actives(
                text,
                lexicon,
                segmented,
                phrases,
                index,
                &mentions[first..last],
            );
            for mention in &mut mentions[first..last] {
                assert_axes(text, lexicon, segmented, &sentence, &actives, mention);
                assign(mention);
                self.answered(text, lexicon, segmented, phrases, index, mention);
                settle(lexicon, mention);
            }
            first = last;
        }
    }

    /// The modifiers that reach beyond their sentence, in the whole narrative.
    fn find_far(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
    ) {
        self.far.clear();
        let mut raw = std::mem::take(&mut self.far);
        matcher::run(
            &lexicon.far_program,
            &lexicon.classes,
            text,
            phrases,
            0..text.tokens.len(),
            &mut raw,
        );
        raw.retain(|m| self.works(source, lexicon, text, phrases, m));
        self.far = raw;
        self.everywhere.clear();
        let mut seen: HashMap<u32, usize> = HashMap::new();
        for (index, found) in self.far.iter().enumerate() {
            let direction = lexicon.modifiers[found.owner as usize].direction;
            let seen = seen.entry(found.owner).or_default();
            if direction == Direction::Narrative && *seen < MOST_REPEATS {
                self.everywhere.push(index);
                *seen += 1;
            }
        }
    }

    /// The far cues that begin in a sentence. They are in the order of their tokens.
    fn far_in(&self, sentence: &Sentence) -> &[RawMatch] {
        let before = |token: usize| self.far.partition_point(|m| m.found.tokens.start < token);
        &self.far[before(sentence.first)..before(sentence.last)]
    }

    /// Whether a match of a modifier stands where the modifier works.
    fn works(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        found: &RawMatch,
    ) -> bool {
        let modifier = &lexicon.modifiers[found.owner as usize];
        let cue = &found.found.tokens;
        // The answer on a form belongs to its question and to nothing else.
        let answer = self.marks.answered_by(cue);
        let question = || text.sentences[text.sentence_of(cue.start)].question;
        let long_ago = || {
            modifier.years.is_none_or(|years| {
                let year = cue.clone().find_map(|token| year(source, text, token));
                year.is_some_and(|year| years.holds(year, self.year))
            })
        };
        !answer
            && long_ago()
            && (!modifier.only_questions || question())
            && self.allowed(lexicon, text, phrases, found.owner as usize)
    }

    /// The modifiers that can change the mentions of a sentence.
    fn actives(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        index: usize,
        mentions: &[Mention],
    ) -> Vec<Active> {
        let sentence = text.sentences[index];
        let mut raw = std::mem::take(&mut self.raw);
        matcher::run(
            &lexicon.modifier_program,
            &lexicon.classes,
            text,
            phrases,
            sentence.tokens(),
            &mut raw,
        );
        raw.retain(|m| self.works(source, lexicon, text, phrases, m));
        let near: Vec<&RawMatch> = raw.iter().chain(self.far_in(&sentence)).collect();
        let direction = |m: &RawMatch| lexicon.modifiers[m.owner as usize].direction;
        let pseudo: Vec<&RawMatch> = near
            .iter()
            .copied()
            .filter(|m| direction(m) == Direction::Pseudo)
            .collect();
        let terminators: Vec<Range<usize>> = near
            .iter()
            .filter(|m| direction(m) == Direction::Terminate)
            .map(|m| m.found.tokens.clone())
            .filter(|own| {
                !pseudo
                    .iter()
                    .any(|p| p.found.tokens.start <= own.start && own.end <= p.found.tokens.end)
            })
            // Words of an indicator end nothing: "has not been following her".
            .filter(|own| {
                !mentions
                    .iter()
                    .any(|mention| own.clone().all(|token| mention.took(token)))
            })
            .collect();
        let reach = Reach {
            lexicon,
            text,
            phrases,
            terminators: &terminators,
        };
        let active = |m: &RawMatch, index: usize| {
            let modifier = &lexicon.modifiers[m.owner as usize];
            let cue = m.found.tokens.clone();
            let scope = reach.of(modifier, &cue, index);
            Active {
                modifier: m.owner as usize,
                cue,
                taken: m.found.taken,
                scope,
                group: 0,
            }
        };
        let mut actives: Vec<Active> = near
            .iter()
            .filter(|m| direction(m) != Direction::Terminate)
            .map(|m| active(m, index))
            .collect();
        // What bears on the whole narrative, and what reaches back from the next sentence.
        let next = text.sentences.get(index + 1);
        let (own, behind) = (sentence.tokens(), next.map_or(0..0, Sentence::tokens));
        let mut beyond: Vec<&RawMatch> = self
            .everywhere
            .iter()
            .map(|index| &self.far[*index])
            .filter(|m| !own.contains(&m.found.tokens.start))
            .filter(|m| !behind.contains(&m.found.tokens.start))
            .collect();
        beyond.extend(next.map_or(&[][..], |next| self.far_in(next)));
        beyond.sort_by_key(|m| m.found.tokens.start);
        for far in beyond {
            actives.push(active(far, text.sentence_of(far.found.tokens.start)));
        }
        self.raw = raw;
        let mut places: Vec<usize> = (0..actives.len()).collect();
        places.sort_by_key(|place| actives[*place].cue.start);
        let (mut group, mut end) = (0, 0);
        for place in places {
            let active = &mut actives[place];
            group += usize::from(active.cue.start >= end);
            end = end.max(active.cue.end);
            active.group = group;
        }
        actives
    }

    /// Whether what the modifier needs elsewhere in the narrative is there, and what it must not
    /// find there is not.
    fn allowed(
        &mut self,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        modifier: usize,
    ) -> bool {
        let own = &lexicon.modifiers[modifier];
        if own.needs_in_narrative.is_empty() && own.unless_in_narrative.is_empty() {
            return true;
        }
        *self.narrative.entry(modifier).or_insert_with(|| {
            let found = |variants: &[matcher::Variant]| {
                matcher::anywhere(
                    variants,
                    &lexicon.classes,
                    &text.tokens,
                    phrases,
                    0..text.tokens.len(),
                )
                .is_some()
            };
            (own.needs_in_narrative.is_empty() || found(&own.needs_in_narrative))
                && !found(&own.unless_in_narrative)
        })
    }

    /// A question of a form or of an officer is answered by what stands after it.
    fn answered(
        &self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        sentence: usize,
        mention: &mut Mention,
    ) {
        if lexicon.rules.get(mention.rule).is_some_and(is_form_rule) {
            return;
        }
        // The mention may take in words of the answer, before it or behind it.
        if let Some(mark) = self.marks.asking(mention) {
            let scope = bytes(text, &mark.stem);
            answer(mention, mark.answer, mark.span, scope);
            return;
        }
        let own = text.sentences[sentence];
        let asked = mention.assertion.temporality == Temporality::Hypothetical;
        if !own.question && !asked {
            return;
        }
        let later = || form::later_answer(lexicon, text, phrases, mention.tokens.end..own.last);
        // An answer that is known to belong to other words is not this question's.
        let free = |found: &(Answer, Range<usize>)| {
            // "A: no" is marked as an answer to its own label.
            !self.marks.belongs_before(found.1.end, found.1.start)
        };
        let next =
            || form::leading_answer(lexicon, text, phrases, sentence + 1, asked).filter(free);
        if let Some((given, tokens)) = if asked { later().or_else(next) } else { next() } {
            answer(mention, given, bytes(text, &tokens), own.span);
        } else if form::is_numbered_question(source, text, sentence) {
            // Answered by nothing, or by free text that speaks for itself.
            answer(
                mention,
                Answer::Blank,
                Span::new(own.span.end, own.span.end),
                own.span,
            );
        }
    }
}

fn is_form_rule(rule: &crate::lexicon::Rule) -> bool {
    rule.tags.iter().any(|tag| tag == "form")
}

fn is_role(effect: Effect) -> bool {
    matches!(
        effect,
        Effect::Source(_) | Effect::Experiencer(_) | Effect::Agent(_)
    )
}

/// The year that a token is, if it looks like one of a living memory.
fn year(source: &str, text: &Segmented, token: usize) -> Option<i16> {
    let written = text.tokens[token].span().of(source);
    let year: i16 = (written.len() == 4).then(|| written.parse().ok())??;
    (1930..=2100).contains(&year).then_some(year)
}

/// Whether of two cues that share a word only one can be meant. When and who say nothing about
/// whether: "denies alcohol" is an absence and a habit.
fn compete(one: Effect, other: Effect) -> bool {
    let past = |effect| {
        matches!(
            effect,
            Effect::Temporality(Temporality::Historical | Temporality::Current)
        )
    };
    let polar = |effect| matches!(effect, Effect::Polarity(_));
    is_role(one) == is_role(other) && !(past(one) && polar(other) || polar(one) && past(other))
}

fn bytes(text: &Segmented, tokens: &Range<usize>) -> Span {
    if tokens.is_empty() {
        let at = text
            .tokens
            .get(tokens.start)
            .map_or(0, |t| t.start as usize);
        return Span::new(at, at);
    }
    Span::new(
        text.tokens[tokens.start].start as usize,
        text.tokens[tokens.end - 1].end as usize,
    )
}

fn assert_axes(
    source: &str,
    lexicon: &Lexicon,
    text: &Segmented,
    sentence: &Sentence,
    actives: &[Active],
    mention: &mut Mention,
) {
    let rule = lexicon.rules.get(mention.rule);
    mention.assertion.certainty = rule.and_then(|rule| rule.certainty).unwrap_or_default();
    mention.assertion.temporality = rule.and_then(|rule| rule.temporality).unwrap_or_default();
    if rule.is_some_and(is_form_rule) {
        mention.assertion.source = Voice::Form;
        return;
    }
    let person = lexicon.named.get("anyone_subject");
    let negative = lexicon.named.get("negative_word");
    let is_negative = |token: usize| {
        negative.is_none_or(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    let is_person = |token: usize| {
        person.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    let reaches = |active: &Active| {
        let Some(scope) = &active.scope else {
            return false;
        };
        // A mention may share words with a cue, "no thoughts of suicide", or stand in its gap,
        // after the first word that is not a person.
        let core = active
            .cue
            .clone()
            .find(|token| active.took(*token) && !is_person(*token))
            .unwrap_or(active.cue.start);
        scope.reaches(mention) || (core + 1..active.cue.end).any(|token| mention.took(token))
    };
    // Only modifiers that bear on this category compete; of those that share a word the longest
    // stays, then one that looks like a cue and is none, then one that reaches the mention.
    let mut order: Vec<(&Active, bool)> = actives
        .iter()
        .filter(|active| {
            let modifier = &lexicon.modifiers[active.modifier];
            let of_check = rule.is_some_and(|rule| rule.check.is_some());
            let bears = modifier.for_checks == of_check
                && (modifier.applies_to.is_empty()
                    || modifier.applies_to.contains(&mention.category));
            // What only looks like a cue because of words of the indicator itself is a cue: "he never
            // told me what to wear", though "never told" alone denies nothing.
            let of_indicator = modifier.direction == Direction::Pseudo
                && (active.cue.start + 1..active.cue.end)
                    .any(|token| active.took(token) && mention.took(token) && !is_person(token));
            bears && !of_indicator && !modifier.except.contains(&mention.category)
        })
        .map(|active| (active, reaches(active)))
        .collect();
    // What hangs together with no cue that reaches the mention decides nothing.
    let mut reached: Vec<usize> = order.iter().filter(|o| o.1).map(|o| o.0.group).collect();
    reached.sort_unstable();
    order.retain(|(active, _)| reached.binary_search(&active.group).is_ok());
    order.sort_by_key(|(a, reaches)| {
        (
            std::cmp::Reverse(a.cue.len()),
            a.scope.is_some(),
            !reaches,
            a.cue.start,
            a.modifier,
        )
    });
    let mut kept: Vec<(&Active, bool)> = Vec::new();
    // Of those kept, by each word that they took: only what shares a word competes. Of few, comparing all is
    // quicker than a table.
    const FEW: usize = 32;
    let mut by_word: HashMap<usize, Vec<usize>> = HashMap::new();
    let many = order.len() > FEW;
    for (active, reaches) in order {
        let effect = |a: &Active| lexicon.modifiers[a.modifier].effect;
        let rival = |other: &Active| compete(effect(other), effect(active));
        let mut words = active.cue.clone().filter(|token| active.took(*token));
        let beaten = match many {
            true => words.any(|token| {
                by_word
                    .get(&token)
                    .is_some_and(|kept_by| kept_by.iter().any(|index| rival(kept[*index].0)))
            }),
            false => kept
                .iter()
                .any(|(other, _)| rival(other) && other.shares_a_word_with(active)),
        };
        if !beaten {
            if many {
                for token in active.cue.clone().filter(|token| active.took(*token)) {
                    by_word.entry(token).or_default().push(kept.len());
                }
            }
            kept.push((active, reaches));
        }
    }
    kept.sort_by_key(|(active, _)| active.cue.start);
    for (active, _) in kept.into_iter().filter(|(_, reaches)| *reaches) {
        let modifier = &lexicon.modifiers[active.modifier];
        let Some(scope) = &active.scope else { continue };
        // A cue that the mention's own pattern took is part of the indicator. Persons may fill a
        // slot of both ("AP denies hitting her"); of a cue of absence the negative word decides.
        let mut words = active
            .cue
            .clone()
            .filter(|token| active.took(*token) && !is_person(*token));
        let own = match modifier.effect {
            Effect::Polarity(_) => words.any(|token| mention.took(token) && is_negative(token)),
            // A rule that means another time says so itself; otherwise its words count as they stand.
            Effect::Temporality(Temporality::Historical | Temporality::Current) => {
                rule.is_some_and(|rule| rule.temporality.is_some())
            }
            _ => words.all(|token| mention.took(token)),
        };
        if own {
            continue;
        }
        let effective = match modifier.effect {
            Effect::Polarity(_) if rule.is_some_and(|rule| rule.inherent) => false,
            Effect::Temporality(Temporality::Hypothetical)
                if rule.is_some_and(|rule| rule.conditional) =>
            {
                false
            }
            Effect::Polarity(value) => {
                mention.assertion.polarity = value;
                true
            }
            Effect::Certainty(value) => {
                // The weightier finding stays: a retraction is also an allegation.
                let weight = |c: Certainty| match c {
                    Certainty::Stated => 0,
                    Certainty::Alleged => 1,
                    Certainty::Possible => 2,
                    Certainty::Disputed => 3,
                    Certainty::Retracted => 4,
                };
                let stronger = weight(value) > weight(mention.assertion.certainty);
                if stronger {
                    mention.assertion.certainty = value;
                }
                stronger
            }
            Effect::Temporality(value) => {
                // What is only asked or feared does not become a fact of the past by its date; a
                // cue that says outright that it happens now or did happen undoes both.
                let weight = |t: Temporality| match t {
                    Temporality::Current => 0,
                    Temporality::Historical => 1,
                    Temporality::Planned => 2,
                    Temporality::Hypothetical => 3,
                };
                let stronger = value == Temporality::Current
                    || weight(value) > weight(mention.assertion.temporality);
                if stronger {
                    mention.assertion.temporality = value;
                }
                stronger
            }
            Effect::Experiencer(value) => {
                mention.assertion.experiencer = value;
                true
            }
            Effect::Agent(value) => {
                mention.assertion.agent = value;
                true
            }
            Effect::Source(value) => {
                mention.assertion.source = value;
                true
            }
            Effect::Exclude => {
                if mention.suppressed.is_none() {
                    let words = bytes(text, &active.cue).of(source);
                    mention.suppressed = Some(format!("{}: \"{words}\"", modifier.reason));
                }
                true
            }
            Effect::Nothing => false,
        };
        if effective {
            mention.cues.push(Cue {
                by: modifier.id.clone(),
                effect: modifier.effect,
                span: bytes(text, &active.cue),
                scope: scope.span(text, sentence),
            });
        }
    }
    let queried = mention
        .tokens
        .clone()
        .any(|t| mention.took(t) && text.tokens[t].queried);
    if queried && mention.assertion.certainty == Certainty::Stated {
        mention.assertion.certainty = Certainty::Possible;
        let first = mention
            .tokens
            .clone()
            .find(|t| text.tokens[*t].queried)
            .unwrap_or(mention.tokens.start);
        let at = text.tokens[first].start as usize;
        mention.cues.push(Cue {
            by: "question mark before the word".into(),
            effect: Effect::Certainty(Certainty::Possible),
            span: Span::new(at.saturating_sub(1), at),
            scope: mention.span,
        });
    }
}

/// Reads a mention in a question by the answer to it.
fn answer(mention: &mut Mention, given: Answer, span: Span, scope: Span) {
    let (by, effect) = match given {
        Answer::Yes => {
            // The question itself was no disclosure; the yes is, unless a rule's own exception
            // stands against it.
            mention.assertion.polarity = Polarity::Affirmed;
            if mention.assertion.temporality == Temporality::Hypothetical {
                mention.assertion.temporality = Temporality::Current;
            }
            mention.cues.retain(|cue| {
                !matches!(cue.effect, Effect::Temporality(Temporality::Hypothetical))
            });
            (
                "answer to the question",
                Effect::Polarity(Polarity::Affirmed),
            )
        }
        Answer::No => {
            mention.assertion.polarity = Polarity::Negated;
            (
                "answer to the question",
                Effect::Polarity(Polarity::Negated),
            )
        }
        Answer::Blank => {
            mention.assertion.temporality = Temporality::Hypothetical;
            (
                "question without an answer",
                Effect::Temporality(Temporality::Hypothetical),
            )
        }
    };
    mention.assertion.source = Voice::Form;
    mention.cues.push(Cue {
        by: by.into(),
        effect,
        span,
        scope,
    });
}

/// Re-routes the mention if its category says so, and sets aside what does not count.
fn settle(lexicon: &Lexicon, mention: &mut Mention) {
    let category = lexicon.categories.get(mention.category);
    if let Some((_, to)) = category.and_then(|category| {
        let role = mention.assertion.experiencer;
        category.reroute.iter().find(|(own, _)| *own == role)
    }) {
        mention.category = *to;
        mention.assertion.experiencer = Role::Suspect;
    }
    if mention.suppressed.is_some() {
        return;
    }
    let cue = |wanted: fn(Effect) -> bool| {
        mention
            .cues
            .iter()
            .rev()
            .find(|cue| wanted(cue.effect))
            .map_or_else(String::new, |cue| format!(" (cue: {})", cue.by))
    };
    if mention.assertion.polarity == Polarity::Negated {
        mention.suppressed = Some(format!(
            "negated{}",
            cue(|e| e == Effect::Polarity(Polarity::Negated))
        ));
    } else if mention.assertion.temporality == Temporality::Hypothetical {
        mention.suppressed = Some(format!(
            "hypothetical{}",
            cue(|e| e == Effect::Temporality(Temporality::Hypothetical))
        ));
    }
}
