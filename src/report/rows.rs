//! The rows of the output tables and the data behind the HTML report: plain values, ready to be
//! written in any format. Column order is fixed; later columns may be added at the end.

use serde::Serialize;

use crate::assertion::{Assertion, Group};
use crate::case::chronology::ChronologyRow;
use crate::case::conduct::Element;
use crate::case::coverage::CoverageCounts;
use crate::case::inconsistency::Inconsistency;
use crate::case::link::LinkCounts;

/// A row of `evidence` (no `reason`) or of `suppressed` (with a `reason`).
#[derive(Clone, Debug)]
pub struct MentionRow {
    /// Case reference.
    pub case_id: String,
    /// Incident reference.
    pub incident_id: String,
    /// Incident date as written.
    pub incident_date: String,
    /// Name of the text field.
    pub field: String,
    /// Category id.
    pub category: String,
    /// Group of the category.
    pub group: Group,
    /// Rule id.
    pub rule_id: String,
    /// Order of reading: 1, 2 or 3.
    pub tier: u8,
    /// The six axes.
    pub assertion: Assertion,
    /// The words matched, exactly as they stand in the field.
    pub quote: String,
    /// The sentence around them, exactly as it stands in the field.
    pub sentence: String,
    /// Start of `quote` in the field, in Unicode scalar values.
    pub start: usize,
    /// End of `quote` in the field, in Unicode scalar values.
    pub end: usize,
    /// Why it does not count; `None` for evidence.
    pub reason: Option<String>,
    /// Sub-tags of the rule.
    pub tags: Vec<String>,
    /// The cues that set the axes, each as `axis=value: "cue"`.
    pub cues: Vec<String>,
}

/// A row of `cases`.
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// Case reference.
    pub case_id: String,
    /// Order of reading: 1, 2 or 3.
    pub tier: u8,
    /// Plain English, each naming its evidence.
    pub reasons: Vec<String>,
    /// Number of incidents read in this case, with or without evidence.
    pub incidents: usize,
    /// Earliest incident date as written; empty if none is readable.
    pub first_date: String,
    /// Latest incident date as written; empty if none is readable.
    pub last_date: String,
    /// Category ids of group abuse with evidence.
    pub abuse_categories: Vec<String>,
    /// Category ids of group suicide with evidence.
    pub suicide_categories: Vec<String>,
    /// Number of rows in `evidence`.
    pub mentions: usize,
    /// The quote to read first.
    pub key_quote: String,
    /// What its incidents show over time, in plain English.
    pub pattern: Vec<String>,
    /// Response checks that are stated as not done or not mentioned, as `check: status`.
    pub gaps: Vec<String>,
}

/// A row of `checks`.
#[derive(Clone, Debug)]
pub struct CheckRow {
    /// Case reference.
    pub case_id: String,
    /// Incident reference; empty where the whole case is meant.
    pub incident_id: String,
    /// Check id.
    pub check: String,
    /// `done`, `stated_not_done` or `no_mention_found`.
    pub status: &'static str,
    /// The words that say so.
    pub quote: String,
    /// Why it matters; for silence, the prompt first.
    pub why: String,
    /// Incident date as written.
    pub incident_date: String,
    /// Name of the text field that the quote stands in.
    pub field: String,
    /// Start of the quote in the field, in Unicode scalar values.
    pub start: usize,
    /// End of the quote; both are 0 where there is none, which quotes nothing.
    pub end: usize,
    /// The words that raise the check, where nothing is said.
    pub trigger: String,
    /// The rule that found the quote.
    pub rule_id: String,
    /// Legal tests by the incident's date.
    pub legal: Vec<String>,
}

/// Everything that the HTML report shows. Serialised to JSON inside the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportData {
    /// Fingerprint of the run, as in the manifest: decisions belong to it.
    pub run_id: String,
    /// Program version.
    pub version: String,
    /// Lexicon version as its files state it.
    pub lexicon_version: String,
    /// SHA-256 of the lexicon, in hex.
    pub lexicon_fingerprint: String,
    /// Inputs as the user named them.
    pub inputs: Vec<String>,
    /// Records read, scanned, rejected; matches, evidence, suppressed; cases in the input.
    pub counts: ReportCounts,
    /// Every category in force, in lexicon order.
    pub categories: Vec<ReportCategory>,
    /// Cases in reading order.
    pub cases: Vec<ReportCase>,
    /// Flagged cases that are in the tables but not in this page, because it would grow too large.
    pub cases_not_shown: usize,
    /// What of the input was read.
    pub coverage: CoverageCounts,
    /// Inconsistencies in cases without evidence, which are in their table only.
    pub inconsistencies_elsewhere: usize,
    /// The law behind the grid of a course of conduct.
    pub conduct_law: String,
    /// How records were joined into cases, if they were.
    pub links: Option<LinkCounts>,
}

/// Counts of the run.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ReportCounts {
    /// Records read.
    pub read: u64,
    /// Records scanned.
    pub scanned: u64,
    /// Records rejected.
    pub rejected: u64,
    /// Scanned records without any text.
    pub empty: u64,
    /// Evidence rows.
    pub evidence: u64,
    /// Suppressed rows.
    pub suppressed: u64,
    /// Cases in the input.
    pub cases: u64,
    /// Cases with evidence.
    pub flagged: u64,
    /// Rows of `checks` by status: done, stated not done, no mention found.
    pub checks: [u64; 3],
}

/// A category as the report names it.
#[derive(Clone, Debug, Serialize)]
pub struct ReportCategory {
    /// Category id.
    pub id: String,
    /// Plain name.
    pub title: String,
    /// `abuse`, `suicide` or `context`.
    pub group: Group,
    /// One-paragraph definition.
    pub definition: String,
    /// Cases with evidence of it.
    pub cases: u64,
    /// Evidence rows of it.
    pub mentions: u64,
}

/// A case as the report shows it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportCase {
    /// Case reference.
    pub id: String,
    /// Order of reading.
    pub tier: u8,
    /// Plain English, each naming its evidence.
    pub reasons: Vec<String>,
    /// Prompts raised by combinations of categories, worded as prompts.
    pub prompts: Vec<String>,
    /// Earliest and latest date as written.
    pub first_date: String,
    /// Latest date as written.
    pub last_date: String,
    /// The quote to read first.
    pub key_quote: String,
    /// Response checks.
    pub checks: Vec<ReportCheck>,
    /// Incidents in date order, those without evidence included (their text may be left out).
    pub incidents: Vec<ReportIncident>,
    /// What the incidents show over time.
    pub pattern: Vec<String>,
    /// One row an incident, in the order of `incidents`.
    pub chronology: Vec<ChronologyRow>,
    /// The elements of a course of conduct.
    pub conduct: Vec<Element>,
    /// Where the record says two things that do not go together.
    pub inconsistencies: Vec<Inconsistency>,
}

/// A response check as the report shows it.
#[derive(Clone, Debug, Serialize)]
pub struct ReportCheck {
    /// Check id.
    pub check: String,
    /// Plain name of the check.
    pub title: String,
    /// `done`, `stated_not_done` or `no_mention_found`.
    pub status: &'static str,
    /// Number of the incident in the case, from 1; 0 for the whole case.
    pub incident: usize,
    /// The words that say so, or that plan it.
    pub quote: String,
    /// The words that raise the check, where nothing is said.
    pub trigger: String,
    /// Why it matters; for silence, the prompt first.
    pub why: String,
    /// Legal tests by the incident's date.
    pub legal: Vec<String>,
}

/// An incident as the report shows it.
#[derive(Clone, Debug, Serialize)]
pub struct ReportIncident {
    /// Incident reference.
    pub id: String,
    /// Date as written.
    pub date: String,
    /// Date as `YYYY-MM-DD` where it could be read, else empty.
    pub iso_date: String,
    /// Input and record number, for finding it again.
    pub origin: String,
    /// The text fields with their mentions.
    pub fields: Vec<ReportField>,
}

/// A text field with its mentions.
#[derive(Clone, Debug, Serialize)]
pub struct ReportField {
    /// Field name.
    pub name: String,
    /// The text, unaltered.
    pub text: String,
    /// Mentions in rising order of start; they may overlap.
    pub mentions: Vec<ReportMention>,
}

/// A mention as the report shows it. `start` and `end` are in UTF-16 code units, as scripts in a page
/// count, and lead into the text shown.
#[derive(Clone, Debug, Serialize)]
pub struct ReportMention {
    /// Start in UTF-16 code units.
    pub start: usize,
    /// End in UTF-16 code units.
    pub end: usize,
    /// Start and end in Unicode scalar values of the field as it was read: as in `evidence`.
    pub place: [usize; 2],
    /// Category id.
    pub category: String,
    /// Rule id.
    pub rule: String,
    /// Order of reading.
    pub tier: u8,
    /// Whether the page covers these words until the reader asks for them: those to read first, and
    /// those about suicide.
    pub heavy: bool,
    /// Polarity, certainty, temporality, experiencer, agent, source: in this order.
    pub axes: [&'static str; 6],
    /// The cues that set the axes, each as `axis=value: "cue"`.
    pub cues: Vec<String>,
    /// Why it does not count; `None` for evidence.
    pub suppressed: Option<String>,
}
