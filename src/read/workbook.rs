//! Excel and OpenDocument workbooks: a sheet with a header row, then one record a row.
//!
//! Cells become what an analyst sees: dates in ISO form, whole numbers without `.0`, the values of
//! formulas. A cell that is merged over several rows counts for each of them, unless it holds the
//! narrative. What the file unpacks to is bounded first (see `archive`), and so are the cells.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, DataRef, Dimensions, Ods, Range, Reader, SheetType, SheetVisible, Xlsx};

use super::archive::Archive;
use super::cell;
use super::columns::{Column, Columns};
use super::ods;
use super::raw::Raw;
use super::repair::Repair;
use super::tally::{Place, Tally};
use super::{Done, ReadOptions};
use crate::error::{Error, Result};

/// Rows among which the header is looked for: titles and notes may stand above it.
const HEADER_ROWS: usize = 20;

/// Bytes of a row that are kept while the header is looked for.
const HEADER_BYTES: usize = 1 << 20;

/// Merged cells that are followed; more than this is no table.
const MERGED: usize = 100_000;

/// Reads the rows of one sheet.
pub(super) fn read(mut raw: Raw, options: &ReadOptions, tally: &mut Tally<'_>) -> Result<Done> {
    let path = raw.path().to_owned();
    let limit = options.sheet_limit();
    let fail = |message: String| Error::input(&path, None, message);
    let bytes = raw.read_all(limit)?;
    let bytes = bytes.ok_or_else(|| {
        fail(format!(
            "workbook over {limit} bytes; --max-sheet-bytes raises the limit"
        ))
    })?;
    let mut archive = Archive::open(&bytes, limit).map_err(fail)?;
    if let Some(content) = archive.part("content.xml").map_err(fail)? {
        let cells = ods::cells_in_bytes(&content)
            .ok_or_else(|| fail("damaged workbook: broken XML".to_owned()))?;
        if cells > limit {
            return Err(fail(too_many_cells(limit)));
        }
    }
    drop(archive);
    let mut book = Book::open(&path, &bytes, limit)?;
    let chosen = book.choose(options)?;
    let (columns, lost) = read_rows(&mut book, &chosen, options, tally)?;
    let mut done = Done::of_raw(raw, columns.used())?;
    done.replaced = lost;
    done.header_line = Some(u64::from(chosen.header_row) + 1);
    done.sheet = Some(chosen.name);
    done.sheets_left_out = chosen.others;
    Ok(done)
}

fn too_many_cells(limit: u64) -> String {
    format!(
        "its cells would take over {limit} bytes of memory; --max-sheet-bytes raises the limit if \
         you trust it"
    )
}

/// The sheet that is read.
struct Chosen {
    name: String,
    /// Rows up to and with the header, from 0.
    header_row: u32,
    header: Vec<String>,
    columns: Columns,
    /// Other sheets with something in them.
    others: Vec<String>,
}

fn read_rows(
    book: &mut Book<'_>,
    chosen: &Chosen,
    options: &ReadOptions,
    tally: &mut Tally<'_>,
) -> Result<(Columns, u64)> {
    let columns = chosen.columns.clone();
    tally.begin(&columns, &chosen.header);
    let merged = book.merged(&chosen.name, |column| {
        !columns.text.iter().any(|text| text.index == column)
    })?;
    let mut filler = Filler::new(merged);
    let repair = Repair::new(options);
    let limit = options.limit();
    book.rows(&chosen.name, limit, &mut |row| {
        filler.fill(row);
        if row.number <= chosen.header_row || row.is_blank() {
            return Ok(true);
        }
        // Rows have no bytes to point to; their number finds them again.
        let place = Place::line(u64::from(row.number) + 1);
        if row.too_long {
            tally.reject(place, None, format!("record over {limit} bytes"))?;
            return Ok(true);
        }
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        tally.weigh(|index| cell(index).len());
        tally.take(&columns, place, |column: &Column| {
            repair.text(cell(column.index).as_bytes(), &column.name)
        })?;
        Ok(true)
    })?;
    Ok((columns, repair.replaced()))
}

/// A row of a sheet.
#[derive(Default)]
struct SheetLine {
    /// Its number from 0.
    number: u32,
    cells: Vec<String>,
    bytes: usize,
    /// It is longer than a record may be; what is beyond was not kept.
    too_long: bool,
}

impl SheetLine {
    fn is_blank(&self) -> bool {
        !self.too_long && self.cells.iter().all(|cell| cell.trim_ascii().is_empty())
    }

    fn begin(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
        self.bytes = 0;
        self.too_long = false;
    }

    fn put(&mut self, column: usize, text: &str, limit: usize) {
        self.bytes += text.len();
        if self.bytes > limit {
            self.too_long = true;
        } else if !text.is_empty() {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            text.clone_into(&mut self.cells[column]);
        }
    }
}

/// Takes one row after the other; `false` ends the reading.
type TakeRow<'t> = dyn FnMut(&mut SheetLine) -> Result<bool> + 't;

/// A workbook.
struct Book<'b> {
    path: &'b Path,
    kind: Kind<'b>,
    limit: u64,
}

enum Kind<'b> {
    Xlsx(Box<Xlsx<Cursor<&'b [u8]>>>),
    Ods(Box<Ods<Cursor<&'b [u8]>>>),
}

impl<'b> Book<'b> {
    fn open(path: &'b Path, bytes: &'b [u8], limit: u64) -> Result<Self> {
        // What the library says may quote cells.
        let kind = match Xlsx::new(Cursor::new(bytes)) {
            Ok(book) => Kind::Xlsx(Box::new(book)),
            Err(_) => match Ods::new(Cursor::new(bytes)) {
                Ok(book) => Kind::Ods(Box::new(book)),
                Err(_) => {
                    let message = "damaged workbook, or none: it cannot be opened; open it in a \
                                   spreadsheet and save it anew";
                    return Err(Error::input(path, None, message));
                }
            },
        };
        Ok(Self { path, kind, limit })
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::input(self.path, None, message)
    }

    /// The names of the sheets, and whether they are shown.
    fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = match &self.kind {
            Kind::Xlsx(book) => book.sheets_metadata(),
            Kind::Ods(book) => book.sheets_metadata(),
        };
        sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
            .collect()
    }

    /// The sheet that the options name, or the only one that has the columns.
    fn choose(&mut self, options: &ReadOptions) -> Result<Chosen> {
        let sheets = self.sheets();
        if let Some(wanted) = &options.sheet {
            let name = self.named(&sheets, wanted)?;
            let mut chosen = self.header(&name, options)?.ok_or_else(|| {
                self.error(format!("sheet {name:?} is empty; expected a header row"))
            })??;
            chosen.others = self.filled(&sheets, &name)?;
            return Ok(chosen);
        }
        let (mut fit, mut filled, mut problem) = (Vec::new(), Vec::new(), None);
        for (name, _) in sheets.iter().filter(|(_, visible)| *visible) {
            match self.header(name, options)? {
                None => {}
                Some(Ok(chosen)) => {
                    filled.push(name.clone());
                    fit.push(chosen);
                }
                Some(Err(error)) => {
                    filled.push(name.clone());
                    problem.get_or_insert(error);
                }
            }
        }
        if fit.len() > 1 {
            let names: Vec<String> = fit.iter().map(|f| format!("{:?}", f.name)).collect();
            return Err(self.error(format!(
                "{} sheets could be meant: {}; name one with --sheet; to scan them together, save each as a CSV file and give all of them",
                names.len(),
                names.join(", ")
            )));
        }
        match (fit.pop(), problem) {
            (Some(mut chosen), _) => {
                filled.retain(|name| *name != chosen.name);
                chosen.others = filled;
                Ok(chosen)
            }
            (None, Some(problem)) => Err(problem),
            (None, None) => Err(self.error("the workbook is empty; expected a header row")),
        }
    }

    /// The sheet that `wanted` names, or whose number it is.
    fn named(&self, sheets: &[(String, bool)], wanted: &str) -> Result<String> {
        let lower = wanted.trim().to_lowercase();
        let exact = sheets.iter().find(|(name, _)| name == wanted);
        let alike = || {
            sheets
                .iter()
                .find(|(name, _)| name.trim().to_lowercase() == lower)
        };
        let numbered = || sheets.get(lower.parse::<usize>().ok()?.checked_sub(1)?);
        match exact.or_else(alike).or_else(numbered) {
            Some((name, _)) => Ok(name.clone()),
            None => {
                let names: Vec<String> = sheets.iter().map(|(n, _)| format!("{n:?}")).collect();
                Err(self.error(format!(
                    "no sheet {wanted:?} (--sheet); the sheets are {}",
                    names.join(", ")
                )))
            }
        }
    }

    /// The shown sheets but `name` that hold something.
    fn filled(&mut self, sheets: &[(String, bool)], name: &str) -> Result<Vec<String>> {
        let mut filled = Vec::new();
        for (other, visible) in sheets {
            if *visible && other != name && !self.first_rows(other)?.is_empty() {
                filled.push(other.clone());
            }
        }
        Ok(filled)
    }

    /// The first rows that hold something.
    fn first_rows(&mut self, name: &str) -> Result<Vec<(u32, Vec<String>)>> {
        let mut rows = Vec::new();
        self.rows(name, HEADER_BYTES, &mut |row| {
            if !row.is_blank() {
                rows.push((row.number, std::mem::take(&mut row.cells)));
            }
            Ok(rows.len() < HEADER_ROWS)
        })?;
        Ok(rows)
    }

    /// Finds the header of a sheet: `None` if the sheet is empty, an error if no row will do.
    fn header(&mut self, name: &str, options: &ReadOptions) -> Result<Option<Result<Chosen>>> {
        let rows = self.first_rows(name)?;
        let filled = |cells: &[String]| cells.iter().filter(|c| !c.trim().is_empty()).count();
        let widest = rows.iter().map(|(_, cells)| filled(cells)).max();
        let mut problem = None;
        for (number, cells) in &rows {
            // A title has a cell or two where the table below it has many.
            if 2 * filled(cells) < widest.unwrap_or(0) {
                continue;
            }
            let header: Vec<String> = cells.iter().map(|c| c.trim().to_owned()).collect();
            match Columns::resolve(self.path, &header, options) {
                Ok(columns) => {
                    return Ok(Some(Ok(Chosen {
                        name: name.to_owned(),
                        header_row: *number,
                        header,
                        columns,
                        others: Vec::new(),
                    })));
                }
                Err(error) => {
                    problem.get_or_insert(error);
                }
            }
        }
        Ok(problem.map(|error| {
            Err(match error.kind() {
                crate::error::ErrorKind::Input { message, .. } => {
                    self.error(format!("sheet {name:?}: {message}"))
                }
                _ => error,
            })
        }))
    }

    /// Cells that are merged over several rows: by the first of them, column and last row.
    fn merged(
        &mut self,
        name: &str,
        counts: impl Fn(usize) -> bool,
    ) -> Result<BTreeMap<u32, Vec<(usize, u32)>>> {
        let Kind::Xlsx(book) = &mut self.kind else {
            return Ok(BTreeMap::new());
        };
        let regions: Vec<Dimensions> = match book.merge_cells_by_sheet_name(name) {
            Ok(regions) => regions,
            Err(_) => return Err(self.damaged(name)),
        };
        let mut merged: BTreeMap<u32, Vec<(usize, u32)>> = BTreeMap::new();
        let tall = regions.iter().filter(|r| r.end.0 > r.start.0);
        for region in tall.take(MERGED) {
            let column = region.start.1 as usize;
            if counts(column) {
                let rows = merged.entry(region.start.0).or_default();
                rows.push((column, region.end.0));
            }
        }
        Ok(merged)
    }

    fn damaged(&self, name: &str) -> Error {
        self.error(format!(
            "sheet {name:?} is damaged: it cannot be read to its end"
        ))
    }

    /// Hands on the rows of a sheet; of a row over `limit` bytes not all is kept.
    fn rows(&mut self, name: &str, limit: usize, take: &mut TakeRow<'_>) -> Result<()> {
        match &mut self.kind {
            Kind::Xlsx(book) => {
                let most = self.limit / 16;
                match xlsx_rows(book, name, limit, most, take) {
                    Ok(()) => Ok(()),
                    Err(Stop::Told(error)) => Err(error),
                    Err(Stop::Cells) => Err(self.error(too_many_cells(self.limit))),
                    Err(Stop::Damaged) => Err(self.damaged(name)),
                }
            }
            Kind::Ods(book) => match book.worksheet_range(name) {
                Ok(range) => range_rows(&range, limit, take),
                Err(_) => Err(self.damaged(name)),
            },
        }
    }
}

enum Stop {
    Told(Error),
    Cells,
    Damaged,
}

fn xlsx_rows(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    limit: usize,
    most: u64,
    take: &mut TakeRow<'_>,
) -> std::result::Result<(), Stop> {
    let mut cells = book
        .worksheet_cells_reader(name)
        .map_err(|_| Stop::Damaged)?;
    let mut row = SheetLine::default();
    let mut begun = false;
    let mut count = 0u64;
    while let Some(found) = cells.next_cell().map_err(|_| Stop::Damaged)? {
        let (number, column) = found.get_position();
        count += 1;
        if count > most {
            return Err(Stop::Cells);
        }
        if !begun || number != row.number {
            if begun && !take(&mut row).map_err(Stop::Told)? {
                return Ok(());
            }
            row.begin(number);
            begun = true;
        }
        match found.get_value() {
            DataRef::Empty => {}
            DataRef::SharedString(text) => row.put(column as usize, &cell::plain(text), limit),
            value => {
                let data = Data::from(value.clone());
                row.put(column as usize, &cell::text(&data), limit);
            }
        }
    }
    if begun {
        take(&mut row).map_err(Stop::Told)?;
    }
    Ok(())
}

fn range_rows(range: &Range<Data>, limit: usize, take: &mut TakeRow<'_>) -> Result<()> {
    let Some((first_row, first_column)) = range.start() else {
        return Ok(());
    };
    let mut row = SheetLine::default();
    for (number, cells) in (first_row..).zip(range.rows()) {
        row.begin(number);
        for (column, data) in (first_column as usize..).zip(cells) {
            if !matches!(data, Data::Empty) {
                row.put(column, &cell::text(data), limit);
            }
        }
        if !take(&mut row)? {
            break;
        }
    }
    Ok(())
}

/// Gives the value of a merged cell to the rows that it covers.
struct Filler {
    merged: BTreeMap<u32, Vec<(usize, u32)>>,
    /// Column, value and last row.
    open: Vec<(usize, String, u32)>,
}

impl Filler {
    fn new(merged: BTreeMap<u32, Vec<(usize, u32)>>) -> Self {
        Self {
            merged,
            open: Vec::new(),
        }
    }

    fn fill(&mut self, row: &mut SheetLine) {
        if self.merged.is_empty() {
            return;
        }
        self.open.retain(|(_, _, last)| *last >= row.number);
        // Only where the row itself holds something: what a cell covers is no record by itself.
        if !row.is_blank() {
            for (column, value, _) in &self.open {
                if row.cells.get(*column).is_none_or(String::is_empty) {
                    row.put(*column, value, usize::MAX);
                }
            }
        }
        for (column, last) in self.merged.get(&row.number).into_iter().flatten() {
            if let Some(value) = row.cells.get(*column).filter(|value| !value.is_empty()) {
                self.open.push((*column, value.clone(), *last));
            }
        }
    }
}
