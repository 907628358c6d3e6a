//! Cases while a run is finished. They are put together one by one from what their records left
//! ([`Cases`]), looked at, and put on the disk again in the order in which they are to be read
//! ([`Order`]); then they are read once more and written. Memory holds a batch of cases at a time.

use std::path::Path;
use std::sync::atomic::Ordering;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::rows::{CaseRow, CheckRow};
use super::run::RunOptions;
use crate::assertion::Group;
use crate::assess::{Assessment, assess};
use crate::case::CaseRecord;
use crate::case::chronology::{ChronologyRow, chronology};
use crate::case::conduct::{Element, conduct};
use crate::case::inconsistency::{Inconsistency, inconsistencies};
use crate::case::pattern::pattern;
use crate::checks::{Finding, gaps, legal_tests, run_checks};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::spill::{Sorted, Sorter, Storage, unpack};

/// Bytes of cases held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 24 << 20;

/// Incidents of a batch of cases, nearly.
const BATCH_INCIDENTS: usize = 1024;

/// What records say of their cases, until all are read.
#[derive(Debug)]
pub(super) struct Cases {
    pieces: Sorter,
}

impl Cases {
    pub fn new(storage: &Storage, folder: &Path) -> Self {
        Self {
            pieces: Sorter::new(storage, folder, "cases", HELD_BYTES),
        }
    }

    /// Adds what a record says of its case.
    pub fn add(&mut self, case_id: &str, piece: &CaseRecord) -> Result<()> {
        self.pieces.push_packed(case_id.as_bytes(), piece)
    }

    /// Hands on batches of cases, sorted, in the order of their references.
    fn each(self, sink: &mut dyn FnMut(Vec<CaseRecord>) -> Result<()>) -> Result<()> {
        let pieces = self.pieces.finish()?;
        let mut rows = pieces.read()?;
        let (mut batch, mut incidents): (Vec<CaseRecord>, usize) = (Vec::new(), 0);
        while let Some((id, piece)) = rows.next()? {
            let piece: CaseRecord = unpack(piece)?;
            match batch.last_mut() {
                Some(last) if last.id.as_bytes() == id => last.merge(piece),
                _ => {
                    if incidents >= BATCH_INCIDENTS {
                        sink(std::mem::take(&mut batch))?;
                        incidents = 0;
                    }
                    let id = String::from_utf8_lossy(id).into_owned();
                    batch.push(CaseRecord { id, ..piece });
                }
            }
            incidents += 1;
        }
        sink(batch)
    }
}

/// Cases with evidence in reading order, then those without that say two things which do not go
/// together.
#[derive(Debug)]
pub(super) struct Order {
    cases: Sorted,
}

/// Bytes of a key before the reference of its case.
const RANK_BYTES: usize = 9;

impl Order {
    /// Hands on the references of the cases with evidence, in reading order.
    pub fn references(&self, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut rows = self.cases.read()?;
        while let Some((key, _)) = rows.next()? {
            if key[0] != UNFLAGGED {
                sink(&key[RANK_BYTES..])?;
            }
        }
        Ok(())
    }
}

/// Stands in place of a tier.
const UNFLAGGED: u8 = u8::MAX;

/// First by tier, then by how many categories are told, then by reference.
fn reading_order(case: &CaseRecord, tier: u8) -> Vec<u8> {
    let mut told: Vec<usize> = case.mentions.iter().map(|m| m.category).collect();
    told.sort_unstable();
    told.dedup();
    let mut key = vec![tier];
    key.extend((u64::MAX - told.len() as u64).to_be_bytes());
    key.extend(case.id.bytes());
    key
}

/// What was counted at the first look.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub cases: u64,
    pub flagged: u64,
    /// Rows of `checks` by status.
    pub checks: [u64; 3],
    /// Inconsistencies in cases without evidence.
    pub inconsistencies_elsewhere: usize,
}

/// A case and what is made of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub case: CaseRecord,
    /// None without evidence; then nothing else is made of it but inconsistencies.
    pub assessment: Option<Assessment>,
    pub findings: Vec<Finding>,
    pub pattern: Vec<String>,
    pub chronology: Vec<ChronologyRow>,
    pub conduct: Vec<Element>,
    pub inconsistencies: Vec<Inconsistency>,
}

/// Looks at cases, several at a time.
#[derive(Debug)]
pub(super) struct Looker<'l> {
    lexicon: &'l Lexicon,
    options: &'l RunOptions,
    pool: rayon::ThreadPool,
}

impl<'l> Looker<'l> {
    pub fn new(lexicon: &'l Lexicon, options: &'l RunOptions) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .thread_name(|index| format!("case-{index}"))
            .build()
            .map_err(|e| Error::usage(format!("cannot start worker threads: {e}")))?;
        Ok(Self {
            lexicon,
            options,
            pool,
        })
    }

    /// Does `work` in its pool, so that what runs side by side there keeps to the threads that were asked for.
    pub fn with_its_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// Puts the cases together, hands on what checks find in them, and puts them in reading order.
    pub fn first_look(
        &self,
        cases: Cases,
        folder: &Path,
        sink: &mut dyn FnMut(&CaseRecord, &Finding) -> Result<()>,
    ) -> Result<(Order, Seen)> {
        let mut seen = Seen::default();
        let mut order = Sorter::new(&self.options.storage, folder, "order", HELD_BYTES);
        cases.each(&mut |batch| {
            self.still_wanted()?;
            for (case, findings, rank) in self.at_once(batch, |case| self.glance(case)) {
                seen.cases += 1;
                for finding in &findings {
                    seen.checks[finding.status as usize] += 1;
                    sink(&case, finding)?;
                }
                match rank {
                    Rank::Tier(tier) => {
                        seen.flagged += 1;
                        order.push_packed(&reading_order(&case, tier), &case)?;
                    }
                    Rank::Disagreeing(found) => {
                        seen.inconsistencies_elsewhere += found;
                        order.push_packed(&reading_order(&case, UNFLAGGED), &case)?;
                    }
                    Rank::Nothing => {}
                }
            }
            Ok(())
        })?;
        let cases = order.finish()?;
        Ok((Order { cases }, seen))
    }

    fn glance(&self, mut case: CaseRecord) -> (CaseRecord, Vec<Finding>, Rank) {
        case.sort();
        let findings = run_checks(self.lexicon, &case);
        let rank = if case.mentions.is_empty() {
            match self.inconsistencies(&case).len() {
                0 => Rank::Nothing,
                found => Rank::Disagreeing(found),
            }
        } else {
            Rank::Tier(assess(self.lexicon, &case).tier)
        };
        (case, findings, rank)
    }

    /// Hands on every case with what is made of it.
    pub fn in_reading_order(
        &self,
        order: &Order,
        sink: &mut dyn FnMut(&Entry) -> Result<()>,
    ) -> Result<()> {
        let mut write = |batch: Vec<CaseRecord>| {
            self.still_wanted()?;
            let entries = self.at_once(batch, |case| self.entry(case));
            entries.iter().try_for_each(&mut *sink)
        };
        let mut rows = order.cases.read()?;
        let (mut batch, mut incidents): (Vec<CaseRecord>, usize) = (Vec::new(), 0);
        while let Some((_, case)) = rows.next()? {
            let case: CaseRecord = unpack(case)?;
            incidents += case.incidents.len();
            batch.push(case);
            if incidents >= BATCH_INCIDENTS {
                write(std::mem::take(&mut batch))?;
                incidents = 0;
            }
        }
        write(batch)
    }

    fn entry(&self, case: CaseRecord) -> Entry {
        let lexicon = self.lexicon;
        let inconsistencies = self.inconsistencies(&case);
        if case.mentions.is_empty() {
            return Entry {
                case,
                assessment: None,
                findings: Vec::new(),
                pattern: Vec::new(),
                chronology: Vec::new(),
                conduct: Vec::new(),
                inconsistencies,
            };
        }
        let facts = pattern(lexicon, &case).into_iter();
        Entry {
            assessment: Some(assess(lexicon, &case)),
            // Cheaper to find again than to keep.
            findings: run_checks(lexicon, &case),
            pattern: facts.map(|fact| fact.text).collect(),
            chronology: chronology(lexicon, &case),
            conduct: conduct(lexicon, &case),
            inconsistencies,
            case,
        }
    }

    fn inconsistencies(&self, case: &CaseRecord) -> Vec<Inconsistency> {
        let options = self.options;
        inconsistencies(self.lexicon, &options.coded, &options.link_keys, case)
    }

    fn at_once<R: Send>(
        &self,
        batch: Vec<CaseRecord>,
        look: impl Fn(CaseRecord) -> R + Sync + Send,
    ) -> Vec<R> {
        self.pool
            .install(|| batch.into_par_iter().map(look).collect())
    }

    fn still_wanted(&self) -> Result<()> {
        match self.options.interrupted.load(Ordering::Relaxed) {
            true => Err(Error::interrupted()),
            false => Ok(()),
        }
    }
}

/// Where a case stands in the order of reading.
enum Rank {
    Tier(u8),
    Disagreeing(usize),
    Nothing,
}

/// The legal tests beside a finding: by the day of its incident, or of the first one.
pub(super) fn legal_lines(
    lexicon: &Lexicon,
    options: &RunOptions,
    case: &CaseRecord,
    finding: &Finding,
) -> Vec<String> {
    let incident = finding.incident.unwrap_or(0);
    let day = case.incidents.get(incident).and_then(|i| i.day);
    legal_tests(lexicon, finding.check, &options.jurisdiction, day)
        .into_iter()
        .map(crate::lexicon::Legal::line)
        .collect()
}

pub(super) fn check_row(
    lexicon: &Lexicon,
    options: &RunOptions,
    case: &CaseRecord,
    finding: &Finding,
) -> CheckRow {
    let incident = finding.incident.map(|index| &case.incidents[index]);
    let statement = finding.statement.as_ref();
    CheckRow {
        case_id: case.id.clone(),
        incident_id: incident.map_or_else(String::new, |i| i.id.clone()),
        check: lexicon.checks[finding.check].id.clone(),
        status: finding.status.as_str(),
        quote: finding.quote().to_owned(),
        why: finding.why(lexicon),
        incident_date: incident.map_or_else(String::new, |i| i.date.clone()),
        field: statement.map_or_else(String::new, |s| s.field.clone()),
        start: statement.map_or(0, |s| s.start),
        end: statement.map_or(0, |s| s.end),
        trigger: finding.trigger.clone(),
        rule_id: statement.map_or_else(String::new, |s| lexicon.rules[s.rule].id.clone()),
        legal: legal_lines(lexicon, options, case, finding),
    }
}

pub(super) fn case_row(lexicon: &Lexicon, entry: &Entry, assessment: &Assessment) -> CaseRow {
    let case = &entry.case;
    let (first_date, last_date) = case.dates();
    CaseRow {
        case_id: case.id.clone(),
        tier: assessment.tier,
        reasons: assessment.reasons.clone(),
        incidents: case.incidents.len(),
        first_date,
        last_date,
        abuse_categories: case.categories(lexicon, Group::Abuse),
        suicide_categories: case.categories(lexicon, Group::Suicide),
        mentions: case.mentions.len(),
        key_quote: case
            .key_mention(lexicon, None)
            .map_or_else(String::new, |m| m.quote.clone()),
        pattern: entry.pattern.clone(),
        gaps: gaps(lexicon, &entry.findings),
        areas: case.areas(),
    }
}
