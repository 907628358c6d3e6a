//! Reads back the rows of a table that were kept until the order of cases is known.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::tables::{Cell, CellKind, TableColumn};
use crate::error::{Error, Result};

/// A row as it was kept: its cells by the names of their columns.
pub(super) type KeptRow = Map<String, Value>;

/// The rows of one table, those of a case together, cases in reading order.
#[derive(Debug)]
pub(super) struct KeptRows {
    path: PathBuf,
    file: BufReader<File>,
    /// Rank of the case and place in the file, sorted.
    places: Vec<(u32, u64)>,
}

/// The rank of cases that are not flagged: behind all others.
const UNRANKED: u32 = u32::MAX;

impl KeptRows {
    /// Opens what a table kept; `ranks` gives the place of each case in the order of reading.
    pub fn open(path: PathBuf, ranks: &HashMap<&str, u32>) -> Result<Self> {
        let fail = |e| Error::io("cannot read", &path, e);
        let mut file = BufReader::new(File::open(&path).map_err(fail)?);
        let mut places = Vec::new();
        let (mut at, mut line) = (0, Vec::new());
        loop {
            line.clear();
            let read = file.read_until(b'\n', &mut line).map_err(fail)?;
            if read == 0 {
                break;
            }
            let row = parse(&line).ok_or_else(|| broken(&path))?;
            let case = row.get("case_id").and_then(Value::as_str);
            let rank = case.and_then(|case| ranks.get(case)).copied();
            places.push((rank.unwrap_or(UNRANKED), at));
            at += read as u64;
        }
        places.sort_unstable();
        Ok(Self { path, file, places })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// For each rank, the first of its rows.
    pub fn first_of_case(&self) -> BTreeMap<u32, usize> {
        let mut first = BTreeMap::new();
        for (row, (rank, _)) in self.places.iter().enumerate() {
            first.entry(*rank).or_insert(row);
        }
        first.remove(&UNRANKED);
        first
    }

    /// The rows of one case.
    pub fn of_case(&self, rank: u32) -> std::ops::Range<usize> {
        let before = self.places.partition_point(|(own, _)| *own < rank);
        let end = self.places.partition_point(|(own, _)| *own <= rank);
        before..end
    }

    /// Reads one row.
    pub fn row(&mut self, index: usize) -> Result<KeptRow> {
        let fail = |e| Error::io("cannot read", &self.path, e);
        let at = SeekFrom::Start(self.places[index].1);
        let here = self.file.stream_position().map_err(fail)?;
        if at != SeekFrom::Start(here) {
            self.file.seek(at).map_err(fail)?;
        }
        let mut line = Vec::new();
        self.file.read_until(b'\n', &mut line).map_err(fail)?;
        parse(&line).ok_or_else(|| broken(&self.path))
    }

    /// Removes the file.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|e| Error::io("cannot remove", &self.path, e))
    }
}

/// The cells of a row, in the order of the columns.
pub(super) fn cells<'r>(row: &'r KeptRow, columns: &[TableColumn]) -> Vec<Cell<'r>> {
    let cell = |column: &TableColumn| {
        let value = row.get(column.name);
        match column.kind {
            CellKind::Int => Cell::Int(value.and_then(Value::as_i64).unwrap_or_default()),
            _ => Cell::Text(value.and_then(Value::as_str).unwrap_or_default()),
        }
    };
    columns.iter().map(cell).collect()
}

fn parse(line: &[u8]) -> Option<KeptRow> {
    serde_json::from_slice(line).ok()
}

/// Says nothing of what stands in the file.
fn broken(path: &std::path::Path) -> Error {
    let error = std::io::Error::other("the file was changed while it was in use");
    Error::io("cannot read", path, error)
}
