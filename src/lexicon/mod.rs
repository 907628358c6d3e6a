//! The lexicon: everything that the program knows about language and about the domain, as data.
//!
//! [`Lexicon::built_in`] gives the one embedded in the program; [`Lexicon::from_source`] reads folders.
//! Either way the same checks run, and every problem is listed before the call fails.

mod compile;
mod diagnostic;
mod example;
pub mod export;
mod inflect;
mod pattern;
mod redaction;
mod schema;
mod source;

pub use diagnostic::Diagnostic;
pub use example::{ExampleFailure, run_examples};
pub(crate) use pattern::Slot;
pub(crate) use redaction::{Identifier, NameWords, Redaction, Sum};
pub use source::LexiconSource;

use crate::assertion::{Certainty, Group, Polarity, Role, Temporality, Voice};
use crate::error::Result;
use crate::matcher::{Classes, Program, Variant, Vocabulary};

/// A published list of behaviours.
#[derive(Clone, Debug)]
pub struct BehaviourMap {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it was published.
    pub source: String,
    /// What it lists.
    pub behaviours: Vec<Behaviour>,
}

/// A behaviour of a published list.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Its name, in our words.
    pub name: String,
    /// Indices of the rules that find it.
    pub rules: Vec<usize>,
}

/// A lexicon, checked and compiled. Share it between threads by reference.
#[derive(Debug)]
pub struct Lexicon {
    /// Version as `lexicon.toml` states it.
    pub version: String,
    /// SHA-256 over all files in the order of their paths, in hex.
    pub fingerprint: String,
    /// Categories, by group and then by file order.
    pub categories: Vec<Category>,
    /// Rules in force, in file order.
    pub rules: Vec<Rule>,
    /// Modifiers in force.
    pub modifiers: Vec<Modifier>,
    /// Form questions by number.
    pub form: Vec<FormQuestion>,
    /// Published lists of behaviours with the rules that cover them.
    pub maps: Vec<BehaviourMap>,
    /// Rules for tiers, in order of precedence.
    pub tiers: Vec<TierRule>,
    /// Combination prompts.
    pub prompts: Vec<PromptRule>,
    /// What texts say of an incident and its record, besides indicators.
    pub signals: Vec<Signal>,
    /// The elements of a course of conduct.
    pub conduct: Conduct,
    /// Response checks, in the order of their ids.
    pub checks: Vec<Check>,
    /// Legal tests to show beside checks, in file order.
    pub legal: Vec<Legal>,
    /// What redaction masks, and how names are written.
    pub(crate) redaction: Redaction,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) classes: Classes,
    pub(crate) rule_program: Program,
    pub(crate) modifier_program: Program,
    /// Modifiers that reach beyond their own sentence; they are looked for in every sentence.
    pub(crate) far_program: Program,
    pub(crate) signal_program: Program,
    pub(crate) named: NamedClasses,
}

/// A kind of indicator.
#[derive(Debug)]
pub struct Category {
    /// Stable id.
    pub id: String,
    /// Abuse, suicide or context.
    pub group: Group,
    /// Plain name.
    pub title: String,
    /// What counts, in a paragraph.
    pub definition: String,
    /// Law, guidance or study that it rests on.
    pub source: String,
    /// Order of reading of its mentions, unless their rule says otherwise.
    pub tier: u8,
    /// To whom, unless the text says otherwise.
    pub experiencer: Role,
    /// Category that a mention belongs to instead, by experiencer.
    pub reroute: Vec<(Role, usize)>,
}

/// One entry that finds mentions of a category.
#[derive(Debug)]
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

/// A response check: an action that a reader looks for in a record.
#[derive(Debug)]
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
    /// Any of these makes silence worth a prompt.
    pub triggers: Vec<Trigger>,
    /// File, and line in it.
    pub place: (String, usize),
}

/// What must be in the text before silence about a check is worth a prompt.
#[derive(Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// A legal test to show beside response checks.
#[derive(Debug)]
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

/// A pattern that sets a match aside.
#[derive(Debug)]
pub(crate) struct Exception {
    pub variants: Vec<Variant>,
}

/// A regular expression, run only on sentences that hold a gate.
#[derive(Debug)]
pub(crate) struct RegexRule {
    pub regex: regex::Regex,
    pub gate: aho_corasick::AhoCorasick,
}

/// An example of a rule.
#[derive(Clone, Debug, Default)]
pub struct RuleExample {
    /// The text without brackets.
    pub text: String,
    /// Bytes of the expected span, where brackets mark one.
    pub span: Option<crate::span::Span>,
    /// Line in the file.
    pub line: usize,
    /// The axes that it must come out with.
    pub expect: Expect,
}

/// Axes that an example states.
#[derive(Clone, Debug, Default)]
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

/// A cue phrase that changes an axis of the mentions in its scope.
#[derive(Debug)]
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
    /// It bears on response checks, and on nothing else.
    pub for_checks: bool,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A question of a form.
#[derive(Debug)]
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

/// One way for a case to reach a tier.
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Debug)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Default)]
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
#[derive(Debug)]
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

/// Classes that the program itself asks for, by their fixed names.
#[derive(Debug, Default)]
pub(crate) struct NamedClasses {
    ids: std::collections::BTreeMap<String, crate::matcher::ClassId>,
}

impl NamedClasses {
    pub(crate) fn new(ids: std::collections::BTreeMap<String, crate::matcher::ClassId>) -> Self {
        Self { ids }
    }

    /// The class of that name, if the lexicon has it.
    pub(crate) fn get(&self, name: &str) -> Option<crate::matcher::ClassId> {
        self.ids.get(name).copied()
    }
}

impl Lexicon {
    /// The lexicon embedded in the program.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Lexicon`] if it has problems; the test suite sees to it that it has none.
    pub fn built_in() -> Result<Self> {
        Self::from_source(&LexiconSource::built_in())
    }

    /// Checks and compiles the files of a source.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Lexicon`] with every problem found.
    pub fn from_source(source: &LexiconSource) -> Result<Self> {
        compile::compile(source)
    }

    /// The rules that find indicators: all but those of response checks.
    pub fn indicator_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.check.is_none())
    }

    /// The index of a category.
    pub fn category(&self, id: &str) -> Option<usize> {
        self.categories.iter().position(|c| c.id == id)
    }
}
