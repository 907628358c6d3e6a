//! A table whose rows are not written in the order in which they come: each has a key, they wait on
//! the disk beyond what memory may hold, and they are written in the order of their keys.

use std::path::Path;

use serde::Deserialize;

use super::{Cell, OutputFormat, TableColumn, TableWriter};
use crate::error::Result;
use crate::spill::{Sorter, Storage, unpack};

/// Bytes of rows held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 8 << 20;

/// A cell while its row waits; the same bytes as those of a [`Cell`].
#[derive(Debug, Deserialize)]
enum Waiting<'r> {
    Text(&'r str),
    Int(i64),
    List(Vec<String>),
}

/// Gathers the rows of a table and writes them sorted.
#[derive(Debug)]
pub struct SortedTable {
    rows: Sorter,
    table: TableWriter,
}

impl SortedTable {
    /// Opens the table `name` in `folder`, as [`TableWriter::create_on`] does.
    ///
    /// # Errors
    /// If a file cannot be made.
    pub fn create_on(
        storage: &Storage,
        folder: &Path,
        name: &'static str,
        columns: &[TableColumn],
        formats: &[OutputFormat],
        raw_csv: bool,
    ) -> Result<Self> {
        Ok(Self {
            rows: Sorter::new(storage, folder, name, HELD_BYTES),
            table: TableWriter::create_on(storage, folder, name, columns, formats, raw_csv)?,
        })
    }

    /// Adds a row. Rows with the same key keep the order in which they came.
    ///
    /// # Errors
    /// If what does not fit into memory cannot be written.
    pub fn add(&mut self, key: &[u8], cells: &[Cell<'_>]) -> Result<()> {
        self.rows.push_packed(key, &cells)
    }

    /// Writes the rows and closes the files; returns the number of rows.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn finish(mut self) -> Result<u64> {
        let sorted = self.rows.finish()?;
        let mut rows = sorted.read()?;
        while let Some((_, row)) = rows.next()? {
            let row: Vec<Waiting<'_>> = unpack(row)?;
            let cells: Vec<Cell<'_>> = row.iter().map(Waiting::cell).collect();
            self.table.write_row(&cells)?;
        }
        self.table.finish()
    }
}

impl Waiting<'_> {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Int(number) => Cell::Int(*number),
            Self::List(items) => Cell::List(items),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_by_their_keys_whatever_they_hold() {
        const COLUMNS: &[TableColumn] = &[
            TableColumn::text("text"),
            TableColumn::int("n"),
            TableColumn::list("list"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let formats = &[OutputFormat::Jsonl];
        let storage = Storage::default();
        let mut table =
            SortedTable::create_on(&storage, folder.path(), "t", COLUMNS, formats, true).unwrap();
        let list = ["a; b".to_owned(), "é\n".to_owned()];
        let row = |text, n| [Cell::Text(text), Cell::Int(n), Cell::List(&list[..])];
        table.add(b"b", &row("second \"row\"", -1)).unwrap();
        table.add(b"c", &row("", i64::MAX)).unwrap();
        table.add(b"a", &row("first", 0)).unwrap();
        table.add(b"b", &row("third", 1)).unwrap();
        assert_eq!(table.finish().unwrap(), 4);
        let written = std::fs::read_to_string(folder.path().join("t.jsonl")).unwrap();
        let wanted = [
            r#"{"text":"first","n":0,"list":"a; b; é\n"}"#,
            r#"{"text":"second \"row\"","n":-1,"list":"a; b; é\n"}"#,
            r#"{"text":"third","n":1,"list":"a; b; é\n"}"#,
            r#"{"text":"","n":9223372036854775807,"list":"a; b; é\n"}"#,
        ];
        assert_eq!(written.lines().collect::<Vec<_>>(), wanted);
    }
}
