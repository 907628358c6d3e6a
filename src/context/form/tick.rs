//! Ticks, crosses and boxes.

use super::Mark;
use super::answer::Answer;
use super::mark::LONGEST_STEM;
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
pub(super) fn ticks(text: &str, segmented: &Segmented, marks: &mut Vec<Mark>) {
    let boxes = SHAPES.iter().any(|(shape, _)| text.contains(shape));
    if text.is_ascii() && !boxes {
        return;
    }
    let tokens = &segmented.tokens;
    let mut found: Vec<(Span, Answer)> = Vec::new();
    for (at, c) in text.char_indices() {
        let answer = match c {
            '✓' | '✔' | '☑' | '✅' => Answer::Yes,
            '✗' | '✘' | '❌' => Answer::No,
            '☐' => Answer::Blank,
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
    // One layout a text: ticks stand before their questions if the first one begins its line.
    let leads = found.first().is_some_and(|(span, _)| {
        text[..span.start]
            .rsplit('\n')
            .next()
            .is_none_or(|line| line.trim().is_empty())
    });
    for (index, (span, answer)) in found.iter().enumerate() {
        let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[span.end..]
            .find('\n')
            .map_or(text.len(), |at| span.end + at);
        let part = if leads {
            let next = found
                .get(index + 1)
                .map_or(text.len(), |(next, _)| next.start);
            span.end..line_end.min(next)
        } else {
            let last = index
                .checked_sub(1)
                .map_or(0, |previous| found[previous].0.end);
            line_start.max(last)..span.start
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
