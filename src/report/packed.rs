//! A case as its data block in the page holds it. What many cases repeat (names of rules, reasons of
//! checks, the law) stands once in the page and is named here by number, and a mention is a list
//! without names; so a page of thousands of cases stays one that a browser opens. The script turns it
//! back into the shape of [`ReportCase`]: `unpacked` in `html/report.js`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::rows::{ReportCase, ReportMention};
use crate::case::conduct::ElementQuote;

/// The words that stand once.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Words {
    list: Vec<String>,
    #[serde(skip)]
    numbers: BTreeMap<String, usize>,
}

impl Words {
    fn number(&mut self, word: &str) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.list.len();
        self.list.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// Puts a number in place of a text, in place of every text of a list.
    fn pack(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *value = json!(self.number(text)),
            Value::Array(list) => list.iter_mut().for_each(|item| self.pack(item)),
            _ => {}
        }
    }
}

/// Fields whose texts repeat from case to case, by the list that they stand in.
const REPEATED: [(&str, &[&str]); 2] = [
    ("checks", &["check", "title", "status", "why", "legal"]),
    ("conduct", &["element", "title", "part"]),
];

/// The case in its packed shape; new words are added to `words`.
pub(super) fn packed(case: &ReportCase, words: &mut Words) -> Value {
    let mut value = json!(case);
    for (list, fields) in REPEATED {
        for row in value[list].as_array_mut().into_iter().flatten() {
            for field in fields {
                words.pack(&mut row[*field]);
            }
        }
    }
    for (row, element) in case.conduct.iter().enumerate() {
        let quotes = element.quotes.iter().map(|q| quote(case, q, words));
        value["conduct"][row]["quotes"] = Value::Array(quotes.collect());
    }
    for (incident, own) in case.incidents.iter().enumerate() {
        for (field, own) in own.fields.iter().enumerate() {
            let mentions = own.mentions.iter().map(|m| mention(m, words)).collect();
            value["incidents"][incident]["fields"][field]["mentions"] = Value::Array(mentions);
        }
    }
    value
}

/// The order of these is known to the script.
fn mention(m: &ReportMention, words: &mut Words) -> Value {
    let axes = m.axes.join(" ");
    json!([
        m.start,
        m.end,
        m.place,
        words.number(&m.category),
        words.number(&m.rule),
        m.tier,
        u8::from(m.heavy),
        words.number(&axes),
        m.cues,
        m.suppressed,
    ])
}

/// The order of these is known to the script too. Reference and date are left out where they are those
/// of the incident.
fn quote(case: &ReportCase, q: &ElementQuote, words: &mut Words) -> Value {
    let incident = case.incidents.get(q.incident);
    let same = incident.is_some_and(|i| i.id == q.incident_id && i.date == q.incident_date);
    let named = (!same).then_some([&q.incident_id, &q.incident_date]);
    json!([q.incident, words.number(&q.what), q.quote, named])
}
