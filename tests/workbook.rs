//! The workbook, read back as a spreadsheet program would.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};

use crate::cli::Desk;
use crate::support::crate_folder;

fn open(path: &Path) -> Xlsx<std::io::BufReader<std::fs::File>> {
    open_workbook(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The rows of a sheet below its header, by column; numbers as text.
fn sheet(path: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let range = open(path).worksheet_range(name).expect("a sheet");
    let mut rows = range.rows();
    let text = |cell: &Data| match cell {
        Data::Float(number) => format!("{number}"),
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("{name}: a cell is {other:?}"),
    };
    let head: Vec<String> = rows.next().expect("a header").iter().map(text).collect();
    rows.map(|row| head.iter().cloned().zip(row.iter().map(text)).collect())
        .collect()
}

/// The same rows from JSON Lines.
fn table(desk: &Desk, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    desk.read(file)
        .lines()
        .map(|line| {
            let row: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).expect("a row");
            row.iter().map(|(k, v)| (k.clone(), text(v))).collect()
        })
        .collect()
}

fn scan(desk: &Desk, out: &str, input: &str, format: &str) {
    let run = desk.run(&["scan", input, "--out", out, "--format", format]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

#[test]
fn the_sheets_hold_the_rows_of_the_tables() {
    let desk = Desk::new();
    let sample = crate_folder().join("data/sample_incidents.csv");
    let sample = sample.to_str().expect("a plain path");
    scan(&desk, "out", sample, "jsonl,xlsx");
    let path = desk.path("out/report.xlsx");
    let names = open(&path).sheet_names();
    assert_eq!(
        names,
        [
            "Cases",
            "Evidence",
            "Suppressed",
            "Checks",
            "Chronology",
            "Course of conduct",
            "Inconsistencies",
            "Rejected",
            "Summary",
            "About"
        ]
    );
    for (name, file) in [
        ("Cases", "cases"),
        ("Evidence", "evidence"),
        ("Suppressed", "suppressed"),
        ("Checks", "checks"),
        ("Chronology", "chronology"),
        ("Course of conduct", "course_of_conduct"),
    ] {
        let mut wanted = table(&desk, &format!("out/{file}.jsonl"));
        let mut found = sheet(&path, name);
        assert!(!found.is_empty());
        if name == "Cases" {
            assert_eq!(found, wanted, "cases keep their order of reading");
        }
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{name}");
    }
    // The evidence of a case stands together, cases in the order of reading.
    let order = |rows: Vec<BTreeMap<String, String>>| {
        let mut ids: Vec<String> = rows
            .into_iter()
            .map(|mut r| r.remove("case_id").unwrap())
            .collect();
        ids.dedup();
        ids
    };
    let cases = order(sheet(&path, "Cases"));
    assert_eq!(order(sheet(&path, "Evidence")), cases);
    // Nothing is a formula.
    let mut book = open(&path);
    for name in names {
        let formulas = book.worksheet_formula(&name).expect("a sheet");
        assert!(
            formulas.used_cells().all(|(_, _, f)| f.is_empty()),
            "{name}"
        );
    }
    // The summary counts what the tables hold.
    let evidence = table(&desk, "out/evidence.jsonl");
    let summary = open(&path).worksheet_range("Summary").expect("a sheet");
    let line = summary
        .rows()
        .find(|row| row[1] == Data::String("isolation".into()))
        .expect("a category");
    let told = evidence
        .iter()
        .filter(|r| r["category"] == "isolation")
        .count();
    assert!(told > 0);
    assert_eq!(line[4], Data::Float(told as f64));
}

/// The parts of the file that a spreadsheet program shows by.
#[test]
fn sheets_have_frozen_heads_filters_links_and_lists() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "case_id,narrative\nB,he took her bank card\nA,\"he strangled her and won't let her see her mum\"\nB,he strangled her\n",
    );
    scan(&desk, "out", "in.csv", "xlsx");
    assert_eq!(
        desk.files("out").into_keys().collect::<Vec<_>>(),
        ["manifest.json", "report.xlsx"]
    );
    let path = desk.path("out/report.xlsx");
    let parts = parts(&path);
    let cases = &parts["xl/worksheets/sheet1.xml"];
    for wanted in [
        "state=\"frozen\"",
        "<autoFilter ref=\"A1:Q3\"",
        "<dataValidation type=\"list\"",
        "accept,dismiss,unsure",
        "location=\"'Evidence'!A2\"",
    ] {
        assert!(cases.contains(wanted), "{wanted}: {cases}");
    }
    // Each case leads to the first of its rows.
    let evidence = sheet(&path, "Evidence");
    for (line, case) in sheet(&path, "Cases").iter().enumerate() {
        let first = evidence
            .iter()
            .position(|r| r["case_id"] == case["case_id"])
            .unwrap();
        let link = format!(
            "<hyperlink ref=\"A{}\" location=\"'Evidence'!A{}\"",
            line + 2,
            first + 2
        );
        assert!(cases.contains(&link), "{link}: {cases}");
    }
    assert!(parts["xl/worksheets/sheet2.xml"].contains("<dataValidation type=\"list\""));
    assert!(parts["xl/styles.xml"].contains("wrapText=\"1\""));
}

/// The files inside a workbook, as text.
fn parts(path: &Path) -> BTreeMap<String, String> {
    use std::io::Read as _;
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[test]
fn hostile_text_stays_text_and_equal_runs_give_equal_bytes() {
    let desk = Desk::new();
    let nasty = "=HYPERLINK(\"\"http://example.org\"\",\"\"x\"\") he strangled her <b>&amp; \u{202e}\u{1F622} \u{1}_x0041_ +1 @x";
    desk.write(
        "in.csv",
        format!(
            "case_id,id,narrative\n=1+1,1,\"{nasty}\"\n{long},{long},he strangled her\n",
            long = "=\u{1F622}x".repeat(13_000)
        ),
    );
    for out in ["one", "two"] {
        scan(&desk, out, "in.csv", "jsonl,xlsx");
    }
    assert_eq!(
        desk.files("one")["report.xlsx"],
        desk.files("two")["report.xlsx"]
    );
    let path = desk.path("one/report.xlsx");
    let mut wanted = table(&desk, "one/evidence.jsonl");
    let mut found = sheet(&path, "Evidence");
    assert!(wanted.len() >= 2);
    wanted.sort();
    found.sort();
    let mut cut = 0;
    for (found, wanted) in found.iter().zip(&wanted) {
        for (column, text) in wanted {
            // A control character is no part of a sheet's text; it is written as its number.
            let shown = found[column]
                .replace("_x0001_", "\u{1}")
                .replace("_x005F_x0041_", "_x0041_");
            if shown.ends_with("[…cut: a cell holds no more]") {
                assert!(text.starts_with(shown.split(" […cut").next().unwrap()));
                assert!(shown.encode_utf16().count() <= 32_767);
                cut += 1;
            } else {
                assert_eq!(&shown, text, "{column}");
            }
        }
    }
    assert_eq!(
        cut,
        2 * wanted
            .iter()
            .filter(|r| r["incident_id"].len() > 32_767)
            .count()
    );
    assert!(cut > 0, "no cell is cut: the test shows nothing");
    let about = sheet_lines(&path, "About");
    assert!(
        about
            .iter()
            .any(|l| l.contains("hold more than a cell can"))
    );
}

fn sheet_lines(path: &Path, name: &str) -> Vec<String> {
    let range = open(path).worksheet_range(name).expect("a sheet");
    range
        .rows()
        .map(|row| row.iter().map(|c| format!("{c}\t")).collect())
        .collect()
}
