//! Makes the awkward files of `awkward.rs`: packed, in other encodings, workbooks and documents.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{Format, Formula, Workbook};
use zip::write::SimpleFileOptions;

/// A narrative in which the tests' own lexicon finds something.
pub const TOLD: &str = "he took her bank card";

pub fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub fn utf16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// In Windows-1252; all characters must be in it.
pub fn cp1252(text: &str) -> Vec<u8> {
    let (bytes, _, bad) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(!bad);
    bytes.into_owned()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(1));
    for (name, bytes) in files {
        // The first file of an OpenDocument, by which others know it, is not packed.
        let options = match *name {
            "mimetype" => options
                .compression_method(zip::CompressionMethod::Stored)
                .compression_level(None),
            _ => options,
        };
        out.start_file(*name, options).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A Word document of which `body` is the inside.
pub fn docx(body: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"
    );
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
    ])
}

/// An OpenDocument workbook with one table, of which `rows` are the rows.
pub fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content><office:body><office:spreadsheet>\
         <table:table table:name=\"Log\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        (
            "META-INF/manifest.xml",
            b"<manifest:manifest></manifest:manifest>",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

/// A cell of text of such a table.
pub fn ods_cell(text: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
    )
}

/// A cell of a workbook.
#[derive(Clone, Copy)]
pub enum V<'v> {
    Text(&'v str),
    Number(f64),
    /// A serial number that is shown as a date.
    Date(f64),
    Formula(&'v str, &'v str),
    Blank,
}

/// Writes rows into a sheet, the first of them at `top`.
pub fn fill(sheet: &mut rust_xlsxwriter::Worksheet, top: u32, rows: &[&[V<'_>]]) {
    let date = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    for (row, cells) in (top..).zip(rows) {
        for (column, cell) in (0u16..).zip(*cells) {
            match cell {
                V::Text(text) => sheet.write_string(row, column, *text).unwrap(),
                V::Number(number) => sheet.write_number(row, column, *number).unwrap(),
                V::Date(serial) => sheet
                    .write_number_with_format(row, column, *serial, &date)
                    .unwrap(),
                V::Formula(formula, result) => sheet
                    .write_formula(row, column, Formula::new(*formula).set_result(*result))
                    .unwrap(),
                V::Blank => sheet,
            };
        }
    }
}

/// A workbook of sheets by name, each with its rows.
pub fn xlsx(sheets: &[(&str, &[&[V<'_>]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        fill(book.add_worksheet().set_name(*name).unwrap(), 0, rows);
    }
    book.save_to_buffer().unwrap()
}
