//! The stages of a run, each as a piece of work over the same narratives, on one thread.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;
use throughline::assess::assess;
use throughline::boilerplate::MuteList;
use throughline::case::CaseRecord;
use throughline::case::chronology::chronology;
use throughline::case::conduct::conduct;
use throughline::case::inconsistency::inconsistencies;
use throughline::case::link::LinkKeys;
use throughline::case::order::digest;
use throughline::case::pattern::pattern;
use throughline::checks::{run_checks, statements};
use throughline::lexicon::Lexicon;
use throughline::pipeline::{Outcome, Plan, run};
use throughline::read::{ReadOptions, read_input};
use throughline::report::{OutputFormat, RunOptions, RunWriter, Timing};
use throughline::stages::{Staged, normalise};

use super::corpus::{self, Corpus, write_csv};

/// Narratives in the forms that the stages take.
#[derive(Debug)]
pub struct Inputs {
    folder: TempDir,
    texts: Vec<String>,
    outcomes: Vec<Outcome>,
    bytes: usize,
}

impl Inputs {
    /// `rows` narratives of a plan, written to a folder of their own and scanned once.
    pub fn new(lexicon: &Lexicon, rows: usize, plan: corpus::Plan) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut table = Vec::new();
        let enough = |done, _| done >= rows;
        write_csv(Corpus::new(lexicon, plan), &mut table, enough).expect("written");
        let text = String::from_utf8(table).expect("UTF-8");
        let (legacy, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        std::fs::write(folder.path().join("legacy.csv"), legacy).expect("written");
        std::fs::write(folder.path().join("in.csv"), &text).expect("written");
        let mut inputs = Self {
            folder,
            texts: Vec::new(),
            outcomes: Vec::new(),
            bytes: 0,
        };
        inputs.outcomes = inputs.scan(lexicon, 0);
        let scanned = inputs.outcomes.iter().filter_map(scanned);
        inputs.texts = scanned
            .map(|s| s.record.fields[0].text.to_string())
            .collect();
        inputs.bytes = inputs.texts.iter().map(String::len).sum();
        assert_eq!(inputs.texts.len(), rows, "every record is scanned");
        inputs
    }

    /// Narratives.
    pub fn rows(&self) -> usize {
        self.texts.len()
    }

    /// Bytes of text in all of them.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn scan(&self, lexicon: &Lexicon, jobs: usize) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let plan = Plan {
            inputs: &[self.path("in.csv")],
            read: &ReadOptions::default(),
            lexicon,
            mute: &MuteList::default(),
            links: None,
            names: false,
            jobs,
            journal: None,
            interrupted: &AtomicBool::new(false),
        };
        run(&plan, &mut |outcome| {
            outcomes.push(outcome);
            Ok(())
        })
        .expect("the input can be read");
        outcomes
    }

    fn read(&self, name: &str, encoding: &str) -> usize {
        let options = ReadOptions {
            encoding: Some(encoding.to_owned()),
            ..ReadOptions::default()
        };
        let mut records = 0;
        read_input(&self.path(name), &options, &mut |item| {
            records += 1;
            black_box(item);
            Ok(())
        })
        .expect("the input can be read");
        records
    }

    fn cases(&self, lexicon: &Lexicon) -> usize {
        let mut cases: BTreeMap<String, CaseRecord> = BTreeMap::new();
        for scanned in self.outcomes.iter().filter_map(scanned) {
            let record = &scanned.record;
            let id = record.case_id.clone().expect("filled in");
            let case = cases.entry(id).or_default();
            let (mentions, signals) = (&scanned.mentions, &scanned.signals);
            let incident = case.add_record(
                lexicon,
                record,
                mentions,
                signals,
                Vec::new(),
                digest(record),
                None,
            );
            for (index, (field, said)) in record.fields.iter().zip(&scanned.statements).enumerate()
            {
                let place = (index, &*field.name);
                case.statements
                    .extend(statements(lexicon, place, &field.text, incident, said));
            }
        }
        let mut made = 0;
        for case in cases.values_mut() {
            case.sort();
            made += run_checks(lexicon, case).len();
            made += inconsistencies(lexicon, &[], &LinkKeys::default(), case).len();
            if !case.mentions.is_empty() {
                black_box(assess(lexicon, case));
                made += pattern(lexicon, case).len()
                    + chronology(lexicon, case).len()
                    + conduct(lexicon, case).len();
            }
        }
        made
    }

    fn report(&self, lexicon: &Lexicon, format: OutputFormat) -> usize {
        let folder = tempfile::tempdir().expect("a folder");
        let options = RunOptions {
            formats: vec![format],
            report_cases: 200,
            report_bytes: 36_000_000,
            jurisdiction: "england_and_wales".to_owned(),
            jobs: 1,
            manifest: serde_json::json!({}),
            ..RunOptions::default()
        };
        let mut writer = RunWriter::create(folder.path(), lexicon, options).expect("made");
        for outcome in &self.outcomes {
            writer.take(outcome).expect("taken");
        }
        let no_time = || Timing {
            start: String::new(),
            end: String::new(),
            seconds: 0.0,
        };
        let summary = writer.finish(folder.path(), &[], no_time).expect("written");
        summary.counts.evidence as usize
    }
}

fn scanned(outcome: &Outcome) -> Option<&throughline::pipeline::Scanned> {
    match outcome {
        Outcome::Scanned(scanned) => Some(scanned),
        Outcome::Rejected(_) => None,
    }
}

/// A stage: its name, and the work for all narratives once.
pub type Stage<'w> = (&'static str, Box<dyn FnMut() -> usize + 'w>);

/// The stages in the order of a run.
pub fn stages<'w>(lexicon: &'w Lexicon, inputs: &'w Inputs) -> Vec<Stage<'w>> {
    let texts = &inputs.texts;
    let mut key = Vec::new();
    let mut segmenting = Staged::new(lexicon);
    // One for each text, so that the work of a stage alone can be done again and again.
    let staged = |found: bool| {
        let staged = texts.iter().map(move |text| {
            let mut staged = Staged::new(lexicon);
            staged.segment(text);
            if found {
                staged.find();
            }
            staged
        });
        staged.collect::<Vec<Staged<'_>>>()
    };
    let (mut segmented, mut found) = (staged(false), staged(true));
    vec![
        (
            "read (CSV, UTF-8)",
            Box::new(|| inputs.read("in.csv", "utf-8")),
        ),
        (
            "decode (CSV, Windows-1252)",
            Box::new(|| inputs.read("legacy.csv", "windows-1252")),
        ),
        (
            "normalise (every character)",
            Box::new(move || texts.iter().map(|text| normalise(text, &mut key)).sum()),
        ),
        (
            "segment",
            Box::new(move || {
                texts.iter().for_each(|text| segmenting.segment(text));
                texts.len()
            }),
        ),
        (
            "match",
            Box::new(move || segmented.iter_mut().map(Staged::find).sum()),
        ),
        (
            "context",
            Box::new(move || {
                found
                    .iter_mut()
                    .zip(texts)
                    .map(|(staged, text)| staged.read(text))
                    .sum()
            }),
        ),
        ("case", Box::new(|| inputs.cases(lexicon))),
        (
            "report (cases and tables)",
            Box::new(|| inputs.report(lexicon, OutputFormat::Csv)),
        ),
        (
            "report (cases and page)",
            Box::new(|| inputs.report(lexicon, OutputFormat::Html)),
        ),
        (
            "end to end, without writing",
            Box::new(|| inputs.scan(lexicon, 1).len()),
        ),
    ]
}
