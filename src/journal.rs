//! What an unfinished run found so far, so that `--resume` need not scan it again.
//!
//! The journal is a file of frames: one that says what the run is, then one for each batch of
//! records, in the order of the input. It holds what was found, not the texts: whoever goes on reads
//! the inputs again, and each record must be the one that was scanned then. A frame says how long it
//! is and what its bytes hash to; one that was cut off when the run ended is dropped.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::mention::Mention;
use crate::narrative::{ReadItem, Record, Rejected};
use crate::pipeline::{Outcome, Scanned};
use crate::scan::FoundSignal;
use crate::spill::{Output, Storage, pack_into, unpack};

/// What makes two runs the same: by its name, its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Each is named in the message if it is not what it was.
    pub parts: Vec<(String, String)>,
}

impl Header {
    /// The name of the first part that is not the same.
    fn differs(&self, former: &Self) -> Option<String> {
        let parts = self.parts.len().max(former.parts.len());
        (0..parts).find_map(|at| {
            let (own, then) = (self.parts.get(at), former.parts.get(at));
            let named = own.or(then)?;
            (own != then).then(|| named.0.clone())
        })
    }
}

/// What was found in a record.
type Found = (
    Vec<Vec<Mention>>,
    Vec<Vec<FoundSignal>>,
    Vec<String>,
    Vec<Vec<Mention>>,
);

/// A record of a batch: its hash, and what was found unless it was rejected.
type Entry = (u64, Option<Found>);

/// The journal of a run.
#[derive(Debug)]
pub struct Journal {
    inner: Mutex<Inner>,
    resumed: u64,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: Output,
    /// Batches of the former run that are still to come.
    former: Option<BufReader<File>>,
    frame: Vec<u8>,
    /// Records of which the journal tells.
    records: u64,
}

/// Bytes before the payload of a frame: its length and its hash.
const HEAD: usize = 16;

impl Journal {
    /// Begins a journal.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(storage: &Storage, path: &Path, header: &Header) -> Result<Self> {
        let mut inner = Inner {
            path: path.to_owned(),
            file: storage.create(path)?,
            former: None,
            frame: Vec::new(),
            records: 0,
        };
        inner.write(header)?;
        Ok(Self {
            inner: Mutex::new(inner),
            resumed: 0,
        })
    }

    /// Goes on with the journal of a run that was interrupted; begins one if that run ended before
    /// it had one.
    ///
    /// # Errors
    /// If that run was another one than `header` says, or the file cannot be read or written.
    pub fn resume(storage: &Storage, path: &Path, header: &Header) -> Result<Self> {
        let fail = |e| Error::io("cannot read", path, e);
        let mut file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(fail)?;
        let mut reader = BufReader::with_capacity(1 << 16, file.try_clone().map_err(fail)?);
        let mut frame = Vec::new();
        if !next_frame(&mut reader, &mut frame).map_err(fail)? {
            drop(reader);
            return Self::begin(storage, path, header);
        }
        if let Some(part) = header.differs(&unpack(&frame)?) {
            return Err(Error::usage(format!(
                "cannot resume: {part} is not what it was in the interrupted run; \
                 run it as it was then, or --force begins anew"
            )));
        }
        let first = (HEAD + frame.len()) as u64;
        let (mut end, mut records) = (first, 0);
        while next_frame(&mut reader, &mut frame).map_err(fail)? {
            end += (HEAD + frame.len()) as u64;
            records += unpack::<Vec<Entry>>(&frame)?.len() as u64;
        }
        drop(reader);
        let mut former = File::open(path).map_err(fail)?;
        former.seek(SeekFrom::Start(first)).map_err(fail)?;
        // What was cut off is overwritten.
        file.set_len(end).map_err(fail)?;
        file.seek(SeekFrom::Start(end)).map_err(fail)?;
        Ok(Self {
            inner: Mutex::new(Inner {
                path: path.to_owned(),
                file: storage.wrap(file),
                former: (records > 0).then(|| BufReader::with_capacity(1 << 16, former)),
                frame,
                records,
            }),
            resumed: records,
        })
    }

    /// Records that the interrupted run had scanned.
    pub fn resumed(&self) -> u64 {
        self.resumed
    }

    /// Records of which the journal tells by now.
    pub fn records(&self) -> u64 {
        self.inner().records
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the former run found in a batch; gives it back where that run did not come so far.
    pub(crate) fn known(
        &self,
        batch: Vec<ReadItem>,
    ) -> Result<std::result::Result<Vec<Outcome>, Vec<ReadItem>>> {
        let mut inner = self.inner();
        let Inner {
            former,
            frame,
            path,
            ..
        } = &mut *inner;
        let Some(reader) = former else {
            return Ok(Err(batch));
        };
        if self.resumed == 0
            || !next_frame(reader, frame).map_err(|e| Error::io("cannot read", path, e))?
        {
            *former = None;
            return Ok(Err(batch));
        }
        let entries: Vec<Entry> = unpack(frame)?;
        if entries.len() != batch.len() {
            return Err(changed());
        }
        let known = batch.into_iter().zip(entries);
        let outcomes: Result<Vec<Outcome>> =
            known.map(|(item, entry)| outcome(item, entry)).collect();
        outcomes.map(Ok)
    }

    /// Notes what was found in a batch.
    pub(crate) fn note(&self, outcomes: &[Outcome]) -> Result<()> {
        let entries: Vec<_> = outcomes.iter().map(entry).collect();
        let mut inner = self.inner();
        // Behind the former ones even where the end of those was not met yet.
        inner.former = None;
        inner.write(&entries)?;
        inner.records += outcomes.len() as u64;
        Ok(())
    }

    /// Every input is read. What the former run found besides was in records that are gone.
    pub(crate) fn input_ended(&self) -> Result<()> {
        let mut inner = self.inner();
        let Inner { former, frame, .. } = &mut *inner;
        let more = match former {
            Some(reader) => next_frame(reader, frame).unwrap_or(false),
            None => false,
        };
        if more { Err(changed()) } else { Ok(()) }
    }
}

impl Inner {
    fn write(&mut self, payload: &impl Serialize) -> Result<()> {
        self.frame.clear();
        self.frame.resize(HEAD, 0);
        pack_into(payload, &mut self.frame)?;
        let length = (self.frame.len() - HEAD) as u64;
        let hash = hash(&self.frame[HEAD..]);
        self.frame[..8].copy_from_slice(&length.to_le_bytes());
        self.frame[8..HEAD].copy_from_slice(&hash.to_le_bytes());
        let written = self.file.write_all(&self.frame);
        written.map_err(|e| Error::io("cannot write", &self.path, e))
    }
}

/// Reads a frame; `false` at the end or where the rest was cut off.
fn next_frame(reader: &mut impl Read, frame: &mut Vec<u8>) -> io::Result<bool> {
    let mut head = Vec::with_capacity(HEAD);
    reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let Ok(head) = <[u8; HEAD]>::try_from(head) else {
        return Ok(false);
    };
    let [a, b, c, d, e, f, g, h, rest @ ..] = head;
    let length = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    frame.clear();
    reader.by_ref().take(length).read_to_end(frame)?;
    Ok(frame.len() as u64 == length && hash(frame) == u64::from_le_bytes(rest))
}

fn hash(thing: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

fn entry(outcome: &Outcome) -> (u64, Option<FoundIn<'_>>) {
    match outcome {
        Outcome::Rejected(rejected) => (hash_rejected(rejected), None),
        Outcome::Scanned(s) => (
            hash_record(&s.record),
            Some((&s.mentions, &s.signals, &s.names, &s.statements)),
        ),
    }
}

/// [`Found`], borrowed: packed it is the same.
type FoundIn<'f> = (
    &'f [Vec<Mention>],
    &'f [Vec<FoundSignal>],
    &'f [String],
    &'f [Vec<Mention>],
);

fn outcome(item: ReadItem, (then, found): Entry) -> Result<Outcome> {
    match (item, found) {
        (ReadItem::Rejected(rejected), None) if hash_rejected(&rejected) == then => {
            Ok(Outcome::Rejected(rejected))
        }
        (ReadItem::Record(record), Some(found)) if hash_record(&record) == then => {
            let (mentions, signals, names, statements) = found;
            Ok(Outcome::Scanned(Scanned {
                record,
                mentions,
                signals,
                names,
                statements,
            }))
        }
        _ => Err(changed()),
    }
}

fn hash_record(record: &Record) -> u64 {
    hash((true, record))
}

fn hash_rejected(rejected: &Rejected) -> u64 {
    hash((false, rejected))
}

fn changed() -> Error {
    Error::usage(
        "cannot resume: the input is not what it was in the interrupted run; --force begins anew",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use super::*;

    fn rejected(record: u64) -> Rejected {
        Rejected {
            source: "in.csv".to_owned(),
            record,
            line: record + 1,
            incident_id: String::new(),
            reason: "why".to_owned(),
        }
    }

    fn header(value: &str) -> Header {
        Header {
            parts: vec![("the lexicon".to_owned(), value.to_owned())],
        }
    }

    /// Cut off at any byte, a journal gives back the batches that are whole, and goes on.
    #[test]
    fn a_torn_journal_goes_on_from_its_last_whole_batch() {
        let folder = tempfile::tempdir().unwrap();
        let (path, disk) = (folder.path().join("journal"), Storage::default());
        let begun = Journal::begin(&disk, &path, &header("one")).unwrap();
        let mut ends = vec![std::fs::metadata(&path).unwrap().len()];
        for record in 0..4 {
            begun.note(&[Outcome::Rejected(rejected(record))]).unwrap();
            ends.push(std::fs::metadata(&path).unwrap().len());
        }
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let torn = Journal::resume(&disk, &path, &header("one")).unwrap();
            let kept = ends[1..]
                .iter()
                .filter(|end| **end <= length as u64)
                .count() as u64;
            assert_eq!(torn.resumed(), kept, "cut at {length}");
            for record in 0..4 {
                let known = torn
                    .known(vec![ReadItem::Rejected(rejected(record))])
                    .unwrap();
                assert_eq!(known.is_ok(), record < kept);
                if known.is_err() {
                    torn.note(&[Outcome::Rejected(rejected(record))]).unwrap();
                }
            }
            assert_eq!(std::fs::read(&path).unwrap(), whole, "cut at {length}");
        }
    }

    #[test]
    fn what_was_another_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, disk) = (folder.path().join("journal"), Storage::default());
        let begun = Journal::begin(&disk, &path, &header("one")).unwrap();
        begun.note(&[Outcome::Rejected(rejected(1))]).unwrap();
        let error = Journal::resume(&disk, &path, &header("two")).unwrap_err();
        assert!(error.to_string().contains("the lexicon is not what it was"));
        let resume = || Journal::resume(&disk, &path, &header("one")).unwrap();
        let other = vec![ReadItem::Rejected(rejected(2))];
        assert!(resume().known(other).is_err(), "another record");
        let more = vec![ReadItem::Rejected(rejected(1)); 2];
        assert!(resume().known(more).is_err(), "another batch");
        assert!(resume().input_ended().is_err(), "no record at all");
    }
}
