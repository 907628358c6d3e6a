//! Which question of a form an answer belongs to, and the mentions that it stands for.

use std::ops::Range;

use super::Marks;
use super::answer::Answer;
use super::numbered::{FIRST_SHIFTED, LAG, Numbered, find, mentions_numbers};
use crate::assertion::{Assertion, Polarity, Voice};
use crate::lexicon::{Effect, Lexicon};
use crate::matcher::{self, PhraseHits};
use crate::mention::{Cue, Mention};
use crate::segment::Segmented;
use crate::span::Span;

/// So many answers make a form, whether it is named or not.
const LEAST_MARKS: usize = 3;

/// Adds a mention for every answered question of a form, by its number or by its wording.
pub(crate) fn answers(
    text: &str,
    lexicon: &Lexicon,
    segmented: &Segmented,
    phrases: &PhraseHits,
    marks: &Marks,
    mentions: &mut Vec<Mention>,
) {
    if lexicon.form.is_empty() {
        return;
    }
    // A heading with an answer is a form's only where a form is named or its layout is plain:
    // "Pregnant: Y" in a hospital's letter is none.
    let name = lexicon.named.get("form_name");
    let named = || {
        segmented
            .tokens
            .iter()
            .any(|t| name.is_some_and(|class| lexicon.classes.has(t.word, class)))
    };
    let marks = &marks.list;
    let form = marks.len() >= LEAST_MARKS || !marks.is_empty() && named();
    for mark in marks
        .iter()
        .filter(|mark| form && mark.answer != Answer::Blank)
    {
        if let Some(question) = asked_in(lexicon, segmented, phrases, mark.stem.clone()) {
            let first = segmented.tokens[mark.stem.start].start as usize;
            let last = segmented.tokens[mark.stem.end - 1].end as usize;
            let stem = Span::new(first, last);
            mention(
                lexicon,
                segmented,
                question,
                mark.answer == Answer::Yes,
                stem,
                mark.span,
                mentions,
            );
        }
    }
    if !mentions_numbers(text) {
        return;
    }
    let known: Vec<u32> = lexicon.form.iter().filter_map(|q| q.number).collect();
    if known.is_empty() {
        return;
    }
    // Where the wording stands beside the number, the wording decides: forms differ in their
    // numbers, and one that lags by three is the shorter list, whether it says so or not.
    let numbered: Vec<(Numbered, Option<usize>)> = find(text, &known)
        .into_iter()
        .map(|answer| {
            let first = segmented
                .tokens
                .partition_point(|t| (t.start as usize) < answer.question.end);
            let last = segmented
                .tokens
                .partition_point(|t| (t.end as usize) <= answer.answer.start);
            let worded = if first < last {
                asked_in(lexicon, segmented, phrases, first..last)
            } else {
                None
            };
            (answer, worded)
        })
        .collect();
    let lags = numbered.iter().any(|(answer, worded)| {
        let meant = worded.and_then(|question| lexicon.form[question].number);
        answer.number >= FIRST_SHIFTED && meant == Some(answer.number + LAG)
    });
    for (answer, worded) in numbered {
        let number = if lags && answer.number >= FIRST_SHIFTED {
            answer.number + LAG
        } else {
            answer.number
        };
        let question =
            worded.or_else(|| lexicon.form.iter().position(|q| q.number == Some(number)));
        if let Some(question) = question {
            mention(
                lexicon,
                segmented,
                question,
                answer.yes,
                answer.question,
                answer.answer,
                mentions,
            );
        }
    }
}

/// The question of a form whose wording stands in `range`; the longest wording decides.
fn asked_in(
    lexicon: &Lexicon,
    segmented: &Segmented,
    phrases: &PhraseHits,
    range: Range<usize>,
) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (index, question) in lexicon.form.iter().enumerate() {
        for stem in &question.stems {
            let one = std::slice::from_ref(stem);
            if let Some(found) = matcher::anywhere(
                one,
                &lexicon.classes,
                &segmented.tokens,
                phrases,
                range.clone(),
            ) && best.is_none_or(|(_, longest)| found.len() > longest)
            {
                best = Some((index, found.len()));
            }
        }
    }
    best.map(|(index, _)| index)
}

fn mention(
    lexicon: &Lexicon,
    segmented: &Segmented,
    question: usize,
    yes: bool,
    stem: Span,
    answer: Span,
    mentions: &mut Vec<Mention>,
) {
    let span = Span::new(stem.start.min(answer.start), stem.end.max(answer.end));
    let first = segmented
        .tokens
        .partition_point(|t| (t.end as usize) <= span.start);
    let last = segmented
        .tokens
        .partition_point(|t| (t.start as usize) < span.end);
    if first >= last {
        return;
    }
    let polarity = if yes {
        Polarity::Affirmed
    } else {
        Polarity::Negated
    };
    let sentence = segmented.sentences[segmented.sentence_of(first)].span;
    for &rule in &lexicon.form[question].rules {
        mentions.push(Mention {
            rule,
            category: lexicon.rules[rule].category,
            span,
            sentence: Span::new(sentence.start.min(span.start), sentence.end.max(span.end)),
            assertion: Assertion {
                polarity,
                source: Voice::Form,
                ..Assertion::default()
            },
            read_as: Vec::new(),
            weights: Vec::new(),
            barely: false,
            cues: vec![Cue {
                by: "form answer".into(),
                effect: Effect::Polarity(polarity),
                span: answer,
                scope: stem,
            }],
            suppressed: None,
            tokens: first..last,
            taken: u128::MAX,
            agent: None,
            experiencer: None,
        });
    }
}
