//! What a word says of the steps that could take it, in a few bits.
//!
//! A unit of a narrative can hold a match only if it holds something for every step. So every class and
//! word that is a step of some pattern has a bit; a word sets those of its classes and its own. Steps
//! whose commonest word is the same have neighbouring bits, so that what a common word sets lies in a
//! few blocks of 64.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::program::{ClassId, Lists, Step};
use crate::segment::WordId;

/// Bits there can be. A lexicon with more steps than that shares them: a bit that is set then says
/// that one of its steps may find something, and the verifier looks.
const MOST_BITS: usize = 1 << 16;

/// The bit of each step that is looked for.
#[derive(Debug, Default)]
pub(crate) struct StepBits {
    bits: BTreeMap<Step, u16>,
}

impl StepBits {
    /// Numbers `steps`, which must come in an order that keeps those of one word together.
    pub fn number(steps: impl Iterator<Item = Step>) -> Self {
        let number = |(index, step)| {
            // The first bit is taken.
            let bit = index % (MOST_BITS - 1) + 1;
            (step, bit as u16)
        };
        Self {
            bits: steps.enumerate().map(number).collect(),
        }
    }

    /// The bit of a step; [`Signatures::ALWAYS`] for one that takes no word.
    pub fn of(&self, step: Step) -> u16 {
        self.bits.get(&step).copied().unwrap_or(Signatures::ALWAYS)
    }
}

/// The bits of each word and each kind of phrase, as blocks of 64 of which at least one is set.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Signatures {
    /// Blocks that hold all bits.
    blocks: usize,
    words: Lists<Block>,
    kinds: Lists<Block>,
}

/// Bits in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Block {
    /// Which block.
    pub index: u32,
    /// Its bits.
    pub bits: u64,
}

impl Signatures {
    /// The bit that every unit holds.
    pub const ALWAYS: u16 = 0;

    /// Collects the bits of all words and kinds of phrases.
    pub fn build(
        words: usize,
        members_of: &[Vec<WordId>],
        kinds: &[Vec<ClassId>],
        bits: &StepBits,
    ) -> Self {
        let of_class = |class: usize| bits.of(Step::Class(class as ClassId));
        let mut of_words: Vec<(u32, u16)> = (1..words as WordId)
            .map(|word| (word, bits.of(Step::Word(word))))
            .collect();
        for (class, members) in members_of.iter().enumerate() {
            let bit = of_class(class);
            of_words.extend(members.iter().map(|word| (*word, bit)));
        }
        let of_kinds = kinds.iter().enumerate().flat_map(|(kind, classes)| {
            let bits = classes.iter().map(|class| of_class(*class as usize));
            bits.map(move |bit| (kind as u32, bit))
        });
        let highest = bits.bits.values().max().copied().unwrap_or(0);
        Self {
            blocks: usize::from(highest) / 64 + 1,
            words: Lists::build(words, blocks(of_words)),
            kinds: Lists::build(kinds.len(), blocks(of_kinds.collect())),
        }
    }

    /// How many blocks of 64 bits hold all bits.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// Sets the bits of a word.
    #[inline]
    pub fn add_word(&self, word: WordId, bits: &mut [u64]) {
        for block in self.words.of(word) {
            bits[block.index as usize] |= block.bits;
        }
    }

    /// Sets the bits of a kind of phrase.
    #[inline]
    pub fn add_kind(&self, kind: u32, bits: &mut [u64]) {
        for block in self.kinds.of(kind) {
            bits[block.index as usize] |= block.bits;
        }
    }
}

fn blocks(mut bits: Vec<(u32, u16)>) -> Vec<(u32, Block)> {
    bits.retain(|(_, bit)| *bit != Signatures::ALWAYS);
    bits.sort_unstable();
    let mut blocks: Vec<(u32, Block)> = Vec::new();
    for (key, bit) in bits {
        let index = u32::from(bit) / 64;
        let own = 1 << (bit % 64);
        match blocks.last_mut() {
            Some((last, block)) if *last == key && block.index == index => block.bits |= own,
            _ => blocks.push((key, Block { index, bits: own })),
        }
    }
    blocks
}
