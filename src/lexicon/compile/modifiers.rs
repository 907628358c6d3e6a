//! Checks and compiles modifiers: the cues that change what is said about a mention.

use std::collections::BTreeMap;

use toml::Spanned;

use super::patterns::Place;
use super::rules::axis;
use super::sink::{Known, Sink};
use super::{Problems, place, value};
use crate::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use crate::lexicon::schema;
use crate::lexicon::{Direction, Effect, Expect, Modifier, ModifierExample, Through, YearsAgo};
use crate::matcher::Variant;

/// What a modifier names in `applies_to` to bear on response checks; by itself, on nothing else.
const CHECKS: &str = "checks";

pub(super) fn add_modifiers(
    file: &schema::File,
    known: Known<'_>,
    sink: &mut Sink<'_, '_>,
    modifiers: &mut Vec<Modifier>,
    variants: &mut Vec<Variant>,
) {
    let path = sink.path;
    for entry in &file.modifier {
        let modifier = entry.get_ref();
        if modifiers
            .iter()
            .any(|m: &Modifier| m.id == *modifier.id.get_ref())
        {
            sink.problems.add(
                path,
                modifier.id.span(),
                format!("modifier id `{}` is used twice", modifier.id.get_ref()),
            );
        }
        let owner = modifiers.len() as u32;
        variants.extend(sink.patterns(&modifier.patterns, owner, Place::Target));
        let until = sink.patterns(&modifier.until, owner, Place::Touching);
        let needs_in_narrative = sink.patterns(&modifier.needs_in_narrative, owner, Place::Target);
        let unless_in_narrative =
            sink.patterns(&modifier.unless_in_narrative, owner, Place::Target);
        if let Some(only) = modifier
            .only_in
            .as_ref()
            .filter(|only| only.get_ref() != "question")
        {
            sink.problems.add_with_fix(
                path,
                only.span(),
                format!("`{}` is no kind of sentence", only.get_ref()),
                "question",
            );
        }
        let years = match (modifier.older_by, modifier.undated) {
            (Some(older_by), Some(undated)) => Some(YearsAgo { older_by, undated }),
            (None, None) => None,
            _ => {
                sink.problems.add_with_fix(
                    path,
                    modifier.id.span(),
                    "`older_by` and `undated` go together",
                    "older_by = 3, undated = 2018",
                );
                None
            }
        };
        let direction = direction(path, &modifier.direction, sink.problems);
        let effect = effect(path, modifier, sink.problems);
        let through = match modifier.through.as_ref().map(|t| t.get_ref().as_str()) {
            None | Some("clause") => Through::Clause,
            Some("list") => Through::List,
            Some("unit") => Through::Unit,
            Some("sentence") => Through::Sentence,
            Some("previous") => Through::Previous,
            Some(other) => {
                sink.problems.add_with_fix(
                    path,
                    entry.span(),
                    format!("`{other}` is no range"),
                    "clause, list, unit, sentence or previous",
                );
                Through::Clause
            }
        };
        let (checks, applies_to): (Vec<_>, Vec<_>) = modifier
            .applies_to
            .iter()
            .cloned()
            .partition(|entry| entry.get_ref() == CHECKS);
        modifiers.push(Modifier {
            id: modifier.id.get_ref().clone(),
            for_checks: !checks.is_empty(),
            for_indicators: checks.is_empty() || !applies_to.is_empty(),
            effect,
            direction,
            scope: modifier.scope.map_or(usize::MAX, |n| n as usize),
            through,
            applies_to: sink.categories(&applies_to, known),
            except: sink.categories(&modifier.except, known),
            reason: modifier.reason.clone().unwrap_or_default(),
            only_questions: modifier.only_in.is_some(),
            years,
            until,
            needs_in_narrative,
            unless_in_narrative,
            patterns: modifier
                .patterns
                .iter()
                .map(|p| p.get_ref().clone())
                .collect(),
            place: place(path, modifier.id.span().start, sink.problems),
            examples: modifier
                .examples
                .iter()
                .filter_map(|e| modifier_example(path, e, known.by_id, sink.problems))
                .collect(),
        });
    }
}

fn modifier_example(
    path: &str,
    entry: &Spanned<schema::ModifierExample>,
    by_id: &BTreeMap<String, usize>,
    problems: &mut Problems<'_>,
) -> Option<ModifierExample> {
    let example = entry.get_ref();
    let Some(&category) = by_id.get(&example.category) else {
        problems.add(
            path,
            entry.span(),
            format!("no category is called `{}`", example.category),
        );
        return None;
    };
    Some(ModifierExample {
        text: example.text.clone(),
        category,
        line: problems.line(path, entry.span().start),
        expect: Expect {
            polarity: axis(
                path,
                entry.span(),
                example.polarity.as_deref(),
                Polarity::parse,
                problems,
            ),
            certainty: axis(
                path,
                entry.span(),
                example.certainty.as_deref(),
                Certainty::parse,
                problems,
            ),
            temporality: axis(
                path,
                entry.span(),
                example.temporality.as_deref(),
                Temporality::parse,
                problems,
            ),
            experiencer: axis(
                path,
                entry.span(),
                example.experiencer.as_deref(),
                Role::parse,
                problems,
            ),
            agent: axis(
                path,
                entry.span(),
                example.agent.as_deref(),
                Role::parse,
                problems,
            ),
            source: axis(
                path,
                entry.span(),
                example.source.as_deref(),
                Voice::parse,
                problems,
            ),
            suppressed: example.suppressed,
        },
    })
}

fn direction(path: &str, text: &Spanned<String>, problems: &mut Problems<'_>) -> Direction {
    match text.get_ref().as_str() {
        "forward" => Direction::Forward,
        "backward" => Direction::Backward,
        "both" => Direction::Both,
        "pseudo" => Direction::Pseudo,
        "terminate" => Direction::Terminate,
        "narrative" => Direction::Narrative,
        other => {
            problems.add_with_fix(
                path,
                text.span(),
                format!("`{other}` is no direction"),
                "forward, backward, both, pseudo, terminate or narrative",
            );
            Direction::Forward
        }
    }
}

fn effect(path: &str, modifier: &schema::Modifier, problems: &mut Problems<'_>) -> Effect {
    let axis = modifier.axis.get_ref().as_str();
    let needs_value = !matches!(axis, "exclude" | "none");
    let Some(text) = &modifier.value else {
        if needs_value {
            problems.add(path, modifier.axis.span(), "this axis needs a `value`");
        }
        return if axis == "exclude" {
            Effect::Exclude
        } else {
            Effect::Nothing
        };
    };
    let effect = match axis {
        "polarity" => value(
            path,
            text,
            Polarity::parse,
            Polarity::ALL,
            "polarity",
            problems,
        )
        .map(Effect::Polarity),
        "certainty" => value(
            path,
            text,
            Certainty::parse,
            Certainty::ALL,
            "certainty",
            problems,
        )
        .map(Effect::Certainty),
        "temporality" => value(
            path,
            text,
            Temporality::parse,
            Temporality::ALL,
            "temporality",
            problems,
        )
        .map(Effect::Temporality),
        "experiencer" => {
            value(path, text, Role::parse, Role::ALL, "role", problems).map(Effect::Experiencer)
        }
        "agent" => value(path, text, Role::parse, Role::ALL, "role", problems).map(Effect::Agent),
        "source" => {
            value(path, text, Voice::parse, Voice::ALL, "source", problems).map(Effect::Source)
        }
        "exclude" => Some(Effect::Exclude),
        "none" => Some(Effect::Nothing),
        other => {
            problems.add_with_fix(
                path,
                modifier.axis.span(),
                format!("`{other}` is no axis"),
                "polarity, certainty, temporality, experiencer, agent, source, exclude or none",
            );
            None
        }
    };
    effect.unwrap_or(Effect::Nothing)
}
