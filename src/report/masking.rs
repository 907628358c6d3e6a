//! Holds the records of a run back until every name of their case is known, then masks them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::case::order::record_key;
use crate::error::Result;
use crate::lexicon::Lexicon;
use crate::pipeline::Scanned;
use crate::redact::{Redactor, case_of};
use crate::spill::{Rows, Sorter, Storage, text_key, unpack};

/// Bytes of records held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 16 << 20;

/// Records that wait to be masked, in the folder of the unfinished run, which is removed before the run
/// is put in place. They are masked case by case, and within a case in its own order, so that neither
/// memory nor the numbers in the masks follow the input.
#[derive(Debug)]
pub(super) struct Masking<'l> {
    redactor: Redactor<'l>,
    /// By case and by place in it.
    waiting: Sorter,
}

impl<'l> Masking<'l> {
    pub fn create(lexicon: &'l Lexicon, storage: &Storage, folder: &Path) -> Result<Self> {
        Ok(Self {
            redactor: Redactor::new(lexicon)?,
            waiting: Sorter::new(storage, folder, "unmasked", HELD_BYTES),
        })
    }

    /// Keeps a record.
    pub fn keep(&mut self, scanned: &Scanned) -> Result<()> {
        let record = &scanned.record;
        let mut key = Vec::new();
        text_key(&mut key, &case_of(record));
        key.extend(record_key(record));
        self.waiting.push_packed(&key, scanned)
    }

    /// Hands on every record, masked; returns what was masked.
    pub fn hand_on(
        self,
        sink: &mut dyn FnMut(&Scanned) -> Result<()>,
    ) -> Result<BTreeMap<String, u64>> {
        let Self {
            mut redactor,
            waiting,
        } = self;
        let waiting = waiting.finish()?;
        // Read twice, one case apart: the names of a whole case are known before its first record is
        // masked, and memory holds those names but one record at a time.
        let (mut ahead, mut rows) = (waiting.read()?, waiting.read()?);
        let mut next = next_record(&mut ahead)?;
        let mut case: Option<String> = None;
        while let Some(mut scanned) = next_record(&mut rows)? {
            let own = case_of(&scanned.record);
            if case.as_ref() != Some(&own) {
                if let Some(before) = case.replace(own.clone()) {
                    redactor.forget(&before);
                }
                while let Some(record) = next.take_if(|s| case_of(&s.record) == own) {
                    redactor.learn(&record.record);
                    next = next_record(&mut ahead)?;
                }
            }
            redactor.mask(&mut scanned);
            sink(&scanned)?;
        }
        Ok(redactor.masks())
    }
}

fn next_record(rows: &mut Rows<'_>) -> Result<Option<Scanned>> {
    rows.next()?.map(|(_, scanned)| unpack(scanned)).transpose()
}
