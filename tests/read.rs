//! Reading inputs as they come: damaged, oversized, in odd encodings. Whatever happens, every
//! record is either read or rejected with a reason, and no reason quotes a narrative.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use throughline::narrative::{ReadItem, Record, Rejected};
use throughline::read::{InputFormat, InputInfo, ReadOptions, expand_inputs, read_input};

struct Outcome {
    records: Vec<Record>,
    rejected: Vec<Rejected>,
    info: InputInfo,
}

impl Outcome {
    /// The first text field of each record.
    fn texts(&self) -> Vec<&str> {
        self.records
            .iter()
            .map(|record| record.fields[0].text.as_str())
            .collect()
    }

    fn ids(&self) -> Vec<&str> {
        self.records
            .iter()
            .map(|record| record.incident_id.as_deref().unwrap_or(""))
            .collect()
    }

    fn lines(&self) -> Vec<u64> {
        self.records.iter().map(|record| record.line).collect()
    }

    /// Line and reason of each rejected record.
    fn reasons(&self) -> Vec<(u64, &str)> {
        self.rejected
            .iter()
            .map(|rejected| (rejected.line, rejected.reason.as_str()))
            .collect()
    }
}

fn read_path(path: &Path, options: &ReadOptions) -> throughline::error::Result<Outcome> {
    let (mut records, mut rejected) = (Vec::new(), Vec::new());
    let info = read_input(path, options, &mut |item| {
        match item {
            ReadItem::Record(record) => records.push(record),
            ReadItem::Rejected(row) => rejected.push(row),
        }
        Ok(())
    })?;
    assert_eq!(info.records, (records.len() + rejected.len()) as u64);
    assert_eq!(info.rejected, rejected.len() as u64);
    let mut numbers: Vec<u64> = records.iter().map(|record| record.record).collect();
    numbers.extend(rejected.iter().map(|rejected| rejected.record));
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=info.records));
    Ok(Outcome {
        records,
        rejected,
        info,
    })
}

fn in_folder(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Outcome {
    let (_folder, path) = in_folder(name, bytes);
    read_path(&path, options).unwrap()
}

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Outcome {
    read_with(name, bytes.as_ref(), &ReadOptions::default())
}

/// The message of the error that the whole input is, without the folder it was in.
fn failure(name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions) -> String {
    let (folder, path) = in_folder(name, bytes.as_ref());
    let message = read_path(&path, options).err().unwrap().to_string();
    let prefix = format!("{}/", folder.path().display());
    message.replace(&prefix, "")
}

#[test]
fn a_plain_table() {
    let out = read(
        "log.csv",
        "Case ID,id,Date,Narrative\nC1, I1 ,2024-01-02,\"he said \"\"no\"\", then left\"\n,,,\n",
    );
    let record = &out.records[0];
    assert_eq!(record.case_id.as_deref(), Some("C1"));
    assert_eq!(record.incident_id.as_deref(), Some("I1"));
    assert_eq!(record.incident_date.as_deref(), Some("2024-01-02"));
    assert_eq!(&*record.fields[0].name, "Narrative");
    assert_eq!(out.texts(), ["he said \"no\", then left", ""]);
    assert_eq!(out.records[1].case_id, None);
    assert_eq!(out.records[1].incident_ref(), "2");
    assert_eq!(out.info.format, "csv");
    assert_eq!(out.info.encoding, "utf-8");
    assert_eq!(out.info.columns.case.as_deref(), Some("Case ID"));
    assert_eq!(out.info.sha256.len(), 64);
}

#[test]
fn id_alone_is_the_incident_and_never_the_case() {
    let out = read("log.csv", "id,text\n7,a\n7,b\n");
    assert_eq!(out.ids(), ["7", "7"], "duplicate references are kept");
    assert!(out.records.iter().all(|record| record.case_id.is_none()));
    assert_eq!(out.info.columns.case, None);
}

#[test]
fn empty_inputs() {
    let options = ReadOptions::default();
    assert_eq!(
        failure("log.csv", "", &options),
        "log.csv: the file is empty; expected a header line"
    );
    assert!(failure("log.csv", "\u{FEFF}\r\n\r\n", &options).contains("is empty"));
    assert!(failure("log.jsonl", "", &options).contains("is empty"));
    assert!(failure("log.jsonl", "\n\n", &options).contains("no JSON object"));
    assert_eq!(read("log.csv", "id,text").info.records, 0, "header only");
    assert_eq!(read("log.tsv", "id\ttext\r\n").info.records, 0);
    assert_eq!(read("empty.txt", "").texts(), [""]);
}

#[test]
fn missing_columns() {
    let options = ReadOptions::default();
    let message = failure("log.csv", "a,b\n1,2\n", &options);
    assert!(
        message.contains("--text-column") && message.contains("\"a\", \"b\""),
        "{message}"
    );
    let named = ReadOptions {
        case_column: Some("case_nr".into()),
        ..ReadOptions::default()
    };
    let message = failure("log.csv", "case_no,text\n1,2\n", &named);
    assert!(message.contains("did you mean \"case_no\"?"), "{message}");
    let message = failure("log.jsonl", "{\"case_no\":1,\"text\":\"a\"}\n", &named);
    assert!(
        message.contains("no column \"case_nr\" (--case-column)"),
        "{message}"
    );
}

#[test]
fn several_narrative_columns_in_the_order_named() {
    let options = ReadOptions {
        text_columns: vec!["mo".into(), "Notes".into()],
        ..ReadOptions::default()
    };
    let out = read_with("log.csv", b"id,Notes,MO\n1,n,m\n", &options);
    let fields: Vec<_> = out.records[0]
        .fields
        .iter()
        .map(|field| (&*field.name, field.text.as_str()))
        .collect();
    assert_eq!(fields, [("MO", "m"), ("Notes", "n")]);
}

#[test]
fn line_ends_and_marks() {
    let out = read(
        "log.csv",
        "\u{FEFF}id,text\r\n1,\"a\r\nb\nc\"\r\n\r\n2,d\r\n3,\"e\"",
    );
    assert_eq!(out.ids(), ["1", "2", "3"]);
    assert_eq!(out.texts(), ["a\r\nb\nc", "d", "e"]);
    assert_eq!(out.lines(), [2, 6, 7]);
    assert_eq!(read("old.csv", "id,text\r1,a\r2,b").lines(), [2, 3]);
}

#[test]
fn tabs_and_semicolons() {
    let out = read("log.tsv", "id\ttext\n1\tfirst, then\n2\t\"a\tb\"\n");
    assert_eq!(out.texts(), ["first, then", "a\tb"]);
    assert_eq!(
        read("log.csv", "id;text\n1;first, then\n").texts(),
        ["first, then"]
    );
    let options = ReadOptions {
        format: Some(InputFormat::Tsv),
        ..ReadOptions::default()
    };
    assert_eq!(
        read_with("log.dat", b"id\ttext\n1\ta\n", &options).texts(),
        ["a"]
    );
}

#[test]
fn rows_that_do_not_fit_the_header() {
    let out = read(
        "log.csv",
        "id,case,text\n1,C,he left, she stayed\n2,C,fine,,\n3,C\n4,C,fine\n",
    );
    assert_eq!(out.ids(), ["2", "4"]);
    assert_eq!(
        out.reasons(),
        [
            (2, "4 fields where the header has 3"),
            (4, "2 fields where the header has 3")
        ]
    );
    assert_eq!(out.rejected[0].incident_id, "1");
}

#[test]
fn a_quote_that_is_never_closed_costs_one_record() {
    let rows = "I2,C1,she left\nI3,C1,\"she \"\"left\"\"\"\nI4,C1,ok\n";
    let out = read(
        "log.csv",
        format!("id,case,text\nI1,C1,\"he hit her\n{rows}"),
    );
    assert_eq!(out.ids(), ["I2", "I3", "I4"]);
    assert_eq!(out.lines(), [3, 4, 5]);
    assert_eq!(out.reasons().len(), 1);
    assert_eq!(out.rejected[0].incident_id, "I1");
    assert!(
        out.reasons()[0].1.contains("opened on line 2"),
        "{:?}",
        out.reasons()
    );

    let out = read(
        "log.csv",
        "id,case,text\nI1,C1,ok\nI2,C1,\"he hit\nher and left",
    );
    assert_eq!(out.ids(), ["I1"]);
    assert_eq!(
        out.reasons(),
        [(3, "the quoted field that opened on line 3 is never closed")]
    );
}

#[test]
fn quotes_that_were_not_doubled() {
    // On one line no row is at risk, and what the csv crate and Python read is read.
    let out = read("log.csv", "id,text\n1,\"he said \"no\" to her\"\n2,b\n");
    assert_eq!(out.texts(), ["he said no\" to her\"", "b"]);
    // Over several lines the end of the field is anybody's guess.
    let out = read(
        "log.csv",
        "id,x,text\n1,x,\"one\nhe said \"no\" to\nher\"\n2,x,b\n",
    );
    assert_eq!(out.ids(), ["2"]);
    assert_eq!(
        out.reasons()[0].1,
        "text after the end of the quoted field that opened on line 2 (unbalanced quotes?)"
    );
    assert_eq!(out.reasons()[1], (4, "1 field where the header has 3"));
}

#[test]
fn a_field_of_20_megabytes() {
    let long = "She said no. ".repeat(20 * 1024 * 1024 / 13);
    let reason = "record over 16777216 bytes";
    let quoted = read("log.csv", format!("id,text\n1,\"{long}\"\n2,b\n"));
    assert_eq!(quoted.texts(), ["b"]);
    assert_eq!(quoted.lines(), [3]);
    assert!(
        quoted.reasons()[0].1.starts_with(reason),
        "{:?}",
        quoted.reasons()
    );
    assert!(
        quoted.reasons()[0].1.contains("line 2"),
        "{:?}",
        quoted.reasons()
    );
    assert_eq!(quoted.rejected[0].incident_id, "1");

    let lines = long.replace("no. She", "no.\nShe");
    let broken = read("log.csv", format!("id,text\n1,\"{lines}\"\n2,b\n"));
    assert_eq!((broken.texts(), broken.rejected.len()), (vec!["b"], 1));

    let plain = read("log.csv", format!("id,text\n1,{long}\n2,b\n"));
    assert_eq!(
        (plain.texts(), plain.reasons()),
        (vec!["b"], vec![(2, reason)])
    );

    let json = read(
        "log.jsonl",
        format!("{{\"text\":\"a\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"b\"}}\n"),
    );
    assert_eq!(
        (json.texts(), json.reasons()),
        (vec!["a", "b"], vec![(2, reason)])
    );

    let text = read("long.txt", &long);
    assert_eq!((text.texts(), text.reasons()), (vec![], vec![(1, reason)]));
    assert_eq!(text.info.bytes, long.len() as u64);
}

#[test]
fn a_quote_that_would_swallow_the_rest_is_given_up_at_the_limit() {
    let mut bytes = String::from("id,case,text\nI0,C,\"he hit her\n");
    for row in 1..2_000 {
        bytes.push_str(&format!("I{row},C,she left again\n"));
    }
    let options = ReadOptions {
        max_record_bytes: 1_000,
        ..ReadOptions::default()
    };
    let out = read_with("log.csv", bytes.as_bytes(), &options);
    assert_eq!(out.records.len(), 1_999);
    assert_eq!(out.lines()[1_998], 2_001);
    assert_eq!(
        out.reasons(),
        [(
            2,
            "record over 1000 bytes (unclosed quote? a quoted field opened on line 2)"
        )]
    );
}

#[test]
fn limits_are_exact() {
    let options = ReadOptions {
        max_record_bytes: 10,
        ..ReadOptions::default()
    };
    let out = read_with(
        "log.csv",
        b"id,text\n1,1234567\n2,12345678\n3,a\n",
        &options,
    );
    assert_eq!(out.ids(), ["1", "3"]);
    let out = read_with("t.txt", b"1234567890", &options);
    assert_eq!(out.rejected.len(), 0);
    let out = read_with("t.txt", b"12345678901", &options);
    assert_eq!(out.reasons(), [(1, "record over 10 bytes")]);
}

#[test]
fn nul_bytes_are_characters() {
    let out = read("log.csv", "id,text\n1,he\0 left again and again\n2,b\n");
    assert_eq!(out.texts(), ["he\0 left again and again", "b"]);
    assert_eq!(out.info.encoding, "utf-8");
}

#[test]
fn invalid_utf8_beyond_the_start_is_mended_or_costs_one_record() {
    let mut bytes = b"id,text\n".to_vec();
    for row in 0..10_000 {
        bytes.extend(format!("{row},she left again\n").bytes());
    }
    bytes.extend(b"I9,caf\xE9\nI10,ok\n");
    let out = read("log.csv", &bytes);
    assert_eq!((out.rejected.len(), out.info.replaced), (0, 1));
    assert_eq!(out.texts()[10_000], "café");
    let strict = ReadOptions {
        strict: true,
        ..ReadOptions::default()
    };
    let out = read_with("log.csv", &bytes, &strict);
    assert_eq!(out.info.encoding, "utf-8");
    assert_eq!(
        out.reasons(),
        [(10_002, "invalid UTF-8 in field \"text\" (--strict)")]
    );
    let row = bytes.windows(2).position(|pair| pair == b"I9").unwrap();
    assert_eq!(out.rejected[0].byte_offset, row.to_string());
    assert_eq!(out.rejected[0].incident_id, "I9");
    assert_eq!(out.records.len(), 10_001);

    let lines = b"{\"text\":\"\xE2\x80\x9Ca\xE2\x80\x9D\"}\n{\"text\":\"\xE9\"}\n";
    assert_eq!(read("log.jsonl", lines).texts(), ["“a”", "é"]);
    let out = read_with("log.jsonl", lines, &strict);
    let reason = "invalid UTF-8 in field \"(the whole object)\" (--strict)";
    assert_eq!(out.reasons(), [(2, reason)]);
}

#[test]
fn legacy_encodings() {
    let out = read("log.csv", b"id,text\n1,\"she said \x93no\x94, caf\xE9\"\n");
    assert_eq!(out.texts(), ["she said “no”, café"]);
    assert_eq!(out.info.encoding, "windows-1252");
    assert_eq!(out.info.replaced, 0);
    let out = read("note.txt", b"she said \x93no\x94");
    assert_eq!(
        (out.texts(), out.ids()),
        (vec!["she said “no”"], vec!["note"])
    );

    let text = "id,text\r\n1,hé said “no” 😢\r\n";
    for (order, label) in [
        (u16::to_le_bytes as fn(u16) -> [u8; 2], "utf-16le"),
        (u16::to_be_bytes, "utf-16be"),
    ] {
        for mark in ["", "\u{FEFF}"] {
            let bytes: Vec<u8> = mark
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(order)
                .collect();
            let out = read("log.csv", bytes);
            assert_eq!(out.texts(), ["hé said “no” 😢"]);
            assert_eq!(out.info.encoding, label);
        }
    }
}

#[test]
fn declared_encodings() {
    let options = |label: &str| ReadOptions {
        encoding: Some(label.into()),
        ..ReadOptions::default()
    };
    let out = read_with("log.csv", b"id,text\n1,caf\x8E\n", &options("macintosh"));
    assert_eq!(
        (out.texts(), out.info.encoding.as_str()),
        (vec!["café"], "macintosh")
    );
    let out = read_with("log.csv", b"id,text\n1,a\x81\x20b\n", &options("shift_jis"));
    assert_eq!((out.texts(), out.info.replaced), (vec!["a\u{FFFD} b"], 1));
    let out = read_with("log.csv", b"id,text\n1,caf\xE9\n", &options("utf-8"));
    assert_eq!((out.texts(), out.info.replaced), (vec!["café"], 1));
    let message = failure("log.csv", "id,text\n", &options("klingon"));
    assert!(
        message.starts_with("unknown encoding \"klingon\""),
        "{message}"
    );
}

#[test]
fn json_lines() {
    let out = read(
        "log.jsonl",
        "{\"incident_id\":1,\"text\":\"a\"}\r\n\n{\"text\":\"he hit\n{\"case_id\":\"C\",\"text\":null,\"x\":[{}]}\n{\"incident_id\":\"4\",\"text\":5}\n[1]",
    );
    assert_eq!(out.texts(), ["a", ""]);
    assert_eq!(out.ids(), ["1", ""]);
    assert_eq!(
        out.records[1].case_id.as_deref(),
        Some("C"),
        "a key of a later object"
    );
    let reasons = out.reasons();
    assert_eq!(reasons[0].0, 3);
    assert!(reasons[0].1.starts_with("broken JSON: "), "{reasons:?}");
    assert_eq!(reasons[1], (5, "field \"text\" is a number, not a string"));
    assert_eq!(out.rejected[1].incident_id, "4");
    assert_eq!(reasons[2], (6, "not a JSON object"));
    assert!(reasons.iter().all(|(_, reason)| !reason.contains("hit")));
}

#[test]
fn a_first_json_line_longer_than_the_first_chunk() {
    let long = "x".repeat(300_000);
    let out = read(
        "log.ndjson",
        format!("{{\"text\":\"{long}\",\"id\":1}}\n{{\"text\":\"b\"}}"),
    );
    assert_eq!(out.texts(), [long.as_str(), "b"]);
    assert_eq!(out.ids(), ["1", ""]);
}

#[test]
fn folders_become_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("b.txt", "two");
    write("a.TXT", "one");
    write("sub/c.txt", "three");
    write(".hidden.txt", "no");
    write("readme.md", "no");
    let names = |inputs: &[PathBuf]| -> Vec<String> {
        let strip = |path: PathBuf| match path.strip_prefix(folder.path()) {
            Ok(rest) => rest.display().to_string(),
            Err(_) => path.display().to_string(),
        };
        expand_inputs(inputs)
            .unwrap()
            .into_iter()
            .map(strip)
            .collect()
    };
    assert_eq!(
        names(&[
            "-".into(),
            folder.path().into(),
            folder.path().join("readme.md")
        ]),
        ["-", "a.TXT", "b.txt", "sub/c.txt", "readme.md"]
    );
    let out = read_path(&folder.path().join("a.TXT"), &ReadOptions::default()).unwrap();
    assert_eq!((out.texts(), out.ids()), (vec!["one"], vec!["a"]));
    assert_eq!(&*out.records[0].fields[0].name, "text");

    let empty = tempfile::tempdir().unwrap();
    let message = expand_inputs(&[empty.path().into()])
        .unwrap_err()
        .to_string();
    assert!(message.contains("no input in this folder"), "{message}");
    let message = expand_inputs(&["no/such".into()]).unwrap_err().to_string();
    assert!(message.starts_with("no/such: cannot read"), "{message}");
}

#[test]
fn formats_that_cannot_be_told() {
    let options = ReadOptions::default();
    let message = failure("log.dat", "id,text\n", &options);
    assert!(message.contains("--input-format"), "{message}");
    let message = failure("log.csv", b"PK\x03\x04...", &options);
    assert!(message.contains("a zip archive"), "{message}");
    assert_eq!("ods".parse::<InputFormat>().unwrap(), InputFormat::Sheet);
    assert!("xls".parse::<InputFormat>().is_err());
    assert_eq!("TXT".parse::<InputFormat>().unwrap(), InputFormat::Text);
    assert_eq!(
        "parquet".parse::<InputFormat>().is_ok(),
        cfg!(feature = "parquet")
    );
    let missing = read_path(Path::new("no/such.csv"), &options).err().unwrap();
    assert!(
        missing.to_string().starts_with("no/such.csv: cannot read"),
        "{missing}"
    );
}

#[test]
fn an_error_of_the_sink_ends_the_reading() {
    let (_folder, path) = in_folder("log.csv", b"id,text\n1,a\n2,b\n");
    let mut seen = 0;
    let result = read_input(&path, &ReadOptions::default(), &mut |_| {
        seen += 1;
        Err(throughline::error::Error::interrupted())
    });
    assert!(result.is_err());
    assert_eq!(seen, 1);
}
