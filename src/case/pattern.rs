//! What the incidents of a case show over time: facts with counts and dates, never a score.
//!
//! Only what was recorded can be counted, and what is reported changes over time; a report that
//! shows these facts says so beside them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{CaseRecord, and_list, count, quoted};
use crate::assertion::{Group, Temporality};
use crate::assess::mention_tier;
use crate::date::written;
use crate::lexicon::Lexicon;

/// A fact about the incidents of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What kind of fact it is.
    pub kind: FactKind,
    /// Plain English, with counts and dates.
    pub text: String,
}

/// The kinds of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// Several incidents within twelve months.
    Repeats,
    /// When each category was first found.
    FirstFound,
    /// A mention of tier 1 of a kind that no earlier incident had.
    NewTierOne,
    /// More kinds over time.
    Widening,
    /// Incidents that follow each other faster.
    Narrowing,
    /// Escalation in somebody's words.
    StatedEscalation,
    /// More incidents lately than before.
    CountedEscalation,
}

/// Quotes that one fact shows at most.
const QUOTES: usize = 3;

/// The facts of a sorted case; none for a case of one incident, but for what is stated.
pub fn pattern(lexicon: &Lexicon, case: &CaseRecord) -> Vec<Fact> {
    let counted = |m: &super::CaseMention| lexicon.categories[m.category].group != Group::Context;
    let with: BTreeSet<usize> = case
        .mentions
        .iter()
        .filter(|m| counted(m))
        .map(|m| m.incident)
        .collect();
    let mut facts = Vec::new();
    let mut add = |kind, text: Option<String>| facts.extend(text.map(|text| Fact { kind, text }));
    if case.incidents.len() > 1 {
        let days: Vec<Date> = with.iter().filter_map(|i| case.incidents[*i].day).collect();
        add(FactKind::Repeats, repeats(case, &with, &days));
        add(FactKind::FirstFound, first_found(lexicon, case, &with));
        add(FactKind::NewTierOne, new_tier_one(lexicon, case));
        add(FactKind::Widening, widening(lexicon, case, &with));
        add(FactKind::Narrowing, narrowing(&days));
        add(
            FactKind::CountedEscalation,
            counted_escalation(case, &with, &days),
        );
    }
    add(FactKind::StatedEscalation, stated_escalation(lexicon, case));
    facts
}

/// A year before a day: what lies after it is within twelve months.
fn year_before(day: Date) -> Date {
    day.saturating_sub(jiff::Span::new().years(1))
}

fn repeats(case: &CaseRecord, with: &BTreeSet<usize>, days: &[Date]) -> Option<String> {
    let last = *days.iter().max()?;
    let within = |day: &Date| *day > year_before(last) && *day <= last;
    let told = days.iter().filter(|day| within(day)).count();
    let all = case
        .incidents
        .iter()
        .filter_map(|i| i.day)
        .filter(|day| within(day))
        .count();
    let undated = with.len() - days.len();
    let note = match undated {
        0 => String::new(),
        n => format!(
            "; {n} more without a full date {} not counted",
            if n == 1 { "is" } else { "are" }
        ),
    };
    (told > 1).then(|| {
        format!(
            "{} with indicators in the 12 months to {} ({all} recorded in that time{note})",
            count(told, "incident"),
            written(last)
        )
    })
}

fn first_found(lexicon: &Lexicon, case: &CaseRecord, with: &BTreeSet<usize>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    for &incident in with {
        let new = new_categories(lexicon, case, incident, &mut seen);
        if !new.is_empty() {
            let titles: Vec<String> = new
                .iter()
                .map(|c| lexicon.categories[*c].title.to_lowercase())
                .collect();
            parts.push(format!("{}: {}", case.on(incident), titles.join(", ")));
        }
    }
    (!parts.is_empty()).then(|| format!("First found {}", parts.join(". Then ")))
}

fn new_categories(
    lexicon: &Lexicon,
    case: &CaseRecord,
    incident: usize,
    seen: &mut BTreeSet<usize>,
) -> BTreeSet<usize> {
    let told = case.mentions_of(incident).map(|m| m.category);
    told.filter(|c| lexicon.categories[*c].group != Group::Context)
        .filter(|c| seen.insert(*c))
        .collect()
}

fn new_tier_one(lexicon: &Lexicon, case: &CaseRecord) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    for incident in 0..case.incidents.len() {
        let first: Vec<_> = case
            .mentions_of(incident)
            .filter(|m| {
                mention_tier(lexicon, case, m) == 1
                    && m.assertion.temporality != Temporality::Historical
            })
            .filter(|m| seen.insert(m.category))
            .collect();
        if incident == 0 || case.incidents[incident].when.is_none() {
            // Nothing is new in the first, and what has no date may be older than the rest.
            continue;
        }
        for mention in first {
            parts.push(format!(
                "{} {} ({}), not in the {} before",
                lexicon.categories[mention.category].title.to_lowercase(),
                case.on(incident),
                quoted(&mention.quote),
                count(incident, "incident"),
            ));
        }
    }
    (!parts.is_empty()).then(|| format!("New among what is read first: {}", parts.join(". Then ")))
}

fn widening(lexicon: &Lexicon, case: &CaseRecord, with: &BTreeSet<usize>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut steps: Vec<(usize, usize)> = Vec::new();
    let dated = |i: &&usize| {
        let incident = &case.incidents[**i];
        incident.when.is_some() && !incident.placed_by_report
    };
    for &incident in with.iter().filter(dated) {
        let new = new_categories(lexicon, case, incident, &mut seen);
        if !new.is_empty() {
            steps.push((incident, seen.len()));
        }
    }
    let parts: Vec<String> = steps
        .iter()
        .map(|(incident, kinds)| match case.incidents[*incident].day {
            Some(day) => format!("{kinds} by {}", written(day)),
            None => format!("{kinds} by \"{}\"", case.incidents[*incident].date),
        })
        .collect();
    (steps.len() > 1).then(|| {
        format!(
            "Widening: kinds of indicator found so far were {}",
            parts.join(", ")
        )
    })
}

fn narrowing(days: &[Date]) -> Option<String> {
    let mut sorted = days.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let gaps: Vec<i64> = sorted
        .windows(2)
        .filter_map(|pair| i64::from((pair[1] - pair[0]).get_days()).into())
        .collect();
    let narrows = gaps.len() > 1
        && gaps.windows(2).all(|pair| pair[1] <= pair[0])
        && gaps.last() < gaps.first();
    narrows.then(|| {
        let list: Vec<String> = gaps.iter().map(ToString::to_string).collect();
        format!(
            "Narrowing: the days between the {} dated incidents with indicators were {}",
            sorted.len(),
            and_list(&list)
        )
    })
}

/// Days that are compared with as many days before them.
const LATELY: i64 = 90;

fn counted_escalation(case: &CaseRecord, with: &BTreeSet<usize>, days: &[Date]) -> Option<String> {
    let last = *days.iter().max()?;
    let first = case.incidents.iter().filter_map(|i| i.day).min()?;
    let back = |days: i64| last.saturating_sub(jiff::Span::new().days(days));
    let between = |from: Date, to: Date| days.iter().filter(|d| **d > from && **d <= to).count();
    let (late, before) = (
        between(back(LATELY), last),
        between(back(2 * LATELY), back(LATELY)),
    );
    // The time before must lie within what was recorded, or nothing was there to be counted.
    let known = first <= back(LATELY);
    (known && late > before && late > 1 && with.len() > 2).then(|| {
        format!(
            "Counted: {} with indicators in the {LATELY} days to {}, {before} in the {LATELY} days before",
            count(late, "incident"),
            written(last)
        )
    })
}

fn stated_escalation(lexicon: &Lexicon, case: &CaseRecord) -> Option<String> {
    let stated: Vec<_> = case
        .mentions
        .iter()
        .filter(|m| lexicon.conduct.stated_escalation.contains(&m.category))
        .collect();
    let incidents: BTreeSet<usize> = stated.iter().map(|m| m.incident).collect();
    let parts: Vec<String> = stated
        .iter()
        .take(QUOTES)
        .map(|m| format!("{} {}", case.on(m.incident), quoted(&m.quote)))
        .collect();
    (!stated.is_empty()).then(|| {
        let more = match stated.len().saturating_sub(QUOTES) {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        format!(
            "Escalation or repetition stated in {}: {}{more}",
            count(incidents.len(), "incident"),
            parts.join(", ")
        )
    })
}
