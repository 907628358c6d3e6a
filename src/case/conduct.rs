//! The elements of a course of conduct, each with the words that may bear on it.
//!
//! Which categories, tags and signals feed which element is data (`lexicons/assess/conduct.toml`).
//! The grid decides nothing: it shows where text stands and where none was found.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{CaseRecord, count};
use crate::assertion::{Group, Role, Temporality};
use crate::lexicon::{ConductPart, Lexicon};

/// What stands in a cell for which no words were found.
pub const NO_TEXT: &str = "no text found";

/// Quotes of one incident that an element shows at most.
const QUOTES: usize = 3;

/// An element, or a part of one, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Element {
    /// Id of the element.
    pub element: String,
    /// What the law asks for.
    pub title: String,
    /// The part; empty if it has none.
    pub part: String,
    /// What was found, with counts, or [`NO_TEXT`].
    pub finding: String,
    /// The words, in the order of the incidents.
    pub quotes: Vec<ElementQuote>,
}

/// Words that bear on an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ElementQuote {
    /// Index of the incident in the case.
    pub incident: usize,
    /// Incident reference.
    pub incident_id: String,
    /// Date as written.
    pub incident_date: String,
    /// Category or signal.
    pub what: String,
    /// The words.
    pub quote: String,
}

/// The grid of a sorted case: empty where the case holds no abuse.
pub fn conduct(lexicon: &Lexicon, case: &CaseRecord) -> Vec<Element> {
    let abuse = |m: &super::CaseMention| lexicon.categories[m.category].group == Group::Abuse;
    if !case.mentions.iter().any(abuse) {
        return Vec::new();
    }
    let parts = &lexicon.conduct.parts;
    parts
        .iter()
        .map(|part| element(lexicon, case, part))
        .collect()
}

fn element(lexicon: &Lexicon, case: &CaseRecord, part: &ConductPart) -> Element {
    // Words in the order of incident and place, then categories before signals.
    let mut found: Vec<(usize, usize, String, String, bool)> = Vec::new();
    for m in &case.mentions {
        let rule = &lexicon.rules[m.rule];
        let fits =
            part.any.contains(&m.category) || rule.tags.iter().any(|t| part.tags.contains(t));
        // What was done to the suspect or to somebody else is no part of this course of conduct.
        let theirs = matches!(m.assertion.experiencer, Role::Suspect | Role::Other);
        let own = lexicon.categories[m.category].group != Group::Suicide;
        if fits && !(theirs && own) {
            let category = lexicon.categories[m.category].id.clone();
            let past = m.assertion.temporality == Temporality::Historical;
            found.push((m.incident, m.start, category, m.quote.clone(), past));
        }
    }
    for (at, incident) in case.incidents.iter().enumerate() {
        for signal in incident
            .signals
            .iter()
            .filter(|s| part.signals.contains(&s.signal))
        {
            let id = lexicon.signals[signal.signal].id.clone();
            found.push((at, signal.start, id, signal.quote.clone(), false));
        }
    }
    found.sort();
    found.dedup_by(|a, b| (a.0, a.1, &a.3) == (b.0, b.1, &b.3));
    let incidents: BTreeSet<usize> = found.iter().map(|f| f.0).collect();
    let past = found.iter().filter(|f| f.4).count();
    let mut finding = match found.len() {
        0 => NO_TEXT.to_owned(),
        n => format!(
            "{} in {}",
            count(n, "passage"),
            of_incidents(incidents.len(), case.incidents.len())
        ),
    };
    if past > 0 {
        finding += &format!("; {past} told as past");
    }
    if part.occasions > 1 && !found.is_empty() && incidents.len() < part.occasions {
        finding += &format!(
            "; the law asks for {} occasions at least: one text may tell of several, read it",
            part.occasions
        );
    }
    let mut shown: BTreeMap<usize, usize> = BTreeMap::new();
    let total = found.len();
    let quotes: Vec<ElementQuote> = found
        .into_iter()
        .filter(|f| {
            let n = shown.entry(f.0).or_default();
            *n += 1;
            *n <= QUOTES
        })
        .map(|(incident, _, what, quote, _)| ElementQuote {
            incident,
            incident_id: case.incidents[incident].id.clone(),
            incident_date: case.incidents[incident].date.clone(),
            what,
            quote,
        })
        .collect();
    if quotes.len() < total {
        finding += &format!("; {QUOTES} of each incident are shown");
    }
    Element {
        element: part.id.clone(),
        title: part.title.clone(),
        part: part.part.clone(),
        finding,
        quotes,
    }
}

fn of_incidents(some: usize, all: usize) -> String {
    if some == all {
        return count(all, "incident");
    }
    format!("{some} of {}", count(all, "incident"))
}
