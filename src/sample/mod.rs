//! A random sample of the records without evidence, to read: it tells what is missed, which no
//! review of what was found can tell.

mod estimate;
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::estimate::{Estimate, Figure, how_many};
pub use self::random::{Random, draw};
use crate::case::order::record_key;
use crate::error::{Error, Result};
use crate::narrative::{ReadItem, Record};
use crate::past_run::PastRun;
use crate::read::Sheet;
use crate::redact::{Redactor, case_of};
use crate::report::OutputFormat;
use crate::report::tables::{Cell, TableColumn, TableWriter};
use crate::review::Problem;

/// Characters that a cell of a spreadsheet holds at most.
const CELL: usize = 32_767;

/// A drawn sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Records without evidence and with text, from which it was drawn.
    pub unflagged: usize,
    /// The records, in the order drawn.
    pub records: Vec<Record>,
    /// Those of them that are longer than a cell of a spreadsheet holds.
    pub too_long: usize,
}

/// Draws `n` of the records of `run` that have text and no evidence. A run that was masked gives a
/// sample that is masked by `redactor`, from what all records of their cases bring in and in the order
/// in which the run was masked.
///
/// # Errors
/// If an input cannot be read, or the inputs are not those of the run.
pub fn draw_sample(
    run: &PastRun,
    inputs: &[PathBuf],
    n: usize,
    seed: u64,
    redactor: Option<&mut Redactor<'_>>,
) -> Result<Sample> {
    if inputs.iter().any(|path| path.as_os_str() == "-") {
        let message = "the input is read twice, so it has to be a file; give it with --input";
        return Err(Error::usage(message));
    }
    let flagged = flagged_records(run);
    // The inputs are read without what linked their records into other cases: there the incident alone tells.
    let incidents: Option<BTreeSet<&str>> = run
        .is_linked()
        .then(|| flagged.iter().map(|(_, incident)| *incident).collect());
    let is_flagged = |case: &str, incident: &str| match &incidents {
        Some(incidents) => incidents.contains(incident),
        None => flagged.contains(&(case, incident)),
    };
    let unflagged = |record: &Record| {
        let case = record.case_id.as_deref().unwrap_or_default();
        let has_text = record.fields.iter().any(|f| !f.text.trim().is_empty());
        has_text && !is_flagged(case, &record.incident_ref())
    };
    // Counted first and kept in a second pass: memory follows the sample, not the input.
    let mut count = 0;
    run.read_inputs(inputs, true, &mut |item| {
        count += usize::from(matches!(&item, ReadItem::Record(r) if unflagged(r)));
        Ok(())
    })?;
    let drawn = draw(count, n, seed);
    let turns: BTreeMap<usize, usize> = drawn.iter().enumerate().map(|(t, i)| (*i, t)).collect();
    let mut records: Vec<Option<Record>> = vec![None; drawn.len()];
    let mut at = 0;
    run.read_inputs(inputs, true, &mut |item| {
        if let ReadItem::Record(record) = item
            && unflagged(&record)
        {
            if let Some(turn) = turns.get(&at) {
                records[*turn] = Some(record);
            }
            at += 1;
        }
        Ok(())
    })?;
    let mut records: Vec<Record> = records.into_iter().flatten().collect();
    if let Some(redactor) = redactor {
        mask(redactor, &mut records, |sink| {
            run.read_inputs(inputs, true, sink)
        })?;
    }
    let too_long = |r: &&Record| narrative(r).chars().count() > CELL;
    Ok(Sample {
        unflagged: count,
        too_long: records.iter().filter(too_long).count(),
        records,
    })
}

/// Masks the records of a sample as the run masked them: each as one of all records of its case, which
/// `read` reads again.
fn mask(
    redactor: &mut Redactor<'_>,
    records: &mut [Record],
    read: impl FnOnce(&mut dyn FnMut(ReadItem) -> Result<()>) -> Result<()>,
) -> Result<()> {
    let mut cases: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in &*records {
        cases.entry(case_of(record)).or_default();
    }
    read(&mut |item| {
        if let ReadItem::Record(record) = item
            && let Some(own) = cases.get_mut(&case_of(&record))
        {
            own.push(record);
        }
        Ok(())
    })?;
    let place = |r: &Record| (Arc::clone(&r.source), r.record);
    let mut masked = BTreeMap::new();
    for (case, mut own) in cases {
        own.sort_by_cached_key(record_key);
        own.iter().for_each(|record| redactor.learn(record));
        for mut record in own {
            redactor.mask_record(&mut record);
            masked.insert(place(&record), record);
        }
        redactor.forget(&case);
    }
    for record in records {
        if let Some(own) = masked.remove(&place(record)) {
            *record = own;
        }
    }
    Ok(())
}

/// Case and incident references of the records with evidence.
fn flagged_records(run: &PastRun) -> BTreeSet<(&str, &str)> {
    run.evidence
        .iter()
        .map(|m| (m.place.case_id.as_str(), m.place.incident_id.as_str()))
        .collect()
}

/// Records with evidence.
pub fn flagged_count(run: &PastRun) -> u64 {
    flagged_records(run).len() as u64
}

/// The text of a record; several fields one after the other, each under its name.
fn narrative(record: &Record) -> String {
    match &record.fields[..] {
        [only] => only.text.clone(),
        fields => fields
            .iter()
            .filter(|f| !f.text.trim().is_empty())
            .map(|f| format!("[{}]\n{}", f.name, f.text))
            .collect::<Vec<_>>()
            .join("\n\n"),
    }
}

const COLUMNS: &[TableColumn] = &[
    TableColumn::text("run_id"),
    TableColumn::text("seed"),
    TableColumn::int("unflagged"),
    TableColumn::int("sample_no"),
    TableColumn::text("source"),
    TableColumn::int("record"),
    TableColumn::text("case_id"),
    TableColumn::text("incident_id"),
    TableColumn::text("incident_date"),
    TableColumn::text("narrative"),
    TableColumn::text("reviewer_decision"),
    TableColumn::text("missed_categories"),
    TableColumn::text("reviewer"),
    TableColumn::text("reviewed_on"),
    TableColumn::text("reviewer_notes"),
];

/// Writes a sample as CSV for its readers.
///
/// # Errors
/// If the file is there already (it may hold decisions), is not called `.csv`, or cannot be written.
pub fn write_sample(path: &Path, run: &PastRun, sample: &Sample, seed: u64) -> Result<()> {
    if path.exists() {
        let message = "is there already, and may hold decisions; choose another name";
        return Err(Error::usage(format!("{}: {message}", path.display())));
    }
    let name = path.file_stem().and_then(|s| s.to_str());
    let (Some(name), Some("csv")) = (name, path.extension().and_then(|e| e.to_str())) else {
        let message = "a sample is written as CSV; give it a name that ends in .csv";
        return Err(Error::usage(format!("{}: {message}", path.display())));
    };
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut table = TableWriter::create(folder, name, COLUMNS, &[OutputFormat::Csv], false)?;
    let seed = seed.to_string();
    let int = |n: u64| Cell::Int(n.try_into().unwrap_or(i64::MAX));
    for (index, record) in sample.records.iter().enumerate() {
        let mut cells = vec![
            Cell::from(&run.manifest.run_id),
            (&seed).into(),
            int(sample.unflagged as u64),
            int(index as u64 + 1),
            Cell::Text(&record.source),
            int(record.record),
        ];
        let incident = record.incident_ref();
        let narrative = narrative(record);
        cells.extend([
            Cell::Text(record.case_id.as_deref().unwrap_or_default()),
            Cell::from(&incident),
            Cell::Text(record.incident_date.as_deref().unwrap_or_default()),
            Cell::from(&narrative),
        ]);
        cells.resize(COLUMNS.len(), Cell::Text(""));
        table.write_row(&cells)?;
    }
    table.finish()?;
    Ok(())
}

/// What the readers of a sample found.
#[derive(Clone, Debug, Default)]
pub struct SampleRead {
    /// The estimate that it allows.
    pub estimate: Estimate,
    /// Missed records whose case has evidence elsewhere, so that a reader of the case meets them.
    pub missed_in_flagged_cases: u64,
    /// Records on which nobody decided, somebody was unsure, or readers differ.
    pub open: u64,
    /// Those of them that come before the last one that was decided: they may have been left out for
    /// what they say.
    pub skipped: u64,
    /// How often each category was named as missed.
    pub categories: BTreeMap<String, u64>,
    /// Rows that could not be used.
    pub problems: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Missed,
    Nothing,
    Unsure,
}

impl Found {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['.', '!']).to_lowercase();
        Some(match text.as_str() {
            "missed" | "miss" | "yes" | "y" | "true" | "something" => Self::Missed,
            "nothing" | "none" | "no" | "n" | "false" | "clear" => Self::Nothing,
            "unsure" | "not sure" | "unclear" | "?" | "maybe" => Self::Unsure,
            _ => return None,
        })
    }
}

/// A record of the sample, as its readers found it.
#[derive(Default)]
struct Entry {
    case_id: String,
    found: Vec<Found>,
    categories: BTreeSet<String>,
}

/// Reads a sample back, from one or several readers.
///
/// # Errors
/// If a file is no sample, or of another run or draw than the others.
pub fn read_sample(run: &PastRun, files: &[PathBuf]) -> Result<SampleRead> {
    let mut out = SampleRead::default();
    let mut entries: BTreeMap<usize, Entry> = BTreeMap::new();
    let mut drawn: Option<(String, usize)> = None;
    for path in files {
        let sheet = Sheet::read(path)?;
        let columns = [
            "run_id",
            "seed",
            "unflagged",
            "sample_no",
            "case_id",
            "reviewer_decision",
        ];
        let mut at = [0; 6];
        for (at, name) in at.iter_mut().zip(columns) {
            *at = sheet.need(name)?;
        }
        let [run_id, seed, unflagged, number, case_id, decision] = at;
        let categories = sheet.column("missed_categories");
        let problem = |line, column: &str, message: &str| Problem {
            path: path.clone(),
            line,
            column: column.to_owned(),
            message: message.to_owned(),
        };
        for damaged in &sheet.damaged {
            out.problems
                .push(problem(damaged.line, "", &damaged.reason));
        }
        for row in &sheet.rows {
            let (named, own) = (row.cell(run_id).trim(), &run.manifest.run_id);
            let altered = named.len() != own.len() && named.parse::<f64>().is_ok();
            if !named.is_empty() && !own.is_empty() && named != own && !altered {
                let message =
                    format!("column \"run_id\": a sample of the run {named}, and this is {own}");
                return Err(Error::input(path, Some(row.line), message));
            }
            let this = (
                row.cell(seed).trim().to_owned(),
                sheet.number(row, unflagged)?,
            );
            if *drawn.get_or_insert_with(|| this.clone()) != this {
                let message =
                    "column \"seed\": another draw than the rows before; read each draw by itself";
                return Err(Error::input(path, Some(row.line), message));
            }
            let entry = entries.entry(sheet.number(row, number)?).or_default();
            row.cell(case_id).trim().clone_into(&mut entry.case_id);
            let text = row.cell(decision);
            if text.trim().is_empty() {
                continue;
            }
            let Some(found) = Found::parse(text) else {
                let message = "no decision; one of missed, nothing, unsure";
                out.problems
                    .push(problem(row.line, "reviewer_decision", message));
                continue;
            };
            entry.found.push(found);
            if found == Found::Missed {
                let list = row.may(categories).split([';', ',']).map(str::trim);
                entry
                    .categories
                    .extend(list.filter(|c| !c.is_empty()).map(str::to_owned));
            }
        }
    }
    let flagged: BTreeSet<&str> = run.cases.iter().map(|c| c.case_id.as_str()).collect();
    out.estimate.unflagged = drawn.map_or(0, |(_, unflagged)| unflagged as u64);
    let mut waiting = 0;
    for entry in entries.values() {
        let all = |found| !entry.found.is_empty() && entry.found.iter().all(|f| *f == found);
        if all(Found::Missed) {
            out.estimate.missed += 1;
            out.missed_in_flagged_cases += u64::from(flagged.contains(entry.case_id.as_str()));
            for category in &entry.categories {
                *out.categories.entry(category.clone()).or_default() += 1;
            }
        } else if !all(Found::Nothing) {
            out.open += 1;
            waiting += 1;
            continue;
        }
        out.estimate.read += 1;
        out.skipped += waiting;
        waiting = 0;
    }
    Ok(out)
}
