//! Bytes in some encoding: the text is what a reference decoder makes of them.

use encoding_rs::Encoding;
use throughline::narrative::ReadItem;
use throughline::read::{InputFormat, ReadOptions, read_input};

use super::input;

const ENCODINGS: [&str; 8] = [
    "auto",
    "utf-8",
    "windows-1252",
    "utf-16le",
    "utf-16be",
    "shift_jis",
    "gb18030",
    "iso-2022-jp",
];

/// The first byte chooses the encoding.
pub fn check(data: &[u8]) {
    let (label, bytes) = input::choice(&ENCODINGS, data);
    let options = ReadOptions {
        format: Some(InputFormat::Text),
        encoding: Some((*label).to_owned()),
        ..ReadOptions::default()
    };
    let (_folder, path) = input::file("input.txt", bytes);
    let mut texts = Vec::new();
    let read = read_input(&path, &options, &mut |item| {
        texts.push(match item {
            ReadItem::Record(record) => Some(record.fields[0].text.clone()),
            ReadItem::Rejected(_) => None,
        });
        Ok(())
    });
    let Ok(info) = read else {
        assert!(texts.is_empty(), "an input is refused before any record");
        return;
    };
    assert_eq!(texts.len(), 1, "a text file is one record");
    assert_eq!(info.bytes, bytes.len() as u64);
    let (marked, mark) = Encoding::for_bom(bytes).map_or((None, 0), |(e, n)| (Some(e), n));
    let encoding = marked.or_else(|| Encoding::for_label(info.encoding.as_bytes()));
    let encoding = encoding.expect("the encoding has a known name");
    let Some(text) = &texts[0] else {
        return;
    };
    let (expected, bad) = encoding.decode_without_bom_handling(&bytes[mark..]);
    if info.encoding == "utf-8" {
        // Bad UTF-8 is handed on as a rejection, or with replacements that are counted.
        assert!(!bad || info.replaced > 0, "bad bytes passed unseen");
    }
    assert_eq!(text.as_str(), expected, "decoded as {}", info.encoding);
    assert_eq!(info.replaced > 0, bad, "replacements are counted");
}
