//! Reads reviewers' decisions back and says what they tell: precision by rule, category and tier,
//! agreement between reviewers, rules to look at, and labelled narratives for `evaluate`.
//!
//! Nothing here changes a rule or a finding. A decision is about words on a page, not about a person.

mod agreement;
mod gold;
mod precision;
mod proposal;
mod read;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::past_run::PastRun;

pub use self::agreement::{Agreement, agreements};
pub use self::gold::{GoldSummary, GoldTexts, write_gold};
pub use self::precision::{Precision, Tally};
pub use self::proposal::{Action, Proposal, proposals};
pub use self::read::{ReviewedFile, read_decisions};
pub use self::tables::write_tables;

/// What a reviewer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is what the category says.
    Accept,
    /// It is not.
    Dismiss,
    /// The reviewer cannot tell: counts neither way.
    Unsure,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Dismiss, Self::Unsure];

    /// The verdict as tables show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Dismiss => "dismiss",
            Self::Unsure => "unsure",
        }
    }

    /// Reads a verdict as people type it, whatever its case.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['.', '!']).to_lowercase();
        Some(match text.as_str() {
            "accept" | "accepted" | "a" | "yes" | "y" | "true" | "correct" | "right" | "keep"
            | "confirm" | "confirmed" => Self::Accept,
            "dismiss" | "dismissed" | "d" | "no" | "n" | "false" | "wrong" | "incorrect"
            | "reject" | "rejected" | "false positive" | "fp" => Self::Dismiss,
            "unsure" | "not sure" | "unclear" | "?" | "u" | "maybe" | "discuss" => Self::Unsure,
            _ => return None,
        })
    }
}

/// What a decision is about: an index into the tables of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A row of `cases`.
    Case(usize),
    /// A row of `evidence`.
    Mention(usize),
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// Why, in a word or two; mostly for what was dismissed.
    pub reason: String,
    /// What else the reviewer wrote.
    pub comment: String,
    /// When, as `YYYY-MM-DD` where it can be read.
    pub reviewed_on: String,
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Line on which the row begins.
    pub line: u64,
    /// Column, or empty if the row as a whole is meant.
    pub column: String,
    /// What is wrong. Never holds narrative text.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: line {}: ", self.path.display(), self.line)?;
        if !self.column.is_empty() {
            write!(f, "column {:?}: ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

/// The decisions of one or several reviewers on one run.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// By what they are about and by reviewer.
    pub by_target: BTreeMap<Target, BTreeMap<String, Decision>>,
    /// Rows that could not be used.
    pub problems: Vec<Problem>,
    /// What is worth saying about the files, a sentence each.
    pub notes: Vec<String>,
    /// Rows without a decision.
    pub undecided: u64,
}

/// What the reviewers together made of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Whoever decided, accepted.
    Accepted,
    /// Whoever decided, dismissed.
    Dismissed,
    /// Some accepted and some dismissed: counts neither way.
    Differing,
    /// Nobody could tell.
    Unsure,
}

impl Decisions {
    /// The reviewers, sorted.
    pub fn reviewers(&self) -> BTreeSet<&str> {
        let all = self.by_target.values().flat_map(|d| d.keys());
        all.map(String::as_str).collect()
    }

    /// What the reviewers together made of `target`; `None` if nobody looked.
    pub fn outcome(&self, target: Target) -> Option<Outcome> {
        let decisions = self.by_target.get(&target)?;
        let any = |verdict| decisions.values().any(|d| d.verdict == verdict);
        Some(match (any(Verdict::Accept), any(Verdict::Dismiss)) {
            (true, true) => Outcome::Differing,
            (true, false) => Outcome::Accepted,
            (false, true) => Outcome::Dismissed,
            (false, false) => Outcome::Unsure,
        })
    }

    /// What the reviewers disagree on, in the order of the tables.
    pub fn differing(&self) -> Vec<Target> {
        let differ = |t: &&Target| self.outcome(**t) == Some(Outcome::Differing);
        self.by_target.keys().filter(differ).copied().collect()
    }
}

/// Everything that decisions on a run tell.
#[derive(Debug)]
pub struct Review<'r> {
    /// The run.
    pub run: &'r PastRun,
    /// The decisions.
    pub decisions: Decisions,
    /// How often the findings were right.
    pub precision: Precision,
    /// How far each two reviewers agree.
    pub agreements: Vec<Agreement>,
    /// Rules and sentences to look at.
    pub proposals: Vec<Proposal>,
}

impl<'r> Review<'r> {
    /// Works out what the decisions tell.
    pub fn new(run: &'r PastRun, decisions: Decisions) -> Self {
        let precision = Precision::of(run, &decisions);
        Self {
            run,
            agreements: agreements(&decisions),
            proposals: proposals(run, &decisions, &precision),
            precision,
            decisions,
        }
    }
}
