//! The same records in every format and encoding that is read give the same tables, and so do the
//! same records in another order where the order of reading is not theirs to keep.

use std::collections::BTreeMap;

use crate::awkward_files::{V, cp1252, gzip, ods, ods_cell, utf16be, utf16le, xlsx, zstd};
use crate::cli::Desk;

const HEADER: [&str; 4] = ["case_id", "incident_id", "incident_date", "narrative"];

/// Records with all that a format might stumble on: quotes, delimiters, line ends, characters beyond
/// ASCII, references that are numbers. All of it is in Windows-1252.
fn records() -> Vec<[String; 4]> {
    let narratives = [
        "IP says \"he took my bank card\", and £20; tabs | bars",
        "He took her bank card.\nThen he said: “if you leave I’ll kill myself”",
        "quiet shift – nothing to report",
        "ex-partner took her phone, café owner called; she won’t see her mum",
        "she is suicidal\n\nno known history",
        "she says she does not want to live, he tracks her phone",
    ];
    (0..48)
        .map(|n: usize| {
            [
                format!("C{}", n % 7),
                (20_240_000 + n).to_string(),
                format!("2024-{:02}-{:02}", 1 + n / 28, 1 + n % 28),
                narratives[n % narratives.len()].to_owned(),
            ]
        })
        .collect()
}

fn delimited(records: &[[String; 4]], delimiter: char) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut text = HEADER.join(&delimiter.to_string()) + "\n";
    for record in records {
        let cells: Vec<String> = record.iter().map(|cell| quoted(cell)).collect();
        text += &(cells.join(&delimiter.to_string()) + "\n");
    }
    text
}

fn objects(records: &[[String; 4]]) -> Vec<String> {
    let object = |record: &[String; 4]| {
        let pairs = HEADER.iter().zip(record);
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
        serde_json::Value::Object(pairs.collect()).to_string()
    };
    records.iter().map(object).collect()
}

fn workbook(records: &[[String; 4]]) -> Vec<u8> {
    // Excel counts days from the end of 1899.
    let serial = |date: &str| {
        let day: jiff::civil::Date = date.parse().unwrap();
        let first = jiff::civil::date(1899, 12, 30);
        f64::from(first.until(day).unwrap().get_days())
    };
    let header = HEADER.map(V::Text);
    let rows: Vec<[V<'_>; 4]> = records
        .iter()
        .map(|[case, id, date, text]| {
            let id = id.parse().unwrap();
            [
                V::Text(case),
                V::Number(id),
                V::Date(serial(date)),
                V::Text(text),
            ]
        })
        .collect();
    let mut all: Vec<&[V<'_>]> = vec![&header];
    all.extend(rows.iter().map(|row| &row[..]));
    xlsx(&[("Log", &all)])
}

fn open_document(records: &[[String; 4]]) -> Vec<u8> {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let row = |cells: String| format!("<table:table-row>{cells}</table:table-row>");
    let mut rows = row(HEADER.map(ods_cell).concat());
    for [case, id, date, text] in records {
        let paragraphs: Vec<&str> = text.split('\n').collect();
        let text = escaped(&paragraphs.join("\u{1}")).replace('\u{1}', "</text:p><text:p>");
        rows += &row(format!(
            "{}<table:table-cell office:value-type=\"float\" office:value=\"{id}\"/>\
             <table:table-cell office:value-type=\"date\" office:date-value=\"{date}\"/>{}",
            ods_cell(case),
            ods_cell(&text)
        ));
    }
    ods(&rows)
}

#[cfg(feature = "parquet")]
fn parquet(records: &[[String; 4]]) -> Vec<u8> {
    use polars::prelude::{Column, DataFrame, NamedFrom as _, ParquetWriter, Series};
    let columns: Vec<Column> = HEADER
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let values: Vec<&str> = records.iter().map(|r| r[index].as_str()).collect();
            Series::new((*name).into(), values).into()
        })
        .collect();
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).finish(&mut frame).unwrap();
    out
}

/// The tables of a run as files.
fn files(desk: &Desk, out: &str, args: &[&str]) -> BTreeMap<String, Vec<u8>> {
    desk.scan(out, args, 0);
    let mut files = desk.files(out);
    files.remove("manifest.json").expect("a run");
    files
}

/// The rows of the tables of a run, without where a record stands in its file.
fn tables(desk: &Desk, out: &str, input: &str, place: &[&str]) -> BTreeMap<String, Vec<String>> {
    let rows = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap().replace(input, "INPUT");
        let row = |line: &str| {
            let mut row: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).unwrap();
            row.retain(|column, _| !place.contains(&column.as_str()));
            serde_json::Value::Object(row).to_string()
        };
        text.lines().map(row).collect()
    };
    let files = files(desk, out, &[input, "--format", "jsonl"]).into_iter();
    files
        .filter(|(name, _)| name.ends_with(".jsonl"))
        .map(|(name, bytes)| (name, rows(bytes)))
        .collect()
}

#[test]
fn in_every_format_and_encoding() {
    let records = records();
    let csv = delimited(&records, ',');
    let lines = objects(&records).join("\n");
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("utf8.csv", csv.clone().into_bytes()),
        ("mark.csv", format!("\u{FEFF}{csv}").into_bytes()),
        ("cp1252.csv", cp1252(&csv)),
        ("utf16le.csv", utf16le(&format!("\u{FEFF}{csv}"))),
        ("utf16be.csv", utf16be(&csv)),
        ("semicolon.csv", delimited(&records, ';').into_bytes()),
        ("a.tsv", delimited(&records, '\t').into_bytes()),
        ("a.jsonl", lines.clone().into_bytes()),
        (
            "a.json",
            format!("[{}]", objects(&records).join(",\n ")).into_bytes(),
        ),
        ("a.xlsx", workbook(&records)),
        ("a.ods", open_document(&records)),
        ("a.csv.gz", gzip(csv.as_bytes())),
        ("a.csv.zst", zstd(csv.as_bytes())),
        ("b.csv.gz", gzip(&cp1252(&csv))),
        ("a.jsonl.zst", zstd(lines.as_bytes())),
        #[cfg(feature = "parquet")]
        ("a.parquet", parquet(&records)),
    ];
    let desk = Desk::new();
    let mut first: Option<BTreeMap<String, Vec<String>>> = None;
    for (name, bytes) in &inputs {
        desk.write(name, bytes);
        let found = tables(&desk, &format!("out_{name}"), name, &["line"]);
        let first = first.get_or_insert_with(|| found.clone());
        assert_eq!(found["cases.jsonl"].len(), 7, "every case tells something");
        for (table, rows) in &found {
            let same = &first[table];
            assert_eq!(
                rows, same,
                "{name}: {table} differs from that of {}",
                inputs[0].0
            );
        }
        assert_eq!(found.len(), first.len(), "{name}");
    }
}

#[test]
fn with_any_number_of_threads_and_in_any_order() {
    let records = records();
    let desk = Desk::new();
    desk.write("a.csv", delimited(&records, ','));
    let mut turned = records;
    turned.reverse();
    turned.rotate_left(17);
    desk.write("b.csv", delimited(&turned, ','));
    let args = |input: &'static str, jobs: &'static str| {
        [input, "--jobs", jobs, "--format", "csv,jsonl,html"]
    };
    let one = files(&desk, "one", &args("a.csv", "1"));
    for (out, jobs) in [("two", "2"), ("eight", "8")] {
        let more = files(&desk, out, &args("a.csv", jobs));
        for (table, bytes) in &one {
            assert!(more[table] == *bytes, "{table} differs with --jobs {jobs}");
        }
    }
    let place = ["line", "record", "origin"];
    let one = tables(&desk, "rows", "a.csv", &place);
    for (table, rows) in tables(&desk, "turned", "b.csv", &place) {
        assert_eq!(rows, one[&table], "{table} follows the order of the rows");
    }
}
