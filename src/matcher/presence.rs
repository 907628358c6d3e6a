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

/// Blocks of 64 bits that are kept together. A unit holds something in few of all pages.
const PAGE: usize = 8;

type Page = [u64; PAGE];

/// The bits of all units of one narrative.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    /// Pages that the bits of one unit have.
    stride: usize,
    /// Where each page of each unit stands in `pages`.
    places: Vec<u32>,
    /// The empty page, and those that hold something.
    pages: Vec<Page>,
    firsts: Vec<usize>,
}

impl Presence {
    /// Notes what stands in each unit of `text`. `hits` are its phrases by first token.
    pub fn read(&mut self, text: &Segmented, hits: &[PhraseHit], classes: &Classes) {
        self.stride = classes.signatures.blocks().div_ceil(PAGE);
        self.firsts.clear();
        self.firsts.extend_from_slice(&text.units);
        self.places.clear();
        self.places
            .resize(self.stride * text.units.len().saturating_sub(1), 0);
        self.pages.clear();
        self.pages.push([0; PAGE]);
        let mut hits = hits.iter().peekable();
        for (unit, range) in text.units.windows(2).enumerate() {
            let places = &mut self.places[unit * self.stride..(unit + 1) * self.stride];
            let mut own = Unit {
                places,
                pages: &mut self.pages,
            };
            own.add(&[Block {
                index: 0,
                bits: 1 << Signatures::ALWAYS,
            }]);
            for token in text.tokens[range[0]..range[1]]
                .iter()
                .filter(|t| t.word != 0)
            {
                own.add(classes.signatures.of_word(token.word));
            }
            while let Some(hit) = hits.next_if(|hit| (hit.start as usize) < range[1]) {
                own.add(classes.signatures.of_kind(hit.kind));
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
        Row {
            places: &self.places[unit * self.stride..(unit + 1) * self.stride],
            pages: &self.pages,
        }
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

/// A unit whose bits are being set.
struct Unit<'p> {
    places: &'p mut [u32],
    pages: &'p mut Vec<Page>,
}

impl Unit<'_> {
    #[inline]
    fn add(&mut self, blocks: &[Block]) {
        for block in blocks {
            let block_at = block.index as usize;
            let place = &mut self.places[block_at / PAGE];
            if *place == 0 {
                *place = self.pages.len() as u32;
                self.pages.push([0; PAGE]);
            }
            self.pages[*place as usize][block_at % PAGE] |= block.bits;
        }
    }
}

/// The bits of one unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'p> {
    places: &'p [u32],
    pages: &'p [Page],
}

impl Row<'_> {
    /// Whether the unit holds something for the steps of a bit.
    #[inline]
    pub fn has(self, bit: u32) -> bool {
        let block = bit as usize / 64;
        let page = &self.pages[self.places[block / PAGE] as usize];
        page[block % PAGE] >> (bit % 64) & 1 == 1
    }
}
