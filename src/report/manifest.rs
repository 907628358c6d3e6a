//! What was run, on what, with which counts.

use std::collections::BTreeMap;

use serde::Serialize;

use super::rows::ReportCounts;
use crate::case::coverage::CoverageCounts;
use crate::case::link::LinkCounts;
use crate::read::InputInfo;

/// The contents of `manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest<'m> {
    /// Always `throughline`.
    pub program: &'static str,
    /// Program version.
    pub version: &'static str,
    /// Lexicon version and fingerprint.
    pub lexicon: ManifestLexicon<'m>,
    /// Fingerprint of the run: of inputs, lexicon, program version and options, not of the time.
    pub run_id: String,
    /// Inputs with their SHA-256.
    pub inputs: &'m [InputInfo],
    /// Options that change the output.
    pub options: &'m serde_json::Value,
    /// Counts. Records read = scanned + rejected; matches = evidence + suppressed.
    pub counts: ManifestCounts,
    /// How records were joined into cases by columns, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<&'m LinkCounts>,
    /// Texts by what was read of them.
    pub texts: CoverageCounts,
    /// Sentences with evidence that many cases share: see `boilerplate.txt`.
    pub boilerplate_candidates: usize,
    /// What the counts do not say.
    pub coverage: &'static str,
    /// Bytes of the files into which reviewers may write, so that a change is noticed.
    pub reviewable: BTreeMap<String, u64>,
    /// Start and end of the run; the only part that differs between equal runs.
    pub time: Timing,
}

/// The lexicon in force.
#[derive(Debug, Serialize)]
pub struct ManifestLexicon<'m> {
    /// Its version.
    pub version: &'m str,
    /// Its SHA-256.
    pub sha256: &'m str,
    /// Number of its rules.
    pub rules: usize,
}

/// Counts of the run.
#[derive(Debug, Serialize)]
pub struct ManifestCounts {
    /// Records read.
    pub records_read: u64,
    /// Records scanned.
    pub records_scanned: u64,
    /// Records rejected.
    pub records_rejected: u64,
    /// Scanned records without any text.
    pub records_empty: u64,
    /// Rows of `evidence` and `suppressed` together.
    pub matches: u64,
    /// Rows of `evidence`.
    pub evidence: u64,
    /// Rows of `suppressed`.
    pub suppressed: u64,
    /// Cases in the input.
    pub cases: u64,
    /// Rows of `cases`.
    pub cases_flagged: u64,
    /// Rows of `checks`.
    pub checks: u64,
    /// Of those, stated as done.
    pub checks_done: u64,
    /// Of those, stated as not done.
    pub checks_stated_not_done: u64,
    /// Of those, not mentioned though their trigger is in the text.
    pub checks_no_mention_found: u64,
}

impl From<ReportCounts> for ManifestCounts {
    fn from(c: ReportCounts) -> Self {
        Self {
            records_read: c.read,
            records_scanned: c.scanned,
            records_rejected: c.rejected,
            records_empty: c.empty,
            matches: c.evidence + c.suppressed,
            evidence: c.evidence,
            suppressed: c.suppressed,
            cases: c.cases,
            cases_flagged: c.flagged,
            checks: c.checks.iter().sum(),
            checks_done: c.checks[0],
            checks_stated_not_done: c.checks[1],
            checks_no_mention_found: c.checks[2],
        }
    }
}

/// Start and end of a run, in UTC.
#[derive(Debug, Serialize)]
pub struct Timing {
    /// When it began.
    pub start: String,
    /// When it ended.
    pub end: String,
    /// Seconds between.
    pub seconds: f64,
}
