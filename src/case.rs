//! Gathers what is told of one case over its incidents.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::assertion::{Assertion, Group, Role, Temporality};
use crate::checks::Statement;
use crate::date::parse_date;
use crate::lexicon::Lexicon;

/// A mention that counts, as far as a case needs it.
#[derive(Clone, Debug)]
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

/// An incident of a case.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Its reference.
    pub id: String,
    /// Its date as written.
    pub date: String,
    /// Its date, if it could be read.
    pub day: Option<Date>,
    /// Input and record number.
    pub origin: String,
    /// Number of the record over the whole run.
    pub ordinal: u64,
    /// Where its texts are kept for the report, if it has evidence.
    pub kept: Option<u64>,
}

/// A case: incidents linked by a case reference.
#[derive(Clone, Debug, Default)]
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
        ordinal: u64,
        kept: Option<u64>,
    ) -> usize {
        let day = parse_date(&date);
        self.incidents.push(Incident {
            id,
            date,
            day,
            origin,
            ordinal,
            kept,
        });
        self.incidents.len() - 1
    }

    /// Puts incidents in date order (those without a readable date last, then by reference, then
    /// as read) and mentions with them, so that the order of the input changes nothing.
    pub fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.incidents.len()).collect();
        let key = |i: &Incident| {
            (
                i.day.is_none(),
                i.day,
                i.date.clone(),
                i.id.clone(),
                i.ordinal,
            )
        };
        order.sort_by_cached_key(|index| key(&self.incidents[*index]));
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

    /// First and last date as written, of those that could be read.
    pub fn dates(&self) -> (String, String) {
        let dated = || self.incidents.iter().filter(|i| i.day.is_some());
        let first = dated()
            .min_by_key(|i| i.day)
            .map_or_else(String::new, |i| i.date.clone());
        let last = dated()
            .max_by_key(|i| i.day)
            .map_or_else(String::new, |i| i.date.clone());
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

    /// The mention to read first: the lowest tier, what is current before what is past, the
    /// earliest.
    pub fn key_mention(&self) -> Option<&CaseMention> {
        self.mentions.iter().min_by_key(|m| {
            let past = m.assertion.temporality == Temporality::Historical;
            let aside = matches!(m.assertion.experiencer, Role::Other | Role::Unknown);
            (m.tier, past, aside, m.incident, m.start)
        })
    }
}
