//! Finds which phrases a text may hold by two neighbouring words of each.

use serde::{Deserialize, Serialize};

use super::classes::Phrase;
use crate::segment::WordId;

/// Phrases by their first two words.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct PhrasePairs {
    /// One bit for many pairs: most pairs of a text begin no phrase, and this tells so at once.
    filter: Vec<u64>,
    /// Open addressing; the table is never full.
    slots: Vec<Slot>,
    /// Phrases, those of one pair together, the longest first.
    phrases: Vec<Candidate>,
    /// The words of phrases behind the first two.
    rest: Vec<WordId>,
}

/// A phrase of which the first two words are there.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    /// Its kind.
    pub kind: u32,
    /// Where its other words are.
    rest: u32,
    /// How many words it has.
    pub words: u32,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Slot {
    first: WordId,
    second: WordId,
    start: u32,
    end: u32,
}

const FILTER_BITS_PER_PAIR: usize = 16;

impl PhrasePairs {
    /// Indexes `phrases`, which have two words at least.
    pub fn build(phrases: &[Phrase]) -> Self {
        let mut order: Vec<u32> = (0..phrases.len() as u32).collect();
        let key = |id: u32| {
            let words = &phrases[id as usize].words;
            (words[0], words[1])
        };
        let longest = |id: u32| std::cmp::Reverse(phrases[id as usize].words.len());
        order.sort_unstable_by_key(|id| (key(*id), longest(*id), *id));
        let runs = order.chunk_by(|a, b| key(*a) == key(*b));
        let pairs = runs.clone().count();
        let size = (pairs * 2 + 2).next_power_of_two();
        let filter = (pairs * FILTER_BITS_PER_PAIR + 64).next_power_of_two() / 64;
        let mut index = Self {
            filter: vec![0; filter],
            slots: vec![Slot::default(); size],
            phrases: Vec::with_capacity(order.len()),
            rest: Vec::new(),
        };
        let mut start = 0;
        for run in runs {
            let (first, second) = key(run[0]);
            let end = start + run.len() as u32;
            let hashed = hash(first, second);
            let bit = index.filter_bit(hashed);
            index.filter[bit / 64] |= 1 << (bit % 64);
            let mut at = hashed as usize & (size - 1);
            while index.slots[at].end != 0 {
                at = (at + 1) & (size - 1);
            }
            index.slots[at] = Slot {
                first,
                second,
                start,
                end,
            };
            start = end;
        }
        for id in order {
            let phrase = &phrases[id as usize];
            index.phrases.push(Candidate {
                kind: phrase.kind,
                rest: index.rest.len() as u32,
                words: phrase.words.len() as u32,
            });
            index.rest.extend_from_slice(&phrase.words[2..]);
        }
        index
    }

    fn filter_bit(&self, hashed: u64) -> usize {
        (hashed >> 32) as usize & (self.filter.len() * 64 - 1)
    }

    /// The words of a candidate behind the first two.
    #[inline]
    pub fn rest(&self, candidate: &Candidate) -> &[WordId] {
        let start = candidate.rest as usize;
        &self.rest[start..start + candidate.words as usize - 2]
    }

    /// The phrases that begin with two words, the longest first.
    #[inline]
    pub fn of(&self, first: WordId, second: WordId) -> &[Candidate] {
        if self.filter.is_empty() {
            return &[];
        }
        let hashed = hash(first, second);
        let bit = self.filter_bit(hashed);
        if self.filter[bit / 64] >> (bit % 64) & 1 == 0 {
            return &[];
        }
        let mask = self.slots.len() - 1;
        let mut at = hashed as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.end == 0 {
                return &[];
            }
            if slot.first == first && slot.second == second {
                return &self.phrases[slot.start as usize..slot.end as usize];
            }
            at = (at + 1) & mask;
        }
    }
}

#[inline]
fn hash(first: WordId, second: WordId) -> u64 {
    let key = u64::from(first) << 32 | u64::from(second);
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ mixed >> 29
}
