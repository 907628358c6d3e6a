//! `throughline review`, from a scanned file over what reviewers and their spreadsheets did to it to
//! figures, proposals and a gold file.

use std::collections::BTreeMap;

use crate::cli::{Desk, Run, holds};
use crate::support::lexicon_folder;

const HEADER: &str = "case_id,incident_id,incident_date,narrative\n";

/// The rows of a table, by column name.
pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

/// Writes rows as a spreadsheet of another country would: semicolons, every cell quoted.
pub fn write_rows(rows: &[BTreeMap<String, String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(rows[0].keys()).expect("written");
    for row in rows {
        writer.write_record(row.values()).expect("written");
    }
    writer.into_inner().expect("written")
}

/// Twelve cases: ten about a card, one about suicide, one quiet.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut file = HEADER.to_owned();
    for n in 1..=10 {
        file += &format!("00{n},I{n},2024-01-01,\"Note {n}. He took her bank card again.\"\n");
    }
    file += "011,I11,2024-01-02,\"She is suicidal. He took her bank card.\"\n";
    file += "012,I12,2024-01-03,quiet shift\n";
    desk.write("in.csv", file);
    desk.scan("run", &["in.csv"], 0);
    desk
}

/// Fills in the evidence of `run`: the verdict by case reference.
fn reviewed(
    desk: &Desk,
    verdict: impl Fn(&str, &str) -> &'static str,
) -> Vec<BTreeMap<String, String>> {
    let mut rows = rows(&desk.read("run/evidence.csv"));
    assert_eq!(rows.len(), 12);
    for row in &mut rows {
        let said = verdict(&row["case_id"], &row["category"]);
        row.insert("reviewer_decision".into(), said.into());
    }
    rows
}

fn review(desk: &Desk, args: &[&str], status: i32) -> Run {
    let lexicon = lexicon_folder();
    let mut all = vec!["review", "--lexicon", lexicon.to_str().expect("plain")];
    all.extend(args);
    desk.run_to(&all, status)
}

#[test]
fn a_closed_terminal_costs_no_file() {
    let desk = desk();
    desk.write(
        "kim.csv",
        write_rows(&reviewed(&desk, |_, _| "accept"), b','),
    );
    let lexicon = lexicon_folder();
    let mut args = vec!["review", "--lexicon", lexicon.to_str().expect("plain")];
    args.extend([
        "kim.csv",
        "--run",
        "run",
        "--out",
        "told",
        "--gold",
        "gold.jsonl",
    ]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let ended = desk
        .command(&args)
        .stdout(writer)
        .output()
        .expect("it runs");
    assert!(!String::from_utf8_lossy(&ended.stderr).contains("panicked"));
    assert!(desk.read("told/precision.csv").contains("economic_control"));
    assert!(desk.read("gold.jsonl").contains("economic_control"));
}

#[test]
fn precision_agreement_and_disagreements_of_two_reviewers() {
    let desk = desk();
    // Of the eleven cards both accept 6, both dismiss 2, and differ on 3 (kim yes, lee no: 2; kim no,
    // lee yes: 1). Both accept the suicide. So n=12, the same on 9: observed 0.75; kim says yes 9
    // times and lee 8: by chance (9·8 + 3·4) / 144 = 0.583333; kappa 0.166667 / 0.416667 = 0.4.
    let kim = |case: &str, _: &str| match case {
        "007" | "008" | "0010" => "Dismiss",
        _ => "accept",
    };
    let lee = |case: &str, _: &str| match case {
        "007" | "008" | "005" | "006" => "no",
        _ => "YES",
    };
    desk.write("kim.csv", write_rows(&reviewed(&desk, kim), b';'));
    desk.write("lee.csv", write_rows(&reviewed(&desk, lee), b'\t'));
    let run = review(
        &desk,
        &["kim.csv", "lee.csv", "--run", "run", "--out", "told"],
        0,
    );
    holds(
        &run.stdout,
        &[
            "reviewers  kim, lee",
            "12 = 7 accepted + 2 dismissed + 3 differing + 0 unsure + 0 open",
            "kim and lee, mentions: kappa 0.40",
            "the same on 9 of n=12",
            "disagreements: 3",
            "005, I5, narrative 11–29: economic_control.",
            ": kim accept, lee dismiss",
            // Wilson for 7 of 9, by hand: centre (7 + 1.9207) / 12.8415 = 0.6947, spread 1.95996·√(14/9 + 0.96036) /
            // 12.8415 = 0.2421.
            "0.78 (0.45–0.94) n=9",
        ],
    );
    assert!(!run.stdout.contains("bank card"), "no quotes on a terminal");
    let precision = rows(&desk.read("told/precision.csv"));
    let of = |kind: &str, id: &str| {
        let row = precision
            .iter()
            .find(|r| r["kind"] == kind && r["id"] == id);
        row.unwrap_or_else(|| panic!("no {kind} {id}")).clone()
    };
    // 6 of 8: centre (6 + 1.92073) / 11.84146 = 0.66890; spread 1.95996·√(12/8 + 0.96036) / 11.84146
    // = 0.25962.
    let card = of("category", "economic_control");
    assert_eq!(
        (card["n"].as_str(), card["precision"].as_str()),
        ("8", "0.750")
    );
    assert_eq!(
        (card["low"].as_str(), card["high"].as_str()),
        ("0.409", "0.929")
    );
    assert_eq!(of("category", "si_active")["precision"], "1.000");
    let agreement = rows(&desk.read("told/agreement.csv"));
    assert_eq!(agreement.len(), 1);
    assert_eq!(agreement[0]["kappa"], "0.400");
    assert_eq!(agreement[0]["by_chance"], "0.583");
    assert_eq!(rows(&desk.read("told/disagreements.csv")).len(), 3);
    let proposals = rows(&desk.read("told/proposals.csv"));
    assert_eq!(proposals.len(), 1, "{proposals:?}");
    assert_eq!(proposals[0]["proposal"], "narrow");
    assert_eq!(proposals[0]["false_positives"], "2");
    assert_eq!(rows(&desk.read("told/false_positives.csv")).len(), 2);
}

#[test]
fn a_rule_that_is_mostly_wrong_and_a_sentence_of_many_cases() {
    let desk = desk();
    let mut marked = reviewed(&desk, |case, _| match case {
        "001" | "011" => "accept",
        _ => "dismiss",
    });
    for row in &mut marked {
        row.insert("reason".into(), "Form text".into());
    }
    desk.write("kim.csv", write_rows(&marked, b','));
    let run = review(&desk, &["kim.csv", "--run", "run"], 0);
    holds(
        &run.stdout,
        &[
            "mute           economic_control.",
            "9 false positives, precision 0.18 (0.05–0.48) n=11; form text (9)",
        ],
    );
    // The same sentence stands in ten cases; it was accepted in one, so it is no form's.
    assert!(!run.stdout.contains("mute sentence"), "{}", run.stdout);
    let marked = reviewed(
        &desk,
        |case, _| if case == "011" { "accept" } else { "dismiss" },
    );
    desk.write("kim.csv", write_rows(&marked, b','));
    let run = review(&desk, &["kim.csv", "--run", "run"], 0);
    holds(&run.stdout, &["mute sentence", "10 false positives"]);
}

/// What the dismissed have in common and the accepted have not is told, and nothing else.
#[test]
fn a_proposal_says_where_to_begin() {
    let desk = Desk::new();
    let mut file = String::from("case_id,incident_id,narrative,notes\n");
    for n in 0..8 {
        let (narrative, notes) = match n % 2 {
            0 => ("He took her bank card.", "Quiet."),
            _ => ("Quiet.", "He took her bank card."),
        };
        file += &format!("C{n},I{n},{narrative},{notes}\n");
    }
    desk.write("in.csv", file);
    desk.scan("run", &["in.csv", "--text-column", "narrative,notes"], 0);
    let mut marked = rows(&desk.read("run/evidence.csv"));
    for row in &mut marked {
        let said = if row["field"] == "notes" {
            "dismiss"
        } else {
            "accept"
        };
        row.insert("reviewer_decision".into(), said.into());
    }
    desk.write("kim.csv", write_rows(&marked, b','));
    let run = review(&desk, &["kim.csv", "--run", "run", "--out", "told"], 0);
    let shared = "field notes in 4 of 4 dismissed and 0 of 4 accepted";
    holds(&run.stdout, &["narrow         economic_control.", shared]);
    assert_eq!(rows(&desk.read("told/proposals.csv"))[0]["shared"], shared);
    // A table from which rows were taken is not the run's any more.
    desk.write("run/evidence.csv", write_rows(&marked[..6], b','));
    let run = review(&desk, &["run/evidence.csv"], 0);
    holds(&run.stderr, &["has 6 rows, and the manifest says 8"]);
    let run = review(&desk, &["run/cases.csv"], 0);
    holds(&run.stderr, &["no decision stands in these files"]);
}

#[test]
fn what_a_spreadsheet_did_to_the_references_is_undone() {
    let desk = desk();
    let mut marked = reviewed(&desk, |_, _| "accept");
    for row in &mut marked {
        let number: u64 = row["case_id"].parse().expect("digits");
        row.insert("case_id".into(), number.to_string());
    }
    // A reference that a spreadsheet took for a date: only place and words are left, and only the
    // suicide stands where no other mention does.
    let last = marked.len() - 2;
    assert_eq!(marked[last]["category"], "si_active");
    marked[last].insert("case_id".into(), "11-Jan".into());
    desk.write("kim.csv", write_rows(&marked, b';'));
    let run = review(&desk, &["kim.csv", "--run", "run"], 0);
    holds(&run.stdout, &["12 = 12 accepted + 0 dismissed"]);
    holds(
        &run.stderr,
        &["kim.csv: 12 rows have references that a spreadsheet altered"],
    );
}

#[test]
fn rows_that_cannot_be_used_are_named_by_file_line_and_column() {
    let desk = desk();
    let mut marked = reviewed(&desk, |_, _| "accept");
    marked[0].insert("reviewer_decision".into(), "SENTINEL".into());
    marked[1].insert("start".into(), "SENTINEL".into());
    marked[2].insert("end".into(), "999".into());
    let mut bytes = write_rows(&marked, b',');
    bytes.extend(b"too,many".repeat(30));
    desk.write("kim.csv", bytes);
    let run = review(&desk, &["kim.csv", "--run", "run"], 1);
    holds(
        &run.stderr,
        &[
            "kim.csv: line 2: column \"reviewer_decision\": no decision; one of accept, dismiss, unsure",
            "kim.csv: line 3: column \"start, end\": not a whole number",
            "kim.csv: line 4: no such mention in the run",
            "kim.csv: line 14: 31 cells where the header has 22",
        ],
    );
    assert!(!run.stderr.contains("SENTINEL") && !run.stderr.contains("bank card"));
    holds(
        &run.stdout,
        &["12 = 9 accepted + 0 dismissed + 0 differing + 0 unsure + 3 open"],
    );
}

#[test]
fn files_of_other_runs_and_other_kinds_are_refused() {
    let desk = desk();
    desk.write(
        "other.csv",
        format!("{HEADER}X,Y,2024-01-01,he took her bank card\n"),
    );
    desk.scan("other", &["other.csv"], 0);
    let mut marked = rows(&desk.read("other/evidence.csv"));
    marked[0].insert("reviewer_decision".into(), "accept".into());
    desk.write("kim.csv", write_rows(&marked, b','));
    let run = review(&desk, &["kim.csv", "--run", "run"], 2);
    holds(
        &run.stderr,
        &["kim.csv: no row of this file belongs to the run "],
    );
    let run = review(&desk, &["in.csv", "--run", "run"], 2);
    holds(
        &run.stderr,
        &["in.csv: line 1: no column reviewer_decision or decision"],
    );
    let run = review(&desk, &["kim.csv"], 2);
    holds(&run.stderr, &["which run?", "--run DIR"]);
    desk.write(
        "named.csv",
        "run_id,case_id,decision\n0123456789abcdef,001,accept\n",
    );
    let run = review(&desk, &["named.csv", "--run", "run"], 2);
    holds(
        &run.stderr,
        &[
            "named.csv: line 2: column \"run_id\": decisions on the run 0123456789abcdef, and this is the run ",
        ],
    );
    // A manifest of before there were run ids: said, and the rows decide.
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.read("run/manifest.json")).expect("JSON");
    let mut manifest = manifest.as_object().expect("an object").clone();
    manifest.remove("run_id");
    desk.write(
        "run/manifest.json",
        serde_json::to_vec(&manifest).expect("JSON"),
    );
    let run = review(&desk, &["named.csv", "--run", "run"], 0);
    holds(&run.stderr, &["the manifest has no run id"]);
}

#[test]
fn the_file_of_the_report_page_decides_mentions_and_cases() {
    let desk = desk();
    let evidence = rows(&desk.read("run/evidence.csv"));
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.read("run/manifest.json")).expect("JSON");
    let id = manifest["run_id"].as_str().expect("a run id");
    let mut file = String::from(
        "run_id,case_id,incident_id,field,start,end,category,rule_id,decision,reason,comment,reviewer,reviewed_on\n",
    );
    for (reviewer, verdict) in [("Kim", "accept"), ("Lee", "unsure")] {
        let m = &evidence[0];
        file += &format!(
            "{id},{},{},{},{},{},{},{},{verdict},,\"a, comment\",{reviewer},28/11/2026\n",
            m["case_id"],
            m["incident_id"],
            m["field"],
            m["start"],
            m["end"],
            m["category"],
            m["rule_id"]
        );
        file += &format!("{id},002,,,,,,,dismiss,not_abuse,,{reviewer},2026-11-28\n");
    }
    // Lee came back to the case and changed his mind; a row of an earlier day does not undo that.
    file += &format!(
        "{id},002,,,,,,,accept,,,Lee,30/11/2026\n{id},002,,,,,,,dismiss,,,Lee,29/11/2026\n"
    );
    desk.write("run/reviewed.csv", file);
    let run = review(&desk, &["run/reviewed.csv"], 0);
    holds(
        &run.stdout,
        &[
            "reviewers  Kim, Lee",
            "12 = 1 accepted + 0 dismissed + 0 differing + 0 unsure + 11 open",
            "Kim and Lee, cases: kappa 0.00 (0.00 to 0.00), the same on 0 of n=1",
            "case 002: Kim dismiss, Lee accept",
        ],
    );
    holds(
        &run.stderr,
        &["line 6: Lee decided this before, and otherwise"],
    );
}

#[test]
fn a_gold_file_grows_and_scores_as_decided() {
    let desk = desk();
    let marked = reviewed(&desk, |case, _| match case {
        "001" => "dismiss",
        "002" => "unsure",
        "003" => "",
        _ => "accept",
    });
    desk.write("kim.csv", write_rows(&marked, b','));
    desk.write(
        "gold.jsonl",
        "{\"doc_id\": \"mine\", \"text\": \"quiet\", \"labels\": []}\n",
    );
    let args = [
        "kim.csv",
        "--run",
        "run",
        "--gold",
        "gold.jsonl",
        "--input",
        "in.csv",
    ];
    let run = review(&desk, &args, 0);
    holds(
        &run.stderr,
        &["gold.jsonl: 10 texts added, 0 replaced, 0 as they were"],
    );
    let run = review(&desk, &args, 0);
    holds(&run.stderr, &["0 texts added, 0 replaced, 10 as they were"]);
    let lines: Vec<serde_json::Value> = desk
        .read("gold.jsonl")
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[0]["doc_id"], "mine");
    let first = &lines[1];
    assert_eq!(first["text"], "Note 1. He took her bank card again.");
    assert_eq!(first["labels"], serde_json::json!([]));
    let dispute = first["dispute"].as_array().expect("a list");
    assert!(!dispute.contains(&"economic_control".into()) && dispute.contains(&"si_active".into()));
    // In the order of case references: 001, 0010, 002.
    assert!(
        lines[3]["dispute"]
            .as_array()
            .expect("a list")
            .contains(&"economic_control".into())
    );
    for line in [&lines[2], &lines[4]] {
        assert_eq!(line["labels"][0]["quote"], "took her bank card");
    }
    // Scored with the same lexicon it says what the reviewer said: 8 cards right of 9, 1 suicide.
    let lexicon = lexicon_folder();
    let run = desk.run(&[
        "evaluate",
        "gold.jsonl",
        "--lexicon",
        lexicon.to_str().expect("plain"),
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let line = run
        .stdout
        .lines()
        .find(|l| l.starts_with("all "))
        .expect("a total");
    let figures: Vec<&str> = line.split_whitespace().take(5).collect();
    assert_eq!(figures, ["all", "9", "9", "1", "0"], "{}", run.stdout);
    // A changed mind replaces the text's labels.
    let marked = reviewed(&desk, |_, _| "accept");
    desk.write("kim.csv", write_rows(&marked, b','));
    let run = review(&desk, &args, 0);
    holds(
        &run.stderr,
        &["gold.jsonl: 1 texts added, 2 replaced, 8 as they were"],
    );
    // From sentences alone: one text a sentence, and the input is not needed.
    let run = review(
        &desk,
        &["kim.csv", "--run", "run", "--gold", "short.jsonl"],
        0,
    );
    holds(&run.stderr, &["short.jsonl: 3 texts added"]);
    // Another input than the run's is refused.
    desk.write("in.csv", desk.read("in.csv") + "013,I13,2024-01-04,quiet\n");
    let run = review(&desk, &args, 2);
    holds(
        &run.stderr,
        &["in.csv: this file is not among the inputs of the run"],
    );
}
