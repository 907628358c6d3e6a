//! Reads inputs record by record: CSV, TSV, JSON Lines, Parquet and plain text.
//!
//! Given a path and [`ReadOptions`], [`read_input`] hands each record to a sink, in order, and
//! returns what is worth stating about the input as a whole. A record that cannot be read is
//! handed on too, as [`ReadItem::Rejected`] with its reason: nothing is left out silently. Only an
//! input that cannot be used at all is an error. Memory follows the longest record, not the input.

mod columns;
mod csv;
mod encoding;
mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;
mod recover;
mod rows;
mod sheet;
mod source;
mod text;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;

use self::columns::{Column, Columns};
use self::source::Source;
use crate::error::{Error, Result};
use crate::narrative::{Extra, Field, ReadItem, Record, Rejected};

pub use self::columns::ColumnsUsed;
pub use self::sheet::{Damaged, Sheet, SheetRow};

/// A record over this size is rejected unless [`ReadOptions::max_record_bytes`] says otherwise.
pub const DEFAULT_MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// Comma-separated values with a header line; semicolons and tabs are recognised.
    Csv,
    /// Tab-separated values with a header line.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet (only in builds with the feature `parquet`).
    Parquet,
    /// Plain text: the file is one record.
    Text,
}

impl InputFormat {
    /// The format as `--input-format` and the manifest name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Text => "txt",
        }
    }

    /// The format that the extension of `path` stands for.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            "txt" | "text" => Some(Self::Text),
            _ => None,
        }
    }
}

impl FromStr for InputFormat {
    type Err = Error;

    /// Reads a value of `--input-format`.
    fn from_str(name: &str) -> Result<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            "jsonl" | "ndjson" => Ok(Self::Jsonl),
            "parquet" if cfg!(feature = "parquet") => Ok(Self::Parquet),
            "parquet" => Err(no_parquet()),
            "txt" | "text" => Ok(Self::Text),
            "xlsx" | "xls" => Err(Error::usage(
                "workbooks are not read yet; save the sheet as CSV first",
            )),
            _ => Err(Error::usage(format!(
                "unknown input format {name:?}; one of csv, tsv, jsonl, parquet, txt"
            ))),
        }
    }
}

fn no_parquet() -> Error {
    Error::usage("this build reads and writes no Parquet; build it with the feature `parquet`")
}

/// How inputs are to be read. The default guesses everything.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The format; by extension if not given.
    pub format: Option<InputFormat>,
    /// Narrative columns in the order in which they are scanned; guessed if empty.
    pub text_columns: Vec<String>,
    /// Column of case references; guessed if not given.
    pub case_column: Option<String>,
    /// Column of incident references; guessed if not given.
    pub id_column: Option<String>,
    /// Column of incident dates; guessed if not given.
    pub date_column: Option<String>,
    /// Columns of people's names, to be masked if redaction is asked for.
    pub name_columns: Vec<String>,
    /// Column of the dates of reports, where they stand apart; guessed if not given.
    pub reported_column: Option<String>,
    /// Column of risk grades; guessed if not given.
    pub grade_column: Option<String>,
    /// Column of outcomes; guessed if not given.
    pub outcome_column: Option<String>,
    /// Column of areas; guessed if `None`.
    pub area_column: Option<String>,
    /// Columns whose values link records.
    pub link_columns: Vec<String>,
    /// Columns of ticks or codes.
    pub coded_columns: Vec<String>,
    /// Character encoding by its usual label; `auto` if not given.
    pub encoding: Option<String>,
    /// A record over this many bytes is rejected; 0 stands for [`DEFAULT_MAX_RECORD_BYTES`].
    pub max_record_bytes: usize,
}

impl ReadOptions {
    fn limit(&self) -> usize {
        match self.max_record_bytes {
            0 => DEFAULT_MAX_RECORD_BYTES,
            limit => limit,
        }
    }
}

/// What is worth stating about an input that was read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputInfo {
    /// The input as the user named it.
    pub source: String,
    /// Its format, as [`InputFormat::as_str`] names it.
    pub format: &'static str,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Records read, the rejected ones included.
    pub records: u64,
    /// Records rejected.
    pub rejected: u64,
    /// The encoding it was read in, in lower case.
    pub encoding: String,
    /// Characters that had no meaning in that encoding and were replaced with U+FFFD.
    pub replaced: u64,
    /// The columns that were used.
    pub columns: ColumnsUsed,
}

/// Replaces each folder with the files in it, at any depth and sorted by name, whose extension
/// stands for a known format. Hidden files are left out; `-` stays.
pub fn expand_inputs(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        if input.as_os_str() == "-" {
            files.push(input.clone());
            continue;
        }
        let found = std::fs::metadata(input).map_err(|e| Error::io("cannot read", input, e))?;
        if !found.is_dir() {
            files.push(input.clone());
            continue;
        }
        let before = files.len();
        list_folder(input, &mut files)?;
        if files.len() == before {
            let message = "no input in this folder; looked for .csv .tsv .jsonl .parquet .txt";
            return Err(Error::input(input, None, message));
        }
        files[before..].sort();
    }
    Ok(files)
}

fn list_folder(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let unreadable = |e| Error::io("cannot read", folder, e);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            list_folder(&path, files)?;
        } else if InputFormat::of_path(&path).is_some() && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads `path` (`-` is standard input) and hands each record to `sink`, in order.
///
/// An error of the sink ends the reading and is returned.
///
/// ```no_run
/// use std::path::Path;
/// use throughline::narrative::ReadItem;
/// use throughline::read::{ReadOptions, read_input};
///
/// let mut texts = 0;
/// let info = read_input(Path::new("log.csv"), &ReadOptions::default(), &mut |item| {
///     texts += usize::from(matches!(item, ReadItem::Record(_)));
///     Ok(())
/// })?;
/// println!("{texts} of {} records can be scanned", info.records);
/// # Ok::<(), throughline::error::Error>(())
/// ```
pub fn read_input(
    path: &Path,
    options: &ReadOptions,
    sink: &mut dyn FnMut(ReadItem) -> Result<()>,
) -> Result<InputInfo> {
    let format = match options.format.or_else(|| InputFormat::of_path(path)) {
        Some(format) => format,
        None if path.as_os_str() == "-" => {
            return Err(Error::usage("standard input needs --input-format"));
        }
        None => {
            let message = "cannot tell the format from the extension; use --input-format";
            return Err(Error::input(path, None, message));
        }
    };
    let name = path.display().to_string();
    let mut tally = Tally {
        source: Arc::from(name.as_str()),
        records: 0,
        rejected: 0,
        sink,
    };
    let (columns, done) = match format {
        InputFormat::Parquet => read_parquet(path, options, &mut tally)?,
        _ => {
            let source = Source::open(path, options.encoding.as_deref())?;
            let (columns, source) = match format {
                InputFormat::Jsonl => jsonl::read(source, options, &mut tally)?,
                InputFormat::Text => text::read(source, options, &mut tally)?,
                _ => csv::read(source, format, options, &mut tally)?,
            };
            (columns, source.finish()?)
        }
    };
    Ok(InputInfo {
        source: name,
        format: format.as_str(),
        sha256: done.sha256,
        bytes: done.bytes,
        records: tally.records,
        rejected: tally.rejected,
        encoding: done.encoding,
        replaced: done.replaced,
        columns,
    })
}

#[cfg(feature = "parquet")]
use self::parquet::read as read_parquet;

#[cfg(not(feature = "parquet"))]
fn read_parquet(
    _: &Path,
    _: &ReadOptions,
    _: &mut Tally,
) -> Result<(ColumnsUsed, source::Fingerprint)> {
    Err(no_parquet())
}

/// Counts the records of one input and hands them to the sink.
struct Tally<'s> {
    source: Arc<str>,
    records: u64,
    rejected: u64,
    sink: &'s mut dyn FnMut(ReadItem) -> Result<()>,
}

/// The value of a column in the record at hand: `None` if it has none, or why it is of no use.
type Value<'v> = std::result::Result<Option<Cow<'v, str>>, String>;

impl Tally<'_> {
    /// Hands on the record whose column values `value` looks up; rejects it if one is of no use.
    fn take<'v>(
        &mut self,
        columns: &Columns,
        line: u64,
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
                self.records += 1;
                let record = Record {
                    source: self.source.clone(),
                    record: self.records,
                    line,
                    case_id,
                    incident_id,
                    incident_date,
                    fields,
                    extra,
                };
                (self.sink)(ReadItem::Record(record))
            }
            (Ok(id), Err(reason)) => self.reject(line, id, reason),
            (Err(reason), _) => self.reject(line, None, reason),
        }
    }

    /// Hands on a record that is nothing but a text.
    fn accept_text(&mut self, incident_id: Option<String>, field: Field) -> Result<()> {
        self.records += 1;
        let record = Record {
            source: self.source.clone(),
            record: self.records,
            line: 1,
            case_id: None,
            incident_id,
            incident_date: None,
            fields: vec![field],
            extra: Box::default(),
        };
        (self.sink)(ReadItem::Record(record))
    }

    fn reject(&mut self, line: u64, incident_id: Option<String>, reason: String) -> Result<()> {
        self.records += 1;
        self.rejected += 1;
        (self.sink)(ReadItem::Rejected(Rejected {
            source: self.source.to_string(),
            record: self.records,
            line,
            incident_id: incident_id.unwrap_or_default(),
            reason,
        }))
    }
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

/// The value of a field that should be UTF-8.
fn utf8<'v>(bytes: &'v [u8], name: &str) -> Value<'v> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(Cow::Borrowed(text))),
        Err(_) => Err(format!("invalid UTF-8 in field {name:?}")),
    }
}
