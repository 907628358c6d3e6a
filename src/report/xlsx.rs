//! The workbook: every table of a run as a sheet, with filters, links and lists for decisions.
//!
//! No cell is a formula: text from a narrative is written as text, whatever it begins with. Rows of a
//! case stand together, cases in reading order, so that a case can lead to its evidence by a link.
//! Sheets are streamed through files in the run's own unfinished folder, never through the system's
//! folder for temporary files: they hold narrative text.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    FormatAlign, Url, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;

use super::kept_rows::{Kept, KeptRow, KeptRows, Ranks};
use super::tables::{CellKind, TableColumn};
use crate::error::{Error, Result};

/// Its name in the folder of a run.
pub const WORKBOOK_FILE: &str = "report.xlsx";

/// Rows of a sheet, its header included.
const SHEET_ROWS: usize = 1_048_576;

/// UTF-16 code units of a cell.
const CELL_UNITS: usize = 32_767;

/// Links of a sheet; a spreadsheet program opens no more.
const SHEET_LINKS: usize = 65_000;

/// What a reviewer can choose from.
const DECISIONS: [&str; 3] = ["accept", "dismiss", "unsure"];

/// Column of how many rows of evidence a case has.
const MENTIONS_COLUMN: &str = "mentions";

/// Column of decisions.
const DECISION_COLUMN: &str = "reviewer_decision";

/// A table whose rows are kept in `path`.
#[derive(Debug)]
pub(super) struct SheetTable {
    /// Name of the sheet.
    pub sheet: &'static str,
    /// Its columns.
    pub columns: &'static [TableColumn],
    /// Where its rows are kept; removed when they are written.
    pub path: PathBuf,
    /// In which order.
    pub kept: Kept,
}

/// What a workbook is made of.
#[derive(Debug)]
pub(super) struct WorkbookData<'w> {
    /// Tables in the order of their sheets; the first is `Cases`, the second its evidence.
    pub tables: Vec<SheetTable>,
    /// The order of reading.
    pub ranks: &'w Ranks,
    /// Category id, title and group, in lexicon order, with how many cases and mentions it has.
    pub categories: Vec<([&'w str; 3], (u64, u64))>,
    /// Lines of the summary: what is counted, and how many.
    pub counts: Vec<(&'static str, u64)>,
    /// Lines about the run.
    pub about: Vec<(&'static str, String)>,
    /// Rows of a sheet at most, its header included; `None` for what a sheet can hold.
    pub sheet_rows: Option<usize>,
}

/// How cells look.
struct Look {
    head: Format,
    text: Format,
    link: Format,
    title: Format,
}

impl Look {
    fn new() -> Self {
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(Color::RGB(0x00E3_E8EE)),
            link: text
                .clone()
                .set_font_color(Color::RGB(0x001A_4F8B))
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            title: Format::new().set_bold(),
            text,
        }
    }
}

/// Writes the workbook into `folder` and removes what the tables kept.
pub(super) fn write_workbook(folder: &Path, data: &WorkbookData<'_>) -> Result<()> {
    let path = folder.join(WORKBOOK_FILE);
    let fail = |e: XlsxError| Error::io("cannot write", &path, std::io::Error::other(e));
    let mut book = Workbook::new();
    book.set_tempdir(folder).map_err(fail)?;
    book.set_properties(&properties().map_err(fail)?);
    let limit = data.sheet_rows.unwrap_or(SHEET_ROWS).clamp(2, SHEET_ROWS) - 1;
    let evidence = data.tables.get(1).map(|table| table.sheet);
    let look = Look::new();
    let mut notes = Vec::new();
    for (number, table) in data.tables.iter().enumerate() {
        // One after the other, so that memory holds rows of one at a time.
        let rows = KeptRows::open(table.path.clone(), table.kept, data.ranks, "sheet")?;
        let links = evidence.filter(|_| number == 0);
        let cut = write_table(&mut book, table, &rows, limit, links, &look, &path)?;
        let parts = rows.len().div_ceil(limit);
        if parts > 1 {
            notes.push(format!(
                "{} holds more rows than a sheet: it goes on in {} to {}",
                table.sheet,
                sheet_name(table.sheet, 1),
                sheet_name(table.sheet, parts - 1)
            ));
        }
        if cut > 0 {
            notes.push(format!(
                "{}: {cut} cells hold more than a cell can and are cut; CSV and JSON Lines hold all",
                table.sheet
            ));
        }
        rows.remove()?;
    }
    write_summary(&mut book, data, &look).map_err(fail)?;
    write_about(&mut book, data, &notes, &look).map_err(fail)?;
    book.save(&path).map_err(fail)
}

/// The moment of writing is left out, so that equal runs give equal bytes.
fn properties() -> std::result::Result<DocProperties, XlsxError> {
    Ok(DocProperties::new()
        .set_title("throughline: for human review")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?))
}

/// The name of a part of a table that is longer than a sheet.
fn sheet_name(sheet: &str, part: usize) -> String {
    match part {
        0 => sheet.to_owned(),
        part => format!("{sheet} {}", part + 1),
    }
}

/// Writes a table to one or more sheets; returns how many cells were cut. Each of its cases leads to
/// its first row in the sheet `evidence`, where there is one: cases stand there in the same order, each
/// with as many rows as it has mentions.
fn write_table(
    book: &mut Workbook,
    table: &SheetTable,
    rows: &KeptRows,
    limit: usize,
    evidence: Option<&str>,
    look: &Look,
    path: &Path,
) -> Result<usize> {
    let fail = |e: XlsxError| Error::io("cannot write", path, std::io::Error::other(e));
    let mut cut = 0;
    let mut reader = rows.read()?;
    let mut before = 0;
    for part in 0..rows.len().div_ceil(limit).max(1) {
        let own = part * limit..rows.len().min((part + 1) * limit);
        let sheet = book.add_worksheet_with_constant_memory().map_err(fail)?;
        head(
            sheet,
            &sheet_name(table.sheet, part),
            table,
            own.len(),
            look,
        )
        .map_err(fail)?;
        for line in 0..own.len() {
            let Some((_, row)) = reader.next()? else {
                break;
            };
            let mentions = row.get(MENTIONS_COLUMN).and_then(Value::as_u64);
            let mentions = mentions.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            let link = evidence
                .filter(|_| line < SHEET_LINKS && mentions > 0)
                .map(|sheet| {
                    let sheet = sheet_name(sheet, before / limit);
                    // Row 1 is the header.
                    format!("internal:'{sheet}'!A{}", before % limit + 2)
                });
            before += mentions;
            let link = link.as_ref();
            cut +=
                write_row(sheet, line as u32 + 1, table.columns, &row, link, look).map_err(fail)?;
        }
    }
    Ok(cut)
}

fn head(
    sheet: &mut Worksheet,
    name: &str,
    table: &SheetTable,
    rows: usize,
    look: &Look,
) -> std::result::Result<(), XlsxError> {
    sheet.set_name(name)?;
    let last = rows.max(1) as u32;
    for (at, column) in (0..).zip(table.columns) {
        sheet.set_column_width(at, width(column))?;
        if column.name == DECISION_COLUMN {
            let list = DataValidation::new()
                .allow_list_strings(&DECISIONS)?
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title("Decision")?
                .set_error_message("accept, dismiss or unsure; put anything else into the notes")?;
            sheet.add_data_validation(1, at, last, at, &list)?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, last, table.columns.len() as u16 - 1)?;
    for (at, column) in (0..).zip(table.columns) {
        sheet.write_string_with_format(0, at, column.name, &look.head)?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    columns: &[TableColumn],
    row: &KeptRow,
    link: Option<&String>,
    look: &Look,
) -> std::result::Result<usize, XlsxError> {
    let mut cut = 0;
    for (at, column) in (0..).zip(columns) {
        let value = row.get(column.name);
        if column.kind == CellKind::Int {
            let number = value.and_then(Value::as_i64).unwrap_or_default();
            sheet.write_number_with_format(line, at, number as f64, &look.text)?;
            continue;
        }
        let text = value.and_then(Value::as_str).unwrap_or_default();
        let text = match fitting(text) {
            Some(short) => {
                cut += 1;
                short
            }
            None => text.to_owned(),
        };
        match link {
            Some(link) if at == 0 && !text.is_empty() => {
                let url = Url::new(link.as_str()).set_text(text);
                sheet.write_url_with_format(line, at, url, &look.link)?;
            }
            _ if text.is_empty() => {
                // The drop-down works on an empty cell; a blank one keeps its look.
                sheet.write_blank(line, at, &look.text)?;
            }
            _ => {
                sheet.write_string_with_format(line, at, text, &look.text)?;
            }
        }
    }
    Ok(cut)
}

/// A text that fits into a cell, if this one does not.
fn fitting(text: &str) -> Option<String> {
    const NOTE: &str = " […cut: a cell holds no more]";
    if text.len() <= CELL_UNITS || text.encode_utf16().count() <= CELL_UNITS {
        return None;
    }
    let room = CELL_UNITS - NOTE.encode_utf16().count();
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= room
    });
    Some(kept.collect::<String>() + NOTE)
}

/// Width of a column in characters, by what stands in it.
fn width(column: &TableColumn) -> f64 {
    match column.name {
        "sentence" | "reasons" | "why" => 60.0,
        "quote" | "key_quote" | "legal" | "reason" => 45.0,
        "cues" | "gaps" | "abuse_categories" | "suicide_categories" | "reviewer_notes"
        | "trigger" => 32.0,
        "rule_id" | "category" | "check" | "source" => 26.0,
        "case_id" | "incident_id" | "reviewer_decision" | "reviewer" => 18.0,
        name if column.kind == CellKind::Int => (name.len() as f64 + 3.0).max(8.0),
        name => (name.len() as f64 + 4.0).max(13.0),
    }
}

fn write_summary(
    book: &mut Workbook,
    data: &WorkbookData<'_>,
    look: &Look,
) -> std::result::Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name("Summary")?;
    sheet.set_column_width(0, 44)?;
    sheet.set_column_width(1, 26)?;
    sheet.set_column_width(2, 12)?;
    sheet.set_column_width(3, 12)?;
    sheet.set_column_width(4, 12)?;
    let mut line = 0;
    sheet.write_string_with_format(line, 0, "Counts", &look.title)?;
    for (name, count) in &data.counts {
        line += 1;
        sheet.write_string(line, 0, *name)?;
        sheet.write_number(line, 1, *count as f64)?;
    }
    line += 2;
    for (at, name) in (0..).zip(["category", "id", "group", "cases", "mentions"]) {
        sheet.write_string_with_format(line, at, name, &look.head)?;
    }
    for ([id, title, group], (cases, mentions)) in &data.categories {
        line += 1;
        for (at, text) in (0..).zip([title, id, group]) {
            sheet.write_string(line, at, *text)?;
        }
        sheet.write_number(line, 3, *cases as f64)?;
        sheet.write_number(line, 4, *mentions as f64)?;
    }
    Ok(())
}

fn write_about(
    book: &mut Workbook,
    data: &WorkbookData<'_>,
    notes: &[String],
    look: &Look,
) -> std::result::Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name("About")?;
    sheet.set_column_width(0, 26)?;
    sheet.set_column_width(1, 100)?;
    let notes = notes.iter().map(|note| ("note", note));
    let lines = data.about.iter().map(|(name, text)| (*name, text));
    for (line, (name, text)) in (0..).zip(lines.chain(notes)) {
        sheet.write_string_with_format(line, 0, name, &look.title)?;
        let text = fitting(text).unwrap_or_else(|| text.clone());
        sheet.write_string_with_format(line, 1, text, &look.text)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use calamine::{Data, Reader as _, Xlsx, open_workbook};

    use super::*;
    use crate::spill::Storage;

    const COLUMNS: &[TableColumn] = &[TableColumn::text("case_id"), TableColumn::int("mentions")];

    fn sheet_xml(path: &Path, part: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        std::io::read_to_string(archive.by_name(part).unwrap()).unwrap()
    }

    #[test]
    fn a_table_longer_than_a_sheet_goes_on_in_another_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let kept = |name: &str, rows: &[(&str, usize)]| {
            let path = folder.path().join(name);
            let line = |(case, n): &(&str, usize)| {
                format!("{{\"case_id\":\"{case}\",\"mentions\":{n}}}\n")
            };
            std::fs::write(&path, rows.iter().map(line).collect::<String>()).unwrap();
            path
        };
        let table = |sheet, path, kept| SheetTable {
            sheet,
            columns: COLUMNS,
            path,
            kept,
        };
        let cases = kept(".cases", &[("b", 3), ("a", 2)]);
        let rows = [("a", 1), ("a", 4), ("b", 2), ("b", 3), ("b", 5)];
        let evidence = kept(".evidence", &rows);
        let mixed = [("a", 1), ("b", 2), ("c", 6), ("b", 3), ("a", 4)];
        let mixed = kept(".coverage", &mixed);
        let ranks = Ranks::of(&Storage::default(), folder.path(), |rank| {
            rank(b"b")?;
            rank(b"a")
        })
        .unwrap();
        let data = WorkbookData {
            tables: vec![
                table("Cases", cases, Kept::InOrder),
                table("Evidence", evidence, Kept::ByCase),
                table("Coverage", mixed, Kept::Mixed),
            ],
            ranks: &ranks,
            categories: Vec::new(),
            counts: Vec::new(),
            about: Vec::new(),
            sheet_rows: Some(3),
        };
        write_workbook(folder.path(), &data).unwrap();
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "only the workbook is left");
        let path = folder.path().join(WORKBOOK_FILE);
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let mut numbers = |sheet: &str| -> Vec<f64> {
            let range = book.worksheet_range(sheet).unwrap();
            range
                .rows()
                .skip(1)
                .map(|row| match row[1] {
                    Data::Float(n) => n,
                    ref other => panic!("{other:?}"),
                })
                .collect()
        };
        assert_eq!(numbers("Evidence"), [2.0, 3.0]);
        assert_eq!(numbers("Evidence 2"), [5.0, 1.0]);
        assert_eq!(numbers("Evidence 3"), [4.0]);
        assert_eq!(numbers("Coverage"), [2.0, 3.0]);
        assert_eq!(numbers("Coverage 2"), [1.0, 4.0]);
        assert_eq!(numbers("Coverage 3"), [6.0]);
        let text = sheet_xml(&path, "xl/worksheets/sheet1.xml");
        for (cell, place) in [("A2", "'Evidence'!A2"), ("A3", "'Evidence 2'!A3")] {
            let link = format!("<hyperlink ref=\"{cell}\" location=\"{place}\"");
            assert!(text.contains(&link), "{cell} leads elsewhere");
        }
        let about = book.worksheet_range("About").unwrap();
        let note = about.rows().next().unwrap()[1].to_string();
        assert!(
            note.contains("goes on in Evidence 2 to Evidence 3"),
            "{note}"
        );
    }
}
