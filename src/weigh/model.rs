//! The table of weights as it is used: sums over a sentence, and the words that made them.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::features::{self, Feature, Term};
use super::table::{Table, is_of_check};
use crate::segment::{Segmented, Token};

/// Weights of features by category, and what a sum of them must reach.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Weigher {
    /// Subject and rule of the lexicon, by index of the table's categories; none where it lacks them.
    targets: Vec<Option<(usize, Option<usize>)>>,
    /// Rules whose findings stand, whatever the words weigh.
    trusted: Vec<usize>,
    /// By category that of the whole text.
    belongs: Vec<usize>,
    bias: Vec<i32>,
    threshold: Vec<i32>,
    keep: Vec<i32>,
    /// What part of the sum of the whole text is added to that of a sentence.
    share: f32,
    /// How much more than the threshold a sentence must weigh where nothing else is found in its text.
    alone: f32,
    /// By category what is added to the threshold and to `keep` where somebody tells their own story.
    account: Vec<[i32; 2]>,
    /// The number of each word of the vocabulary among those weighed.
    by_word: Vec<Term>,
    /// Whether a word carries content, by its number.
    carries: Vec<bool>,
    /// A bit for the hash of each feature: most of what a sentence offers is none, and this lies nearer than the slots.
    sieve: Vec<u64>,
    /// Open addressing; a feature is never 0.
    slots: Vec<Slot>,
    weights: Vec<Weight>,
}

/// A category of the table and what a feature weighs for it, in hundredths.
type Weight = (u8, i16);

/// Features that a sentence counts as having at least.
const FEWEST: usize = 8;

/// A sum over so many features, made comparable: over the root of their number. Few features tell little, so
/// that a few words alone do not reach what a whole sentence does.
pub(super) fn scaled(sum: f32, features: usize) -> f32 {
    sum / (features.max(FEWEST) as f32).sqrt()
}

/// Sentences that a text has, at least, of which it is asked how rules and thresholds do: a passage of few, written to
/// teach what words weigh, holds more to find and to mistake than a record does. What is asked of records so long is not
/// held against a shorter one.
pub(crate) const FEWEST_SENTENCES: usize = 5;

/// Features below which a sentence is brief.
const BRIEF: usize = 40;

/// Whether a sentence has so few features: it has no room for words that speak for what a rule found in it ("He texted I
/// will kill you").
pub(super) fn is_brief(features: usize) -> bool {
    features < BRIEF
}

/// How much of the sum of a whole text counts at most, in hundredths: no text is so plain that a sentence of it is not
/// read for itself.
pub(super) const MOST_OF_WHOLE: f32 = 150.0;

/// What share of its words are of the first person, at least, in a text in which somebody tells their own story. People
/// tell it in other words than records do, and most of what the table was learnt from are records or was invented: what it
/// finds in such a story must weigh more, and what a rule found there is seldom set aside.
const ACCOUNT: f32 = 0.05;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Slot {
    feature: Feature,
    /// Where its weights are: those that are summed by sentence, then those of the whole text.
    start: u32,
    of_sentence: u16,
    of_text: u16,
}

/// A subject whose words weigh enough in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// Index among the subjects of the lexicon: its categories, then what was done and not done.
    pub subject: usize,
    /// Whether it reaches the threshold, but not by what is asked of a sentence that stands alone.
    pub barely: bool,
    /// Index of its rule.
    pub rule: usize,
    /// Index of the sentence.
    pub sentence: usize,
}

/// What was summed of one narrative; the buffers of one thread.
#[derive(Debug, Default)]
pub(crate) struct Scale {
    terms: Vec<Term>,
    /// The slots of the features of a sentence, and of the narrative.
    found: Vec<u32>,
    all: Vec<u32>,
    /// Which of them were found in the sentence, and in the narrative.
    in_sentence: Noted,
    in_text: Noted,
    sums: Vec<i32>,
    /// By sentence and category of the table.
    totals: Vec<f32>,
    /// By sentence: its features.
    counts: Vec<usize>,
    /// By category of the table: what of the whole text is in each total.
    wholes: Vec<f32>,
    shares: Vec<f32>,
    /// Whether somebody tells their own story.
    account: bool,
}

impl Scale {
    /// Whether a word of the sentence last asked for by [`Weigher::heaviest`] weighs for the category.
    /// `least` is what part of all that weighs it must carry.
    pub fn weighs(&self, at: usize, least: f32) -> bool {
        let least = self.shares.iter().map(|share| share.max(0.0)).sum::<f32>() * least;
        self.shares.get(at).is_some_and(|share| *share > least)
    }
}

impl Weigher {
    pub(super) fn new(
        table: &Table,
        targets: Vec<Option<(usize, Option<usize>)>>,
        mut trusted: Vec<usize>,
        by_word: Vec<Term>,
    ) -> Self {
        trusted.sort_unstable();
        let mut carries = vec![true; table.words.len() + 1];
        for term in &table.function {
            carries[usize::from(*term)] = false;
        }
        let size = (table.weights.len() * 2 + 16).next_power_of_two();
        let mut weigher = Self {
            targets,
            trusted,
            belongs: table.belongs.clone(),
            bias: table.bias.clone(),
            threshold: table.threshold.clone(),
            keep: table.keep.clone(),
            share: table.share as f32 / 100.0,
            alone: table.alone as f32,
            account: table
                .categories
                .iter()
                .map(|id| {
                    if is_of_check(id) {
                        [0, 0]
                    } else {
                        table.account
                    }
                })
                .collect(),
            by_word,
            carries,
            sieve: vec![0; SIEVE / 64],
            slots: vec![Slot::default(); size],
            weights: Vec::new(),
        };
        let first_of_text = weigher.belongs.iter().min().copied().unwrap_or_default();
        for (&feature, weights) in &table.weights {
            let bit = sieve_bit(feature);
            weigher.sieve[bit / 64] |= 1 << (bit % 64);
            let mut at = hash(feature) & (size - 1);
            while weigher.slots[at].feature != 0 {
                at = (at + 1) & (size - 1);
            }
            let of_sentence = weights.partition_point(|w| usize::from(w.0) < first_of_text);
            weigher.slots[at] = Slot {
                feature,
                start: weigher.weights.len() as u32,
                of_sentence: of_sentence as u16,
                of_text: (weights.len() - of_sentence) as u16,
            };
            weigher.weights.extend_from_slice(weights);
        }
        weigher
    }

    #[inline]
    fn slot(&self, feature: Feature) -> Option<u32> {
        let bit = sieve_bit(feature);
        if self.sieve[bit / 64] >> (bit % 64) & 1 == 0 {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash(feature) & mask;
        loop {
            match self.slots[at].feature {
                0 => return None,
                own if own == feature => return Some(at as u32),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The weights of a feature: those that are summed by sentence, and those of the whole text.
    #[inline]
    fn weights(&self, slot: u32) -> (&[Weight], &[Weight]) {
        let slot = self.slots[slot as usize];
        let all = &self.weights[slot.start as usize..];
        let all = &all[..usize::from(slot.of_sentence) + usize::from(slot.of_text)];
        all.split_at(usize::from(slot.of_sentence))
    }

    fn term(&self, token: &Token) -> Term {
        match token.word {
            0 => token.term,
            // What is learnt holds for people of any name, however it is written.
            _ if token.named => 0,
            word => self.by_word[word as usize],
        }
    }

    fn carries(&self, term: Term) -> bool {
        self.carries[usize::from(term)]
    }

    /// Sums a narrative, sentence by sentence, for what is asked of `scale` afterwards. `first_person` tells of a word
    /// whether it is of the first person.
    pub fn weigh(
        &self,
        text: &Segmented,
        first_person: impl Fn(&Token) -> bool,
        scale: &mut Scale,
    ) {
        let count = self.bias.len();
        let own = text
            .tokens
            .iter()
            .filter(|token| first_person(token))
            .count();
        scale.account = own as f32 >= ACCOUNT * text.tokens.len().max(1) as f32;
        scale.all.clear();
        scale.totals.clear();
        scale.counts.clear();
        scale.wholes.clear();
        for sentence in &text.sentences {
            self.find(&text.tokens[sentence.tokens()], scale);
            let Scale {
                found,
                sums,
                totals,
                counts,
                ..
            } = scale;
            counts.push(found.len());
            self.add(found, false, sums);
            let count = found.len();
            let bias = self.bias.iter();
            totals.extend(
                sums.iter()
                    .zip(bias)
                    .map(|(sum, bias)| scaled(*sum as f32, count) + *bias as f32),
            );
        }
        scale.in_text.forget(&scale.all);
        let Scale {
            all,
            sums,
            totals,
            wholes,
            ..
        } = scale;
        self.add(all, true, sums);
        for (category, whole) in self.belongs.iter().enumerate() {
            let whole = scaled(sums[*whole] as f32, all.len()) + self.bias[*whole] as f32;
            let share = self.share * whole.clamp(-MOST_OF_WHOLE, MOST_OF_WHOLE);
            wholes.push(share);
            for total in totals.iter_mut().skip(category).step_by(count) {
                *total += share;
            }
        }
    }

    /// What of the narrative last summed weighs enough.
    pub fn heavy(&self, scale: &Scale, out: &mut Vec<Weighed>) {
        let count = self.bias.len();
        for (sentence, totals) in scale.totals.chunks_exact(count).enumerate() {
            for (index, total) in totals.iter().enumerate() {
                let more = if scale.account {
                    self.account[index][0]
                } else {
                    0
                };
                let threshold = self.threshold[index].saturating_add(more) as f32;
                if *total >= threshold
                    && let Some((subject, Some(rule))) = self.targets[index]
                {
                    out.push(Weighed {
                        subject,
                        barely: *total < threshold + self.alone,
                        rule,
                        sentence,
                    });
                }
            }
        }
    }

    /// The sum of a subject of the lexicon in a sentence of the narrative last summed, in hundredths, if it is
    /// so low that what a rule found there does not count. Against what is `grave` no brief sentence tells; in a `short`
    /// text one tells only where its words speak against it.
    pub fn too_light(
        &self,
        scale: &Scale,
        subject: usize,
        (grave, short): (bool, bool),
        sentences: Range<usize>,
    ) -> Option<i32> {
        let index = self.index(subject)?;
        let mut most = f32::MIN;
        for sentence in sentences {
            let total = scale.totals[sentence * self.bias.len() + index];
            let own = total - self.bias[index] as f32 - scale.wholes[index];
            if is_brief(scale.counts[sentence]) && (grave || short && own >= 0.0) {
                return None;
            }
            most = most.max(total);
        }
        let more = if scale.account {
            self.account[index][1]
        } else {
            0
        };
        (most < (self.keep[index] + more) as f32).then_some(most as i32)
    }

    /// Whether what a rule finds stands, whatever the words weigh.
    pub fn trusts(&self, rule: usize) -> bool {
        self.trusted.binary_search(&rule).is_ok()
    }

    fn index(&self, subject: usize) -> Option<usize> {
        let is_own =
            |target: &Option<(usize, Option<usize>)>| target.is_some_and(|t| t.0 == subject);
        self.targets.iter().position(is_own)
    }

    /// Reads the words of a sentence as those that are weighed.
    fn read_terms(&self, tokens: &[Token], scale: &mut Scale) {
        scale.terms.clear();
        scale.terms.extend(tokens.iter().map(|t| self.term(t)));
    }

    /// Finds the features of a sentence that are weighed, each once, and adds to those of the text what is new to it.
    fn find(&self, tokens: &[Token], scale: &mut Scale) {
        self.read_terms(tokens, scale);
        let Scale {
            terms,
            found,
            all,
            in_sentence,
            in_text,
            ..
        } = scale;
        found.clear();
        features::each(
            terms,
            |term| self.carries(term),
            |feature, _, _| {
                if let Some(slot) = self.slot(feature)
                    && in_sentence.note(slot)
                {
                    found.push(slot);
                    if in_text.note(slot) {
                        all.push(slot);
                    }
                }
            },
        );
        in_sentence.forget(found);
    }

    /// Adds the weights of features up: those of whole texts, or those of sentences.
    fn add(&self, found: &[u32], whole: bool, sums: &mut Vec<i32>) {
        sums.clear();
        sums.resize(self.bias.len(), 0);
        for slot in found {
            let (of_sentence, of_text) = self.weights(*slot);
            for (category, weight) in if whole { of_text } else { of_sentence } {
                sums[usize::from(*category)] += i32::from(*weight);
            }
        }
    }

    /// The stretch of words of a sentence, `tokens[range]`, that weighs most for a subject of the lexicon; and the
    /// features that weigh for it, the heaviest first: the places of their words and their weight in hundredths.
    pub fn heaviest(
        &self,
        tokens: &[Token],
        range: Range<usize>,
        subject: usize,
        scale: &mut Scale,
    ) -> (Range<usize>, Vec<(Range<usize>, i16)>) {
        let reasons = self.reasons(tokens, range.clone(), subject, scale);
        let shares = &mut scale.shares;
        shares.clear();
        shares.resize(range.len(), 0.0);
        for (own, weight) in &reasons {
            let (from, to) = (own.start - range.start, own.end - 1 - range.start);
            // The ends of a feature carry it: of a pair, what stands between is any word.
            shares[from] += f32::from(*weight) / 2.0;
            shares[to] += f32::from(*weight) / 2.0;
        }
        let all: f32 = shares.iter().map(|share| share.max(0.0)).sum();
        // Words without weight cost a little, so that the stretch ends where nothing more comes of it.
        let cost = all / (4.0 * shares.len() as f32).max(24.0);
        let (mut best, mut best_sum) = (0..1, f32::MIN);
        let (mut start, mut sum) = (0, 0.0);
        for (at, share) in shares.iter().enumerate() {
            if sum <= 0.0 {
                (start, sum) = (at, 0.0);
            }
            sum += share - cost;
            if sum > best_sum {
                (best, best_sum) = (start..at + 1, sum);
            }
        }
        let best = range.start + best.start..range.start + best.end;
        (
            best,
            reasons
                .into_iter()
                .filter(|(_, weight)| *weight > 0)
                .collect(),
        )
    }

    /// The features of `tokens[range]` that weigh for or against a subject of the lexicon, the heaviest
    /// first: the places of their words and their weight in hundredths.
    fn reasons(
        &self,
        tokens: &[Token],
        range: Range<usize>,
        subject: usize,
        scale: &mut Scale,
    ) -> Vec<(Range<usize>, i16)> {
        let Some(index) = self.index(subject) else {
            return Vec::new();
        };
        self.read_terms(&tokens[range.clone()], scale);
        let mut reasons: Vec<(Range<usize>, i16)> = Vec::new();
        let mut seen = BTreeSet::new();
        features::each(
            &scale.terms,
            |term| self.carries(term),
            |feature, from, to| {
                let Some(slot) = self.slot(feature).filter(|slot| seen.insert(*slot)) else {
                    return;
                };
                let (of_sentence, of_text) = self.weights(slot);
                let mut own = of_sentence.iter().chain(of_text);
                let own = own.find(|w| usize::from(w.0) == index);
                if let Some((_, weight)) = own {
                    reasons.push((range.start + from..range.start + to + 1, *weight));
                }
            },
        );
        reasons.sort_by_key(|(range, weight)| (std::cmp::Reverse(*weight), range.start, range.end));
        reasons
    }
}

/// Which slots were found: a bit each.
#[derive(Debug, Default)]
struct Noted(Vec<u64>);

impl Noted {
    /// Notes a slot, and whether it is new.
    #[inline]
    fn note(&mut self, slot: u32) -> bool {
        let (block, bit) = (slot as usize / 64, 1 << (slot % 64));
        if block >= self.0.len() {
            self.0.resize(block + 1, 0);
        }
        let new = self.0[block] & bit == 0;
        self.0[block] |= bit;
        new
    }

    /// Forgets `slots`, which must be all that were noted.
    fn forget(&mut self, slots: &[u32]) {
        for slot in slots {
            self.0[*slot as usize / 64] = 0;
        }
    }
}

/// Bits of the sieve: some twenty for each feature, so that few pass that are none.
const SIEVE: usize = 1 << 22;

#[inline]
fn sieve_bit(feature: Feature) -> usize {
    (hash(feature) >> 20) & (SIEVE - 1)
}

#[inline]
fn hash(feature: Feature) -> usize {
    let mixed = feature.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 32) as usize
}
