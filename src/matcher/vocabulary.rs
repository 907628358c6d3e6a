//! The words that the lexicon knows, each under a small number.
//!
//! One look-up per token: an open-addressing table over the folded bytes of the word. A general
//! hash map would do; this one keeps all keys in one buffer and hashes eight bytes at a time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::spelling::Spelling;
use crate::segment::{Shape, Twin, Word, WordId, WordLookup};

/// Ids below this stand for shapes, not for words.
const FIRST_WORD: WordId = 4;

/// The vocabulary, fixed after it was built.
#[derive(Debug, Serialize, Deserialize)]
pub struct Vocabulary {
    slots: Vec<Slot>,
    mask: usize,
    keys: Vec<u8>,
    /// Start of each entry's key; the next entry is its end. The entry of a word has the word's id;
    /// behind them stand the twins that share the id of another.
    bounds: Vec<u32>,
    /// What each entry stands for.
    words: Vec<Word>,
    abbreviations: Vec<bool>,
    spelling: Spelling,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Slot {
    hash: u32,
    entry: u32,
}

/// A word that is read as its twin: what is written, the id it shares, which of the two it is.
pub(crate) type TwinEntry = (String, WordId, Twin);

fn hash(key: &[u8]) -> u64 {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = key.len() as u64;
    let mut chunks = key.chunks_exact(8);
    for chunk in &mut chunks {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(chunk);
        state = (state ^ u64::from_le_bytes(bytes)).wrapping_mul(MIX);
        state ^= state >> 29;
    }
    let mut last = [0; 8];
    let rest = chunks.remainder();
    last[..rest.len()].copy_from_slice(rest);
    state = (state ^ u64::from_le_bytes(last)).wrapping_mul(MIX);
    state ^ (state >> 32)
}

impl Vocabulary {
    /// Builds the table from words in the order of their ids, which begin at [`FIRST_WORD`], and
    /// from the twins among and beside them.
    pub(crate) fn build(
        words: &[String],
        twins: &[TwinEntry],
        is_abbreviation: impl Fn(WordId) -> bool,
    ) -> Self {
        let size = ((words.len() + twins.len()) * 2 + 16).next_power_of_two();
        let mut vocabulary = Self {
            slots: vec![Slot::default(); size],
            mask: size - 1,
            keys: Vec::new(),
            bounds: vec![0; FIRST_WORD as usize + 1],
            words: vec![Word::default(); FIRST_WORD as usize],
            abbreviations: vec![false; FIRST_WORD as usize],
            spelling: Spelling::default(),
        };
        for (index, word) in words.iter().enumerate() {
            let id = word_id(index);
            vocabulary.abbreviations.push(is_abbreviation(id));
            vocabulary.add(word, id.into());
        }
        for (key, id, twin) in twins {
            let word = Word {
                id: *id,
                twin: *twin,
                corrected: false,
            };
            if vocabulary.key(*id) == key.as_bytes() {
                vocabulary.words[*id as usize] = word;
            } else {
                vocabulary.add(key, word);
            }
        }
        vocabulary
    }

    /// Reads misspellings by `spelling`, and those listed in the lexicon as the words they stand for.
    pub(crate) fn correct(&mut self, spelling: Spelling, listed: &BTreeMap<WordId, WordId>) {
        self.spelling = spelling;
        for (written, read) in listed {
            self.words[*written as usize] = Word {
                id: *read,
                corrected: true,
                ..self.words[*read as usize]
            };
        }
    }

    fn add(&mut self, key: &str, word: Word) {
        let entry = self.words.len() as u32;
        self.words.push(word);
        self.keys.extend_from_slice(key.as_bytes());
        self.bounds.push(self.keys.len() as u32);
        let full = hash(key.as_bytes());
        let mut at = full as usize & self.mask;
        while self.slots[at].entry != 0 {
            at = (at + 1) & self.mask;
        }
        self.slots[at] = Slot {
            hash: (full >> 32) as u32,
            entry,
        };
    }

    fn key(&self, entry: u32) -> &[u8] {
        let entry = entry as usize;
        &self.keys[self.bounds[entry] as usize..self.bounds[entry + 1] as usize]
    }

    /// The number of ids, unknown words and shapes included.
    pub fn len(&self) -> usize {
        self.abbreviations.len()
    }

    /// The folded word behind an id; empty for unknown words and shapes.
    pub fn word(&self, id: WordId) -> &str {
        std::str::from_utf8(self.key(id)).unwrap_or_default()
    }
}

impl WordLookup for Vocabulary {
    fn lookup(&self, key: &[u8]) -> Word {
        let full = hash(key);
        let tag = (full >> 32) as u32;
        let mut at = full as usize & self.mask;
        loop {
            let slot = self.slots[at];
            if slot.entry == 0 {
                return Word::default();
            }
            if slot.hash == tag && self.key(slot.entry) == key {
                return self.words[slot.entry as usize];
            }
            at = (at + 1) & self.mask;
        }
    }

    fn shape(&self, shape: Shape) -> WordId {
        shape_id(shape)
    }

    fn correct(&self, key: &[u8]) -> Word {
        let read = self.spelling.correct(key);
        read.map_or_else(Word::default, |id| Word {
            id,
            corrected: true,
            ..Word::default()
        })
    }

    fn is_abbreviation(&self, word: WordId) -> bool {
        self.abbreviations[word as usize]
    }
}

/// The id that stands for a shape.
pub(crate) fn shape_id(shape: Shape) -> WordId {
    match shape {
        Shape::Number => 1,
        Shape::Time => 2,
        Shape::Times => 3,
    }
}

/// The id of the word at `index` in the list that a vocabulary is built from.
pub(crate) fn word_id(index: usize) -> WordId {
    FIRST_WORD + index as WordId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_word_and_no_other() {
        let words: Vec<String> = (0..3000).map(|n| format!("word{n}")).collect();
        let twins = [
            ("word5".to_owned(), word_id(5), Twin::A),
            ("twin of word5".to_owned(), word_id(5), Twin::B),
        ];
        let vocabulary = Vocabulary::build(&words, &twins, |id| id == word_id(7));
        let other = vocabulary.lookup(b"twin of word5");
        assert_eq!((other.id, other.twin), (word_id(5), Twin::B));
        assert_eq!(vocabulary.lookup(b"word5").twin, Twin::A);
        for (index, word) in words.iter().enumerate() {
            assert_eq!(vocabulary.lookup(word.as_bytes()).id, word_id(index));
            assert_eq!(vocabulary.word(word_id(index)), word);
        }
        assert_eq!(vocabulary.lookup(b"wordless").id, 0);
        assert_eq!(vocabulary.lookup(b"").id, 0);
        assert!(vocabulary.is_abbreviation(word_id(7)) && !vocabulary.is_abbreviation(0));
    }
}
