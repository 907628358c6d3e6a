//! The method statement of a run: a Markdown document for disclosure and for the UK Algorithmic
//! Transparency Recording Standard. Filled from the manifest; what only the organisation knows is
//! marked as missing. The measured figures come from `data/measured.toml`, the limits from the README.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::past_run::{PastCounts, PastInput, PastLexicon, PastRun};
use crate::review::{Agreement, Review, Tally};
use crate::sample::Estimate;

const TEMPLATE: &str = include_str!("statement.md");
const README: &str = include_str!("../../README.md");
const MEASURED: &str = include_str!("../../data/measured.toml");

/// The measured figures that the program carries.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// When they were measured.
    pub measured_on: String,
    /// The lexicon that they are of.
    pub lexicon_version: String,
    /// The number of its rules.
    pub rules: u64,
    /// Precision and recall by set of documents.
    pub accuracy: Vec<Accuracy>,
    /// Other figures.
    pub figure: Vec<OtherFigure>,
}

/// Precision and recall on a set of documents.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {
    /// What the documents are.
    pub set: String,
    /// Whether new text may be expected to come out so.
    pub expect: bool,
    /// How many they are.
    pub documents: u64,
    /// The share of findings that are right.
    pub precision: f64,
    /// Its interval.
    pub precision_interval: [f64; 2],
    /// The number of findings.
    pub found: u64,
    /// The share of labels that are found.
    pub recall: f64,
    /// Its interval.
    pub recall_interval: [f64; 2],
    /// The number of labels.
    pub labelled: u64,
}

/// Another measured figure, as printed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OtherFigure {
    /// What it is.
    pub what: String,
    /// The share.
    pub share: String,
    /// Its n.
    pub n: String,
}

impl Measured {
    /// The figures that the program carries.
    ///
    /// # Panics
    /// If the file is not valid; a test sees to that.
    pub fn built_in() -> Self {
        toml::from_str(MEASURED).expect("data/measured.toml is valid")
    }
}

/// What was measured on the run itself.
#[derive(Debug, Default)]
pub struct OwnFigures<'r> {
    /// Reviewers' decisions.
    pub review: Option<&'r Review<'r>>,
    /// A sample of unflagged records that was read.
    pub sample: Option<Estimate>,
}

#[derive(Serialize)]
struct Page<'r> {
    run_id: String,
    version: &'r str,
    start: &'r str,
    end: &'r str,
    lexicon: &'r PastLexicon,
    own_lexicon: bool,
    inputs: Vec<Input<'r>>,
    counts: PastCounts,
    tiers: Vec<(u8, usize)>,
    options: Vec<(String, String)>,
    measured: Measured,
    reviewed: Option<Reviewed>,
    missed: Option<String>,
    limits: String,
}

#[derive(Serialize)]
struct Input<'r> {
    name: String,
    #[serde(flatten)]
    input: &'r PastInput,
}

#[derive(Serialize)]
struct Reviewed {
    reviewers: String,
    mentions: String,
    records: String,
    agreements: Vec<String>,
}

/// The statement on `run`. `built_in` is the fingerprint of the lexicon that the program carries.
///
/// # Errors
/// If the template cannot be filled; it is part of the program, so that is a bug.
pub fn statement(run: &PastRun, built_in: &str, own: &OwnFigures<'_>) -> Result<String> {
    let manifest = &run.manifest;
    let mut tiers: BTreeMap<u8, usize> = BTreeMap::new();
    for case in &run.cases {
        *tiers.entry(case.tier).or_default() += 1;
    }
    let page = Page {
        run_id: match manifest.run_id.as_str() {
            "" => "the manifest has no run id".to_owned(),
            id => format!("`{id}`"),
        },
        version: &manifest.version,
        start: &manifest.time.start,
        end: &manifest.time.end,
        lexicon: &manifest.lexicon,
        own_lexicon: manifest.lexicon.sha256 == built_in,
        inputs: manifest
            .inputs
            .iter()
            .map(|input| Input {
                // The name alone: folders tell of the machine and of people.
                name: cell(&Path::new(&input.source).file_name().map_or_else(
                    || input.source.clone(),
                    |name| name.to_string_lossy().into_owned(),
                )),
                input,
            })
            .collect(),
        counts: manifest.counts,
        tiers: tiers.into_iter().collect(),
        options: manifest
            .options
            .iter()
            .filter_map(|(name, value)| Some((cell(name), option(name, value)?)))
            .collect(),
        measured: Measured::built_in(),
        reviewed: own.review.map(reviewed),
        missed: own.sample.and_then(missed),
        limits: limits(),
    };
    let mut templates = Environment::new();
    templates.add_filter("two", |share: f64| format!("{share:.2}"));
    let mut text = templates
        .render_named_str("statement.md", &TEMPLATE.replace("\r\n", "\n"), Serde(page))
        .map_err(|e| Error::usage(format!("the statement cannot be filled: {e}")))?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Text that cannot leave its cell of a table or turn into markup.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '\\' | '#' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// An option as the statement shows it, if it says anything. Sentences to mute are narrative text, so
/// only their number is told.
fn option(name: &str, value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) if name == "muted_sentences" => Some(list.len().to_string()),
        Value::Array(list) => {
            let names: Vec<String> = list
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect();
            Some(cell(&names.join(", ")))
        }
        Value::String(text) => Some(cell(text)),
        other => Some(cell(&other.to_string())),
    }
}

fn reviewed(review: &Review<'_>) -> Reviewed {
    let reviewers = review.decisions.reviewers().len();
    let share = |tally: Tally| match (tally.precision(), tally.interval()) {
        (Some(p), Some((low, high))) => format!("{p:.2} ({low:.2}–{high:.2}) n={}", tally.n()),
        _ => "none decided".to_owned(),
    };
    let kappa = |a: &Agreement| {
        let value = a
            .kappa()
            .map_or_else(|| "no value".to_owned(), |k| format!("{k:.2}"));
        format!("Cohen's kappa {value} by {}, n={}", a.unit, a.n())
    };
    Reviewed {
        // Names of reviewers are personal data, and not needed here.
        reviewers: match reviewers {
            1 => "one reviewer".to_owned(),
            n => format!("{n} reviewers"),
        },
        mentions: share(review.precision.mentions),
        records: share(review.precision.records),
        agreements: review.agreements.iter().map(kappa).collect(),
    }
}

fn missed(estimate: Estimate) -> Option<String> {
    let (share, records) = (estimate.share()?, estimate.missed_records()?);
    Some(format!(
        "in a random sample of unflagged records something should have been found in {} of n={}: {:.3} ({:.3}–{:.3}); \
         of {} unflagged records that is about {:.0} ({:.0}–{:.0})",
        estimate.missed,
        estimate.read,
        share.value,
        share.low,
        share.high,
        estimate.unflagged,
        records.value,
        records.low.floor(),
        records.high.ceil()
    ))
}

/// The section of the README on limits, up to the words to readers at its end.
fn limits() -> String {
    let readme = README.replace("\r\n", "\n");
    let section = readme
        .split_once("## Limits and known errors\n")
        .map_or("", |(_, rest)| rest);
    let end = section.find("\n## ").unwrap_or(section.len());
    let section = &section[..end];
    let list_end = section
        .rfind("\n- ")
        .and_then(|last| section[last + 1..].find("\n\n").map(|n| last + 1 + n))
        .unwrap_or(section.len());
    section[..list_end].trim().to_owned()
}
