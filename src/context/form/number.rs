//! The numbers of questions, alone, listed and in ranges: `Q18`, `Qs 1,2,4-8 & 15`.

use crate::span::Span;

/// Numbers of questions with their places.
pub(super) type Places = Vec<(u32, Span)>;

/// Letters of a word that are looked at: no word that means anything on a form is as long.
const LONGEST_WORD: usize = 40;

/// The word at `at`, or its first letters where it is none that a form would hold.
pub(super) fn word_at(text: &str, at: usize) -> &str {
    let rest = &text.as_bytes()[at..];
    let length = rest
        .iter()
        .take(LONGEST_WORD)
        .take_while(|b| b.is_ascii_alphabetic() || **b == b'\'')
        .count();
    &text[at..at + length]
}

pub(super) fn skip(text: &str, mut at: usize, these: &[char]) -> usize {
    while let Some(c) = text[at..].chars().next().filter(|c| these.contains(c)) {
        at += c.len_utf8();
    }
    at
}

pub(super) fn is_any(word: &str, list: &[&str]) -> bool {
    list.iter().any(|w| w.eq_ignore_ascii_case(word))
}

pub(super) const QUESTION_WORDS: &[&str] = &[
    "q",
    "qs",
    "q's",
    "qu",
    "ques",
    "question",
    "questions",
    "qn",
    "qns",
];

/// Whether `Q`, `Qs` or `Question` stands at `at`, as a word before digits; the place after it.
pub(super) fn question_word(bytes: &[u8], at: usize) -> Option<usize> {
    let starts_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    if !starts_word || !matches!(bytes[at], b'q' | b'Q') {
        return None;
    }
    let rest = &bytes[at..];
    let word = rest
        .iter()
        .take(LONGEST_WORD)
        .take_while(|b| b.is_ascii_alphabetic() || **b == b'\'')
        .count();
    let known = std::str::from_utf8(&rest[..word]).is_ok_and(|word| is_any(word, QUESTION_WORDS));
    if !known {
        return None;
    }
    let mut cursor = at + word;
    while matches!(bytes.get(cursor), Some(b' ' | b'.' | b':' | b'-' | b'#')) {
        cursor += 1;
    }
    bytes
        .get(cursor)
        .is_some_and(u8::is_ascii_digit)
        .then_some(cursor)
}

/// Whether nothing but blanks stands before `at` in its line.
pub(super) fn heads_line(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
    before.is_empty() || before.ends_with('\n')
}

/// `2. Very frightened? Yes`: a number at the head of a line of a form.
pub(super) fn list_item(text: &str, at: usize, dash: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    if !dash || !bytes[at].is_ascii_digit() || !heads_line(text, at) {
        return None;
    }
    let digits = bytes[at..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let end = at + digits;
    let line = &text[end..text[end..].find('\n').map_or(text.len(), |n| end + n)];
    (digits <= 2
        && line.starts_with(['.', ')', ':', ' '])
        && line.contains(['?', ':', '-', '–', '✓', '✔']))
    .then_some(at)
}

/// A list of question numbers with ranges (`1,2,4-8 & 15`, `4 and Q5`), and the place after it.
pub(super) fn list(text: &str, mut at: usize) -> (Places, usize) {
    /// No form asks so much; what goes on for longer is a list of something else.
    const LONGEST_LIST: usize = 500;
    let bytes = text.as_bytes();
    let mut numbers: Places = Vec::new();
    let mut end = at;
    let mut range_from: Option<u32> = None;
    loop {
        if let Some(cursor) = bytes.get(at).and_then(|_| question_word(bytes, at)) {
            at = cursor;
        }
        let digits = bytes[at.min(bytes.len())..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 0 || digits > 2 {
            break;
        }
        let span = Span::new(at, at + digits);
        let value = bytes[at..at + digits]
            .iter()
            .fold(0, |n, b| n * 10 + u32::from(b - b'0'));
        if let Some(from) = range_from.take() {
            numbers.extend((from + 1..value).map(|n| (n, span)));
        }
        numbers.push((value, span));
        end = at + digits;
        let next = skip(text, end, &[' ', ',', '&', '+', '/', ';']);
        let word = word_at(text, next);
        let tight = text[end..].starts_with(['-', '–'])
            && text[end..]
                .chars()
                .nth(1)
                .is_some_and(|c| c.is_ascii_digit());
        at = if tight || is_any(word, &["to", "thru", "through"]) {
            range_from = Some(value);
            if tight {
                end + text[end..].chars().next().map_or(1, char::len_utf8)
            } else {
                skip(text, next + word.len(), &[' '])
            }
        } else if is_any(word, &["and"]) {
            skip(text, next + word.len(), &[' '])
        } else {
            next
        };
        // Without a number after it, what was skipped belongs to the answer.
        let more = bytes.get(at).is_some_and(u8::is_ascii_digit)
            || bytes.get(at).is_some() && question_word(bytes, at).is_some();
        // "Q4 Q5" are two questions; "Q4, Q5" and "Q13/Q14" a list.
        let listed = text[end..at.min(text.len())].contains([',', '&', '+', '/'])
            || range_from.is_some()
            || !word.is_empty() && is_any(word, &["and"]);
        if numbers.len() > LONGEST_LIST {
            break;
        }
        if !more || !listed && !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            break;
        }
    }
    (numbers, end)
}
