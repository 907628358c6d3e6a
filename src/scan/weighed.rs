//! What the words of a sentence weigh where no rule speaks, and where they weigh too little for what one found.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Scanner;
use crate::assertion::Voice;
use crate::matcher::Found;
use crate::mention::Mention;
use crate::span::Span;
use crate::weigh::{FEWEST_WORDS, Weighed, any_rule};

/// How many of the words that weigh most are kept with a mention.
const REASONS: usize = 6;

impl Scanner<'_> {
    /// Adds, for each sentence and category of which no rule speaks, what weighs enough.
    pub(super) fn weigh(&mut self, mentions: &mut Vec<Mention>) {
        let Some(weigher) = self.lexicon.weigher.as_ref().filter(|_| !self.rules_alone) else {
            return;
        };
        let mut rules: Vec<(usize, usize)> = Vec::new();
        let mut spoken: BTreeSet<(usize, usize)> = BTreeSet::new();
        for mention in mentions.iter() {
            let first = self.text.sentence_of(mention.tokens.start);
            let last = self.text.sentence_of(mention.tokens.end - 1);
            for sentence in first..=last {
                rules.push((sentence, mention.rule));
                rules.push((sentence, any_rule(mention.category)));
                spoken.insert((sentence, mention.category));
            }
        }
        rules.sort_unstable();
        rules.dedup();
        weigher.weigh(&self.text, &rules, &mut self.scale);
        let mut weighed: Vec<Weighed> = Vec::new();
        weigher.heavy(&self.scale, &mut weighed);
        weighed.retain(|own| {
            let sentence = &self.text.sentences[own.sentence];
            // A heading or an answer of few words is none of it.
            sentence.tokens().len() >= FEWEST_WORDS
                && !spoken.contains(&(own.sentence, own.category))
        });
        for own in weighed {
            let sentence = self.text.sentences[own.sentence].tokens();
            let tokens = &self.text.tokens;
            let (tokens, reasons) =
                weigher.heaviest(tokens, sentence.clone(), own.category, &mut self.scale);
            // Words that weigh nothing are no part of the indicator: a cue among them is a cue.
            let first = tokens.start - sentence.start;
            let heavy = |at: &usize| self.scale.weighs(first + at);
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
            mentions.push(Mention {
                weights: reasons.iter().take(REASONS).map(span).collect(),
                ..mention
            });
        }
    }

    /// Sets aside what rules found where the words of the sentence and of the text weigh too little for it.
    pub(super) fn set_light_aside(&self, mentions: &mut [Mention]) {
        let Some(weigher) = self.lexicon.weigher.as_ref().filter(|_| !self.rules_alone) else {
            return;
        };
        for mention in mentions.iter_mut() {
            let rule = &self.lexicon.rules[mention.rule];
            let firm = rule.weighed || weigher.trusts(mention.rule);
            if mention.suppressed.is_some() || firm || mention.assertion.source == Voice::Form {
                continue;
            }
            let first = self.text.sentence_of(mention.tokens.start);
            let last = self.text.sentence_of(mention.tokens.end - 1);
            if let Some(sum) = weigher.too_light(&self.scale, mention.category, first..last + 1) {
                let sum = f64::from(sum) / 100.0;
                mention.suppressed = Some(format!(
                    "the other words of the sentence and the text weigh against it ({sum:.2})"
                ));
            }
        }
    }
}
