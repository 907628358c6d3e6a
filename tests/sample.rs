//! `throughline sample`, from a run over the file that is read to the estimate.

use std::collections::BTreeSet;

use crate::cli::{Desk, Run, holds};
use crate::review::{rows, write_rows};

/// 60 records in 20 cases: every fifth tells of a card, one is empty, the rest are quiet.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut file = String::from("case_id,incident_id,incident_date,narrative,officer_notes\n");
    for n in 0..60 {
        let text = match n {
            1 => "",
            _ if n % 5 == 0 => "He took her bank card.",
            _ => "Quiet shift.",
        };
        let notes = if n == 1 { " " } else { "=nothing seen" };
        file += &format!("C{},I{n},2024-01-01,{text},{notes}\n", n % 20);
    }
    desk.write("in.csv", file);
    desk.scan(
        "run",
        &["in.csv", "--text-column", "narrative,officer_notes"],
        0,
    );
    desk
}

fn sample(desk: &Desk, args: &[&str], status: i32) -> Run {
    let mut all = vec!["sample", "run"];
    all.extend(args);
    desk.run_to(&all, status)
}

#[test]
fn a_sample_is_of_unflagged_records_with_text_and_the_same_for_a_seed() {
    let desk = desk();
    let plan = sample(&desk, &["--rate", "0.5", "--margin", "0.1"], 0);
    // n0 = 1.96²·0.25/0.01 = 96.04; of 47: 96.04 / (1 + 95.04/47) = 31.78.
    holds(
        &plan.stdout,
        &[
            "59 records with text = 12 with evidence + 47 without",
            "± 0.1 (95%): read 32 of those",
        ],
    );
    sample(&desk, &["--n", "20", "--seed", "5", "--out", "a.csv"], 0);
    sample(
        &desk,
        &[
            "--n", "20", "--seed", "5", "--out", "b.csv", "--input", "in.csv",
        ],
        0,
    );
    assert_eq!(desk.read("a.csv"), desk.read("b.csv"));
    sample(&desk, &["--n", "20", "--seed", "6", "--out", "c.csv"], 0);
    sample(&desk, &["--n", "8", "--seed", "5", "--out", "d.csv"], 0);
    let ids = |name: &str| -> Vec<String> {
        rows(&desk.read(name))
            .iter()
            .map(|r| r["incident_id"].clone())
            .collect()
    };
    let drawn = ids("a.csv");
    assert_ne!(drawn, ids("c.csv"));
    assert_eq!(drawn[..8], ids("d.csv"));
    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 20);
    for id in &drawn {
        let n: u32 = id[1..].parse().expect("a number");
        assert!(!n.is_multiple_of(5) && n != 1, "{id} is flagged or empty");
    }
    let row = &rows(&desk.read("a.csv"))[0];
    assert_eq!(row["unflagged"], "47");
    assert_eq!(row["sample_no"], "1");
    assert_eq!(
        row["narrative"],
        "[narrative]\nQuiet shift.\n\n[officer_notes]\n=nothing seen"
    );
    // More than there are: all of them. A file that is there may hold decisions.
    holds(
        &sample(&desk, &["--n", "99", "--out", "e.csv"], 0).stdout,
        &["e.csv: 47 of 47 records"],
    );
    holds(
        &sample(&desk, &["--out", "a.csv"], 2).stderr,
        &["a.csv: is there already"],
    );
    holds(
        &sample(&desk, &["--out", "a.txt"], 2).stderr,
        &["ends in .csv"],
    );
}

#[test]
fn what_was_missed_and_recall() {
    let desk = desk();
    sample(
        &desk,
        &["--n", "22", "--seed", "5", "--out", "sample.csv"],
        0,
    );
    let mut read = rows(&desk.read("sample.csv"));
    for (index, row) in read.iter_mut().enumerate() {
        let said = match index {
            0 | 7 => "Missed",
            3 => "unsure",
            21 => "",
            _ => "nothing",
        };
        row.insert("reviewer_decision".into(), said.into());
        if index == 7 {
            row.insert("missed_categories".into(), "isolation; threats".into());
        }
    }
    desk.write("read.csv", write_rows(&read, b';'));
    let told = sample(&desk, &["--read", "read.csv"], 0);
    // 2 of 20: Wilson centre (2 + 1.92073) / 23.84146 = 0.16445, spread 1.95996·√(1.8 + 0.96036) /
    // 23.84146 = 0.13658: 0.028 to 0.301. Of 47: 4.7, 1.31 (never below the 2 found) to 14.15.
    holds(
        &told.stdout,
        &[
            "20 of 47 records without evidence were read and decided; 2 of the sample are open",
            "1 of these stand before others",
            "in 2 of n=20: 0.100 (0.028–0.301)",
            "of 47: about 5 (2–15)",
            "isolation                                1",
            // 12 / 16.7, 12 / 26.15, 12 / 14.
            "if all 12 flagged records were right: 0.72 (0.46–0.86)",
        ],
    );
    // Nine of the twelve flagged are right: 0.75 (0.47–0.91) of 12 = 9 (5.61–10.93); recall 9 / 13.7,
    // 5.61 / 19.76, 10.93 / 12.93.
    let mut evidence = rows(&desk.read("run/evidence.csv"));
    for (index, row) in evidence.iter_mut().enumerate() {
        let said = if index % 4 == 0 { "dismiss" } else { "accept" };
        row.insert("reviewer_decision".into(), said.into());
    }
    desk.write("kim.csv", write_rows(&evidence, b','));
    let told = sample(&desk, &["--read", "read.csv", "--reviewed", "kim.csv"], 0);
    holds(
        &told.stdout,
        &[
            "precision by record: 0.75 (0.47–0.91) n=12 of 12",
            "recall by record: 0.66 (0.28–0.85;",
        ],
    );
}

#[test]
fn what_cannot_be_used_is_named() {
    let desk = desk();
    sample(&desk, &["--n", "4", "--out", "sample.csv"], 0);
    let mut read = rows(&desk.read("sample.csv"));
    read[1].insert("reviewer_decision".into(), "SENTINEL".into());
    desk.write("read.csv", write_rows(&read, b','));
    let told = sample(&desk, &["--read", "read.csv"], 1);
    holds(
        &told.stderr,
        &["column \"reviewer_decision\": no decision; one of missed, nothing, unsure"],
    );
    assert!(!told.stderr.contains("SENTINEL"));
    holds(&told.stdout, &["nothing was decided"]);
    // Another draw, another run, no sample, another input.
    sample(&desk, &["--n", "4", "--seed", "9", "--out", "other.csv"], 0);
    holds(
        &sample(&desk, &["--read", "read.csv", "other.csv"], 2).stderr,
        &["another draw"],
    );
    holds(
        &sample(&desk, &["--read", "in.csv"], 2).stderr,
        &["in.csv: line 1: no column \"run_id\""],
    );
    read[0].insert("run_id".into(), "0123456789abcdef".into());
    desk.write("read.csv", write_rows(&read, b','));
    holds(
        &sample(&desk, &["--read", "read.csv"], 2).stderr,
        &["a sample of the run 0123456789abcdef"],
    );
    desk.write(
        "in.csv",
        desk.read("in.csv") + "C9,I99,2024-01-01,Quiet.,\n",
    );
    holds(
        &sample(&desk, &["--n", "4", "--out", "f.csv"], 2).stderr,
        &["in.csv: this file is not among the inputs of the run"],
    );
    assert!(!desk.path("f.csv").exists());
}

/// A run that linked records gave them other cases than a second reading does.
#[test]
fn no_flagged_record_of_a_linked_run_is_drawn() {
    let desk = Desk::new();
    let mut file = String::from("incident_id,incident_date,victim_id,narrative\n");
    for n in 0..30 {
        let text = if n % 3 == 0 {
            "He took her bank card."
        } else {
            "Quiet shift."
        };
        file += &format!("I{n},2024-01-01,V{},{text}\n", n % 5);
    }
    desk.write("in.csv", file);
    desk.scan(
        "run",
        &[
            "in.csv",
            "--text-column",
            "narrative",
            "--link-by",
            "victim_id",
        ],
        0,
    );
    sample(&desk, &["--n", "30", "--seed", "5", "--out", "a.csv"], 0);
    let drawn = desk.read("a.csv");
    assert!(drawn.contains("Quiet shift."), "{drawn}");
    assert!(!drawn.contains("bank card"), "{drawn}");
    assert_eq!(drawn.matches("Quiet shift.").count(), 20);
}
