//! Compiled patterns: linear variants, each anchored on its rarest step.
//!
//! Options and alternatives of several words are multiplied out when the lexicon is compiled, so
//! what is left to match is a plain list of steps. A variant is tried only where a word that can
//! fill its rarest step stands, and is verified outwards from there.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::pairs::PhrasePairs;
use crate::lexicon::Slot;
use crate::segment::WordId;

/// Number of a class of words and phrases.
pub(crate) type ClassId = u32;

/// One step of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Step {
    /// This word.
    Word(WordId),
    /// A word or phrase of this class.
    Class(ClassId),
    /// So many words, none of the excluded class.
    Gap {
        min: u8,
        max: u8,
        except: Option<ClassId>,
    },
    /// The next word is not of this class.
    NotNext(ClassId),
    /// The range begins here.
    Start,
    /// The range ends here.
    End,
}

/// A step, perhaps filling a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Element {
    pub step: Step,
    pub slot: Option<Slot>,
}

/// How far a match may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Within {
    /// The unit, and its gaps stop at commas.
    Clause,
    /// The words between two strong breaks.
    Unit,
    /// The unit of its anchor and the one next to it: a gap may cross one strong break.
    Passage,
}

/// Whether two slots stand for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum People {
    /// Two: pronouns of one kind are not enough.
    Two,
    /// One: pronouns of two kinds will not do.
    One,
}

/// A pattern without options: what is verified around an anchor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Variant {
    /// The rule or modifier that it belongs to.
    pub owner: u32,
    /// The steps.
    pub elements: Box<[Element]>,
    /// Index of the step that starts verification.
    pub anchor: usize,
    /// What it may not leave.
    pub within: Within,
    /// Whether agent and experiencer must be two people, or one, where it matters.
    pub people: Option<People>,
    /// The bits of its steps in [`super::Presence`], rarest first.
    pub required: Box<[u32]>,
}

/// A literal phrase that is a member of classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Phrase {
    /// Its words: two at least.
    pub words: Box<[WordId]>,
    /// The classes that it belongs to, sorted.
    pub classes: Vec<ClassId>,
}

/// Some of the bits of a row: 64 in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Block {
    /// Which block.
    pub index: u32,
    /// Its bits.
    pub bits: u64,
}

/// Which words and phrases belong to which class.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Classes {
    stride: usize,
    /// The row of each word in `bits`: many words belong to the same classes.
    rows: Vec<u32>,
    bits: Vec<u64>,
    /// What of each row is not zero.
    blocks: Lists<Block>,
    /// All phrases of all classes.
    pub phrases: Vec<Phrase>,
    /// Phrases by their first two words.
    pub pairs: PhrasePairs,
}

/// A variant that a word may anchor, with what tells most quickly that it cannot match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Posting {
    /// Index of the variant.
    pub variant: u32,
    /// The two bits of [`super::Presence`] that its unit must hold beside the anchor and that are
    /// rarest; twice the same if there is but one, [`Posting::ANY`] if nothing can be told.
    pub needs: [u32; 2],
}

impl Posting {
    /// No bit is needed.
    pub const ANY: u32 = u32::MAX;

    fn of(id: usize, variant: &Variant) -> Self {
        // The first is the bit of the anchor, which is there. What may match over two units, the
        // bits of one do not tell.
        let needs = match variant.required.get(1..) {
            _ if variant.within == Within::Passage => [Self::ANY; 2],
            None | Some([]) => [Self::ANY; 2],
            Some([only]) => [*only; 2],
            Some([first, second, ..]) => [*first, *second],
        };
        Self {
            variant: id as u32,
            needs,
        }
    }
}

impl Classes {
    /// Makes the table for `words` ids and `classes` classes, from `(word, class)` pairs.
    pub fn build(
        words: usize,
        classes: usize,
        members: &[(WordId, ClassId)],
        phrases: Vec<Phrase>,
    ) -> Self {
        let stride = stride(classes);
        let mut all = vec![0; stride * words];
        for (word, class) in members {
            all[*word as usize * stride + *class as usize / 64] |= 1 << (class % 64);
        }
        let mut known = HashMap::new();
        let mut bits = Vec::new();
        let rows = all
            .chunks_exact(stride)
            .map(|row| {
                *known.entry(row).or_insert_with(|| {
                    bits.extend_from_slice(row);
                    (bits.len() / stride - 1) as u32
                })
            })
            .collect();
        let rows_of_bits = bits.chunks_exact(stride).enumerate();
        let blocks = rows_of_bits.flat_map(|(row, bits)| {
            let blocks = bits.iter().enumerate().filter(|(_, bits)| **bits != 0);
            blocks.map(move |(index, bits)| {
                let index = index as u32;
                (row as u32, Block { index, bits: *bits })
            })
        });
        let blocks = Lists::build(bits.len() / stride, blocks.collect());
        Self {
            stride,
            rows,
            bits,
            blocks,
            pairs: PhrasePairs::build(&phrases),
            phrases,
        }
    }

    /// Sets the bits of the classes of a word.
    #[inline]
    pub fn add_bits(&self, word: WordId, bits: &mut [u64]) {
        for block in self.blocks.of(self.rows[word as usize]) {
            bits[block.index as usize] |= block.bits;
        }
    }

    /// The bit that stands for a word, behind those of the classes. Words share bits: a set bit says
    /// that the word may be there, and the verifier looks.
    #[inline]
    pub fn word_bit(&self, word: WordId) -> u32 {
        (self.stride * 64) as u32 + shared_bit(word)
    }

    /// The same where only the number of classes is known.
    pub fn word_bit_of(classes: usize, word: WordId) -> u32 {
        (stride(classes) * 64) as u32 + shared_bit(word)
    }

    /// How many numbers of 64 bits hold all classes and words.
    pub fn presence_words(&self) -> usize {
        self.stride + WORD_BITS / 64
    }

    /// Whether a word belongs to a class.
    #[inline]
    pub fn has(&self, word: WordId, class: ClassId) -> bool {
        let row = self.rows[word as usize] as usize * self.stride;
        self.bits[row + class as usize / 64] >> (class % 64) & 1 == 1
    }

    /// Whether a phrase belongs to a class.
    #[inline]
    pub fn phrase_has(&self, phrase: u32, class: ClassId) -> bool {
        self.phrases[phrase as usize]
            .classes
            .binary_search(&class)
            .is_ok()
    }
}

/// Bits that the words of the lexicon share in [`super::Presence`]; a unit of thirty words sets 3%
/// of them, and all bits of a narrative stay in the nearest cache.
const WORD_BITS: usize = 1024;

fn shared_bit(word: WordId) -> u32 {
    word.wrapping_mul(0x9e37_79b1) >> (32 - WORD_BITS.trailing_zeros())
}

/// How many numbers of 64 bits hold one bit for each class.
fn stride(classes: usize) -> usize {
    classes.div_ceil(64).max(1)
}

/// Many short lists in one piece of memory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Lists<T> {
    bounds: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            bounds: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<T: Ord> Lists<T> {
    /// Builds `keys` lists from `(key, item)` pairs.
    pub fn build(keys: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut bounds = vec![0; keys + 1];
        for (key, _) in &pairs {
            bounds[*key as usize + 1] += 1;
        }
        for index in 1..bounds.len() {
            bounds[index] += bounds[index - 1];
        }
        Self {
            bounds,
            items: pairs.into_iter().map(|(_, item)| item).collect(),
        }
    }

    /// The list of a key.
    #[inline]
    pub fn of(&self, key: u32) -> &[T] {
        &self.items[self.bounds[key as usize] as usize..self.bounds[key as usize + 1] as usize]
    }
}

/// A set of variants with their anchors: all rules, or all modifiers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Program {
    /// The variants.
    pub variants: Vec<Variant>,
    /// Variants by a word that can fill their anchor.
    pub by_word: Lists<Posting>,
    /// Variants by the class of their anchor, for phrases.
    pub by_class: Lists<Posting>,
}

impl Program {
    /// Indexes the variants. `members` tells the words of each class.
    pub fn build(variants: Vec<Variant>, words: usize, members_of: &[Vec<WordId>]) -> Self {
        let mut by_word = Vec::new();
        let mut by_class = Vec::new();
        for (id, variant) in variants.iter().enumerate() {
            let posting = Posting::of(id, variant);
            match variant.elements[variant.anchor].step {
                Step::Word(word) => by_word.push((word, posting)),
                Step::Class(class) => {
                    by_word.extend(
                        members_of[class as usize]
                            .iter()
                            .map(|word| (*word, posting)),
                    );
                    by_class.push((class, posting));
                }
                Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => {
                    unreachable!("the compiler anchors variants on words and classes")
                }
            }
        }
        Self {
            variants,
            by_word: Lists::build(words, by_word),
            by_class: Lists::build(members_of.len(), by_class),
        }
    }
}
