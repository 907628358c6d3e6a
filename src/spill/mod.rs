//! Sorts more rows than memory should hold: what a run gathers until its end (cases, sentences,
//! names) waits on the disk, so that memory does not follow the length of the input.
//!
//! A row is a key and a value, both bytes; keys are compared byte by byte, and rows with the same
//! key keep the order in which they came. Rows are gathered up to a bound, sorted, and written as a
//! *run*; reading merges the runs. A few rows never touch the disk.

mod storage;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use storage::{Output, Storage};

use crate::error::{Error, Result};

/// Runs that are merged at once, and files that are open at once for it.
const FAN_IN: usize = 64;

/// Bytes read of a run at a time.
const READ_BYTES: usize = 32 * 1024;

/// Gathers rows to be read back in the order of their keys.
#[derive(Debug)]
pub struct Sorter {
    place: Place,
    /// Keys and values of the rows in memory, one after another.
    bytes: Vec<u8>,
    rows: Vec<Row>,
    limit: usize,
    /// Runs by how often they were merged; those merged more often hold earlier rows.
    levels: Vec<Vec<Run>>,
    len: u64,
}

/// Where runs are written.
#[derive(Debug)]
struct Place {
    storage: Storage,
    folder: PathBuf,
    name: &'static str,
    made: u32,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    at: usize,
    key: u32,
    value: u32,
}

impl Row {
    fn key(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.at..self.at + self.key as usize]
    }

    fn value(self, bytes: &[u8]) -> &[u8] {
        let from = self.at + self.key as usize;
        &bytes[from..from + self.value as usize]
    }
}

/// A sorted file; removed with it.
#[derive(Debug)]
struct Run {
    path: PathBuf,
}

impl Drop for Run {
    fn drop(&mut self) {
        // What cannot be removed here goes with the folder of the unfinished run.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Sorter {
    /// Nothing gathered yet. Runs are written into `folder` under hidden names with `name` in them;
    /// about `limit` bytes are held in memory.
    pub fn new(storage: &Storage, folder: &Path, name: &'static str, limit: usize) -> Self {
        Self {
            place: Place {
                storage: storage.clone(),
                folder: folder.to_owned(),
                name,
                made: 0,
            },
            bytes: Vec::new(),
            rows: Vec::new(),
            limit,
            levels: Vec::new(),
            len: 0,
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If a run cannot be written.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.push_with(key, |bytes| {
            bytes.extend_from_slice(value);
            Ok(())
        })
    }

    /// Adds a row whose value is a thing, packed.
    ///
    /// # Errors
    /// If a run cannot be written.
    pub fn push_packed(&mut self, key: &[u8], value: &impl Serialize) -> Result<()> {
        self.push_with(key, |bytes| pack_into(value, bytes))
    }

    fn push_with(
        &mut self,
        key: &[u8],
        value: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let from = self.bytes.len();
        value(&mut self.bytes)?;
        let long = |length: usize| {
            u32::try_from(length).map_err(|_| Error::usage("a record is too large to be kept"))
        };
        self.rows.push(Row {
            at,
            key: long(from - at)?,
            value: long(self.bytes.len() - from)?,
        });
        self.len += 1;
        if self.bytes.len() + self.rows.len() * size_of::<Row>() >= self.limit {
            self.spill()?;
        }
        Ok(())
    }

    /// Rows added.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Ends gathering. The rows can then be read, more than once.
    ///
    /// # Errors
    /// If a run cannot be written.
    pub fn finish(mut self) -> Result<Sorted> {
        if !self.levels.is_empty() && !self.rows.is_empty() {
            self.spill()?;
        }
        self.sort();
        // The earliest rows first.
        let mut runs: Vec<Run> = self.levels.into_iter().rev().flatten().collect();
        while runs.len() > FAN_IN {
            let rest = runs.split_off(FAN_IN);
            let merged = merged(&mut self.place, &runs)?;
            runs = rest;
            runs.insert(0, merged);
        }
        Ok(Sorted {
            bytes: self.bytes,
            rows: self.rows,
            runs,
            len: self.len,
        })
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.rows.sort_by(|a, b| a.key(bytes).cmp(b.key(bytes)));
    }

    fn spill(&mut self) -> Result<()> {
        self.sort();
        let mut writer = self.place.run()?;
        for row in &self.rows {
            writer.write(row.key(&self.bytes), row.value(&self.bytes))?;
        }
        self.rows.clear();
        self.bytes.clear();
        let mut run = writer.finish()?;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(run);
            if self.levels[level].len() < FAN_IN {
                break;
            }
            let full = std::mem::take(&mut self.levels[level]);
            run = merged(&mut self.place, &full)?;
        }
        Ok(())
    }
}

fn merged(place: &mut Place, runs: &[Run]) -> Result<Run> {
    let mut writer = place.run()?;
    let mut merge = Merge::open(runs)?;
    while let Some((key, value)) = merge.next()? {
        writer.write(key, value)?;
    }
    writer.finish()
}

impl Place {
    fn run(&mut self) -> Result<RunFile> {
        self.made += 1;
        let name = format!(".{}.{}.sorted", self.name, self.made);
        let path = self.folder.join(name);
        let file = self.storage.create(&path)?;
        Ok(RunFile {
            file: BufWriter::with_capacity(1 << 16, file),
            run: Run { path },
        })
    }
}

/// A run being written: for each row the lengths of key and value, then both.
struct RunFile {
    file: BufWriter<Output>,
    run: Run,
}

impl RunFile {
    fn write(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let mut all = || {
            self.file.write_all(&(key.len() as u32).to_le_bytes())?;
            self.file.write_all(&(value.len() as u32).to_le_bytes())?;
            self.file.write_all(key)?;
            self.file.write_all(value)
        };
        all().map_err(|e| Error::io("cannot write", &self.run.path, e))
    }

    fn finish(mut self) -> Result<Run> {
        let flushed = self.file.flush();
        flushed.map_err(|e| Error::io("cannot write", &self.run.path, e))?;
        Ok(self.run)
    }
}

/// Rows in the order of their keys.
#[derive(Debug)]
pub struct Sorted {
    bytes: Vec<u8>,
    rows: Vec<Row>,
    runs: Vec<Run>,
    len: u64,
}

impl Sorted {
    /// Number of rows.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads the rows from the first.
    ///
    /// # Errors
    /// If a run cannot be read.
    pub fn read(&self) -> Result<Rows<'_>> {
        Ok(Rows(match self.runs.is_empty() {
            true => Held::Memory(&self.bytes, self.rows.iter()),
            false => Held::Disk(Merge::open(&self.runs)?),
        }))
    }
}

/// Rows as they are read.
#[derive(Debug)]
pub struct Rows<'s>(Held<'s>);

/// Where they are read from.
#[derive(Debug)]
enum Held<'s> {
    Memory(&'s [u8], std::slice::Iter<'s, Row>),
    Disk(Merge),
}

impl Rows<'_> {
    /// The key and the value of the next row.
    ///
    /// # Errors
    /// If a run cannot be read.
    #[allow(
        clippy::should_implement_trait,
        reason = "a row lives until the next one"
    )]
    pub fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        match &mut self.0 {
            Held::Memory(bytes, rows) => {
                Ok(rows.next().map(|row| (row.key(bytes), row.value(bytes))))
            }
            Held::Disk(merge) => merge.next(),
        }
    }
}

/// Merges runs.
#[derive(Debug)]
struct Merge {
    runs: Vec<Reader>,
    /// The next key of each run, the least first; of equal ones the earlier run.
    heap: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    /// The run whose row was handed out last.
    last: Option<usize>,
    key: Vec<u8>,
}

/// A run being read, one row ahead.
#[derive(Debug)]
struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    value: Vec<u8>,
    ahead: Vec<u8>,
}

impl Merge {
    fn open(runs: &[Run]) -> Result<Self> {
        let mut merge = Self {
            runs: Vec::with_capacity(runs.len()),
            heap: BinaryHeap::with_capacity(runs.len()),
            last: None,
            key: Vec::new(),
        };
        for (index, run) in runs.iter().enumerate() {
            let path = run.path.clone();
            let file = File::open(&path).map_err(|e| Error::io("cannot read", &path, e))?;
            merge.runs.push(Reader {
                path,
                file: BufReader::with_capacity(READ_BYTES, file),
                value: Vec::new(),
                ahead: Vec::new(),
            });
            merge.advance(index, Vec::new())?;
        }
        Ok(merge)
    }

    /// Puts the next key of a run on the heap, in a buffer that is used again.
    fn advance(&mut self, run: usize, mut key: Vec<u8>) -> Result<()> {
        let reader = &mut self.runs[run];
        let read = reader.row(&mut key);
        if read.map_err(|e| Error::io("cannot read", &reader.path, e))? {
            self.heap.push(Reverse((key, run)));
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<(&[u8], &[u8])>> {
        if let Some(run) = self.last.take() {
            let key = std::mem::take(&mut self.key);
            self.advance(run, key)?;
        }
        let Some(Reverse((key, run))) = self.heap.pop() else {
            return Ok(None);
        };
        self.key = key;
        self.last = Some(run);
        let reader = &mut self.runs[run];
        std::mem::swap(&mut reader.value, &mut reader.ahead);
        Ok(Some((&self.key, &reader.value)))
    }
}

impl Reader {
    /// Reads a row; `false` at the end of the run.
    fn row(&mut self, key: &mut Vec<u8>) -> io::Result<bool> {
        use std::io::BufRead as _;
        if self.file.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut lengths = [0; 8];
        self.file.read_exact(&mut lengths)?;
        let [a, b, c, d, e, f, g, h] = lengths;
        key.resize(u32::from_le_bytes([a, b, c, d]) as usize, 0);
        self.ahead
            .resize(u32::from_le_bytes([e, f, g, h]) as usize, 0);
        self.file.read_exact(key)?;
        self.file.read_exact(&mut self.ahead)?;
        Ok(true)
    }
}

/// Packs a thing behind what stands in `bytes`.
pub(crate) fn pack_into(value: &impl Serialize, bytes: &mut Vec<u8>) -> Result<()> {
    let packed = postcard::to_extend(value, std::mem::take(bytes));
    *bytes = packed.map_err(|e| Error::usage(format!("a record cannot be kept: {e}")))?;
    Ok(())
}

/// What was packed. The error says nothing of what stands in the bytes.
pub(crate) fn unpack<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T> {
    postcard::from_bytes(bytes)
        .map_err(|_| Error::usage("a file of the unfinished run was changed while it was in use"))
}

/// Adds a text to a key of several parts, so that keys compare as the texts do.
pub fn text_key(key: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xff);
        }
    }
    key.extend([0, 0]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(rows: &[(Vec<u8>, Vec<u8>)], limit: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(&Storage::default(), folder.path(), "rows", limit);
        for (key, value) in rows {
            sorter.push(key, value).unwrap();
        }
        let sorted = sorter.finish().unwrap();
        assert_eq!(sorted.len(), rows.len() as u64);
        let read = || {
            let (mut rows, mut all) = (sorted.read().unwrap(), Vec::new());
            while let Some((key, value)) = rows.next().unwrap() {
                all.push((key.to_vec(), value.to_vec()));
            }
            all
        };
        let all = read();
        assert_eq!(all, read(), "read twice");
        drop(sorted);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn rows_come_back_as_a_stable_sort_has_them(
            keys in proptest::collection::vec(proptest::collection::vec(0..3u8, 0..3), 0..300),
            limit in prop_oneof![Just(1), 1..2000usize, Just(1 << 20)],
        ) {
            let rows: Vec<_> = keys
                .into_iter()
                .enumerate()
                .map(|(number, key)| (key, number.to_string().into_bytes()))
                .collect();
            let mut expected = rows.clone();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(sorted(&rows, limit), expected);
        }

        #[test]
        fn text_keys_compare_as_texts_do(
            a in ("[a\0\u{1}b]{0,3}", "[a\0\u{1}b]{0,3}"),
            b in ("[a\0\u{1}b]{0,3}", "[a\0\u{1}b]{0,3}"),
        ) {
            let key = |pair: &(String, String)| {
                let mut key = Vec::new();
                text_key(&mut key, &pair.0);
                text_key(&mut key, &pair.1);
                key
            };
            prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
        }
    }

    #[test]
    fn runs_are_merged_in_levels() {
        // A row a run: 5,000 runs are two levels of merging and a part.
        let rows: Vec<_> = (0..5000u32)
            .map(|n| {
                (
                    (n * 7919 % 5000 / 2).to_be_bytes().to_vec(),
                    n.to_le_bytes().to_vec(),
                )
            })
            .collect();
        let mut expected = rows.clone();
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(sorted(&rows, 1), expected);
    }

    #[test]
    fn a_full_disk_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(&Storage::full_after(50), folder.path(), "rows", 1);
        let error = (0..20).find_map(|_| sorter.push(b"key", b"value").err());
        let error = error.expect("it is full").to_string();
        assert!(error.contains("sorted: cannot write"), "{error}");
    }
}
