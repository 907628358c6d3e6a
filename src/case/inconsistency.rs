//! Where a record says two things that do not go together. Both are quoted; neither is called wrong.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coded::{CodedColumn, Tick};
use super::link::LinkKeys;
use super::{CaseMention, CaseRecord, quoted};
use crate::assertion::{Group, Role, Temporality, Voice};
use crate::assess::mention_tier;
use crate::lexicon::{Lexicon, SignalKind};

/// Two things that do not go together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inconsistency {
    /// Index of the incident in the case.
    pub incident: usize,
    /// Incident reference.
    pub incident_id: String,
    /// Date as written.
    pub incident_date: String,
    /// What kind it is: see [`Kind`].
    pub kind: &'static str,
    /// Plain English.
    pub finding: String,
    /// The words of the one side, if it has any.
    pub quote: String,
    /// The incident of the other side.
    pub against_incident_id: String,
    /// The words of the other side, if it has any.
    pub against_quote: String,
}

/// The kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A standard grade where something to be read first is told.
    GradeAndContent,
    /// A no on a form where the text tells it.
    FormAndText,
    /// "Isolated incident", "no previous" where another incident of the case tells of abuse.
    HistoryClaimed,
    /// Who does it to whom is the other way round in another incident.
    RolesSwapped,
    /// A tick or a code for which the text has no words, or words without a tick.
    CodedAndText,
}

impl Kind {
    /// The kind as the table names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GradeAndContent => "grade_and_content",
            Self::FormAndText => "form_and_text",
            Self::HistoryClaimed => "history_claimed",
            Self::RolesSwapped => "roles_swapped",
            Self::CodedAndText => "coded_and_text",
        }
    }
}

/// The inconsistencies of a sorted case, in the order of its incidents.
pub fn inconsistencies(
    lexicon: &Lexicon,
    coded: &[CodedColumn],
    links: &LinkKeys,
    case: &CaseRecord,
) -> Vec<Inconsistency> {
    let mut found = Vec::new();
    for at in 0..case.incidents.len() {
        grade(lexicon, case, at, &mut found);
        form(lexicon, case, at, &mut found);
        history(lexicon, case, at, &mut found);
        columns(lexicon, coded, case, at, &mut found);
    }
    roles(lexicon, case, &mut found);
    keys(links, case, &mut found);
    found.sort_by_key(|i| i.incident);
    found
}

/// One side of an inconsistency: an incident and its words.
type Side<'s> = (usize, &'s str);

fn add(
    found: &mut Vec<Inconsistency>,
    case: &CaseRecord,
    kind: Kind,
    finding: String,
    (at, quote): Side<'_>,
    (other, against): Side<'_>,
) {
    found.push(Inconsistency {
        incident: at,
        incident_id: case.incidents[at].id.clone(),
        incident_date: case.incidents[at].date.clone(),
        kind: kind.as_str(),
        finding,
        quote: quote.to_owned(),
        against_incident_id: case.incidents[other].id.clone(),
        against_quote: against.to_owned(),
    });
}

fn grade(lexicon: &Lexicon, case: &CaseRecord, at: usize, found: &mut Vec<Inconsistency>) {
    let ordinary = |grade: &str| {
        let grade = grade.to_lowercase();
        let mut words = grade.split(|c: char| !c.is_alphanumeric());
        words.any(|word| lexicon.conduct.ordinary_grades.iter().any(|o| o == word))
    };
    let column = case.incidents[at].grade.as_deref().filter(|g| ordinary(g));
    // A text may hold several grades, the last of which stands: "graded standard, raised to high".
    let last = case.signals(lexicon, at, SignalKind::Grade).last();
    let text = last.filter(|s| ordinary(&lexicon.signals[s.signal].value));
    let (words, quote) = match (column, text) {
        (Some(column), _) => (format!("the risk grade is \"{column}\""), column),
        (None, Some(signal)) => (
            format!("the text gives the grade as {}", quoted(&signal.quote)),
            signal.quote.as_str(),
        ),
        (None, None) => return,
    };
    // Suicide is never graded, so a grade is never held against it.
    let first = |m: &&CaseMention| {
        mention_tier(lexicon, case, m) == 1
            && lexicon.categories[m.category].group == Group::Abuse
            && m.assertion.temporality != Temporality::Historical
    };
    let mut told: BTreeMap<usize, &CaseMention> = BTreeMap::new();
    for mention in case.mentions_of(at).filter(first) {
        told.entry(mention.category).or_insert(mention);
    }
    for (category, mention) in &told {
        let title = lexicon.categories[*category].title.to_lowercase();
        let finding = format!(
            "{words}; the text tells of {title}: {}",
            quoted(&mention.quote)
        );
        let other = (at, mention.quote.as_str());
        add(
            found,
            case,
            Kind::GradeAndContent,
            finding,
            (at, quote),
            other,
        );
    }
    let before = case.mentions.iter().filter(first);
    let before = before.filter(|m| told.is_empty() && is_before(case, m.incident, at));
    if let Some(mention) = before.min_by_key(|m| m.incident) {
        let finding = format!(
            "{words}; an earlier incident of this case, {}, tells of {}: {}",
            case.incidents[mention.incident].id,
            lexicon.categories[mention.category].title.to_lowercase(),
            quoted(&mention.quote)
        );
        let other = (mention.incident, mention.quote.as_str());
        add(
            found,
            case,
            Kind::GradeAndContent,
            finding,
            (at, quote),
            other,
        );
    }
}

/// Whether both incidents can be dated and the one comes first.
fn is_before(case: &CaseRecord, one: usize, other: usize) -> bool {
    match (case.incidents[one].when, case.incidents[other].when) {
        (Some(first), Some(second)) => first.to < second.from || first == second && one < other,
        _ => false,
    }
}

fn form(lexicon: &Lexicon, case: &CaseRecord, at: usize, found: &mut Vec<Inconsistency>) {
    let mut seen = Vec::new();
    for no in &case.incidents[at].noes {
        // What others went through, or what was long ago, does not contradict a no.
        let told = case.mentions_of(at).find(|m| {
            m.category == no.category
                && m.assertion.source != Voice::Form
                && m.assertion.experiencer != Role::Other
                && m.assertion.temporality != Temporality::Historical
        });
        let Some(told) = told.filter(|_| !seen.contains(&no.category)) else {
            continue;
        };
        seen.push(no.category);
        let title = lexicon.categories[no.category].title.to_lowercase();
        let finding = format!(
            "the form answers no ({}); the text tells of {title}: {}",
            quoted(&no.quote),
            quoted(&told.quote)
        );
        add(
            found,
            case,
            Kind::FormAndText,
            finding,
            (at, &no.quote),
            (at, &told.quote),
        );
    }
}

fn history(lexicon: &Lexicon, case: &CaseRecord, at: usize, found: &mut Vec<Inconsistency>) {
    let Some(claim) = case.signals(lexicon, at, SignalKind::NoHistory).next() else {
        return;
    };
    let when = |i: usize| case.incidents[i].when;
    // Of what was told before, that which is read first.
    let before = case.mentions.iter().filter(|m| {
        m.incident != at
            && lexicon.categories[m.category].group == Group::Abuse
            // Without dates nobody can say which came first; it is shown as such.
            && (is_before(case, m.incident, at) || when(m.incident).is_none() || when(at).is_none())
    });
    let told = before.min_by_key(|m| {
        let undated = when(m.incident).is_none();
        (undated, mention_tier(lexicon, case, m), m.incident, m.start)
    });
    let Some(told) = told else { return };
    let dated = when(told.incident).is_some() && when(at).is_some();
    let order = if dated {
        "an earlier incident"
    } else {
        "another incident (order not known)"
    };
    let finding = format!(
        "the text says {}; {order} of this case, {}, tells of {}: {}",
        quoted(&claim.quote),
        case.incidents[told.incident].id,
        lexicon.categories[told.category].title.to_lowercase(),
        quoted(&told.quote)
    );
    let (own, other) = (
        (at, claim.quote.as_str()),
        (told.incident, told.quote.as_str()),
    );
    add(found, case, Kind::HistoryClaimed, finding, own, other);
}

fn roles(lexicon: &Lexicon, case: &CaseRecord, found: &mut Vec<Inconsistency>) {
    let told = |at: usize, agent: Role, to: Role| {
        case.mentions_of(at).find(|m| {
            lexicon.categories[m.category].group == Group::Abuse
                && m.assertion.temporality != Temporality::Historical
                && m.assertion.agent == agent
                && m.assertion.experiencer == to
        })
    };
    let (usual, swapped): (Vec<_>, Vec<_>) = (0..case.incidents.len())
        .map(|at| {
            let forward = told(at, Role::Suspect, Role::Victim);
            (forward, told(at, Role::Victim, Role::Suspect))
        })
        .unzip();
    for at in 0..case.incidents.len() {
        // The text's own word for it needs no second incident.
        if let Some(signal) = case.signals(lexicon, at, SignalKind::Roles).next() {
            let finding = format!(
                "the text says {}: who is called victim and who suspect may differ between records",
                quoted(&signal.quote)
            );
            add(
                found,
                case,
                Kind::RolesSwapped,
                finding,
                (at, &signal.quote),
                (at, ""),
            );
        }
        // Where an incident tells of both directions, the labels do not tell them apart.
        let (None, Some(here)) = (usual[at], swapped[at]) else {
            continue;
        };
        let other =
            (0..case.incidents.len()).find(|i| usual[*i].is_some() && swapped[*i].is_none());
        let Some((other, usual)) = other.and_then(|i| Some((i, usual[i]?))) else {
            continue;
        };
        let finding = format!(
            "here the person called the victim is said to act against the one called the suspect ({}); in {} it is the other way round ({})",
            quoted(&here.quote),
            case.incidents[other].id,
            quoted(&usual.quote)
        );
        let (own, other) = ((at, here.quote.as_str()), (other, usual.quote.as_str()));
        add(found, case, Kind::RolesSwapped, finding, own, other);
    }
}

/// The same value under two columns of one key: a person who is victim here and suspect there.
fn keys(links: &LinkKeys, case: &CaseRecord, found: &mut Vec<Inconsistency>) {
    for key in links.keys.iter().filter(|key| key.columns.len() > 1) {
        let mut first: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (at, incident) in case.incidents.iter().enumerate() {
            for &column in &key.columns {
                let Some(value) = incident.links.get(column).and_then(Option::as_deref) else {
                    continue;
                };
                let (other, before) = *first.entry(value).or_insert((at, column));
                if other != at && before != column {
                    let finding = format!(
                        "\"{value}\" stands under {} here and under {} in {}",
                        links.columns[column], links.columns[before], case.incidents[other].id
                    );
                    add(
                        found,
                        case,
                        Kind::RolesSwapped,
                        finding,
                        (at, ""),
                        (other, ""),
                    );
                }
            }
        }
    }
}

fn columns(
    lexicon: &Lexicon,
    coded: &[CodedColumn],
    case: &CaseRecord,
    at: usize,
    found: &mut Vec<Inconsistency>,
) {
    for (column, tick) in coded.iter().zip(&case.incidents[at].coded) {
        let titles: Vec<String> = column
            .categories
            .iter()
            .map(|c| lexicon.categories[*c].title.to_lowercase())
            .collect();
        let titles = titles.join(" or ");
        let told = case.mentions_of(at).find(|m| {
            column.categories.contains(&m.category)
                && m.assertion.temporality != Temporality::Historical
        });
        match (tick, told) {
            (Tick::Yes, None) => {
                let finding = format!("{} says yes; no text found on {titles}", column.title());
                add(found, case, Kind::CodedAndText, finding, (at, ""), (at, ""));
            }
            (Tick::No | Tick::Empty, Some(told)) => {
                let says = if *tick == Tick::No {
                    "says no"
                } else {
                    "is empty"
                };
                let title = lexicon.categories[told.category].title.to_lowercase();
                let finding = format!(
                    "{} {says}; the text tells of {title}: {}",
                    column.title(),
                    quoted(&told.quote)
                );
                add(
                    found,
                    case,
                    Kind::CodedAndText,
                    finding,
                    (at, ""),
                    (at, &told.quote),
                );
            }
            _ => {}
        }
    }
}
