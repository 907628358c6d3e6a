//! A case as its data block in the page holds it. What many cases repeat (names of rules, reasons of
//! checks, the law) stands once in the page and is named here by number, and a mention is a list
//! without names; so a page of thousands of cases stays one that a browser opens. The script turns it
//! back into the shape of [`ReportCase`]: `unpacked` in `html/report.js`.

use foldhash::HashMap;
use serde::Serialize;

use super::rows::{ReportCase, ReportCheck, ReportField, ReportIncident, ReportMention};
use crate::case::chronology::ChronologyRow;
use crate::case::conduct::{Element, ElementQuote};
use crate::case::inconsistency::Inconsistency;

/// The words that stand once.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Words {
    list: Vec<String>,
    #[serde(skip)]
    numbers: HashMap<String, usize>,
}

impl Words {
    /// The number of a word, which is a new one if it stood nowhere before.
    pub fn number(&mut self, word: &str) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.list.len();
        self.list.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// The number of a word that has one.
    pub fn known(&self, word: &str) -> usize {
        self.numbers[word]
    }
}

/// Gives a word its number.
type Number<'n> = &'n mut dyn FnMut(&str) -> usize;

/// [`ReportCase`] with numbers for what repeats: the same fields in the same order, as the script knows them.
#[derive(Serialize)]
pub(super) struct Packed<'c> {
    id: &'c str,
    tier: u8,
    reasons: &'c [String],
    prompts: &'c [String],
    first_date: &'c str,
    last_date: &'c str,
    key_quote: &'c str,
    areas: &'c [String],
    checks: Vec<PackedCheck<'c>>,
    incidents: Vec<PackedIncident<'c>>,
    pattern: &'c [String],
    chronology: &'c [ChronologyRow],
    conduct: Vec<PackedElement<'c>>,
    inconsistencies: &'c [Inconsistency],
}

#[derive(Serialize)]
struct PackedCheck<'c> {
    check: usize,
    title: usize,
    status: usize,
    incident: usize,
    quote: &'c str,
    trigger: &'c str,
    why: usize,
    legal: Vec<usize>,
}

#[derive(Serialize)]
struct PackedIncident<'c> {
    id: &'c str,
    date: &'c str,
    iso_date: &'c str,
    origin: &'c str,
    fields: Vec<PackedField<'c>>,
}

#[derive(Serialize)]
struct PackedField<'c> {
    name: &'c str,
    text: &'c str,
    mentions: Vec<PackedMention<'c>>,
}

/// Start, end, place, category, rule, tier, whether it is heavy, axes, cues, why it is set aside.
type PackedMention<'c> = (
    usize,
    usize,
    [usize; 2],
    usize,
    usize,
    u8,
    u8,
    usize,
    &'c [String],
    Option<&'c str>,
);

#[derive(Serialize)]
struct PackedElement<'c> {
    element: usize,
    title: usize,
    part: usize,
    finding: &'c str,
    quotes: Vec<PackedQuote<'c>>,
}

/// Index of the incident, what it tells, the words; reference and date, left out where they are those of the incident.
type PackedQuote<'c> = (usize, usize, &'c str, Option<[&'c str; 2]>);

/// The case in its packed shape; `number` gives each word its number.
pub(super) fn packed<'c>(case: &'c ReportCase, number: Number<'_>) -> Packed<'c> {
    let checks = case.checks.iter().map(|c| check(c, number)).collect();
    let named =
        |e: &Element, number: Number<'_>| [&e.element, &e.title, &e.part].map(|w| number(w));
    let named: Vec<[usize; 3]> = case.conduct.iter().map(|e| named(e, number)).collect();
    let conduct = case.conduct.iter().zip(named);
    let conduct = conduct.map(|(own, [element, title, part])| PackedElement {
        element,
        title,
        part,
        finding: &own.finding,
        quotes: own.quotes.iter().map(|q| quote(case, q, number)).collect(),
    });
    let conduct = conduct.collect();
    let incidents = case.incidents.iter().map(|i| incident(i, number)).collect();
    Packed {
        id: &case.id,
        tier: case.tier,
        reasons: &case.reasons,
        prompts: &case.prompts,
        first_date: &case.first_date,
        last_date: &case.last_date,
        key_quote: &case.key_quote,
        areas: &case.areas,
        checks,
        incidents,
        pattern: &case.pattern,
        chronology: &case.chronology,
        conduct,
        inconsistencies: &case.inconsistencies,
    }
}

fn check<'c>(own: &'c ReportCheck, number: Number<'_>) -> PackedCheck<'c> {
    PackedCheck {
        check: number(&own.check),
        title: number(&own.title),
        status: number(own.status),
        why: number(&own.why),
        legal: own.legal.iter().map(|text| number(text)).collect(),
        incident: own.incident,
        quote: &own.quote,
        trigger: &own.trigger,
    }
}

fn incident<'c>(own: &'c ReportIncident, number: Number<'_>) -> PackedIncident<'c> {
    PackedIncident {
        id: &own.id,
        date: &own.date,
        iso_date: &own.iso_date,
        origin: &own.origin,
        fields: own.fields.iter().map(|f| field(f, number)).collect(),
    }
}

fn field<'c>(own: &'c ReportField, number: Number<'_>) -> PackedField<'c> {
    PackedField {
        name: &own.name,
        text: &own.text,
        mentions: own.mentions.iter().map(|m| mention(m, number)).collect(),
    }
}

fn mention<'c>(m: &'c ReportMention, number: Number<'_>) -> PackedMention<'c> {
    (
        m.start,
        m.end,
        m.place,
        number(&m.category),
        number(&m.rule),
        m.tier,
        u8::from(m.heavy),
        number(&m.axes.join(" ")),
        &m.cues,
        m.suppressed.as_deref(),
    )
}

fn quote<'c>(case: &ReportCase, q: &'c ElementQuote, number: Number<'_>) -> PackedQuote<'c> {
    let incident = case.incidents.get(q.incident);
    let same = incident.is_some_and(|i| i.id == q.incident_id && i.date == q.incident_date);
    let named = (!same).then_some([q.incident_id.as_str(), &q.incident_date]);
    (q.incident, number(&q.what), &q.quote, named)
}
