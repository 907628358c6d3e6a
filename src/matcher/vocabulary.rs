//! The words that the lexicon knows, each under a small number.
//!
//! One look-up per token: an open-addressing table over the folded bytes of the word. A general
//! hash map would do; this one has a short word's letters in the slot itself, so that most look-ups
//! touch one line of memory.

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
    /// The letters of a short word; of a long one its hash.
    letters: [u64; 2],
    word: Word,
    /// 0 where nothing stands.
    entry: u32,
    /// Length of the key; [`LONG`] for all that are long.
    length: u8,
}

/// Shortest key that does not stand in its slot.
const LONG: u8 = 17;

/// A word that is read as its twin: what is written, the id it shares, which of the two it is.
pub(crate) type TwinEntry = (String, WordId, Twin);

/// What of a key stands in its slot: no two short keys of one length have the same.
#[inline]
fn letters(key: &[u8]) -> [u64; 2] {
    let eight = |at: usize| {
        let bytes = key[at..at + 8].try_into();
        u64::from_le_bytes(bytes.expect("eight bytes"))
    };
    let four = |at: usize| {
        let bytes = key[at..at + 4].try_into();
        u64::from(u32::from_le_bytes(bytes.expect("four bytes")))
    };
    match key.len() {
        0 => [0; 2],
        n @ 1..4 => [
            u64::from(key[0]) << 16 | u64::from(key[n / 2]) << 8 | u64::from(key[n - 1]),
            0,
        ],
        n @ 4..8 => [four(0), four(n - 4)],
        n @ 8..=16 => [eight(0), eight(n - 8)],
        n => {
            let chunks = (0..n / 8).map(|chunk| eight(chunk * 8));
            let all = chunks.fold(n as u64, |state, chunk| mixed(state ^ chunk));
            [mixed(all ^ eight(n - 8)), 0]
        }
    }
}

#[inline]
fn mixed(state: u64) -> u64 {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let state = state.wrapping_mul(MIX);
    state ^ state >> 29
}

#[inline]
fn hash(letters: [u64; 2], length: u8) -> usize {
    let state = mixed(letters[0] ^ u64::from(length) << 56) ^ letters[1];
    (mixed(state) >> 16) as usize
}

/// The length of a key as slots have it.
#[inline]
fn length(key: &[u8]) -> u8 {
    u8::try_from(key.len()).map_or(LONG, |length| length.min(LONG))
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
                ..Word::default()
            };
            if vocabulary.key(*id) == key.as_bytes() {
                vocabulary.words[*id as usize] = word;
            } else {
                vocabulary.add(key, word);
            }
        }
        vocabulary.index();
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
        self.index();
    }

    /// Adds words that are only weighed, each with its number; those that the vocabulary knows must not be among them.
    pub(crate) fn add_terms<'t>(&mut self, terms: impl Iterator<Item = (&'t str, u16)>) {
        for (key, term) in terms {
            let word = Word {
                term,
                ..Word::default()
            };
            self.add(key, word);
        }
        let size = (self.words.len() * 2 + 16).next_power_of_two();
        self.slots = vec![Slot::default(); size];
        self.mask = size - 1;
        self.index();
    }

    fn add(&mut self, key: &str, word: Word) {
        self.words.push(word);
        self.keys.extend_from_slice(key.as_bytes());
        self.bounds.push(self.keys.len() as u32);
    }

    /// Fills the slots from the keys and words.
    fn index(&mut self) {
        self.slots.fill(Slot::default());
        for (entry, word) in self.words.iter().enumerate().skip(FIRST_WORD as usize) {
            let key = self.key(entry as u32);
            let slot = Slot {
                letters: letters(key),
                word: *word,
                entry: entry as u32,
                length: length(key),
            };
            let mut at = hash(slot.letters, slot.length) & self.mask;
            while self.slots[at].entry != 0 {
                at = (at + 1) & self.mask;
            }
            self.slots[at] = slot;
        }
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
        let (letters, length) = (letters(key), length(key));
        let mut at = hash(letters, length) & self.mask;
        loop {
            let slot = &self.slots[at];
            if slot.entry == 0 {
                return Word::default();
            }
            if slot.letters == letters
                && slot.length == length
                && (length < LONG || self.key(slot.entry) == key)
            {
                return slot.word;
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
