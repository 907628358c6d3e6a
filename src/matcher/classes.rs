//! Which words and phrases belong to which class.
//!
//! What is kept grows with the members of classes, not with words times classes: each distinct set of classes
//! is a row, of which only blocks of 64 classes with a member are held.

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::lists::{Block, Lists, blocks, transposed};
use super::pairs::PhrasePairs;
use super::signature::{Signatures, StepBits};
use crate::segment::WordId;

/// Number of a class of words and phrases.
pub(crate) type ClassId = u32;

/// A literal phrase that is a member of classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Phrase {
    /// Its words: two at least.
    pub words: Box<[WordId]>,
    /// Its kind: phrases of the same classes are of one.
    pub kind: u32,
}

/// Which words and phrases belong to which class.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub(crate) struct Classes {
    /// The row of each word: many words belong to the same classes.
    words: Vec<u32>,
    /// The row of each kind of phrase.
    kinds: Vec<u32>,
    /// The first 64 classes of each word.
    first: Vec<u64>,
    /// The classes of each row, by blocks of 64.
    rows: Lists<Block>,
    /// The blocks again, to be found by row and block.
    #[serde(skip)]
    found: Vec<Slot>,
    /// Phrases by their first two words.
    pub pairs: PhrasePairs,
    /// What a word or phrase says of the steps that could take it.
    pub signatures: Signatures,
}

/// What of [`Classes`] is written into the program.
#[derive(Deserialize)]
struct Stored {
    words: Vec<u32>,
    kinds: Vec<u32>,
    first: Vec<u64>,
    rows: Lists<Block>,
    pairs: PhrasePairs,
    signatures: Signatures,
}

impl From<Stored> for Classes {
    fn from(stored: Stored) -> Self {
        Self {
            words: stored.words,
            kinds: stored.kinds,
            first: stored.first,
            found: slots(&stored.rows),
            rows: stored.rows,
            pairs: stored.pairs,
            signatures: stored.signatures,
        }
    }
}

/// A block of a row; empty if it holds no bit.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    row: u32,
    block: u32,
    bits: u64,
}

/// Several classes, to be asked for at once: see [`Classes::any_of`]. All bits where one of them is not
/// among the first 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnyOf(u64);

impl Classes {
    /// Makes the table for `words` ids, from the words of each class, the phrases and the classes of
    /// each kind of phrase.
    pub fn build(
        words: usize,
        members_of: &[Vec<WordId>],
        phrases: &[Phrase],
        kinds: &[Vec<ClassId>],
        bits: &StepBits,
    ) -> Self {
        let classes = members_of.iter().enumerate();
        let classes = classes.map(|(class, members)| (class as u32, members.as_slice()));
        let of_words = transposed(words, classes);
        let mut rows: Vec<Vec<Block>> = Vec::new();
        let mut known: HashMap<Vec<Block>, u32> = HashMap::default();
        let mut row_of = |own: Vec<Block>| {
            *known.entry(own).or_insert_with_key(|own| {
                rows.push(own.clone());
                (rows.len() - 1) as u32
            })
        };
        // The row of those that belong to none of the classes behind the first 64.
        let behind = |own: &[Block]| own.iter().filter(|b| b.index > 0).copied().collect();
        row_of(Vec::new());
        let of_word = |word: usize| of_words.of(word as u32);
        let first = (0..words).map(|word| match of_word(word).first() {
            Some(block) if block.index == 0 => block.bits,
            _ => 0,
        });
        let first = first.collect();
        let words = (0..words)
            .map(|word| row_of(behind(of_word(word))))
            .collect();
        // A kind is asked for all of its classes in its row.
        let mut kind_row = |classes: &Vec<ClassId>| row_of(blocks(classes.iter().copied()));
        let kind_rows = kinds.iter().map(&mut kind_row).collect();
        let rows = Lists::of_lists(rows.iter().map(Vec::as_slice));
        Self {
            words,
            kinds: kind_rows,
            first,
            found: slots(&rows),
            rows,
            pairs: PhrasePairs::build(phrases),
            signatures: Signatures::build(of_words.keys(), members_of, kinds, bits),
        }
    }

    /// Whether a word belongs to a class.
    #[inline]
    pub fn has(&self, word: WordId, class: ClassId) -> bool {
        if class < 64 {
            return self.first[word as usize] >> class & 1 == 1;
        }
        self.row_has(self.words[word as usize], class)
    }

    /// Whether phrases of a kind belong to a class.
    #[inline]
    pub fn kind_has(&self, kind: u32, class: ClassId) -> bool {
        self.row_has(self.kinds[kind as usize], class)
    }

    #[inline]
    fn row_has(&self, row: u32, class: ClassId) -> bool {
        if row == 0 {
            return false;
        }
        let block = class / 64;
        let mask = self.found.len() - 1;
        let mut at = hash(row, block) & mask;
        loop {
            let slot = &self.found[at];
            if slot.row == row && slot.block == block {
                return slot.bits >> (class % 64) & 1 == 1;
            }
            if slot.bits == 0 {
                return false;
            }
            at = (at + 1) & mask;
        }
    }

    /// Several classes as one question, for [`Classes::may_have`].
    pub fn any_of(&self, classes: &[Option<ClassId>]) -> AnyOf {
        let asked = classes.iter().flatten();
        let bits = asked.map(|class| if *class < 64 { 1 << class } else { u64::MAX });
        AnyOf(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether a word may belong to one of several classes. If not, there is no need to ask for each.
    #[inline]
    pub fn may_have(&self, word: WordId, asked: AnyOf) -> bool {
        asked.0 == u64::MAX || self.first[word as usize] & asked.0 != 0
    }

    /// Whether one of many words may belong to one of several classes.
    pub fn any_may_have(&self, mut words: impl Iterator<Item = WordId>, asked: AnyOf) -> bool {
        words.any(|word| self.may_have(word, asked))
    }
}

/// A table of open addressing over the blocks of all rows; never full.
fn slots(rows: &Lists<Block>) -> Vec<Slot> {
    let size = (rows.items() * 2 + 2).next_power_of_two();
    let mut slots = vec![Slot::default(); size];
    for row in 0..rows.keys() as u32 {
        for block in rows.of(row) {
            let mut at = hash(row, block.index) & (size - 1);
            while slots[at].bits != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = Slot {
                row,
                block: block.index,
                bits: block.bits,
            };
        }
    }
    slots
}

#[inline]
fn hash(row: u32, block: u32) -> usize {
    let key = u64::from(row) << 32 | u64::from(block);
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_its_members_and_no_other() {
        // Classes near and far from each other, of words that share all of them or none.
        let members_of: Vec<Vec<WordId>> = (0..1000_u32)
            .map(|class| {
                (1..200)
                    .filter(|word| class % (word % 23 + 2) == 0)
                    .collect()
            })
            .collect();
        let kinds: Vec<Vec<ClassId>> = vec![vec![0, 63, 64], vec![999], vec![128, 500]];
        let bits = StepBits::default();
        let classes = Classes::build(200, &members_of, &[], &kinds, &bits);
        for (class, members) in members_of.iter().enumerate() {
            for word in 0..200 {
                let own = members.contains(&word);
                assert_eq!(classes.has(word, class as ClassId), own, "{word} {class}");
            }
        }
        for (kind, own) in kinds.iter().enumerate() {
            for class in 0..1000 {
                assert_eq!(classes.kind_has(kind as u32, class), own.contains(&class));
            }
        }
        assert!(
            classes.rows.keys() < 40,
            "words of the same classes share a row"
        );
    }
}
