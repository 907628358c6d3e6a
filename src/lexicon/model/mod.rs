//! What a compiled lexicon is: plain data, which the build writes into the program and the program
//! reads back at its start.

mod assess;
mod modifier;
mod rule;

pub use assess::{Conduct, ConductPart, PromptRule, Signal, SignalKind, TierRule};
pub use modifier::{Direction, Effect, Modifier, ModifierExample, Through, YearsAgo};
pub use rule::{Check, Expect, FormQuestion, Legal, Rule, RuleExample, Saying, Trigger};
pub(crate) use rule::{Exception, RegexRule};

use std::collections::BTreeMap;

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::compile::compile;
use super::{LexiconSource, Redaction};
use crate::assertion::{Group, Role};
use crate::error::Result;
use crate::matcher::{ClassId, Classes, Program, Vocabulary};
use crate::weigh::Weigher;

/// A lexicon, checked and compiled. Share it between threads by reference.
#[derive(Debug, Serialize, Deserialize)]
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
    /// What is weighed where no rule speaks; none if no table of weights is there.
    pub(crate) weigher: Option<Weigher>,
}

/// A kind of indicator.
#[derive(Debug, Serialize, Deserialize)]
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

/// A published list of behaviours.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Behaviour {
    /// Its name, in our words.
    pub name: String,
    /// Indices of the rules that find it.
    pub rules: Vec<usize>,
}

/// Classes that the program itself asks for, by their fixed names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, ClassId>", into = "BTreeMap<String, ClassId>")]
pub(crate) struct NamedClasses {
    /// Hashed, as some are asked for in every narrative; stored in order, so that the same lexicon gives
    /// the same bytes.
    ids: HashMap<String, ClassId>,
}

impl From<BTreeMap<String, ClassId>> for NamedClasses {
    fn from(ids: BTreeMap<String, ClassId>) -> Self {
        Self::new(ids)
    }
}

impl From<NamedClasses> for BTreeMap<String, ClassId> {
    fn from(named: NamedClasses) -> Self {
        named.ids.into_iter().collect()
    }
}

impl NamedClasses {
    pub(crate) fn new(ids: BTreeMap<String, ClassId>) -> Self {
        Self {
            ids: ids.into_iter().collect(),
        }
    }

    /// The class of that name, if the lexicon has it.
    pub(crate) fn get(&self, name: &str) -> Option<ClassId> {
        self.ids.get(name).copied()
    }
}

impl Lexicon {
    /// Checks and compiles the files of a source.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Lexicon`] with every problem found.
    pub fn from_source(source: &LexiconSource) -> Result<Self> {
        compile(source)
    }

    /// The rules that find indicators: all but those of response checks.
    pub fn indicator_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.check.is_none())
    }

    /// Ids of all that words can be weighed for: the categories, then of each response check that it was done and that
    /// it was not.
    pub(crate) fn subjects(&self) -> Vec<String> {
        subjects(&self.categories, &self.checks)
    }

    /// The index of a category.
    pub fn category(&self, id: &str) -> Option<usize> {
        self.categories.iter().position(|c| c.id == id)
    }
}

/// How the ids of the rules and subjects of response checks begin.
pub(crate) const OF_CHECK: &str = "check.";

/// See [`Lexicon::subjects`].
pub(crate) fn subjects(categories: &[Category], checks: &[Check]) -> Vec<String> {
    let own = checks.iter().flat_map(|check| {
        ["done", "not_done"].map(|saying| format!("{OF_CHECK}{}.{saying}", check.id))
    });
    categories
        .iter()
        .map(|category| category.id.clone())
        .chain(own)
        .collect()
}
