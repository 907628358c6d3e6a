//! One small folder a flagged case, to hand to one reviewer: its page and its evidence.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::html::write_report;
use super::kept_rows::{KeptReader, KeptRow, KeptRows, cells};
use super::rows::{MentionRow, ReportData};
use super::tables::{OutputFormat, TableWriter};
use crate::error::{Error, Result};

/// Name of the folder that holds the folders of cases.
pub(super) const FOLDER: &str = "per_case";

/// The files in the folder of a case.
pub(super) const FILES: [&str; 2] = ["report.html", "evidence.csv"];

/// Most characters of a case reference in the name of its folder.
const LONGEST: usize = 60;

/// Writes the folders of cases, in reading order.
#[derive(Debug)]
pub(super) struct PerCase<'p> {
    folder: &'p Path,
    evidence: KeptReader<'p>,
    /// The next row of evidence.
    next: Option<(u32, KeptRow)>,
    raw_csv: bool,
    written: u32,
}

impl<'p> PerCase<'p> {
    /// Prepares folders in `folder`; `evidence` has its cases in reading order.
    pub fn create(folder: &'p Path, evidence: &'p KeptRows, raw_csv: bool) -> Result<Self> {
        let own = folder.join(FOLDER);
        std::fs::create_dir(&own).map_err(|e| Error::io("cannot make the folder", &own, e))?;
        let mut evidence = evidence.read()?;
        Ok(Self {
            folder,
            next: evidence.next()?,
            evidence,
            raw_csv,
            written: 0,
        })
    }

    /// Writes the folder of the next case; `page` holds that case only.
    pub fn write(&mut self, case_id: &str, page: &ReportData) -> Result<()> {
        let rank = self.written;
        self.written += 1;
        let own = self
            .folder
            .join(FOLDER)
            .join(folder_name(self.written, case_id));
        std::fs::create_dir(&own).map_err(|e| Error::io("cannot make the folder", &own, e))?;
        let path = own.join("report.html");
        let fail = |e| Error::io("cannot write", &path, e);
        let mut file = BufWriter::new(File::create(&path).map_err(fail)?);
        write_report(&mut file, page).map_err(fail)?;
        file.flush().map_err(fail)?;
        let columns = MentionRow::EVIDENCE_COLUMNS;
        let format = &[OutputFormat::Csv];
        let mut table = TableWriter::create(&own, "evidence", columns, format, self.raw_csv)?;
        while let Some((_, row)) = self.next.take_if(|(of, _)| *of <= rank) {
            table.write_row(&cells(&row, columns))?;
            self.next = self.evidence.next()?;
        }
        table.finish()?;
        Ok(())
    }
}

/// A name that is safe on every system: the place in the order of reading, then what is plain in the
/// reference. The place keeps names apart and off the names that some systems reserve.
fn folder_name(place: u32, case_id: &str) -> String {
    let plain: String = case_id
        .chars()
        .take(LONGEST)
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || c == '-' => c,
            _ => '_',
        })
        .collect();
    format!("{place:05}_{plain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_hold_nothing_that_a_system_could_take_amiss() {
        for (id, name) in [
            ("TL-002", "00007_TL-002"),
            ("../../etc/passwd", "00007_______etc_passwd"),
            ("C:\\x\u{202e}.", "00007_C__x__"),
            ("CON", "00007_CON"),
            ("", "00007_"),
        ] {
            assert_eq!(folder_name(7, id), name);
        }
        assert_eq!(folder_name(1, &"é".repeat(500)).len(), 66);
    }
}
