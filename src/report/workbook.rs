//! What the workbook of a run holds beside its rows: the order of its sheets, counts, and what it is.

use std::path::Path;

use super::kept_rows::Kept;
use super::rows::{CaseRow, CheckRow, MentionRow, ReportCounts};
use super::run::{COVERAGE, RunOptions};
use super::tables::kept_rows_file;
use super::xlsx::SheetTable;
use crate::case::chronology::ChronologyRow;
use crate::case::conduct::Element;
use crate::case::coverage::Unread;
use crate::case::inconsistency::Inconsistency;
use crate::case::names::Proposal;
use crate::lexicon::Lexicon;
use crate::narrative::Rejected;
use crate::read::InputInfo;

/// The tables of a workbook in the order of its sheets.
pub(super) fn workbook_tables(folder: &Path, options: &RunOptions) -> Vec<SheetTable> {
    let table = |sheet, name, columns| SheetTable {
        sheet,
        columns,
        path: kept_rows_file(folder, name),
        kept: match name {
            "evidence" | "suppressed" | "checks" => Kept::ByCase,
            "coverage" => Kept::Mixed,
            _ => Kept::InOrder,
        },
    };
    let mut tables = vec![
        table("Cases", "cases", CaseRow::COLUMNS),
        table("Evidence", "evidence", MentionRow::EVIDENCE_COLUMNS),
        table("Suppressed", "suppressed", MentionRow::SUPPRESSED_COLUMNS),
        table("Checks", "checks", CheckRow::COLUMNS),
        table("Chronology", "chronology", ChronologyRow::COLUMNS),
        table("Course of conduct", "course_of_conduct", Element::COLUMNS),
        table("Inconsistencies", "inconsistencies", Inconsistency::COLUMNS),
    ];
    if options.link_names {
        tables.push(table("Link proposals", "link_proposals", Proposal::COLUMNS));
    }
    if options.coverage {
        tables.push(table("Coverage", "coverage", Unread::COLUMNS));
    }
    tables.push(table("Rejected", "rejected", Rejected::COLUMNS));
    tables
}

pub(super) fn workbook_counts(counts: ReportCounts, tiers: [u64; 3]) -> Vec<(&'static str, u64)> {
    vec![
        ("records read", counts.read),
        ("records scanned", counts.scanned),
        ("records rejected", counts.rejected),
        ("records without text", counts.empty),
        ("matches", counts.evidence + counts.suppressed),
        ("evidence", counts.evidence),
        ("set aside (suppressed)", counts.suppressed),
        ("cases", counts.cases),
        ("cases flagged", counts.flagged),
        ("of these tier 1 (read first)", tiers[0]),
        ("of these tier 2 (read next)", tiers[1]),
        ("of these tier 3 (then read)", tiers[2]),
        ("response checks stated as done", counts.checks[0]),
        ("response checks stated as not done", counts.checks[1]),
        (
            "response checks not mentioned (a prompt, no failure)",
            counts.checks[2],
        ),
    ]
}

pub(super) fn workbook_about(
    lexicon: &Lexicon,
    inputs: &[InputInfo],
    options: &RunOptions,
    run: &str,
) -> Vec<(&'static str, String)> {
    let mut about = vec![
        ("program", format!("throughline {}", env!("CARGO_PKG_VERSION"))),
        ("run", run.to_owned()),
        ("lexicon", format!("{}, SHA-256 {}", lexicon.version, lexicon.fingerprint)),
        ("coverage", COVERAGE.to_owned()),
        ("use", "For human review; nothing is actioned. Tiers are an order of reading, no score and no grade.".to_owned()),
        ("decisions", "Choose accept, dismiss or unsure in the column reviewer_decision of Cases and Evidence.".to_owned()),
        ("if it touches you", "Samaritans 116 123 (UK and Ireland, day and night); National Domestic Abuse Helpline 0808 2000 247.".to_owned()),
        ("options", options.manifest.to_string()),
    ];
    let input = |i: &InputInfo| {
        let text = format!("{}: {} records, SHA-256 {}", i.source, i.records, i.sha256);
        ("input", text)
    };
    about.extend(inputs.iter().map(input));
    about
}
