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
use crate::spill::{Sorter, Storage};

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

/// Bytes of sentences held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 8 << 20;

/// Counts the sentences behind the evidence of a run.
#[derive(Debug)]
pub struct Repetition {
    /// By the hash of the sentence's key and the hash of the case: the sentence on one line.
    seen: Sorter,
}

impl Repetition {
    /// Nothing seen yet; what does not fit into memory waits in `folder`.
    pub fn new(storage: &Storage, folder: &Path) -> Self {
        Self {
            seen: Sorter::new(storage, folder, "sentences", HELD_BYTES),
        }
    }

    /// Notes the sentences behind the mentions of one field that count.
    ///
    /// # Errors
    /// If they cannot be kept.
    pub fn note(&mut self, case_id: &str, text: &str, mentions: &[Mention]) -> Result<()> {
        let case = hash(case_id);
        for mention in mentions.iter().filter(|m| m.suppressed.is_none()) {
            let sentence = mention.sentence.of(text);
            let key = sentence_key(sentence);
            if key.split(' ').count() < WORDS {
                continue;
            }
            let words: Vec<&str> = sentence.split_whitespace().collect();
            let mut place = [0; 16];
            place[..8].copy_from_slice(&hash(&key).to_be_bytes());
            place[8..].copy_from_slice(&case.to_be_bytes());
            self.seen.push(&place, words.join(" ").as_bytes())?;
        }
        Ok(())
    }

    /// The sentences that at least five cases share, those of most cases first.
    ///
    /// # Errors
    /// If what was kept cannot be read.
    pub fn candidates(self) -> Result<Vec<Candidate>> {
        let seen = self.seen.finish()?;
        let mut rows = seen.read()?;
        let (mut found, mut own) = (Vec::new(), Seen::default());
        let mut before = Vec::new();
        while let Some((key, sentence)) = rows.next()? {
            if before.get(..8) != key.get(..8) {
                found.extend(std::mem::take(&mut own).candidate());
                // Far more than are named are never held.
                if found.len() >= 100 * MOST {
                    most_shared(&mut found);
                }
            }
            own.note(key != before, sentence);
            before.clear();
            before.extend_from_slice(key);
        }
        found.extend(own.candidate());
        most_shared(&mut found);
        Ok(found)
    }
}

fn most_shared(found: &mut Vec<Candidate>) {
    found.sort_by(|a, b| (b.cases, &a.sentence).cmp(&(a.cases, &b.sentence)));
    found.truncate(MOST);
}

/// One sentence.
#[derive(Debug, Default)]
struct Seen {
    cases: usize,
    mentions: usize,
    /// As it is written where that comes first in the order of letters.
    sentence: Option<Vec<u8>>,
}

impl Seen {
    fn note(&mut self, another_case: bool, sentence: &[u8]) {
        self.mentions += 1;
        self.cases += usize::from(another_case);
        if self.sentence.as_deref().is_none_or(|own| sentence < own) {
            self.sentence = Some(sentence.to_owned());
        }
    }

    fn candidate(self) -> Option<Candidate> {
        (self.cases >= CASES).then_some(Candidate {
            cases: self.cases,
            mentions: self.mentions,
            sentence: String::from_utf8_lossy(&self.sentence?).into_owned(),
        })
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
