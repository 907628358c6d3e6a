//! Answers on risk forms, in the shapes in which officers type them into a narrative.
//!
//! Two kinds. A *mark* is an answer after a question in words (`Strangled? Y`, `weapons – N`,
//! `belittles: often`, `☑ threats to kill`): it answers whatever mention stands in the question, and
//! stands for the form's question where no rule reads it. A *numbered answer* goes by the number of
//! the question (`Q18 - Y`, `Qs 1,2,4,8 YES rest NO`, `all qs no save Q6`, `yes to Q4`). The
//! question is never read as a disclosure, only its answer; a blank is neither yes nor no.

mod answer;
mod boxes;
mod comment;
mod mark;
mod marks;
mod number;
mod numbered;
mod pair;
mod question;
mod spoken;
mod summary;
mod tick;

use std::ops::Range;

pub(crate) use self::answer::Answer;
pub(crate) use self::comment::contradictions;
pub(crate) use self::mark::marks;
pub(crate) use self::marks::Marks;
pub(crate) use self::question::answers;
pub(crate) use self::spoken::{is_numbered_question, later_answer, leading_answer};
use crate::span::Span;

/// An answer with the words that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// What it says.
    pub answer: Answer,
    /// Where it stands.
    pub span: Span,
    /// The words of the answer; empty for a tick.
    pub tokens: Range<usize>,
    /// The words of the question.
    pub stem: Range<usize>,
}
