//! One answer to many questions: `all qs no save Q6`, `rest NO`.

use super::number::{Places, QUESTION_WORDS, is_any, list, question_word, skip, word_at};
use super::numbered::{NOS, yes_or_no};
use super::pair::ends_with_word;
use crate::span::Span;

/// What stands for the questions not yet answered.
pub(super) const REST: &[&str] = &["rest", "remainder", "remaining", "others"];
/// What stands for every question.
pub(super) const ALL: &[&str] = &["all", "every"];
const BETWEEN: &[char] = &[' ', '.', ':', '-', '–', '—', '=', ',', '(', '\t'];

/// `all qs no save Q6`, `rest NO`, `DASH all no`: an answer to many, and the questions excepted.
pub(super) fn summary(
    text: &str,
    at: usize,
    after_list: bool,
    dash: bool,
) -> Option<(bool, Places, Span)> {
    let word = word_at(text, at);
    if is_any(word, REST) {
        if !after_list {
            return None;
        }
    } else if !is_any(word, ALL) {
        return None;
    }
    let mut cursor = skip(text, at + word.len(), BETWEEN);
    let mut of_questions = false;
    for _ in 0..6 {
        let next = word_at(text, cursor);
        if is_any(next, QUESTION_WORDS)
            || is_any(
                next,
                &["answers", "answered", "others", "questions", "boxes"],
            )
        {
            of_questions = true;
        } else if !is_any(
            next,
            &[
                "other",
                "of",
                "the",
                "were",
                "was",
                "are",
                "is",
                "remaining",
                "all",
                "as",
                "dash",
                "to",
            ],
        ) {
            break;
        }
        cursor = skip(text, cursor + next.len(), BETWEEN);
    }
    let answer = word_at(text, cursor);
    let yes = yes_or_no(answer)?;
    let rest = is_any(word, REST) || after_list;
    let headed = dash && {
        let before = text[..at].trim_end_matches([' ', ':', '-', '–', '.', ',']);
        let mut names = ["dash", "ric", "dara"].iter();
        names.any(|name| ends_with_word(before, name))
    };
    if !(of_questions || rest || headed) {
        return None;
    }
    let end = cursor + answer.len();
    let except = exceptions(text, end, answer)?;
    Some((yes, except, Span::new(cursor, end)))
}

/// `no to all others`, `yes to all questions except 18`: the answer before what it answers.
pub(super) fn answer_to_all(
    text: &str,
    at: usize,
    after_list: bool,
    dash: bool,
) -> Option<(bool, Places, Span)> {
    let word = word_at(text, at);
    let yes = if is_any(word, NOS) {
        false
    } else {
        yes_or_no(word).filter(|_| word.len() > 1)?
    };
    let mut cursor = skip(text, at + word.len(), BETWEEN);
    if !is_any(word_at(text, cursor), &["to", "for", "on", "in"]) {
        return None;
    }
    let (mut all, mut rest, mut last) = (false, false, "");
    let mut end = cursor;
    for _ in 0..7 {
        let next = word_at(text, cursor);
        all |= is_any(next, &["all", "every", "everything"]);
        rest |= is_any(next, &["rest", "remainder", "remaining", "others", "other"]);
        if !(is_any(next, QUESTION_WORDS)
            || is_any(
                next,
                &[
                    "to",
                    "for",
                    "on",
                    "in",
                    "all",
                    "every",
                    "everything",
                    "the",
                    "of",
                    "dash",
                    "rest",
                    "remainder",
                    "remaining",
                    "others",
                    "other",
                    "answers",
                    "else",
                ],
            ))
        {
            break;
        }
        (last, end) = (next, cursor + next.len());
        cursor = skip(text, end, &[' ']);
    }
    if !(rest && (after_list || dash) || all && dash) {
        return None;
    }
    let except = exceptions(text, end, last)?;
    Some((yes, except, Span::new(at, at + word.len())))
}

const EXCEPT: &[&str] = &[
    "save",
    "except",
    "apart",
    "bar",
    "but",
    "excluding",
    "other",
    "besides",
    "with",
];

/// The questions excepted after an answer to many that ends at `end`; `None` if the answer does not
/// stand alone: "all no further action", "rest no contact".
fn exceptions(text: &str, end: usize, answer: &str) -> Option<Places> {
    let after = skip(text, end, &[' ', ',', '-', '(', ':', '–']);
    let link = word_at(text, after);
    let mut except = Vec::new();
    let stands = after >= text.len()
        || text[end..].starts_with(['.', ',', ';', ')', '\n', '/', ':'])
        || answer.bytes().all(|b| b.is_ascii_uppercase())
        || is_any(link, EXCEPT);
    if !stands {
        return None;
    }
    if is_any(link, EXCEPT) {
        let mut from = after + link.len();
        for _ in 0..6 {
            from = skip(text, from, &[' ', ':', '-']);
            if from < text.len()
                && (question_word(text.as_bytes(), from).is_some()
                    || text.as_bytes()[from].is_ascii_digit())
            {
                break;
            }
            let filler = word_at(text, from);
            if !is_any(
                filler,
                &[
                    "for",
                    "from",
                    "than",
                    "the",
                    "exception",
                    "of",
                    "question",
                    "questions",
                    "qs",
                    "q",
                ],
            ) {
                break;
            }
            from += filler.len();
        }
        let start = if from < text.len() {
            question_word(text.as_bytes(), from).unwrap_or(from)
        } else {
            from
        };
        except = list(text, start).0;
    }
    Some(except)
}
