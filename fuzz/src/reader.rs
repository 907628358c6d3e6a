//! Bytes that claim to be a table: every record is accounted for, whatever they are.

use throughline::narrative::ReadItem;
use throughline::read::{InputFormat, ReadOptions, read_input};

use super::input;

const FORMATS: [&str; 8] = ["csv", "tsv", "jsonl", "json", "txt", "csv", "docx", "xlsx"];
const ENCODINGS: [&str; 6] = [
    "auto",
    "utf-8",
    "windows-1252",
    "utf-16le",
    "utf-16be",
    "latin1",
];
const LIMITS: [usize; 4] = [0, 16, 100, 1000];

/// What one reading gave, for comparing two.
type Seen = (Vec<String>, Option<(u64, u64, u64, String)>);

/// The first three bytes choose format, encoding and the longest record.
pub fn check(data: &[u8]) {
    let (format, data) = input::choice(&FORMATS, data);
    let (encoding, data) = input::choice(&ENCODINGS, data);
    let (limit, data) = input::choice(&LIMITS, data);
    // A format that this build does not read is a refusal, not a find.
    let Ok(parsed) = format.parse::<InputFormat>() else {
        return;
    };
    let options = ReadOptions {
        format: Some(parsed),
        encoding: Some((*encoding).to_owned()),
        max_record_bytes: *limit,
        ..ReadOptions::default()
    };
    let (_folder, path) = input::file(&format!("input.{format}"), data);
    let first = read(&path, &options);
    assert_eq!(first, read(&path, &options), "two readings differ");
}

fn read(path: &std::path::Path, options: &ReadOptions) -> Seen {
    let (mut items, mut rejected) = (Vec::new(), 0u64);
    let mut sink = |item: ReadItem| {
        let number = items.len() as u64 + 1;
        match &item {
            ReadItem::Record(record) => {
                assert_eq!(record.record, number, "records are numbered in order");
                assert!(record.line >= 1, "lines count from 1");
                assert!(!record.fields.is_empty(), "a record has a text field");
            }
            ReadItem::Rejected(reject) => {
                rejected += 1;
                assert_eq!(reject.record, number, "records are numbered in order");
                assert!(!reject.reason.is_empty(), "a rejection has a reason");
            }
        }
        items.push(format!("{item:?}"));
        Ok(())
    };
    let info = match read_input(path, options, &mut sink) {
        Ok(info) => {
            assert_eq!(
                info.records,
                items.len() as u64,
                "every record is handed on"
            );
            assert_eq!(info.rejected, rejected, "every rejection is counted");
            Some((info.records, info.rejected, info.replaced, info.sha256))
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    };
    (items, info)
}
