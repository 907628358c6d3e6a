//! Scores the context stage alone against sentences in which the target is given.
//!
//! Each row names a condition and a sentence that holds it; the modifiers decide whether the
//! sentence negates it and whether it lies in the past. No rule takes part: what is measured is
//! what the cues and their scopes are worth, apart from what the rules find.

use std::path::Path;

use crate::assertion::{Group, Polarity, Temporality};
use crate::error::{Error, Result};
use crate::evaluate::Score;
use crate::lexicon::Lexicon;
use crate::scan::Scanner;
use crate::span::Span;

/// A sentence with its target and what a reader says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionRow {
    /// Its id.
    pub id: String,
    /// The target, as its words stand in the text but for case.
    pub condition: String,
    /// The sentence.
    pub text: String,
    /// Whether the sentence negates the condition.
    pub negated: bool,
    /// Whether the condition lies in the past.
    pub historical: bool,
}

/// A row on which the program and the reader differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionMistake {
    /// `negation` or `historical`.
    pub axis: &'static str,
    /// Whether the program says so and the reader does not, or the other way round.
    pub kind: &'static str,
    /// The row.
    pub row: AssertionRow,
    /// The modifiers that spoke.
    pub cues: String,
}

/// The outcome.
#[derive(Clone, Debug, Default)]
pub struct AssertionScores {
    /// Rows scored.
    pub rows: u64,
    /// Rows whose condition does not stand in their text; they are not scored.
    pub without_target: u64,
    /// Negated or not.
    pub negation: Score,
    /// In the past or not.
    pub historical: Score,
    /// Every difference.
    pub mistakes: Vec<AssertionMistake>,
}

/// Reads rows from a CSV file with the columns `id,condition,text,negation,temporality`.
///
/// # Errors
/// If the file cannot be read or lacks a column.
pub fn read_rows(path: &Path) -> Result<Vec<AssertionRow>> {
    let file = std::fs::File::open(path).map_err(|e| Error::io("cannot read", path, e))?;
    let mut reader = csv::Reader::from_reader(file);
    let fail = |line: Option<u64>, e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(e) => Error::io("cannot read", path, e),
        _ => Error::input(path, line, "not a row of the CSV file"),
    };
    let header = reader.headers().map_err(|e| fail(Some(1), e))?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|own| own.trim().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                Error::input(
                    path,
                    Some(1),
                    format!(
                        "no column `{name}`; needed: id, condition, text, negation, temporality"
                    ),
                )
            })
    };
    let columns = [
        column("id")?,
        column("condition")?,
        column("text")?,
        column("negation")?,
        column("temporality")?,
    ];
    let mut rows = Vec::new();
    for record in reader.records() {
        let line = record
            .as_ref()
            .ok()
            .and_then(|r| r.position())
            .map(csv::Position::line);
        let record = record.map_err(|e| fail(line, e))?;
        let [id, condition, text, negation, temporality] =
            columns.map(|at| record.get(at).unwrap_or_default().to_owned());
        let negated = negation.trim().eq_ignore_ascii_case("negated");
        let historical = temporality.trim().eq_ignore_ascii_case("historical");
        rows.push(AssertionRow {
            id,
            condition,
            text,
            negated,
            historical,
        });
    }
    Ok(rows)
}

/// Scores the rows. The target is read as a state of the person, as the suicide categories are.
pub fn evaluate_assertion(lexicon: &Lexicon, rows: &[AssertionRow]) -> AssertionScores {
    let mut scanner = Scanner::new(lexicon);
    let mut scores = AssertionScores::default();
    let category = lexicon
        .categories
        .iter()
        .position(|c| c.group == Group::Suicide)
        .unwrap_or_default();
    for row in rows {
        let found = target(&row.text, &row.condition)
            .and_then(|span| scanner.assert_span(&row.text, span, category));
        let Some(mention) = found else {
            scores.without_target += 1;
            continue;
        };
        scores.rows += 1;
        let negated = mention.assertion.polarity == Polarity::Negated;
        let historical = mention.assertion.temporality == Temporality::Historical;
        let cues: Vec<String> = mention
            .cues
            .iter()
            .map(|cue| {
                format!(
                    "{} \"{}\" {}",
                    cue.by,
                    cue.span.of(&row.text),
                    cue.effect.describe()
                )
            })
            .collect();
        let axes = [
            ("negation", negated, row.negated, &mut scores.negation),
            (
                "historical",
                historical,
                row.historical,
                &mut scores.historical,
            ),
        ];
        for (axis, found, labelled, score) in axes {
            let kind = match (found, labelled) {
                (true, true) => {
                    score.true_positives += 1;
                    continue;
                }
                (false, false) => continue,
                (true, false) => {
                    score.false_positives += 1;
                    "false positive"
                }
                (false, true) => {
                    score.false_negatives += 1;
                    "false negative"
                }
            };
            scores.mistakes.push(AssertionMistake {
                axis,
                kind,
                row: row.clone(),
                cues: cues.join("; "),
            });
        }
    }
    scores
}

/// Where the condition stands: where the text writes it in capitals, if it does so anywhere,
/// otherwise its first place, case aside.
fn target(text: &str, condition: &str) -> Option<Span> {
    let condition = condition.trim();
    if condition.is_empty() {
        return None;
    }
    let capitals = condition.to_uppercase();
    if let Some(at) = text.find(&capitals) {
        return Some(Span::new(at, at + capitals.len()));
    }
    let length = condition.chars().count();
    text.char_indices().find_map(|(at, _)| {
        let end = text[at..]
            .char_indices()
            .nth(length)
            .map_or(text.len(), |(n, _)| at + n);
        let same = text[at..end]
            .chars()
            .flat_map(char::to_lowercase)
            .eq(condition.chars().flat_map(char::to_lowercase));
        same.then(|| Span::new(at, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_target_whatever_its_case() {
        assert_eq!(
            target("No fever, but FEVER of old", "fever"),
            Some(Span::new(14, 19))
        );
        assert_eq!(
            target("Denies Thoughts of harm", "thoughts"),
            Some(Span::new(7, 15))
        );
        assert_eq!(target("Nil.", "fever"), None);
    }
}
