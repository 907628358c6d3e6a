//! Reads the table of weights and ties it to the categories, rules and words of the lexicon.

use super::problems::Problems;
use crate::lexicon::{LexiconSource, Rule};
use crate::matcher::Vocabulary;
use crate::segment::WordLookup as _;
use crate::weigh::{NEVER, SHAPES, Table, Weigher};

/// How the name of a table of weights ends.
pub(super) const ENDING: &str = "weights.tsv";

/// The table of weights of a lexicon, if it has one.
pub(super) fn read(
    source: &LexiconSource,
    (subjects, categories): (&[String], usize),
    rules: &[Rule],
    problems: &mut Problems<'_>,
) -> Option<Table> {
    let mut tables = source.files().filter(|(path, _)| path.ends_with(ENDING));
    let first = tables.next();
    if let Some((path, _)) = tables.next() {
        problems.add(path, 0..0, "a lexicon has one table of weights");
    }
    let Some((path, text)) = first else {
        for rule in rules.iter().filter(|rule| rule.weighed) {
            let message = format!("`{}` is weighed, but there is no table of weights", rule.id);
            problems.add(&rule.place.0, 0..0, message);
        }
        return None;
    };
    let table = match Table::read(text) {
        Ok(table) => table,
        Err(bad) => {
            let before = text.lines().take(bad.line.saturating_sub(1));
            let at = before
                .map(|line| line.len() + 1)
                .sum::<usize>()
                .min(text.len());
            problems.add(path, at..at, bad.message);
            return None;
        }
    };
    for (id, threshold) in table.categories.iter().zip(&table.threshold) {
        if id.starts_with('@') {
            continue;
        }
        let Some((_, rule)) = target(subjects, rules, categories, id) else {
            let message = format!("`{id}` is no category, nor what is done for a response check");
            problems.add(path, 0..0, message);
            continue;
        };
        if rule.is_none() && *threshold != NEVER {
            let message = format!("no rule `weighed = true` stands for the weights of `{id}`");
            problems.add(path, 0..0, message);
        }
    }
    Some(table)
}

/// The subject of that id, and the rule that stands for what is weighed for it.
fn target(
    subjects: &[String],
    rules: &[Rule],
    categories: usize,
    id: &str,
) -> Option<(usize, Option<usize>)> {
    let subject = subjects.iter().position(|own| own == id)?;
    let is_own = |rule: &Rule| rule.weighed && rule.subject(categories) == Some(subject);
    Some((subject, rules.iter().position(is_own)))
}

/// The table as it is used; words that only it knows are added to the vocabulary.
pub(super) fn weigher(
    table: &Table,
    (subjects, categories): (&[String], usize),
    rules: &[Rule],
    vocabulary: &mut Vocabulary,
) -> Weigher {
    let target = |id: &str| target(subjects, rules, categories, id);
    let rule = |id: &str| rules.iter().position(|r| r.id == id);
    let known = |word: &str| match SHAPES.iter().find(|(_, name)| *name == word) {
        Some((shape, _)) => Some(vocabulary.shape(*shape)),
        None => Some(vocabulary.lookup(word.as_bytes()).id).filter(|id| *id != 0),
    };
    let weigher = table.weigher(target, rule, known, vocabulary.len());
    let unknown: Vec<(&str, u16)> = table
        .words
        .iter()
        .enumerate()
        .filter(|(_, word)| known(word).is_none())
        .map(|(index, word)| (word.as_str(), index as u16 + 1))
        .collect();
    vocabulary.add_terms(unknown.into_iter());
    weigher
}
