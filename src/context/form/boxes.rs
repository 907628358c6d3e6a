//! Printed choices with a box at each answer: `Frightened? [ ] Yes [x] No`, `Weapons: Yes ☐ No ☑`.
//!
//! The box tells which answer was chosen, the word beside it what it says. Where no box of a question is
//! ticked, nobody has answered.

use std::ops::Range;

use super::answer::{Answer, AnswerClasses, answer_at};
use crate::lexicon::Lexicon;
use crate::matcher::PhraseHits;
use crate::segment::Segmented;
use crate::span::Span;

/// The boxes of one question with their answers.
pub(super) struct BoxChoice {
    /// What was ticked.
    pub answer: Answer,
    /// The tick with its answer, or all of them where none is ticked.
    pub span: Span,
    /// The words from the first box or answer to the last.
    pub tokens: Range<usize>,
    /// From the first box or answer to the last.
    pub whole: Span,
}

/// A box, and the answer beside it.
struct Choosable {
    ticked: bool,
    answer: Answer,
    span: Span,
}

/// Every printed choice of two answers or more, in the order of the text.
pub(super) fn box_choices(
    text: &str,
    boxes: &[(Span, Answer)],
    lexicon: &Lexicon,
    classes: &AnswerClasses,
    segmented: &Segmented,
    phrases: &PhraseHits,
) -> Vec<BoxChoice> {
    if boxes.len() < 2 {
        return Vec::new();
    }
    let tokens = &segmented.tokens;
    let answer_after = |span: Span| {
        let at = tokens.partition_point(|t| (t.start as usize) < span.end);
        let next = tokens.get(at)?;
        let apart = &text[span.end..next.start as usize];
        let (answer, _, length) = answer_at(lexicon, classes, segmented, phrases, at)?;
        is_blank(apart).then_some((answer, at..at + length))
    };
    let answer_before = |span: Span| {
        let end = tokens.partition_point(|t| (t.end as usize) <= span.start);
        let last = end.checked_sub(1)?;
        let apart = &text[tokens[last].end as usize..span.start];
        let first = last.saturating_sub(2);
        let (answer, at) = (first..=last).find_map(|at| {
            let (answer, _, length) = answer_at(lexicon, classes, segmented, phrases, at)?;
            (at + length == end).then_some((answer, at))
        })?;
        is_blank(apart).then_some((answer, at..end))
    };
    // One layout a line: boxes before the answers, or behind them.
    let mut lines: Vec<(usize, usize, usize)> = Vec::new();
    // Where the line of the last box begins, and where that box does: looked for from there on only.
    let (mut line, mut seen) = (0, 0);
    for (span, _) in boxes {
        let (leads, follows) = (
            answer_after(*span).is_some(),
            answer_before(*span).is_some(),
        );
        if let Some(at) = text[seen..span.start].rfind('\n') {
            line = seen + at + 1;
        }
        seen = span.start;
        let start = line;
        match lines.last_mut().filter(|(own, _, _)| *own == start) {
            Some(last) => {
                *last = (
                    start,
                    last.1 + usize::from(leads),
                    last.2 + usize::from(follows),
                );
            }
            None => lines.push((start, usize::from(leads), usize::from(follows))),
        }
    }
    let mut lines = lines.into_iter().peekable();
    let mut leading = true;
    // "[ ] Yes [ ] No": two boxes stand before an answer and one behind one.
    let options = boxes.iter().map(|(span, tick)| {
        if let Some((_, leads, follows)) = lines.next_if(|(start, _, _)| *start <= span.start) {
            leading = leads >= follows;
        }
        let found = if leading {
            answer_after(*span)
        } else {
            answer_before(*span)
        };
        found.map(|(answer, words)| Choosable {
            ticked: *tick == Answer::Yes,
            answer,
            span: Span::new(
                span.start.min(tokens[words.start].start as usize),
                span.end.max(tokens[words.end - 1].end as usize),
            ),
        })
    });
    let mut groups: Vec<Vec<Choosable>> = Vec::new();
    let mut open = false;
    for option in options {
        let Some(option) = option else {
            open = false;
            continue;
        };
        match groups.last_mut().filter(|_| open) {
            Some(group)
                if group
                    .last()
                    .is_some_and(|last| beside(text, last.span, option.span)) =>
            {
                group.push(option);
            }
            _ => groups.push(vec![option]),
        }
        open = true;
    }
    groups.retain(|group| group.len() > 1);
    groups
        .iter()
        .map(|group| choice(segmented, group))
        .collect()
}

fn choice(segmented: &Segmented, group: &[Choosable]) -> BoxChoice {
    let whole = Span::new(group[0].span.start, group[group.len() - 1].span.end);
    // Two ticks: the one that tells of something is not lost.
    let ticked = || group.iter().filter(|option| option.ticked);
    let chosen = ticked()
        .find(|option| option.answer == Answer::Yes)
        .or_else(|| ticked().next());
    BoxChoice {
        answer: chosen.map_or(Answer::Blank, |option| option.answer),
        span: chosen.map_or(whole, |option| option.span),
        // The x in a box is a word too.
        tokens: segmented
            .tokens
            .partition_point(|t| (t.start as usize) < whole.start)
            ..segmented
                .tokens
                .partition_point(|t| (t.end as usize) <= whole.end),
        whole,
    }
}

/// Whether nothing but blanks stands between a box and its answer.
fn is_blank(apart: &str) -> bool {
    apart
        .chars()
        .all(|c| c == ' ' || c == '\t' || c == '\u{a0}' || c == ':')
}

/// Whether two answers are of one question.
fn beside(text: &str, first: Span, second: Span) -> bool {
    let apart = text.get(first.end..second.start).unwrap_or_default();
    apart
        .chars()
        .all(|c| matches!(c, ' ' | '\t' | '\u{a0}' | '/' | '|' | ','))
}
