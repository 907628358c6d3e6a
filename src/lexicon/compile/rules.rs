//! Checks and compiles rules and modifiers.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use toml::Spanned;

use super::classes::ClassTable;
use super::patterns::{Place, compile_pattern};
use super::{Problems, category_list, place, unknown_name, value};
use crate::assertion::{Certainty, Group, Polarity, Role, Temporality, Voice};
use crate::lexicon::schema::{self, Example};
use crate::lexicon::{
    Category, Direction, Effect, Exception, Expect, Modifier, ModifierExample, RegexRule, Rule,
    RuleExample, Through,
};
use crate::matcher::{Variant, Within};
use crate::span::Span;

/// Largest compiled size of one regex.
const REGEX_SIZE: usize = 1 << 20;

#[allow(
    clippy::too_many_arguments,
    reason = "one pass over a file fills all of these"
)]
pub(super) fn add_rules(
    path: &str,
    file: &schema::File,
    categories: &[Category],
    by_id: &BTreeMap<String, usize>,
    table: &mut ClassTable,
    rules: &mut Vec<Rule>,
    variants: &mut Vec<Variant>,
    problems: &mut Problems<'_>,
) {
    let groups: Vec<(Group, usize)> = categories
        .iter()
        .enumerate()
        .map(|(id, c)| (c.group, id))
        .collect();
    for entry in &file.rule {
        let rule = entry.get_ref();
        match rule.status.get_ref().as_str() {
            "draft" | "reviewed" => {}
            "retired" => continue,
            other => problems.add_with_fix(
                path,
                rule.status.span(),
                format!("`{other}` is no status"),
                "draft, reviewed or retired",
            ),
        }
        let Some((category, _)) = rule.id.get_ref().split_once('.') else {
            problems.add_with_fix(
                path,
                rule.id.span(),
                "a rule id is category, full stop, name",
                "id = \"isolation.not_let_see\"",
            );
            continue;
        };
        let Some(&category) = by_id.get(category) else {
            let own = Spanned::new(rule.id.span(), category.to_owned());
            unknown_name(
                path,
                &own,
                "category",
                by_id.keys().map(String::as_str),
                problems,
            );
            continue;
        };
        if let Some(first) = rules.iter().find(|r| r.id == *rule.id.get_ref()) {
            let message = format!(
                "rule id `{}` stands already in {}:{}",
                first.id, first.place.0, first.place.1
            );
            problems.add(path, rule.id.span(), message);
        }
        if rule.examples.is_empty() || rule.counter.is_empty() {
            problems.add_with_fix(
                path,
                rule.id.span(),
                "a rule needs at least one example and one counter-example",
                "examples = [\"…[the words]…\"], counter = [\"a tempting sentence that must not be flagged\"]",
            );
        }
        let owner = rules.len() as u32;
        let within = within(path, rule, problems);
        for pattern in rule.patterns.iter().chain(&rule.terms) {
            compile_into(
                path,
                pattern,
                owner,
                within,
                Place::Target,
                table,
                variants,
                problems,
            );
        }
        if rule.patterns.is_empty() && rule.terms.is_empty() && rule.regex.is_none() {
            problems.add_with_fix(
                path,
                rule.id.span(),
                "a rule needs `patterns`, `terms` or `regex`",
                "patterns = [\"…\"]",
            );
        }
        let mut parsed = build_rule(
            path,
            rule,
            owner,
            category,
            &categories[category],
            table,
            problems,
        );
        parsed.needs_beside = category_list(path, &rule.needs_beside, &groups, by_id, problems);
        rules.push(parsed);
    }
}

fn within(path: &str, rule: &schema::Rule, problems: &mut Problems<'_>) -> Within {
    match &rule.within {
        None => Within::Unit,
        Some(within) => match within.get_ref().as_str() {
            "clause" => Within::Clause,
            "sentence" => Within::Unit,
            "passage" => Within::Passage,
            other => {
                problems.add_with_fix(
                    path,
                    within.span(),
                    format!("`{other}` is no range"),
                    "clause, sentence or passage",
                );
                Within::Unit
            }
        },
    }
}

#[allow(
    clippy::too_many_arguments,
    reason = "a pattern's place, owner and sinks"
)]
pub(super) fn compile_into(
    path: &str,
    pattern: &Spanned<String>,
    owner: u32,
    within: Within,
    at: Place,
    table: &mut ClassTable,
    variants: &mut Vec<Variant>,
    problems: &mut Problems<'_>,
) {
    match compile_pattern(pattern.get_ref(), owner, within, at, table) {
        Ok(compiled) => variants.extend(compiled),
        Err(error) => problems.add_inside(path, pattern, error.at, error.message),
    }
}

fn build_rule(
    path: &str,
    rule: &schema::Rule,
    owner: u32,
    category: usize,
    own: &Category,
    table: &mut ClassTable,
    problems: &mut Problems<'_>,
) -> Rule {
    let mut exceptions =
        |list: &[Spanned<String>], at: Place, problems: &mut Problems<'_>| -> Vec<Exception> {
            list.iter()
                .map(|pattern| {
                    let mut variants = Vec::new();
                    compile_into(
                        path,
                        pattern,
                        owner,
                        Within::Unit,
                        at,
                        table,
                        &mut variants,
                        problems,
                    );
                    Exception { variants }
                })
                .collect()
        };
    let not_before = exceptions(&rule.not_before, Place::Touching, problems);
    let not_after = exceptions(&rule.not_after, Place::Touching, problems);
    let not_in_sentence = exceptions(&rule.not_in_sentence, Place::Target, problems);
    let mut needs = |list: &[Spanned<String>], problems: &mut Problems<'_>| {
        let mut variants = Vec::new();
        for pattern in list {
            compile_into(
                path,
                pattern,
                owner,
                Within::Unit,
                Place::Target,
                table,
                &mut variants,
                problems,
            );
        }
        variants
    };
    let needs_in_sentence = needs(&rule.needs_in_sentence, problems);
    let needs_in_narrative = needs(&rule.needs_in_narrative, problems);
    let mut read = |text: &Option<Spanned<String>>| {
        text.as_ref()
            .and_then(|t| value(path, t, Role::parse, Role::ALL, "role", problems))
    };
    let experiencer = read(&rule.experiencer);
    let agent = read(&rule.agent);
    let temporality = rule.temporality.as_ref().and_then(|t| {
        value(
            path,
            t,
            Temporality::parse,
            Temporality::ALL,
            "temporality",
            problems,
        )
    });
    let certainty = rule.certainty.as_ref().and_then(|t| {
        value(
            path,
            t,
            Certainty::parse,
            Certainty::ALL,
            "certainty",
            problems,
        )
    });
    let inherent = match &rule.polarity {
        None => false,
        Some(text) if text.get_ref() == "inherent" => true,
        Some(text) => {
            problems.add_with_fix(
                path,
                text.span(),
                "`polarity` of a rule can only be `inherent`",
                "polarity = \"inherent\"",
            );
            false
        }
    };
    if let Some(tier) = rule
        .tier
        .as_ref()
        .filter(|tier| !(1..=3).contains(tier.get_ref()))
    {
        problems.add(path, tier.span(), "a tier is 1, 2 or 3");
    }
    Rule {
        id: rule.id.get_ref().clone(),
        category,
        status: rule.status.get_ref().clone(),
        patterns: rule
            .patterns
            .iter()
            .chain(&rule.terms)
            .chain(&rule.regex)
            .map(|p| p.get_ref().clone())
            .collect(),
        why: rule
            .why
            .clone()
            .or_else(|| rule.source.clone())
            .unwrap_or_default(),
        false_positives: rule.false_positives.clone(),
        tags: rule.tags.clone(),
        tier: rule.tier.as_ref().map_or(own.tier, |t| *t.get_ref()),
        experiencer,
        agent,
        temporality,
        certainty,
        inherent,
        conditional: rule.conditional,
        place: place(path, rule.id.span().start, problems),
        examples: rule
            .examples
            .iter()
            .filter_map(|e| example(path, e, problems))
            .collect(),
        counter: rule
            .counter
            .iter()
            .map(|c| {
                (
                    c.get_ref().replace(['[', ']'], ""),
                    problems.line(path, c.span().start),
                )
            })
            .collect(),
        not_before,
        not_after,
        not_in_sentence,
        needs_in_sentence,
        needs_in_narrative,
        needs_beside: Vec::new(),
        regex: regex_rule(path, rule, problems),
    }
}

fn regex_rule(path: &str, rule: &schema::Rule, problems: &mut Problems<'_>) -> Option<RegexRule> {
    let pattern = rule.regex.as_ref()?;
    if rule.gate.is_empty() {
        problems.add_with_fix(
            path,
            pattern.span(),
            "a regex needs a gate",
            "gate = [\"a literal that every match holds\"]",
        );
    }
    let regex = regex::RegexBuilder::new(pattern.get_ref())
        .case_insensitive(true)
        .size_limit(REGEX_SIZE)
        .build();
    let gate = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(rule.gate.iter().map(|g| g.get_ref().as_bytes()));
    match (regex, gate) {
        (Ok(regex), Ok(gate)) => Some(RegexRule { regex, gate }),
        (Err(error), _) => {
            let last = error.to_string();
            let message = last
                .lines()
                .last()
                .unwrap_or("not a valid regex")
                .trim_start_matches("error: ")
                .to_owned();
            problems.add(path, pattern.span(), message);
            None
        }
        (_, Err(error)) => {
            problems.add(path, pattern.span(), error.to_string());
            None
        }
    }
}

/// Takes the brackets out of an example and keeps the span that they marked.
pub(super) fn example(
    path: &str,
    entry: &Spanned<Example>,
    problems: &mut Problems<'_>,
) -> Option<RuleExample> {
    let full = entry.get_ref().full();
    let line = problems.line(path, entry.span().start);
    let (text, span) = match (full.text.find('['), full.text.find(']')) {
        (None, None) => (full.text.clone(), None),
        (Some(open), Some(close)) if open < close => {
            let text = format!(
                "{}{}{}",
                &full.text[..open],
                &full.text[open + 1..close],
                &full.text[close + 1..]
            );
            (text, Some(Span::new(open, close - 1)))
        }
        _ => {
            problems.add_with_fix(
                path,
                entry.span(),
                "the brackets of this example do not match",
                "mark the expected words once: \"she [was slapped].\"",
            );
            return None;
        }
    };
    let expect = Expect {
        polarity: axis(
            path,
            entry.span(),
            full.polarity.as_deref(),
            Polarity::parse,
            problems,
        ),
        certainty: axis(
            path,
            entry.span(),
            full.certainty.as_deref(),
            Certainty::parse,
            problems,
        ),
        temporality: axis(
            path,
            entry.span(),
            full.temporality.as_deref(),
            Temporality::parse,
            problems,
        ),
        experiencer: axis(
            path,
            entry.span(),
            full.experiencer.as_deref(),
            Role::parse,
            problems,
        ),
        agent: axis(
            path,
            entry.span(),
            full.agent.as_deref(),
            Role::parse,
            problems,
        ),
        source: axis(
            path,
            entry.span(),
            full.source.as_deref(),
            Voice::parse,
            problems,
        ),
        suppressed: full.suppressed,
    };
    Some(RuleExample {
        text,
        span,
        line,
        expect,
    })
}

fn axis<T>(
    path: &str,
    span: std::ops::Range<usize>,
    text: Option<&str>,
    read: fn(&str) -> Option<T>,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let text = text?;
    let value = read(text);
    if value.is_none() {
        problems.add(path, span, format!("no axis has the value `{text}`"));
    }
    value
}

#[allow(
    clippy::too_many_arguments,
    reason = "one pass over a file fills all of these"
)]
pub(super) fn add_modifiers(
    path: &str,
    file: &schema::File,
    by_id: &BTreeMap<String, usize>,
    categories: &[Category],
    table: &mut ClassTable,
    modifiers: &mut Vec<Modifier>,
    variants: &mut Vec<Variant>,
    problems: &mut Problems<'_>,
) {
    let groups: Vec<(Group, usize)> = categories
        .iter()
        .enumerate()
        .map(|(id, c)| (c.group, id))
        .collect();
    for entry in &file.modifier {
        let modifier = entry.get_ref();
        if modifiers
            .iter()
            .any(|m: &Modifier| m.id == *modifier.id.get_ref())
        {
            problems.add(
                path,
                modifier.id.span(),
                format!("modifier id `{}` is used twice", modifier.id.get_ref()),
            );
        }
        let owner = modifiers.len() as u32;
        for pattern in &modifier.patterns {
            compile_into(
                path,
                pattern,
                owner,
                Within::Unit,
                Place::Target,
                table,
                variants,
                problems,
            );
        }
        let mut until = Vec::new();
        for pattern in &modifier.until {
            compile_into(
                path,
                pattern,
                owner,
                Within::Unit,
                Place::Touching,
                table,
                &mut until,
                problems,
            );
        }
        let mut narrative = |list: &[Spanned<String>], problems: &mut Problems<'_>| {
            let mut out = Vec::new();
            for pattern in list {
                compile_into(
                    path,
                    pattern,
                    owner,
                    Within::Unit,
                    Place::Target,
                    table,
                    &mut out,
                    problems,
                );
            }
            out
        };
        let needs_in_narrative = narrative(&modifier.needs_in_narrative, problems);
        let unless_in_narrative = narrative(&modifier.unless_in_narrative, problems);
        if let Some(only) = modifier
            .only_in
            .as_ref()
            .filter(|only| only.get_ref() != "question")
        {
            problems.add_with_fix(
                path,
                only.span(),
                format!("`{}` is no kind of sentence", only.get_ref()),
                "question",
            );
        }
        let direction = direction(path, &modifier.direction, problems);
        let effect = effect(path, modifier, problems);
        let through = match modifier.through.as_ref().map(|t| t.get_ref().as_str()) {
            None | Some("clause") => Through::Clause,
            Some("list") => Through::List,
            Some("unit") => Through::Unit,
            Some("sentence") => Through::Sentence,
            Some("previous") => Through::Previous,
            Some(other) => {
                problems.add_with_fix(
                    path,
                    entry.span(),
                    format!("`{other}` is no range"),
                    "clause, list, unit, sentence or previous",
                );
                Through::Clause
            }
        };
        modifiers.push(Modifier {
            id: modifier.id.get_ref().clone(),
            effect,
            direction,
            scope: modifier.scope.map_or(usize::MAX, |n| n as usize),
            through,
            applies_to: category_list(path, &modifier.applies_to, &groups, by_id, problems),
            except: category_list(path, &modifier.except, &groups, by_id, problems),
            reason: modifier.reason.clone().unwrap_or_default(),
            only_questions: modifier.only_in.is_some(),
            until,
            needs_in_narrative,
            unless_in_narrative,
            patterns: modifier
                .patterns
                .iter()
                .map(|p| p.get_ref().clone())
                .collect(),
            place: place(path, modifier.id.span().start, problems),
            examples: modifier
                .examples
                .iter()
                .filter_map(|e| modifier_example(path, e, by_id, problems))
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
