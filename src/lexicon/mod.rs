//! The lexicon: everything that the program knows about language and about the domain, as data.
//!
//! [`Lexicon::built_in`] gives the one embedded in the program, which the build has checked and compiled;
//! [`Lexicon::from_source`] reads folders, and lists every problem before it fails.

mod built_in;
mod compile;
mod diagnostic;
mod example;
pub mod export;
mod inflect;
mod limits;
mod model;
mod pattern;
mod redaction;
mod regexes;
mod schema;
mod source;

pub use diagnostic::Diagnostic;
pub use example::{ExampleFailure, run_examples};
pub use model::{
    Behaviour, BehaviourMap, Category, Check, Conduct, ConductPart, Direction, Effect, Expect,
    FormQuestion, Legal, Lexicon, Modifier, ModifierExample, PromptRule, Rule, RuleExample, Saying,
    Signal, SignalKind, Through, TierRule, Trigger, YearsAgo,
};
pub(crate) use model::{Exception, NamedClasses, OF_CHECK, RegexRule, subjects};
pub(crate) use pattern::Slot;
pub(crate) use redaction::{Identifier, NameWords, Redaction, Sum};
pub use source::LexiconSource;
