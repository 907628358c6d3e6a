//! What a word says of the steps that could take it, in a few bits.
//!
//! A unit of a narrative can hold a match only if it holds something for every step. So every class and
//! word that is a step of some pattern has a bit; a word sets those of its classes and its own. Steps
//! whose commonest word is the same have neighbouring bits, so that what a common word sets lies in a
//! few blocks of 64.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::classes::ClassId;
use super::lists::{Block, Lists, blocks, transposed};
use super::program::Step;
use crate::segment::WordId;

/// Bits there can be: with all of them 16 kilobytes are kept of each unit of a narrative. A lexicon with more
/// steps than that shares them among neighbours: a bit that is set then says that one of its steps may find
/// something, and the verifier looks.
const MOST_BITS: usize = 1 << 17;

/// The bit of each step that is looked for.
#[derive(Debug, Default)]
pub(crate) struct StepBits {
    bits: BTreeMap<Step, u32>,
}

impl StepBits {
    /// Numbers `steps`, which must come in an order that keeps those of one word together.
    pub fn number(steps: &[Step]) -> Self {
        // The first bit is taken.
        let free = MOST_BITS - 1;
        let shared = steps.len().max(free);
        let number = |(index, step): (usize, &Step)| {
            let bit = index * free / shared + 1;
            (*step, bit as u32)
        };
        Self {
            bits: steps.iter().enumerate().map(number).collect(),
        }
    }

    /// The bit of a step; [`Signatures::ALWAYS`] for one that takes no word.
    pub fn of(&self, step: Step) -> u32 {
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

impl Signatures {
    /// The bit that every unit holds.
    pub const ALWAYS: u32 = 0;

    /// Collects the bits of all words and kinds of phrases.
    pub fn build(
        words: usize,
        members_of: &[Vec<WordId>],
        kinds: &[Vec<ClassId>],
        bits: &StepBits,
    ) -> Self {
        // Each step with the words that it takes, in the order of the bits.
        let ids: Vec<WordId> = (0..words as WordId).collect();
        let mut sets: Vec<(u32, &[WordId])> = Vec::new();
        for (step, bit) in &bits.bits {
            match step {
                Step::Class(class) => sets.push((*bit, &members_of[*class as usize])),
                Step::Word(word) => sets.push((*bit, &ids[*word as usize..][..1])),
                Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => {}
            }
        }
        sets.sort_by_key(|(bit, _)| *bit);
        let of_kind = |classes: &Vec<ClassId>| {
            let own = classes.iter().map(|class| bits.of(Step::Class(*class)));
            let mut own: Vec<u32> = own.filter(|bit| *bit != Self::ALWAYS).collect();
            own.sort_unstable();
            blocks(own.into_iter())
        };
        let of_kinds: Vec<Vec<Block>> = kinds.iter().map(of_kind).collect();
        let highest = bits.bits.values().max().copied().unwrap_or(0);
        Self {
            blocks: highest as usize / 64 + 1,
            words: transposed(words, sets.into_iter()),
            kinds: Lists::of_lists(of_kinds.iter().map(Vec::as_slice)),
        }
    }

    /// How many blocks of 64 bits hold all bits.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// The bits of a word.
    #[inline]
    pub fn of_word(&self, word: WordId) -> &[Block] {
        self.words.of(word)
    }

    /// The bits of a kind of phrase.
    #[inline]
    pub fn of_kind(&self, kind: u32) -> &[Block] {
        self.kinds.of(kind)
    }
}
