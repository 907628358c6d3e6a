//! Orders cases for reading, and says why. Tiers, never scores: a tier says what to read first.
//!
//! The rules are data (`lexicons/assess/`); this module only knows how to apply them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::assertion::Group;
use crate::case::{CaseMention, CaseRecord};
use crate::lexicon::{Lexicon, TierRule};

/// What was made of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Order of reading: 1, 2 or 3.
    pub tier: u8,
    /// Why, in plain English, each naming its evidence.
    pub reasons: Vec<String>,
    /// Combinations worth a thought, worded as prompts.
    pub prompts: Vec<String>,
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
    Assessment {
        tier,
        reasons,
        prompts: prompts(lexicon, case),
    }
}

fn apply(lexicon: &Lexicon, rule: &TierRule, case: &CaseRecord) -> Option<String> {
    let fits = |m: &&CaseMention| {
        rule.any.contains(&m.category)
            && (rule.tags.is_empty()
                || lexicon.rules[m.rule]
                    .tags
                    .iter()
                    .any(|tag| rule.tags.contains(tag)))
            && (rule.temporality.is_empty() || rule.temporality.contains(&m.assertion.temporality))
            && (rule.experiencer.is_empty() || rule.experiencer.contains(&m.assertion.experiencer))
    };
    if rule.incidents_in_12_months > 0 {
        let count = most_in_a_year(lexicon, case);
        return (count >= rule.incidents_in_12_months)
            .then(|| rule.reason.replace("{count}", &count.to_string()));
    }
    let fitting: Vec<&CaseMention> = case.mentions.iter().filter(fits).collect();
    let kinds: BTreeSet<usize> = fitting.iter().map(|m| m.category).collect();
    let with = rule.with.is_empty()
        || case
            .mentions
            .iter()
            .any(|m| rule.with.contains(&m.category));
    if kinds.len() < rule.at_least || !with {
        return None;
    }
    let first = fitting.iter().min_by_key(|m| (m.incident, m.start))?;
    let list: Vec<&str> = kinds
        .iter()
        .map(|c| lexicon.categories[*c].title.as_str())
        .collect();
    let date = &case.incidents[first.incident].date;
    let on = if date.is_empty() {
        String::new()
    } else {
        format!(" ({date})")
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

/// The most incidents with evidence of abuse that lie within any twelve months.
fn most_in_a_year(lexicon: &Lexicon, case: &CaseRecord) -> usize {
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
    let within = |first: &Date| {
        let end = first.saturating_add(jiff::Span::new().years(1));
        days.iter()
            .filter(|day| *day >= first && **day < end)
            .count()
    };
    days.iter().map(within).max().unwrap_or(0)
}

fn prompts(lexicon: &Lexicon, case: &CaseRecord) -> Vec<String> {
    let told: BTreeSet<usize> = case.mentions.iter().map(|m| m.category).collect();
    let mut prompts = Vec::new();
    for rule in &lexicon.prompts {
        let met = rule.all.iter().enumerate().all(|(index, list)| {
            let count = list.iter().filter(|c| told.contains(c)).count();
            count >= if index == 0 { rule.at_least } else { 1 }
        });
        if met {
            let quotes: Vec<String> = rule
                .all
                .iter()
                .filter_map(|list| case.mentions.iter().find(|m| list.contains(&m.category)))
                .map(|m| format!("\"{}\"", one_line(&m.quote)))
                .collect();
            prompts.push(format!("{} ({})", rule.prompt, quotes.join("; ")));
        }
    }
    prompts
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
