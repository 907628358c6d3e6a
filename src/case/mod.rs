//! Gathers what is told of one case over its incidents.
//!
//! A case holds mentions, signals and references, never texts. What is made of it is worked out by
//! the modules below, each a pure function of a sorted case: [`chronology`], [`pattern`],
//! [`conduct`], [`inconsistency`]. [`link`] joins records into cases; [`coverage`] tells what of
//! the input was read.

pub mod chronology;
pub mod coded;
pub mod conduct;
pub mod coverage;
pub mod inconsistency;
pub mod link;
pub mod names;
pub mod order;
pub mod pattern;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::coded::Tick;
use crate::assertion::{Assertion, Group, Polarity, Role, Temporality, Voice};
use crate::assess::mention_tier;
use crate::checks::Statement;
use crate::date::{When, parse_date, parse_when, written};
use crate::lexicon::{Lexicon, SignalKind};
use crate::mention::Mention;
use crate::narrative::Record;
use crate::scan::FoundSignal;

/// A mention that counts, as far as a case needs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseMention {
    /// Index of its category.
    pub category: usize,
    /// Index of its rule.
    pub rule: usize,
    /// Its tier.
    pub tier: u8,
    /// Its axes.
    pub assertion: Assertion,
    /// Index of its incident in the case.
    pub incident: usize,
    /// Byte where it begins, for order.
    pub start: usize,
    /// The words.
    pub quote: String,
}

impl CaseMention {
    /// What a case keeps of a mention in a text of an incident.
    pub fn of(lexicon: &Lexicon, text: &str, incident: usize, mention: &Mention) -> Self {
        Self {
            category: mention.category,
            rule: mention.rule,
            tier: tier_of(lexicon, mention),
            assertion: mention.assertion,
            incident,
            start: mention.span.start,
            quote: mention.span.of(text).to_owned(),
        }
    }
}

/// A signal in an incident: words that say something about it or its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseSignal {
    /// Index of the signal.
    pub signal: usize,
    /// Byte where it begins, for order; later fields come after earlier ones.
    pub start: usize,
    /// The words.
    pub quote: String,
}

/// An incident of a case.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Incident {
    /// Its reference.
    pub id: String,
    /// Its date as written.
    pub date: String,
    /// The day, if the date gives one.
    pub day: Option<Date>,
    /// The days among which it lies, if the date can be read at all: `May 2024` gives a month.
    pub when: Option<When>,
    /// Whether `when` is that of the report, because the date gives none.
    pub placed_by_report: bool,
    /// When it was reported, as written, where the input has that apart.
    pub reported: String,
    /// Whether `date` is the day of the report, by the name of its column.
    pub date_is_report: bool,
    /// Risk grade from a column, as written.
    pub grade: Option<String>,
    /// Outcome from a column, as written.
    pub outcome: Option<String>,
    /// Area from a column, as written.
    pub area: Option<String>,
    /// What the coded columns say, in their order.
    pub coded: Vec<Tick>,
    /// Values of the columns to link by, in their order.
    pub links: Vec<Option<String>>,
    /// Signals in its texts, in order.
    pub signals: Vec<CaseSignal>,
    /// Answers of no on a form, with their words.
    pub noes: Vec<CaseMention>,
    /// A number made of all that its record holds, so that equal references do not leave the order to
    /// chance: see [`order::digest`].
    pub digest: u64,
    /// Input and record number.
    pub origin: String,
    /// Where its texts are kept for the report, if it has evidence.
    pub kept: Option<u64>,
}

/// A case: incidents linked by a case reference.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CaseRecord {
    /// Its reference.
    pub id: String,
    /// Its incidents, in the order in which they were read until [`CaseRecord::sort`].
    pub incidents: Vec<Incident>,
    /// Everything that counts.
    pub mentions: Vec<CaseMention>,
    /// What its texts say about response checks.
    pub statements: Vec<Statement>,
}

impl CaseRecord {
    /// Adds an incident; returns its index.
    pub fn add_incident(
        &mut self,
        id: String,
        date: String,
        origin: String,
        kept: Option<u64>,
    ) -> usize {
        self.incidents.push(Incident {
            id,
            day: parse_date(&date),
            when: parse_when(&date),
            date,
            origin,
            kept,
            ..Incident::default()
        });
        self.incidents.len() - 1
    }

    /// Adds a record with what was found in its fields; `coded` is what its coded columns say, `digest`
    /// what [`order::digest`] makes of it. Returns the index of the incident.
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a part of a record, and it has one caller"
    )]
    pub fn add_record(
        &mut self,
        lexicon: &Lexicon,
        record: &Record,
        mentions: &[Vec<Mention>],
        signals: &[Vec<FoundSignal>],
        coded: Vec<Tick>,
        digest: u64,
        kept: Option<u64>,
    ) -> usize {
        let origin = format!("{}, record {}", record.source, record.record);
        let date = record.incident_date.clone().unwrap_or_default();
        let at = self.add_incident(record.incident_ref(), date, origin, kept);
        // Later fields come after earlier ones.
        let place = |index: usize, start: usize| (index << 40) + start;
        let incident = &mut self.incidents[at];
        let extra = &record.extra;
        incident.reported = extra.reported_on.clone().unwrap_or_default();
        (incident.when, incident.placed_by_report) = order::placed(record);
        incident.date_is_report = extra.date_is_report;
        incident.grade.clone_from(&extra.grade);
        incident.outcome.clone_from(&extra.outcome);
        incident.area.clone_from(&extra.area);
        incident.links.clone_from(&extra.links);
        incident.coded = coded;
        incident.digest = digest;
        for (index, (field, found)) in record.fields.iter().zip(signals).enumerate() {
            incident
                .signals
                .extend(found.iter().map(|signal| CaseSignal {
                    signal: signal.signal,
                    start: place(index, signal.span.start),
                    quote: signal.span.of(&field.text).to_owned(),
                }));
        }
        for (index, (field, found)) in record.fields.iter().zip(mentions).enumerate() {
            for mention in found {
                let axes = &mention.assertion;
                let no = axes.source == Voice::Form && axes.polarity == Polarity::Negated;
                if mention.suppressed.is_some() && !no {
                    continue;
                }
                let own = CaseMention {
                    start: place(index, mention.span.start),
                    ..CaseMention::of(lexicon, &field.text, at, mention)
                };
                if mention.suppressed.is_none() {
                    self.mentions.push(own);
                } else {
                    incident.noes.push(own);
                }
            }
        }
        at
    }

    /// Adds the incidents and mentions of another part of the same case.
    pub fn merge(&mut self, other: Self) {
        let before = self.incidents.len();
        self.incidents.extend(other.incidents);
        let moved = other.mentions.into_iter().map(|mut mention| {
            mention.incident += before;
            mention
        });
        self.mentions.extend(moved);
        let moved = other.statements.into_iter().map(|mut statement| {
            statement.incident += before;
            statement
        });
        self.statements.extend(moved);
    }

    /// Puts incidents in date order (a month or a year at its beginning, those without a readable
    /// date last, then by reference, then by all they hold) and mentions with them, so that the
    /// order of the input changes nothing.
    pub fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.incidents.len()).collect();
        order.sort_by_cached_key(|index| {
            let own = &self.incidents[*index];
            order::place_key(own.when, &own.date, &own.id, own.digest)
        });
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        let mut incidents: Vec<Option<Incident>> = std::mem::take(&mut self.incidents)
            .into_iter()
            .map(Some)
            .collect();
        self.incidents = order
            .iter()
            .filter_map(|old| incidents[*old].take())
            .collect();
        for mention in &mut self.mentions {
            mention.incident = place[mention.incident];
        }
        for statement in &mut self.statements {
            statement.incident = place[statement.incident];
        }
        self.statements
            .sort_by_key(|s| (s.incident, s.place, s.check, s.rule));
        self.mentions.sort_by(|a, b| {
            (a.incident, a.start, a.category, a.rule, &a.quote)
                .cmp(&(b.incident, b.start, b.category, b.rule, &b.quote))
        });
    }

    /// The areas of its incidents, sorted, each once.
    pub fn areas(&self) -> Vec<String> {
        let areas: BTreeSet<&String> = self
            .incidents
            .iter()
            .filter_map(|i| i.area.as_ref())
            .collect();
        areas.into_iter().cloned().collect()
    }

    /// First and last date as written, of those that could be read.
    pub fn dates(&self) -> (String, String) {
        let dated = || {
            self.incidents
                .iter()
                .filter_map(|i| Some((i.when?, &i.date)))
        };
        let first = dated()
            .min_by_key(|(when, _)| when.from)
            .map_or_else(String::new, |(_, date)| date.clone());
        let last = dated()
            .max_by_key(|(when, _)| when.to)
            .map_or_else(String::new, |(_, date)| date.clone());
        (first, last)
    }

    /// Ids of the categories of a group that are told, in lexicon order.
    pub fn categories(&self, lexicon: &Lexicon, group: Group) -> Vec<String> {
        let told: BTreeMap<usize, ()> = self.mentions.iter().map(|m| (m.category, ())).collect();
        told.into_keys()
            .filter(|c| lexicon.categories[*c].group == group)
            .map(|c| lexicon.categories[c].id.clone())
            .collect()
    }

    /// The mention to read first, of the case or of one of its incidents: an indicator before
    /// context, the lowest tier, what is current before what is past, the earliest.
    pub fn key_mention(&self, lexicon: &Lexicon, incident: Option<usize>) -> Option<&CaseMention> {
        let own = |m: &&CaseMention| incident.is_none_or(|at| m.incident == at);
        self.mentions.iter().filter(own).min_by_key(|m| {
            let context = lexicon.categories[m.category].group == Group::Context;
            let past = m.assertion.temporality == Temporality::Historical;
            let aside = matches!(m.assertion.experiencer, Role::Other | Role::Unknown);
            let tier = mention_tier(lexicon, self, m);
            (context, tier, m.tier, past, aside, m.incident, m.start)
        })
    }

    /// How an incident is named in a sentence: "on 3 May 2024", "in IR-7 (no date)".
    pub fn on(&self, incident: usize) -> String {
        let incident = &self.incidents[incident];
        match (incident.day, incident.date.is_empty()) {
            (Some(day), _) => format!("on {}", written(day)),
            (None, true) if incident.placed_by_report => {
                format!("in {} (reported {})", incident.id, incident.reported)
            }
            (None, false) => format!("in {} (dated \"{}\")", incident.id, incident.date),
            (None, true) => format!("in {} (no date)", incident.id),
        }
    }

    /// Signals of a kind in an incident.
    pub fn signals<'c>(
        &'c self,
        lexicon: &'c Lexicon,
        incident: usize,
        kind: SignalKind,
    ) -> impl Iterator<Item = &'c CaseSignal> {
        let all = self.incidents[incident].signals.iter();
        all.filter(move |s| lexicon.signals[s.signal].kind == kind)
    }

    /// Mentions in an incident.
    pub fn mentions_of(&self, incident: usize) -> impl Iterator<Item = &CaseMention> {
        self.mentions.iter().filter(move |m| m.incident == incident)
    }
}

/// A quote on one line, with its marks.
pub(crate) fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// `a, b and c`.
pub(crate) fn and_list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// `1 incident`, `2 incidents`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The tier of a mention: of its rule, or of its category where the context re-routed it.
pub fn tier_of(lexicon: &Lexicon, mention: &Mention) -> u8 {
    let rule = &lexicon.rules[mention.rule];
    if rule.category == mention.category {
        rule.tier
    } else {
        lexicon.categories[mention.category].tier
    }
}
