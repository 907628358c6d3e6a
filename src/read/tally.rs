//! Counts the records of one input and hands them on, so that every record is either scanned or
//! rejected with its reason; and notices when an input is being misread as a whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::columns::{Column, Columns};
use super::{ReadOptions, Value};
use crate::error::{Error, Result};
use crate::narrative::{Extra, Field, ReadItem, Record, Rejected};

/// Fewer records than this tell nothing about how the rest is read.
const FEW: u64 = 20;

/// After so many records it is worth while to stop before the end.
const MANY: u64 = 10_000;

/// Records whose columns are weighed, to tell which of them holds the narrative.
const WEIGHED: u64 = 500;

/// A column whose values are at least so long on average may be a narrative.
const NARRATIVE_BYTES: u64 = 20;

/// A value of so many bytes is rarely anything but a narrative.
const LONG_BYTES: usize = 80;

/// Kinds of reasons told apart; what else comes is counted together.
const REASONS: usize = 40;

/// Why records were rejected, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectReason {
    /// The reason, its numbers replaced by `N`.
    pub reason: String,
    /// Records rejected for it.
    pub records: u64,
}

/// Where a record begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Line, from 1.
    pub(super) line: u64,
    /// Byte, from 0, where the format has one.
    pub(super) offset: Option<u64>,
}

impl Place {
    /// A place in a format without bytes to point to.
    pub(super) fn line(line: u64) -> Self {
        Self { line, offset: None }
    }
}

/// What a column holds in the first records.
#[derive(Clone, Debug, Default)]
struct Weight {
    bytes: u64,
    /// Values long enough to be a narrative.
    long: u64,
    /// It is read.
    used: bool,
}

/// Counts the records of one input and hands them to the sink.
pub(super) struct Tally<'s> {
    source: Arc<str>,
    pub(super) records: u64,
    pub(super) rejected: u64,
    /// Records scanned in which no text column holds anything.
    pub(super) without_text: u64,
    reasons: BTreeMap<String, u64>,
    limit: Option<f64>,
    text_columns: Vec<String>,
    header: Vec<String>,
    other_text_column: Option<String>,
    /// What each column of the header holds in the first records.
    weights: Vec<Weight>,
    weighed: u64,
    sink: &'s mut dyn FnMut(ReadItem) -> Result<()>,
}

impl<'s> Tally<'s> {
    pub(super) fn new(
        source: &str,
        options: &ReadOptions,
        sink: &'s mut dyn FnMut(ReadItem) -> Result<()>,
    ) -> Self {
        Self {
            source: Arc::from(source),
            records: 0,
            rejected: 0,
            without_text: 0,
            reasons: BTreeMap::new(),
            limit: options.rejects_limit,
            text_columns: Vec::new(),
            header: Vec::new(),
            other_text_column: None,
            weights: Vec::new(),
            weighed: 0,
            sink,
        }
    }

    /// States what is read, before the first record.
    pub(super) fn begin(&mut self, columns: &Columns, header: &[String]) {
        let names = columns.text.iter().map(|column| column.name.to_string());
        self.text_columns = names.collect();
        self.header = header.to_vec();
        self.other_text_column.clone_from(&columns.other_text);
        self.weights = vec![Weight::default(); header.len()];
        for column in columns.all() {
            if let Some(weight) = self.weights.get_mut(column.index) {
                weight.used = true;
            }
        }
    }

    /// Whether [`Tally::weigh`] still takes a record.
    pub(super) fn weighs(&self) -> bool {
        self.weighed < WEIGHED
    }

    /// Weighs the columns of a record.
    pub(super) fn weigh(&mut self, length: impl Fn(usize) -> usize) {
        if self.weighs() {
            self.weighed += 1;
            for (index, weight) in self.weights.iter_mut().enumerate() {
                let length = length(index);
                weight.bytes += length as u64;
                weight.long += u64::from(length >= LONG_BYTES);
            }
        }
    }

    /// Weighs a record whose columns are known by name.
    pub(super) fn weigh_named(&mut self, lengths: &BTreeMap<String, usize>) {
        let header = std::mem::take(&mut self.header);
        self.weigh(|index| lengths.get(&header[index]).copied().unwrap_or(0));
        self.header = header;
    }

    /// Columns that are not read though they hold long text, as narratives do.
    pub(super) fn text_left_out(&self) -> Vec<String> {
        let columns = self.header.iter().zip(&self.weights).enumerate();
        columns
            .filter(|(_, (_, weight))| {
                !weight.used && weight.long > 0 && weight.long * 20 >= self.weighed
            })
            .map(|(index, (name, _))| told_name(index, name))
            .collect()
    }

    /// Hands on the record whose column values `value` looks up; rejects it if one is of no use.
    pub(super) fn take<'v>(
        &mut self,
        columns: &Columns,
        place: Place,
        value: impl Fn(&Column) -> Value<'v>,
    ) -> Result<()> {
        let reference = |column: &Option<Column>| match column {
            Some(column) => value(column).map(|value| value.and_then(not_blank)),
            None => Ok(None),
        };
        let texts = || {
            let field = |column: &Column| {
                let text = value(column)?.unwrap_or_default().into_owned();
                Ok(Field {
                    name: column.name.clone(),
                    text,
                    source: None,
                })
            };
            columns
                .text
                .iter()
                .map(field)
                .collect::<std::result::Result<Vec<_>, String>>()
        };
        let id = reference(&columns.id);
        // What is only shown beside a case never costs a record.
        let aside = |column: &Option<Column>| reference(column).unwrap_or(None);
        // A name that cannot be read is a name that cannot be masked; the text it stands beside can.
        let names = || {
            let named = columns.names.iter().map(|column| value(column).ok());
            named
                .filter_map(|value| value.flatten().and_then(not_blank))
                .collect()
        };
        let extra = || {
            Box::new(Extra {
                reported_on: aside(&columns.reported),
                date_is_report: columns.date_is_report(),
                grade: aside(&columns.grade),
                outcome: aside(&columns.outcome),
                area: aside(&columns.area),
                links: columns.links.iter().map(&aside).collect(),
                coded: columns.coded.iter().map(&aside).collect(),
                names: names(),
            })
        };
        let parts = || {
            Ok((
                reference(&columns.case)?,
                reference(&columns.date)?,
                texts()?,
                extra(),
            ))
        };
        match (id, parts()) {
            (Ok(incident_id), Ok((case_id, incident_date, fields, extra))) => {
                let record = Record {
                    source: self.source.clone(),
                    record: self.records + 1,
                    line: place.line,
                    case_id,
                    incident_id,
                    incident_date,
                    fields,
                    extra,
                };
                self.accept(record)
            }
            (Ok(id), Err(reason)) => self.reject(place, id, reason),
            (Err(reason), _) => self.reject(place, None, reason),
        }
    }

    /// Hands on a record that is nothing but a text.
    pub(super) fn accept_text(&mut self, incident_id: Option<String>, field: Field) -> Result<()> {
        self.accept(Record {
            source: self.source.clone(),
            record: self.records + 1,
            line: 1,
            case_id: None,
            incident_id,
            incident_date: None,
            fields: vec![field],
            extra: Box::default(),
        })
    }

    fn accept(&mut self, record: Record) -> Result<()> {
        self.records += 1;
        let mut fields = record.fields.iter();
        if fields.all(|field| field.text.trim_ascii_start().is_empty()) {
            self.without_text += 1;
        }
        (self.sink)(ReadItem::Record(record))?;
        self.judge_early()
    }

    pub(super) fn reject(
        &mut self,
        place: Place,
        incident_id: Option<String>,
        reason: String,
    ) -> Result<()> {
        self.records += 1;
        self.rejected += 1;
        let kind = without_numbers(&reason);
        let kind = match self.reasons.len() < REASONS || self.reasons.contains_key(&kind) {
            true => kind,
            false => "other reasons".to_owned(),
        };
        *self.reasons.entry(kind).or_default() += 1;
        (self.sink)(ReadItem::Rejected(Rejected {
            source: self.source.to_string(),
            record: self.records,
            line: place.line,
            incident_id: incident_id.unwrap_or_default(),
            reason,
            byte_offset: place
                .offset
                .map_or_else(String::new, |byte| byte.to_string()),
        }))?;
        self.judge_early()
    }

    /// The reasons, those that cost most records first.
    pub(super) fn reasons(&self) -> Vec<RejectReason> {
        let mut reasons: Vec<RejectReason> = self
            .reasons
            .iter()
            .map(|(reason, records)| RejectReason {
                reason: reason.clone(),
                records: *records,
            })
            .collect();
        reasons.sort_by(|a, b| b.records.cmp(&a.records).then(a.reason.cmp(&b.reason)));
        reasons
    }

    fn judge_early(&self) -> Result<()> {
        match self.records {
            MANY => self.judge(),
            _ => Ok(()),
        }
    }

    /// Whether so few of the records can be scanned that the input must be misread.
    pub(super) fn judge(&self) -> Result<()> {
        let lost = self.rejected + self.without_text;
        let Some(limit) = over_limit(self.limit, self.records, lost) else {
            return Ok(());
        };
        let percent = |n: u64| 100 * n / self.records;
        let mut message = if self.without_text >= self.rejected {
            let columns = self.text_columns.iter().map(|name| format!("`{name}`"));
            let columns: Vec<String> = columns.collect();
            let plural = if columns.len() > 1 { "s" } else { "" };
            format!(
                "{}% of {} records have no text in column{plural} {}",
                percent(self.without_text),
                self.records,
                columns.join(", ")
            )
        } else {
            let main = self.reasons().into_iter().next();
            format!(
                "{}% of {} records were rejected, most of them for: {}",
                percent(self.rejected),
                self.records,
                main.map_or_else(String::new, |main| main.reason)
            )
        };
        if let Some(name) = self.better_column() {
            message += &format!("; did you mean `{name}`? (--text-column)");
        }
        message += &format!("; more than {limit}% stops the run, --rejects-limit changes that");
        Err(Error::input(&*self.source, None, message))
    }

    /// The column that looks more like the narrative than those that were read.
    fn better_column(&self) -> Option<String> {
        let columns = self.header.iter().zip(&self.weights).enumerate();
        let heaviest = columns
            .filter(|(_, (name, _))| !self.text_columns.contains(name))
            .max_by_key(|(_, (_, weight))| weight.bytes);
        match heaviest {
            Some((index, (name, weight)))
                if weight.bytes >= NARRATIVE_BYTES * self.weighed.max(1) =>
            {
                Some(told_name(index, name))
            }
            _ => self.other_text_column.clone(),
        }
    }
}

/// The name of a column for a message. Without a header data stands in its place, which is not told.
fn told_name(index: usize, name: &str) -> String {
    match name.chars().count() {
        1..=40 => name.to_owned(),
        _ => format!("column {}", index + 1),
    }
}

/// The limit in percent, if the records lost are more than that and enough were read to tell.
pub fn over_limit(limit: Option<f64>, records: u64, lost: u64) -> Option<f64> {
    let limit = limit?;
    (records >= FEW && lost as f64 > limit * records as f64)
        .then(|| (limit * 1000.0).round() / 10.0)
}

/// A reason without the numbers that differ from one record to the next.
fn without_numbers(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    // Digits of a name, such as UTF-8, stay.
    let (mut in_number, mut in_name) = (false, false);
    for c in reason.chars() {
        if c.is_ascii_digit() && !in_name {
            if !in_number {
                kind.push('N');
            }
            in_number = true;
            continue;
        }
        kind.push(c);
        in_number = false;
        in_name = c.is_alphanumeric() || c == '-' && in_name;
    }
    kind
}

/// A reference without the blanks around it; `None` if nothing is left.
fn not_blank(value: Cow<'_, str>) -> Option<String> {
    let trimmed = value.trim();
    if trimmed.is_empty() {
        None
    } else if trimmed.len() == value.len() {
        Some(value.into_owned())
    } else {
        Some(trimmed.to_owned())
    }
}
