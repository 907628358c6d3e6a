//! Whole runs: the tables agree with the input, with each other and with themselves, whatever the
//! number of threads and the order of the rows.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use throughline::narrative::ReadItem;
use throughline::read::{ReadOptions, read_input};

use crate::cli::Desk;
use crate::support::shared;

/// Rows of a table by column name.
type Rows = Vec<BTreeMap<String, String>>;

fn csv_rows(text: &str) -> Rows {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| {
        header
            .iter()
            .zip(&record)
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    };
    reader
        .records()
        .map(|record| row(record.expect("valid CSV")))
        .collect()
}

fn jsonl_rows(text: &str) -> Rows {
    let cell = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|i| i.as_str().expect("text"))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let row = |line: &str| {
        let row: serde_json::Map<String, Value> = serde_json::from_str(line).expect("valid JSON");
        row.iter().map(|(k, v)| (k.clone(), cell(v))).collect()
    };
    text.lines().map(row).collect()
}

/// Texts of the input by incident and field.
fn texts(path: &Path, options: &ReadOptions) -> BTreeMap<(String, String), Vec<Vec<char>>> {
    let mut texts: BTreeMap<_, Vec<Vec<char>>> = BTreeMap::new();
    let sink = &mut |item: ReadItem| {
        if let ReadItem::Record(record) = item {
            for field in &record.fields {
                texts
                    .entry((record.incident_ref(), field.name.to_string()))
                    .or_default()
                    .push(field.text.chars().collect());
            }
        }
        Ok(())
    };
    read_input(path, options, sink).expect("readable");
    texts
}

/// Checks that the quote of every row is the text between its offsets, in Unicode scalar values,
/// and that its sentence holds it. Returns the number of rows.
fn check_quotes(rows: &Rows, texts: &BTreeMap<(String, String), Vec<Vec<char>>>) -> usize {
    for row in rows {
        let number = |column: &str| row[column].parse::<usize>().expect("a number");
        let (start, end) = (number("start"), number("end"));
        let texts = &texts[&(row["incident_id"].clone(), row["field"].clone())];
        let cut = |text: &Vec<char>| {
            text.get(start..end)
                .map(|chars| chars.iter().collect::<String>())
        };
        assert!(
            texts
                .iter()
                .any(|text| cut(text).as_ref() == Some(&row["quote"])),
            "{row:?}"
        );
        assert!(
            !row["quote"].is_empty() && row["sentence"].contains(&row["quote"]),
            "{row:?}"
        );
    }
    rows.len()
}

/// Checks that the counts of manifest and tables agree.
fn check_counts(desk: &Desk, out: &str, rows: impl Fn(&str) -> Rows) -> Value {
    let manifest: Value =
        serde_json::from_str(&desk.read(&format!("{out}/manifest.json"))).expect("valid JSON");
    let count = |name: &str| {
        manifest["counts"][name]
            .as_u64()
            .unwrap_or_else(|| panic!("no count {name}")) as usize
    };
    let table = |name: &str| rows(name).len();
    assert_eq!(
        count("records_read"),
        count("records_scanned") + count("records_rejected")
    );
    assert_eq!(count("matches"), count("evidence") + count("suppressed"));
    assert_eq!(
        (count("evidence"), count("suppressed")),
        (table("evidence"), table("suppressed"))
    );
    assert_eq!(
        (count("records_rejected"), count("cases_flagged")),
        (table("rejected"), table("cases"))
    );
    assert_eq!(count("checks"), table("checks"));
    assert_eq!(
        count("checks"),
        count("checks_done") + count("checks_stated_not_done") + count("checks_no_mention_found")
    );
    let inputs = manifest["inputs"].as_array().expect("inputs");
    let sum = |key: &str| {
        inputs
            .iter()
            .map(|i| i[key].as_u64().expect("a count") as usize)
            .sum::<usize>()
    };
    assert_eq!(
        (sum("records"), sum("rejected")),
        (count("records_read"), count("records_rejected"))
    );
    let mut mentions = BTreeMap::<String, usize>::new();
    for row in rows("evidence") {
        *mentions.entry(row["case_id"].clone()).or_default() += 1;
    }
    let by_case: BTreeMap<String, usize> = rows("cases")
        .iter()
        .map(|c| {
            (
                c["case_id"].clone(),
                c["mentions"].parse().expect("a number"),
            )
        })
        .collect();
    assert_eq!(by_case, mentions, "mentions by case");
    let tiers: Vec<String> = rows("cases").iter().map(|c| c["tier"].clone()).collect();
    assert!(tiers.is_sorted(), "cases are in reading order: {tiers:?}");
    manifest
}

const PIECES: [&str; 24] = [
    "he won’t let her see her mum",
    "took her bank card",
    "gives her £20 a week",
    "she is suicidal",
    "denies being suicidal",
    "if he took her purse",
    "no visitors allowed",
    "AP known to police",
    "bail conditions",
    "café 😀 naïve",
    "👩‍👩‍👧",
    "\u{202e}rtl\u{202c} שלום",
    "e\u{301}",
    "=cmd()",
    "+44 7700",
    "@home",
    "-",
    "\"quoted\"",
    "a,b;c",
    "tab\there",
    "nul \u{0}",
    "<b>&amp;</b>",
    "quiet shift",
    "19:42",
];

/// Records with one to three fields of odd text, the same at every call.
fn records(count: usize) -> Vec<Vec<String>> {
    let piece = proptest::sample::select(&PIECES[..]);
    let mark = proptest::sample::select(&[" ", ", ", ". ", "\n", "\r\n", "\n\n", " // ", "; "][..]);
    let text = proptest::collection::vec((piece, mark), 0..8).prop_map(|p| {
        p.into_iter()
            .map(|(a, b)| format!("{a}{b}"))
            .collect::<String>()
    });
    let row = (0..count / 3, any::<bool>(), 1_u32..28, text.clone(), text).prop_map(
        |(case, dated, day, one, two)| {
            let date = if dated {
                format!("2024-02-{day:02}")
            } else {
                String::new()
            };
            vec![format!("C{case}"), date, one, two]
        },
    );
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let rows = proptest::collection::vec(row, count)
        .new_tree(&mut runner)
        .expect("rows")
        .current();
    rows.into_iter()
        .enumerate()
        .map(|(n, row)| [vec![format!("I{n}")], row].concat())
        .collect()
}

fn csv_file(records: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["incident_id", "case_id", "date", "narrative", "notes"])
        .expect("written");
    for record in records {
        writer.write_record(record).expect("written");
    }
    writer.into_inner().expect("written")
}

const COLUMNS: [&str; 2] = ["--text-column", "narrative,notes"];

fn read_options() -> ReadOptions {
    ReadOptions {
        text_columns: vec!["narrative".into(), "notes".into()],
        ..ReadOptions::default()
    }
}

#[test]
fn tables_do_not_depend_on_the_number_of_threads() {
    let desk = Desk::new();
    desk.write("in.csv", csv_file(&records(3000)));
    let mut first: Option<BTreeMap<String, Vec<u8>>> = None;
    for jobs in ["1", "2", "8"] {
        let out = format!("out{jobs}");
        desk.scan(
            &out,
            &[
                "in.csv",
                COLUMNS[0],
                COLUMNS[1],
                "--jobs",
                jobs,
                "--format",
                "csv,jsonl,html",
            ],
            0,
        );
        let mut files = desk.files(&out);
        let manifest = files.remove("manifest.json").expect("a manifest");
        let mut manifest: Value = serde_json::from_slice(&manifest).expect("valid JSON");
        // Times are the only thing that may differ between equal runs.
        manifest
            .as_object_mut()
            .expect("an object")
            .remove("time")
            .expect("times");
        files.insert("manifest".into(), manifest.to_string().into_bytes());
        assert_eq!(files.len(), 19);
        match &first {
            None => first = Some(files),
            Some(first) => {
                for (name, bytes) in first {
                    assert!(files[name] == *bytes, "{name} differs with --jobs {jobs}");
                }
            }
        }
    }
}

#[test]
fn every_quote_lies_at_its_offsets_and_counts_agree() {
    let desk = Desk::new();
    desk.write("in.csv", csv_file(&records(600)));
    desk.scan(
        "out",
        &[
            "in.csv",
            COLUMNS[0],
            COLUMNS[1],
            "--format",
            "csv,jsonl",
            "--raw-csv",
        ],
        0,
    );
    let csv = |name: &str| csv_rows(&desk.read(&format!("out/{name}.csv")));
    let jsonl = |name: &str| jsonl_rows(&desk.read(&format!("out/{name}.jsonl")));
    let texts = texts(&desk.path("in.csv"), &read_options());
    for name in ["evidence", "suppressed"] {
        assert!(check_quotes(&csv(name), &texts) > 100);
    }
    for name in ["cases", "evidence", "suppressed", "rejected"] {
        assert_eq!(csv(name), jsonl(name), "{name} in both formats");
    }
    check_counts(&desk, "out", csv);
    for row in csv("suppressed") {
        assert!(!row["reason"].is_empty(), "{row:?}");
    }
    // The spreadsheet guard is all that differs without --raw-csv.
    desk.scan(
        "safe",
        &["in.csv", COLUMNS[0], COLUMNS[1], "--format", "csv"],
        0,
    );
    let safe = desk.read("safe/evidence.csv");
    assert!(safe.starts_with('\u{feff}'));
    for (raw, safe) in csv("evidence").iter().zip(csv_rows(&safe)) {
        for (column, value) in raw {
            let guarded = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert_eq!(
                safe[column],
                if guarded {
                    format!("'{value}")
                } else {
                    value.clone()
                }
            );
        }
    }
}

/// Columns and their order, as the interface fixes them; more may follow.
#[test]
fn columns_are_as_the_interface_says() {
    let desk = Desk::new();
    desk.write("in.csv", csv_file(&records(60)));
    desk.scan("out", &["in.csv", COLUMNS[0], COLUMNS[1]], 0);
    let fixed = [
        (
            "cases",
            "case_id,tier,reasons,incidents,first_date,last_date,abuse_categories,suicide_categories,mentions,key_quote,gaps,reviewer_decision,reviewer,reviewed_on,reviewer_notes",
        ),
        (
            "evidence",
            "case_id,incident_id,incident_date,field,category,group,rule_id,tier,polarity,certainty,temporality,experiencer,agent,source,quote,sentence,start,end,reviewer_decision,reviewer_notes",
        ),
        (
            "suppressed",
            "case_id,incident_id,incident_date,field,category,group,rule_id,tier,polarity,certainty,temporality,experiencer,agent,source,quote,sentence,start,end,reason",
        ),
        ("rejected", "source,record,line,incident_id,reason"),
    ];
    for (name, columns) in fixed {
        let text = desk.read(&format!("out/{name}.csv"));
        let header = text
            .lines()
            .next()
            .expect("a header")
            .trim_start_matches('\u{feff}');
        assert!(
            header == columns || header.starts_with(&format!("{columns},")),
            "{name}: {header}"
        );
    }
}

#[test]
fn cases_do_not_depend_on_the_order_of_the_rows() {
    let records = records(300);
    let mut turned = records.clone();
    turned.reverse();
    turned.rotate_left(77);
    let desk = Desk::new();
    desk.write("a/in.csv", csv_file(&records))
        .write("b/in.csv", csv_file(&turned));
    for name in ["a", "b"] {
        desk.scan(
            &format!("out-{name}"),
            &[&format!("{name}/in.csv"), COLUMNS[0], COLUMNS[1]],
            0,
        );
    }
    assert_eq!(desk.read("out-a/cases.csv"), desk.read("out-b/cases.csv"));
    let sorted = |name: &str| {
        let mut rows = csv_rows(&desk.read(name));
        rows.sort();
        rows
    };
    assert_eq!(sorted("out-a/evidence.csv"), sorted("out-b/evidence.csv"));
    assert_eq!(
        sorted("out-a/suppressed.csv"),
        sorted("out-b/suppressed.csv")
    );
}

#[test]
fn incidents_of_a_case_stand_in_date_order() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "incident_id,case_id,date,narrative\n\
         I1,C1,03/05/2024,he took her bank card\n\
         I2,C1,2023-12-24,he won't let her see her mum\n\
         I3,C1,14 Jan 2024,quiet shift\n\
         I4,C1,unknown,he keeps the purse\n\
         I5,C2,2024-01-01,she is suicidal\n\
         I6,C3,2024-01-01,quiet shift\n",
    );
    desk.scan("out", &["in.csv"], 0);
    let cases = csv_rows(&desk.read("out/cases.csv"));
    let brief: Vec<[&str; 8]> = cases
        .iter()
        .map(|c| {
            [
                "case_id",
                "tier",
                "incidents",
                "first_date",
                "last_date",
                "abuse_categories",
                "mentions",
                "key_quote",
            ]
            .map(|k| c[k].as_str())
        })
        .collect();
    assert_eq!(
        brief,
        [
            [
                "C2",
                "1",
                "1",
                "2024-01-01",
                "2024-01-01",
                "",
                "1",
                "suicidal"
            ],
            [
                "C1",
                "2",
                "4",
                "2023-12-24",
                "03/05/2024",
                "economic_control; isolation",
                "3",
                "he won't let her see her mum"
            ],
        ],
    );
    assert!(
        cases[0]["reasons"].contains("\"suicidal\""),
        "{}",
        cases[0]["reasons"]
    );
}

#[test]
fn records_without_a_case_are_cases_of_their_own() {
    let desk = Desk::new();
    let text = "he took her bank card";
    desk.write(
        "a.csv",
        format!("incident_id,case_id,narrative\nI1,C1,{text}\nI2,,{text}\nI3, ,{text}\n,,{text}\n"),
    );
    desk.write("b.csv", format!("narrative\n{text}\n{text}\n"));
    desk.write("c.csv", format!("narrative\n{text}\n"));
    desk.scan("out", &["a.csv", "b.csv", "c.csv"], 0);
    let cases = csv_rows(&desk.read("out/cases.csv"));
    assert_eq!(cases.len(), 7, "{cases:?}");
    assert!(
        cases
            .iter()
            .all(|c| c["mentions"] == "1" && c["incidents"] == "1"),
        "{cases:?}"
    );
    let evidence = csv_rows(&desk.read("out/evidence.csv"));
    let ids: Vec<&str> = evidence.iter().map(|e| e["incident_id"].as_str()).collect();
    // In the order of the case references: C1, then those that records without one were given.
    assert_eq!(ids, ["1", "1", "2", "4", "I1", "I2", "I3"]);
}

/// An incident told twice is two incidents with one reference: nothing is lost or merged.
#[test]
fn duplicate_references() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "incident_id,case_id,narrative\nI1,C1,he took her bank card\nI1,C1,he took her bank card\nI1,C2,she is suicidal\n",
    );
    desk.scan("out", &["in.csv"], 0);
    let evidence = csv_rows(&desk.read("out/evidence.csv"));
    assert_eq!(evidence.len(), 3);
    let cases = csv_rows(&desk.read("out/cases.csv"));
    let brief: Vec<[&str; 3]> = cases
        .iter()
        .map(|c| ["case_id", "incidents", "mentions"].map(|k| c[k].as_str()))
        .collect();
    assert_eq!(brief, [["C2", "1", "1"], ["C1", "2", "2"]]);
    let manifest = check_counts(&desk, "out", |name| {
        csv_rows(&desk.read(&format!("out/{name}.csv")))
    });
    assert_eq!(manifest["counts"]["cases"], 2);
}

/// The same text in two fields of a record is found in both, each at its own offsets.
#[test]
fn fields_are_scanned_apart() {
    let desk = Desk::new();
    desk.write("in.csv", "id,narrative,notes\nI1,he took her,bank card\nI2,he took her bank card,é he took her bank card\n");
    desk.scan("out", &["in.csv", COLUMNS[0], COLUMNS[1]], 0);
    let evidence = csv_rows(&desk.read("out/evidence.csv"));
    let brief: Vec<[&str; 4]> = evidence
        .iter()
        .map(|e| ["incident_id", "field", "start", "end"].map(|k| e[k].as_str()))
        .collect();
    assert_eq!(
        brief,
        [["I2", "narrative", "3", "21"], ["I2", "notes", "5", "23"]]
    );
}

/// A context marker counts only beside an indicator of the same record.
#[test]
fn context_markers_alone_do_not_count() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "id,narrative\nI1,AP known to police\nI2,AP known to police and took her bank card\n",
    );
    desk.scan("out", &["in.csv"], 0);
    let ids = |name: &str| {
        csv_rows(&desk.read(name))
            .iter()
            .map(|r| (r["incident_id"].clone(), r["category"].clone()))
            .collect::<Vec<_>>()
    };
    let pair = |id: &str, category: &str| (id.to_owned(), category.to_owned());
    assert_eq!(
        ids("out/evidence.csv"),
        [pair("I2", "perp_history"), pair("I2", "economic_control")]
    );
    assert_eq!(ids("out/suppressed.csv"), [pair("I1", "perp_history")]);
}

/// The manifest leads back to the input and to the lexicon.
#[test]
fn the_manifest_names_what_was_run() {
    use sha2::Digest as _;
    let desk = Desk::new();
    let file = csv_file(&records(30));
    desk.write("in.csv", &file);
    desk.scan("out", &["in.csv", COLUMNS[0], COLUMNS[1]], 0);
    let manifest: Value =
        serde_json::from_str(&desk.read("out/manifest.json")).expect("valid JSON");
    let hash: String = sha2::Sha256::digest(&file)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(manifest["inputs"][0]["sha256"], Value::from(hash));
    assert_eq!(manifest["inputs"][0]["bytes"], Value::from(file.len()));
    assert_eq!(
        manifest["lexicon"]["sha256"],
        Value::from(crate::support::lexicon().fingerprint.clone())
    );
    assert_eq!(manifest["version"], Value::from(env!("CARGO_PKG_VERSION")));
}

/// Every row of runs with the built-in lexicon, on the sample and on the shared texts where they
/// are at hand.
#[test]
fn quotes_and_counts_on_real_texts() {
    let sample = crate::support::crate_folder().join("data/sample_incidents.csv");
    let pfd = ["investigation", "circumstances", "concerns"].as_slice();
    let mut runs = vec![(Some(sample), [].as_slice())];
    for (name, columns) in [
        ("pfd_reports.csv", pfd),
        ("boston_field_reports.csv", &[]),
        ("campus_police_incidents.csv", &[]),
        ("reddit_segments.csv", &[]),
    ] {
        runs.push((shared(&format!("data/{name}")), columns));
    }
    for (path, columns) in runs {
        let Some(path) = path else { continue };
        let begun = Instant::now();
        let desk = Desk::new();
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let list = columns.join(",");
        let mut args = vec![
            "scan",
            path.to_str().expect("a plain path"),
            "--out",
            "out",
            "--format",
            "csv,jsonl",
            "--raw-csv",
        ];
        if !columns.is_empty() {
            args.extend(["--text-column", &list]);
        }
        let run = desk.run(&args);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let texts = texts(
            &path,
            &ReadOptions {
                text_columns: columns,
                ..ReadOptions::default()
            },
        );
        let csv = |name: &str| csv_rows(&desk.read(&format!("out/{name}.csv")));
        let rows =
            check_quotes(&csv("evidence"), &texts) + check_quotes(&csv("suppressed"), &texts);
        for name in ["evidence", "suppressed", "cases"] {
            assert_eq!(
                csv(name),
                jsonl_rows(&desk.read(&format!("out/{name}.jsonl")))
            );
        }
        let manifest = check_counts(&desk, "out", csv);
        let counts = &manifest["counts"];
        let name = path.file_name().expect("a name").display();
        eprintln!(
            "{name}: {} records, {rows} rows checked, {} cases flagged, {:.1} s",
            counts["records_read"],
            counts["cases_flagged"],
            begun.elapsed().as_secs_f64()
        );
    }
}

/// The sample of linked cases, as a user would run it: its cases, and what was joined.
#[test]
fn the_sample_of_cases_shows_each_kind() {
    let sample = crate::support::crate_folder().join("data/sample_cases.csv");
    let sample = sample.to_str().expect("a plain path");
    let desk = Desk::new();
    let options = [
        "--link-by",
        "victim_id+suspect_id,address_id",
        "--coded-column",
        "strangulation_flag=strangulation",
        "--coverage",
        "--raw-csv",
    ];
    let run = |out: &str, inputs: &[&str]| {
        let mut args = vec!["scan"];
        args.extend(inputs);
        args.extend(["--out", out]);
        args.extend(options);
        let run = desk.run(&args);
        assert_eq!(run.status, 0, "{}", run.stderr);
    };
    run("out", &[sample]);
    let csv = |out: &str, name: &str| csv_rows(&desk.read(&format!("{out}/{name}.csv")));
    let column = |rows: &[BTreeMap<String, String>], name: &str| -> Vec<String> {
        rows.iter().map(|row| row[name].clone()).collect()
    };

    let manifest: Value =
        serde_json::from_str(&desk.read("out/manifest.json")).expect("valid JSON");
    assert_eq!(manifest["links"]["records_joined"], 4);
    assert_eq!(manifest["links"]["cases_joined"], 1);
    assert_eq!(manifest["links"]["by_column"]["address_id"], 2);
    assert_eq!(manifest["links"]["by_column"]["victim_id+suspect_id"], 3);
    assert_eq!(manifest["texts"]["may_be_cut"], 3);
    let joined = csv("out", "chronology")
        .into_iter()
        .filter(|row| row["case_id"] == "linked LK-01");
    let joined: Vec<_> = joined.collect();
    assert_eq!(
        column(&joined, "incident_id"),
        ["LK-01", "LK-02", "LK-03", "LK-04"]
    );
    let mut kinds = column(&csv("out", "inconsistencies"), "kind");
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "coded_and_text",
            "form_and_text",
            "grade_and_content",
            "history_claimed",
            "roles_swapped"
        ]
    );
    let mut gaps = column(&csv("out", "coverage"), "gap");
    gaps.sort();
    gaps.dedup();
    assert_eq!(gaps, ["empty", "may_be_cut", "very_short"]);

    // The case like the one that the program was made for: what nobody put together stands together.
    let cases = csv("out", "cases");
    let case = cases
        .iter()
        .find(|row| row["case_id"] == "MC-01")
        .expect("the case");
    assert_eq!(case["tier"], "1");
    assert!(
        case["reasons"].contains("reported on 2 April 2024: \""),
        "{}",
        case["reasons"]
    );
    assert!(
        case["pattern"].contains("Narrowing: the days between the 5 dated incidents"),
        "{}",
        case["pattern"]
    );
    let conduct: Vec<_> = csv("out", "course_of_conduct")
        .into_iter()
        .filter(|row| row["case_id"] == "MC-01")
        .collect();
    assert!(column(&conduct, "part").contains(&"control_and_entrapment".to_owned()));
    assert!(column(&conduct, "part").contains(&"control_and_suicidality".to_owned()));
    let chronology: Vec<_> = csv("out", "chronology")
        .into_iter()
        .filter(|row| row["case_id"] == "MC-01")
        .collect();
    assert!(chronology[1]["reporter"].starts_with("neighbour"));
    assert!(chronology[1]["outcome"].contains("no arrest"));

    // The same records in two files, the other way round: the same cases.
    let text = std::fs::read_to_string(sample).expect("readable");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<::csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    for (name, part) in [("a.csv", &rows[20..]), ("b.csv", &rows[..20])] {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).expect("memory");
        for row in part.iter().rev() {
            writer.write_record(row).expect("memory");
        }
        desk.write(name, writer.into_inner().expect("memory"));
    }
    run("parts", &["a.csv", "b.csv"]);
    for table in ["cases", "course_of_conduct", "inconsistencies"] {
        assert_eq!(csv("out", table), csv("parts", table), "{table}");
    }
}
