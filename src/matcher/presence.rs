//! What each unit of a narrative holds: one bit for every class, and bits that the
//! words of the lexicon share.
//!
//! A variant can only match where all its steps have something to take. Asking that of a few bits
//! spares most verifications.

use std::ops::Range;

use super::phrase::PhraseHit;
use super::program::{Classes, Posting, Variant};
use crate::segment::Segmented;

/// The bits of all units of one narrative.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    stride: usize,
    bits: Vec<u64>,
    firsts: Vec<usize>,
}

impl Presence {
    /// Notes what stands in each unit of `text`. `hits` are its phrases by first token.
    pub fn read(&mut self, text: &Segmented, hits: &[PhraseHit], classes: &Classes) {
        self.stride = classes.presence_words();
        self.firsts.clear();
        self.firsts.extend_from_slice(&text.units);
        self.bits.clear();
        self.bits
            .resize(self.stride * text.units.len().saturating_sub(1), 0);
        let mut hits = hits.iter().peekable();
        for (unit, range) in text.units.windows(2).enumerate() {
            let own = &mut self.bits[unit * self.stride..(unit + 1) * self.stride];
            for token in text.tokens[range[0]..range[1]]
                .iter()
                .filter(|t| t.word != 0)
            {
                classes.add_bits(token.word, own);
                set(own, classes.word_bit(token.word));
            }
            while let Some(hit) = hits.next_if(|hit| (hit.start as usize) < range[1]) {
                for &class in &classes.phrases[hit.phrase as usize].classes {
                    set(own, class);
                }
            }
        }
    }

    /// The index of the unit that holds a token.
    pub fn unit_of(&self, token: usize) -> usize {
        self.firsts.partition_point(|first| *first <= token) - 1
    }

    /// The tokens of a unit.
    pub fn tokens(&self, unit: usize) -> Range<usize> {
        self.firsts[unit]..self.firsts[unit + 1]
    }

    /// How many units there are.
    pub fn units(&self) -> usize {
        self.firsts.len().saturating_sub(1)
    }

    /// Whether a unit holds the two rarest things that a variant asks for.
    #[inline]
    pub fn may_hold(&self, posting: &Posting, unit: usize) -> bool {
        let [first, second] = posting.needs;
        first == Posting::ANY || (self.has(first, unit) && self.has(second, unit))
    }

    #[inline]
    fn has(&self, bit: u32, unit: usize) -> bool {
        self.bits[unit * self.stride + bit as usize / 64] >> (bit % 64) & 1 == 1
    }

    /// Whether every step of `variant` could take something in one of `units`.
    #[inline]
    pub fn allows(&self, variant: &Variant, units: Range<usize>) -> bool {
        variant
            .required
            .iter()
            .all(|bit| units.clone().any(|unit| self.has(*bit, unit)))
    }
}

fn set(bits: &mut [u64], bit: u32) {
    bits[bit as usize / 64] |= 1 << (bit % 64);
}
