//! Checks and compiles signals and the elements of a course of conduct.

use std::collections::BTreeMap;

use toml::Spanned;

use super::assess::ids;
use super::classes::ClassTable;
use super::patterns::Place;
use super::rules::example;
use super::sink::Sink;
use super::{Files, Problems, place, unknown_name, value};
use crate::lexicon::{Conduct, ConductPart, Exception, Rule, Signal, SignalKind};
use crate::matcher::{Variant, Within};

pub(super) fn signals(
    files: &Files<'_>,
    table: &mut ClassTable,
    problems: &mut Problems<'_>,
) -> (Vec<Signal>, Vec<Variant>) {
    let mut signals: Vec<Signal> = Vec::new();
    let mut variants = Vec::new();
    for (path, file) in files {
        for entry in &file.signal {
            let signal = entry.get_ref();
            let owner = signals.len() as u32;
            let id = signal.id.get_ref();
            if signals.iter().any(|other| other.id == *id) {
                let message = format!("the signal `{id}` is given twice");
                problems.add(path, signal.id.span(), message);
            }
            let kind = value(
                path,
                &signal.kind,
                SignalKind::parse,
                SignalKind::ALL,
                "kind of signal",
                problems,
            );
            if signal.examples.is_empty() || signal.counter.is_empty() {
                let message = "a signal needs an example and a counter-example";
                problems.add(path, signal.id.span(), message);
            }
            let mut sink = Sink {
                path,
                table: &mut *table,
                problems: &mut *problems,
            };
            variants.extend(sink.patterns(&signal.patterns, owner, Place::Target));
            let mut exceptions = |list: &[Spanned<String>], at: Place| -> Vec<Exception> {
                list.iter()
                    .map(|pattern| Exception {
                        variants: sink.pattern(pattern, owner, Within::Unit, at),
                    })
                    .collect()
            };
            let not_before = exceptions(&signal.not_before, Place::Touching);
            let not_after = exceptions(&signal.not_after, Place::Touching);
            let not_in_sentence = exceptions(&signal.not_in_sentence, Place::Target);
            signals.push(Signal {
                id: id.clone(),
                kind: kind.unwrap_or(SignalKind::Conduct),
                value: signal.value.clone(),
                beside_evidence: signal.beside_evidence,
                place: place(path, signal.id.span().start, problems),
                examples: signal
                    .examples
                    .iter()
                    .filter_map(|e| example(path, e, problems))
                    .collect(),
                counter: signal
                    .counter
                    .iter()
                    .map(|c| (c.get_ref().clone(), problems.line(path, c.span().start)))
                    .collect(),
                not_before,
                not_after,
                not_in_sentence,
            });
        }
    }
    (signals, variants)
}

/// The patterns of a signal that are not its targets.
pub(super) fn own_variants(signal: &mut Signal) -> impl Iterator<Item = &mut Variant> {
    let exceptions = signal.not_before.iter_mut().chain(&mut signal.not_after);
    exceptions
        .chain(&mut signal.not_in_sentence)
        .flat_map(|exception| &mut exception.variants)
}

pub(super) fn conduct(
    files: &Files<'_>,
    by_id: &BTreeMap<String, usize>,
    rules: &[Rule],
    signals: &[Signal],
    problems: &mut Problems<'_>,
) -> Conduct {
    let mut conduct = Conduct::default();
    for (path, file) in files {
        let Some(own) = &file.conduct else { continue };
        if !conduct.law.is_empty() {
            problems.add(path, 0..0, "the course of conduct is given in two files");
        }
        conduct.law.clone_from(&own.law);
        conduct.stated_escalation = ids(path, &own.stated_escalation, by_id, problems);
        conduct.children = ids(path, &own.children, by_id, problems);
        conduct.ordinary_grades.clone_from(&own.ordinary_grades);
        for entry in &own.element {
            let part = entry.get_ref();
            let known: Vec<&str> = signals.iter().map(|s| s.id.as_str()).collect();
            let mut own_signals = Vec::new();
            for name in &part.signals {
                match known.iter().position(|id| id == name.get_ref()) {
                    Some(index) => own_signals.push(index),
                    None => unknown_name(path, name, "signal", known.iter().copied(), problems),
                }
            }
            for tag in &part.tags {
                if !rules.iter().any(|rule| rule.tags.contains(tag.get_ref())) {
                    let message = format!("no rule bears the tag `{}`", tag.get_ref());
                    problems.add(path, tag.span(), message);
                }
            }
            conduct.parts.push(ConductPart {
                id: part.id.clone(),
                title: part.title.clone(),
                part: part.part.clone(),
                any: ids(path, &part.any, by_id, problems),
                tags: part.tags.iter().map(|t| t.get_ref().clone()).collect(),
                signals: own_signals,
                occasions: part.occasions.unwrap_or(0),
            });
        }
    }
    conduct
}
