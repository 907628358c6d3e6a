//! Holds the records of a run back until every name of their case is known, then masks them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::pipeline::Outcome;
use crate::redact::Redactor;
use crate::spill::{Output, Storage};

/// Records that wait to be masked. They wait in a file inside the folder of the unfinished run, which
/// is removed before the run is put in place.
#[derive(Debug)]
pub(super) struct Masking<'l> {
    redactor: Redactor<'l>,
    path: PathBuf,
    file: BufWriter<Output>,
}

impl<'l> Masking<'l> {
    pub fn create(lexicon: &'l Lexicon, storage: &Storage, path: PathBuf) -> Result<Self> {
        let redactor = Redactor::new(lexicon)?;
        let file = storage.create(&path)?;
        Ok(Self {
            redactor,
            path,
            file: BufWriter::with_capacity(1 << 16, file),
        })
    }

    /// Reads the names in a record and keeps it.
    pub fn keep(&mut self, outcome: &Outcome) -> Result<()> {
        if let Outcome::Scanned(scanned) = outcome {
            self.redactor.learn(&scanned.record);
        }
        let fail = |e| Error::io("cannot write", &self.path, e);
        serde_json::to_writer(&mut self.file, outcome).map_err(|e| fail(e.into()))?;
        self.file.write_all(b"\n").map_err(fail)
    }

    /// Hands on every record, masked, in the order in which they came; returns what was masked.
    pub fn hand_on(
        self,
        sink: &mut dyn FnMut(Outcome) -> Result<()>,
    ) -> Result<BTreeMap<String, u64>> {
        let Self {
            mut redactor,
            path,
            file,
        } = self;
        file.into_inner()
            .map_err(|e| Error::io("cannot write", &path, e.into_error()))?;
        let fail = |e| Error::io("cannot read", &path, e);
        let mut file = BufReader::new(File::open(&path).map_err(fail)?);
        let mut line = Vec::new();
        while file.read_until(b'\n', &mut line).map_err(fail)? > 0 {
            // The message of a parser could quote what it read.
            let mut outcome: Outcome = serde_json::from_slice(&line)
                .map_err(|_| fail(std::io::Error::other("the file was changed")))?;
            if let Outcome::Scanned(scanned) = &mut outcome {
                redactor.mask(scanned);
            }
            sink(outcome)?;
            line.clear();
        }
        std::fs::remove_file(&path).map_err(|e| Error::io("cannot remove", &path, e))?;
        Ok(redactor.masks())
    }
}
