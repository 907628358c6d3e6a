//! Answers to what an officer asked, in sentences: "asked if he had hit her, she said no".

use std::ops::Range;

use super::answer::{Answer, AnswerClasses, answer_at, echo_at};
use crate::lexicon::Lexicon;
use crate::matcher::{ClassId, PhraseHits};
use crate::segment::{Break, Segmented};

/// The answer with which a sentence begins, given after a question in the sentence before it. Where
/// that sentence may be no question (`asked` is false), a "no" must stand alone.
pub(crate) fn leading_answer(
    lexicon: &Lexicon,
    text: &Segmented,
    phrases: &PhraseHits,
    sentence: usize,
    asked: bool,
) -> Option<(Answer, Range<usize>)> {
    let sentence = text.sentences.get(sentence)?;
    let classes = AnswerClasses::new(lexicon);
    let said = lexicon.named.get("answer_said");
    let has = |token: usize, class: Option<ClassId>| {
        class.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    // "Yes", or "She said no", "IP replied yes".
    let mut first = sentence.first;
    // "A: no", the label of a transcript.
    let labelled = sentence.first + 1 < sentence.last
        && has(sentence.first, lexicon.named.get("answer_label"))
        && text.tokens[sentence.first + 1].gap == Break::Weak;
    if labelled {
        first = sentence.first + 1;
    }
    for at in sentence.first + 1..sentence.last.min(sentence.first + 3) {
        if has(at, said) {
            first = (at + 1).min(sentence.last - 1);
        }
    }
    // "She said he did", "IP replied that he had not", "He did not."
    let that = named_that(lexicon, text, first);
    if let Some((answer, length)) = (asked && (first > sentence.first || that > first))
        .then(|| echo_at(lexicon, &classes, text, phrases, that))
        .flatten()
    {
        return Some((answer, sentence.first..(that + length).min(sentence.last)));
    }
    let (answer, _, length) = answer_at(lexicon, &classes, text, phrases, first)?;
    let end = first + length;
    let runs_on = end < sentence.last && text.tokens[end].gap == Break::None;
    if answer == Answer::No
        && runs_on
        && (has(end, classes.not_after_no)
            || !asked && !has(end, lexicon.named.get("anyone_subject")))
    {
        return None;
    }
    Some((answer, sentence.first..end.min(sentence.last)))
}

/// The token behind a "that", if one stands at `at`.
fn named_that(lexicon: &Lexicon, text: &Segmented, at: usize) -> usize {
    let that = lexicon
        .named
        .get("that_word")
        .is_some_and(|class| lexicon.classes.has(text.tokens[at].word, class));
    if that && at + 1 < text.tokens.len() {
        at + 1
    } else {
        at
    }
}

/// The answer to what was asked, later in the same sentence: "asked if he had hit her, she said no".
pub(crate) fn later_answer(
    lexicon: &Lexicon,
    text: &Segmented,
    phrases: &PhraseHits,
    range: Range<usize>,
) -> Option<(Answer, Range<usize>)> {
    let classes = AnswerClasses::new(lexicon);
    let named = |name: &str| lexicon.named.get(name);
    let (said, subject) = (named("answer_said"), named("anyone_subject"));
    let has = |token: usize, class: Option<ClassId>| {
        class.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    for token in range.clone() {
        // "Asked whether he hit her and she replied that he had."
        if token > range.start && has(token - 1, said) {
            let that = named_that(lexicon, text, token);
            if let Some((answer, length)) = echo_at(lexicon, &classes, text, phrases, that) {
                return Some((answer, token..(that + length).min(range.end)));
            }
        }
        let Some((answer, _, length)) = answer_at(lexicon, &classes, text, phrases, token) else {
            continue;
        };
        let end = (token + length).min(range.end);
        let gap = text.tokens[token].gap;
        let opens = |t: usize| {
            text.tokens[t].gap >= Break::Weak
                || t == range.start
                || has(t - 1, named("answer_object"))
        };
        let led = token > range.start
            && (has(token - 1, said) || has(token - 1, subject) && opens(token - 1));
        if gap == Break::None && !led {
            continue;
        }
        let runs_on = end < range.end && text.tokens[end].gap == Break::None;
        let object = |t: usize| has(t, subject) || has(t, named("answer_object"));
        if answer == Answer::No && runs_on && !object(end) {
            continue;
        }
        return Some((answer, token..end));
    }
    None
}

/// Whether a sentence is a question with its number on a form: `Q18 strangled?`, `2. Frightened?`.
pub(crate) fn is_numbered_question(source: &str, text: &Segmented, sentence: usize) -> bool {
    let own = text.sentences[sentence];
    let number = |word: &str| {
        !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit())
    };
    let word = |token: usize| text.tokens[token].span().of(source);
    let first = word(own.first);
    let numbered = first
        .strip_prefix(['q', 'Q'])
        .is_some_and(|rest| number(rest) || rest.is_empty());
    let listed = sentence > 0 && {
        let before = text.sentences[sentence - 1];
        let end = text.tokens[before.first].span().end;
        let between = &source[end..text.tokens[own.first].span().start];
        // A blank line parts a number from what follows it.
        before.first + 1 == before.last
            && number(word(before.first))
            && between.matches('\n').count() < 2
    };
    own.question && (numbered || listed)
}
