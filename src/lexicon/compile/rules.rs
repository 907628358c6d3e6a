//! Checks and compiles rules.

use toml::Spanned;

use super::patterns::Place;
use super::sink::{Known, Sink};
use super::{Problems, place, unknown_name, value};
use crate::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use crate::lexicon::regexes::{Gate, LazyRegex};
use crate::lexicon::schema::{self, Example};
use crate::lexicon::{Exception, Expect, OF_CHECK, RegexRule, Rule, RuleExample};
use crate::matcher::{Variant, Within};
use crate::span::Span;

pub(super) fn add_rules(
    file: &schema::File,
    known: Known<'_>,
    sink: &mut Sink<'_, '_>,
    rules: &mut Vec<Rule>,
    variants: &mut Vec<Variant>,
) {
    let path = sink.path;
    for entry in &file.rule {
        let rule = entry.get_ref();
        match rule.status.get_ref().as_str() {
            "draft" | "reviewed" => {}
            "retired" => continue,
            other => sink.problems.add_with_fix(
                path,
                rule.status.span(),
                format!("`{other}` is no status"),
                "draft, reviewed or retired",
            ),
        }
        // What words weigh for response checks is compiled with those.
        if rule.weighed && rule.id.get_ref().starts_with(OF_CHECK) {
            continue;
        }
        let Some((category, _)) = rule.id.get_ref().split_once('.') else {
            sink.problems.add_with_fix(
                path,
                rule.id.span(),
                "a rule id is category, full stop, name",
                "id = \"isolation.not_let_see\"",
            );
            continue;
        };
        let Some(&category) = known.by_id.get(category) else {
            let own = Spanned::new(rule.id.span(), category.to_owned());
            unknown_name(
                path,
                &own,
                "category",
                known.by_id.keys().map(String::as_str),
                sink.problems,
            );
            continue;
        };
        if let Some(first) = rules.iter().find(|r| r.id == *rule.id.get_ref()) {
            let message = format!(
                "rule id `{}` stands already in {}:{}",
                first.id, first.place.0, first.place.1
            );
            sink.problems.add(path, rule.id.span(), message);
        }
        if rule.examples.is_empty() || rule.counter.is_empty() {
            sink.problems.add_with_fix(
                path,
                rule.id.span(),
                "a rule needs at least one example and one counter-example",
                "examples = [\"…[the words]…\"], counter = [\"a tempting sentence that must not be flagged\"]",
            );
        }
        let owner = rules.len() as u32;
        let within = within(path, rule, sink.problems);
        for pattern in rule.patterns.iter().chain(&rule.terms) {
            variants.extend(sink.pattern(pattern, owner, within, Place::Target));
        }
        let written = !rule.patterns.is_empty() || !rule.terms.is_empty() || rule.regex.is_some();
        if written == rule.weighed {
            sink.problems.add_with_fix(
                path,
                rule.id.span(),
                "a rule needs `patterns`, `terms` or `regex`, or is `weighed` and has none of them",
                "patterns = [\"…\"]",
            );
        }
        if rule.weighed && rules.iter().any(|r| r.weighed && r.category == category) {
            let message = "the category has a weighed rule already";
            sink.problems.add(path, rule.id.span(), message);
        }
        let mut parsed = build_rule(rule, owner, category, known.categories[category].tier, sink);
        parsed.needs_beside = sink.categories(&rule.needs_beside, known);
        rules.push(parsed);
    }
}

pub(super) fn within(path: &str, rule: &schema::Rule, problems: &mut Problems<'_>) -> Within {
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

pub(super) fn build_rule(
    rule: &schema::Rule,
    owner: u32,
    category: usize,
    tier: u8,
    sink: &mut Sink<'_, '_>,
) -> Rule {
    let mut exceptions = |list: &[Spanned<String>], at: Place| -> Vec<Exception> {
        list.iter()
            .map(|pattern| Exception {
                variants: sink.pattern(pattern, owner, Within::Unit, at),
            })
            .collect()
    };
    let not_before = exceptions(&rule.not_before, Place::Touching);
    let not_after = exceptions(&rule.not_after, Place::Touching);
    let not_in_sentence = exceptions(&rule.not_in_sentence, Place::Target);
    let needs_in_sentence = sink.patterns(&rule.needs_in_sentence, owner, Place::Target);
    let needs_in_narrative = sink.patterns(&rule.needs_in_narrative, owner, Place::Target);
    let path = sink.path;
    let problems = &mut *sink.problems;
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
        tier: rule.tier.as_ref().map_or(tier, |t| *t.get_ref()),
        experiencer,
        agent,
        temporality,
        certainty,
        inherent,
        conditional: rule.conditional,
        weighed: rule.weighed,
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
        check: None,
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
    let regex = LazyRegex::new(pattern.get_ref(), true);
    let gate = Gate::new(rule.gate.iter().map(|g| g.get_ref().clone()).collect());
    match (regex, gate) {
        (Ok(regex), Ok(gate)) => Some(RegexRule { regex, gate }),
        (Err(message), _) => {
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

pub(super) fn axis<T>(
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
