//! Reads twins, frequencies, irregular verbs and classes into the table of classes.

use super::Files;
use super::classes::ClassTable;
use super::problems::{Problems, unknown_name};
use crate::lexicon::inflect::noun_forms;
use crate::lexicon::pattern::{Node, parse};
use crate::lexicon::schema;
use crate::segment::Twin;

/// Notes which words are twins, before any word is numbered.
pub(super) fn fill_twins(files: &Files<'_>, table: &mut ClassTable, problems: &mut Problems<'_>) {
    for (path, file) in files {
        for entry in file.twins.iter().flat_map(|twins| &twins.words) {
            let forms = |side: &str| side.split_whitespace().map(folded).collect::<Vec<_>>();
            let sides = entry.get_ref().split_once('=');
            let sides = sides.map(|(a, b)| (forms(a), forms(b)));
            let Some((a, b)) = sides.filter(|(a, b)| !a.is_empty() && !b.is_empty()) else {
                let message = "not two sides of twins";
                problems.add_with_fix(path, entry.span(), message, "\"him his = her hers\"");
                continue;
            };
            for (forms, twin) in [(&a, Twin::A), (&b, Twin::B)] {
                for form in forms {
                    table.interner.add_twin(form.clone(), a[0].clone(), twin);
                }
            }
        }
    }
}

/// The key under which a word is looked up: lower case, without apostrophes.
fn folded(word: &str) -> String {
    word.to_lowercase().replace('\'', "")
}

/// Classes that the code asks of every word or nearly. They come first where the lexicon has them: what a
/// word says of the first 64 classes is looked up most quickly.
const ASKED_MOST: [&str; 32] = [
    "answer_blank",
    "answer_often",
    "answer_no",
    "answer_yes",
    "suspect_word",
    "victim_word",
    "partner",
    "kin",
    "friend",
    "child_word",
    "first_name",
    "title_word",
    "introducing_word",
    "new_partner_word",
    "former_word",
    "owning_label",
    "either_label",
    "person",
    "anyone_subject",
    "clause_opener",
    "clause_verb",
    "finite_verb",
    "negative_word",
    "joining_word",
    "form_name",
    "first_person",
    "him",
    "his",
    "list_or",
    "answer_said",
    "answer_to",
    "that_word",
];

/// Fills the table from the classes of all files.
pub(super) fn fill_classes(files: &Files<'_>, table: &mut ClassTable, problems: &mut Problems<'_>) {
    for name in ASKED_MOST {
        if files.iter().any(|(_, file)| file.class.contains_key(name)) {
            table.declare(name);
        }
    }
    for (_, file) in files {
        for entry in file.irregular.iter().flat_map(|i| &i.verbs) {
            table.add_irregular(entry.get_ref());
        }
        for name in file.class.keys() {
            table.declare(name);
        }
    }
    for (path, file) in files {
        for entry in file.frequency.iter().flat_map(|f| &f.words) {
            match entry
                .get_ref()
                .split_once(' ')
                .and_then(|(w, n)| Some((w, n.trim().parse().ok()?)))
            {
                Some((word, count)) => table.add_frequency(word, count),
                None => problems.add_with_fix(
                    path,
                    entry.span(),
                    "not a word and a count",
                    "\"the 61000\"",
                ),
            }
        }
        for (name, class) in &file.class {
            fill_class(path, name, class.get_ref(), table, problems);
        }
    }
}

fn fill_class(
    path: &str,
    name: &str,
    class: &schema::Class,
    table: &mut ClassTable,
    problems: &mut Problems<'_>,
) {
    let id = table.declare(name);
    let mut phrases = Vec::new();
    for entry in &class.nouns {
        phrases.extend(
            noun_forms(entry.get_ref())
                .into_iter()
                .map(|form| (entry, form)),
        );
    }
    for entry in &class.verbs {
        phrases.extend(
            table
                .verb(entry.get_ref())
                .into_iter()
                .map(|form| (entry, form)),
        );
    }
    phrases.extend(
        class
            .misspelt
            .iter()
            .map(|entry| (entry, entry.get_ref().clone())),
    );
    for (entry, phrase) in phrases {
        match table.literal(&phrase) {
            Ok(words) => table.add(id, &words),
            Err(message) => problems.add(path, entry.span(), message),
        }
    }
    for entry in &class.misspelt {
        if let Ok([word]) = table.literal(entry.get_ref()).as_deref() {
            table.add_misspelt(id, *word);
        }
    }
    for entry in &class.words {
        match parse(entry.get_ref()) {
            Err(error) => problems.add_inside(path, entry, error.at, error.message),
            Ok(nodes) => match nodes.as_slice() {
                [Node::Class { name, .. }] if name.starts_with('#') => {
                    let shape = table.declare(name);
                    table.include(id, shape);
                }
                nodes => match table.phrases(nodes) {
                    Ok(all) => all.into_iter().for_each(|words| table.add(id, &words)),
                    Err(message) => problems.add(path, entry.span(), message),
                },
            },
        }
    }
    for include in &class.include {
        match table.named(include.get_ref()) {
            Some(other) => {
                table.include(id, other);
            }
            None => unknown_name(path, include, "class", table.names(), problems),
        }
    }
}
