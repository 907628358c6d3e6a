//! Which words are an answer.

use crate::lexicon::Lexicon;
use crate::matcher::{AnyOf, ClassId, PhraseHits};
use crate::segment::{Break, Segmented};

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes, a tick, or how often.
    Yes,
    /// No, never.
    No,
    /// Refused, not asked, left empty.
    Blank,
}

/// The classes of words that answer.
pub(super) struct AnswerClasses {
    pub yes: Option<ClassId>,
    pub no: Option<ClassId>,
    pub often: Option<ClassId>,
    pub blank: Option<ClassId>,
    pub not_after_no: Option<ClassId>,
    /// "She said he did": a yes or a no only where the words end there.
    pub echo: [Option<ClassId>; 2],
    /// Any of those that answer by themselves.
    any: AnyOf,
}

impl AnswerClasses {
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let named = |name: &str| lexicon.named.get(name);
        let answering = ["answer_yes", "answer_no", "answer_often", "answer_blank"].map(named);
        let [yes, no, often, blank] = answering;
        Self {
            yes,
            no,
            often,
            blank,
            any: lexicon.classes.any_of(&answering),
            not_after_no: named("not_after_no"),
            echo: [named("answer_echo_yes"), named("answer_echo_no")],
        }
    }
}

/// The answer that begins at a token, if one does, with its kind and length.
#[inline]
pub(super) fn answer_at(
    lexicon: &Lexicon,
    classes: &AnswerClasses,
    text: &Segmented,
    phrases: &PhraseHits,
    token: usize,
) -> Option<(Answer, bool, usize)> {
    // Most words are none.
    let word = text.tokens[token].word;
    let starting = phrases.starting(token);
    if starting.is_empty() && !lexicon.classes.may_have(word, classes.any) {
        return None;
    }
    let kinds = [
        (classes.blank, Answer::Blank, false),
        (classes.often, Answer::Yes, true),
        (classes.no, Answer::No, false),
        (classes.yes, Answer::Yes, false),
    ];
    let may_answer = |kind: u32| lexicon.classes.kind_may_have(kind, classes.any);
    for hit in starting.iter().filter(|hit| may_answer(hit.kind)) {
        for (class, answer, often) in kinds {
            if class.is_some_and(|class| lexicon.classes.kind_has(hit.kind, class)) {
                return Some((answer, often, hit.end as usize - token));
            }
        }
    }
    if word == 0 {
        return None;
    }
    kinds
        .into_iter()
        .find(|(class, _, _)| class.is_some_and(|class| lexicon.classes.has(word, class)))
        .map(|(_, answer, often)| (answer, often, 1))
}

/// The answer that repeats the verb of its question and ends there ("she said he did", "that he had
/// not"), with its length.
pub(super) fn echo_at(
    lexicon: &Lexicon,
    classes: &AnswerClasses,
    text: &Segmented,
    phrases: &PhraseHits,
    token: usize,
) -> Option<(Answer, usize)> {
    let kinds = [
        (classes.echo[1], Answer::No),
        (classes.echo[0], Answer::Yes),
    ];
    phrases.starting(token).iter().find_map(|hit| {
        let ends = text
            .tokens
            .get(hit.end as usize)
            .is_none_or(|next| next.gap != Break::None);
        kinds.into_iter().find_map(|(class, answer)| {
            let own = class.is_some_and(|class| lexicon.classes.kind_has(hit.kind, class));
            (own && ends).then(|| (answer, hit.end as usize - token))
        })
    })
}
