//! Answers on risk forms, in the shapes in which officers type them into a narrative.
//!
//! Two kinds. A *mark* is an answer after a question in words (`Strangled? Y`, `weapons – N`,
//! `belittles: often`, `☑ threats to kill`): it answers whatever mention stands in the question, and
//! stands for the form's question where no rule reads it. A *numbered answer* goes by the number of
//! the question (`Q18 - Y`, `Qs 1,2,4,8 YES rest NO`, `all qs no save Q6`, `yes to Q4`). The
//! question is never read as a disclosure, only its answer; a blank is neither yes nor no.

use std::ops::Range;

use crate::assertion::{Assertion, Polarity, Voice};
use crate::lexicon::{Effect, Lexicon};
use crate::matcher::{self, ClassId, PhraseHits};
use crate::mention::{Cue, Mention};
use crate::segment::{Break, Segmented};
use crate::span::Span;

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes, a tick, or how often.
    Yes,
    /// No, never.
    No,
    /// Refused, not asked, left empty.
    Blank,
}

/// An answer with the words that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// What it says.
    pub answer: Answer,
    /// Where it stands.
    pub span: Span,
    /// The words of the answer; empty for a tick.
    pub tokens: Range<usize>,
    /// The words of the question.
    pub stem: Range<usize>,
}

impl Mark {
    /// Whether the mention stands in the question.
    pub fn asks(&self, mention: &Mention) -> bool {
        // The mention may take in words of the answer, before it or behind it.
        self.stem.start.min(self.tokens.start) <= mention.tokens.start
            && mention.tokens.end <= self.stem.end.max(self.tokens.end)
    }
}

// ── Answers after words ─────────────────────────────────────────────────────────────────────

/// Most words that a question may have before its answer.
const LONGEST_STEM: usize = 24;
/// A spoken "no" after a dash answers only a short heading: "she ran – no, she did not fall" does not.
const LONGEST_HEADING: usize = 6;

/// So many answers make a form, whether it is named or not.
const LEAST_MARKS: usize = 3;

struct AnswerClasses {
    yes: Option<ClassId>,
    no: Option<ClassId>,
    often: Option<ClassId>,
    blank: Option<ClassId>,
    not_after_no: Option<ClassId>,
}

impl AnswerClasses {
    fn new(lexicon: &Lexicon) -> Self {
        let named = |name: &str| lexicon.named.get(name);
        Self {
            yes: named("answer_yes"),
            no: named("answer_no"),
            often: named("answer_often"),
            blank: named("answer_blank"),
            not_after_no: named("not_after_no"),
        }
    }
}

/// The answer that begins at a token, if one does, with its kind and length.
fn answer_at(
    lexicon: &Lexicon,
    classes: &AnswerClasses,
    text: &Segmented,
    phrases: &PhraseHits,
    token: usize,
) -> Option<(Answer, bool, usize)> {
    let kinds = [
        (classes.blank, Answer::Blank, false),
        (classes.often, Answer::Yes, true),
        (classes.no, Answer::No, false),
        (classes.yes, Answer::Yes, false),
    ];
    for hit in phrases.starting(token) {
        for (class, answer, often) in kinds {
            if class.is_some_and(|class| lexicon.classes.phrase_has(hit.phrase, class)) {
                return Some((answer, often, hit.end as usize - token));
            }
        }
    }
    let word = text.tokens[token].word;
    if word == 0 {
        return None;
    }
    kinds
        .into_iter()
        .find(|(class, _, _)| class.is_some_and(|class| lexicon.classes.has(word, class)))
        .map(|(_, answer, often)| (answer, often, 1))
}

/// The answer with which a sentence begins, given after a question in the sentence before it. Where
/// that sentence may be no question (`asked` is false), a "no" must stand alone.
pub(crate) fn leading_answer(
    lexicon: &Lexicon,
    text: &Segmented,
    phrases: &PhraseHits,
    sentence: usize,
    asked: bool,
) -> Option<(Answer, Range<usize>)> {
    let sentence = text.sentences.get(sentence)?;
    let classes = AnswerClasses::new(lexicon);
    let said = lexicon.named.get("answer_said");
    let has = |token: usize, class: Option<ClassId>| {
        class.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    // "Yes", or "She said no", "IP replied yes".
    let mut first = sentence.first;
    for at in sentence.first + 1..sentence.last.min(sentence.first + 3) {
        if has(at, said) {
            first = (at + 1).min(sentence.last - 1);
        }
    }
    let (answer, _, length) = answer_at(lexicon, &classes, text, phrases, first)?;
    let end = first + length;
    let runs_on = end < sentence.last && text.tokens[end].gap == Break::None;
    if answer == Answer::No
        && runs_on
        && (has(end, classes.not_after_no)
            || !asked && !has(end, lexicon.named.get("anyone_subject")))
    {
        return None;
    }
    Some((answer, sentence.first..end.min(sentence.last)))
}

/// The answer to what was asked, later in the same sentence: "asked if he had hit her, she said no".
pub(crate) fn later_answer(
    lexicon: &Lexicon,
    text: &Segmented,
    phrases: &PhraseHits,
    range: Range<usize>,
) -> Option<(Answer, Range<usize>)> {
    let classes = AnswerClasses::new(lexicon);
    let named = |name: &str| lexicon.named.get(name);
    let (said, subject) = (named("answer_said"), named("anyone_subject"));
    let has = |token: usize, class: Option<ClassId>| {
        class.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    for token in range.clone() {
        let Some((answer, _, length)) = answer_at(lexicon, &classes, text, phrases, token) else {
            continue;
        };
        let end = (token + length).min(range.end);
        let gap = text.tokens[token].gap;
        let opens = |t: usize| {
            text.tokens[t].gap >= Break::Weak
                || t > range.start && has(t - 1, named("answer_object"))
        };
        let led = token > range.start
            && (has(token - 1, said) || has(token - 1, subject) && opens(token - 1));
        if gap == Break::None && !led {
            continue;
        }
        let runs_on = end < range.end && text.tokens[end].gap == Break::None;
        let object = |t: usize| has(t, subject) || has(t, named("answer_object"));
        if answer == Answer::No && runs_on && !object(end) {
            continue;
        }
        return Some((answer, token..end));
    }
    None
}

/// Whether a sentence is a question with its number on a form: `Q18 strangled?`, `2. Frightened?`.
pub(crate) fn is_numbered_question(source: &str, text: &Segmented, sentence: usize) -> bool {
    let own = text.sentences[sentence];
    let number = |word: &str| {
        !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit())
    };
    let word = |token: usize| text.tokens[token].span().of(source);
    let first = word(own.first);
    let numbered = first
        .strip_prefix(['q', 'Q'])
        .is_some_and(|rest| number(rest) || rest.is_empty());
    let listed = sentence > 0 && {
        let before = text.sentences[sentence - 1];
        before.first + 1 == before.last && number(word(before.first))
    };
    own.question && (numbered || listed)
}

/// Finds the answers that stand after words.
pub(crate) fn marks(
    text: &str,
    lexicon: &Lexicon,
    segmented: &Segmented,
    phrases: &PhraseHits,
    marks: &mut Vec<Mark>,
) {
    marks.clear();
    let classes = AnswerClasses::new(lexicon);
    let tokens = &segmented.tokens;
    let mut done = 0;
    let mut at = 0;
    while at < tokens.len() {
        let Some((answer, often, length)) = answer_at(lexicon, &classes, segmented, phrases, at)
        else {
            at += 1;
            continue;
        };
        let end = at + length;
        let stem = stem_before(text, segmented, at, done);
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
    ticks(text, segmented, marks);
    in_prose(text, lexicon, segmented, phrases, marks);
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
    let mut start = answer;
    while start > floor {
        let gap = tokens[start].gap;
        let apart = between(text, segmented, start);
        let edge = if start == answer {
            // The mark after the question itself.
            gap == Break::Sentence && !apart.contains('?') && !is_label_gap(apart)
        } else {
            // "self harm / suicidal thoughts: none" asks both.
            apart.trim() != "/" && gap >= Break::Strong
                || apart.contains([')', '\n', '"', '|'])
                || done > 0 && floor == done && apart.contains(',')
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
    apart.contains([':', '=', '|', '\t']) && !apart.contains(['.', '!'])
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
    let before = between(text, segmented, answer.start);
    let after = between(text, segmented, answer.end);
    let last = answer.end == segmented.tokens.len();
    let asked = before.contains(['?', ':', '=', '|', '\t']);
    let dashed =
        before.contains(['-', '–', '—']) || before.contains(['(', '[']) || before.contains("..");
    let ends =
        last || after.contains([
            '.', ';', '|', '\n', '/', ')', ']', '"', '(', '[', '\u{201C}', '–', '—',
        ]) || after.contains(" -")
            || after.contains("- ");
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
    dashed && ends && stem.len() <= LONGEST_HEADING
}

/// Ticks and crosses: after a question (`Strangled ✓`) or in a box before it (`☑ strangled`).
fn ticks(text: &str, segmented: &Segmented, marks: &mut Vec<Mark>) {
    let boxes = text.contains("[x]") || text.contains("[X]") || text.contains("[ ]");
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
    for (shape, answer) in [
        ("[x]", Answer::Yes),
        ("[X]", Answer::Yes),
        ("[ ]", Answer::Blank),
    ] {
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

// ── Mentions ────────────────────────────────────────────────────────────────────────────────

/// Adds a mention for every answered question of a form, by its number or by its wording.
pub(crate) fn answers(
    text: &str,
    lexicon: &Lexicon,
    segmented: &Segmented,
    phrases: &PhraseHits,
    marks: &[Mark],
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
    let known: Vec<u32> = lexicon.form.iter().filter_map(|q| q.number).collect();
    if known.is_empty() || !mentions_numbers(text) {
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

/// Words after a "no" in which text may contradict it.
const COMMENT: usize = 20;

/// Free text after a "no" that tells the contrary is a finding in itself: both say so.
pub(crate) fn contradictions(
    text: &str,
    lexicon: &Lexicon,
    marks: &[Mark],
    mentions: &mut [Mention],
) {
    let is_form = |m: &Mention| m.assertion.source == Voice::Form;
    let noes: Vec<usize> = (0..mentions.len())
        .filter(|&i| {
            is_form(&mentions[i])
                && mentions[i].suppressed.is_some()
                && mentions[i].assertion.polarity == Polarity::Negated
        })
        .collect();
    for no in noes {
        let Some(answer) = mentions[no].cues.last().map(|cue| cue.span) else {
            continue;
        };
        let (category, end) = (mentions[no].category, mentions[no].tokens.end);
        let next = marks
            .iter()
            .map(|mark| mark.stem.start)
            .filter(|start| *start >= end)
            .min()
            .unwrap_or(usize::MAX);
        let contrary = mentions.iter().position(|m| {
            m.category == category
                && m.suppressed.is_none()
                && !is_form(m)
                && (end..next.min(end + COMMENT)).contains(&m.tokens.start)
        });
        let Some(contrary) = contrary else { continue };
        // Another entry of the form lies between: its comment belongs to that one.
        let gap = &text[answer.end..mentions[contrary].span.start.max(answer.end)];
        if gap.contains('\n') || mentions_numbers(gap) {
            continue;
        }
        let words = mentions[contrary].span.of(text).to_owned();
        if let Some(reason) = &mut mentions[no].suppressed {
            reason.push_str(&format!(
                "; but the words after it say otherwise: \"{words}\""
            ));
        }
        let title = &lexicon.categories[category].title;
        let scope = mentions[no].span;
        let by = format!(
            "contradicts the answer before it ({title}: {})",
            answer.of(text)
        );
        mentions[contrary].cues.push(Cue {
            by,
            effect: Effect::Nothing,
            span: answer,
            scope,
        });
    }
}

// ── Numbered answers ────────────────────────────────────────────────────────────────────────

/// An answer with the number of its question.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Numbered {
    number: u32,
    yes: bool,
    question: Span,
    answer: Span,
}

/// Numbers of questions with their places.
type Places = Vec<(u32, Span)>;

/// Bytes between a question's number and an answer that nothing sets off.
const LONGEST_THEME: usize = 48;
/// Bytes between a question's number and an answer after a question mark, colon or dash.
const LONGEST_QUESTION: usize = 200;

/// A quick look before the full reading: a `q` before a digit, or the words of a summary.
fn mentions_numbers(text: &str) -> bool {
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
    (0..bytes.len()).any(|at| {
        matches!(bytes[at], b'q' | b'Q')
            && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric())
            && question(at)
    }) || (text.contains("DASH") || text.contains("Dash") || text.contains("dash"))
        && text.bytes().any(|b| b.is_ascii_digit())
        || text.contains("DASH")
            && (text.contains("all ") || text.contains("ALL ") || text.contains("All "))
}

/// The SafeLives list has 24 questions: from this one on its numbers lag.
const FIRST_SHIFTED: u32 = 10;
/// By so many, the questions on children.
const LAG: u32 = 3;

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

fn find(text: &str, known: &[u32]) -> Vec<Numbered> {
    let bytes = text.as_bytes();
    let version = on_the_long_form(text);
    let dash = text.to_ascii_lowercase().contains("dash");
    let mut answers: Vec<Numbered> = Vec::new();
    // Numbers of the list that is being read, for "rest no".
    let mut listed: Vec<u32> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if at > 0 && bytes[at - 1].is_ascii_alphanumeric() || !text.is_char_boundary(at) {
            at += 1;
            continue;
        }
        if let Some((yes, except, span)) = summary(text, at, !listed.is_empty(), dash) {
            let named: Vec<u32> = except.iter().map(|(n, _)| *n).collect();
            for &number in known
                .iter()
                .filter(|n| !named.contains(n) && !listed.contains(n))
            {
                answers.push(Numbered {
                    number,
                    yes,
                    question: Span::new(at, span.start),
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
            at = span.end.max(at + 1);
            continue;
        }
        if let Some((yes, word, cursor)) = answer_to(text, at) {
            let (numbers, end) = list(text, cursor);
            if !numbers.is_empty() {
                for (number, place) in numbers {
                    listed.push(number);
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
                    listed.push(number);
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

fn word_at(text: &str, at: usize) -> &str {
    let rest = &text.as_bytes()[at..];
    let length = rest
        .iter()
        .take_while(|b| b.is_ascii_alphabetic() || **b == b'\'')
        .count();
    &text[at..at + length]
}

fn skip(text: &str, mut at: usize, these: &[char]) -> usize {
    while let Some(c) = text[at..].chars().next().filter(|c| these.contains(c)) {
        at += c.len_utf8();
    }
    at
}

fn is_any(word: &str, list: &[&str]) -> bool {
    list.iter().any(|w| w.eq_ignore_ascii_case(word))
}

const QUESTION_WORDS: &[&str] = &[
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
const BETWEEN: &[char] = &[' ', '.', ':', '-', '–', '—', '=', ',', '(', '\t'];

fn yes_or_no(word: &str) -> Option<bool> {
    if is_any(word, &["y", "yes", "yep", "yeah", "ticked", "positive"]) {
        Some(true)
    } else if is_any(word, &["n", "no", "nil", "neg", "none", "nope", "negative"]) {
        Some(false)
    } else {
        None
    }
}

/// Whether `Q`, `Qs` or `Question` stands at `at`, as a word before digits; the place after it.
fn question_word(bytes: &[u8], at: usize) -> Option<usize> {
    let starts_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    if !starts_word || !matches!(bytes[at], b'q' | b'Q') {
        return None;
    }
    let rest = &bytes[at..];
    let word = rest
        .iter()
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

/// `2. Very frightened? Yes`: a number at the head of a line of a form.
fn list_item(text: &str, at: usize, dash: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    if !dash
        || !bytes[at].is_ascii_digit()
        || !text[..at]
            .rsplit('\n')
            .next()
            .is_none_or(|line| line.trim().is_empty())
    {
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
fn list(text: &str, mut at: usize) -> (Places, usize) {
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
        if !more || !listed && !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            break;
        }
    }
    (numbers, end)
}

/// `yes to Q4, Q5`, `answered no to questions 3 and 7`, `ticked Q8`: the answer before the numbers.
fn answer_to(text: &str, at: usize) -> Option<(bool, Span, usize)> {
    let word = word_at(text, at);
    let yes = if is_any(word, &["ticked", "ticks", "positive"]) {
        Some(true)
    } else {
        yes_or_no(word).filter(|_| word.len() > 1)
    }?;
    let next = skip(text, at + word.len(), &[' ', '-', ':']);
    let link = word_at(text, next);
    let cursor = if is_any(link, &["to", "for", "on", "at", "in"]) {
        skip(text, next + link.len(), &[' '])
    } else if is_any(word, &["ticked", "ticks"]) {
        next
    } else {
        return None;
    };
    let cursor = question_word(text.as_bytes(), cursor.min(text.len().saturating_sub(1)))?;
    Some((yes, Span::new(at, at + word.len()), cursor))
}

/// `all qs no save Q6`, `rest NO`, `DASH all no`: an answer to many, and the questions excepted.
fn summary(text: &str, at: usize, after_list: bool, dash: bool) -> Option<(bool, Places, Span)> {
    let word = word_at(text, at);
    let mut cursor = skip(text, at + word.len(), BETWEEN);
    let mut of_questions = false;
    if is_any(word, &["rest", "remainder", "remaining", "others"]) {
        if !after_list {
            return None;
        }
    } else if !is_any(word, &["all", "every"]) {
        return None;
    }
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
    let rest = is_any(word, &["rest", "remainder", "remaining", "others"]) || after_list;
    let last = text[..at].to_ascii_lowercase();
    let headed = dash
        && ["dash", "ric", "dara"].iter().any(|name| {
            last.trim_end_matches([' ', ':', '-', '–', '.', ','])
                .ends_with(name)
        });
    if !(of_questions || rest || headed) {
        return None;
    }
    // "all no further action", "rest no contact": the answer must stand alone.
    let end = cursor + answer.len();
    let after = skip(text, end, &[' ', ',', '-', '(', ':', '–']);
    let link = word_at(text, after);
    let mut except = Vec::new();
    let stands = after >= text.len()
        || text[end..].starts_with(['.', ',', ';', ')', '\n', '/', ':'])
        || answer.bytes().all(|b| b.is_ascii_uppercase())
        || is_any(
            link,
            &[
                "save",
                "except",
                "apart",
                "bar",
                "but",
                "excluding",
                "other",
                "besides",
                "with",
            ],
        );
    if !stands {
        return None;
    }
    if is_any(
        link,
        &[
            "save",
            "except",
            "apart",
            "bar",
            "but",
            "excluding",
            "other",
            "besides",
            "with",
        ],
    ) {
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
    Some((yes, except, Span::new(cursor, end)))
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
        let starts =
            byte.is_ascii_alphabetic() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        if starts {
            let word = word_at(text, at);
            let span = Span::new(at, at + word.len());
            let end = span.end;
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
    use super::*;

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
