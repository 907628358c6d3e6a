//! Runs the examples that stand in the lexicon files.

use super::{Expect, Lexicon};
use crate::mention::Mention;
use crate::scan::Scanner;

/// An example that did not come out as its file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFailure {
    /// Rule or modifier.
    pub id: String,
    /// File and line.
    pub place: (String, usize),
    /// The example.
    pub text: String,
    /// What was wrong.
    pub message: String,
}

/// Runs every example whose rule or modifier id begins with `prefix`; returns how many ran, and
/// those that failed.
pub fn run_examples(lexicon: &Lexicon, prefix: &str) -> (usize, Vec<ExampleFailure>) {
    // A rule is tested for itself; weighed ones with the weights.
    let mut scanner = Scanner::without_weights(lexicon);
    let mut weighing = Scanner::new(lexicon);
    let mut ran = 0;
    let mut failures = Vec::new();
    for (index, rule) in lexicon
        .rules
        .iter()
        .enumerate()
        .filter(|(_, r)| r.id.starts_with(prefix))
    {
        let mut fail = |line: usize, text: &str, message: String| {
            failures.push(ExampleFailure {
                id: rule.id.clone(),
                place: (rule.place.0.clone(), line),
                text: text.to_owned(),
                message,
            });
        };
        let scanner = if rule.weighed {
            &mut weighing
        } else {
            &mut scanner
        };
        for example in &rule.examples {
            ran += 1;
            let mentions = match rule.check {
                None => scanner.scan_all(&example.text),
                Some(_) => statements(scanner, &example.text),
            };
            let own: Vec<&Mention> = mentions.iter().filter(|m| m.rule == index).collect();
            if own.is_empty() {
                fail(
                    example.line,
                    &example.text,
                    "the rule does not match".into(),
                );
                continue;
            }
            let at_span = own
                .iter()
                .find(|m| example.span.is_none_or(|span| m.span == span));
            let Some(mention) = at_span else {
                let found: Vec<&str> = own.iter().map(|m| m.span.of(&example.text)).collect();
                fail(
                    example.line,
                    &example.text,
                    format!("matches other words: {}", found.join(" / ")),
                );
                continue;
            };
            if let Some(message) = unexpected(&example.expect, mention) {
                fail(example.line, &example.text, message);
            }
        }
        for (counter, line) in &rule.counter {
            ran += 1;
            let found = match rule.check {
                None => scanner.scan(counter),
                Some(_) => statements(scanner, counter),
            };
            let evidence = found
                .into_iter()
                .find(|m| m.rule == index && m.suppressed.is_none() && !only_planned(rule, m));
            if let Some(mention) = evidence {
                fail(
                    *line,
                    counter,
                    format!("must not be evidence, but is: {}", mention.span.of(counter)),
                );
            }
        }
    }
    for modifier in lexicon
        .modifiers
        .iter()
        .filter(|m| m.id.starts_with(prefix))
    {
        for example in &modifier.examples {
            ran += 1;
            let mentions = scanner.scan(&example.text);
            let own: Vec<&Mention> = mentions
                .iter()
                .filter(|m| m.category == example.category)
                .collect();
            let message = match own.first() {
                None => Some(format!(
                    "no mention of {}",
                    lexicon.categories[example.category].id
                )),
                Some(first) => {
                    let fits = own.iter().any(|m| unexpected(&example.expect, m).is_none());
                    if fits {
                        None
                    } else {
                        unexpected(&example.expect, first)
                    }
                }
            };
            if let Some(message) = message {
                failures.push(ExampleFailure {
                    id: modifier.id.clone(),
                    place: (modifier.place.0.clone(), example.line),
                    text: example.text.clone(),
                    message,
                });
            }
        }
    }
    signals(lexicon, prefix, &mut scanner, &mut ran, &mut failures);
    (ran, failures)
}

fn signals(
    lexicon: &Lexicon,
    prefix: &str,
    scanner: &mut Scanner<'_>,
    ran: &mut usize,
    failures: &mut Vec<ExampleFailure>,
) {
    let wanted = |id: &str| id.starts_with(prefix);
    let signals = lexicon.signals.iter().enumerate();
    for (index, signal) in signals.filter(|(_, s)| wanted(&s.id)) {
        let mut spans = |text: &str| -> Vec<crate::span::Span> {
            *ran += 1;
            let mentions = scanner.scan(text);
            let found = scanner.signals(text, &mentions);
            let own = found.iter().filter(|f| f.signal == index);
            own.map(|f| f.span).collect()
        };
        let mut fail = |line: usize, text: &str, message: String| {
            failures.push(ExampleFailure {
                id: signal.id.clone(),
                place: (signal.place.0.clone(), line),
                text: text.to_owned(),
                message,
            });
        };
        for example in &signal.examples {
            let found = spans(&example.text);
            let words: Vec<&str> = found.iter().map(|s| s.of(&example.text)).collect();
            if found.is_empty() {
                fail(
                    example.line,
                    &example.text,
                    "the signal is not found".into(),
                );
            } else if !found.iter().any(|s| example.span.is_none_or(|e| e == *s)) {
                let message = format!("finds other words: {}", words.join(" / "));
                fail(example.line, &example.text, message);
            }
        }
        for (counter, line) in &signal.counter {
            if let Some(span) = spans(counter).first() {
                let message = format!("must not be found, but is: {}", span.of(counter));
                fail(*line, counter, message);
            }
        }
    }
}

/// What is to be done was not done: for a rule of what was done it is no match.
fn only_planned(rule: &super::Rule, mention: &Mention) -> bool {
    rule.check.is_some() && mention.assertion.temporality == crate::assertion::Temporality::Planned
}

/// What a text says about response checks.
fn statements(scanner: &mut Scanner<'_>, text: &str) -> Vec<Mention> {
    scanner.scan_all(text);
    scanner.statements().to_vec()
}

/// The first axis that did not come out as expected.
fn unexpected(expect: &Expect, mention: &Mention) -> Option<String> {
    let own = mention.assertion;
    let differs = |name: &str, expected: Option<&'static str>, found: &'static str| {
        expected
            .filter(|e| *e != found)
            .map(|e| format!("{name} is {found}, not {e}"))
    };
    if expect.suppressed != mention.suppressed.is_some() && !expects_suppression(expect) {
        return Some(match &mention.suppressed {
            Some(reason) => format!("set aside: {reason}"),
            None => "not set aside".to_owned(),
        });
    }
    differs(
        "polarity",
        expect.polarity.map(|v| v.as_str()),
        own.polarity.as_str(),
    )
    .or_else(|| {
        differs(
            "certainty",
            expect.certainty.map(|v| v.as_str()),
            own.certainty.as_str(),
        )
    })
    .or_else(|| {
        differs(
            "temporality",
            expect.temporality.map(|v| v.as_str()),
            own.temporality.as_str(),
        )
    })
    .or_else(|| {
        differs(
            "experiencer",
            expect.experiencer.map(|v| v.as_str()),
            own.experiencer.as_str(),
        )
    })
    .or_else(|| {
        differs(
            "agent",
            expect.agent.map(|v| v.as_str()),
            own.agent.as_str(),
        )
    })
    .or_else(|| {
        differs(
            "source",
            expect.source.map(|v| v.as_str()),
            own.source.as_str(),
        )
    })
}

/// Negated and hypothetical mentions are set aside anyway: saying the axis is enough.
fn expects_suppression(expect: &Expect) -> bool {
    use crate::assertion::{Polarity, Temporality};
    expect.polarity == Some(Polarity::Negated)
        || expect.temporality == Some(Temporality::Hypothetical)
}
