//! Sentences that repeat from case to case: leaflet lines, form text, standard endings.
//!
//! What somebody typed once tells of one case; the same sentence in many cases is more likely a
//! template. A run counts the sentences behind its evidence and names those that several cases share.
//! The analyst decides: a sentence in a mute file sets its mentions aside, with a reason.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use crate::error::{Error, Result};
use crate::mention::Mention;

/// Cases that must share a sentence before it is named.
const CASES: usize = 5;

/// Words that a sentence must have: shorter ones repeat by themselves.
const WORDS: usize = 4;

/// Sentences named at the most.
const MOST: usize = 50;

/// What makes two sentences the same: their words in lower case, each number read as `#`.
pub fn sentence_key(sentence: &str) -> String {
    let mut key = String::with_capacity(sentence.len());
    let words = sentence.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
    for word in words.filter(|w| !w.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        if word.chars().all(|c| c.is_ascii_digit()) {
            key.push('#');
        } else {
            let letters = word.chars().filter(|c| !matches!(c, '\'' | '’'));
            key.extend(letters.flat_map(char::to_lowercase));
        }
    }
    key
}

/// Sentences whose mentions do not count.
#[derive(Clone, Debug, Default)]
pub struct MuteList {
    /// Line of the file by the key of the sentence on it.
    lines: BTreeMap<String, usize>,
}

impl MuteList {
    /// Reads a mute file: a sentence a line; empty lines and lines that begin with `#` are passed over.
    ///
    /// # Errors
    /// If the file cannot be read as UTF-8, or a line holds no word.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io("cannot read", path, e))?;
        let mut lines = BTreeMap::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let key = sentence_key(line);
            if key.is_empty() {
                let number = index as u64 + 1;
                return Err(Error::input(path, Some(number), "no word on this line"));
            }
            lines.entry(key).or_insert(index + 1);
        }
        Ok(Self { lines })
    }

    /// Sets aside the mentions in `text` whose sentence is muted.
    pub fn apply(&self, text: &str, mentions: &mut [Mention]) {
        if self.lines.is_empty() {
            return;
        }
        for mention in mentions.iter_mut().filter(|m| m.suppressed.is_none()) {
            if let Some(line) = self.lines.get(&sentence_key(mention.sentence.of(text))) {
                mention.suppressed = Some(format!("muted sentence (line {line} of the mute file)"));
            }
        }
    }

    /// The sentences on the list, as they are compared.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        self.lines.keys().map(String::as_str)
    }

    /// Sentences on the list.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// A sentence that many cases share.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// Cases that hold it.
    pub cases: usize,
    /// Mentions in it that count.
    pub mentions: usize,
    /// The sentence on one line, as it can be put into a mute file.
    pub sentence: String,
}

/// Counts the sentences behind the evidence of a run.
#[derive(Debug, Default)]
pub struct Repetition {
    /// By the hash of the sentence's key, so that memory stays small.
    seen: BTreeMap<u64, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Hashes of the cases, sorted.
    cases: Vec<u64>,
    mentions: usize,
    /// Kept from the second case on.
    sentence: Option<String>,
}

impl Repetition {
    /// Notes the sentences behind the mentions of one field that count.
    pub fn note(&mut self, case_id: &str, text: &str, mentions: &[Mention]) {
        let case = hash(case_id);
        for mention in mentions.iter().filter(|m| m.suppressed.is_none()) {
            let sentence = mention.sentence.of(text);
            let key = sentence_key(sentence);
            if key.split(' ').count() < WORDS {
                continue;
            }
            let seen = self.seen.entry(hash(&key)).or_default();
            seen.mentions += 1;
            if let Err(at) = seen.cases.binary_search(&case) {
                seen.cases.insert(at, case);
                if seen.cases.len() > 1 && seen.sentence.is_none() {
                    let words: Vec<&str> = sentence.split_whitespace().collect();
                    seen.sentence = Some(words.join(" "));
                }
            }
        }
    }

    /// The sentences that at least five cases share, those of most cases first.
    pub fn candidates(self) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = self
            .seen
            .into_values()
            .filter(|seen| seen.cases.len() >= CASES)
            .filter_map(|seen| {
                Some(Candidate {
                    cases: seen.cases.len(),
                    mentions: seen.mentions,
                    sentence: seen.sentence?,
                })
            })
            .collect();
        found.sort_by(|a, b| (b.cases, &a.sentence).cmp(&(a.cases, &b.sentence)));
        found.truncate(MOST);
        found
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_the_same_whatever_its_case_marks_and_numbers() {
        let key = sentence_key("  Victim's leaflet GIVEN, ref. 1234/22.");
        assert_eq!(key, "victims leaflet given ref # #");
        assert_eq!(key, sentence_key("victim’s leaflet given ref 9 1"));
        assert_eq!(sentence_key(" -- "), "");
    }

    #[test]
    fn a_mute_file_names_the_line_it_cannot_use() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mute.txt");
        std::fs::write(&path, "# comment\n\nOne sentence.\n").expect("written");
        assert_eq!(MuteList::read(&path).expect("sound").len(), 1);
        std::fs::write(&path, "One sentence.\n--\n").expect("written");
        let error = MuteList::read(&path).expect_err("no word").to_string();
        assert!(error.contains(": line 2: "), "{error}");
    }
}
