//! Runs a scan: reads, scans in parallel, writes in order.
//!
//! A reader thread fills batches, a pool scans them, and the calling thread takes them in order, so
//! reading, scanning and writing overlap and the output does not depend on the number of threads.
//! What waits between the stages is bounded; memory does not grow with the length of the input.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde::{Deserialize, Serialize};

use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};

use crate::assertion::Group;
use crate::boilerplate::MuteList;
use crate::case::link::Links;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::narrative::{ReadItem, Record, Rejected};
use crate::read::{InputInfo, ReadOptions, read_input};
use crate::scan::{FoundSignal, Scanner};

/// Records in a batch, at most.
const BATCH_RECORDS: usize = 512;

/// Bytes of text after which a batch is closed.
const BATCH_BYTES: usize = 1 << 20;

/// Batches that may wait between two stages.
const WAITING: usize = 4;

/// A record with what was found in each of its fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scanned {
    /// The record, its case reference filled in.
    pub record: Record,
    /// Mentions by field, in the order of the fields.
    pub mentions: Vec<Vec<Mention>>,
    /// Signals by field, in the order of the fields.
    pub signals: Vec<Vec<FoundSignal>>,
    /// Full names in its texts, where they were asked for.
    pub names: Vec<String>,
    /// What each field says about response checks.
    pub statements: Vec<Vec<Mention>>,
}

/// What the pipeline hands on, in the order of the input.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// A record that was scanned.
    Scanned(Scanned),
    /// A record that was not.
    Rejected(Rejected),
}

/// What to run.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The inputs, folders already expanded.
    pub inputs: &'p [PathBuf],
    /// How to read them.
    pub read: &'p ReadOptions,
    /// The lexicon.
    pub lexicon: &'p Lexicon,
    /// Sentences whose mentions do not count.
    pub mute: &'p MuteList,
    /// Cases that records were joined into, if they were.
    pub links: Option<&'p Links>,
    /// Look for full names, to propose links by them.
    pub names: bool,
    /// Worker threads; 0 for as many as there are cores.
    pub jobs: usize,
    /// What an interrupted run found already, and where this one notes what it finds.
    pub journal: Option<&'p Journal>,
    /// Set from outside to end the run early.
    pub interrupted: &'p AtomicBool,
}

/// Runs the plan, handing every outcome to `sink` in the order of the input.
///
/// # Errors
/// The first error of an input or of the sink; [`crate::error::ErrorKind::Interrupted`] if it was
/// ended from outside. Records that cannot be read are outcomes, not errors.
pub fn run(plan: &Plan<'_>, sink: &mut dyn FnMut(Outcome) -> Result<()>) -> Result<Vec<InputInfo>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|index| format!("scan-{index}"))
        .build()
        .map_err(|e| Error::usage(format!("cannot start worker threads: {e}")))?;
    let (to_scan, batches) = sync_channel::<Vec<ReadItem>>(WAITING);
    let (to_write, scanned) = sync_channel::<Vec<Outcome>>(WAITING);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read_all(plan, &to_scan));
        let worker = scope.spawn(move || scan_all(plan, &pool, &batches, &to_write));
        let written = write_all(plan, &scanned, sink);
        // The channels are closed by now or will be: a stage that fails drops its end.
        drop(scanned);
        let infos = reader
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let worked = worker
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written?;
        worked?;
        let infos = infos?;
        plan.journal.map_or(Ok(()), Journal::input_ended)?;
        Ok(infos)
    })
}

/// Reads the inputs again as a scan does, case references filled in, without scanning them.
///
/// # Errors
/// The first error of an input or of the sink.
pub fn read_records(
    inputs: &[PathBuf],
    read: &ReadOptions,
    sink: &mut dyn FnMut(ReadItem) -> Result<()>,
) -> Result<Vec<InputInfo>> {
    let mut own_cases = OwnCases::default();
    let mut take = |mut item| {
        if let ReadItem::Record(record) = &mut item {
            own_cases.fill(record);
        }
        sink(item)
    };
    inputs
        .iter()
        .map(|path| read_input(path, read, &mut take))
        .collect()
}

fn read_all(plan: &Plan<'_>, to_scan: &SyncSender<Vec<ReadItem>>) -> Result<Vec<InputInfo>> {
    let mut infos = Vec::new();
    let mut own_cases = OwnCases::default();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for (input, path) in plan.inputs.iter().enumerate() {
        let info = read_input(path, plan.read, &mut |mut item| {
            if plan.interrupted.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            if let ReadItem::Record(record) = &mut item {
                if let Some(case) = plan.links.and_then(|l| l.case(input, record.record)) {
                    record.case_id = Some(case.to_owned());
                }
                own_cases.fill(record);
                bytes += record.fields.iter().map(|f| f.text.len()).sum::<usize>();
            }
            batch.push(item);
            if batch.len() >= BATCH_RECORDS || bytes >= BATCH_BYTES {
                bytes = 0;
                // A closed channel: a later stage failed and reports its own error.
                to_scan
                    .send(std::mem::take(&mut batch))
                    .map_err(|_| Error::interrupted())?;
            }
            Ok(())
        })?;
        infos.push(info);
    }
    if !batch.is_empty() {
        to_scan.send(batch).map_err(|_| Error::interrupted())?;
    }
    Ok(infos)
}

fn scan_all(
    plan: &Plan<'_>,
    pool: &rayon::ThreadPool,
    batches: &Receiver<Vec<ReadItem>>,
    to_write: &SyncSender<Vec<Outcome>>,
) -> Result<()> {
    for batch in batches {
        let known = match plan.journal {
            Some(journal) => journal.known(batch)?,
            None => Err(batch),
        };
        let batch = match known {
            Ok(outcomes) => {
                if to_write.send(outcomes).is_err() {
                    break;
                }
                continue;
            }
            Err(batch) => batch,
        };
        let outcomes: Vec<Outcome> = pool.install(|| {
            batch
                .into_par_iter()
                .with_min_len(16)
                .map_init(
                    || Scanner::new(plan.lexicon),
                    |scanner, item| scan_item(plan, scanner, item),
                )
                .collect()
        });
        if let Some(journal) = plan.journal {
            journal.note(&outcomes)?;
        }
        if to_write.send(outcomes).is_err() {
            break;
        }
    }
    Ok(())
}

fn write_all(
    plan: &Plan<'_>,
    scanned: &Receiver<Vec<Outcome>>,
    sink: &mut dyn FnMut(Outcome) -> Result<()>,
) -> Result<()> {
    for outcomes in scanned {
        for outcome in outcomes {
            if plan.interrupted.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            sink(outcome)?;
        }
    }
    Ok(())
}

fn scan_item(plan: &Plan<'_>, scanner: &mut Scanner<'_>, item: ReadItem) -> Outcome {
    match item {
        ReadItem::Rejected(rejected) => Outcome::Rejected(rejected),
        ReadItem::Record(record) => {
            let year = record.incident_year();
            let mut signals = Vec::new();
            let mut names = Vec::new();
            let (mut mentions, statements): (Vec<Vec<Mention>>, Vec<Vec<Mention>>) = record
                .fields
                .iter()
                .map(|field| {
                    let mut mentions = scanner.scan_dated(&field.text, year);
                    plan.mute.apply(&field.text, &mut mentions);
                    signals.push(scanner.signals(&field.text, &mentions));
                    if plan.names {
                        let spans = scanner.names(&field.text);
                        names.extend(spans.iter().map(|span| span.of(&field.text).to_owned()));
                    }
                    let mut statements = scanner.statements().to_vec();
                    plan.mute.apply(&field.text, &mut statements);
                    (mentions, statements)
                })
                .unzip();
            set_context_aside(plan.lexicon, &mut mentions);
            Outcome::Scanned(Scanned {
                record,
                mentions,
                signals,
                names,
                statements,
            })
        }
    }
}

/// Context markers are shown beside indicators; in a record without one they do not count.
fn set_context_aside(lexicon: &Lexicon, mentions: &mut [Vec<Mention>]) {
    let is_context = |m: &Mention| lexicon.categories[m.category].group == Group::Context;
    if mentions
        .iter()
        .flatten()
        .any(|m| m.suppressed.is_none() && !is_context(m))
    {
        return;
    }
    for mention in mentions
        .iter_mut()
        .flatten()
        .filter(|m| m.suppressed.is_none())
    {
        mention.suppressed = Some("context marker in a record without an indicator".to_owned());
    }
}

/// Gives each record without a case reference a case of its own.
#[derive(Debug, Default)]
struct OwnCases {
    /// Hashes of the references given so far: 9 to 18 bytes a record, whatever their length. Two that
    /// hash alike only make a reference say more than it must.
    seen: HashSet<u64>,
}

impl OwnCases {
    /// The reference is the incident's, or the record number; if that was given to another record
    /// of the run already, the input's name and the record number tell them apart.
    fn fill(&mut self, record: &mut Record) {
        if record.case_id.is_some() {
            return;
        }
        let plain = record.incident_ref();
        let id = if self.seen.contains(&hash(&plain)) {
            format!("{plain} ({}, record {})", record.source, record.record)
        } else {
            plain
        };
        self.seen.insert(hash(&id));
        record.case_id = Some(id);
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
