//! A mention: one match of a rule in one narrative, with everything that was decided about it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::assertion::Assertion;
use crate::lexicon::Effect;
use crate::span::Span;

/// One match of a rule, read in its context.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mention {
    /// Index of the rule.
    pub rule: usize,
    /// Index of the category; not the rule's own where the context re-routes it.
    pub category: usize,
    /// The words matched.
    pub span: Span,
    /// The sentence around them.
    pub sentence: Span,
    /// The axes.
    pub assertion: Assertion,
    /// What set the axes.
    pub cues: Vec<Cue>,
    /// Misspelt words among those matched, each with the word that it was read as.
    pub read_as: Vec<(Span, String)>,
    /// Of what was weighed: the words that weigh most for it, and their weights in hundredths.
    pub weights: Vec<(Span, i16)>,
    /// Why the mention does not count; `None` if it does.
    pub suppressed: Option<String>,
    /// Whether it counts only beside another indicator: words that weigh no more than enough.
    pub(crate) barely: bool,
    pub(crate) tokens: Range<usize>,
    pub(crate) taken: u128,
    pub(crate) agent: Option<(usize, usize)>,
    pub(crate) experiencer: Option<(usize, usize)>,
}

/// What set an axis of a mention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// Id of the modifier, or the name of the step that decided without one.
    pub by: String,
    /// What it set.
    pub effect: Effect,
    /// The words of the cue.
    pub span: Span,
    /// The bytes that its scope covers.
    pub scope: Span,
}

impl Effect {
    /// `axis=value`, as it stands in tables.
    pub fn describe(self) -> String {
        match self {
            Self::Polarity(value) => format!("polarity={value}"),
            Self::Certainty(value) => format!("certainty={value}"),
            Self::Temporality(value) => format!("temporality={value}"),
            Self::Experiencer(value) => format!("experiencer={value}"),
            Self::Agent(value) => format!("agent={value}"),
            Self::Source(value) => format!("source={value}"),
            Self::Exclude => "set aside".to_owned(),
            Self::Nothing => "no effect".to_owned(),
        }
    }
}

impl Mention {
    /// Whether a step (not a gap) of the pattern took the token.
    pub(crate) fn took(&self, token: usize) -> bool {
        let bit = token.wrapping_sub(self.tokens.start);
        token < self.tokens.end && bit < 128 && self.taken >> bit & 1 == 1
    }
}
