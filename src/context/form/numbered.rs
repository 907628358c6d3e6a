//! Answers that go by the number of their question: `Q18 - Y`, `yes to Q4`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::number::{QUESTION_WORDS, is_any, list, list_item, question_word, skip, word_at};
use super::pair::pairs;
use super::summary::{answer_to_all, summary};
use crate::span::Span;

/// An answer with the number of its question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    pub number: u32,
    pub yes: bool,
    pub question: Span,
    pub answer: Span,
}

/// Answers that are read of one narrative. A few bytes ("all qs no", "Q1-27 Y") answer a whole form, and
/// some hundred forms are more than any record holds.
const MOST_ANSWERS: usize = 10_000;
/// Bytes between a question's number and an answer that nothing sets off.
const LONGEST_THEME: usize = 48;
/// Bytes between a question's number and an answer after a question mark, colon or dash.
const LONGEST_QUESTION: usize = 200;

/// A quick look before the full reading: a `q` before a digit, or the words of a summary.
pub(super) fn mentions_numbers(text: &str) -> bool {
    let bytes = text.as_bytes();
    let question = |at: usize| {
        let rest = &bytes[at..];
        let word = rest
            .iter()
            .take(9)
            .take_while(|b| b.is_ascii_alphabetic() || **b == b'\'')
            .count();
        let digit = rest[word..].iter().take(3).any(u8::is_ascii_digit);
        word < 10 && digit
            || rest
                .get(1)
                .is_some_and(|b| matches!(b, b's' | b'S' | b'u' | b'U'))
    };
    memchr::memchr2_iter(b'q', b'Q', bytes)
        .any(|at| (at == 0 || !bytes[at - 1].is_ascii_alphanumeric()) && question(at))
        || text.bytes().any(|b| b.is_ascii_digit()) && names_a_form(text)
        || text.contains("DASH")
            && (text.contains("all ") || text.contains("ALL ") || text.contains("All "))
}

const YES: &[&str] = &["y", "yes", "yep", "yeah", "ticked", "positive"];
const NO: &[&str] = &["n", "no", "nil", "neg", "none", "nope", "negative"];
/// Words that say yes to what follows.
const YESES: &[&str] = &["ticked", "ticks", "positive", "yeses"];
/// Words that say no to what follows.
pub(super) const NOS: &[&str] = &["nos", "no's"];

/// Names under which the numbered forms go.
const FORMS: &[&str] = &["dash", "ric", "safelives"];

/// Whether the text names a form whose questions go by number.
fn names_a_form(text: &str) -> bool {
    static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let names = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(FORMS);
        names.expect("a few short words")
    });
    let bytes = text.as_bytes();
    let joined = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    NAMES.find_iter(text).any(|found| {
        // The short one is also a part of words.
        FORMS[found.pattern()] != "ric"
            || !joined(found.start().checked_sub(1)) && !joined(Some(found.end()))
    })
}

/// The SafeLives list has 24 questions: from this one on its numbers lag.
pub(super) const FIRST_SHIFTED: u32 = 10;
/// By so many, the questions on children.
pub(super) const LAG: u32 = 3;

/// The number on the list of 27 questions, by what the text says of its form.
fn on_the_long_form(text: &str) -> impl Fn(u32) -> Option<u32> + use<> {
    let lower = text.to_ascii_lowercase();
    let short = lower.contains("safelives")
        || lower.contains("safe lives")
        || lower.contains("/24") && lower.contains("dash")
        || lower.contains("24 question");
    move |number| match number {
        0 => None,
        FIRST_SHIFTED..=24 if short => Some(number + LAG),
        25.. if short => None,
        _ => Some(number),
    }
}

/// Whether the word at `at`, by its first letter and its length, may be an answer, a question's number or stand
/// for many questions. See [`summary`], [`answer_to_all`], [`answer_to`], [`question_word`] and [`list_item`].
fn may_begin(text: &str, at: usize) -> bool {
    let first = text.as_bytes()[at].to_ascii_lowercase();
    let lengths: &[usize] = match first {
        b'0'..=b'9' | b'q' => return true,
        b'a' => &[3],
        b'e' => &[5],
        b'n' => &[1, 2, 3, 4, 8],
        b'o' => &[6],
        b'p' => &[8],
        b'r' => &[4, 9],
        b't' => &[5, 6],
        b'y' => &[1, 3, 4, 5],
        _ => return false,
    };
    lengths.contains(&word_at(text, at).len())
}

pub(super) fn find(text: &str, known: &[u32]) -> Vec<Numbered> {
    let bytes = text.as_bytes();
    let version = on_the_long_form(text);
    let dash = names_a_form(text);
    let pairs = if dash { pairs(text, FORMS) } else { Vec::new() };
    let mut answers: Vec<Numbered> = Vec::new();
    // Numbers of the list that is being read, for "rest no".
    let mut listed: BTreeSet<u32> = BTreeSet::new();
    let mut at = 0;
    while at < bytes.len() && answers.len() < MOST_ANSWERS {
        if at > 0 && bytes[at - 1].is_ascii_alphanumeric() || !text.is_char_boundary(at) {
            at += 1;
            continue;
        }
        if let Ok(pair) = pairs.binary_search_by_key(&at, |pair| pair.question.start) {
            let pair = &pairs[pair];
            listed.insert(pair.number);
            answers.push(Numbered {
                number: pair.number,
                yes: pair.yes,
                question: pair.question,
                answer: pair.answer,
            });
            at = pair.answer.end;
            continue;
        }
        if !may_begin(text, at) {
            at += 1;
            continue;
        }
        let after_list = !listed.is_empty();
        let many = summary(text, at, after_list, dash)
            .or_else(|| answer_to_all(text, at, after_list, dash));
        if let Some((yes, except, span)) = many {
            let except_end = except.last().map(|(_, place)| place.end);
            let named: Vec<u32> = except.iter().map(|(n, _)| *n).collect();
            for &number in known
                .iter()
                .filter(|n| !named.contains(n) && !listed.contains(n))
            {
                answers.push(Numbered {
                    number,
                    yes,
                    question: Span::new(at, span.start.max(at)),
                    answer: span,
                });
            }
            for (number, place) in except {
                answers.push(Numbered {
                    number,
                    yes: !yes,
                    question: span,
                    answer: place,
                });
            }
            let last = except_end.map_or(span.end, |place| place.max(span.end));
            at = last.max(at + 1);
            continue;
        }
        if let Some((yes, word, cursor)) = answer_to(text, at, dash) {
            let (numbers, end) = list(text, cursor);
            if !numbers.is_empty() {
                for (number, place) in numbers {
                    listed.insert(number);
                    answers.push(Numbered {
                        number,
                        yes,
                        question: place,
                        answer: word,
                    });
                }
                at = end;
                continue;
            }
        }
        let Some(cursor) = question_word(bytes, at).or_else(|| list_item(text, at, dash)) else {
            at += 1;
            continue;
        };
        let (mut numbers, end) = list(text, cursor);
        if let Some(first) = numbers.first_mut() {
            first.1.start = at;
        }
        if numbers.is_empty() {
            at += 1;
            continue;
        }
        match answer(text, end) {
            Some((yes, span)) => {
                for (number, question) in numbers {
                    listed.insert(number);
                    if let Some(yes) = yes {
                        answers.push(Numbered {
                            number,
                            yes,
                            question,
                            answer: span,
                        });
                    }
                }
                at = span.end;
            }
            None => at = end,
        }
    }
    answers.retain_mut(|a| match version(a.number) {
        Some(number) => {
            a.number = number;
            true
        }
        None => false,
    });
    answers
}

pub(super) fn yes_or_no(word: &str) -> Option<bool> {
    if is_any(word, YES) {
        Some(true)
    } else if is_any(word, NO) {
        Some(false)
    } else {
        None
    }
}

/// `yes to Q4, Q5`, `answered no to questions 3 and 7`, `ticked Q8`, `yes answers: 2, 18`: the answer
/// before the numbers. Numbers without a `Q` count only where the text names a form (`dash`).
fn answer_to(text: &str, at: usize, dash: bool) -> Option<(bool, Span, usize)> {
    let word = word_at(text, at);
    let ticked = is_any(word, YESES);
    let yes = if ticked {
        Some(true)
    } else if is_any(word, NOS) {
        Some(false)
    } else {
        yes_or_no(word).filter(|_| word.len() > 1)
    }?;
    let mut cursor = at + word.len();
    let mut linked = is_any(word, &["ticked", "ticks"]);
    let mut to = false;
    for _ in 0..6 {
        let next = skip(text, cursor, &[' ', '-', ':', '–', '=']);
        linked |= text[cursor..next].contains(['-', ':', '–', '=']);
        let filler = word_at(text, next);
        let question = (next < text.len())
            .then(|| question_word(text.as_bytes(), next))
            .flatten();
        if linked && let Some(cursor) = question {
            return Some((yes, Span::new(at, at + word.len()), cursor));
        }
        if filler.is_empty() || question.is_some() {
            cursor = next;
            break;
        }
        to |= is_any(filler, &["to", "for"]);
        linked |= to || is_any(filler, &["on", "at", "in"]);
        let known = is_any(filler, QUESTION_WORDS)
            || is_any(
                filler,
                &[
                    "to",
                    "for",
                    "on",
                    "at",
                    "in",
                    "answers",
                    "answer",
                    "answered",
                    "responses",
                    "response",
                    "the",
                    "dash",
                    "following",
                    "boxes",
                    "were",
                    "are",
                ],
            );
        if !known {
            return None;
        }
        cursor = next + filler.len();
    }
    // Bare numbers: a list of them, or one that is linked by a word, with nothing else behind.
    if !(dash && linked && text[cursor..].starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let (numbers, end) = list(text, cursor);
    let after = word_at(text, skip(text, end, &[' ']));
    let alone = after.is_empty()
        || yes_or_no(after).is_some()
        || is_any(
            after,
            &["rest", "all", "only", "nos", "others", "and", "but"],
        );
    (alone && (to || numbers.len() > 1)).then_some((yes, Span::new(at, at + word.len()), cursor))
}

/// The answer after a question's number, over its theme, before the next question. `None` inside
/// is a blank: refused, not asked.
fn answer(text: &str, from: usize) -> Option<(Option<bool>, Span)> {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(from + LONGEST_QUESTION);
    let mut at = from;
    let mut first = true;
    let mut set_off = false;
    while at < limit {
        let byte = bytes[at];
        if matches!(byte, b'\n' | b';' | b'|') && !first {
            return None;
        }
        if !byte.is_ascii() {
            let c = text[at..].chars().next()?;
            let span = Span::new(at, at + c.len_utf8());
            match c {
                '✓' | '✔' | '☑' | '✅' => return Some((Some(true), span)),
                '✗' | '✘' | '❌' => return Some((Some(false), span)),
                '☐' => return Some((None, span)),
                '–' | '—' => set_off = true,
                _ => {}
            }
            at += c.len_utf8();
            continue;
        }
        if byte == b'+' && (first || set_off) {
            return Some((Some(true), Span::new(at, at + 1)));
        }
        // `Q18y`: the letter of an answer may touch the number.
        let touches = at == from && matches!(byte, b'y' | b'Y' | b'n' | b'N');
        let starts = byte.is_ascii_alphabetic()
            && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric() || touches);
        if starts {
            let word = word_at(text, at);
            let span = Span::new(at, at + word.len());
            let end = span.end;
            // `Y/N` is the printed choice, not an answer.
            if yes_or_no(word) == Some(true)
                && bytes.get(end) == Some(&b'/')
                && yes_or_no(word_at(text, end + 1)) == Some(false)
            {
                at = end + 1 + word_at(text, end + 1).len();
                first = false;
                continue;
            }
            if touches && word.len() > 1 && yes_or_no(word).is_none() {
                return None;
            }
            if is_any(word, QUESTION_WORDS) && word.len() < 3 || question_word(bytes, at).is_some()
            {
                return None;
            }
            if at - from <= LONGEST_THEME || set_off {
                if let Some(yes) = yes_or_no(word) {
                    let alone = end >= bytes.len()
                        || matches!(
                            bytes[end],
                            b'.' | b','
                                | b';'
                                | b':'
                                | b')'
                                | b'('
                                | b'/'
                                | b'-'
                                | b'"'
                                | b'\n'
                                | b'|'
                                | b'!'
                        )
                        || word.bytes().all(|b| b.is_ascii_uppercase())
                        || yes;
                    let next = skip(text, end, &[' ']);
                    let following = word_at(text, next.min(text.len()));
                    let opens = next >= bytes.len()
                        || !bytes[next].is_ascii_alphabetic()
                        || question_word(bytes, next).is_some()
                        || is_any(
                            following,
                            &[
                                "but", "rest", "all", "others", "save", "except", "though",
                                "although", "however", "q", "qs", "never", "not",
                            ],
                        );
                    if (alone || opens) && !is_any(following, &["one", "idea", "longer"]) {
                        return Some((Some(yes), span));
                    }
                }
                if is_any(word, &["never"]) && set_off {
                    return Some((Some(false), span));
                }
                if is_any(
                    word,
                    &[
                        "once",
                        "often",
                        "sometimes",
                        "occasionally",
                        "always",
                        "frequently",
                        "daily",
                        "weekly",
                    ],
                ) && set_off
                {
                    return Some((Some(true), span));
                }
                if is_any(
                    word,
                    &[
                        "blank",
                        "refused",
                        "unknown",
                        "declined",
                        "unanswered",
                        "unsure",
                        "tbc",
                    ],
                ) {
                    return Some((None, span));
                }
            }
            at = end;
            first = false;
            continue;
        }
        match byte {
            b'?' | b':' | b'=' | b'-' => set_off = true,
            b'.' if !first && !set_off => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::summary::{ALL, REST};
    use super::*;

    #[test]
    fn no_word_is_passed_over_by_its_first_letter_and_length() {
        let words = [YES, NO, YESES, NOS, QUESTION_WORDS, ALL, REST];
        for word in words.into_iter().flatten() {
            assert!(may_begin(word, 0), "{word}");
        }
    }

    fn read(text: &str) -> Vec<(u32, bool, &str)> {
        let known: Vec<u32> = (1..=27).collect();
        find(text, &known)
            .into_iter()
            .map(|a| {
                (
                    a.number,
                    a.yes,
                    &text[a.question.start.min(a.answer.start)..a.question.end.max(a.answer.end)],
                )
            })
            .collect()
    }

    fn yes(text: &str) -> Vec<u32> {
        read(text)
            .into_iter()
            .filter(|a| a.1)
            .map(|a| a.0)
            .collect()
    }

    fn no(text: &str) -> Vec<u32> {
        read(text)
            .into_iter()
            .filter(|a| !a.1)
            .map(|a| a.0)
            .collect()
    }

    #[test]
    fn reads_the_layouts_that_officers_use() {
        assert_eq!(read("Q18 - Y"), [(18, true, "Q18 - Y")]);
        assert_eq!(read("Q4-Y (mum)"), [(4, true, "Q4-Y")]);
        assert_eq!(
            read("q18 N q17 Y \"said hed do time\""),
            [(18, false, "q18 N"), (17, true, "q17 Y")]
        );
        assert_eq!(
            read("Q4 isolated from family: Y"),
            [(4, true, "Q4 isolated from family: Y")]
        );
        assert_eq!(read("Q23 financial - Y"), [(23, true, "Q23 financial - Y")]);
        assert_eq!(yes("Qs 1,2,4,8,15 YES"), [1, 2, 4, 8, 15]);
        assert_eq!(read("Q13/Q14 - Y").last().map(|a| a.0), Some(14));
        assert_eq!(yes("Q18 ✓ Q19 ✗ Q20 ✓"), [18, 20]);
        assert_eq!(no("Q18 ✓ Q19 ✗ Q20 ✓"), [19]);
        assert_eq!(yes("Qs 1-4 and 8 yes"), [1, 2, 3, 4, 8]);
        assert_eq!(yes("answered yes to Q4, Q5 and Q18"), [4, 5, 18]);
        assert_eq!(
            yes("DASH\n2. Very frightened? Yes \"walking on eggshells\"\n3. Of what? her brother"),
            [2]
        );
    }

    #[test]
    fn reads_answers_to_all_and_to_the_rest() {
        assert_eq!(yes("Qs 1,2,4,8 YES rest NO"), [1, 2, 4, 8]);
        assert_eq!(no("Qs 1,2,4,8 YES rest NO").len(), 23);
        assert_eq!(yes("All qs no save Q6"), [6]);
        assert_eq!(no("All qs no save Q6").len(), 26);
        assert_eq!(no("DASH - all no.").len(), 27);
        assert_eq!(yes("DASH all no except 2 and 8"), [2, 8]);
        assert_eq!(read("All quiet, no offences."), []);
        assert_eq!(read("DASH done. All no further action."), []);
    }

    #[test]
    fn a_blank_is_no_answer() {
        assert_eq!(
            read("Q18 strangled? Q19 sexual? N"),
            [(19, false, "Q19 sexual? N")]
        );
        assert_eq!(read("Q for resources. No units."), []);
        assert_eq!(read("Q5: refused"), []);
        assert_eq!(read("Q4 no contact with her mum since May"), []);
    }

    #[test]
    fn the_shorter_form_lags_by_three() {
        assert_eq!(yes("SafeLives DASH 9/24. Q15 Y, Q4 Y"), [18, 4]);
    }
}
