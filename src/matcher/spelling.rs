//! Reads a misspelt word as the one word of the lexicon that it must be.
//!
//! Deliberately narrow, so that every correction can be explained: the nearest word of the lexicon,
//! if there is but one; one error (a letter too many, too few, wrong, or two swapped) in words of six
//! letters or more, two in words of ten or more; the first letter is right; and a common English word
//! is never read as another.

use std::sync::LazyLock;

use foldhash::HashSet;
use serde::{Deserialize, Serialize};

use crate::segment::WordId;

/// Shortest word that is corrected, in letters.
const SHORTEST: usize = 6;

/// Shortest word in which two errors are allowed.
const LONG: usize = 10;

/// Longest word looked at.
const LONGEST: usize = 24;

const COMMON: &str = include_str!("../../lexicons/spelling/common_words.txt");

/// The words that a misspelling may stand for.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spelling {
    /// By first letter and length.
    buckets: Vec<Vec<Target>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Target {
    /// Bit `n` is set if the word holds the `n`th letter.
    letters: u32,
    /// A common English word, which goes before one that the lexicon lists as people write it.
    common: bool,
    key: Box<[u8]>,
    word: WordId,
}

impl Spelling {
    /// Builds the table from the words of the lexicon; what is no plain word is passed over.
    pub fn build<'w>(words: impl Iterator<Item = (&'w str, WordId)>) -> Self {
        let mut buckets = vec![Vec::new(); 26 * (LONGEST + 1)];
        for (key, word) in words {
            let key = key.as_bytes();
            if key.len() >= SHORTEST - 1 && key.len() <= LONGEST && plain(key) {
                buckets[bucket(key[0], key.len())].push(Target {
                    letters: letters(key),
                    common: is_common(key),
                    key: key.into(),
                    word,
                });
            }
        }
        Self { buckets }
    }

    /// The word that `key` (lower case) must be a misspelling of, if there is one and one only.
    pub fn correct(&self, key: &[u8]) -> Option<WordId> {
        // Most words that the lexicon does not know are common ones, and that is the cheaper question.
        if key.len() < SHORTEST || is_common(key) {
            return None;
        }
        self.nearest(key)
    }

    /// How many errors make `meant` into `written`; more than can be told if either is very long.
    pub fn errors(written: &str, meant: &str) -> usize {
        if written.len().max(meant.len()) > LONGEST {
            return usize::MAX;
        }
        distance(written.as_bytes(), meant.as_bytes())
    }

    fn nearest(&self, key: &[u8]) -> Option<WordId> {
        let length = key.len();
        if self.buckets.is_empty() || !(SHORTEST..=LONGEST).contains(&length) || !plain(key) {
            return None;
        }
        let most = if length >= LONG { 2 } else { 1 };
        let own = letters(key);
        let mut best = (most + 1, true, None);
        for other in length - most..=(length + most).min(LONGEST) {
            for target in &self.buckets[bucket(key[0], other)] {
                // Each error changes two letters of the set at most.
                if (own ^ target.letters).count_ones() as usize > 2 * most {
                    continue;
                }
                let rank = (distance(key, &target.key), !target.common);
                if rank < (best.0, best.1) {
                    best = (rank.0, rank.1, Some(target.word));
                } else if rank == (best.0, best.1) && best.2 != Some(target.word) {
                    best.2 = None;
                }
            }
        }
        best.2
    }
}

fn plain(key: &[u8]) -> bool {
    key.iter().all(u8::is_ascii_lowercase)
}

fn bucket(first: u8, length: usize) -> usize {
    usize::from(first - b'a') * (LONGEST + 1) + length
}

fn letters(key: &[u8]) -> u32 {
    key.iter().fold(0, |set, letter| set | 1 << (letter - b'a'))
}

/// The common words, to be asked for.
static COMMON_WORDS: LazyLock<HashSet<&[u8]>> =
    LazyLock::new(|| COMMON.lines().map(str::as_bytes).collect());

/// Whether a word stands in the list of common words.
pub(crate) fn is_common(key: &[u8]) -> bool {
    COMMON_WORDS.contains(key)
}

/// Letters inserted, left out, changed or swapped with the next: the optimal string alignment
/// distance (Damerau 1964, without repeated edits of one place).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut rows = [[0_usize; LONGEST + 3]; 3];
    for (column, cell) in rows[0].iter_mut().enumerate() {
        *cell = column;
    }
    for i in 1..=a.len() {
        let (now, last, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut cell = (rows[last][j] + 1)
                .min(rows[now][j - 1] + 1)
                .min(rows[last][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cell = cell.min(rows[before][j - 2] + 1);
            }
            rows[now][j] = cell;
        }
    }
    rows[a.len() % 3][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling() -> Spelling {
        let words = [
            "strangled",
            "threatened",
            "controlling",
            "isolated",
            "boyfriend",
            "starter",
        ];
        Spelling::build(
            words
                .iter()
                .enumerate()
                .map(|(i, w)| (*w, i as WordId + 10)),
        )
    }

    #[test]
    fn reads_one_error_in_six_letters_and_two_in_ten() {
        let spelling = spelling();
        for (written, read) in [
            ("strangeled", Some(10)),
            ("strngled", Some(10)),
            ("thretned", None),
            ("threatend", Some(11)),
            ("threatned", Some(11)),
            ("controling", Some(12)),
            ("controlign", Some(12)),
            ("cuntroling", Some(12)),
            ("isloated", Some(13)),
            ("boyfreind", Some(14)),
            ("doyfriend", None),
            ("boyfr", None),
        ] {
            assert_eq!(spelling.correct(written.as_bytes()), read, "{written}");
        }
    }

    #[test]
    fn a_common_word_is_left_alone() {
        assert!(is_common(b"started") && is_common(b"zones") && is_common(b"aardvark"));
        assert!(!is_common(b"starterd") && !is_common(b""));
        assert_eq!(spelling().correct(b"started"), None);
        assert_eq!(spelling().correct(b"starterd"), Some(15));
    }

    #[test]
    fn the_list_of_common_words_is_sorted() {
        let words: Vec<&str> = COMMON.lines().filter(|l| !l.starts_with('#')).collect();
        assert!(words.is_sorted() && words.len() > 10_000);
    }
}
