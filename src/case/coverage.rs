//! What of the input was read and what was not, so that silence is not taken for safety.

use std::collections::BTreeMap;

/// Fewer words than this say too little to be read as a narrative.
const SHORT: usize = 5;

/// So many texts that end at the same length, the longest of their column, were cut there.
const SHARED: usize = 3;

/// A length that texts are cut at is not less than this.
const LEAST_LIMIT: usize = 40;

/// Lengths at which systems cut their fields.
const LIMITS: [usize; 12] = [80, 100, 120, 128, 200, 250, 255, 256, 500, 1000, 2000, 4000];

/// Why a text may hold less than was written or known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
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

/// Gathers what was read. Holds the texts in doubt by reference only, and of those that may be cut
/// no more than stand at the longest length of their column.
#[derive(Debug, Default)]
pub struct Coverage {
    /// What is certain when it is read.
    plain: Vec<Unread>,
    /// Texts at the longest length of their column so far, by input and field.
    longest: BTreeMap<(String, String), (usize, Vec<Unread>)>,
    /// Texts that end in the middle of a word at a length that systems cut at.
    at_limit: Vec<Unread>,
    texts: u64,
}

impl Coverage {
    /// Notes a text. `about` gives everything but what is worked out here.
    pub fn note(&mut self, text: &str, about: impl FnOnce() -> Unread) {
        self.texts += 1;
        let trimmed = text.trim();
        let characters = text.chars().count();
        let words = trimmed.split_whitespace().count();
        if words < SHORT {
            let gap = if trimmed.is_empty() {
                Gap::Empty
            } else {
                Gap::Short
            };
            let note = match gap {
                Gap::Empty => "no text; nothing could be found here".to_owned(),
                _ => format!("{words} word{} only", if words == 1 { "" } else { "s" }),
            };
            let about = about();
            self.plain.push(Unread {
                characters,
                gap,
                note,
                ..about
            });
            return;
        }
        if !ends_open(text) || characters < LEAST_LIMIT {
            // It closes as a text closes; but it may be what the longest of the column has to beat.
            let (length, texts) = self.longest_of(about);
            if characters > *length {
                *length = characters;
                texts.clear();
            }
            return;
        }
        let unread = Unread {
            characters,
            gap: Gap::Cut,
            ..about()
        };
        if LIMITS.contains(&characters) && ends_in_a_word(text) {
            let note = format!(
                "ends in the middle of a sentence after {characters} characters, a length that systems cut at"
            );
            self.at_limit.push(Unread {
                note,
                ..unread.clone()
            });
        }
        let key = (unread.source.clone(), unread.field.clone());
        let (length, texts) = self.longest.entry(key).or_default();
        if characters > *length {
            *length = characters;
            texts.clear();
        }
        if characters == *length {
            texts.push(unread);
        }
    }

    fn longest_of(&mut self, about: impl FnOnce() -> Unread) -> &mut (usize, Vec<Unread>) {
        let about = about();
        let key = (about.source, about.field);
        self.longest.entry(key).or_default()
    }

    /// The counts, and the texts in doubt by input and record.
    pub fn finish(self) -> (CoverageCounts, Vec<Unread>) {
        let mut all = self.plain;
        for (_, (length, texts)) in self.longest {
            let shared = texts.len();
            if shared >= SHARED {
                all.extend(texts.into_iter().map(|unread| Unread {
                    note: format!("ends in the middle of a sentence after {length} characters, the longest of its column, as {shared} texts do"),
                    ..unread
                }));
            }
        }
        for unread in self.at_limit {
            let same = |u: &Unread| {
                (&u.source, u.record, &u.field) == (&unread.source, unread.record, &unread.field)
            };
            if !all.iter().any(same) {
                all.push(unread);
            }
        }
        all.sort_by(|a, b| (&a.source, a.record, &a.field).cmp(&(&b.source, b.record, &b.field)));
        let number = |gap| all.iter().filter(|u| u.gap == gap).count() as u64;
        let counts = CoverageCounts {
            texts: self.texts,
            empty: number(Gap::Empty),
            very_short: number(Gap::Short),
            may_be_cut: number(Gap::Cut),
        };
        (counts, all)
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
