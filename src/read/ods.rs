//! How much an OpenDocument sheet holds once its repeated cells and rows are written out: a line of
//! XML can stand for a million cells, all of which the library would make.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What a cell costs in memory besides its text.
const CELL: u64 = 64;

/// An estimate of the memory that the cells of `content.xml` take; `None` if it is no XML.
pub(super) fn cells_in_bytes(xml: &[u8]) -> Option<u64> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    let mut total = 0u64;
    let mut table = Table::default();
    let mut row = Row::default();
    let mut cell: Option<Cell> = None;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Eof => return Some(total.saturating_add(table.bytes())),
            Event::Start(e) => match e.name().as_ref() {
                "table:table" => table = Table::default(),
                "table:table-row" => row = Row::new(&e),
                "table:table-cell" | "table:covered-table-cell" => cell = Some(Cell::new(&e)),
                _ => {}
            },
            Event::Empty(e) => match e.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => row.add(Cell::new(&e)),
                "table:table-row" => table.add(&Row::new(&e)),
                _ => {}
            },
            Event::End(e) => match e.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => {
                    if let Some(cell) = cell.take() {
                        row.add(cell);
                    }
                }
                "table:table-row" => table.add(&std::mem::take(&mut row)),
                "table:table" => {
                    total = total.saturating_add(std::mem::take(&mut table).bytes());
                }
                _ => {}
            },
            Event::Text(text) => {
                if let Some(cell) = &mut cell {
                    cell.bytes += text.len() as u64;
                }
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Table {
    /// Rows down to the last that holds something, and further empty ones.
    rows: u64,
    empty: u64,
    width: u64,
    text: u64,
}

impl Table {
    fn add(&mut self, row: &Row) {
        if row.width == 0 {
            self.empty = self.empty.saturating_add(row.repeated);
            return;
        }
        self.rows = self
            .rows
            .saturating_add(self.empty)
            .saturating_add(row.repeated);
        self.empty = 0;
        self.width = self.width.max(row.width);
        self.text = self
            .text
            .saturating_add(row.text.saturating_mul(row.repeated));
    }

    /// The library makes a rectangle of it.
    fn bytes(&self) -> u64 {
        let cells = self.rows.saturating_mul(self.width);
        cells.saturating_mul(CELL).saturating_add(self.text)
    }
}

#[derive(Default)]
struct Row {
    repeated: u64,
    width: u64,
    empty: u64,
    text: u64,
}

impl Row {
    fn new(start: &BytesStart<'_>) -> Self {
        Self {
            repeated: repeated(start, "table:number-rows-repeated"),
            ..Self::default()
        }
    }

    fn add(&mut self, cell: Cell) {
        if cell.bytes == 0 {
            self.empty = self.empty.saturating_add(cell.repeated);
            return;
        }
        self.width = self
            .width
            .saturating_add(self.empty)
            .saturating_add(cell.repeated);
        self.empty = 0;
        self.text = self
            .text
            .saturating_add(cell.bytes.saturating_mul(cell.repeated));
    }
}

#[derive(Clone, Copy)]
struct Cell {
    repeated: u64,
    bytes: u64,
}

impl Cell {
    fn new(start: &BytesStart<'_>) -> Self {
        let holds = |name: &str| matches!(start.try_get_attribute(name), Ok(Some(_)));
        let value = ["office:value-type", "office:value", "table:formula"];
        let bytes = match value.into_iter().any(holds) {
            // Values stand in attributes, which are as long as they may be.
            true => start.attributes_raw().len() as u64,
            false => 0,
        };
        Self {
            repeated: repeated(start, "table:number-columns-repeated"),
            bytes,
        }
    }
}

fn repeated(start: &BytesStart<'_>, name: &str) -> u64 {
    match start.try_get_attribute(name) {
        Ok(Some(attribute)) => attribute.value.trim().parse().unwrap_or(u64::MAX).max(1),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_cells_are_counted_as_often_as_they_stand_for() {
        let sheet = |rows: &str| {
            let xml = format!("<a><table:table>{rows}</table:table></a>");
            cells_in_bytes(xml.as_bytes()).expect("XML")
        };
        let cell = |attributes: &str| {
            format!(
                "<table:table-cell office:value-type=\"string\"{attributes}>ab</table:table-cell>"
            )
        };
        let one = sheet(&format!("<table:table-row>{}</table:table-row>", cell("")));
        assert!((CELL..2 * CELL).contains(&one), "{one}");
        let many = sheet(&format!(
            "<table:table-row table:number-rows-repeated=\"1000\">{}</table:table-row>",
            cell(" table:number-columns-repeated=\"1000\"")
        ));
        assert!(many > 1_000_000 * CELL, "{many}");
        // Every sheet ends in such rows; they stand for nothing.
        let end = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
                   table:number-columns-repeated=\"16384\"/></table:table-row>";
        assert_eq!(sheet(end), 0);
        assert_eq!(cells_in_bytes(b"<a><b></a>"), None);
    }
}
