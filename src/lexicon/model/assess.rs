//! What is asked of a whole case: tiers, prompts, signals and the elements of a course of conduct.

use serde::{Deserialize, Serialize};

use super::{Exception, RuleExample};
use crate::assertion::{Role, Temporality};

/// One way for a case to reach a tier.
#[derive(Debug, Serialize, Deserialize)]
pub struct TierRule {
    /// Stable id.
    pub id: String,
    /// The tier that it gives.
    pub tier: u8,
    /// Plain English with placeholders.
    pub reason: String,
    /// Any mention of these categories counts.
    pub any: Vec<usize>,
    /// A mention of one of these must stand in the case too.
    pub with: Vec<usize>,
    /// So many different categories of `any`.
    pub at_least: usize,
    /// So many incidents with evidence within twelve months.
    pub incidents_in_12_months: usize,
    /// Sub-tags that a mention must have one of; empty means any.
    pub tags: Vec<String>,
    /// Temporalities that count; empty means any.
    pub temporality: Vec<Temporality>,
    /// Experiencers that count; empty means any.
    pub experiencer: Vec<Role>,
}

/// A combination of categories that raises a prompt.
#[derive(Debug, Serialize, Deserialize)]
pub struct PromptRule {
    /// Stable id.
    pub id: String,
    /// The prompt, worded as one.
    pub prompt: String,
    /// A mention of one category of each list must stand in the case.
    pub all: Vec<Vec<usize>>,
    /// So many different categories of the first list.
    pub at_least: usize,
}

/// Words that say something about an incident or its record and are no indicator.
#[derive(Debug, Serialize, Deserialize)]
pub struct Signal {
    /// Stable id.
    pub id: String,
    /// What it tells.
    pub kind: SignalKind,
    /// What a case calls it.
    pub value: String,
    /// It counts only in a sentence that holds evidence.
    pub beside_evidence: bool,
    /// File and line.
    pub place: (String, usize),
    /// Texts that it must find.
    pub examples: Vec<RuleExample>,
    /// Texts in which it must not be found, with their lines.
    pub counter: Vec<(String, usize)>,
    pub(crate) not_before: Vec<Exception>,
    pub(crate) not_after: Vec<Exception>,
    pub(crate) not_in_sentence: Vec<Exception>,
}

/// What a signal tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SignalKind {
    /// Who reported the incident.
    Reporter,
    /// That children were there, or that none were.
    Children,
    /// The grade of a risk assessment.
    Grade,
    /// How the incident ended.
    Outcome,
    /// That what is told happened before the day of the record.
    Earlier,
    /// That nothing was known before: an isolated incident, no previous.
    NoHistory,
    /// That the roles of the people are contested or were the other way round.
    Roles,
    /// What belongs to an element of a course of conduct.
    Conduct,
}

impl SignalKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Reporter,
        Self::Children,
        Self::Grade,
        Self::Outcome,
        Self::Earlier,
        Self::NoHistory,
        Self::Roles,
        Self::Conduct,
    ];

    /// The kind as lexicon files name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Children => "children",
            Self::Grade => "grade",
            Self::Outcome => "outcome",
            Self::Earlier => "earlier",
            Self::NoHistory => "no_history",
            Self::Roles => "roles",
            Self::Conduct => "conduct",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}

impl std::fmt::Display for SignalKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The elements of a course of conduct, and which categories the case logic asks for.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Conduct {
    /// The law, with what a reader has to know of it.
    pub law: String,
    /// The elements, or parts of them, in order.
    pub parts: Vec<ConductPart>,
    /// Categories in which escalation is stated.
    pub stated_escalation: Vec<usize>,
    /// Categories that tell of children.
    pub children: Vec<usize>,
    /// Words of a grade that a tier 1 mention does not go with.
    pub ordinary_grades: Vec<String>,
}

/// An element of a course of conduct, or one of its parts.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConductPart {
    /// Id of the element; its parts share it.
    pub id: String,
    /// What the law asks for, in plain words.
    pub title: String,
    /// The part; empty if the element has none.
    pub part: String,
    /// Categories that feed it.
    pub any: Vec<usize>,
    /// Tags of rules that feed it, whatever their category.
    pub tags: Vec<String>,
    /// Signals that feed it.
    pub signals: Vec<usize>,
    /// Incidents that the law asks for at least; 0 where it says nothing.
    pub occasions: usize,
}
