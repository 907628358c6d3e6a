//! `throughline statement`: filled from the manifest, and its figures those of the README.

use throughline::evaluate::wilson;
use throughline::lexicon::LexiconSource;
use throughline::statement::Measured;

use crate::cli::{Desk, Run, holds};
use crate::review::{rows, write_rows};
use crate::support::crate_folder;

fn readme() -> String {
    let text = std::fs::read_to_string(crate_folder().join("README.md")).expect("readable");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn statement(desk: &Desk, args: &[&str], status: i32) -> Run {
    let mut all = vec!["statement"];
    all.extend(args);
    desk.run_to(&all, status)
}

#[test]
fn measured_figures_are_those_of_the_readme() {
    let readme = readme();
    let measured = Measured::built_in();
    holds(
        &readme,
        &[&format!(
            "{}, lexicon {} (",
            measured.measured_on, measured.lexicon_version
        )],
    );
    assert!(
        readme.contains(&format!(" {} rules, ", measured.rules)),
        "{} rules",
        measured.rules
    );
    for row in &measured.accuracy {
        let [low, high] = row.precision_interval;
        let precision = format!("{:.2} ({low:.2}–{high:.2})", row.precision);
        let [low, high] = row.recall_interval;
        let recall = format!("{:.2} ({low:.2}–{high:.2})", row.recall);
        let bold = if row.expect { "**" } else { "" };
        let line = format!(
            "| {} | {bold}{precision}{bold} n={} | {bold}{recall}{bold} n={} |",
            row.documents, row.found, row.labelled
        );
        holds(&readme, &[&line]);
    }
    assert_eq!(measured.accuracy.iter().filter(|a| a.expect).count(), 1);
    let section = readme.split("## Measured").nth(1).expect("there");
    for figure in &measured.figure {
        let number = format!("n={}", figure.n);
        let mut n = section.match_indices(&number);
        let near = |(at, _): (usize, &str)| {
            let from = section[..at]
                .char_indices()
                .rev()
                .nth(90)
                .map_or(0, |(i, _)| i);
            section[from..at].contains(&figure.share)
        };
        assert!(n.any(near), "{}: {}", figure.what, figure.share);
    }
}

/// An interval that belongs to no whole number of hits was mistyped.
#[test]
fn measured_intervals_can_be() {
    for row in &Measured::built_in().accuracy {
        for (share, interval, n) in [
            (row.precision, row.precision_interval, row.found),
            (row.recall, row.recall_interval, row.labelled),
        ] {
            let near = |x: f64, y: f64| (x - y).abs() < 0.005 + 1e-9;
            let fits = (0..=n).any(|hits| {
                let (low, high) = wilson(hits, n).expect("n > 0");
                near(hits as f64 / n as f64, share)
                    && near(low, interval[0])
                    && near(high, interval[1])
            });
            assert!(fits, "{}: {share} {interval:?} n={n}", row.set);
        }
    }
}

#[test]
fn a_statement_is_filled_from_the_run() {
    let desk = Desk::new();
    let mut file = String::from("case_id,incident_id,narrative\n");
    for n in 0..9 {
        let text = if n < 4 {
            "SENTINEL He took her bank card."
        } else {
            "SENTINEL Quiet."
        };
        file += &format!("C{n},I{n},{text}\n");
    }
    file += "C9,too,many,cells\n";
    desk.write("folder/in|put.csv", file);
    desk.scan(
        "run",
        &["folder/in|put.csv", "--text-column", "narrative"],
        1,
    );
    let told = statement(&desk, &["run"], 0).stdout;
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.read("run/manifest.json")).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    holds(
        &told,
        &[
            &format!("| Run | `{}` |", text(&manifest["run_id"])),
            &text(&manifest["lexicon"]["sha256"]),
            &text(&manifest["inputs"][0]["sha256"]),
            "version test, 7 rules",
            "(not the one built into this program)",
            "They do not speak for it",
            "| in\\|put.csv | csv, utf-8 | 10 | 1 |",
            "Records read 10 = scanned 9 + rejected 1",
            "4 matches = 4 findings + 0 set aside",
            "4 of 9 cases flagged (tier 3: 4)",
            "- text\\_column: narrative",
            "Precision: not measured here",
            "Missed: not measured here",
            "## 4. Human oversight",
            "It misses about",
            "English only, British first.",
        ],
    );
    assert!(!told.contains("SENTINEL") && !told.contains("folder") && !told.contains("Samaritans"));
    assert!(!told.contains("{{") && !told.contains("{%") && !told.contains("none →"));
    // What was measured on the run.
    let mut evidence = rows(&desk.read("run/evidence.csv"));
    for (index, row) in evidence.iter_mut().enumerate() {
        let said = if index == 0 { "dismiss" } else { "accept" };
        row.insert("reviewer_decision".into(), said.into());
    }
    desk.write("Kim Secret.csv", write_rows(&evidence, b';'));
    let drawn = desk.run(&["sample", "run", "--n", "4", "--out", "sample.csv"]);
    assert_eq!(drawn.status, 0, "{}", drawn.stderr);
    let mut sample = rows(&desk.read("sample.csv"));
    for (index, row) in sample.iter_mut().enumerate() {
        let said = if index == 0 { "missed" } else { "nothing" };
        row.insert("reviewer_decision".into(), said.into());
    }
    desk.write("sample-read.csv", write_rows(&sample, b','));
    let args = [
        "run",
        "--reviewed",
        "Kim Secret.csv",
        "--sample",
        "sample-read.csv",
        "--out",
        "method.md",
    ];
    assert!(statement(&desk, &args, 0).stdout.is_empty());
    let told = desk.read("method.md");
    // 3 of 4: (3 + 1.92073) / 7.84146 = 0.62753, ± 1.95996·√(0.75 + 0.96036) / 7.84146 = 0.32689.
    holds(
        &told,
        &[
            "from one reviewer on this run: findings 0.75 (0.30–0.95) n=4; records 0.75 (0.30–0.95) n=4",
            "in 1 of n=4: 0.250 (0.046–0.699); of 5 unflagged records that is about 1 (1–2)",
        ],
    );
    assert!(!told.contains("Kim") && !told.contains("not measured here"));
}

#[test]
fn the_built_in_lexicon_is_known_by_its_fingerprint() {
    let desk = Desk::new();
    desk.write("in.csv", "case_id,narrative\nC1,Quiet.\n");
    let run = desk.run(&["scan", "in.csv", "--out", "run"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let told = statement(&desk, &["run"], 0).stdout;
    holds(
        &told,
        &[
            "(the one built into this program)",
            &LexiconSource::built_in().fingerprint(),
            "0 of 1 cases flagged.",
        ],
    );
    assert!(!told.contains("They do not speak for it"));
}
