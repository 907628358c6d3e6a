//! Small tables that come back from people: CSV out of a spreadsheet, whatever it did to them, the
//! sheets of a workbook, and the tables of a run (CSV or JSON Lines).
//!
//! A spreadsheet may change the delimiter, the encoding, the quoting and the line ends, write a
//! `sep=;` line of its own, drop empty cells at the end of a row and add some. None of that matters
//! here. The guard that the tables put before formula characters is taken away again. A row whose
//! cells cannot be told apart is kept as a [`Damaged`] one: nothing is left out silently.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _};

use super::csv::delimiter_of;
use super::rows::{Row, Rows};
use super::source::Source;
use crate::error::{Error, Result};

/// A cell over this many bytes is no cell that a spreadsheet could hold.
const ROW_LIMIT: usize = 16 * 1024 * 1024;

/// A table, read whole.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file, for messages.
    pub path: PathBuf,
    /// The name of the sheet in its workbook; empty for a file of another kind.
    pub name: String,
    /// Its rows, without the header.
    pub rows: Vec<SheetRow>,
    /// Rows whose cells cannot be told apart.
    pub damaged: Vec<Damaged>,
    /// Column names in lower case, blanks within them as `_`.
    header: Vec<String>,
}

/// A row of a [`Sheet`].
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Line of the file or row of the sheet on which it begins, from 1.
    pub line: u64,
    cells: Vec<String>,
}

/// A row that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Line of the file on which it begins, from 1.
    pub line: u64,
    /// Why; never holds the text of a cell.
    pub reason: String,
}

impl Sheet {
    /// Reads a table: JSON Lines or a workbook (its first sheet with rows) if the extension says so, else
    /// CSV with whatever delimiter.
    ///
    /// # Errors
    /// If the file cannot be read, is no text, or has no header.
    pub fn read(path: &Path) -> Result<Self> {
        let mut sheets = Self::read_all(path)?;
        let first = sheets.iter().position(|sheet| !sheet.rows.is_empty());
        Ok(sheets.swap_remove(first.unwrap_or(0)))
    }

    /// Reads every sheet of a workbook, or the one table of another file. There is always one.
    ///
    /// # Errors
    /// If the file cannot be read, is no text, or has no header.
    pub fn read_all(path: &Path) -> Result<Vec<Self>> {
        let ending = path.extension().and_then(|e| e.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("jsonl" | "ndjson") => Ok(vec![Self::json(path)?]),
            Some("xlsx" | "xlsm" | "xlsb" | "xls" | "ods") => Self::workbook(path),
            _ => Ok(vec![Self::csv(path)?]),
        }
    }

    /// Number of the column of this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }

    /// Number of the column of this name, or an error that names what there is.
    ///
    /// # Errors
    /// If there is none.
    pub fn need(&self, name: &str) -> Result<usize> {
        self.column(name).ok_or_else(|| {
            let message = format!(
                "no column {name:?}; the header has {}",
                self.header.join(", ")
            );
            Error::input(&self.path, Some(1), self.placed(message))
        })
    }

    /// A message with the sheet in front that it is about, where the file has several.
    pub fn placed(&self, message: String) -> String {
        if self.name.is_empty() {
            message
        } else {
            format!("sheet {:?}: {message}", self.name)
        }
    }

    /// The whole number in a cell.
    ///
    /// # Errors
    /// If it is none; the message names file, line and column.
    pub fn number(&self, row: &SheetRow, column: usize) -> Result<usize> {
        row.cell(column).trim().parse().map_err(|_| {
            let message = format!("column {:?}: not a whole number", self.header[column]);
            Error::input(&self.path, Some(row.line), self.placed(message))
        })
    }

    fn csv(path: &Path) -> Result<Self> {
        let source = Source::open(path, None)?;
        let delimiter = delimiter_of(source.unread());
        let mut rows = Rows::new(source, delimiter, ROW_LIMIT);
        let mut header: Option<Vec<String>> = None;
        let mut sheet = Self {
            path: path.to_owned(),
            name: String::new(),
            rows: Vec::new(),
            damaged: Vec::new(),
            header: Vec::new(),
        };
        while let Some(row) = rows.next_row()? {
            let line = rows.row_line();
            let cells: std::result::Result<Vec<String>, String> = match row {
                Row::Doubtful(reason) => Err(reason),
                Row::Whole => (0..rows.len())
                    .map(|index| {
                        let bytes = rows.field(index).unwrap_or_default();
                        std::str::from_utf8(bytes)
                            .map(|text| unguarded(text).to_owned())
                            .map_err(|_| format!("column {}: invalid UTF-8", index + 1))
                    })
                    .collect(),
            };
            let Some(names) = &header else {
                let cells = cells.map_err(|reason| {
                    Error::input(
                        path,
                        Some(line),
                        format!("cannot read the header: {reason}"),
                    )
                })?;
                // What Excel writes for itself: which delimiter this file has.
                if cells.len() <= 2 && cells[0].starts_with("sep=") {
                    continue;
                }
                let names: Vec<String> = cells.iter().map(|c| name_of(c)).collect();
                rows.set_width(names.len());
                header = Some(names);
                continue;
            };
            let fit = cells.and_then(|mut cells| {
                let surplus = cells.iter().skip(names.len());
                if surplus.clone().any(|c| !c.trim().is_empty()) {
                    return Err(format!(
                        "{} cells where the header has {}",
                        cells.len(),
                        names.len()
                    ));
                }
                cells.resize(names.len(), String::new());
                Ok(cells)
            });
            match fit {
                Ok(cells) if cells.iter().all(|c| c.trim().is_empty()) => {}
                Ok(cells) => sheet.rows.push(SheetRow { line, cells }),
                Err(reason) => sheet.damaged.push(Damaged { line, reason }),
            }
        }
        sheet.header = header
            .ok_or_else(|| Error::input(path, None, "the file is empty; expected a header line"))?;
        Ok(sheet)
    }

    /// The sheets of a workbook that are not empty, by their first row as header.
    fn workbook(path: &Path) -> Result<Vec<Self>> {
        let unreadable = |e: calamine::Error| match e {
            calamine::Error::Io(e) => Error::io("cannot read", path, e),
            // The messages of the others may quote the text.
            _ => Error::input(
                path,
                None,
                "no workbook that can be read: it is damaged, or a password protects it",
            ),
        };
        let mut book = calamine::open_workbook_auto(path).map_err(unreadable)?;
        let mut sheets = Vec::new();
        for name in book.sheet_names() {
            // A sheet may be a chart, which has no cells.
            let Ok(range) = book.worksheet_range(&name) else {
                continue;
            };
            let Some((top, _)) = range.start() else {
                continue;
            };
            let mut rows = (u64::from(top) + 1..).zip(range.rows());
            let Some((_, head)) = rows.next() else {
                continue;
            };
            let texts = |cells: &[Data]| cells.iter().map(cell_text).collect::<Vec<_>>();
            let header = texts(head).iter().map(|cell| name_of(cell)).collect();
            let rows = rows
                .map(|(line, cells)| SheetRow {
                    line,
                    cells: texts(cells),
                })
                .filter(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()))
                .collect();
            sheets.push(Self {
                path: path.to_owned(),
                name,
                rows,
                damaged: Vec::new(),
                header,
            });
        }
        if sheets.is_empty() {
            return Err(Error::input(
                path,
                None,
                "every sheet of the workbook is empty",
            ));
        }
        Ok(sheets)
    }

    fn json(path: &Path) -> Result<Self> {
        let fail = |e| Error::io("cannot read", path, e);
        let file = std::fs::File::open(path).map_err(fail)?;
        let mut header: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        for (index, line) in std::io::BufReader::new(file).lines().enumerate() {
            let line = line.map_err(fail)?;
            let number = index as u64 + 1;
            if line.trim().is_empty() {
                continue;
            }
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line)
                .map_err(|e| {
                    // The message of serde may quote the text: say only where.
                    let message = format!("not a JSON object (column {})", e.column());
                    Error::input(path, Some(number), message)
                })?;
            for key in object.keys() {
                if !header.contains(key) {
                    header.push(key.clone());
                }
            }
            let cell = |name: &String| match object.get(name) {
                None | Some(serde_json::Value::Null) => String::new(),
                Some(serde_json::Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            let cells = header.iter().map(cell).collect();
            rows.push(SheetRow {
                line: number,
                cells,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            name: String::new(),
            rows,
            damaged: Vec::new(),
            header,
        })
    }
}

impl SheetRow {
    /// The text of a cell; empty where the row ends before it.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The text of a cell of a column that may not be there, without blanks around it.
    pub fn may(&self, column: Option<usize>) -> &str {
        column.map_or("", |column| self.cell(column).trim())
    }
}

/// A cell as the tables would write it. Dates come as days, whatever their cell shows.
fn cell_text(cell: &Data) -> String {
    match cell {
        Data::String(text) => unguarded(text).to_owned(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // Whole numbers without ".0": a reference that was taken for a number.
        other => other.to_string(),
    }
}

/// The text without the guard that the tables put before formula characters.
///
/// A text that began with an apostrophe and such a character of its own loses it too: where cells are
/// compared with those of a run, both sides come through here.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

fn name_of(cell: &str) -> String {
    let words: Vec<String> = cell
        .trim_start_matches('\u{feff}')
        .split([' ', '_'])
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(bytes: &[u8]) -> Sheet {
        let file = tempfile::Builder::new()
            .suffix(".csv")
            .tempfile()
            .expect("a file");
        std::fs::write(file.path(), bytes).expect("written");
        Sheet::read(file.path()).expect("readable")
    }

    #[test]
    fn whatever_a_spreadsheet_did_the_cells_are_the_same() {
        // "Unicode text" as Excel saves it.
        let text = "\u{feff}case_id\tquote\nC1\t\"café, \"\"x\"\"\nb\"\nC2\t=1\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let files: [&[u8]; 6] = [
            b"\xEF\xBB\xBFCase_ID,quote\r\nC1,\"caf\xC3\xA9, \"\"x\"\"\nb\"\r\nC2,'=1\r\n",
            b"sep=;\r\ncase id;quote;\r\nC1;\"caf\xC3\xA9, \"\"x\"\"\nb\";\r\nC2;=1\r\n\r\n",
            b"case_id\tquote\r\nC1\t\"caf\xC3\xA9, \"\"x\"\"\nb\"\r\nC2\t'=1\r\n",
            b"CASE ID;quote\r\nC1;\"caf\xE9, \"\"x\"\"\nb\"\r\nC2;'=1\r\n;\r\n",
            b"case_id,quote,,\nC1,\"caf\xC3\xA9, \"\"x\"\"\nb\",,\nC2,=1\n",
            &utf16,
        ];
        for bytes in files {
            let sheet = sheet(bytes);
            assert!(sheet.damaged.is_empty(), "{:?}", sheet.damaged);
            let (id, quote) = (sheet.need("case_id"), sheet.need("quote"));
            let (id, quote) = (id.expect("there"), quote.expect("there"));
            let read: Vec<(&str, &str)> = sheet
                .rows
                .iter()
                .map(|r| (r.cell(id), r.cell(quote)))
                .collect();
            assert_eq!(read, [("C1", "café, \"x\"\nb"), ("C2", "=1")]);
        }
    }

    #[test]
    fn a_row_that_was_shifted_is_told_with_its_line() {
        let sheet = sheet(b"case_id,quote\nC1,\"a\nb\"\nC2,a,b\nC3,\n");
        assert_eq!(sheet.rows.len(), 2);
        assert_eq!(
            sheet.damaged,
            [Damaged {
                line: 4,
                reason: "3 cells where the header has 2".into()
            }]
        );
        let error = sheet.need("tier").expect_err("no such column");
        assert!(
            error
                .to_string()
                .ends_with("line 1: no column \"tier\"; the header has case_id, quote"),
            "{error}"
        );
    }
}
