//! Reads back the rows of a table that were kept until the order of cases is known. They wait on the
//! disk and are put in that order there, so that memory does not follow their number.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use memchr::memchr_iter;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::tables::{Cell, CellKind, TableColumn};
use crate::error::{Error, Result};
use crate::spill::{Rows, Sorted, Sorter, Storage};

/// Bytes of rows held in memory while they are put in order.
const HELD_BYTES: usize = 8 << 20;

/// A row as it was kept: its cells by the names of their columns.
pub(super) type KeptRow = Map<String, Value>;

/// In which order a table keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Cases in reading order already, or rows that are of no case.
    InOrder,
    /// Cases in the order of their references.
    ByCase,
    /// Of another order.
    Mixed,
}

/// The rank of cases that are not flagged: behind all others.
const UNRANKED: u32 = u32::MAX;

/// The place of each flagged case in the order of reading, by the reference of the case.
#[derive(Debug)]
pub(super) struct Ranks {
    by_case: Sorted,
    storage: Storage,
    folder: PathBuf,
}

impl Ranks {
    /// `cases` hands on the flagged cases in reading order.
    pub fn of(
        storage: &Storage,
        folder: &Path,
        cases: impl FnOnce(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
    ) -> Result<Self> {
        let mut by_case = Sorter::new(storage, folder, "ranks", HELD_BYTES);
        let mut rank = 0_u32;
        cases(&mut |case| {
            by_case.push(case, &rank.to_be_bytes())?;
            rank += 1;
            Ok(())
        })?;
        Ok(Self {
            by_case: by_case.finish()?,
            storage: storage.clone(),
            folder: folder.to_owned(),
        })
    }

    fn sorter(&self, name: &'static str) -> Sorter {
        Sorter::new(&self.storage, &self.folder, name, HELD_BYTES)
    }
}

/// The rows of one table, those of a case together, cases in reading order.
#[derive(Debug)]
pub(super) struct KeptRows {
    path: PathBuf,
    /// By rank; without, as they stand in the file.
    sorted: Option<Sorted>,
    len: usize,
}

/// The case of a row.
#[derive(Deserialize)]
struct CaseOf<'r> {
    #[serde(borrow, default)]
    case_id: Cow<'r, str>,
}

impl KeptRows {
    /// Puts what a table kept in the file `path` into the order of reading. What does not fit into
    /// memory waits under `name`, which no other rows may have at the same time.
    pub fn open(path: PathBuf, kept: Kept, ranks: &Ranks, name: &'static str) -> Result<Self> {
        let (sorted, len) = match kept {
            Kept::InOrder => (None, lines(&path)?),
            Kept::ByCase => {
                let mut lines = Lines::open(&path)?;
                let mut ranked = Ranked::begin(ranks, name)?;
                while let Some(line) = lines.next()? {
                    let case = case_of(line, &path)?;
                    ranked.add(case.as_bytes(), line)?;
                }
                ranked.finish()?
            }
            Kept::Mixed => {
                let mut by_case = ranks.sorter("mixed");
                let mut lines = Lines::open(&path)?;
                while let Some(line) = lines.next()? {
                    by_case.push(case_of(line, &path)?.as_bytes(), line)?;
                }
                let by_case = by_case.finish()?;
                let mut rows = by_case.read()?;
                let mut ranked = Ranked::begin(ranks, name)?;
                while let Some((case, line)) = rows.next()? {
                    ranked.add(case, line)?;
                }
                ranked.finish()?
            }
        };
        Ok(Self { path, sorted, len })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Reads the rows from the first.
    pub fn read(&self) -> Result<KeptReader<'_>> {
        let from = match &self.sorted {
            Some(sorted) => From::Sorted(sorted.read()?),
            None => From::File(Lines::open(&self.path)?),
        };
        Ok(KeptReader {
            path: &self.path,
            from,
        })
    }

    /// Removes the file.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|e| Error::io("cannot remove", &self.path, e))
    }
}

/// Rows as they are read.
#[derive(Debug)]
pub(super) struct KeptReader<'k> {
    path: &'k Path,
    from: From<'k>,
}

#[derive(Debug)]
enum From<'k> {
    Sorted(Rows<'k>),
    File(Lines<'k>),
}

impl KeptReader<'_> {
    /// The next row, and the rank of its case where it was put in order by that.
    pub fn next(&mut self) -> Result<Option<(u32, KeptRow)>> {
        let (rank, line) = match &mut self.from {
            From::Sorted(rows) => match rows.next()? {
                Some((rank, line)) => {
                    let rank = rank.first_chunk().copied();
                    (rank.map_or(UNRANKED, u32::from_be_bytes), line)
                }
                None => return Ok(None),
            },
            From::File(lines) => match lines.next()? {
                Some(line) => (UNRANKED, line),
                None => return Ok(None),
            },
        };
        let row = serde_json::from_slice(line).map_err(|_| broken(self.path))?;
        Ok(Some((rank, row)))
    }
}

/// Puts rows that come in the order of case references into the order of ranks.
#[derive(Debug)]
struct Ranked<'r> {
    ranks: Rows<'r>,
    /// The next case that has a rank.
    next: Option<(Vec<u8>, u32)>,
    rows: Sorter,
}

impl<'r> Ranked<'r> {
    fn begin(ranks: &'r Ranks, name: &'static str) -> Result<Self> {
        let mut ranked = Self {
            ranks: ranks.by_case.read()?,
            next: None,
            rows: ranks.sorter(name),
        };
        ranked.advance()?;
        Ok(ranked)
    }

    fn advance(&mut self) -> Result<()> {
        self.next = self.ranks.next()?.map(|(case, rank)| {
            let rank = rank.first_chunk().copied();
            (case.to_vec(), rank.map_or(UNRANKED, u32::from_be_bytes))
        });
        Ok(())
    }

    fn add(&mut self, case: &[u8], line: &[u8]) -> Result<()> {
        while self.next.as_ref().is_some_and(|next| *next.0 < *case) {
            self.advance()?;
        }
        let rank = match &self.next {
            Some((own, rank)) if *own == case => *rank,
            _ => UNRANKED,
        };
        self.rows.push(&rank.to_be_bytes(), line)
    }

    fn finish(self) -> Result<(Option<Sorted>, usize)> {
        let sorted = self.rows.finish()?;
        let len = usize::try_from(sorted.len()).unwrap_or(usize::MAX);
        Ok((Some(sorted), len))
    }
}

/// The lines of a file.
#[derive(Debug)]
struct Lines<'p> {
    path: &'p Path,
    file: BufReader<File>,
    line: Vec<u8>,
}

impl<'p> Lines<'p> {
    fn open(path: &'p Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io("cannot read", path, e))?;
        Ok(Self {
            path,
            file: BufReader::new(file),
            line: Vec::new(),
        })
    }

    fn next(&mut self) -> Result<Option<&[u8]>> {
        self.line.clear();
        let read = self.file.read_until(b'\n', &mut self.line);
        match read.map_err(|e| Error::io("cannot read", self.path, e))? {
            0 => Ok(None),
            _ => Ok(Some(&self.line)),
        }
    }
}

/// How many lines a file has.
fn lines(path: &Path) -> Result<usize> {
    let fail = |e| Error::io("cannot read", path, e);
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(fail)?);
    let mut lines = 0;
    loop {
        let bytes = file.fill_buf().map_err(fail)?;
        if bytes.is_empty() {
            return Ok(lines);
        }
        lines += memchr_iter(b'\n', bytes).count();
        let length = bytes.len();
        file.consume(length);
    }
}

fn case_of<'l>(line: &'l [u8], path: &Path) -> Result<Cow<'l, str>> {
    let row: CaseOf<'l> = serde_json::from_slice(line).map_err(|_| broken(path))?;
    Ok(row.case_id)
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

/// Says nothing of what stands in the file.
fn broken(path: &Path) -> Error {
    let error = std::io::Error::other("the file was changed while it was in use");
    Error::io("cannot read", path, error)
}
