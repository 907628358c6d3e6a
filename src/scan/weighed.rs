//! What the words of a sentence weigh where no rule speaks, and where they weigh too little for what one found.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use super::Scanner;
use crate::assertion::{Group, Voice};
use crate::checks::heard;
use crate::lexicon::{Effect, Saying};
use crate::matcher::Found;
use crate::mention::Mention;
use crate::segment::Token;
use crate::span::Span;
use crate::weigh::{FEWEST_SENTENCES, Weighed, fewest_words, is_grave};

/// How many of the words that weigh most are kept with a mention.
const REASONS: usize = 6;

/// What part of all that weighs a word must carry to be part of an indicator of suicide risk. "Not", which weighs a
/// little wherever people are asked, turns it round; of abuse, what somebody could not do is often what was done.
const LEAST_SHARE_OF_SUICIDE: f32 = 0.03;

impl Scanner<'_> {
    /// Adds, for each sentence and subject of which no rule speaks, what weighs enough. What is said of response checks
    /// has been read in its context before.
    pub(super) fn weigh(&mut self, text: &str, mentions: &mut Vec<Mention>) {
        let lexicon = self.lexicon;
        let Some(weigher) = lexicon.weigher.as_ref().filter(|_| !self.rules_alone) else {
            return;
        };
        let categories = lexicon.categories.len();
        let mut spoken: BTreeSet<(usize, usize)> = BTreeSet::new();
        for mention in mentions.iter() {
            for sentence in self.sentences_of(mention) {
                spoken.insert((sentence, mention.category));
            }
        }
        for statement in &self.statements {
            for sentence in self.sentences_of(statement) {
                let (check, own) = lexicon.rules[statement.rule].check.expect("of a check");
                // What is only planned is neither done nor not done, whatever its words weigh.
                if own != Saying::Trigger {
                    for saying in [Saying::Done, Saying::NotDone] {
                        let subject = saying.subject(categories, check).expect("it has one");
                        spoken.insert((sentence, subject));
                    }
                }
            }
        }
        let first_person = lexicon.named.get("first_person");
        let first_person = |token: &Token| {
            first_person.is_some_and(|class| lexicon.classes.has(token.word, class))
        };
        weigher.weigh(&self.text, first_person, &mut self.scale);
        let mut weighed: Vec<Weighed> = Vec::new();
        weigher.heavy(&self.scale, &mut weighed);
        weighed.retain(|own| {
            let sentence = &self.text.sentences[own.sentence];
            // A heading or an answer of few words is none of it.
            sentence.tokens().len() >= fewest_words(own.subject >= categories)
                && !spoken.contains(&(own.sentence, own.subject))
        });
        self.set_light_statements_aside(text);
        let mut said = Vec::new();
        for own in weighed {
            let sentence = self.text.sentences[own.sentence].tokens();
            let tokens = &self.text.tokens;
            let (tokens, reasons) =
                weigher.heaviest(tokens, sentence.clone(), own.subject, &mut self.scale);
            // Words that weigh nothing are no part of the indicator: a cue among them is a cue.
            let first = tokens.start - sentence.start;
            let own_group = lexicon.categories.get(own.subject).map(|own| own.group);
            let least = match own_group {
                Some(Group::Suicide) => LEAST_SHARE_OF_SUICIDE,
                _ => 0.0,
            };
            let heavy = |at: &usize| self.scale.weighs(first + at, least);
            let taken = (0..tokens.len().min(128))
                .filter(heavy)
                .fold(0, |all, at| all | 1u128 << at);
            let found = Found {
                taken,
                tokens,
                agent: None,
                experiencer: None,
            };
            let mention = self.place(own.rule, &self.lexicon.rules[own.rule], &found);
            let tokens = &self.text.tokens;
            let span = |(own, weight): &(Range<usize>, i16)| {
                let (first, last) = (tokens[own.start], tokens[own.end - 1]);
                (Span::new(first.start as usize, last.end as usize), *weight)
            };
            let weights = reasons.iter().take(REASONS).map(span).collect();
            let mention = Mention {
                weights,
                barely: own.barely,
                ..mention
            };
            match lexicon.rules[own.rule].check {
                None => mentions.push(mention),
                Some(_) => said.push(mention),
            }
        }
        self.add_statements(text, said);
        self.statements
            .sort_by_key(|m| (m.tokens.start, m.tokens.end, m.rule));
    }

    /// Adds what words weigh of response checks. Done or not done, planned or denied: the words of their context have
    /// been weighed with them. But what no check may be taken from, and what is answered on a form, is told by cues.
    fn add_statements(&mut self, text: &str, said: Vec<Mention>) {
        if said.is_empty() {
            return;
        }
        let mut read = said.clone();
        self.context.assert_all(
            text,
            self.lexicon,
            &self.text,
            &self.phrases,
            &mut read,
            &mut |_| {},
        );
        for (mut statement, read) in said.into_iter().zip(read) {
            let excluded = read.cues.iter().any(|cue| cue.effect == Effect::Exclude);
            statement.suppressed = match read.assertion.source {
                Voice::Form => Some("an answer on a form, which rules read".to_owned()),
                _ => read.suppressed.filter(|_| excluded),
            };
            self.statements.push(statement);
        }
    }

    fn sentences_of(&self, mention: &Mention) -> RangeInclusive<usize> {
        let first = self.text.sentence_of(mention.tokens.start);
        first..=self.text.sentence_of(mention.tokens.end - 1)
    }

    /// Sets aside what rules say of response checks where the words of the sentence and of the text weigh too little.
    fn set_light_statements_aside(&mut self, text: &str) {
        let lexicon = self.lexicon;
        let mut statements = std::mem::take(&mut self.statements);
        for statement in &mut statements {
            let rule = &lexicon.rules[statement.rule];
            let (check, saying) = rule.check.expect("of a check");
            let subject = heard(saying, rule.inherent, text, statement)
                .and_then(|heard| heard.subject(lexicon.categories.len(), check));
            if let Some(subject) = subject {
                self.weigh_against(statement, subject);
            }
        }
        self.statements = statements;
    }

    /// Sets aside what rules found where the words of the sentence and of the text weigh too little for it.
    pub(super) fn set_light_aside(&self, mentions: &mut [Mention]) {
        if self.rules_alone {
            return;
        }
        for mention in mentions.iter_mut() {
            let category = mention.category;
            self.weigh_against(mention, category);
        }
    }

    fn weigh_against(&self, mention: &mut Mention, subject: usize) {
        let Some(weigher) = &self.lexicon.weigher else {
            return;
        };
        let firm = self.lexicon.rules[mention.rule].weighed || weigher.trusts(mention.rule);
        if mention.suppressed.is_some() || firm || mention.assertion.source == Voice::Form {
            return;
        }
        let sentences = self.sentences_of(mention);
        let sentences = *sentences.start()..sentences.end() + 1;
        let category = self.lexicon.categories.get(subject);
        let short = self.text.sentences.len() < FEWEST_SENTENCES;
        // Where their thresholds lie was not asked of so short a text, and a step that was taken is noted in the words of the step.
        if short && category.is_none() {
            return;
        }
        // What is too short to be weighed is not weighed against what a rule found either.
        let fewest = fewest_words(category.is_none());
        let all = &self.text.sentences[sentences.clone()];
        if all.iter().any(|own| own.tokens().len() < fewest) {
            return;
        }
        let grave = category.is_some_and(is_grave);
        if let Some(sum) = weigher.too_light(&self.scale, subject, (grave, short), sentences) {
            let sum = f64::from(sum) / 100.0;
            mention.suppressed = Some(format!(
                "the other words of the sentence and the text weigh against it ({sum:.2})"
            ));
        }
    }
}
