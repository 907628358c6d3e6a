//! Did reviewers write into the files of a run? Then nothing may replace them unasked.

use std::path::Path;

use serde_json::Value;

use super::per_case;
use super::staging::MANIFEST;
use super::xlsx::WORKBOOK_FILE;
use crate::error::Result;
use crate::read::Sheet;

/// Files of a run that have room for decisions.
const WITH_DECISIONS: [&str; 7] = [
    "cases.csv",
    "evidence.csv",
    "cases.jsonl",
    "evidence.jsonl",
    "cases.parquet",
    "evidence.parquet",
    WORKBOOK_FILE,
];

/// Whether a file of a run has room for decisions; the manifest keeps the length of such files.
pub(super) fn has_room(name: &str) -> bool {
    WITH_DECISIONS.contains(&name)
}

/// The first file of a complete run that is not as long as it was written: a decision put into an empty
/// cell makes it longer. Where the manifest does not tell, the columns of decisions are read.
pub(super) fn changed_by_reviewers(target: &Path) -> Result<Option<String>> {
    let manifest = std::fs::read(target.join(MANIFEST)).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
    for name in WITH_DECISIONS {
        let path = target.join(name);
        let Ok(about) = std::fs::metadata(&path) else {
            continue;
        };
        let changed = match manifest["reviewable"][name].as_u64() {
            Some(bytes) => about.len() != bytes,
            None if name.ends_with(".parquet") || name.ends_with(".xlsx") => false,
            None => decided(&path),
        };
        if changed {
            return Ok(Some(name.to_owned()));
        }
    }
    let folders = std::fs::read_dir(target.join(per_case::FOLDER));
    for folder in folders.into_iter().flatten().flatten() {
        let path = folder.path().join("evidence.csv");
        if path.exists() && decided(&path) {
            let name = path.strip_prefix(target).unwrap_or(&path);
            return Ok(Some(name.display().to_string()));
        }
    }
    Ok(None)
}

/// Whether anything stands in the columns for reviewers; a table that cannot be read was changed.
fn decided(path: &Path) -> bool {
    let Ok(sheet) = Sheet::read(path) else {
        return true;
    };
    let columns = [
        "reviewer_decision",
        "reviewer",
        "reviewed_on",
        "reviewer_notes",
    ];
    let columns = columns.map(|name| sheet.column(name));
    let filled = |column: &Option<usize>, row: &crate::read::SheetRow| {
        column.is_some() && !row.may(*column).is_empty()
    };
    sheet
        .rows
        .iter()
        .any(|row| columns.iter().any(|column| filled(column, row)))
}
