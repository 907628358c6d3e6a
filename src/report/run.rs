//! Takes the outcomes of a run one by one and writes its tables, report and manifest.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sha2::{Digest as _, Sha256};

use super::cases::{Cases, Looker, case_row, check_row};
use super::kept_rows::{Kept, KeptRows, Ranks};
use super::manifest::{Manifest, ManifestLexicon, Timing};
use super::masking::Masking;
use super::parts::Parts;
use super::per_case::PerCase;
use super::reviewed::has_room;
use super::rows::{CaseRow, CheckRow, MentionRow, ReportCounts};
use super::spool::{Kept as KeptTexts, Spool, cues, kept_fields};
use super::tables::{OutputFormat, SortedTable, TableWriter, kept_rows_file};
use super::view::{Told, case_counts, report_case};
use super::workbook::{workbook_about, workbook_counts, workbook_tables};
use super::xlsx::{WorkbookData, write_workbook};
use crate::boilerplate::{Candidate, Repetition};
use crate::case::chronology::ChronologyRow;
use crate::case::coded::CodedColumn;
use crate::case::conduct::Element;
use crate::case::coverage::{Coverage, CoverageCounts, Gap, Unread};
use crate::case::inconsistency::Inconsistency;
use crate::case::link::{LinkCounts, LinkKeys};
use crate::case::names::{NameIndex, Proposal};
use crate::case::order::{digest, place_key, placed};
use crate::case::{CaseRecord, tier_of};
use crate::checks::statements;
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::narrative::{Record, Rejected};
use crate::pipeline::{Outcome, Scanned};
use crate::read::InputInfo;
use crate::span::CharOffsets;
use crate::spill::{Storage, text_key};

/// How to write a run. The default writes nothing but the manifest.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Formats of the tables, and `html` for the report.
    pub formats: Vec<OutputFormat>,
    /// Leave out the byte-order mark and the guard before formula characters in CSV.
    pub raw_csv: bool,
    /// Cases of a page of the HTML report at most, in reading order.
    pub report_cases: usize,
    /// Bytes that the cases of a page of it take at most.
    pub report_bytes: usize,
    /// Columns of ticks and codes to put beside the texts.
    pub coded: Vec<CodedColumn>,
    /// Columns by which records are linked.
    pub link_keys: LinkKeys,
    /// What was joined by them.
    pub links: Option<LinkCounts>,
    /// Write the table of texts that were not read, or perhaps not whole.
    pub coverage: bool,
    /// Write the table of links that names propose.
    pub link_names: bool,
    /// Where the incidents were, for the legal tests beside response checks.
    pub jurisdiction: String,
    /// Mask names and other personal identifiers in all that is written.
    pub redact: bool,
    /// Besides, a folder for each flagged case with its page and its evidence.
    pub per_case: bool,
    /// Rows of a sheet of the workbook at most; `None` for what a sheet can hold.
    pub sheet_rows: Option<usize>,
    /// Worker threads; 0 for as many as there are cores.
    pub jobs: usize,
    /// Where its files are made.
    pub storage: Storage,
    /// Set from outside to end the run early.
    pub interrupted: Arc<AtomicBool>,
    /// Options that change the output, for the manifest.
    pub manifest: serde_json::Value,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct RunSummary {
    /// Its counts.
    pub counts: ReportCounts,
    /// Flagged cases by tier, 1 to 3.
    pub tiers: [u64; 3],
    /// Sentences that many cases share.
    pub boilerplate_candidates: usize,
    /// What was masked, by kind.
    pub masks: BTreeMap<String, u64>,
    /// Texts by what was read of them.
    pub coverage: CoverageCounts,
}

/// Writes a run into a folder.
#[derive(Debug)]
pub struct RunWriter<'l> {
    lexicon: &'l Lexicon,
    options: RunOptions,
    evidence: SortedTable,
    suppressed: SortedTable,
    rejected: TableWriter,
    cases: Cases,
    spool: Option<Spool>,
    repetition: Repetition,
    coverage: Coverage,
    names: NameIndex,
    counts: ReportCounts,
    /// Records that wait until every name of their case is known.
    masking: Option<Masking<'l>>,
}

impl<'l> RunWriter<'l> {
    /// Opens the tables in `folder`.
    ///
    /// # Errors
    /// If a file cannot be made.
    pub fn create(folder: &Path, lexicon: &'l Lexicon, options: RunOptions) -> Result<Self> {
        let storage = &options.storage;
        let sorted = |name, columns, formats: &[OutputFormat]| {
            SortedTable::create_on(storage, folder, name, columns, formats, options.raw_csv)
        };
        let html = options.formats.contains(&OutputFormat::Html);
        let mut evidence_formats = options.formats.clone();
        if options.per_case {
            // Folders of cases are filled from the rows that are kept for a workbook.
            evidence_formats.push(OutputFormat::Xlsx);
        }
        Ok(Self {
            lexicon,
            evidence: sorted("evidence", MentionRow::EVIDENCE_COLUMNS, &evidence_formats)?,
            suppressed: sorted(
                "suppressed",
                MentionRow::SUPPRESSED_COLUMNS,
                &options.formats,
            )?,
            rejected: TableWriter::create_on(
                storage,
                folder,
                "rejected",
                Rejected::COLUMNS,
                &options.formats,
                options.raw_csv,
            )?,
            cases: Cases::new(storage, folder),
            spool: if html || options.per_case {
                Some(Spool::create(storage, folder.join(".texts"))?)
            } else {
                None
            },
            repetition: Repetition::new(storage, folder),
            coverage: Coverage::new(storage, folder),
            names: NameIndex::new(storage, folder),
            counts: ReportCounts::default(),
            masking: if options.redact {
                Some(Masking::create(lexicon, storage, folder)?)
            } else {
                None
            },
            options,
        })
    }

    /// Takes one outcome.
    ///
    /// # Errors
    /// If a table cannot be written.
    pub fn take(&mut self, outcome: &Outcome) -> Result<()> {
        self.counts.read += 1;
        match outcome {
            Outcome::Rejected(rejected) => {
                self.counts.rejected += 1;
                self.rejected.write_row(&rejected.cells())
            }
            Outcome::Scanned(scanned) => {
                self.counts.scanned += 1;
                // A masked text is of another length.
                self.note_coverage(&scanned.record)?;
                match &mut self.masking {
                    Some(masking) => masking.keep(scanned),
                    None => self.scanned(scanned),
                }
            }
        }
    }

    fn scanned(&mut self, scanned: &Scanned) -> Result<()> {
        let Scanned {
            record,
            mentions,
            signals,
            names,
            statements: said,
        } = scanned;
        if record.fields.iter().all(|f| f.text.trim().is_empty()) {
            self.counts.empty += 1;
        }
        let case_id = record
            .case_id
            .clone()
            .unwrap_or_else(|| record.incident_ref());
        let digest = digest(record);
        if mentions.iter().any(|found| !found.is_empty()) {
            self.mention_rows(scanned, &case_id, digest)?;
        }
        for (field, found) in record.fields.iter().zip(mentions) {
            self.repetition.note(&case_id, &field.text, found)?;
        }
        for name in names {
            self.names.note(name, &case_id, &record.incident_ref())?;
        }
        let counts = mentions.iter().flatten().any(|m| m.suppressed.is_none());
        let kept = match &mut self.spool {
            Some(spool) if counts => Some(spool.keep(&kept_fields(record, mentions))?),
            _ => None,
        };
        let mut case = CaseRecord::default();
        let cells = record.extra.coded.iter().map(Option::as_deref);
        let columns = self.options.coded.iter();
        let coded = columns.zip(cells).map(|(column, cell)| column.tick(cell));
        let coded = coded.collect();
        let incident =
            case.add_record(self.lexicon, record, mentions, signals, coded, digest, kept);
        for (index, (field, said)) in record.fields.iter().zip(said).enumerate() {
            let place = (index, &*field.name);
            let mut own = statements(self.lexicon, place, &field.text, incident, said);
            if let Some(source) = &field.source {
                for statement in &mut own {
                    statement.start = source.source(statement.start);
                    statement.end = source.source(statement.end);
                }
            }
            case.statements.extend(own);
        }
        self.cases.add(&case_id, &case)
    }

    fn note_coverage(&mut self, record: &Record) -> Result<()> {
        let case_id = record
            .case_id
            .clone()
            .unwrap_or_else(|| record.incident_ref());
        for field in &record.fields {
            let place = (&*record.source, &*field.name);
            self.coverage.note(place, &field.text, || Unread {
                source: record.source.to_string(),
                record: record.record,
                case_id: case_id.clone(),
                incident_id: record.incident_ref(),
                field: field.name.to_string(),
                characters: 0,
                gap: Gap::Empty,
                note: String::new(),
            })?;
        }
        Ok(())
    }

    /// Adds the rows of a record, under a key that puts them in the order of cases and of the records in
    /// them, whatever the order of the input.
    fn mention_rows(&mut self, scanned: &Scanned, case_id: &str, digest: u64) -> Result<()> {
        let record = &scanned.record;
        let incident_id = record.incident_ref();
        let incident_date = record.incident_date.clone().unwrap_or_default();
        let mut key = Vec::new();
        text_key(&mut key, case_id);
        key.extend(place_key(
            placed(record).0,
            &incident_date,
            &incident_id,
            digest,
        ));
        // Rows with one key stay as they come: by field, and in a field by their place.
        for (field, found) in record.fields.iter().zip(&scanned.mentions) {
            let mut offsets = CharOffsets::of_field(field);
            for mention in found {
                let rule = &self.lexicon.rules[mention.rule];
                let category = &self.lexicon.categories[mention.category];
                let row = MentionRow {
                    case_id: case_id.to_owned(),
                    incident_id: incident_id.clone(),
                    incident_date: incident_date.clone(),
                    field: field.name.to_string(),
                    category: category.id.clone(),
                    group: category.group,
                    rule_id: rule.id.clone(),
                    tier: tier_of(self.lexicon, mention),
                    assertion: mention.assertion,
                    quote: mention.span.of(&field.text).to_owned(),
                    sentence: mention.sentence.of(&field.text).to_owned(),
                    start: offsets.at(mention.span.start),
                    end: offsets.at(mention.span.end),
                    reason: mention.suppressed.clone(),
                    tags: rule.tags.clone(),
                    cues: cues(mention, &field.text),
                };
                if row.reason.is_none() {
                    self.counts.evidence += 1;
                    self.evidence.add(&key, &row.cells())?;
                } else {
                    self.counts.suppressed += 1;
                    self.suppressed.add(&key, &row.cells())?;
                }
            }
        }
        Ok(())
    }

    /// Writes cases, report and manifest, and closes every file.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(
        mut self,
        folder: &Path,
        inputs: &[InputInfo],
        timing: impl FnOnce() -> Timing,
    ) -> Result<RunSummary> {
        let masks = match self.masking.take() {
            Some(masking) => masking.hand_on(&mut |scanned| self.scanned(scanned))?,
            None => BTreeMap::new(),
        };
        let Self {
            lexicon,
            options,
            evidence,
            suppressed,
            rejected,
            cases,
            spool,
            repetition,
            coverage,
            names,
            mut counts,
            ..
        } = self;
        evidence.finish()?;
        suppressed.finish()?;
        rejected.finish()?;
        let candidates = repetition.candidates()?;
        write_candidates(folder, &options.storage, &candidates)?;
        let table = |name, columns| {
            TableWriter::create_on(
                &options.storage,
                folder,
                name,
                columns,
                &options.formats,
                options.raw_csv,
            )
        };
        if options.link_names {
            let mut table = table("link_proposals", Proposal::COLUMNS)?;
            names.proposals(&mut |proposal| table.write_row(&proposal.cells()))?;
            table.finish()?;
        }
        let mut unread = match options.coverage {
            true => Some(table("coverage", Unread::COLUMNS)?),
            false => None,
        };
        let texts = coverage.finish(&mut |text| match &mut unread {
            Some(table) => table.write_row(&text.cells()),
            None => Ok(()),
        })?;
        unread.map_or(Ok(0), TableWriter::finish)?;

        let looker = Looker::new(lexicon, &options)?;
        let mut checks = table("checks", CheckRow::COLUMNS)?;
        let (order, seen) = looker.first_look(cases, folder, &mut |case, finding| {
            checks.write_row(&check_row(lexicon, &options, case, finding).cells())
        })?;
        checks.finish()?;
        counts.cases = seen.cases;
        counts.flagged = seen.flagged;
        counts.checks = seen.checks;

        let run = run_id(lexicon, inputs, &options.manifest);
        let mut kept = spool.map(Spool::read_back).transpose()?;
        // What is written of all cases in reading order needs to know that order first.
        let xlsx = options.formats.contains(&OutputFormat::Xlsx);
        let ranks = Ranks::of(&options.storage, folder, |rank| {
            match options.per_case || xlsx {
                true => order.references(rank),
                false => Ok(()),
            }
        })?;
        let evidence = match options.per_case {
            true => {
                let path = kept_rows_file(folder, "evidence");
                Some(KeptRows::open(path, Kept::ByCase, &ranks, "evidence")?)
            }
            false => None,
        };
        let mut folders = match &evidence {
            Some(rows) => Some(PerCase::create(folder, rows, options.raw_csv)?),
            None => None,
        };
        let mut counted = Told::new(lexicon);
        let html = options.formats.contains(&OutputFormat::Html);
        let mut parts = Parts::new(lexicon, &options);
        let mut tiers = [0; 3];
        let mut cases = table("cases", CaseRow::COLUMNS)?;
        let mut chronology = table("chronology", ChronologyRow::COLUMNS)?;
        let mut conduct = table("course_of_conduct", Element::COLUMNS)?;
        let mut inconsistent = table("inconsistencies", Inconsistency::COLUMNS)?;
        looker.in_reading_order(&order, &mut |entry| {
            let own = &entry.case.id;
            for found in &entry.inconsistencies {
                inconsistent.write_row(&found.cells(own))?;
            }
            let Some(assessment) = &entry.assessment else {
                return Ok(());
            };
            tiers[usize::from(assessment.tier.clamp(1, 3)) - 1] += 1;
            counted.add(entry);
            cases.write_row(&case_row(lexicon, entry, assessment).cells())?;
            for (at, row) in entry.chronology.iter().enumerate() {
                chronology.write_row(&row.cells(own, at + 1))?;
            }
            for element in entry.conduct.iter().chain(&assessment.combinations) {
                for row in element.rows(own) {
                    conduct.write_row(&row)?;
                }
            }
            let Some(kept) = &mut kept else {
                return Ok(());
            };
            if html {
                parts.add(entry, kept)?;
            }
            if let Some(folders) = &mut folders {
                let mut told = Told::new(lexicon);
                told.add(entry);
                let cases = vec![report_case(lexicon, &options, entry, kept)?];
                let mut data = told.page(lexicon, &options, inputs, counts, cases);
                data.run_id.clone_from(&run);
                data.counts = case_counts(entry, &data.cases);
                folders.write(own, &data)?;
            }
            Ok(())
        })?;
        for table in [cases, chronology, conduct, inconsistent] {
            table.finish()?;
        }
        let mut pages = Vec::new();
        if let Some(kept) = kept.as_mut().filter(|_| html) {
            let page = |told: &Told, cases| {
                let mut data = told.page(lexicon, &options, inputs, counts, cases);
                data.run_id.clone_from(&run);
                data.coverage = texts;
                data.inconsistencies_elsewhere = seen.inconsistencies_elsewhere;
                data
            };
            pages = parts.write(folder, &looker, &page, kept, &mut |sink| {
                looker.in_reading_order(&order, &mut |entry| match entry.assessment {
                    Some(_) => sink(entry),
                    None => Ok(()),
                })
            })?;
        }
        drop(order);
        drop(folders);
        if let Some(evidence) = evidence.filter(|_| !xlsx) {
            evidence.remove()?;
        }
        kept.map_or(Ok(()), KeptTexts::remove)?;
        if xlsx {
            let own = lexicon.categories.iter().zip(counted.categories());
            let data = WorkbookData {
                tables: workbook_tables(folder, &options),
                ranks: &ranks,
                categories: own
                    .map(|(c, told)| ([c.id.as_str(), c.title.as_str(), c.group.as_str()], *told))
                    .collect(),
                counts: workbook_counts(counts, tiers),
                about: workbook_about(lexicon, inputs, &options, &run),
                sheet_rows: options.sheet_rows,
            };
            write_workbook(folder, &data)?;
        }
        let manifest = Manifest {
            program: "throughline",
            version: env!("CARGO_PKG_VERSION"),
            lexicon: ManifestLexicon {
                version: &lexicon.version,
                sha256: &lexicon.fingerprint,
                rules: lexicon.indicator_rules().count(),
            },
            run_id: run,
            inputs,
            options: &options.manifest,
            counts: counts.into(),
            report: &pages,
            links: options.links.as_ref(),
            texts,
            boilerplate_candidates: candidates.len(),
            coverage: COVERAGE,
            reviewable: reviewable(folder)?,
            time: timing(),
        };
        let path = folder.join("manifest.json");
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|e| Error::io("cannot write", &path, e.into()))?;
        options.storage.write(&path, (text + "\n").as_bytes())?;
        Ok(RunSummary {
            counts,
            tiers,
            boilerplate_candidates: candidates.len(),
            masks,
            coverage: texts,
        })
    }
}

/// The length of the files that reviewers may write into.
fn reviewable(folder: &Path) -> Result<BTreeMap<String, u64>> {
    let fail = |e| Error::io("cannot read", folder, e);
    let mut lengths = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if has_room(&name) {
            lengths.insert(name, entry.metadata().map_err(fail)?.len());
        }
    }
    Ok(lengths)
}

/// What the counts do not say.
pub(super) const COVERAGE: &str = "text only; other systems not checked; an empty result says that no indicators matched in the text supplied";

/// Name of the file that lists sentences which many cases share.
pub const CANDIDATES_FILE: &str = "boilerplate.txt";

/// Writes the sentences that many cases share, as a mute file with every line switched off.
fn write_candidates(folder: &Path, storage: &Storage, candidates: &[Candidate]) -> Result<()> {
    if candidates.is_empty() {
        return Ok(());
    }
    let path = folder.join(CANDIDATES_FILE);
    let mut text = String::from(
        "# Sentences with evidence that the same words stand behind in many cases. They may be form text,\n\
         # leaflets or standard endings, and they may not: read them. To mute one, take the \"# \" before it\n\
         # away and scan again with --mute and this file. What it mutes is still listed in `suppressed`.\n",
    );
    for candidate in candidates {
        text += &format!(
            "\n# {} cases, {} mentions\n# {}\n",
            candidate.cases, candidate.mentions, candidate.sentence
        );
    }
    storage.write(&path, text.as_bytes())
}

fn run_id(lexicon: &Lexicon, inputs: &[InputInfo], options: &serde_json::Value) -> String {
    let mut hasher = Sha256::new();
    for part in [
        env!("CARGO_PKG_VERSION"),
        &lexicon.fingerprint,
        &options.to_string(),
    ] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    for input in inputs {
        hasher.update(input.sha256.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(8)
        .map(|b| format!("{b:02x}"))
        .collect()
}
