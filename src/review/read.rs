//! Reads reviewed files and finds the rows of the run that they are about.
//!
//! Three shapes come back: `evidence.csv` and `cases.csv` with the reviewer's columns filled in, and
//! `reviewed.csv`, one row a decision; the first two as sheets of the run's workbook too. The header tells
//! which. Spreadsheets take references such as
//! `00123` or `3/5` for numbers or dates and write them back changed; so a row that does not fit by its
//! references is looked for by leading zeros, then by place and words, and taken if only one fits.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::{Decision, Decisions, Problem, Target, Verdict};
use crate::date::parse_date;
use crate::error::{Error, Result};
use crate::past_run::{PastRun, Place, PlaceColumns};
use crate::read::{Sheet, SheetRow};

/// A file to read, and who filled it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewedFile {
    /// The file.
    pub path: PathBuf,
    /// The reviewer, for rows that name none.
    pub reviewer: String,
    /// Whether the reviewer was named on the command line, not by the file.
    pub named: bool,
}

impl ReviewedFile {
    /// Reads `FILE` or `NAME=FILE`. Without a name the file's own is the reviewer's; a name that a
    /// former file has too is told apart by the folder.
    pub fn parse_all(args: &[String]) -> Vec<Self> {
        let mut files: Vec<Self> = Vec::new();
        for arg in args {
            // A file whose name holds `=` is still a file.
            let file = match arg.split_once('=') {
                Some((name, path)) if !name.is_empty() && !Path::new(arg).exists() => Self {
                    path: path.into(),
                    reviewer: name.trim().to_owned(),
                    named: true,
                },
                _ => {
                    let path = PathBuf::from(arg);
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                    let reviewer = if files.iter().any(|f| f.reviewer == stem) {
                        path.with_extension("").display().to_string()
                    } else {
                        stem.into_owned()
                    };
                    Self {
                        path,
                        reviewer,
                        named: false,
                    }
                }
            };
            files.push(file);
        }
        files
    }
}

/// Reads the decisions in `files` on `run`.
///
/// # Errors
/// If a file cannot be read, is none of the three shapes, or belongs to another run. Single rows that
/// cannot be used are [`Problem`]s.
pub fn read_decisions(run: &PastRun, files: &[ReviewedFile]) -> Result<Decisions> {
    let mut decisions = Decisions::default();
    if run.manifest.run_id.is_empty() {
        decisions.notes.push(format!(
            "{}: the manifest has no run id, so the rows alone tell whether a file belongs to this run",
            run.folder.display()
        ));
    }
    let rows = run.evidence.len() as u64;
    if rows != run.manifest.counts.evidence {
        decisions.notes.push(format!(
            "{}: the table `evidence` has {rows} rows, and the manifest says {}: rows were added or taken away",
            run.folder.display(),
            run.manifest.counts.evidence
        ));
    }
    let places = Places::of(run);
    for file in files {
        let sheets = with_decisions(run, file)?;
        let file = &ReviewedFile {
            reviewer: reviewer_of(file, &sheets),
            ..file.clone()
        };
        for sheet in &sheets {
            FileReader::new(run, &places, file, sheet)?.read(&mut decisions)?;
        }
    }
    if decisions.by_target.is_empty() {
        let message = "no decision stands in these files".to_owned();
        decisions.notes.push(message);
    }
    Ok(decisions)
}

/// Names of the column of decisions.
const DECISION_COLUMNS: [&str; 2] = ["reviewer_decision", "decision"];

/// The tables of a file that have a column of decisions: a workbook holds others beside them.
fn with_decisions(run: &PastRun, file: &ReviewedFile) -> Result<Vec<Sheet>> {
    let mut sheets = Sheet::read_all(&file.path)?;
    // What a workbook says of itself: "run", and which.
    for about in sheets.iter().filter(|sheet| sheet.name == "About") {
        let line = about.rows.iter().find(|row| row.cell(0) == "run");
        let named = line.map_or("", |row| row.may(Some(1)));
        if let Some(message) = another_run(named, &run.manifest.run_id) {
            return Err(Error::input(&file.path, None, about.placed(message)));
        }
    }
    sheets.retain(|sheet| {
        DECISION_COLUMNS
            .iter()
            .any(|name| sheet.column(name).is_some())
    });
    if sheets.is_empty() {
        let message = "no column reviewer_decision or decision: this is no evidence.csv, cases.csv or reviewed.csv, \
                       and no workbook of a run";
        return Err(Error::input(&file.path, Some(1), message));
    }
    Ok(sheets)
}

/// Who decided where a row names nobody. Only some sheets of a workbook have a column for it: the one
/// name that stands there counts for all.
fn reviewer_of(file: &ReviewedFile, sheets: &[Sheet]) -> String {
    let mut names: Vec<&str> = sheets
        .iter()
        .flat_map(|sheet| {
            let column = sheet.column("reviewer");
            sheet.rows.iter().map(move |row| row.may(column))
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    match names[..] {
        [only] if !file.named && sheets.len() > 1 => only.to_owned(),
        _ => file.reviewer.clone(),
    }
}

/// Why decisions on the run `named` cannot be taken for those on the run `own`.
fn another_run(named: &str, own: &str) -> Option<String> {
    // A fingerprint of digits alone, or with an `e` in it, is a number to a spreadsheet.
    let altered = named.len() != own.len() && named.parse::<f64>().is_ok();
    if named.is_empty() || own.is_empty() || altered || named.eq_ignore_ascii_case(own) {
        return None;
    }
    Some(format!(
        "decisions on the run {named}, and this is the run {own}; \
         give the folder of that run with --run"
    ))
}

/// Finds rows of a run.
struct Places<'r> {
    exact: HashMap<&'r Place, Vec<usize>>,
    loose: HashMap<Place, Vec<usize>>,
    words: HashMap<(Place, String), Vec<usize>>,
    cases: HashMap<&'r str, usize>,
    loose_cases: HashMap<String, Vec<usize>>,
}

impl<'r> Places<'r> {
    fn of(run: &'r PastRun) -> Self {
        let mut out = Self {
            exact: HashMap::new(),
            loose: HashMap::new(),
            words: HashMap::new(),
            cases: HashMap::new(),
            loose_cases: HashMap::new(),
        };
        for (index, mention) in run.evidence.iter().enumerate() {
            let place = &mention.place;
            out.exact.entry(place).or_default().push(index);
            out.loose.entry(loose(place)).or_default().push(index);
            out.words
                .entry((nameless(place), words(&mention.quote)))
                .or_default()
                .push(index);
        }
        for (index, case) in run.cases.iter().enumerate() {
            out.cases.insert(&case.case_id, index);
            out.loose_cases
                .entry(loose_reference(&case.case_id))
                .or_default()
                .push(index);
        }
        out
    }
}

/// The place with references as they are once a spreadsheet took them for numbers.
fn loose(place: &Place) -> Place {
    Place {
        case_id: loose_reference(&place.case_id),
        incident_id: loose_reference(&place.incident_id),
        ..place.clone()
    }
}

fn loose_reference(reference: &str) -> String {
    let trimmed = reference.trim();
    let digits = trimmed.trim_start_matches('0');
    if trimmed.bytes().all(|b| b.is_ascii_digit()) {
        digits.to_owned()
    } else {
        trimmed.to_lowercase()
    }
}

/// The place without any reference.
fn nameless(place: &Place) -> Place {
    Place {
        case_id: String::new(),
        incident_id: String::new(),
        ..place.clone()
    }
}

fn words(quote: &str) -> String {
    quote.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns of a reviewed file.
struct FileReader<'f> {
    run: &'f PastRun,
    places: &'f Places<'f>,
    file: &'f ReviewedFile,
    sheet: &'f Sheet,
    decision: (usize, &'static str),
    case_id: usize,
    place: Option<PlaceColumns>,
    rule_id: Option<usize>,
    run_id: Option<usize>,
    quote: Option<usize>,
    reason: Option<usize>,
    comment: Option<usize>,
    reviewer: Option<usize>,
    reviewed_on: Option<usize>,
    /// Rows of this file that were found in the run, by place: a place that two records share is
    /// given to them in turn.
    taken: HashMap<Place, usize>,
    altered: u64,
    fitting: u64,
    strangers: u64,
}

impl<'f> FileReader<'f> {
    fn new(
        run: &'f PastRun,
        places: &'f Places<'f>,
        file: &'f ReviewedFile,
        sheet: &'f Sheet,
    ) -> Result<Self> {
        let decision = DECISION_COLUMNS
            .into_iter()
            .find_map(|name| Some((sheet.column(name)?, name)))
            .expect("only tables with such a column come here");
        let rule_id = sheet.column("rule_id");
        Ok(Self {
            run,
            places,
            file,
            sheet,
            decision,
            case_id: sheet.need("case_id")?,
            place: rule_id.map(|_| PlaceColumns::of(sheet)).transpose()?,
            rule_id,
            run_id: sheet.column("run_id"),
            quote: sheet.column("quote"),
            reason: sheet.column("reason"),
            comment: sheet
                .column("comment")
                .or_else(|| sheet.column("reviewer_notes")),
            reviewer: sheet.column("reviewer"),
            reviewed_on: sheet.column("reviewed_on"),
            taken: HashMap::new(),
            altered: 0,
            fitting: 0,
            strangers: 0,
        })
    }

    fn read(mut self, decisions: &mut Decisions) -> Result<()> {
        for damaged in &self.sheet.damaged {
            let problem = self.problem(damaged.line, "", damaged.reason.clone());
            decisions.problems.push(problem);
        }
        for row in &self.sheet.rows {
            self.belongs(row)?;
            let target = match self.target(row) {
                Ok(target) => target,
                Err(problem) => {
                    decisions.problems.push(*problem);
                    continue;
                }
            };
            self.fitting += 1;
            let text = row.cell(self.decision.0);
            if text.trim().is_empty() {
                decisions.undecided += 1;
                continue;
            }
            let Some(verdict) = Verdict::parse(text) else {
                let message = "no decision; one of accept, dismiss, unsure".to_owned();
                let problem = self.problem(row.line, self.decision.1, message);
                decisions.problems.push(problem);
                continue;
            };
            self.keep(row, target, verdict, decisions);
        }
        if self.fitting == 0 && self.strangers > 0 {
            let message = format!("no row of this file belongs to the run {}", self.run.name());
            return Err(Error::input(
                &self.file.path,
                None,
                self.sheet.placed(message),
            ));
        }
        if self.altered > 0 {
            decisions.notes.push(format!(
                "{}: {} rows have references that a spreadsheet altered; they were found by place and words",
                self.file.path.display(),
                self.altered
            ));
        }
        Ok(())
    }

    /// Whether the row names this run, if it names any.
    fn belongs(&self, row: &SheetRow) -> Result<()> {
        match another_run(row.may(self.run_id), &self.run.manifest.run_id) {
            None => Ok(()),
            Some(message) => {
                let message = self.sheet.placed(format!("column \"run_id\": {message}"));
                Err(Error::input(&self.file.path, Some(row.line), message))
            }
        }
    }

    fn target(&mut self, row: &SheetRow) -> std::result::Result<Target, Box<Problem>> {
        let about_mention = self.place.filter(|_| !row.may(self.rule_id).is_empty());
        let Some(columns) = about_mention else {
            return self.case(row).map(Target::Case);
        };
        let place = columns.place(self.sheet, row).map_err(|_| {
            let message = "not a whole number".to_owned();
            Box::new(self.problem(row.line, "start, end", message))
        })?;
        let turn = *self
            .taken
            .entry(place.clone())
            .and_modify(|n| *n += 1)
            .or_default();
        if let Some(found) = self.places.exact.get(&place) {
            return Ok(Target::Mention(found[turn % found.len()]));
        }
        let loosely = self.places.loose.get(&loose(&place));
        let by_words = || {
            let quote = words(row.cell(self.quote?));
            self.places.words.get(&(nameless(&place), quote))
        };
        for found in [loosely, by_words()].into_iter().flatten() {
            if let [only] = found[..] {
                self.altered += 1;
                return Ok(Target::Mention(only));
            }
        }
        self.strangers += 1;
        let message = format!("no such mention in the run {}", self.run.name());
        Err(Box::new(self.problem(row.line, "", message)))
    }

    fn case(&mut self, row: &SheetRow) -> std::result::Result<usize, Box<Problem>> {
        let id = row.cell(self.case_id);
        if let Some(index) = self.places.cases.get(id) {
            return Ok(*index);
        }
        if let Some([only]) = self
            .places
            .loose_cases
            .get(&loose_reference(id))
            .map(Vec::as_slice)
        {
            self.altered += 1;
            return Ok(*only);
        }
        self.strangers += 1;
        let message = format!("no such flagged case in the run {}", self.run.name());
        Err(Box::new(self.problem(row.line, "case_id", message)))
    }

    fn keep(&self, row: &SheetRow, target: Target, verdict: Verdict, decisions: &mut Decisions) {
        let reviewer = match row.may(self.reviewer) {
            "" => self.file.reviewer.clone(),
            name => name.to_owned(),
        };
        let decision = Decision {
            verdict,
            reason: row.may(self.reason).to_owned(),
            comment: row.may(self.comment).to_owned(),
            reviewed_on: iso_date(row.may(self.reviewed_on)),
        };
        let by: &mut BTreeMap<String, Decision> = decisions.by_target.entry(target).or_default();
        match by.get(&reviewer) {
            // The later date stands; without dates, the later row.
            Some(before) if before.reviewed_on > decision.reviewed_on => {}
            before => {
                if before.is_some_and(|b| b.verdict != decision.verdict) {
                    decisions.notes.push(format!(
                        "{}: line {}: {reviewer} decided this before, and otherwise; the later decision stands",
                        self.file.path.display(),
                        row.line
                    ));
                }
                by.insert(reviewer, decision);
            }
        }
    }

    fn problem(&self, line: u64, column: &str, message: String) -> Problem {
        Problem {
            path: self.file.path.clone(),
            line,
            column: column.to_owned(),
            message: self.sheet.placed(message),
        }
    }
}

/// A date as `YYYY-MM-DD`, whatever a spreadsheet made of it; as written if it cannot be read.
fn iso_date(text: &str) -> String {
    // A spreadsheet's day number, counted from 30 December 1899.
    if let Ok(days @ 20_000..=80_000) = text.parse::<i32>() {
        let first = jiff::civil::date(1899, 12, 30);
        return first
            .saturating_add(jiff::Span::new().days(days))
            .to_string();
    }
    parse_date(text).map_or_else(|| text.to_owned(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_spreadsheets_write_them() {
        for (text, expected) in [
            ("2026-11-28", "2026-11-28"),
            ("28/11/2026", "2026-11-28"),
            ("28/11/2026 14:02", "2026-11-28"),
            ("46354", "2026-11-28"),
            ("last week", "last week"),
            ("", ""),
        ] {
            assert_eq!(iso_date(text), expected);
        }
    }

    #[test]
    fn reviewers_are_named_by_file_or_by_hand() {
        let args = ["kim=a/evidence.csv", "b/lee.csv", "c/lee.csv"].map(str::to_owned);
        let names: Vec<String> = ReviewedFile::parse_all(&args)
            .into_iter()
            .map(|f| f.reviewer)
            .collect();
        assert_eq!(names, ["kim", "lee", "c/lee"]);
    }
}
