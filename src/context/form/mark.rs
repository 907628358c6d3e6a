//! Answers that stand after the words of their question: `Strangled? Y`, `weapons – N`.

use std::ops::Range;

use super::answer::{Answer, AnswerClasses, answer_at};
use super::boxes::box_choices;
use super::tick::{boxes, ticks};
use super::{Mark, Marks};
use crate::lexicon::Lexicon;
use crate::matcher::{ClassId, PhraseHits};
use crate::segment::{Break, Segmented};
use crate::span::Span;

/// Most words that a question may have before its answer.
pub(super) const LONGEST_STEM: usize = 24;
/// A spoken "no" after a dash answers only a short heading: "she ran – no, she did not fall" does not.
const LONGEST_HEADING: usize = 6;

/// Finds the answers that stand after words.
pub(crate) fn marks(
    text: &str,
    lexicon: &Lexicon,
    segmented: &Segmented,
    phrases: &PhraseHits,
    found: &mut Marks,
) {
    let marks = &mut found.list;
    marks.clear();
    let classes = AnswerClasses::new(lexicon);
    let tokens = &segmented.tokens;
    let boxes = boxes(text);
    let boxed = box_choices(text, &boxes, lexicon, &classes, segmented, phrases);
    let mut choices = boxed.iter().peekable();
    let mut done = 0;
    let mut at = 0;
    while at < tokens.len() {
        if let Some(choice) = choices.next_if(|choice| choice.tokens.start <= at) {
            let stem = stem_before(text, segmented, at, done);
            if !stem.is_empty() {
                marks.push(Mark {
                    answer: choice.answer,
                    span: choice.span,
                    tokens: choice.tokens.clone(),
                    stem,
                });
            }
            done = choice.tokens.end;
            at = done;
            continue;
        }
        let Some((answer, often, length)) = answer_at(lexicon, &classes, segmented, phrases, at)
        else {
            at += 1;
            continue;
        };
        let end = at + length;
        let stem = stem_before(text, segmented, at, done);
        if let Some((answer, given)) = choice(text, lexicon, &classes, segmented, phrases, at..end)
        {
            if !stem.is_empty() {
                marks.push(Mark {
                    answer,
                    span: Span::new(
                        tokens[given.start].start as usize,
                        tokens[given.end - 1].end as usize,
                    ),
                    tokens: given.clone(),
                    stem,
                });
                done = given.end;
            }
            at = given.end;
            continue;
        }
        let has = |token: usize, class: Option<ClassId>| {
            class.is_some_and(|class| lexicon.classes.has(tokens[token].word, class))
        };
        let excused = answer == Answer::No
            && end < tokens.len()
            && tokens[end].gap == Break::None
            && has(end, classes.not_after_no);
        if !stem.is_empty() && !excused && is_mark(text, segmented, at..end, &stem, often) {
            marks.push(Mark {
                answer,
                span: Span::new(tokens[at].start as usize, tokens[end - 1].end as usize),
                tokens: at..end,
                stem,
            });
            done = end;
        }
        at = end;
    }
    let taken: Vec<Span> = boxed.iter().map(|choice| choice.whole).collect();
    ticks(text, segmented, &boxes, &taken, marks);
    in_prose(text, lexicon, segmented, phrases, marks);
    found.index();
}

/// `yes to strangulation and threats on DASH`: the answer stands before what was asked.
fn in_prose(
    text: &str,
    lexicon: &Lexicon,
    segmented: &Segmented,
    phrases: &PhraseHits,
    marks: &mut Vec<Mark>,
) {
    let named = |name: &str| lexicon.named.get(name);
    let (to, form) = (named("answer_to"), named("form_name"));
    let has = |token: usize, class: Option<ClassId>| {
        class.is_some_and(|class| lexicon.classes.has(segmented.tokens[token].word, class))
    };
    if !(0..segmented.tokens.len()).any(|token| has(token, form)) {
        return;
    }
    let classes = AnswerClasses::new(lexicon);
    for link in 1..segmented.tokens.len() {
        if !has(link, to) || segmented.tokens[link].gap != Break::None {
            continue;
        }
        let Some((answer, false, 1)) = answer_at(lexicon, &classes, segmented, phrases, link - 1)
        else {
            continue;
        };
        let end = segmented.unit_of(link).end.min(link + 1 + LONGEST_STEM);
        let next = (link + 1..end)
            .find(|t| {
                answer_at(lexicon, &classes, segmented, phrases, *t).is_some() || has(*t, form)
            })
            .unwrap_or(end);
        if answer != Answer::Blank
            && link + 1 < next
            && !between(text, segmented, link).contains(['?', ':'])
        {
            let span = segmented.tokens[link - 1].span();
            marks.push(Mark {
                answer,
                span,
                tokens: link - 1..link,
                stem: link + 1..next,
            });
        }
    }
}

/// `Y / N: N`, `Yes / No / Not known`: a printed choice and what was chosen after it; left as it was
/// printed, nobody has answered. The tokens are those of what was chosen, or of the choice.
fn choice(
    text: &str,
    lexicon: &Lexicon,
    classes: &AnswerClasses,
    segmented: &Segmented,
    phrases: &PhraseHits,
    first: Range<usize>,
) -> Option<(Answer, Range<usize>)> {
    let next = |at: usize| {
        let known = at < segmented.tokens.len();
        let found = known.then(|| answer_at(lexicon, classes, segmented, phrases, at));
        found.flatten().map(|(answer, _, length)| (answer, length))
    };
    let mut end = first.end;
    while let Some((_, length)) = next(end).filter(|_| between(text, segmented, end).trim() == "/")
    {
        end += length;
    }
    if end == first.end {
        return None;
    }
    let set_off = end < segmented.tokens.len()
        && between(text, segmented, end).contains([':', '=', '-', '–', ')', '>'])
        && !between(text, segmented, end).contains(['\n', '.']);
    let chosen = next(end).filter(|_| set_off);
    Some(match chosen {
        Some((answer, length)) => (answer, end..end + length),
        None => (Answer::Blank, first.start..end),
    })
}

/// A heading alone in its line, and its answer alone at the head of the next one.
fn stands_under(text: &str, segmented: &Segmented, answer: usize) -> bool {
    let apart = between(text, segmented, answer);
    if apart.matches('\n').count() != 1 || !apart.trim().is_empty() || answer == 0 {
        return false;
    }
    let start = segmented.tokens[answer].start as usize;
    let heading_end = segmented.tokens[answer - 1].end as usize;
    let heading_start = text[..heading_end].rfind('\n').map_or(0, |at| at + 1);
    let heading = text[heading_start..heading_end].trim();
    let words = heading.split_whitespace().count();
    let rest = segmented.tokens[answer].end as usize;
    let after = text[rest..].trim_start_matches([' ', '\t', '\r']);
    let closed = after.is_empty() || after.starts_with(['\n', ',', '.', ';', '-', '–', '(']);
    let capital = |words: &str| words.starts_with(char::is_uppercase);
    (1..=LONGEST_HEADING).contains(&words)
        && capital(heading)
        && capital(&text[start..])
        && closed
        && !heading.contains(['.', '!', ',', ';'])
}

/// What stands between two tokens, or before the first or after the last one.
fn between<'t>(text: &'t str, segmented: &Segmented, after: usize) -> &'t str {
    let start = after
        .checked_sub(1)
        .map_or(0, |before| segmented.tokens[before].end as usize);
    let end = segmented
        .tokens
        .get(after)
        .map_or(text.len(), |t| t.start as usize);
    &text[start.min(end)..end]
}

/// The words before an answer, back to the answer before it, or to where the question begins.
fn stem_before(text: &str, segmented: &Segmented, answer: usize, done: usize) -> Range<usize> {
    let tokens = &segmented.tokens;
    let floor = done.max(answer.saturating_sub(LONGEST_STEM));
    // "No. Calls, texts, following? No": a comma parts questions only in a list that goes on from the
    // answer before it.
    let goes_on = done > 0
        && floor == done
        && tokens[done..answer]
            .iter()
            .all(|token| token.gap < Break::Strong);
    let mut start = answer;
    while start > floor {
        let gap = tokens[start].gap;
        let apart = between(text, segmented, start);
        let edge = if start == answer {
            // The mark after the question itself.
            gap == Break::Sentence
                && !apart.contains('?')
                && !is_label_gap(apart)
                && !stands_under(text, segmented, answer)
        } else {
            // "self harm / suicidal thoughts: none" asks both.
            apart.trim() != "/" && gap >= Break::Strong
                || apart.contains([')', '\n', '"', '|'])
                || goes_on && apart.contains(',')
        };
        if edge {
            break;
        }
        start -= 1;
    }
    start..answer
}

/// Between a heading and its answer only a mark stands, perhaps with a line break or bars.
fn is_label_gap(apart: &str) -> bool {
    // Dots lead from a printed question to its answer.
    apart.contains("....") && !apart.contains(['\n', '\r'])
        || apart.contains([':', '=', '|', '\t']) && !apart.contains(['.', '!'])
}

/// Whether the next question begins with its number: `5) depressed`, `Q6 separated`.
fn numbered(rest: &str) -> bool {
    let rest = rest.trim_start();
    let number = rest.strip_prefix(['q', 'Q']);
    let own = number.unwrap_or(rest);
    let after = own.trim_start_matches(|c: char| c.is_ascii_digit());
    // "no 1.5 cm mark" is prose.
    let listed = after.starts_with(')')
        || after
            .strip_prefix(['.', ':'])
            .is_some_and(|rest| rest.starts_with(char::is_whitespace));
    (1..=2).contains(&(own.len() - after.len())) && (number.is_some() || listed)
}

/// Whether the answer word is set off from its question as an answer is, and not part of prose.
fn is_mark(
    text: &str,
    segmented: &Segmented,
    answer: Range<usize>,
    stem: &Range<usize>,
    often: bool,
) -> bool {
    let words = Span::new(
        segmented.tokens[answer.start].start as usize,
        segmented.tokens[answer.end - 1].end as usize,
    )
    .of(text);
    let words_end = segmented.tokens[answer.end - 1].end as usize;
    let before = between(text, segmented, answer.start);
    let after = between(text, segmented, answer.end);
    let last = answer.end == segmented.tokens.len();
    let asked =
        before.contains(['?', ':', '=', '|', '\t']) || stands_under(text, segmented, answer.start);
    let dashed =
        before.contains(['-', '–', '—']) || before.contains(['(', '[']) || before.contains("..");
    let ends =
        last || after.contains([
            '.', ';', '|', '\n', '/', ')', ']', '"', '(', '[', '\u{201C}', '–', '—',
        ]) || after.contains(" -")
            || after.contains("- ")
            || numbered(&text[words_end..]);
    let listed = ends || after.contains([',', ':', '-']);
    // A stretch in capitals throughout says nothing by its capitals.
    let shouted = text
        [segmented.tokens[stem.start].start as usize..segmented.tokens[stem.end - 1].end as usize]
        .bytes()
        .all(|b| !b.is_ascii_lowercase());
    let letter = words.len() == 1;
    let capital = words.bytes().all(|b| !b.is_ascii_lowercase()) && (letter || !shouted);
    if often {
        return listed
            && (before.contains([':', '=', '|', '\t'])
                || asked && stem.len() <= LONGEST_STEM
                || dashed && stem.len() <= LONGEST_HEADING);
    }
    if capital {
        // `strangled Y, weapons N`, `strangled Y weapons N`
        return listed && (asked || dashed || letter || stem.len() <= LONGEST_HEADING)
            || letter && words != "A" && stem.len() <= LONGEST_HEADING
            || asked && letter;
    }
    if asked {
        return listed || letter || before.contains('?');
    }
    dashed && (ends || letter && listed) && stem.len() <= LONGEST_HEADING
}
