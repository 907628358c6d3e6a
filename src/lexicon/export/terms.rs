//! The lexicon as a plain list of words and phrases: all that a literal can say.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::book::Book;
use super::sequence::{Step, sequences};
use super::{Export, LOOK, NEIGHBOURS, Tally, has_conditions, rules};
use crate::lexicon::schema;

/// Most phrases that one sequence of a pattern is written out to: beyond, a list is no use to anybody.
const MOST: usize = 500;

/// Phrases of a pattern, or why there are none.
struct Expansion {
    phrases: BTreeSet<String>,
    lacks: BTreeSet<&'static str>,
}

pub(super) fn write(head: &str, files: &[schema::File], book: &Book) -> Export {
    let mut tally = Tally::default();
    let mut rows = String::new();
    let (mut count, mut terms) = (0usize, BTreeSet::new());
    for (category, rule) in rules(files) {
        let mut own = BTreeSet::new();
        for pattern in rule.patterns.iter().chain(&rule.terms) {
            match expand(pattern.get_ref(), book) {
                Ok(mut expansion) => {
                    if has_conditions(rule) {
                        expansion.lacks.insert(NEIGHBOURS);
                    }
                    tally.written(&expansion.lacks);
                    own.extend(expansion.phrases);
                }
                Err(reason) => tally.refused(reason),
            }
        }
        if rule.weighed {
            tally.refused("words weighed together");
        }
        if rule.regex.is_some() {
            tally.refused("a regular expression");
        }
        for term in own {
            let _ = writeln!(rows, "{term}\t{category}\t{}", rule.id.get_ref());
            count += 1;
            terms.insert(term);
        }
    }
    let mut notes = vec![format!("{count} rows, {} terms", terms.len())];
    notes.extend(tally.notes("patterns"));
    notes.push(
        "for every pattern: no roles, no misspellings beyond those listed, no context".to_owned(),
    );
    let forms: usize = files
        .iter()
        .filter_map(|f| f.form.as_ref())
        .map(|f| f.questions.len())
        .sum();
    notes.push(format!(
        "{forms} questions of forms, response checks and signals: left out"
    ));
    let mut text = format!("# {head}\n");
    for note in &notes {
        let _ = writeln!(text, "# {note}");
    }
    text.push_str("term\tcategory\trule\n");
    text.push_str(&rows);
    Export { text, notes }
}

/// The phrases that a pattern stands for where its gaps are empty.
fn expand(pattern: &str, book: &Book) -> Result<Expansion, &'static str> {
    let mut expansion = Expansion {
        phrases: BTreeSet::new(),
        lacks: BTreeSet::new(),
    };
    let mut refused = None;
    for sequence in sequences(pattern, book) {
        match literal(&sequence, &mut expansion.lacks) {
            Ok(phrases) => expansion.phrases.extend(phrases),
            Err(reason) => refused = Some(reason),
        }
    }
    match refused {
        Some(reason) if expansion.phrases.is_empty() => Err(reason),
        Some(_) => {
            expansion
                .lacks
                .insert("some of its alternatives cannot be written out");
            Ok(expansion)
        }
        None => Ok(expansion),
    }
}

fn literal(
    sequence: &[Step],
    lacks: &mut BTreeSet<&'static str>,
) -> Result<Vec<String>, &'static str> {
    let mut phrases = vec![String::new()];
    let mut own = BTreeSet::new();
    for step in sequence {
        match step {
            Step::Any(choice) => {
                if choice.phrases.is_empty() {
                    return Err("a shape (`#num`, `#time` …) and no word");
                }
                if !choice.shapes.is_empty() {
                    own.insert("numbers in figures");
                }
                if phrases.len() * choice.phrases.len() > MOST {
                    return Err("it stands for more than 500 phrases");
                }
                let longer = phrases.iter().flat_map(|head| {
                    choice.phrases.iter().map(move |tail| {
                        let tail = tail.join(" ");
                        if head.is_empty() {
                            tail
                        } else {
                            format!("{head} {tail}")
                        }
                    })
                });
                phrases = longer.collect();
            }
            Step::Gap { min: 0, .. } => {
                own.insert("words in its gaps: only the form without any is written");
            }
            Step::Gap { .. } => return Err("a gap that must hold words"),
            Step::Condition => {
                own.insert(LOOK);
            }
        }
    }
    lacks.extend(own);
    Ok(phrases)
}
