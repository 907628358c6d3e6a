//! Checks forms, tiers and prompts.

use std::collections::BTreeMap;

use super::classes::ClassTable;
use super::patterns::Place;
use super::sink::{Known, Sink};
use super::{Files, Problems, place, unknown_name, value};
use crate::assertion::{Role, Temporality};
use crate::lexicon::{FormQuestion, PromptRule, Rule, TierRule};

pub(super) fn ids(
    path: &str,
    list: &[toml::Spanned<String>],
    by_id: &BTreeMap<String, usize>,
    problems: &mut Problems<'_>,
) -> Vec<usize> {
    let mut out = Vec::new();
    for entry in list {
        match by_id.get(entry.get_ref()) {
            Some(id) => out.push(*id),
            None => unknown_name(
                path,
                entry,
                "category",
                by_id.keys().map(String::as_str),
                problems,
            ),
        }
    }
    out
}

/// Reads the forms. A yes to a question is found by a rule of its own, so that it can be listed,
/// explained and muted like any other.
pub(super) fn form(
    files: &Files<'_>,
    known: Known<'_>,
    table: &mut ClassTable,
    rules: &mut Vec<Rule>,
    problems: &mut Problems<'_>,
) -> Vec<FormQuestion> {
    let Known { categories, by_id } = known;
    let mut questions: Vec<FormQuestion> = Vec::new();
    for (path, file) in files {
        let Some(form) = &file.form else { continue };
        for entry in &form.questions {
            let question = entry.get_ref();
            if let Some(number) = question
                .number
                .filter(|n| questions.iter().any(|q| q.number == Some(*n)))
            {
                problems.add(
                    path,
                    entry.span(),
                    format!("question {number} of {} is given twice", form.name),
                );
            }
            let key = match (question.number, &question.key) {
                (Some(number), _) => format!("q{number}"),
                (None, Some(key)) => key.clone(),
                (None, None) => {
                    problems.add_with_fix(
                        path,
                        entry.span(),
                        "a question needs a number or a key",
                        "number = 18, or key = \"strangle\"",
                    );
                    continue;
                }
            };
            let mut sink = Sink {
                path,
                table,
                problems,
            };
            let stems = sink.patterns(&question.stems, questions.len() as u32, Place::Target);
            let experiencer = question
                .experiencer
                .as_ref()
                .and_then(|e| value(path, e, Role::parse, Role::ALL, "role", problems));
            let mut own = Vec::new();
            for category in ids(path, &question.categories, by_id, problems) {
                own.push(rules.len());
                rules.push(Rule {
                    id: format!("{}.form_{key}", categories[category].id),
                    category,
                    status: "reviewed".into(),
                    patterns: vec![format!("{} question {key}: {}", form.name, question.theme)],
                    why: format!("A yes on the form {}: {}.", form.name, question.theme),
                    false_positives: vec![
                        "a form with other numbers; check the wording of the question".into(),
                    ],
                    tags: vec!["form".into()],
                    tier: categories[category].tier,
                    experiencer,
                    agent: None,
                    temporality: None,
                    certainty: None,
                    inherent: true,
                    conditional: true,
                    weighed: false,
                    place: place(path, entry.span().start, problems),
                    examples: Vec::new(),
                    counter: Vec::new(),
                    needs_beside: Vec::new(),
                    check: None,
                    not_before: Vec::new(),
                    not_after: Vec::new(),
                    not_in_sentence: Vec::new(),
                    needs_in_sentence: Vec::new(),
                    needs_in_narrative: Vec::new(),
                    regex: None,
                });
            }
            questions.push(FormQuestion {
                number: question.number,
                theme: question.theme.clone(),
                rules: own,
                stems,
            });
        }
    }
    questions.sort_by_key(|q| q.number);
    questions
}

pub(super) fn assess(
    files: &Files<'_>,
    by_id: &BTreeMap<String, usize>,
    problems: &mut Problems<'_>,
) -> (Vec<TierRule>, Vec<PromptRule>) {
    let mut tiers = Vec::new();
    let mut prompts = Vec::new();
    for (path, file) in files {
        let Some(assess) = &file.assess else { continue };
        for entry in &assess.tier {
            let rule = entry.get_ref();
            if !(1..=3).contains(&rule.tier) {
                problems.add(path, entry.span(), "a tier is 1, 2 or 3");
            }
            tiers.push(TierRule {
                id: rule.id.clone(),
                tier: rule.tier,
                reason: rule.reason.clone(),
                any: ids(path, &rule.any, by_id, problems),
                with: ids(path, &rule.with, by_id, problems),
                at_least: rule.at_least.unwrap_or(1),
                incidents_in_12_months: rule.incidents_in_12_months.unwrap_or(0),
                tags: rule.tags.clone(),
                temporality: rule
                    .temporality
                    .iter()
                    .filter_map(|t| {
                        value(
                            path,
                            t,
                            Temporality::parse,
                            Temporality::ALL,
                            "temporality",
                            problems,
                        )
                    })
                    .collect(),
                experiencer: rule
                    .experiencer
                    .iter()
                    .filter_map(|t| value(path, t, Role::parse, Role::ALL, "role", problems))
                    .collect(),
            });
        }
        for entry in &assess.prompt {
            let rule = entry.get_ref();
            prompts.push(PromptRule {
                id: rule.id.clone(),
                prompt: rule.prompt.clone(),
                all: rule
                    .all
                    .iter()
                    .map(|list| ids(path, list, by_id, problems))
                    .collect(),
                at_least: rule.at_least.unwrap_or(1),
            });
        }
    }
    tiers.sort_by_key(|t| t.tier);
    (tiers, prompts)
}
