//! What each unit of a narrative holds for the steps of patterns: see [`super::signature`].
//!
//! A variant can only match where all its steps have something to take. Asking that of a few bits
//! spares most verifications.

use std::ops::Range;

use super::classes::Classes;
use super::lists::Block;
use super::phrase::PhraseHit;
use super::program::Variant;
use super::signature::Signatures;
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
        self.stride = classes.signatures.blocks();
        self.firsts.clear();
        self.firsts.extend_from_slice(&text.units);
        self.bits.clear();
        self.bits
            .resize(self.stride * text.units.len().saturating_sub(1), 0);
        let mut hits = hits.iter().peekable();
        for (unit, range) in text.units.windows(2).enumerate() {
            let own = &mut self.bits[unit * self.stride..(unit + 1) * self.stride];
            own[0] = 1 << Signatures::ALWAYS;
            for token in text.tokens[range[0]..range[1]]
                .iter()
                .filter(|t| t.word != 0)
            {
                add(classes.signatures.of_word(token.word), own);
            }
            while let Some(hit) = hits.next_if(|hit| (hit.start as usize) < range[1]) {
                add(classes.signatures.of_kind(hit.kind), own);
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

    /// The bits of a unit.
    #[inline]
    pub fn row(&self, unit: usize) -> Row<'_> {
        Row(&self.bits[unit * self.stride..(unit + 1) * self.stride])
    }

    /// Whether every step of `variant` could take something in one of `units`.
    #[inline]
    pub fn allows(&self, variant: &Variant, units: Range<usize>) -> bool {
        variant
            .required
            .iter()
            .all(|bit| units.clone().any(|unit| self.row(unit).has(*bit)))
    }
}

#[inline]
fn add(blocks: &[Block], bits: &mut [u64]) {
    for block in blocks {
        bits[block.index as usize] |= block.bits;
    }
}

/// The bits of one unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'p>(&'p [u64]);

impl Row<'_> {
    /// Whether the unit holds something for the steps of a bit.
    #[inline]
    pub fn has(self, bit: u32) -> bool {
        self.0[bit as usize / 64] >> (bit % 64) & 1 == 1
    }
}
