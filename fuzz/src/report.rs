//! Any texts in the report page and in the tables: they come back as they went in, and none of them
//! becomes markup, script or a formula.

use serde_json::Value;
use throughline::assertion::Group;
use throughline::report::OutputFormat;
use throughline::report::html::write_report;
use throughline::report::rows::{
    ReportCase, ReportCategory, ReportCheck, ReportData, ReportField, ReportIncident, ReportMention,
};
use throughline::report::tables::{Cell, TableColumn, TableWriter};

use super::input::{self, Texts};

/// The data are texts, parted by 0xFF.
pub fn check(data: &[u8]) {
    let texts = input::texts(data);
    tables(&texts);
    page(data);
}

const COLUMNS: &[TableColumn] = &[
    TableColumn::text("quote"),
    TableColumn::int("start"),
    TableColumn::text("sentence"),
];

fn tables(texts: &[String]) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for raw in [false, true] {
        let formats = [OutputFormat::Csv, OutputFormat::Jsonl];
        let mut table =
            TableWriter::create(folder.path(), "t", COLUMNS, &formats, raw).expect("room");
        for (number, pair) in texts.chunks(2).enumerate() {
            let second = pair.last().map_or("", String::as_str);
            table
                .write_row(&[
                    pair[0].as_str().into(),
                    Cell::Int(number as i64),
                    second.into(),
                ])
                .expect("room");
        }
        table.finish().expect("room");
        let bytes = std::fs::read(folder.path().join("t.csv")).expect("written");
        let body = bytes.strip_prefix("\u{FEFF}".as_bytes());
        assert_eq!(body.is_some(), !raw, "the mark is there where it should be");
        let mut rows = csv::Reader::from_reader(body.unwrap_or(&bytes)).into_records();
        let lines = std::fs::read_to_string(folder.path().join("t.jsonl")).expect("written");
        let mut lines = lines.split_terminator('\n');
        for (number, pair) in texts.chunks(2).enumerate() {
            let row = rows.next().expect("a row for each").expect("sound");
            let object: Value =
                serde_json::from_str(lines.next().expect("a line for each")).expect("sound");
            for (column, name, text) in [
                (0, "quote", &pair[0]),
                (2, "sentence", &pair[pair.len() - 1]),
            ] {
                let cell = &row[column];
                let formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r']);
                if raw || !formula(text) {
                    assert_eq!(cell, text.as_str());
                } else {
                    assert_eq!(cell.strip_prefix('\''), Some(text.as_str()), "guarded once");
                }
                assert!(raw || !formula(cell), "a cell that a spreadsheet would run");
                assert_eq!(object[name].as_str(), Some(text.as_str()));
            }
            assert_eq!(row[1].parse::<usize>().ok(), Some(number));
        }
        assert!(
            rows.next().is_none() && lines.next().is_none(),
            "a text became a row"
        );
    }
}

fn page(data: &[u8]) {
    let hostile = report(&mut Texts::new(data));
    let page = written(&hostile);
    let harmless = report(&mut Texts::new(
        &data
            .iter()
            .map(|b| if *b == 0xFF { 0xFF } else { b'x' })
            .collect::<Vec<_>>(),
    ));
    let plain = written(&harmless);
    // The elements of the page are those of a page without any text in it.
    assert_eq!(tags(&page), tags(&plain), "a text became markup");
    for (number, case) in hostile.cases.iter().enumerate() {
        let block = block(&page, &format!("case-{number}"));
        assert_eq!(block["id"].as_str(), Some(case.id.as_str()));
        assert_eq!(block["key_quote"].as_str(), Some(case.key_quote.as_str()));
        for (at, incident) in case.incidents.iter().enumerate() {
            let own = &block["incidents"][at];
            assert_eq!(own["id"].as_str(), Some(incident.id.as_str()));
            let text = own["fields"][0]["text"].as_str();
            assert_eq!(
                text,
                Some(incident.fields[0].text.as_str()),
                "a narrative is altered"
            );
        }
    }
    assert_eq!(page, written(&hostile), "two pages of one run differ");
}

fn written(data: &ReportData) -> String {
    let mut out = Vec::new();
    write_report(&mut out, data).expect("memory");
    String::from_utf8(out).expect("a page is UTF-8")
}

/// How often each element opens and closes, where an HTML parser would see it.
fn tags(page: &str) -> Vec<(&'static str, usize)> {
    let low = page.to_ascii_lowercase();
    [
        "<script",
        "</script",
        "<!--",
        "<style",
        "</style",
        "<img",
        "<svg",
        "<iframe",
        "<a ",
        "<![cdata[",
    ]
    .map(|tag| (tag, low.matches(tag).count()))
    .to_vec()
}

/// The data block of that id, parsed.
fn block(page: &str, id: &str) -> Value {
    let head = format!("id=\"{id}\"");
    let at = page.find(&head).expect("a block for each case");
    let from = at + page[at..].find('>').expect("the block opens") + 1;
    let end = from + page[from..].find("</script").expect("the block closes");
    assert!(
        !page[from..end].contains(['<', '>', '&']),
        "a block holds a raw mark"
    );
    serde_json::from_str(&page[from..end]).expect("a block is JSON")
}

fn report(texts: &mut Texts) -> ReportData {
    let mut data = ReportData {
        run_id: texts.next(),
        version: texts.next(),
        lexicon_version: texts.next(),
        lexicon_fingerprint: "0".repeat(64),
        inputs: vec![texts.next()],
        categories: vec![ReportCategory {
            id: "c".into(),
            title: texts.next(),
            group: Group::Abuse,
            definition: texts.next(),
            cases: 1,
            mentions: 1,
        }],
        conduct_law: texts.next(),
        ..ReportData::default()
    };
    while texts.more() && data.cases.len() < 8 {
        data.cases.push(case(texts));
    }
    data
}

fn case(texts: &mut Texts) -> ReportCase {
    let text = texts.next();
    let units = text.encode_utf16().count();
    let mention = ReportMention {
        start: 0,
        end: units,
        place: [0, text.chars().count()],
        category: "c".into(),
        rule: texts.next(),
        tier: 1,
        heavy: true,
        axes: [
            "affirmed", "stated", "current", "victim", "suspect", "officer",
        ],
        cues: vec![texts.next()],
        suppressed: Some(texts.next()),
    };
    ReportCase {
        id: texts.next(),
        tier: 1,
        reasons: vec![texts.next()],
        prompts: vec![texts.next()],
        first_date: texts.next(),
        last_date: texts.next(),
        key_quote: text.clone(),
        checks: vec![ReportCheck {
            check: "bwv".into(),
            title: texts.next(),
            status: "done",
            incident: 1,
            quote: texts.next(),
            trigger: texts.next(),
            why: texts.next(),
            legal: vec![texts.next()],
        }],
        incidents: vec![ReportIncident {
            id: texts.next(),
            date: texts.next(),
            iso_date: "2026-11-28".into(),
            origin: texts.next(),
            fields: vec![ReportField {
                name: texts.next(),
                text,
                mentions: vec![mention],
            }],
        }],
        pattern: vec![texts.next()],
        ..ReportCase::default()
    }
}
