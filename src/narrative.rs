//! What the readers hand on: records, their text fields, and records that cannot be scanned.

use crate::date::parse_date;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::span::SourceMap;

/// One input record: an incident with one or more text fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Record {
    /// The input it came from, as the user named it (a path, or `-`).
    pub source: Arc<str>,
    /// Number of the record within its input, from 1; a header line is not counted.
    pub record: u64,
    /// Line in the input on which the record begins, from 1 (for a text file: 1).
    pub line: u64,
    /// Case reference, if the input has one that is not blank.
    pub case_id: Option<String>,
    /// Incident reference, if the input has one that is not blank.
    pub incident_id: Option<String>,
    /// Incident date as written.
    pub incident_date: Option<String>,
    /// Text fields in the order in which they are scanned. Empty texts are kept.
    pub fields: Vec<Field>,
    /// Values of other columns that were asked for or guessed.
    pub extra: Box<Extra>,
}

/// What a record holds besides its references, its date and its texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extra {
    /// When it was reported, as written, where the input tells it apart from the date.
    pub reported_on: Option<String>,
    /// Whether [`Record::incident_date`] is itself the day of the report, by its column's name.
    pub date_is_report: bool,
    /// Risk grade as written.
    pub grade: Option<String>,
    /// Outcome as written.
    pub outcome: Option<String>,
    /// Values of the columns to link by, in the order in which they were named.
    pub links: Vec<Option<String>>,
    /// Values of the coded columns, in the order in which they were named.
    pub coded: Vec<Option<String>>,
    /// Names of people in columns of their own; masked in the texts if redaction is asked for.
    pub names: Vec<String>,
}

impl Record {
    /// The year of the incident, if its date can be read.
    pub fn incident_year(&self) -> Option<i16> {
        let date = self.incident_date.as_deref()?;
        parse_date(date).map(jiff::civil::Date::year)
    }
}

/// One free-text field of a record: the unit of scanning.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// Column name (or `text` for a plain text file).
    pub name: Arc<str>,
    /// The text as decoded, unaltered; or masked, and then `source` leads back.
    pub text: String,
    /// Where a masked text stands in the source; `None` for one that is not masked.
    #[serde(skip)]
    pub source: Option<Arc<SourceMap>>,
}

/// An input record that was not scanned: a row of the `rejected` table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rejected {
    /// The input it came from, as the user named it.
    pub source: String,
    /// Number of the record within its input, from 1.
    pub record: u64,
    /// Line in the input on which the record begins, from 1.
    pub line: u64,
    /// Incident reference, where it could be read.
    pub incident_id: String,
    /// Why it was not scanned. Never holds narrative text.
    pub reason: String,
}

/// What a reader yields for each record of its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadItem {
    /// A record to scan.
    Record(Record),
    /// A record that cannot be scanned, with the reason.
    Rejected(Rejected),
}

impl Record {
    /// The incident reference, or the record number where there is none.
    pub fn incident_ref(&self) -> String {
        self.incident_id
            .clone()
            .unwrap_or_else(|| self.record.to_string())
    }
}
