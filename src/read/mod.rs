//! Reads inputs record by record: CSV, TSV, JSON, Parquet, workbooks, Word documents, plain text.
//!
//! Given a path and [`ReadOptions`], [`read_input`] hands each record to a sink, in order, and
//! returns what is worth stating about the input as a whole. A record that cannot be read is
//! handed on too, as [`ReadItem::Rejected`] with its reason: nothing is left out silently. Only an
//! input that cannot be used at all is an error. Memory follows the longest record, not the input.

mod archive;
mod cell;
mod column_names;
mod columns;
mod csv;
mod docx;
mod encoding;
mod envelope;
mod files;
mod format;
mod json;
mod jsonl;
mod ods;
#[cfg(feature = "parquet")]
mod parquet;
mod raw;
mod recover;
mod repair;
mod rows;
mod sheet;
mod sniff;
mod source;
mod surrogates;
mod tally;
mod text;
mod workbook;

use std::borrow::Cow;
use std::path::Path;

use serde::Serialize;

use self::raw::Raw;
use self::repair::Repair;
use self::source::Source;
use self::tally::Tally;
use crate::error::Result;
use crate::narrative::ReadItem;

pub use self::columns::ColumnsUsed;
pub use self::files::{InputFiles, expand_inputs, find_inputs};
pub use self::format::InputFormat;
pub use self::sheet::{Damaged, Sheet, SheetRow};
pub use self::tally::{RejectReason, over_limit};

/// A record over this size is rejected unless [`ReadOptions::max_record_bytes`] says otherwise.
pub const DEFAULT_MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// A workbook or Word document that unpacks to more than this is refused unless
/// [`ReadOptions::max_sheet_bytes`] says otherwise.
pub const DEFAULT_MAX_SHEET_BYTES: u64 = 512 * 1024 * 1024;

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
    /// Sheet of a workbook, by its name or its number from 1; without one, the only sheet that has a
    /// narrative column.
    pub sheet: Option<String>,
    /// A workbook or Word document that unpacks to more than this many bytes is refused; 0 stands for
    /// [`DEFAULT_MAX_SHEET_BYTES`].
    pub max_sheet_bytes: u64,
    /// Reject a record in which a character could not be decoded, instead of replacing the character.
    pub strict: bool,
    /// Share of records without use (rejected, or without text) over which an input of some length is
    /// taken to be misread, which is an error; no limit if not given.
    pub rejects_limit: Option<f64>,
}

impl ReadOptions {
    fn limit(&self) -> usize {
        match self.max_record_bytes {
            0 => DEFAULT_MAX_RECORD_BYTES,
            limit => limit,
        }
    }

    fn sheet_limit(&self) -> u64 {
        match self.max_sheet_bytes {
            0 => DEFAULT_MAX_SHEET_BYTES,
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
    /// How it was packed: `gzip` or `zstd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<&'static str>,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Records read, the rejected ones included.
    pub records: u64,
    /// Records rejected.
    pub rejected: u64,
    /// Records scanned in which no text column holds anything.
    pub without_text: u64,
    /// Why records were rejected, the reason that cost most first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reject_reasons: Vec<RejectReason>,
    /// The encoding it was read in, in lower case.
    pub encoding: String,
    /// Characters that had no meaning in that encoding and were replaced: with U+FFFD or, for single
    /// bytes in UTF-8, with what they are in Windows-1252.
    pub replaced: u64,
    /// The sheet that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Other sheets of the workbook that hold something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sheets_left_out: Vec<String>,
    /// Line or row of the header, where titles stand above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_line: Option<u64>,
    /// The columns that were used.
    pub columns: ColumnsUsed,
    /// Columns that were not read although they hold long text in the first records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub text_left_out: Vec<String>,
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
    let raw = Raw::open(path)?;
    let format = format::choose(path, raw.head(), options.format)?;
    let compression = raw.compression();
    let name = path.display().to_string();
    let mut tally = Tally::new(&name, options, sink);
    let done = match format {
        InputFormat::Parquet => read_parquet(raw, options, &mut tally)?,
        InputFormat::Sheet => workbook::read(raw, options, &mut tally)?,
        InputFormat::Docx => docx::read(raw, options, &mut tally)?,
        InputFormat::Csv | InputFormat::Tsv => {
            csv::read(Source::new(raw, options)?, format, options, &mut tally)?
        }
        InputFormat::Jsonl => jsonl::read(Source::new(raw, options)?, options, &mut tally)?,
        InputFormat::Json => json::read(Source::new(raw, options)?, options, &mut tally)?,
        InputFormat::Text => text::read(Source::new(raw, options)?, options, &mut tally)?,
    };
    tally.judge()?;
    Ok(InputInfo {
        source: name,
        format: format.as_str(),
        compression,
        sha256: done.sha256,
        bytes: done.bytes,
        records: tally.records,
        rejected: tally.rejected,
        without_text: tally.without_text,
        reject_reasons: tally.reasons(),
        encoding: done.encoding,
        replaced: done.replaced,
        sheet: done.sheet,
        sheets_left_out: done.sheets_left_out,
        header_line: done.header_line.filter(|line| *line > 1),
        columns: done.columns,
        text_left_out: tally.text_left_out(),
    })
}

/// What a reader tells of the input that it has read to its end.
struct Done {
    columns: ColumnsUsed,
    sha256: String,
    bytes: u64,
    encoding: String,
    replaced: u64,
    sheet: Option<String>,
    sheets_left_out: Vec<String>,
    /// Line or row of the header, from 1.
    header_line: Option<u64>,
}

impl Done {
    /// For a format that is text: its source, and what was replaced after decoding.
    fn of(source: Source, columns: ColumnsUsed, repair: &Repair) -> Result<Self> {
        let text = source.finish()?;
        Ok(Self {
            columns,
            sha256: text.sha256,
            bytes: text.bytes,
            encoding: text.encoding,
            replaced: text.replaced + repair.replaced(),
            sheet: None,
            sheets_left_out: Vec::new(),
            header_line: None,
        })
    }

    /// For a format that holds its own encoding.
    fn of_raw(raw: Raw, columns: ColumnsUsed) -> Result<Self> {
        let (sha256, bytes) = raw.finish()?;
        Ok(Self {
            columns,
            sha256,
            bytes,
            encoding: "utf-8".to_owned(),
            replaced: 0,
            sheet: None,
            sheets_left_out: Vec::new(),
            header_line: None,
        })
    }
}

#[cfg(feature = "parquet")]
use self::parquet::read as read_parquet;

#[cfg(not(feature = "parquet"))]
fn read_parquet(_: Raw, _: &ReadOptions, _: &mut Tally<'_>) -> Result<Done> {
    Err(format::no_parquet())
}

/// The value of a column in the record at hand: `None` if it has none, or why it is of no use.
type Value<'v> = std::result::Result<Option<Cow<'v, str>>, String>;
