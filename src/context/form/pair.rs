//! Bare numbers with their answers, where the text names its form: `17-N 18-Y`, `(18) Y`, `1Y 2N`.

use super::number::{skip, word_at};
use super::numbered::yes_or_no;
use crate::span::Span;

/// Bytes of brackets, dashes and spaces between a number and its answer.
const WIDEST_GAP: usize = 5;
/// The last question of the longest form.
const LAST_QUESTION: u32 = 27;

/// How many questions the forms have: so many yes and no together are a count of both.
const COUNTS: [u32; 2] = [24, LAST_QUESTION];

/// A number with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub number: u32,
    pub yes: bool,
    pub question: Span,
    pub answer: Span,
}

/// Every pair, in the order of the text. One alone may be a house number or a time: it counts only
/// right behind the name of the form; several in rising order are the form.
pub(super) fn pairs(text: &str, names: &[&str]) -> Vec<Pair> {
    let bytes = text.as_bytes();
    let mut found: Vec<Pair> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let digits = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if let Some(pair) = pair_at(text, at, digits) {
            at = pair.answer.end;
            found.push(pair);
        } else {
            at += digits;
        }
    }
    // "DASH 12 yes" and "DASH 12Y 15N" count answers.
    if let [one, two] = found.as_slice()
        && one.yes != two.yes
        && COUNTS.contains(&(one.number + two.number))
    {
        return Vec::new();
    }
    let rises = found.windows(2).any(|two| two[0].number < two[1].number);
    found.retain(|pair| {
        let gap = text[pair.question.end..pair.answer.start].trim();
        let named = || {
            let before = &text[..pair.question.start];
            let head = before.trim_end_matches([' ', ':', '-', '–', '.', ',', '(', '\n', '\t']);
            names.iter().any(|name| ends_with_word(head, name))
        };
        rises || !gap.is_empty() && named()
    });
    found
}

/// Whether a text ends with a word, whatever its case.
pub(super) fn ends_with_word(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    let start = bytes.len().checked_sub(word.len());
    start.is_some_and(|start| bytes[start..].eq_ignore_ascii_case(word.as_bytes()))
}

fn pair_at(text: &str, at: usize, digits: usize) -> Option<Pair> {
    let bytes = text.as_bytes();
    let opens = at == 0
        || matches!(
            bytes[at - 1],
            b' ' | b'\n' | b'\t' | b'(' | b'[' | b',' | b';' | b'|'
        )
        || matches!(bytes[at - 1], b'.' | b':') && (at < 2 || !bytes[at - 2].is_ascii_digit());
    let number: u32 = text[at..at + digits].parse().ok()?;
    if !opens || digits > 2 || !(1..=LAST_QUESTION).contains(&number) {
        return None;
    }
    let end = at + digits;
    let start = skip(
        text,
        end,
        &[
            ' ', ')', '.', ':', '=', '-', '–', '—', '(', '[', ']', '|', '\t',
        ],
    );
    let gap = &text[end..start];
    if gap.len() > WIDEST_GAP {
        return None;
    }
    let question = Span::new(at, end);
    let next = text[start..].chars().next()?;
    let tick = match next {
        '✓' | '✔' | '☑' | '✅' => Some(true),
        '✗' | '✘' | '❌' => Some(false),
        _ => None,
    };
    if let Some(yes) = tick {
        let answer = Span::new(start, start + next.len_utf8());
        return Some(Pair {
            number,
            yes,
            question,
            answer,
        });
    }
    let word = word_at(text, start);
    let short = matches!(word.len(), 1..=3);
    let yes = yes_or_no(word).filter(|_| short)?;
    let after = bytes.get(start + word.len());
    // `Y/N` is the printed choice, not an answer; "18 no" may be prose.
    let whole = !after.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'/');
    let set_off = !gap.trim().is_empty() || word.len() == 1;
    (whole && set_off).then_some(Pair {
        number,
        yes,
        question,
        answer: Span::new(start, start + word.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, bool)> {
        pairs(text, &["dash"])
            .iter()
            .map(|pair| (pair.number, pair.yes))
            .collect()
    }

    #[test]
    fn numbers_with_answers_are_a_form() {
        assert_eq!(
            read("DASH 17-N (18) Y 19 ✓"),
            [(17, false), (18, true), (19, true)]
        );
        assert_eq!(read("dash 1y 2n 3y"), [(1, true), (2, false), (3, true)]);
        assert_eq!(read("DASH: 18 - no"), [(18, false)]);
    }

    #[test]
    fn counts_times_and_house_numbers_are_none() {
        assert_eq!(read("DASH 16 yes HIGH"), []);
        assert_eq!(read("DASH 12Y 15N, medium"), []);
        assert_eq!(
            read("DASH done 21:18. No offences, lives at 12. No CCTV"),
            []
        );
        assert_eq!(read("DASH. 2 no comment interviews, 3 yes votes"), []);
    }
}
