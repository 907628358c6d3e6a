//! Answers on risk forms, in the shapes in which officers type them into a narrative.
//!
//! `Q18 - Y`, `Q4-Y (mum)`, `Qs 1,2,4,8 YES rest NO`, `q18 N q17 Y`. The question is never read
//! as a disclosure, only its answer; a blank is neither yes nor no.

use crate::assertion::{Assertion, Polarity, Voice};
use crate::lexicon::{Effect, Lexicon};
use crate::mention::{Cue, Mention};
use crate::segment::Segmented;
use crate::span::Span;

/// An answer with the number of its question.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    number: u32,
    yes: bool,
    question: Span,
    answer: Span,
}

/// Bytes between a question's number and its answer that a theme may take.
const LONGEST_THEME: usize = 48;

/// Adds a mention for every answered question.
pub(crate) fn answers(text: &str, lexicon: &Lexicon, segmented: &Segmented, mentions: &mut Vec<Mention>) {
    if lexicon.form.is_empty() || !text.as_bytes().windows(2).any(|w| matches!(w[0], b'q' | b'Q') && !w[1].is_ascii_lowercase() | (w[1] == b's')) {
        return;
    }
    for answer in find(text) {
        let Some(question) = lexicon.form.iter().find(|q| q.number == answer.number) else { continue };
        let first = segmented.tokens.partition_point(|t| (t.end as usize) <= answer.question.start);
        let last = segmented.tokens.partition_point(|t| (t.start as usize) < answer.answer.end);
        if first >= last {
            continue;
        }
        for &rule in &question.rules {
            let category = lexicon.rules[rule].category;
            let polarity = if answer.yes { Polarity::Affirmed } else { Polarity::Negated };
            let sentence = segmented.sentences[segmented.sentence_of(first)].span;
            let span = Span::new(answer.question.start, answer.answer.end);
            mentions.push(Mention {
                rule,
                category,
                span,
                sentence: Span::new(sentence.start.min(span.start), sentence.end.max(span.end)),
                assertion: Assertion { polarity, source: Voice::Form, ..Assertion::default() },
                cues: vec![Cue { by: "form answer".into(), effect: Effect::Polarity(polarity), span: answer.answer, scope: answer.question }],
                suppressed: None,
                tokens: first..last,
                taken: u128::MAX,
                agent: None,
                experiencer: None,
            });
        }
    }
}

fn find(text: &str) -> Vec<Answer> {
    let bytes = text.as_bytes();
    let mut answers = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Some(mut cursor) = question_mark(bytes, at) else {
            at += 1;
            continue;
        };
        let mut numbers = Vec::new();
        while let Some((number, span, next)) = number(bytes, cursor) {
            numbers.push((number, Span::new(if numbers.is_empty() { at } else { span.start }, span.end)));
            cursor = next;
        }
        if numbers.is_empty() {
            at += 1;
            continue;
        }
        match answer(bytes, cursor) {
            Some((yes, span)) => {
                for (number, question) in numbers {
                    answers.push(Answer { number, yes, question, answer: span });
                }
                at = span.end;
            }
            None => at = cursor,
        }
    }
    // A list shares one answer: each span then reaches from its number to the answer.
    answers
}

/// Whether `Q`, `Qs` or `Question` stands at `at`, as a word before digits; the place after it.
fn question_mark(bytes: &[u8], at: usize) -> Option<usize> {
    let starts_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    if !starts_word || !matches!(bytes[at], b'q' | b'Q') {
        return None;
    }
    let rest = &bytes[at..];
    let word = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let known = matches!(rest[..word].to_ascii_lowercase().as_slice(), b"q" | b"qs" | b"qu" | b"question" | b"questions" | b"qn" | b"qns");
    if !known {
        return None;
    }
    let mut cursor = at + word;
    while matches!(bytes.get(cursor), Some(b' ' | b'.' | b':' | b'-')) {
        cursor += 1;
    }
    bytes.get(cursor).is_some_and(u8::is_ascii_digit).then_some(cursor)
}

/// A question number at `at`, and where a further number of the same list would begin.
fn number(bytes: &[u8], at: usize) -> Option<(u32, Span, usize)> {
    let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 2 {
        return None;
    }
    let end = at + digits;
    let value = bytes[at..end].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    let mut next = end;
    while matches!(bytes.get(next), Some(b' ' | b',' | b'&' | b'+' | b'/')) {
        next += 1;
    }
    let word = bytes[next..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if bytes[next..next + word].eq_ignore_ascii_case(b"and") {
        next += word + 1;
    }
    let more = bytes.get(next).is_some_and(u8::is_ascii_digit);
    Some((value, Span::new(at, end), if more { next } else { end }))
}

/// The answer after a question's number, over a short theme, before the next question.
fn answer(bytes: &[u8], from: usize) -> Option<(bool, Span)> {
    let mut at = from;
    let limit = bytes.len().min(from + LONGEST_THEME);
    let mut first = true;
    while at < limit {
        let byte = bytes[at];
        if matches!(byte, b'\n' | b';' | b'|') {
            return None;
        }
        if bytes[at..].starts_with("✓".as_bytes()) || bytes[at..].starts_with("✔".as_bytes()) {
            return Some((true, Span::new(at, at + 3)));
        }
        if byte.is_ascii_alphabetic() && !bytes[at - 1].is_ascii_alphanumeric() {
            let word = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'\'').count();
            let span = Span::new(at, at + word);
            let lower = bytes[at..at + word].to_ascii_lowercase();
            match lower.as_slice() {
                b"y" | b"yes" | b"yep" | b"ticked" => return Some((true, span)),
                b"n" | b"no" | b"nil" | b"neg" | b"none" => return Some((false, span)),
                b"q" | b"blank" | b"refused" | b"unknown" | b"declined" => return None,
                b"qs" | b"question" => return None,
                _ if lower.first() == Some(&b'q') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => return None,
                _ => {}
            }
            at += word;
            first = false;
            continue;
        }
        if byte == b'.' && !first {
            return None;
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, bool, &str)> {
        find(text).into_iter().map(|a| (a.number, a.yes, &text[a.question.start..a.answer.end])).collect()
    }

    #[test]
    fn reads_the_layouts_that_officers_use() {
        assert_eq!(read("Q18 - Y"), [(18, true, "Q18 - Y")]);
        assert_eq!(read("Q4-Y (mum)"), [(4, true, "Q4-Y")]);
        assert_eq!(read("q18 N q17 Y \"said hed do time\""), [(18, false, "q18 N"), (17, true, "q17 Y")]);
        assert_eq!(read("Q4 isolated from family: Y"), [(4, true, "Q4 isolated from family: Y")]);
        assert_eq!(read("Q23 financial - Y"), [(23, true, "Q23 financial - Y")]);
        let list: Vec<u32> = read("Qs 1,2,4,8,15 YES rest NO").into_iter().map(|a| a.0).collect();
        assert_eq!(list, [1, 2, 4, 8, 15]);
        assert_eq!(read("Q13/Q14 - Y").last().map(|a| a.0), Some(14));
    }

    #[test]
    fn a_blank_is_no_answer() {
        assert_eq!(read("Q18 strangled? Q19 sexual? N"), [(19, false, "Q19 sexual? N")]);
        assert_eq!(read("Q for resources. No units."), []);
        assert_eq!(read("Q5: refused"), []);
    }
}
