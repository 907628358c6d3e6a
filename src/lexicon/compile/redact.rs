//! Compiles what redaction masks.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{Files, Problems, classes::ClassTable};
use crate::lexicon::regexes::LazyRegex;
use crate::lexicon::{Identifier, NameWords, Redaction, Sum, schema};

pub(super) fn redaction(
    files: &Files<'_>,
    table: &ClassTable,
    problems: &mut Problems<'_>,
) -> Redaction {
    let mut out = Redaction::default();
    let mut ids = BTreeSet::new();
    for (path, file) in files {
        for entry in &file.identifier {
            let own = entry.get_ref();
            if !ids.insert(own.id.get_ref().clone()) {
                let message = format!("`{}` is the id of another identifier", own.id.get_ref());
                problems.add(path, own.id.span(), message);
            }
            out.identifiers.push(identifier(path, own, problems));
        }
        if let Some(own) = &file.redact {
            out.names = names(path, own, table, problems);
        }
    }
    out
}

fn identifier(path: &str, own: &schema::Identifier, problems: &mut Problems<'_>) -> Identifier {
    let sum = own
        .sum
        .as_ref()
        .and_then(|sum| match sum.get_ref().as_str() {
            "luhn" => Some(Sum::Luhn),
            "nhs" => Some(Sum::Nhs),
            other => {
                let message = format!("`{other}` is no check digit");
                problems.add_with_fix(path, sum.span(), message, "luhn or nhs");
                None
            }
        });
    if own.examples.is_empty() || own.counter.is_empty() {
        let message = "an identifier needs an example and a counter-example";
        problems.add(path, own.id.span(), message);
    }
    Identifier {
        id: own.id.get_ref().clone(),
        kind: own.kind.clone(),
        patterns: regexes(path, &own.patterns, problems),
        unless: regexes(path, &own.unless, problems),
        near: regexes(path, &own.near, problems),
        sum,
        examples: own.examples.clone(),
        counter: own.counter.clone(),
    }
}

fn regexes(path: &str, list: &[Spanned<String>], problems: &mut Problems<'_>) -> Vec<LazyRegex> {
    let mut out = Vec::new();
    for entry in list {
        match LazyRegex::new(entry.get_ref(), false) {
            Ok(regex) => out.push(regex),
            Err(reason) => {
                problems.add(
                    path,
                    entry.span(),
                    format!("no regular expression: {reason}"),
                );
            }
        }
    }
    out
}

fn names(
    path: &str,
    own: &schema::Redact,
    table: &ClassTable,
    problems: &mut Problems<'_>,
) -> NameWords {
    let set = |list: &[String]| list.iter().map(|w| w.to_lowercase()).collect();
    let mut role_classes = Vec::new();
    for name in &own.role_classes {
        match table.named(name.get_ref()) {
            Some(class) => role_classes.push(class),
            None => problems.add(path, name.span(), format!("no class `{}`", name.get_ref())),
        }
    }
    NameWords {
        titles: set(&own.titles),
        short_titles: set(&own.short_titles),
        role_classes,
        roles: set(&own.roles),
        linking: set(&own.linking),
        naming: set(&own.naming),
        naming_phrases: set(&own.naming_phrases),
        owners: set(&own.owners),
        particles: set(&own.particles),
        words_too: set(&own.words_too),
        mostly_names: set(&own.mostly_names),
        verb_before: set(&own.verb_before),
        first_names: set(&own.first_names),
        surnames: set(&own.surnames),
        not_names: set(&own.not_names),
        not_name_phrases: set(&own.not_name_phrases),
        no_value: set(&own.no_value),
        shorthand: set(&own.shorthand),
        acts: set(&own.acts),
        place_before: set(&own.place_before),
        family_names: set(&own.family_names),
        kin: set(&own.kin),
        speech: set(&own.speech),
        owned: set(&own.owned),
        drug_before: set(&own.drug_before),
        drugs: set(&own.drugs),
        told_of: set(&own.told_of),
        place_after: set(&own.place_after),
        thing_after: set(&own.thing_after),
        spelling_letters: set(&own.spelling_letters),
        relating: set(&own.relating),
        closings: set(&own.closings),
        labels: set(&own.labels),
        short_words: own
            .short_words
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    }
}
