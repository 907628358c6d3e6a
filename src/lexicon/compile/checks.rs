//! Checks and compiles response checks and the legal tests beside them.

use jiff::civil::Date;
use toml::Spanned;

use super::classes::ClassTable;
use super::patterns::Place;
use super::rules::{build_rule, within};
use super::sink::{Known, Sink};
use super::{Files, Problems, place, unknown_name};
use crate::lexicon::{Check, Legal, OF_CHECK, Rule, Saying, Trigger, schema};
use crate::matcher::Variant;

/// What the rules of all checks are compiled into.
struct CheckRules<'a, 's> {
    sink: Sink<'a, 's>,
    rules: &'a mut Vec<Rule>,
    variants: &'a mut Vec<Variant>,
    /// The check, by index and by id.
    check: (usize, &'a str),
    /// Why the check matters, for rules that do not say so themselves.
    why: &'a str,
    /// Behind the categories, so that no category is mistaken for a check.
    category: usize,
}

/// Reads the checks and legal tests. The rules of checks are appended to those of the indicators,
/// so that one pass over a text finds both.
pub(super) fn checks(
    files: &Files<'_>,
    known: Known<'_>,
    table: &mut ClassTable,
    rules: &mut Vec<Rule>,
    variants: &mut Vec<Variant>,
    problems: &mut Problems<'_>,
) -> (Vec<Check>, Vec<Legal>) {
    let mut own: Vec<(&str, &schema::Check)> = files
        .iter()
        .filter_map(|(path, file)| Some((*path, file.check.as_ref()?)))
        .collect();
    own.sort_by_key(|(_, check)| check.id.get_ref().clone());
    let mut checks: Vec<Check> = Vec::new();
    for (path, check) in own {
        let id = check.id.get_ref();
        if let Some(first) = checks.iter().find(|c| c.id == *id) {
            let message = format!("check `{id}` stands already in {}", first.place.0);
            problems.add(path, check.id.span(), message);
            continue;
        }
        let prompt = check.prompt.get_ref();
        let blames = |word: &str| {
            let word = word
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            [
                "fail",
                "failed",
                "failure",
                "should",
                "ought",
                "neglected",
                "missed",
            ]
            .contains(&&*word)
        };
        if prompt.split_whitespace().any(blames) {
            problems.add_with_fix(
                path,
                check.prompt.span(),
                "the prompt of a check blames: the text may only be silent",
                "\"The text does not say whether … Was it?\"",
            );
        }
        let whole_case = match check.scope.as_ref().map(|s| s.get_ref().as_str()) {
            None | Some("incident") => false,
            Some("case") => true,
            Some(other) => {
                let span = check.scope.as_ref().map_or(0..0, Spanned::span);
                let message = format!("`{other}` is no scope of a check");
                problems.add_with_fix(path, span, message, "incident or case");
                false
            }
        };
        if check.trigger.is_empty() || check.done.is_empty() || check.not_done.is_empty() {
            problems.add_with_fix(
                path,
                check.id.span(),
                "a check needs a trigger, a `done` and a `not_done`",
                "[[check.trigger]], [[check.done]], [[check.not_done]]",
            );
        }
        let mut own = CheckRules {
            sink: Sink {
                path,
                table,
                problems,
            },
            rules,
            variants,
            check: (checks.len(), id),
            why: check.why.trim(),
            category: known.categories.len() + checks.len(),
        };
        for (list, saying) in [
            (&check.done, Saying::Done),
            (&check.not_done, Saying::NotDone),
            (&check.planned, Saying::Planned),
        ] {
            for entry in list {
                own.add(&statement(entry), saying);
            }
        }
        for (from, rule) in weighed_rules(files) {
            let id = rule.id.get_ref();
            for (name, saying) in [("done", Saying::Done), ("not_done", Saying::NotDone)] {
                if *id == format!("{OF_CHECK}{}.{name}.weighed", check.id.get_ref()) {
                    own.sink.path = from;
                    own.add(rule, saying);
                    own.sink.path = path;
                }
            }
        }
        let mut triggers = Vec::new();
        for entry in &check.trigger {
            let trigger = entry.get_ref();
            let rule = (!trigger.patterns.is_empty()).then_some(own.rules.len());
            if rule.is_some() {
                own.add(&trigger_rule(entry), Saying::Trigger);
            } else if trigger.categories.is_empty() {
                own.sink.problems.add_with_fix(
                    path,
                    trigger.id.span(),
                    "a trigger needs `categories` or `patterns`",
                    "categories = [\"group:abuse\"]",
                );
            }
            triggers.push(Trigger {
                id: trigger.id.get_ref().clone(),
                categories: own.sink.categories(&trigger.categories, known),
                at_least: trigger.at_least.unwrap_or(1),
                unless: Vec::new(),
                incidents: trigger.incidents.unwrap_or(0),
                rule,
            });
        }
        checks.push(Check {
            id: id.clone(),
            title: check.title.clone(),
            why: check.why.trim().to_owned(),
            source: check.source.clone(),
            prompt: prompt.trim().to_owned(),
            whole_case,
            if_triggered: check.if_triggered,
            triggers,
            place: place(path, check.id.span().start, problems),
        });
    }
    for (path, rule) in weighed_rules(files) {
        let id = rule.id.get_ref();
        if !rules.iter().any(|own| own.id == *id) {
            problems.add_with_fix(
                path,
                rule.id.span(),
                format!("`{id}` names no response check"),
                "check.<check>.done.weighed or check.<check>.not_done.weighed",
            );
        }
    }
    unless(files, &mut checks, problems);
    let legal = legal(files, &checks, problems);
    (checks, legal)
}

/// The rules that stand for what words weigh for response checks, with their files.
fn weighed_rules<'a>(files: &'a Files<'_>) -> impl Iterator<Item = (&'a str, &'a schema::Rule)> {
    files.iter().flat_map(|(path, file)| {
        let own = file.rule.iter().map(Spanned::get_ref);
        own.filter(|rule| rule.weighed && rule.status.get_ref() != "retired")
            .filter(|rule| rule.id.get_ref().starts_with(OF_CHECK))
            .map(move |rule| (&**path, rule))
    })
}

/// Fills in which checks rule out a trigger, once all checks are known.
fn unless(files: &Files<'_>, checks: &mut [Check], problems: &mut Problems<'_>) {
    let ids: Vec<String> = checks.iter().map(|c| c.id.clone()).collect();
    for (path, file) in files {
        for entry in file.check.iter().flat_map(|check| &check.trigger) {
            let own = entry.get_ref();
            for name in &own.unless {
                let Some(other) = ids.iter().position(|id| id == name.get_ref()) else {
                    let known = ids.iter().map(String::as_str);
                    unknown_name(path, name, "check", known, problems);
                    continue;
                };
                checks
                    .iter_mut()
                    .flat_map(|check| &mut check.triggers)
                    .filter(|trigger| trigger.id == *own.id.get_ref())
                    .for_each(|trigger| trigger.unless.push(other));
            }
        }
    }
}

impl CheckRules<'_, '_> {
    fn add(&mut self, rule: &schema::Rule, saying: Saying) {
        let id = rule.id.get_ref();
        let named = id
            .strip_prefix(OF_CHECK)
            .and_then(|own| own.split_once('.'));
        if named.is_none_or(|(own, _)| own != self.check.1) {
            self.sink.problems.add_with_fix(
                self.sink.path,
                rule.id.span(),
                "the id of a check's rule is `check`, its check and a name, with full stops",
                format!("id = \"check.{}.…\"", self.check.1),
            );
        }
        if let Some(first) = self.rules.iter().find(|r| r.id == *id) {
            let message = format!(
                "rule id `{}` stands already in {}:{}",
                first.id, first.place.0, first.place.1
            );
            self.sink
                .problems
                .add(self.sink.path, rule.id.span(), message);
        }
        if rule.examples.is_empty() || rule.counter.is_empty() {
            self.sink.problems.add_with_fix(
                self.sink.path,
                rule.id.span(),
                "a rule needs at least one example and one counter-example",
                "examples = [\"…[the words]…\"], counter = [\"a tempting sentence\"]",
            );
        }
        let owner = self.rules.len() as u32;
        let within = within(self.sink.path, rule, self.sink.problems);
        for pattern in &rule.patterns {
            let compiled = self.sink.pattern(pattern, owner, within, Place::Target);
            self.variants.extend(compiled);
        }
        let mut built = build_rule(rule, owner, self.category, 3, &mut self.sink);
        built.check = Some((self.check.0, saying));
        if built.why.is_empty() {
            built.why = self.why.to_owned();
        }
        // The "not" of what was not done is part of it.
        built.inherent |= saying == Saying::NotDone;
        self.rules.push(built);
    }
}

/// A statement as a rule.
fn statement(entry: &Spanned<schema::Statement>) -> schema::Rule {
    let own = entry.get_ref();
    schema::Rule {
        patterns: own.patterns.clone(),
        within: own.within.clone(),
        why: own.why.clone(),
        polarity: own.polarity.clone(),
        false_positives: own.false_positives.clone(),
        not_before: own.not_before.clone(),
        not_after: own.not_after.clone(),
        not_in_sentence: own.not_in_sentence.clone(),
        needs_in_sentence: own.needs_in_sentence.clone(),
        needs_in_narrative: own.needs_in_narrative.clone(),
        examples: own.examples.clone(),
        counter: own.counter.clone(),
        ..blank(own.id.clone())
    }
}

/// The words of a trigger as a rule.
fn trigger_rule(entry: &Spanned<schema::Trigger>) -> schema::Rule {
    let own = entry.get_ref();
    schema::Rule {
        patterns: own.patterns.clone(),
        not_before: own.not_before.clone(),
        not_after: own.not_after.clone(),
        not_in_sentence: own.not_in_sentence.clone(),
        needs_in_narrative: own.needs_in_narrative.clone(),
        polarity: own.polarity.clone(),
        examples: own.examples.clone(),
        counter: own.counter.clone(),
        ..blank(own.id.clone())
    }
}

fn blank(id: Spanned<String>) -> schema::Rule {
    schema::Rule {
        status: Spanned::new(id.span(), "reviewed".to_owned()),
        id,
        patterns: Vec::new(),
        terms: Vec::new(),
        regex: None,
        weighed: false,
        gate: Vec::new(),
        why: None,
        source: None,
        false_positives: Vec::new(),
        tags: Vec::new(),
        _since: None,
        not_before: Vec::new(),
        not_after: Vec::new(),
        not_in_sentence: Vec::new(),
        needs_in_sentence: Vec::new(),
        needs_in_narrative: Vec::new(),
        needs_beside: Vec::new(),
        within: None,
        tier: None,
        experiencer: None,
        agent: None,
        temporality: None,
        certainty: None,
        polarity: None,
        conditional: false,
        examples: Vec::new(),
        counter: Vec::new(),
    }
}

fn legal(files: &Files<'_>, checks: &[Check], problems: &mut Problems<'_>) -> Vec<Legal> {
    let mut out = Vec::new();
    for (path, file) in files {
        for entry in &file.legal {
            let own = entry.get_ref();
            let mut belongs = Vec::new();
            for id in &own.checks {
                match checks.iter().position(|c| c.id == *id.get_ref()) {
                    Some(index) => belongs.push(index),
                    None => {
                        let known = checks.iter().map(|c| c.id.as_str());
                        unknown_name(path, id, "check", known, problems);
                    }
                }
            }
            out.push(Legal {
                id: own.id.get_ref().clone(),
                checks: belongs,
                jurisdiction: own.jurisdiction.clone(),
                area: own.area.clone(),
                from: day(path, own.from.as_ref(), problems),
                until: day(path, own.until.as_ref(), problems),
                text: own.text.trim().to_owned(),
                unconfirmed: own.unconfirmed.clone(),
                source: own.source.clone(),
            });
        }
    }
    out
}

fn day(path: &str, text: Option<&Spanned<String>>, problems: &mut Problems<'_>) -> Option<Date> {
    let text = text?;
    let day: Option<Date> = text.get_ref().parse().ok();
    if day.is_none() {
        problems.add_with_fix(path, text.span(), "not a date", "\"2024-11-27\"");
    }
    day
}
