//! Writes a table as Parquet: texts as strings, numbers as 64-bit integers, lists as lists of strings,
//! dates as dates.
//!
//! A date that cannot be read as a day ("spring 2023") would be lost as a date; so each column of dates
//! has a second one, `NAME_written`, behind all others, that holds what was written. Rows are held back
//! until there are enough for a row group, so memory does not follow the table.

use std::io;
use std::sync::PoisonError;

use polars::prelude::{
    BatchedWriter, Column, DataFrame, DataType, Field, IntoColumn, IntoSeries, ListBuilderTrait,
    ListStringChunkedBuilder, NamedFrom, ParquetWriter, PolarsError, PolarsResult, Schema, Series,
};

use super::tables::{CellKind, TableColumn};
use crate::date::parse_date;
use crate::spill::Output;

/// Rows of a row group.
const GROUP_ROWS: usize = 50_000;

/// A group is written sooner when its text reaches this size.
const GROUP_BYTES: usize = 64 * 1024 * 1024;

/// A cell as this format stores it.
pub(super) enum Datum {
    Text(String),
    Int(i64),
    List(Vec<String>),
}

/// The cells of one column that are held back.
#[derive(Debug)]
enum Held {
    Text(Vec<String>),
    Int(Vec<i64>),
    List(Vec<Vec<String>>),
    /// As written.
    Date(Vec<String>),
}

/// Writes one Parquet file.
pub(super) struct Writer {
    writer: BatchedWriter<Buffered>,
    columns: Vec<TableColumn>,
    held: Vec<Held>,
    rows: usize,
    bytes: usize,
}

type Buffered = io::BufWriter<Output>;

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// What the second column of a column of dates is called.
fn written(name: &str) -> String {
    format!("{name}_written")
}

impl Writer {
    /// Starts a file with these columns.
    pub(super) fn new(file: Output, columns: &[TableColumn]) -> io::Result<Self> {
        let own = columns.iter().map(|column| {
            let kind = match column.kind {
                CellKind::Text => DataType::String,
                CellKind::Int => DataType::Int64,
                CellKind::List => DataType::List(Box::new(DataType::String)),
                CellKind::Date => DataType::Date,
            };
            Field::new(column.name.into(), kind)
        });
        let dates = columns.iter().filter(|c| c.kind == CellKind::Date);
        let dates = dates.map(|c| Field::new(written(c.name).into(), DataType::String));
        let schema: Schema = own.chain(dates).collect();
        let writer = ParquetWriter::new(io::BufWriter::new(file))
            .batched(&schema)
            .map_err(into_io)?;
        let held = columns
            .iter()
            .map(|column| Held::new(column.kind))
            .collect();
        Ok(Self {
            writer,
            columns: columns.to_vec(),
            held,
            rows: 0,
            bytes: 0,
        })
    }

    /// Adds a row; its cells must fit the columns.
    pub(super) fn write_row(&mut self, cells: impl Iterator<Item = Datum>) -> io::Result<()> {
        for (held, cell) in self.held.iter_mut().zip(cells) {
            self.bytes += match &cell {
                Datum::Text(text) => text.len(),
                Datum::Int(_) => 8,
                Datum::List(items) => items.iter().map(String::len).sum(),
            };
            match (held, cell) {
                (Held::Text(texts) | Held::Date(texts), Datum::Text(text)) => texts.push(text),
                (Held::Text(texts), Datum::List(items)) => texts.push(items.join("; ")),
                (Held::Int(numbers), Datum::Int(number)) => numbers.push(number),
                (Held::List(lists), Datum::List(items)) => lists.push(items),
                _ => return Err(io::Error::other("a cell is not of the kind of its column")),
            }
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.write_group().map_err(into_io)?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> PolarsResult<()> {
        let mut columns: Vec<Column> = Vec::with_capacity(self.columns.len());
        let mut behind: Vec<Column> = Vec::new();
        for (column, held) in self.columns.iter().zip(&mut self.held) {
            let series = match held {
                Held::Text(texts) => Series::new(column.name.into(), std::mem::take(texts)),
                Held::Int(numbers) => Series::new(column.name.into(), std::mem::take(numbers)),
                Held::List(lists) => list_series(column.name, &std::mem::take(lists)),
                Held::Date(texts) => {
                    let texts = std::mem::take(texts);
                    let days = date_series(column.name, &texts)?;
                    behind.push(Series::new(written(column.name).into(), texts).into_column());
                    days
                }
            };
            columns.push(series.into_column());
        }
        columns.extend(behind);
        let frame = DataFrame::new(self.rows, columns)?;
        self.rows = 0;
        self.bytes = 0;
        self.writer.write_batch(&frame)
    }

    /// Writes what is held back and the footer.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group().map_err(into_io)?;
        }
        // Without the Arrow schema that polars puts beside Parquet's own: it says that strings are
        // views, and pandas refuses lists of those. Parquet's types say all that a reader needs.
        let writer = self.writer.get_writer();
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.end(Some(Vec::new())).map_err(into_io)?;
        Ok(())
    }
}

impl Held {
    fn new(kind: CellKind) -> Self {
        match kind {
            CellKind::Text => Self::Text(Vec::new()),
            CellKind::Int => Self::Int(Vec::new()),
            CellKind::List => Self::List(Vec::new()),
            CellKind::Date => Self::Date(Vec::new()),
        }
    }
}

fn list_series(name: &str, lists: &[Vec<String>]) -> Series {
    let items = lists.iter().map(Vec::len).sum();
    let mut builder = ListStringChunkedBuilder::new(name.into(), lists.len(), items);
    for list in lists {
        builder.append_values_iter(list.iter().map(String::as_str));
    }
    builder.finish().into_series()
}

/// Days since 1970 of what can be read as a day; nothing for the rest.
fn date_series(name: &str, texts: &[String]) -> PolarsResult<Series> {
    let first = jiff::civil::date(1970, 1, 1);
    let days: Vec<Option<i32>> = texts
        .iter()
        .map(|text| Some((parse_date(text)? - first).get_days()))
        .collect();
    Series::new(name.into(), days).cast(&DataType::Date)
}

/// The cause of a failure of polars as an I/O error, its kind kept if it is one.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
fn into_io(error: PolarsError) -> io::Error {
    match &error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
        _ => io::Error::other(error.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use polars::prelude::{AnyValue, ParquetReader, SerReader};

    use super::*;
    use crate::spill::Storage;

    const COLUMNS: &[TableColumn] = &[
        TableColumn::text("quote"),
        TableColumn::date("day"),
        TableColumn::list("tags"),
        TableColumn::int("start"),
    ];

    fn table(rows: usize) -> DataFrame {
        let file = tempfile::tempfile().unwrap();
        let mut writer =
            Writer::new(Storage::default().wrap(file.try_clone().unwrap()), COLUMNS).unwrap();
        for row in 0..rows {
            let day = ["03/05/2024 19:40", "spring", ""][row % 3];
            let tags = (0..row % 3).map(|tag| format!("tag; {tag}")).collect();
            let cells = [
                Datum::Text(format!("=“{row}”\n")),
                Datum::Text(day.to_owned()),
                Datum::List(tags),
                Datum::Int(row as i64),
            ];
            writer.write_row(cells.into_iter()).unwrap();
        }
        writer.finish().unwrap();
        ParquetReader::new(file).finish().unwrap()
    }

    #[test]
    fn rows_come_back_from_several_groups() {
        let frame = table(GROUP_ROWS + 1);
        assert_eq!(frame.height(), GROUP_ROWS + 1);
        let texts = frame.column("quote").unwrap().str().unwrap().clone();
        assert_eq!(
            texts.get(GROUP_ROWS),
            Some(format!("=“{GROUP_ROWS}”\n").as_str())
        );
        let numbers = frame.column("start").unwrap().i64().unwrap().clone();
        assert_eq!(numbers.get(7), Some(7));
    }

    #[test]
    fn a_table_without_rows_keeps_its_columns() {
        let frame = table(0);
        assert_eq!(frame.height(), 0);
        let list = DataType::List(Box::new(DataType::String));
        let kinds: Vec<DataType> = frame.dtypes();
        let (text, day, number) = (DataType::String, DataType::Date, DataType::Int64);
        assert_eq!(kinds, [text.clone(), day, list, number, text]);
        let names = frame.columns().iter().map(|column| column.name().as_str());
        let names: Vec<&str> = names.collect();
        assert_eq!(names, ["quote", "day", "tags", "start", "day_written"]);
    }

    #[test]
    fn dates_and_lists_come_back_as_such_and_nothing_written_is_lost() {
        let frame = table(3);
        let days = frame.column("day").unwrap();
        // 3 May 2024, counted from 1970.
        let third_of_may = jiff::civil::date(2024, 5, 3) - jiff::civil::date(1970, 1, 1);
        assert_eq!(
            days.get(0).unwrap(),
            AnyValue::Date(third_of_may.get_days())
        );
        assert_eq!(days.null_count(), 2);
        let written = frame.column("day_written").unwrap().str().unwrap().clone();
        let written: Vec<_> = written.iter().flatten().collect();
        assert_eq!(written, ["03/05/2024 19:40", "spring", ""]);
        let tags = frame.column("tags").unwrap().list().unwrap().clone();
        let tags: Vec<Vec<String>> = (0..3)
            .map(|row| {
                let list = tags.get_as_series(row).unwrap();
                let texts = list.str().unwrap().iter().flatten();
                texts.map(str::to_owned).collect()
            })
            .collect();
        assert_eq!(tags[0], Vec::<String>::new());
        // What holds the mark between joined items is still one item.
        assert_eq!(tags[2], ["tag; 0", "tag; 1"]);
    }
}
