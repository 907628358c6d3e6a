//! The words that the lexicon knows, each under a small number.
//!
//! One look-up per token: an open-addressing table over the folded bytes of the word. A general
//! hash map would do; this one keeps all keys in one buffer and hashes eight bytes at a time.

use crate::segment::{Shape, WordId, WordLookup};

/// Ids below this stand for shapes, not for words.
const FIRST_WORD: WordId = 4;

/// The vocabulary, fixed after it was built.
#[derive(Debug)]
pub struct Vocabulary {
    slots: Vec<Slot>,
    mask: usize,
    keys: Vec<u8>,
    /// Start of each word's key; the next entry is its end.
    bounds: Vec<u32>,
    abbreviations: Vec<bool>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    word: WordId,
}

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
    /// Builds the table from words in the order of their ids, which begin at [`FIRST_WORD`].
    pub(crate) fn build(words: &[String], is_abbreviation: impl Fn(&str) -> bool) -> Self {
        let size = (words.len() * 2 + 16).next_power_of_two();
        let mut vocabulary = Self {
            slots: vec![Slot::default(); size],
            mask: size - 1,
            keys: Vec::new(),
            bounds: vec![0; FIRST_WORD as usize + 1],
            abbreviations: vec![false; FIRST_WORD as usize],
        };
        for (index, word) in words.iter().enumerate() {
            let id = FIRST_WORD + index as WordId;
            vocabulary.keys.extend_from_slice(word.as_bytes());
            vocabulary.bounds.push(vocabulary.keys.len() as u32);
            vocabulary.abbreviations.push(is_abbreviation(word));
            let full = hash(word.as_bytes());
            let mut at = full as usize & vocabulary.mask;
            while vocabulary.slots[at].word != 0 {
                at = (at + 1) & vocabulary.mask;
            }
            vocabulary.slots[at] = Slot {
                hash: (full >> 32) as u32,
                word: id,
            };
        }
        vocabulary
    }

    fn key(&self, word: WordId) -> &[u8] {
        let word = word as usize;
        &self.keys[self.bounds[word] as usize..self.bounds[word + 1] as usize]
    }

    /// The number of ids, unknown words and shapes included.
    pub fn len(&self) -> usize {
        self.abbreviations.len()
    }

    /// The folded word behind an id; empty for unknown words and shapes.
    #[cfg(test)]
    pub fn word(&self, id: WordId) -> &str {
        std::str::from_utf8(self.key(id)).unwrap_or_default()
    }
}

impl WordLookup for Vocabulary {
    fn lookup(&self, key: &[u8]) -> WordId {
        let full = hash(key);
        let tag = (full >> 32) as u32;
        let mut at = full as usize & self.mask;
        loop {
            let slot = self.slots[at];
            if slot.word == 0 {
                return 0;
            }
            if slot.hash == tag && self.key(slot.word) == key {
                return slot.word;
            }
            at = (at + 1) & self.mask;
        }
    }

    fn shape(&self, shape: Shape) -> WordId {
        shape_id(shape)
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
        let vocabulary = Vocabulary::build(&words, |w| w == "word7");
        for (index, word) in words.iter().enumerate() {
            assert_eq!(vocabulary.lookup(word.as_bytes()), word_id(index));
            assert_eq!(vocabulary.word(word_id(index)), word);
        }
        assert_eq!(vocabulary.lookup(b"wordless"), 0);
        assert_eq!(vocabulary.lookup(b""), 0);
        assert!(vocabulary.is_abbreviation(word_id(7)) && !vocabulary.is_abbreviation(0));
    }
}
