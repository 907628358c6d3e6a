//! Rules, what they need and except, and the response checks that some of them speak of.

use serde::{Deserialize, Serialize};

use crate::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use crate::lexicon::regexes::{Gate, LazyRegex};
use crate::matcher::Variant;
use crate::span::Span;

/// One entry that finds mentions of a category.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Stable id: category, full stop, name.
    pub id: String,
    /// Index of its category.
    pub category: usize,
    /// `draft` or `reviewed`; retired rules are not in force.
    pub status: String,
    /// Its patterns, terms or regex as written.
    pub patterns: Vec<String>,
    /// Why it is an indicator.
    pub why: String,
    /// What it is known to catch wrongly.
    pub false_positives: Vec<String>,
    /// Sub-tags.
    pub tags: Vec<String>,
    /// Order of reading of its mentions.
    pub tier: u8,
    /// To whom, if the rule itself tells.
    pub experiencer: Option<Role>,
    /// By whom, if the rule itself tells.
    pub agent: Option<Role>,
    /// When, if the rule itself tells.
    pub temporality: Option<Temporality>,
    /// How firmly, if the rule itself tells.
    pub certainty: Option<Certainty>,
    /// No cue may negate it.
    pub inherent: bool,
    /// The pattern is itself a conditional that counts.
    pub conditional: bool,
    /// It stands for what the table of weights finds of its category.
    pub weighed: bool,
    /// File, and line in it.
    pub place: (String, usize),
    /// Sentences that it must match, with the expected span.
    pub examples: Vec<RuleExample>,
    /// Sentences in which it must yield no evidence.
    pub counter: Vec<(String, usize)>,
    /// Categories of which another must be told in the same text, or the mention does not count.
    pub needs_beside: Vec<usize>,
    /// The response check that the rule speaks of, and what it says; `None` for an indicator.
    pub check: Option<(usize, Saying)>,
    pub(crate) not_before: Vec<Exception>,
    pub(crate) not_after: Vec<Exception>,
    pub(crate) not_in_sentence: Vec<Exception>,
    pub(crate) needs_in_sentence: Vec<Variant>,
    pub(crate) needs_in_narrative: Vec<Variant>,
    pub(crate) regex: Option<RegexRule>,
}

impl Rule {
    /// What its findings tell of, among [`Lexicon::subjects`](super::Lexicon::subjects); none for what only plans or
    /// triggers a response check.
    pub(crate) fn subject(&self, categories: usize) -> Option<usize> {
        match self.check {
            None => Some(self.category),
            Some((check, saying)) => saying.subject(categories, check),
        }
    }
}

/// A pattern that sets a match aside.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exception {
    pub variants: Vec<Variant>,
}

/// A regular expression, run only on sentences that hold a gate.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RegexRule {
    pub regex: LazyRegex,
    pub gate: Gate,
}

/// An example of a rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RuleExample {
    /// The text without brackets.
    pub text: String,
    /// Bytes of the expected span, where brackets mark one.
    pub span: Option<Span>,
    /// Line in the file.
    pub line: usize,
    /// The axes that it must come out with.
    pub expect: Expect,
}

/// Axes that an example states.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Expect {
    /// Expected polarity.
    pub polarity: Option<Polarity>,
    /// Expected certainty.
    pub certainty: Option<Certainty>,
    /// Expected temporality.
    pub temporality: Option<Temporality>,
    /// Expected experiencer.
    pub experiencer: Option<Role>,
    /// Expected agent.
    pub agent: Option<Role>,
    /// Expected source.
    pub source: Option<Voice>,
    /// The match must be set aside.
    pub suppressed: bool,
}

/// A question of a form.
#[derive(Debug, Serialize, Deserialize)]
pub struct FormQuestion {
    /// Number on the form, if officers refer to it by one.
    pub number: Option<u32>,
    /// What it asks after, in our words.
    pub theme: String,
    /// Indices of the rules that stand for a yes, one a category.
    pub rules: Vec<usize>,
    /// How it is abbreviated before an answer.
    pub(crate) stems: Vec<Variant>,
}

/// A response check: an action that a reader looks for in a record.
#[derive(Debug, Serialize, Deserialize)]
pub struct Check {
    /// Stable id.
    pub id: String,
    /// Plain name.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// Guidance or law that it rests on.
    pub source: String,
    /// What to say where the text is silent: a prompt, never a failure.
    pub prompt: String,
    /// Whether silence is judged over the whole case, not over each incident.
    pub whole_case: bool,
    /// What is said of it counts only where a trigger is met in the same incident.
    pub if_triggered: bool,
    /// Any of these makes silence worth a prompt.
    pub triggers: Vec<Trigger>,
    /// File, and line in it.
    pub place: (String, usize),
}

/// What must be in the text before silence about a check is worth a prompt.
#[derive(Debug, Serialize, Deserialize)]
pub struct Trigger {
    /// Stable id.
    pub id: String,
    /// Evidence of these counts; empty if categories do not matter.
    pub categories: Vec<usize>,
    /// So many different ones of them.
    pub at_least: usize,
    /// It is not met where the words of a trigger of one of these checks stand.
    pub unless: Vec<usize>,
    /// So many incidents of the case hold evidence.
    pub incidents: usize,
    /// The rule that finds its words, if words are asked for.
    pub rule: Option<usize>,
}

/// What a rule of a response check says about the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Saying {
    /// It was done.
    Done,
    /// It was not done.
    NotDone,
    /// It is to be done.
    Planned,
    /// Nothing; but it would be expected here.
    Trigger,
}

impl Saying {
    /// The number of what it says of a check among the subjects of a lexicon with so many categories.
    pub(crate) fn subject(self, categories: usize, check: usize) -> Option<usize> {
        match self {
            Self::Done => Some(categories + 2 * check),
            Self::NotDone => Some(categories + 2 * check + 1),
            Self::Planned | Self::Trigger => None,
        }
    }
}

/// A legal test to show beside response checks.
#[derive(Debug, Serialize, Deserialize)]
pub struct Legal {
    /// Stable id.
    pub id: String,
    /// Indices of the checks that it belongs to.
    pub checks: Vec<usize>,
    /// Where it holds: `england_and_wales` …
    pub jurisdiction: String,
    /// Where in the jurisdiction, if not everywhere.
    pub area: Option<String>,
    /// First day.
    pub from: Option<jiff::civil::Date>,
    /// Last day.
    pub until: Option<jiff::civil::Date>,
    /// The test in plain words.
    pub text: String,
    /// What could not be confirmed about it.
    pub unconfirmed: Option<String>,
    /// Where it stands.
    pub source: String,
}
