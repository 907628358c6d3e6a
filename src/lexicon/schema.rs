//! The file format of the lexicon as plain structs. No logic; unknown keys are errors.
//!
//! The structs are flat on purpose: with an internally tagged enum a TOML error would point at the
//! head of the rule and not at the misspelt key.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// Everything that one file may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub schema: Option<u32>,
    pub version: Option<String>,
    #[serde(rename = "title")]
    pub _title: Option<String>,
    pub category: Option<Category>,
    #[serde(default)]
    pub class: BTreeMap<String, Spanned<Class>>,
    #[serde(default)]
    pub rule: Vec<Spanned<Rule>>,
    #[serde(default)]
    pub modifier: Vec<Spanned<Modifier>>,
    pub irregular: Option<Irregular>,
    pub twins: Option<Twins>,
    #[serde(default)]
    pub map: Vec<Spanned<Map>>,
    pub form: Option<Form>,
    pub frequency: Option<Frequency>,
    pub assess: Option<Assess>,
    #[serde(default)]
    pub signal: Vec<Spanned<Signal>>,
    pub conduct: Option<Conduct>,
    pub check: Option<Check>,
    #[serde(default)]
    pub legal: Vec<Spanned<Legal>>,
    #[serde(default)]
    pub identifier: Vec<Spanned<Identifier>>,
    pub redact: Option<Redact>,
}

/// What points at one person by its shape: masked by `--redact`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identifier {
    pub id: Spanned<String>,
    pub kind: String,
    pub patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
    #[serde(default)]
    pub near: Vec<Spanned<String>>,
    /// Check digit that must be right: `nhs` or `luhn`.
    pub sum: Option<Spanned<String>>,
    pub examples: Vec<String>,
    pub counter: Vec<String>,
}

/// How personal names are written, for `--redact`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redact {
    #[serde(rename = "about")]
    pub _about: Option<String>,
    pub titles: Vec<String>,
    pub short_titles: Vec<String>,
    pub role_classes: Vec<Spanned<String>>,
    pub roles: Vec<String>,
    pub linking: Vec<String>,
    pub naming: Vec<String>,
    pub naming_phrases: Vec<String>,
    pub owners: Vec<String>,
    pub particles: Vec<String>,
    pub words_too: Vec<String>,
    pub mostly_names: Vec<String>,
    pub verb_before: Vec<String>,
    pub first_names: Vec<String>,
    pub surnames: Vec<String>,
    pub not_names: Vec<String>,
    pub not_name_phrases: Vec<String>,
    pub no_value: Vec<String>,
    pub shorthand: Vec<String>,
    pub acts: Vec<String>,
    pub place_before: Vec<String>,
    #[serde(default)]
    pub family_names: Vec<String>,
    #[serde(default)]
    pub kin: Vec<String>,
    #[serde(default)]
    pub speech: Vec<String>,
    #[serde(default)]
    pub owned: Vec<String>,
    #[serde(default)]
    pub drug_before: Vec<String>,
    #[serde(default)]
    pub drugs: Vec<String>,
    #[serde(default)]
    pub told_of: Vec<String>,
    #[serde(default)]
    pub place_after: Vec<String>,
    #[serde(default)]
    pub thing_after: Vec<String>,
    #[serde(default)]
    pub spelling_letters: Vec<String>,
    #[serde(default)]
    pub relating: Vec<String>,
    #[serde(default)]
    pub closings: Vec<String>,
    #[serde(default)]
    pub labels: Vec<String>,
    /// Words with blanks between.
    pub short_words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    pub id: Spanned<String>,
    pub group: Spanned<String>,
    pub title: String,
    pub definition: String,
    pub source: String,
    pub tier: Spanned<u8>,
    pub experiencer: Option<Spanned<String>>,
    /// Category that a mention belongs to instead, by the experiencer that was worked out.
    #[serde(default)]
    pub reroute: BTreeMap<String, Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Class {
    #[serde(rename = "about")]
    pub _about: Option<String>,
    #[serde(default)]
    pub nouns: Vec<Spanned<String>>,
    #[serde(default)]
    pub verbs: Vec<Spanned<String>>,
    #[serde(default)]
    pub words: Vec<Spanned<String>>,
    #[serde(default)]
    pub misspelt: Vec<Spanned<String>>,
    #[serde(default)]
    pub include: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Irregular {
    pub verbs: Vec<Spanned<String>>,
}

/// A published list of behaviours, each with the rules that cover it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Map {
    pub id: String,
    pub title: String,
    pub source: String,
    pub entries: Vec<MapEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MapEntry {
    pub name: String,
    /// Category ids, rule ids, or beginnings of rule ids that end with `*`.
    pub rules: Vec<Spanned<String>>,
}

/// Words that differ only by the sex of a person: read as one, so that no rule can tell them apart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Twins {
    /// `him his = her hers`: words of one kind, an equals sign, words of the other. All words of an
    /// entry are read as one.
    pub words: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub id: Spanned<String>,
    pub status: Spanned<String>,
    #[serde(default)]
    pub patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub terms: Vec<Spanned<String>>,
    pub regex: Option<Spanned<String>>,
    /// It stands for what the table of weights finds of its category.
    #[serde(default)]
    pub weighed: bool,
    #[serde(default)]
    pub gate: Vec<Spanned<String>>,
    pub why: Option<String>,
    pub source: Option<String>,
    #[serde(default)]
    pub false_positives: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(rename = "since")]
    pub _since: Option<String>,
    #[serde(default)]
    pub not_before: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_after: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_in_sentence: Vec<Spanned<String>>,
    #[serde(default)]
    pub needs_in_sentence: Vec<Spanned<String>>,
    #[serde(default)]
    pub needs_in_narrative: Vec<Spanned<String>>,
    /// Categories or groups; by itself, without evidence of another of them, a mention does not count.
    #[serde(default)]
    pub needs_beside: Vec<Spanned<String>>,
    pub within: Option<Spanned<String>>,
    pub tier: Option<Spanned<u8>>,
    pub experiencer: Option<Spanned<String>>,
    pub agent: Option<Spanned<String>>,
    pub temporality: Option<Spanned<String>>,
    pub certainty: Option<Spanned<String>>,
    pub polarity: Option<Spanned<String>>,
    #[serde(default)]
    pub conditional: bool,
    #[serde(default)]
    pub examples: Vec<Spanned<Example>>,
    #[serde(default)]
    pub counter: Vec<Spanned<String>>,
}

/// An example: text with the expected span in brackets, and the axes that it must come out with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Example {
    Plain(String),
    Full(FullExample),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FullExample {
    pub text: String,
    pub polarity: Option<String>,
    pub certainty: Option<String>,
    pub temporality: Option<String>,
    pub experiencer: Option<String>,
    pub agent: Option<String>,
    pub source: Option<String>,
    #[serde(default)]
    pub suppressed: bool,
}

impl Example {
    pub fn full(&self) -> FullExample {
        match self {
            Self::Plain(text) => FullExample {
                text: text.clone(),
                ..FullExample::default()
            },
            Self::Full(full) => full.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Modifier {
    pub id: Spanned<String>,
    pub axis: Spanned<String>,
    pub value: Option<Spanned<String>>,
    pub direction: Spanned<String>,
    pub scope: Option<u32>,
    /// What ends its scope: `clause` (the default), `list` (a clause without its commas,
    /// but for an or-list), `unit`, `sentence` or `previous` (the sentence and the one before it).
    pub through: Option<Spanned<String>>,
    pub patterns: Vec<Spanned<String>>,
    /// Patterns that end its scope besides the common terminators.
    #[serde(default)]
    pub until: Vec<Spanned<String>>,
    #[serde(default)]
    pub applies_to: Vec<Spanned<String>>,
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    /// `question`: it works only in sentences that end with a question mark.
    pub only_in: Option<Spanned<String>>,
    #[serde(default)]
    pub needs_in_narrative: Vec<Spanned<String>>,
    #[serde(default)]
    pub unless_in_narrative: Vec<Spanned<String>>,
    /// It works only where the year in the cue is at least so many years before the incident …
    pub older_by: Option<i16>,
    /// … or, where the incident has no date, not after this year.
    pub undated: Option<i16>,
    /// Why a mention is set aside where the value alone does not say it.
    pub reason: Option<String>,
    #[serde(rename = "why")]
    pub _why: Option<String>,
    #[serde(default)]
    pub examples: Vec<Spanned<ModifierExample>>,
}

/// A sentence that holds `[[target]]`-free text: some mention in it must come out with `value`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModifierExample {
    pub text: String,
    pub category: String,
    pub polarity: Option<String>,
    pub certainty: Option<String>,
    pub temporality: Option<String>,
    pub experiencer: Option<String>,
    pub agent: Option<String>,
    pub source: Option<String>,
    #[serde(default)]
    pub suppressed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    pub name: String,
    #[serde(rename = "source")]
    pub _source: String,
    pub questions: Vec<Spanned<FormQuestion>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormQuestion {
    /// Its number; a question without one is known by its wording only.
    pub number: Option<u32>,
    /// The end of the rule's id where there is no number.
    pub key: Option<String>,
    pub theme: String,
    pub categories: Vec<Spanned<String>>,
    pub experiencer: Option<Spanned<String>>,
    /// How officers abbreviate it before an answer: `strangle: once`.
    #[serde(default)]
    pub stems: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Frequency {
    /// `word count-per-million`, most frequent first.
    pub words: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assess {
    #[serde(default)]
    pub tier: Vec<Spanned<TierRule>>,
    #[serde(default)]
    pub prompt: Vec<Spanned<PromptRule>>,
}

/// One way for a case to reach a tier.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TierRule {
    pub id: String,
    pub tier: u8,
    /// Plain English; `{title}`, `{date}`, `{quote}`, `{count}` and `{list}` are filled in.
    pub reason: String,
    #[serde(default)]
    pub any: Vec<Spanned<String>>,
    #[serde(default)]
    pub with: Vec<Spanned<String>>,
    pub at_least: Option<usize>,
    pub incidents_in_12_months: Option<usize>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub temporality: Vec<Spanned<String>>,
    #[serde(default)]
    pub experiencer: Vec<Spanned<String>>,
}

/// A combination that is worth a prompt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromptRule {
    pub id: String,
    pub prompt: String,
    pub all: Vec<Vec<Spanned<String>>>,
    pub at_least: Option<usize>,
}

/// A response check: what is looked for, when, and how its absence is worded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub id: Spanned<String>,
    pub title: String,
    pub why: String,
    pub source: String,
    /// Shown where the text says nothing: a prompt, never a failure.
    pub prompt: Spanned<String>,
    /// `incident` (the default) or `case`.
    pub scope: Option<Spanned<String>>,
    /// What is said of it counts only where a trigger is met.
    #[serde(default)]
    pub if_triggered: bool,
    #[serde(default)]
    pub trigger: Vec<Spanned<Trigger>>,
    #[serde(default)]
    pub done: Vec<Spanned<Statement>>,
    #[serde(default)]
    pub not_done: Vec<Spanned<Statement>>,
    #[serde(default)]
    pub planned: Vec<Spanned<Statement>>,
}

/// What must be in the text before silence is worth a prompt: all that the entry names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    pub id: Spanned<String>,
    #[serde(default)]
    pub categories: Vec<Spanned<String>>,
    /// So many different categories of the list.
    pub at_least: Option<usize>,
    /// Checks whose own words must not be there: after a death other things are asked than after a row.
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
    /// So many incidents of the case must hold evidence.
    pub incidents: Option<usize>,
    #[serde(default)]
    pub patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_before: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_after: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_in_sentence: Vec<Spanned<String>>,
    /// Words that must stand somewhere in the narrative as well.
    #[serde(default)]
    pub needs_in_narrative: Vec<Spanned<String>>,
    /// `inherent`: no cue takes it back.
    pub polarity: Option<Spanned<String>>,
    #[serde(default)]
    pub examples: Vec<Spanned<Example>>,
    #[serde(default)]
    pub counter: Vec<Spanned<String>>,
}

/// Ways to say that an action was done, was not done, or is planned.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    pub id: Spanned<String>,
    pub patterns: Vec<Spanned<String>>,
    pub within: Option<Spanned<String>>,
    pub why: Option<String>,
    /// `inherent`: no cue turns it round.
    pub polarity: Option<Spanned<String>>,
    #[serde(default)]
    pub false_positives: Vec<String>,
    #[serde(default)]
    pub not_before: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_after: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_in_sentence: Vec<Spanned<String>>,
    #[serde(default)]
    pub needs_in_sentence: Vec<Spanned<String>>,
    #[serde(default)]
    pub needs_in_narrative: Vec<Spanned<String>>,
    #[serde(default)]
    pub examples: Vec<Spanned<Example>>,
    #[serde(default)]
    pub counter: Vec<Spanned<String>>,
}

/// A legal test or rule that is shown beside checks, for a time and a jurisdiction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Legal {
    pub id: Spanned<String>,
    pub checks: Vec<Spanned<String>>,
    pub jurisdiction: String,
    /// Where in the jurisdiction it holds, if not everywhere.
    pub area: Option<String>,
    /// First and last day, as `YYYY-MM-DD`.
    pub from: Option<Spanned<String>>,
    pub until: Option<Spanned<String>>,
    pub text: String,
    /// What could not be confirmed about it, in plain words.
    pub unconfirmed: Option<String>,
    pub source: String,
}

/// Words that say something about an incident or its record and are no indicator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signal {
    pub id: Spanned<String>,
    /// What it tells: see `SignalKind`.
    pub kind: Spanned<String>,
    /// What a case calls it: a grade, an outcome, a reporter, or how to count back to a day.
    #[serde(default)]
    pub value: String,
    #[serde(rename = "why")]
    pub _why: Option<String>,
    pub patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_before: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_after: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_in_sentence: Vec<Spanned<String>>,
    /// It counts only in a sentence that holds evidence.
    #[serde(default)]
    pub beside_evidence: bool,
    pub examples: Vec<Spanned<Example>>,
    pub counter: Vec<Spanned<String>>,
}

/// The elements of an offence that is a course of conduct, and what the case logic has to know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conduct {
    pub law: String,
    #[serde(default)]
    pub element: Vec<Spanned<ConductPart>>,
    /// Categories in which escalation is stated.
    #[serde(default)]
    pub stated_escalation: Vec<Spanned<String>>,
    /// Categories that tell of children.
    #[serde(default)]
    pub children: Vec<Spanned<String>>,
    /// Words of a grade, in a column or in the text, that a tier 1 mention does not go with.
    #[serde(default)]
    pub ordinary_grades: Vec<String>,
}

/// One part of an element; an element may have several.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConductPart {
    pub id: String,
    /// What the law asks for, in plain words.
    pub title: String,
    /// The part of the element that this row stands for; empty if it has no parts.
    #[serde(default)]
    pub part: String,
    #[serde(default)]
    pub any: Vec<Spanned<String>>,
    #[serde(default)]
    pub tags: Vec<Spanned<String>>,
    #[serde(default)]
    pub signals: Vec<Spanned<String>>,
    /// Incidents that the law asks for at least, where it says so.
    pub occasions: Option<usize>,
}
