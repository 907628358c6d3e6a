//! Reads a finished run back from its folder: manifest and tables.
//!
//! Whoever reviews, samples, compares or describes a run starts here. The tables are taken as JSON
//! Lines where the run has them, else as CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::narrative::ReadItem;
use crate::pipeline::read_records;
use crate::read::{ReadOptions, Sheet};

/// A finished run.
#[derive(Clone, Debug)]
pub struct PastRun {
    /// Its folder.
    pub folder: PathBuf,
    /// Its manifest.
    pub manifest: PastManifest,
    /// The rows of `cases`, in reading order.
    pub cases: Vec<PastCase>,
    /// The rows of `evidence`.
    pub evidence: Vec<PastMention>,
}

/// What is read of `manifest.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct PastManifest {
    /// Program version.
    pub version: String,
    /// The lexicon in force.
    pub lexicon: PastLexicon,
    /// Fingerprint of the run; empty where the manifest has none.
    #[serde(default)]
    pub run_id: String,
    /// The inputs.
    pub inputs: Vec<PastInput>,
    /// Options that changed the output.
    #[serde(default)]
    pub options: serde_json::Map<String, serde_json::Value>,
    /// Counts of the run.
    pub counts: PastCounts,
    /// What the counts do not say.
    #[serde(default)]
    pub coverage: String,
    /// When it ran.
    #[serde(default)]
    pub time: PastTime,
}

/// A lexicon as a manifest names it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PastLexicon {
    /// Its version.
    pub version: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Number of its rules.
    #[serde(default)]
    pub rules: u64,
}

/// An input as a manifest names it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PastInput {
    /// As the user named it.
    pub source: String,
    /// Its format.
    pub format: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its length in bytes.
    #[serde(default)]
    pub bytes: u64,
    /// Records read.
    #[serde(default)]
    pub records: u64,
    /// Records rejected.
    #[serde(default)]
    pub rejected: u64,
    /// The encoding it was read in.
    #[serde(default)]
    pub encoding: String,
    /// The columns that were used.
    #[serde(default)]
    pub columns: PastColumns,
}

/// What is read of the columns of an input.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct PastColumns {
    /// Column of incident references; without one, records are numbered.
    pub id: Option<String>,
}

/// Counts as a manifest names them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct PastCounts {
    /// Records read.
    pub records_read: u64,
    /// Records scanned.
    pub records_scanned: u64,
    /// Records rejected.
    pub records_rejected: u64,
    /// Scanned records without any text.
    pub records_empty: u64,
    /// Rows of `evidence`.
    pub evidence: u64,
    /// Rows of `suppressed`.
    pub suppressed: u64,
    /// Cases in the input.
    pub cases: u64,
    /// Rows of `cases`.
    pub cases_flagged: u64,
}

/// When a run was made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PastTime {
    /// When it began.
    pub start: String,
    /// When it ended.
    pub end: String,
}

/// A row of `cases`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCase {
    /// Case reference.
    pub case_id: String,
    /// Order of reading: 1, 2 or 3.
    pub tier: u8,
}

/// A row of `evidence` or of `suppressed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastMention {
    /// Where it stands.
    pub place: Place,
    /// Order of reading of its rule.
    pub tier: u8,
    /// Polarity, certainty, temporality, experiencer, agent, source.
    pub axes: [String; 6],
    /// The words.
    pub quote: String,
    /// The sentence around them.
    pub sentence: String,
    /// Why it does not count; empty in `evidence`.
    pub reason: String,
}

/// Case, incident (empty for the case as a whole) and id of a response check.
pub type CheckKey = [String; 3];

/// What tells one mention from every other of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// Case reference.
    pub case_id: String,
    /// Incident reference.
    pub incident_id: String,
    /// Name of the text field.
    pub field: String,
    /// Start of the quote in Unicode scalar values.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// Category id.
    pub category: String,
    /// Rule id.
    pub rule_id: String,
}

impl PastRun {
    /// Reads the run in `folder`.
    ///
    /// # Errors
    /// If there is no run in it, or one of its tables cannot be read.
    pub fn open(folder: &Path) -> Result<Self> {
        let manifest = PastManifest::open(folder)?;
        Ok(Self {
            cases: cases(&table(folder, "cases")?)?,
            evidence: mentions(&table(folder, "evidence")?)?,
            folder: folder.to_owned(),
            manifest,
        })
    }

    /// The rows of `suppressed`.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub fn suppressed(&self) -> Result<Vec<PastMention>> {
        mentions(&table(&self.folder, "suppressed")?)
    }

    /// The statuses of every response check by case, incident and check; `None` for a run of before
    /// there were any.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub fn checks(&self) -> Result<Option<BTreeMap<CheckKey, BTreeSet<String>>>> {
        let there = |ending: &&str| self.folder.join(format!("checks.{ending}")).exists();
        if !ENDINGS.iter().any(there) {
            return Ok(None);
        }
        let sheet = table(&self.folder, "checks")?;
        whole(&sheet)?;
        let mut out: BTreeMap<CheckKey, BTreeSet<String>> = BTreeMap::new();
        if sheet.rows.is_empty() {
            return Ok(Some(out));
        }
        let (case, incident) = (sheet.need("case_id")?, sheet.need("incident_id")?);
        let (check, status) = (sheet.need("check")?, sheet.need("status")?);
        for row in &sheet.rows {
            let key = [case, incident, check].map(|column| row.cell(column).to_owned());
            let statuses = out.entry(key).or_default();
            statuses.insert(row.cell(status).to_owned());
        }
        Ok(Some(out))
    }

    /// Reads the records of the run again, with the options that it was made with.
    ///
    /// # Errors
    /// If an input cannot be read or is none of the run's; with `all`, also if one of the run's is not
    /// among them.
    pub fn read_inputs(
        &self,
        inputs: &[PathBuf],
        all: bool,
        sink: &mut dyn FnMut(ReadItem) -> Result<()>,
    ) -> Result<()> {
        let infos = read_records(inputs, &self.manifest.read_options()?, sink)?;
        let own = &self.manifest.inputs;
        for (path, info) in inputs.iter().zip(&infos) {
            if !own.iter().any(|i| i.sha256 == info.sha256) {
                let message = format!(
                    "this file is not among the inputs of the run {}",
                    self.name()
                );
                return Err(Error::input(path, None, message));
            }
        }
        let missing = own
            .iter()
            .find(|i| !infos.iter().any(|info| info.sha256 == i.sha256));
        match missing {
            Some(input) if all => Err(Error::usage(format!(
                "the run {} also read {}; give it with --input",
                self.name(),
                input.source
            ))),
            _ => Ok(()),
        }
    }

    /// Whether its records were linked into cases by more than their case references (`--link-by`). Read again, they
    /// have the references of the input.
    pub fn is_linked(&self) -> bool {
        let columns = self.manifest.options.get("link_by");
        columns
            .and_then(|v| v.as_array())
            .is_some_and(|c| !c.is_empty())
    }

    /// The inputs as the manifest names them, for when they still lie there.
    pub fn named_inputs(&self) -> Vec<PathBuf> {
        let inputs = self.manifest.inputs.iter();
        inputs.map(|i| PathBuf::from(&i.source)).collect()
    }

    /// What the run is called in messages: its fingerprint, or its folder where it has none.
    pub fn name(&self) -> String {
        match self.manifest.run_id.as_str() {
            "" => format!("in {}", self.folder.display()),
            id => id.to_owned(),
        }
    }
}

impl PastManifest {
    /// Reads the manifest of the run in `folder`.
    ///
    /// # Errors
    /// If there is none, or it is of no run of this program.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("manifest.json");
        if !path.exists() {
            let message = "no run in this folder: it holds no manifest.json";
            return Err(Error::input(folder, None, message));
        }
        let text =
            std::fs::read_to_string(&path).map_err(|e| Error::io("cannot read", &path, e))?;
        serde_json::from_str(&text)
            .map_err(|e| Error::input(&path, Some(e.line() as u64), format!("no manifest: {e}")))
    }

    /// The options of reading that the run was made with.
    ///
    /// # Errors
    /// If they are none that this version knows.
    pub fn read_options(&self) -> Result<ReadOptions> {
        let text = |name: &str| {
            let value = self.options.get(name)?;
            value.as_str().map(str::to_owned)
        };
        let list = |name: &str| -> Vec<String> {
            let values = self.options.get(name).and_then(|v| v.as_array());
            let texts = values.into_iter().flatten().filter_map(|v| v.as_str());
            texts.map(str::to_owned).collect()
        };
        Ok(ReadOptions {
            format: text("input_format").map(|f| f.parse()).transpose()?,
            text_columns: list("text_column"),
            name_columns: list("name_columns"),
            case_column: text("case_column"),
            id_column: text("id_column"),
            date_column: text("date_column"),
            reported_column: text("reported_column"),
            grade_column: text("grade_column"),
            outcome_column: text("outcome_column"),
            area_column: text("area_column"),
            // What links and codes records into cases does not change which records there are.
            link_columns: Vec::new(),
            coded_columns: Vec::new(),
            encoding: text("encoding"),
            sheet: text("sheet"),
            max_sheet_bytes: self
                .options
                .get("max_sheet_bytes")
                .and_then(serde_json::Value::as_u64)
                .unwrap_or_default(),
            strict: self
                .options
                .get("strict")
                .and_then(serde_json::Value::as_bool)
                == Some(true),
            // The run was not stopped by it.
            rejects_limit: None,
            max_record_bytes: self
                .options
                .get("max_record_bytes")
                .and_then(serde_json::Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(0),
        })
    }
}

/// The formats in which tables are read back, the first one found first.
const ENDINGS: [&str; 2] = ["jsonl", "csv"];

/// A table of the run in `folder`, in whatever format it is there.
fn table(folder: &Path, name: &str) -> Result<Sheet> {
    for ending in ENDINGS {
        let path = folder.join(format!("{name}.{ending}"));
        if path.exists() {
            return Sheet::read(&path);
        }
    }
    let message = format!(
        "this run has no table `{name}` as CSV or JSON Lines; scan again with --format csv,html"
    );
    Err(Error::input(folder, None, message))
}

fn whole(sheet: &Sheet) -> Result<()> {
    match sheet.damaged.first() {
        None => Ok(()),
        Some(damaged) => Err(Error::input(
            &sheet.path,
            Some(damaged.line),
            damaged.reason.clone(),
        )),
    }
}

fn cases(sheet: &Sheet) -> Result<Vec<PastCase>> {
    whole(sheet)?;
    if sheet.rows.is_empty() {
        return Ok(Vec::new());
    }
    let (id, tier) = (sheet.need("case_id")?, sheet.need("tier")?);
    sheet
        .rows
        .iter()
        .map(|row| {
            Ok(PastCase {
                case_id: row.cell(id).to_owned(),
                tier: tier_of(sheet.number(row, tier)?),
            })
        })
        .collect()
}

fn mentions(sheet: &Sheet) -> Result<Vec<PastMention>> {
    whole(sheet)?;
    if sheet.rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns = PlaceColumns::of(sheet)?;
    let mut axes = [0; 6];
    for (column, name) in axes.iter_mut().zip(AXES) {
        *column = sheet.need(name)?;
    }
    let (tier, quote) = (sheet.need("tier")?, sheet.need("quote")?);
    let (sentence, reason) = (sheet.need("sentence")?, sheet.column("reason"));
    sheet
        .rows
        .iter()
        .map(|row| {
            Ok(PastMention {
                place: columns.place(sheet, row)?,
                tier: tier_of(sheet.number(row, tier)?),
                axes: axes.map(|column| row.cell(column).to_owned()),
                quote: row.cell(quote).to_owned(),
                sentence: row.cell(sentence).to_owned(),
                reason: reason.map_or_else(String::new, |c| row.cell(c).to_owned()),
            })
        })
        .collect()
}

/// The names of the axes, in the order of [`PastMention::axes`].
pub const AXES: [&str; 6] = [
    "polarity",
    "certainty",
    "temporality",
    "experiencer",
    "agent",
    "source",
];

/// The columns that make up a [`Place`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceColumns {
    case_id: usize,
    incident_id: usize,
    field: usize,
    start: usize,
    end: usize,
    category: usize,
    rule_id: usize,
}

impl PlaceColumns {
    pub(crate) fn of(sheet: &Sheet) -> Result<Self> {
        Ok(Self {
            case_id: sheet.need("case_id")?,
            incident_id: sheet.need("incident_id")?,
            field: sheet.need("field")?,
            start: sheet.need("start")?,
            end: sheet.need("end")?,
            category: sheet.need("category")?,
            rule_id: sheet.need("rule_id")?,
        })
    }

    pub(crate) fn place(&self, sheet: &Sheet, row: &crate::read::SheetRow) -> Result<Place> {
        Ok(Place {
            case_id: row.cell(self.case_id).to_owned(),
            incident_id: row.cell(self.incident_id).to_owned(),
            field: row.cell(self.field).to_owned(),
            start: sheet.number(row, self.start)?,
            end: sheet.number(row, self.end)?,
            category: row.cell(self.category).to_owned(),
            rule_id: row.cell(self.rule_id).to_owned(),
        })
    }
}

fn tier_of(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
