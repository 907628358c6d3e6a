//! What the lexicon knows about personal data: used by redaction only, never to find indicators.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::regexes::LazyRegex;
use crate::matcher::ClassId;

/// What redaction masks.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Redaction {
    /// Kinds of identifiers, those that go first in front.
    pub identifiers: Vec<Identifier>,
    /// How names are written.
    pub names: NameWords,
}

impl Redaction {
    /// Whether a lexicon says anything about it.
    pub fn is_empty(&self) -> bool {
        self.identifiers.is_empty() || self.names.titles.is_empty()
    }
}

/// What points at one person by its shape.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Identifier {
    /// Stable id.
    pub id: String,
    /// What stands in the mask: `PHONE` …
    pub kind: String,
    /// Its shapes; the group `mask` is what is masked.
    pub patterns: Vec<LazyRegex>,
    /// What must not be in it.
    pub unless: Vec<LazyRegex>,
    /// What must stand close by.
    pub near: Vec<LazyRegex>,
    /// Check digit.
    pub sum: Option<Sum>,
    /// Sentences with brackets around what is masked.
    pub examples: Vec<String>,
    /// Sentences in which nothing is.
    pub counter: Vec<String>,
}

/// A check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sum {
    /// Of a card number.
    Luhn,
    /// Of an NHS number.
    Nhs,
}

/// Words in lower case, by what they say about a name beside them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct NameWords {
    pub titles: BTreeSet<String>,
    pub short_titles: BTreeSet<String>,
    pub role_classes: Vec<ClassId>,
    pub roles: BTreeSet<String>,
    pub linking: BTreeSet<String>,
    pub naming: BTreeSet<String>,
    pub naming_phrases: BTreeSet<String>,
    pub owners: BTreeSet<String>,
    pub particles: BTreeSet<String>,
    pub words_too: BTreeSet<String>,
    pub mostly_names: BTreeSet<String>,
    pub verb_before: BTreeSet<String>,
    pub first_names: BTreeSet<String>,
    pub surnames: BTreeSet<String>,
    pub not_names: BTreeSet<String>,
    pub not_name_phrases: BTreeSet<String>,
    pub no_value: BTreeSet<String>,
    pub shorthand: BTreeSet<String>,
    pub acts: BTreeSet<String>,
    pub place_before: BTreeSet<String>,
    pub family_names: BTreeSet<String>,
    pub kin: BTreeSet<String>,
    pub speech: BTreeSet<String>,
    pub owned: BTreeSet<String>,
    pub drug_before: BTreeSet<String>,
    pub drugs: BTreeSet<String>,
    pub told_of: BTreeSet<String>,
    pub place_after: BTreeSet<String>,
    pub thing_after: BTreeSet<String>,
    pub spelling_letters: BTreeSet<String>,
    pub relating: BTreeSet<String>,
    pub closings: BTreeSet<String>,
    pub labels: BTreeSet<String>,
    pub short_words: BTreeSet<String>,
}
