//! Ticks, crosses and boxes.

use super::Mark;
use super::answer::Answer;
use super::mark::LONGEST_STEM;
use super::number::heads_line;
use crate::segment::Segmented;
use crate::span::Span;

/// Boxes as they are typed.
const SHAPES: [(&str, Answer); 6] = [
    ("[x]", Answer::Yes),
    ("[X]", Answer::Yes),
    ("[ ]", Answer::Blank),
    ("(x)", Answer::Yes),
    ("(X)", Answer::Yes),
    ("( )", Answer::Blank),
];

/// Ticks and crosses: after a question (`Strangled ✓`) or in a box before it (`☑ strangled`).
pub(super) fn ticks(
    text: &str,
    segmented: &Segmented,
    boxes: &[(Span, Answer)],
    taken: &[Span],
    marks: &mut Vec<Mark>,
) {
    let tokens = &segmented.tokens;
    let mut found = boxes.to_vec();
    // Those of printed choices are answered by the words beside them.
    found.retain(|(span, _)| {
        // They stand in order and apart.
        let before = taken.partition_point(|own| own.start <= span.start);
        before == 0 || taken[before - 1].end < span.end
    });
    // One layout a text: ticks stand before their questions if the first one begins its line.
    let leads = found
        .first()
        .is_some_and(|(span, _)| heads_line(text, before_number(text, span.start)));
    for (index, (span, answer)) in found.iter().enumerate() {
        // To the next tick or from the last one, within the line.
        let part = if leads {
            let next = found
                .get(index + 1)
                .map_or(text.len(), |(next, _)| next.start.max(span.end));
            let line_end = text[span.end..next].find('\n');
            span.end..line_end.map_or(next, |at| span.end + at)
        } else {
            let last = index
                .checked_sub(1)
                .map_or(0, |previous| found[previous].0.end.min(span.start));
            let line_start = text[last..span.start].rfind('\n');
            line_start.map_or(last, |at| last + at + 1)..span.start
        };
        let first = tokens.partition_point(|t| (t.start as usize) < part.start);
        let last = tokens.partition_point(|t| (t.end as usize) <= part.end);
        if first < last && last - first <= LONGEST_STEM {
            marks.push(Mark {
                answer: *answer,
                span: *span,
                tokens: first..first,
                stem: first..last,
            });
        }
    }
}

/// Every tick, cross and box, in the order of the text.
pub(super) fn boxes(text: &str) -> Vec<(Span, Answer)> {
    let opens = memchr::memchr2_iter(b'[', b'(', text.as_bytes());
    let shape_at = |at: usize| {
        SHAPES
            .iter()
            .any(|(shape, _)| text[at..].starts_with(shape))
    };
    if text.is_ascii() && !opens.into_iter().any(shape_at) {
        return Vec::new();
    }
    let mut found: Vec<(Span, Answer)> = Vec::new();
    for (at, c) in text.char_indices() {
        let answer = match c {
            '✓' | '✔' | '☑' | '✅' | '☒' => Answer::Yes,
            '✗' | '✘' | '❌' => Answer::No,
            '☐' | '□' | '▢' => Answer::Blank,
            _ => continue,
        };
        found.push((Span::new(at, at + c.len_utf8()), answer));
    }
    for (shape, answer) in SHAPES {
        found.extend(
            text.match_indices(shape)
                .map(|(at, _)| (Span::new(at, at + shape.len()), answer)),
        );
    }
    found.sort_by_key(|(span, _)| span.start);
    found
}

/// Where the number of a question before a box begins: `17 [x] Threats to kill`, `Q4. ☑ isolated`.
fn before_number(text: &str, at: usize) -> usize {
    text[..at]
        .trim_end_matches([' ', '\t', '.', ')', ':'])
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['Q', 'q'])
        .len()
}
