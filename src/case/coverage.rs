//! What of the input was read and what was not, so that silence is not taken for safety.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::spill::{Sorter, Storage, text_key, unpack};

/// Fewer words than this say too little to be read as a narrative.
const SHORT: usize = 5;

/// So many texts that end at the same length, the longest of their column, were cut there.
const SHARED: u64 = 3;

/// A length that texts are cut at is not less than this.
const LEAST_LIMIT: usize = 40;

/// Lengths at which systems cut their fields.
const LIMITS: [usize; 12] = [80, 100, 120, 128, 200, 250, 255, 256, 500, 1000, 2000, 4000];

/// Why a text may hold less than was written or known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gap {
    /// It is empty.
    Empty,
    /// It has very few words.
    Short,
    /// It may have been cut at the length of its field.
    Cut,
}

impl Gap {
    /// The gap as the table names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Short => "very_short",
            Self::Cut => "may_be_cut",
        }
    }
}

/// A text that may hold less than was written or known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The input.
    pub source: String,
    /// Number of the record in it.
    pub record: u64,
    /// Case reference.
    pub case_id: String,
    /// Incident reference.
    pub incident_id: String,
    /// Name of the field.
    pub field: String,
    /// Its length in characters.
    pub characters: usize,
    /// Why.
    pub gap: Gap,
    /// In plain English.
    pub note: String,
}

/// Counts of texts by what was read of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoverageCounts {
    /// Text fields read.
    pub texts: u64,
    /// Of these, empty.
    pub empty: u64,
    /// Of these, with very few words.
    pub very_short: u64,
    /// Of these, perhaps cut at the length of their field.
    pub may_be_cut: u64,
}

/// Bytes of what is in doubt held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 4 << 20;

/// Gathers what was read; holds texts in doubt by reference only.
#[derive(Debug)]
pub struct Coverage {
    /// Texts that are or may be in doubt, by input, record and field: see [`Doubt`].
    doubtful: Sorter,
    /// By input and field the greatest length so far, and how many open texts have it.
    longest: BTreeMap<String, BTreeMap<String, (usize, u64)>>,
    texts: u64,
}

/// What is to be decided of a text once all are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Doubt {
    /// Nothing: it is empty or very short.
    Sure,
    /// It ends in the middle of a sentence and counts if the longest of its column do.
    Longest,
    /// It ends in the middle of a word besides, at a length that systems cut at, and counts anyway.
    AtLimit,
}

impl Coverage {
    /// Nothing read yet; what does not fit into memory waits in `folder`.
    pub fn new(storage: &Storage, folder: &Path) -> Self {
        Self {
            doubtful: Sorter::new(storage, folder, "coverage", HELD_BYTES),
            longest: BTreeMap::new(),
            texts: 0,
        }
    }

    /// Notes a text of a field of an input. `about` gives everything but what is worked out here.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub fn note(
        &mut self,
        (source, field): (&str, &str),
        text: &str,
        about: impl FnOnce() -> Unread,
    ) -> Result<()> {
        self.texts += 1;
        let trimmed = text.trim();
        let characters = text.chars().count();
        let words = trimmed.split_whitespace().take(SHORT).count();
        if words < SHORT {
            let (gap, note) = match trimmed.is_empty() {
                true => (
                    Gap::Empty,
                    "no text; nothing could be found here".to_owned(),
                ),
                false => {
                    let plural = if words == 1 { "" } else { "s" };
                    (Gap::Short, format!("{words} word{plural} only"))
                }
            };
            let unread = Unread {
                characters,
                gap,
                note,
                ..about()
            };
            return self.keep(&unread, Doubt::Sure);
        }
        let open = ends_open(text) && characters >= LEAST_LIMIT;
        let (length, shared) = self.longest_of(source, field);
        if characters > *length {
            (*length, *shared) = (characters, 0);
        }
        let longest = open && characters == *length;
        *shared += u64::from(longest);
        let at_limit = open && LIMITS.contains(&characters) && ends_in_a_word(text);
        if !longest && !at_limit {
            // It closes as a text closes, or a longer one shows that it was not cut.
            return Ok(());
        }
        let unread = Unread {
            characters,
            gap: Gap::Cut,
            ..about()
        };
        let doubt = if at_limit {
            Doubt::AtLimit
        } else {
            Doubt::Longest
        };
        self.keep(&unread, doubt)
    }

    fn keep(&mut self, unread: &Unread, doubt: Doubt) -> Result<()> {
        let mut key = Vec::new();
        text_key(&mut key, &unread.source);
        key.extend(unread.record.to_be_bytes());
        key.extend(unread.field.bytes());
        self.doubtful.push_packed(&key, &(doubt, unread))
    }

    fn longest_of(&mut self, source: &str, field: &str) -> &mut (usize, u64) {
        if !self.longest.contains_key(source) {
            self.longest.insert(source.to_owned(), BTreeMap::new());
        }
        let fields = self.longest.get_mut(source).expect("put there above");
        if !fields.contains_key(field) {
            fields.insert(field.to_owned(), (0, 0));
        }
        fields.get_mut(field).expect("put there above")
    }

    /// Hands on the texts in doubt by input and record, and returns the counts.
    ///
    /// # Errors
    /// If what was kept cannot be read, or whatever `sink` returns.
    pub fn finish(self, sink: &mut dyn FnMut(&Unread) -> Result<()>) -> Result<CoverageCounts> {
        let mut counts = CoverageCounts {
            texts: self.texts,
            ..CoverageCounts::default()
        };
        let doubtful = self.doubtful.finish()?;
        let mut rows = doubtful.read()?;
        while let Some((_, value)) = rows.next()? {
            let (doubt, mut unread): (Doubt, Unread) = unpack(value)?;
            let column = self.longest.get(&unread.source);
            let longest = column.and_then(|fields| fields.get(&unread.field));
            let (length, shared) = longest.copied().unwrap_or_default();
            if doubt != Doubt::Sure {
                let characters = unread.characters;
                if characters == length && shared >= SHARED {
                    unread.note = format!(
                        "ends in the middle of a sentence after {length} characters, the longest of its column, as {shared} texts do"
                    );
                } else if doubt == Doubt::AtLimit {
                    unread.note = format!(
                        "ends in the middle of a sentence after {characters} characters, a length that systems cut at"
                    );
                } else {
                    continue;
                }
            }
            match unread.gap {
                Gap::Empty => counts.empty += 1,
                Gap::Short => counts.very_short += 1,
                Gap::Cut => counts.may_be_cut += 1,
            }
            sink(&unread)?;
        }
        Ok(counts)
    }
}

/// Whether a text ends without a mark that ends a sentence.
fn ends_open(text: &str) -> bool {
    text.chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ' ' | '-' | '\''))
}

/// Whether it ends with a letter or a digit.
fn ends_in_a_word(text: &str) -> bool {
    text.ends_with(char::is_alphanumeric)
}
