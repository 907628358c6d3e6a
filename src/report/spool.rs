//! Keeps the texts of flagged records in a file until the report is written, so that memory holds
//! only what a case needs.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::assertion::Assertion;
use crate::error::{Error, Result};

/// A text field with its mentions, as it waits for the report.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptField {
    pub name: String,
    pub text: String,
    pub mentions: Vec<KeptMention>,
}

/// A mention as it waits for the report; `start` and `end` in bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptMention {
    pub start: usize,
    pub end: usize,
    /// Start and end in Unicode scalar values.
    pub place: [usize; 2],
    pub category: usize,
    pub rule: usize,
    pub assertion: Assertion,
    pub cues: Vec<String>,
    pub suppressed: Option<String>,
}

/// The file in which records wait.
#[derive(Debug)]
pub(super) struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
    at: u64,
}

impl Spool {
    pub fn create(path: PathBuf) -> Result<Self> {
        let file = File::create(&path).map_err(|e| Error::io("cannot write", &path, e))?;
        Ok(Self {
            path,
            file: BufWriter::with_capacity(1 << 16, file),
            at: 0,
        })
    }

    /// Keeps the fields of a record; returns where.
    pub fn keep(&mut self, fields: &[KeptField]) -> Result<u64> {
        let place = self.at;
        let mut line = serde_json::to_vec(fields)
            .map_err(|e| Error::io("cannot write", &self.path, e.into()))?;
        line.push(b'\n');
        self.file
            .write_all(&line)
            .map_err(|e| Error::io("cannot write", &self.path, e))?;
        self.at += line.len() as u64;
        Ok(place)
    }

    /// Ends writing, to read back what was kept.
    pub fn read_back(self) -> Result<Kept> {
        let Self { path, file, .. } = self;
        file.into_inner()
            .map_err(|e| Error::io("cannot write", &path, e.into_error()))?;
        let file = File::open(&path).map_err(|e| Error::io("cannot read", &path, e))?;
        Ok(Kept {
            path,
            file: BufReader::new(file),
        })
    }
}

/// What was kept.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    file: BufReader<File>,
}

impl Kept {
    /// The fields that were kept at a place.
    pub fn fields(&mut self, place: u64) -> Result<Vec<KeptField>> {
        let fail = |e| Error::io("cannot read", &self.path, e);
        self.file.seek(SeekFrom::Start(place)).map_err(fail)?;
        let mut line = Vec::new();
        self.file.read_until(b'\n', &mut line).map_err(fail)?;
        serde_json::from_slice(&line).map_err(|e| fail(e.into()))
    }

    /// Removes the file.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|e| Error::io("cannot remove", &self.path, e))
    }
}
