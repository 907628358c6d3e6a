//! Orders cases for reading, and says why. Tiers, never scores: a tier says what to read first.
//!
//! The rules are data (`lexicons/assess/`); this module only knows how to apply them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::assertion::Group;
use crate::case::conduct::{Element, ElementQuote};
use crate::case::{CaseMention, CaseRecord, quoted};
use crate::date::written;
use crate::lexicon::{Lexicon, PromptRule, TierRule};

/// What was made of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    /// Order of reading: 1, 2 or 3.
    pub tier: u8,
    /// Why, in plain English, each naming its evidence.
    pub reasons: Vec<String>,
    /// Combinations worth a thought, worded as prompts.
    pub prompts: Vec<String>,
    /// The same combinations with the words that they rest on, for the table of the course of conduct.
    pub combinations: Vec<Element>,
}

/// Assesses a case whose incidents are sorted.
pub fn assess(lexicon: &Lexicon, case: &CaseRecord) -> Assessment {
    let mut tier = 3;
    let mut reasons = Vec::new();
    for rule in &lexicon.tiers {
        if let Some(reason) = apply(lexicon, rule, case) {
            tier = tier.min(rule.tier);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    if reasons.is_empty() {
        reasons.push(format!(
            "Indicators to read: {}",
            titles(lexicon, case.mentions.iter())
        ));
    }
    let combinations = combinations(lexicon, case);
    Assessment {
        tier,
        reasons,
        prompts: combinations.iter().map(prompt).collect(),
        combinations,
    }
}

/// The tier that a mention gives its case by itself: that of the first rule it fits, else 3.
pub fn mention_tier(lexicon: &Lexicon, case: &CaseRecord, mention: &CaseMention) -> u8 {
    let alone = lexicon.tiers.iter().filter(|rule| {
        rule.incidents_in_12_months == 0
            && rule.at_least <= 1
            && fits(lexicon, rule, mention)
            && has_company(rule, case)
    });
    alone.map(|rule| rule.tier).min().unwrap_or(3)
}

/// Whether a rule takes a mention.
fn fits(lexicon: &Lexicon, rule: &TierRule, m: &CaseMention) -> bool {
    let tagged = || {
        lexicon.rules[m.rule]
            .tags
            .iter()
            .any(|tag| rule.tags.contains(tag))
    };
    rule.any.contains(&m.category)
        && (rule.tags.is_empty() || tagged())
        && (rule.temporality.is_empty() || rule.temporality.contains(&m.assertion.temporality))
        && (rule.experiencer.is_empty() || rule.experiencer.contains(&m.assertion.experiencer))
}

/// Whether what a rule asks for besides stands in the case.
fn has_company(rule: &TierRule, case: &CaseRecord) -> bool {
    rule.with.is_empty()
        || case
            .mentions
            .iter()
            .any(|m| rule.with.contains(&m.category))
}

fn apply(lexicon: &Lexicon, rule: &TierRule, case: &CaseRecord) -> Option<String> {
    let fits = |m: &&CaseMention| fits(lexicon, rule, m);
    if rule.incidents_in_12_months > 0 {
        let days = most_in_a_year(lexicon, case);
        let (first, last) = (*days.first()?, *days.last()?);
        return (days.len() >= rule.incidents_in_12_months).then(|| {
            rule.reason
                .replace("{count}", &days.len().to_string())
                .replace("{from}", &written(first))
                .replace("{to}", &written(last))
        });
    }
    let fitting: Vec<&CaseMention> = case.mentions.iter().filter(fits).collect();
    let kinds: BTreeSet<usize> = fitting.iter().map(|m| m.category).collect();
    if kinds.len() < rule.at_least || !has_company(rule, case) {
        return None;
    }
    let first = fitting.iter().min_by_key(|m| (m.incident, m.start))?;
    let list: Vec<&str> = kinds
        .iter()
        .map(|c| lexicon.categories[*c].title.as_str())
        .collect();
    let incident = &case.incidents[first.incident];
    let on = match (incident.day, incident.date.as_str()) {
        (Some(day), _) => format!(" on {}", written(day)),
        (None, "") => String::new(),
        (None, date) => format!(" (dated \"{date}\")"),
    };
    Some(
        rule.reason
            .replace("{title}", &lexicon.categories[first.category].title)
            .replace("{on}", &on)
            .replace("{count}", &kinds.len().to_string())
            .replace("{list}", &list.join(", ").to_lowercase())
            .replace("{quote}", &one_line(&first.quote)),
    )
}

/// The days of the most incidents with evidence of abuse that lie within any twelve months; of
/// equals the latest.
fn most_in_a_year(lexicon: &Lexicon, case: &CaseRecord) -> Vec<Date> {
    let abuse = |m: &&CaseMention| lexicon.categories[m.category].group == Group::Abuse;
    let incidents: BTreeSet<usize> = case
        .mentions
        .iter()
        .filter(abuse)
        .map(|m| m.incident)
        .collect();
    let mut days: Vec<Date> = incidents
        .into_iter()
        .filter_map(|i| case.incidents[i].day)
        .collect();
    days.sort_unstable();
    let within = |first: &Date| -> Vec<Date> {
        let end = first.saturating_add(jiff::Span::new().years(1));
        let inside = days.iter().filter(|day| *day >= first && **day < end);
        inside.copied().collect()
    };
    days.iter()
        .map(within)
        .max_by_key(Vec::len)
        .unwrap_or_default()
}

/// Combinations of categories that stand in the case, each with its words.
fn combinations(lexicon: &Lexicon, case: &CaseRecord) -> Vec<Element> {
    let told: BTreeSet<usize> = case.mentions.iter().map(|m| m.category).collect();
    let met = |rule: &&PromptRule| {
        rule.all.iter().enumerate().all(|(index, list)| {
            let count = list.iter().filter(|c| told.contains(c)).count();
            count >= if index == 0 { rule.at_least } else { 1 }
        })
    };
    let quote = |m: &CaseMention| ElementQuote {
        incident: m.incident,
        incident_id: case.incidents[m.incident].id.clone(),
        incident_date: case.incidents[m.incident].date.clone(),
        what: lexicon.categories[m.category].id.clone(),
        quote: m.quote.clone(),
    };
    let element = |rule: &PromptRule| {
        let firsts = rule
            .all
            .iter()
            .filter_map(|list| case.mentions.iter().find(|m| list.contains(&m.category)));
        Element {
            element: "combination".to_owned(),
            title: String::new(),
            part: rule.id.clone(),
            finding: rule.prompt.clone(),
            quotes: firsts.map(quote).collect(),
        }
    };
    lexicon.prompts.iter().filter(met).map(element).collect()
}

/// A combination in one line.
fn prompt(combination: &Element) -> String {
    let quotes = combination.quotes.iter();
    let quotes: Vec<String> = quotes
        .map(|q| match q.incident_date.as_str() {
            "" => quoted(&q.quote),
            date => format!("{}, {date}", quoted(&q.quote)),
        })
        .collect();
    format!("{} ({})", combination.finding, quotes.join("; "))
}

fn titles<'m>(lexicon: &Lexicon, mentions: impl Iterator<Item = &'m CaseMention>) -> String {
    let mut list: Vec<(usize, String)> = Vec::new();
    for m in mentions {
        if !list.iter().any(|(c, _)| *c == m.category) {
            list.push((
                m.category,
                format!(
                    "{} (\"{}\")",
                    lexicon.categories[m.category].title.to_lowercase(),
                    one_line(&m.quote)
                ),
            ));
        }
    }
    list.sort_by_key(|(category, _)| *category);
    list.into_iter()
        .map(|(_, text)| text)
        .collect::<Vec<_>>()
        .join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
