//! The report of a run as one page, or, where it would grow too large for a browser, as several with links
//! among them: `report.html` is the index and holds the first cases, `report-2.html` the next, and so on.
//!
//! Cases come by once, in reading order. Those of the first page wait in memory, as it cannot be written before it
//! is known how many pages there are; for the others the cases are gone through once more.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::cases::{Entry, Looker};
use super::html::{case_size, write_report};
use super::packed::Words;
use super::rows::{ReportCase, ReportData, ReportPart};
use super::run::RunOptions;
use super::spool::Kept;
use super::view::{Told, report_case, tier_of_entry};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;

/// Bytes of references that every page holds of the cases on the others, so that links find them. Beyond, a reader
/// goes by the list of pages.
const MOST_REFERENCES: usize = 500_000;

/// What takes the cases one by one.
pub(super) type TakeEntry<'t> = &'t mut dyn FnMut(&Entry) -> Result<()>;

/// The pages of a report as they fill.
#[derive(Debug)]
pub(super) struct Parts<'p> {
    lexicon: &'p Lexicon,
    options: &'p RunOptions,
    /// Of all cases.
    pub told: Told,
    first: Vec<ReportCase>,
    parts: Vec<ReportPart>,
    /// Of the last part.
    words: Words,
    bytes: usize,
    /// Bytes of references that `parts` hold.
    references: usize,
}

/// Name of the page of a part, by its number from 0.
fn file_of(part: usize) -> String {
    match part {
        0 => "report.html".to_owned(),
        part => format!("report-{}.html", part + 1),
    }
}

impl<'p> Parts<'p> {
    pub fn new(lexicon: &'p Lexicon, options: &'p RunOptions) -> Self {
        Self {
            lexicon,
            options,
            told: Told::new(lexicon),
            first: Vec::new(),
            parts: Vec::new(),
            words: Words::default(),
            bytes: 0,
            references: 0,
        }
    }

    /// Takes the next case in reading order.
    pub fn add(&mut self, entry: &Entry, kept: &mut Kept) -> Result<()> {
        self.told.add(entry);
        let case = report_case(self.lexicon, self.options, entry, kept)?;
        self.bytes += case_size(&case, &mut self.words);
        let full = self.parts.last().is_none_or(|part| {
            part.to + 1 - part.from >= self.options.report_cases.max(1)
                || self.bytes > self.options.report_bytes
        });
        let tier = tier_of_entry(entry);
        if full {
            if !self.parts.is_empty() {
                self.words = Words::default();
                self.bytes = case_size(&case, &mut self.words);
            }
            let from = self.parts.last().map_or(1, |part| part.to + 1);
            self.parts.push(ReportPart {
                file: file_of(self.parts.len()),
                from,
                to: from - 1,
                tiers: [tier; 2],
                cases: Vec::new(),
            });
        }
        let part = self.parts.last_mut().expect("one was put in");
        part.to += 1;
        part.tiers[1] = tier;
        self.references += case.id.len();
        if self.references <= MOST_REFERENCES {
            part.cases.push(case.id.clone());
        }
        if self.parts.len() == 1 {
            self.first.push(case);
        }
        Ok(())
    }

    /// Writes the pages into `folder` and returns their names. `page` makes what stands around the cases of a
    /// page; `again` hands on all cases in the same order once more.
    pub fn write(
        self,
        folder: &Path,
        looker: &Looker<'_>,
        page: &dyn Fn(&Told, Vec<ReportCase>) -> ReportData,
        kept: &mut Kept,
        again: &mut dyn FnMut(TakeEntry<'_>) -> Result<()>,
    ) -> Result<Vec<String>> {
        let Self {
            lexicon,
            options,
            told,
            first,
            mut parts,
            references,
            ..
        } = self;
        let several = parts.len() > 1;
        if references > MOST_REFERENCES {
            parts.iter_mut().for_each(|part| part.cases.clear());
        }
        let write = |number: usize, cases: Vec<ReportCase>| {
            let mut data = page(&told, cases);
            if several {
                data.parts.clone_from(&parts);
                data.part = number;
            }
            let path = folder.join(file_of(number));
            let fail = |e| Error::io("cannot write", &path, e);
            let mut file = BufWriter::new(options.storage.create(&path)?);
            looker
                .with_its_threads(|| write_report(&mut file, &data))
                .map_err(fail)?;
            file.flush().map_err(fail)
        };
        write(0, first)?;
        if several {
            let (mut number, mut cases, mut seen) = (1, Vec::new(), 0);
            again(&mut |entry| {
                seen += 1;
                if seen < parts[1].from {
                    return Ok(());
                }
                cases.push(report_case(lexicon, options, entry, kept)?);
                if seen == parts[number].to {
                    write(number, std::mem::take(&mut cases))?;
                    number += 1;
                }
                Ok(())
            })?;
        }
        Ok((0..parts.len().max(1)).map(file_of).collect())
    }
}
