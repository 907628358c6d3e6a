//! Writes the tables of a run as CSV, JSON Lines and Parquet: the same rows and columns in each.
//!
//! A [`TableWriter`] is given a folder, a table name, its columns and the formats that were asked
//! for; it streams rows to one file per format. Where the files end up is the caller's business:
//! write them to a staging folder and rename it when the run is complete.

mod case_tables;
mod columns;
mod sorted;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub use sorted::SortedTable;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::spill::{Output, Storage};

/// What a run writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Comma-separated values, safe to open in a spreadsheet.
    Csv,
    /// One JSON object a row.
    Jsonl,
    /// Apache Parquet (only in builds with the feature `parquet`).
    Parquet,
    /// The report page. Not a table: [`TableWriter`] leaves it to others.
    Html,
    /// One workbook for all tables. A [`TableWriter`] keeps the rows for it.
    Xlsx,
}

/// Where a table keeps its rows until the workbook is written.
pub(crate) fn kept_rows_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".{name}.rows"))
}

impl OutputFormat {
    /// The format as `--format` and file extensions name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Html => "html",
            Self::Xlsx => "xlsx",
        }
    }
}

impl FromStr for OutputFormat {
    type Err = Error;

    /// Reads one value of `--format`.
    fn from_str(name: &str) -> Result<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "jsonl" => Ok(Self::Jsonl),
            "parquet" if cfg!(feature = "parquet") => Ok(Self::Parquet),
            "parquet" => Err(no_parquet()),
            "html" => Ok(Self::Html),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(Error::usage(format!(
                "unknown output format {name:?}; one of csv, jsonl, parquet, html, xlsx"
            ))),
        }
    }
}

fn no_parquet() -> Error {
    Error::usage("this build reads and writes no Parquet; build it with the feature `parquet`")
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Name in the header.
    pub name: &'static str,
    /// What its cells are.
    pub kind: CellKind,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text.
    Text,
    /// Whole numbers.
    Int,
    /// Lists of texts; joined with `; ` in all formats but Parquet.
    List,
    /// Dates as written; Parquet holds the day besides.
    Date,
}

impl TableColumn {
    /// A column of text.
    pub const fn text(name: &'static str) -> Self {
        Self {
            name,
            kind: CellKind::Text,
        }
    }

    /// A column of whole numbers.
    pub const fn int(name: &'static str) -> Self {
        Self {
            name,
            kind: CellKind::Int,
        }
    }

    /// A column of lists.
    pub const fn list(name: &'static str) -> Self {
        Self {
            name,
            kind: CellKind::List,
        }
    }

    /// A column of dates.
    pub const fn date(name: &'static str) -> Self {
        Self {
            name,
            kind: CellKind::Date,
        }
    }
}

/// One value of a row, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Cell<'r> {
    /// Text, or a date as written.
    Text(&'r str),
    /// A whole number.
    Int(i64),
    /// A list, joined with `; ` in every format but Parquet.
    List(&'r [String]),
}

impl Cell<'_> {
    /// The value as text, in `buffer` if it has to be built.
    fn as_text<'b>(&'b self, buffer: &'b mut String) -> &'b str {
        use std::fmt::Write;
        buffer.clear();
        match self {
            Self::Text(text) => return text,
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    buffer.push_str(if index > 0 { "; " } else { "" });
                    buffer.push_str(item);
                }
            }
            Self::Int(number) => {
                // Writing to a string cannot fail.
                let _ = write!(buffer, "{number}");
            }
        }
        buffer
    }

    /// Whether it may stand in a column of that kind. A list that is joined already is a text.
    fn fits(&self, kind: CellKind) -> bool {
        matches!(self, Self::Int(_)) == (kind == CellKind::Int)
    }
}

impl<'r> From<&'r str> for Cell<'r> {
    fn from(text: &'r str) -> Self {
        Self::Text(text)
    }
}

impl<'r> From<&'r String> for Cell<'r> {
    fn from(text: &'r String) -> Self {
        Self::Text(text)
    }
}

impl<'r> From<&'r [String]> for Cell<'r> {
    fn from(items: &'r [String]) -> Self {
        Self::List(items)
    }
}

/// Writes one table in every format asked for.
#[derive(Debug)]
pub struct TableWriter {
    columns: Vec<TableColumn>,
    sinks: Vec<Sink>,
    rows: u64,
    buffer: String,
}

impl TableWriter {
    /// Makes `folder/name.csv` and so on, with their headers. `raw_csv` leaves out what makes CSV
    /// safe to open in a spreadsheet: the byte-order mark and the guard before formula characters.
    pub fn create(
        folder: &Path,
        name: &str,
        columns: &[TableColumn],
        formats: &[OutputFormat],
        raw_csv: bool,
    ) -> Result<Self> {
        let disk = Storage::default();
        Self::create_on(&disk, folder, name, columns, formats, raw_csv)
    }

    /// The same on a storage that may be limited.
    pub fn create_on(
        storage: &Storage,
        folder: &Path,
        name: &str,
        columns: &[TableColumn],
        formats: &[OutputFormat],
        raw_csv: bool,
    ) -> Result<Self> {
        let mut sinks = Vec::new();
        for format in [
            OutputFormat::Csv,
            OutputFormat::Jsonl,
            OutputFormat::Parquet,
            OutputFormat::Xlsx,
        ] {
            if formats.contains(&format) {
                let path = match format {
                    OutputFormat::Xlsx => kept_rows_file(folder, name),
                    _ => folder.join(format!("{name}.{}", format.as_str())),
                };
                sinks.push(Sink::create(storage, path, format, columns, raw_csv)?);
            }
        }
        Ok(Self {
            columns: columns.to_vec(),
            sinks,
            rows: 0,
            buffer: String::new(),
        })
    }

    /// Writes one row; its cells must fit the columns.
    pub fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        assert_eq!(
            cells.len(),
            self.columns.len(),
            "a row must have a cell for each column"
        );
        debug_assert!(
            cells
                .iter()
                .zip(&self.columns)
                .all(|(cell, column)| cell.fits(column.kind)),
            "cells must be of the kind of their columns"
        );
        for sink in &mut self.sinks {
            sink.write_row(&self.columns, cells, &mut self.buffer)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes what is still held back and closes the files; returns the number of rows.
    ///
    /// A table that is dropped without this may be cut short, and a full disk go unnoticed.
    pub fn finish(self) -> Result<u64> {
        for sink in self.sinks {
            sink.finish()?;
        }
        Ok(self.rows)
    }
}

/// A file being written.
#[derive(Debug)]
struct Sink {
    path: PathBuf,
    kind: SinkKind,
}

#[derive(Debug)]
enum SinkKind {
    Csv {
        writer: Box<csv::Writer<BufWriter<Output>>>,
        guard: bool,
    },
    Jsonl(BufWriter<Output>),
    #[cfg(feature = "parquet")]
    Parquet(Box<crate::report::parquet::Writer>),
}

impl Sink {
    fn create(
        storage: &Storage,
        path: PathBuf,
        format: OutputFormat,
        columns: &[TableColumn],
        raw_csv: bool,
    ) -> Result<Self> {
        let file = storage.create(&path)?;
        let kind = match format {
            OutputFormat::Csv => csv_sink(file, columns, raw_csv),
            OutputFormat::Jsonl | OutputFormat::Xlsx => Ok(SinkKind::Jsonl(BufWriter::new(file))),
            #[cfg(feature = "parquet")]
            OutputFormat::Parquet => crate::report::parquet::Writer::new(file, columns)
                .map(|w| SinkKind::Parquet(Box::new(w))),
            #[cfg(not(feature = "parquet"))]
            OutputFormat::Parquet => return Err(no_parquet()),
            OutputFormat::Html => return Err(Error::usage("the report page is not a table")),
        };
        match kind {
            Ok(kind) => Ok(Self { path, kind }),
            Err(error) => Err(Error::io("cannot write", path, error)),
        }
    }

    fn write_row(
        &mut self,
        columns: &[TableColumn],
        cells: &[Cell<'_>],
        buffer: &mut String,
    ) -> Result<()> {
        let written = match &mut self.kind {
            SinkKind::Csv { writer, guard } => write_csv(writer, cells, *guard, buffer),
            SinkKind::Jsonl(writer) => write_json(writer, columns, cells, buffer),
            #[cfg(feature = "parquet")]
            SinkKind::Parquet(writer) => writer.write_row(cells.iter().map(|cell| match cell {
                Cell::Int(number) => crate::report::parquet::Datum::Int(*number),
                Cell::Text(text) => crate::report::parquet::Datum::Text((*text).to_owned()),
                Cell::List(items) => crate::report::parquet::Datum::List(items.to_vec()),
            })),
        };
        written.map_err(|e| Error::io("cannot write", &self.path, e))
    }

    fn finish(self) -> Result<()> {
        let finished = match self.kind {
            SinkKind::Csv { writer, .. } => match writer.into_inner() {
                Ok(mut file) => file.flush(),
                Err(error) => Err(error.into_error()),
            },
            SinkKind::Jsonl(mut writer) => writer.flush(),
            #[cfg(feature = "parquet")]
            SinkKind::Parquet(writer) => writer.finish(),
        };
        finished.map_err(|e| Error::io("cannot write", self.path, e))
    }
}

fn csv_sink(file: Output, columns: &[TableColumn], raw: bool) -> io::Result<SinkKind> {
    let mut file = BufWriter::new(file);
    if !raw {
        file.write_all("\u{FEFF}".as_bytes())?;
    }
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(file);
    writer
        .write_record(columns.iter().map(|column| column.name))
        .map_err(io_error)?;
    Ok(SinkKind::Csv {
        writer: Box::new(writer),
        guard: !raw,
    })
}

fn write_csv(
    writer: &mut csv::Writer<BufWriter<Output>>,
    cells: &[Cell<'_>],
    guard: bool,
    buffer: &mut String,
) -> io::Result<()> {
    for cell in cells {
        let guarded;
        let mut text = cell.as_text(buffer);
        if guard && !matches!(cell, Cell::Int(_)) && starts_formula(text) {
            guarded = format!("'{text}");
            text = &guarded;
        }
        writer.write_field(text).map_err(io_error)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io_error)
}

/// Whether a spreadsheet would take the text for a formula.
fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn write_json(
    writer: &mut BufWriter<Output>,
    columns: &[TableColumn],
    cells: &[Cell<'_>],
    buffer: &mut String,
) -> io::Result<()> {
    let mut before = b'{';
    for (column, cell) in columns.iter().zip(cells) {
        writer.write_all(&[before])?;
        before = b',';
        serde_json::to_writer(&mut *writer, column.name)?;
        writer.write_all(b":")?;
        match cell {
            Cell::Int(number) => write!(writer, "{number}")?,
            cell => serde_json::to_writer(&mut *writer, cell.as_text(buffer))?,
        }
    }
    writer.write_all(b"}\n")
}

fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[TableColumn] = &[
        TableColumn::text("quote"),
        TableColumn::int("start"),
        TableColumn::list("tags"),
    ];

    /// Writes rows of (text, number, list) and returns the bytes of the table in `format`.
    fn written(rows: &[(String, i64, Vec<String>)], format: OutputFormat, raw: bool) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let mut table = TableWriter::create(folder.path(), "t", COLUMNS, &[format], raw).unwrap();
        for (text, number, list) in rows {
            table
                .write_row(&[text.into(), Cell::Int(*number), Cell::List(list)])
                .unwrap();
        }
        assert_eq!(table.finish().unwrap(), rows.len() as u64);
        std::fs::read(folder.path().join(format!("t.{}", format.as_str()))).unwrap()
    }

    fn row(text: &str, number: i64, list: &[&str]) -> (String, i64, Vec<String>) {
        (
            text.to_owned(),
            number,
            list.iter().map(|&item| item.to_owned()).collect(),
        )
    }

    #[test]
    fn csv_is_safe_to_open() {
        let rows = [row("=1+1", -5, &["@a", "b"]), row("a \"b\",\r\nc", 0, &[])];
        let bytes = written(&rows, OutputFormat::Csv, false);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "\u{FEFF}quote,start,tags\r\n'=1+1,-5,'@a; b\r\n\"a \"\"b\"\",\r\nc\",0,\r\n"
        );
        let bytes = written(&rows[..1], OutputFormat::Csv, true);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "quote,start,tags\r\n=1+1,-5,@a; b\r\n"
        );
    }

    #[test]
    fn json_keeps_numbers_and_needs_no_guard() {
        let bytes = written(
            &[row("=\"\u{1F622}\n", 7, &["a", "b"])],
            OutputFormat::Jsonl,
            false,
        );
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "{\"quote\":\"=\\\"\u{1F622}\\n\",\"start\":7,\"tags\":\"a; b\"}\n"
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
        let error = TableWriter::create(
            Path::new("/no/such/folder"),
            "cases",
            COLUMNS,
            &[OutputFormat::Csv],
            false,
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("/no/such/folder/cases.csv: cannot write"),
            "{error}"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_noticed_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        for format in [OutputFormat::Csv, OutputFormat::Jsonl] {
            let path = folder.path().join(format!("t.{}", format.as_str()));
            std::os::unix::fs::symlink("/dev/full", path).unwrap();
            let mut table =
                TableWriter::create(folder.path(), "t", COLUMNS, &[format], false).unwrap();
            table
                .write_row(&["a".into(), Cell::Int(1), Cell::List(&[])])
                .unwrap();
            assert!(
                table
                    .finish()
                    .unwrap_err()
                    .to_string()
                    .contains("cannot write")
            );
        }
    }

    /// Texts made of what breaks naive writers, and of anything else.
    fn text() -> impl Strategy<Value = String> {
        let nasty = r#"(["',;=+@\t\r\n-]|\r\n|[a-c ]|😢|é|“|\x00){0,12}"#;
        prop_oneof![3 => nasty.prop_map(|text: String| text), 1 => any::<String>()]
    }

    proptest! {
        #[test]
        fn every_text_survives(texts in proptest::collection::vec((text(), any::<i64>()), 0..6)) {
            let rows: Vec<_> =
                texts.iter().map(|(text, number)| row(text, *number, &[text, "x"])).collect();
            for raw in [false, true] {
                let bytes = written(&rows, OutputFormat::Csv, raw);
                let body = bytes.strip_prefix("\u{FEFF}".as_bytes());
                prop_assert_eq!(body.is_some(), !raw);
                let mut reader = csv::Reader::from_reader(body.unwrap_or(&bytes));
                let read: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
                prop_assert_eq!(read.len(), rows.len());
                for (record, (text, number, list)) in read.iter().zip(&rows) {
                    let guarded = |text: &str| match !raw && starts_formula(text) {
                        true => format!("'{text}"),
                        false => text.to_owned(),
                    };
                    prop_assert_eq!(&record[0], guarded(text));
                    prop_assert_eq!(record[1].parse::<i64>().unwrap(), *number);
                    prop_assert_eq!(&record[2], guarded(&list.join("; ")));
                }
            }
            let json = String::from_utf8(written(&rows, OutputFormat::Jsonl, false)).unwrap();
            prop_assert_eq!(json.lines().count(), rows.len());
            for (line, (text, number, list)) in json.lines().zip(&rows) {
                let value: serde_json::Value = serde_json::from_str(line).unwrap();
                prop_assert_eq!(value["quote"].as_str().unwrap(), text);
                prop_assert_eq!(value["start"].as_i64().unwrap(), *number);
                prop_assert_eq!(value["tags"].as_str().unwrap(), list.join("; "));
            }
        }
    }
}
