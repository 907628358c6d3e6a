//! The order of the records in the input, how they are spread over files, and the number of threads
//! change no byte of a table or page.
//!
//! What names a place in the input is the exception: `origin` of `chronology` and of the page
//! ("log.csv, record 3"), `source` and `record` of `coverage`, all of `rejected`, the list of inputs,
//! and the fingerprint of the run, which is made of the inputs. It is replaced by a word here before
//! files are compared, and `coverage` is left out.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx};
use regex::Regex;

use crate::cli::Desk;
use throughline::sample::draw;

const HEADER: &str = "case_id,incident_id,incident_date,narrative,risk_grade,victim_id\n";

/// Records of which some share case, reference and date, some all but the text, some all but the
/// grade, and two everything; some have no case, no date, or a month for one.
fn records() -> Vec<String> {
    let texts = [
        "AP John BROWN shouted in her face, she rang 07700 900123. He took her bank card.",
        "Karen HOLT says her partner, Dean, won't let her see her mum. Call 07700 900456.",
        "Dean BROWN strangled her. Karen said he is monitoring her phone, 07700 900789.",
        "She wants to kill herself. Her ex-partner follows her to work and takes her wages.",
        "Lost keys handed in at the library. No offences disclosed.",
        "He has never hit her. She denies that he took her bank card.",
        "Victim leaflet 4411 given, he must not contact her or take her phone.",
        "VICTIM LEAFLET 77 given, he must not contact her or take her phone.",
    ];
    let dates = [
        "2024-01-03",
        "2024-01-03",
        "May 2024",
        "",
        "03/02/2024 21:15",
        "2023",
    ];
    let mut records = Vec::new();
    for n in 0..72_usize {
        let case = match n % 12 {
            11 => String::new(),
            own => format!("C{own}"),
        };
        let id = match case.is_empty() {
            true => format!("L{n}"),
            false => format!("I{}", n % 5),
        };
        let (date, text) = (
            dates[n / 12 % dates.len()],
            texts[(n * 7 + n / 12) % texts.len()],
        );
        let (grade, victim) = (["high", "standard", ""][n % 3], n % 17);
        records.push(format!("{case},{id},{date},\"{text}\",{grade},V{victim}\n"));
    }
    let told = "C3,I9,2024-01-03,\"He took her bank card.\"";
    for grade in ["high", "standard", "standard", "medium"] {
        records.push(format!("{told},{grade},V3\n"));
    }
    records.push("C3,I9,2024-01-03,\"He strangled her.\",high,V3\n".into());
    records
}

/// Writes the records in an order of chance into so many files; returns their names.
fn spread(desk: &Desk, records: &[String], files: usize, seed: u64) -> Vec<String> {
    let order = match seed {
        0 => (0..records.len()).collect(),
        seed => draw(records.len(), records.len(), seed),
    };
    let share = order.len().div_ceil(files);
    let names = (0..files).map(|file| format!("{seed}_{file}.csv"));
    let names: Vec<String> = names.collect();
    for (name, own) in names.iter().zip(order.chunks(share)) {
        let rows: String = own.iter().map(|at| records[*at].as_str()).collect();
        desk.write(name, HEADER.to_owned() + &rows);
    }
    names
}

/// The files of a run as they were written, without the manifest.
fn scan(desk: &Desk, inputs: &[String], options: &[&str], jobs: &str) -> BTreeMap<String, Vec<u8>> {
    let mut args = vec!["scan", "--out", "out", "--force", "--jobs", jobs];
    args.extend(options);
    args.extend(inputs.iter().map(String::as_str));
    desk.run_to(&args, 0);
    let mut files = desk.files("out");
    files.remove("manifest.json").expect("a run");
    files
}

/// The same files without what names a place in the input.
fn placeless(desk: &Desk, files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.read("out/manifest.json")).unwrap();
    let run_id = manifest["run_id"].as_str().unwrap();
    let place = Regex::new(r"\d_\d\.csv, record \d+").unwrap();
    let inputs = Regex::new(r"(<li><bdi>\d_\d\.csv</bdi></li>)+").unwrap();
    let mut out = BTreeMap::new();
    for (name, bytes) in files {
        if name.starts_with("coverage.") {
            continue;
        }
        let text = match name.ends_with(".xlsx") {
            true => sheets(&bytes),
            false => String::from_utf8(bytes).unwrap(),
        };
        let text = place.replace_all(&text, "PLACE");
        let text = inputs.replace_all(&text, "INPUTS").replace(run_id, "RUN");
        out.insert(name, text);
    }
    out
}

/// The cells of a workbook, but for the sheets that tell of inputs.
fn sheets(bytes: &[u8]) -> String {
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        if name == "About" || name == "Coverage" {
            continue;
        }
        for row in book.worksheet_range(&name).unwrap().rows() {
            let cells: Vec<String> = row.iter().map(Data::to_string).collect();
            text += &format!("{name}: {}\n", cells.join(" | "));
        }
    }
    text
}

fn same<T: PartialEq>(one: &BTreeMap<String, T>, other: &BTreeMap<String, T>, what: &str) {
    let names = |files: &BTreeMap<String, T>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(other), "{what}");
    for (name, contents) in one {
        assert!(*contents == other[name], "{what}: {name} differs");
    }
}

/// What each of the orders comes to with some options is the same.
fn in_every_order(options: &[&str], expected: &[&str]) {
    let desk = Desk::new();
    let records = records();
    let inputs = spread(&desk, &records, 1, 0);
    let written = scan(&desk, &inputs, options, "1");
    for name in expected {
        assert!(written.contains_key(*name), "{name}: {:?}", written.keys());
    }
    let first = placeless(&desk, written.clone());
    for jobs in ["2", "8"] {
        let again = scan(&desk, &inputs, options, jobs);
        same(&written, &again, &format!("--jobs {jobs}"));
    }
    for (seed, files, jobs) in [
        (0, 3, "2"),
        (1, 1, "1"),
        (2, 1, "8"),
        (3, 4, "2"),
        (4, 2, "8"),
    ] {
        let inputs = spread(&desk, &records, files, seed);
        let other = scan(&desk, &inputs, options, jobs);
        let other = placeless(&desk, other);
        same(&first, &other, &format!("seed {seed} in {files} files"));
    }
}

#[test]
fn of_tables_pages_workbook_and_folders() {
    let options = [
        "--format",
        "csv,jsonl,html,xlsx",
        "--per-case",
        "--coverage",
        "--link-names",
    ];
    let expected = [
        "evidence.csv",
        "suppressed.jsonl",
        "checks.csv",
        "chronology.csv",
        "course_of_conduct.csv",
        "inconsistencies.csv",
        "link_proposals.csv",
        "boilerplate.txt",
        "report.html",
        "report.xlsx",
    ];
    in_every_order(&options, &expected);
}

#[test]
fn of_masks() {
    in_every_order(
        &["--format", "csv,jsonl,html,xlsx", "--redact"],
        &["evidence.csv", "report.html"],
    );
}

#[test]
fn of_linked_cases() {
    in_every_order(
        &["--format", "csv,html", "--link-by", "victim_id"],
        &["evidence.csv", "report.html"],
    );
    in_every_order(
        &[
            "--format",
            "csv",
            "--link-by",
            "victim_id",
            "--redact",
            "--per-case",
            "--report-cases",
            "3",
        ],
        &["evidence.csv"],
    );
}

#[test]
fn of_pages_of_a_report() {
    in_every_order(
        &["--format", "html", "--report-cases", "4"],
        &["report.html", "report-2.html", "report-3.html"],
    );
}

/// Rows of a case stand together, and in it as in its chronology.
#[test]
fn evidence_follows_the_chronology() {
    let desk = Desk::new();
    let inputs = spread(&desk, &records(), 2, 5);
    scan(&desk, &inputs, &["--format", "jsonl"], "2");
    let incidents = |table: &str| {
        let mut list: Vec<[String; 3]> = Vec::new();
        for line in desk.read(&format!("out/{table}.jsonl")).lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let own = ["case_id", "incident_date", "incident_id"];
            list.push(own.map(|name| row[name].as_str().unwrap().to_owned()));
        }
        list
    };
    let mut evidence = incidents("evidence");
    assert!(
        evidence.is_sorted_by_key(|row| row[0].clone()),
        "cases stand together"
    );
    evidence.dedup();
    let mut told = incidents("chronology");
    told.sort_by_key(|row| row[0].clone());
    told.dedup();
    let mut at = 0;
    for row in &evidence {
        let found = told[at..].iter().position(|incident| incident == row);
        at += found.unwrap_or_else(|| panic!("{row:?} stands before what comes first"));
    }
}

/// People are numbered as their case tells of them, in a run and in a sample of it.
#[test]
fn a_masked_sample_has_the_tokens_of_its_run() {
    let desk = Desk::new();
    let rows = [
        "C1,I2,2024-02-01,\"Karen HOLT says Dean BROWN took her bank card.\",,\n",
        "C1,I1,2024-01-01,\"Dean BROWN collected his keys.\",,\n",
    ];
    desk.write("in.csv", HEADER.to_owned() + &rows.concat());
    scan(
        &desk,
        &["in.csv".to_owned()],
        &["--format", "jsonl", "--redact"],
        "1",
    );
    let evidence = desk.read("out/evidence.jsonl");
    assert!(evidence.contains("[PERSON 2] says [PERSON 1] took"));
    desk.run_to(&["sample", "out", "--out", "s.csv", "--n", "1"], 0);
    let sample = desk.read("s.csv");
    assert!(sample.contains("[PERSON 1] collected"), "{sample}");
}
