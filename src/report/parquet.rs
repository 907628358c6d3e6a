//! Writes a table as Parquet: text columns as strings, numbers as 64-bit integers.
//!
//! Rows are held back until there are enough for a row group, so memory does not follow the table.

use std::io;

use polars::prelude::{
    BatchedWriter, Column, DataFrame, DataType, Field, IntoColumn, NamedFrom, ParquetWriter,
    PolarsError, PolarsResult, Schema, Series,
};

use super::tables::{CellKind, TableColumn};
use crate::spill::Output;

/// Rows of a row group.
const GROUP_ROWS: usize = 50_000;

/// A group is written sooner when its text reaches this size.
const GROUP_BYTES: usize = 64 * 1024 * 1024;

/// A cell as this format stores it.
pub(super) enum Datum {
    Text(String),
    Int(i64),
}

/// The cells of one column that are held back.
#[derive(Debug)]
enum Held {
    Text(Vec<String>),
    Int(Vec<i64>),
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

impl Writer {
    /// Starts a file with these columns.
    pub(super) fn new(file: Output, columns: &[TableColumn]) -> io::Result<Self> {
        let schema: Schema = columns
            .iter()
            .map(|column| {
                let kind = match column.kind {
                    CellKind::Text => DataType::String,
                    CellKind::Int => DataType::Int64,
                };
                Field::new(column.name.into(), kind)
            })
            .collect();
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
            match (held, cell) {
                (Held::Text(texts), Datum::Text(text)) => {
                    self.bytes += text.len();
                    texts.push(text);
                }
                (Held::Int(numbers), Datum::Int(number)) => numbers.push(number),
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
        let columns: Vec<Column> = self
            .columns
            .iter()
            .zip(&mut self.held)
            .map(|(column, held)| held.take(column.name).into_column())
            .collect();
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
        self.writer.finish().map_err(into_io)?;
        Ok(())
    }
}

impl Held {
    fn new(kind: CellKind) -> Self {
        match kind {
            CellKind::Text => Self::Text(Vec::new()),
            CellKind::Int => Self::Int(Vec::new()),
        }
    }

    /// The cells as a series, leaving none behind.
    fn take(&mut self, name: &str) -> Series {
        match self {
            Self::Text(texts) => Series::new(name.into(), std::mem::take(texts)),
            Self::Int(numbers) => Series::new(name.into(), std::mem::take(numbers)),
        }
    }
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
    use polars::prelude::{ParquetReader, SerReader};

    use super::*;
    use crate::spill::Storage;

    const COLUMNS: &[TableColumn] = &[TableColumn::text("quote"), TableColumn::int("start")];

    fn written(rows: usize) -> DataFrame {
        let file = tempfile::tempfile().unwrap();
        let mut writer =
            Writer::new(Storage::default().wrap(file.try_clone().unwrap()), COLUMNS).unwrap();
        for row in 0..rows {
            let cells = [Datum::Text(format!("=“{row}”\n")), Datum::Int(row as i64)];
            writer.write_row(cells.into_iter()).unwrap();
        }
        writer.finish().unwrap();
        ParquetReader::new(file).finish().unwrap()
    }

    #[test]
    fn rows_come_back_from_several_groups() {
        let frame = written(GROUP_ROWS + 1);
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
        let frame = written(0);
        assert_eq!(frame.height(), 0);
        let kinds: Vec<DataType> = frame.dtypes();
        assert_eq!(kinds, [DataType::String, DataType::Int64]);
    }
}
