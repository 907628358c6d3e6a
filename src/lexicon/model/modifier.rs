//! Modifiers: cue phrases that change an axis of the mentions in their scope.

use serde::{Deserialize, Serialize};

use super::Expect;
use crate::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use crate::matcher::Variant;

/// A cue phrase that changes an axis of the mentions in its scope.
#[derive(Debug, Serialize, Deserialize)]
pub struct Modifier {
    /// Stable id.
    pub id: String,
    /// What it sets.
    pub effect: Effect,
    /// Where its scope lies.
    pub direction: Direction,
    /// Words that the scope reaches at most.
    pub scope: usize,
    /// What ends the scope.
    pub through: Through,
    /// Categories that it applies to; empty means all.
    pub applies_to: Vec<usize>,
    /// It bears on response checks.
    pub for_checks: bool,
    /// It bears on indicators: on all, or on those of `applies_to`.
    pub for_indicators: bool,
    /// Categories that it leaves alone.
    pub except: Vec<usize>,
    /// Why a mention is set aside, in plain words.
    pub reason: String,
    /// It works only in sentences that end with a question mark.
    pub only_questions: bool,
    /// How long ago the year in the cue must be, if it must.
    pub years: Option<YearsAgo>,
    /// Its patterns as written.
    pub patterns: Vec<String>,
    /// File, and line in it.
    pub place: (String, usize),
    pub(crate) until: Vec<Variant>,
    pub(crate) needs_in_narrative: Vec<Variant>,
    pub(crate) unless_in_narrative: Vec<Variant>,
    /// Sentences with what must come out.
    pub examples: Vec<ModifierExample>,
}

/// How long ago a year must be for a cue that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearsAgo {
    /// At least so many years before the year of the incident.
    pub older_by: i16,
    /// Where the incident has no date: the last year that counts.
    pub undated: i16,
}

impl YearsAgo {
    /// Whether `year` is long enough before the year of the incident.
    pub fn holds(self, year: i16, incident: Option<i16>) -> bool {
        incident.map_or(year <= self.undated, |incident| {
            year <= incident - self.older_by
        })
    }
}

/// An example of a modifier: some mention of the category must come out so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ModifierExample {
    /// The text.
    pub text: String,
    /// Index of the category.
    pub category: usize,
    /// Line in the file.
    pub line: usize,
    /// The axes that it must come out with.
    pub expect: Expect,
}

/// What a modifier does to the mentions in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Sets the polarity.
    Polarity(Polarity),
    /// Sets the certainty.
    Certainty(Certainty),
    /// Sets the temporality.
    Temporality(Temporality),
    /// Sets to whom it happened.
    Experiencer(Role),
    /// Sets by whom it was done.
    Agent(Role),
    /// Sets who says so.
    Source(Voice),
    /// Sets the mention aside, whatever its axes.
    Exclude,
    /// None: it only hides cues that it overlaps, or ends their scopes.
    Nothing,
}

/// Where the scope of a modifier lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// After the cue.
    Forward,
    /// Before the cue.
    Backward,
    /// On both sides.
    Both,
    /// Looks like a cue and is none.
    Pseudo,
    /// Ends the scopes of others.
    Terminate,
    /// The whole narrative field.
    Narrative,
}

/// What ends the scope of a modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Through {
    /// A terminator, a weak break or a strong one.
    Clause,
    /// The same, and any comma but those of an or-list.
    List,
    /// A terminator or a strong break.
    Unit,
    /// Only the end of the sentence.
    Sentence,
    /// The end of the sentence; backwards, the start of the sentence before it.
    Previous,
}

impl Modifier {
    /// Whether it can change mentions of sentences other than its own.
    pub(crate) fn is_far(&self) -> bool {
        self.direction == Direction::Narrative || self.through == Through::Previous
    }
}
