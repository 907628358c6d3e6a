//! `throughline compare`: every way in which a case or a mention can change, from two scans.

use std::collections::BTreeMap;

use crate::cli::{Desk, Run, holds};
use crate::review::rows;
use crate::support::lexicon_folder;

const INPUT: &str = "case_id,incident_id,incident_date,narrative\n\
    SAME,I1,2024-01-01,She is suicidal.\n\
    LOST,I2,2024-01-01,She wants to end her life.\n\
    ASIDE,I3,2024-01-01,She refutes being suicidal.\n\
    GAINED,I4,2024-01-01,He took her phone off her.\n\
    OTHER,I5,2024-01-01,He took her bank card.\n\
    SOONER,I6,2024-01-01,He gave her £20 a week and took her phone off her.\n\
    QUIET,I7,2024-01-01,Quiet shift.\n";

/// Scans twice; the second time with a lexicon in which
/// - "end her life" is no term any more (LOST) and "refutes" negates (ASIDE),
/// - `economic_control.card` stands in place of `holds_card` and takes "her bank card" (OTHER),
/// - taking a phone is isolation (GAINED, and two kinds of control in SOONER),
/// - `economic_control.pounds` is of tier 1 (SOONER).
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("in.csv", INPUT);
    desk.scan("a", &["in.csv"], 0);
    let read = |name: &str| std::fs::read_to_string(lexicon_folder().join(name)).expect("there");
    let changed = |name: &str, from: &str, to: &str| {
        let text = read(name);
        assert!(text.contains(from), "{name} lacks {from:?}");
        text.replace(from, to)
    };
    let suicide = changed("si_active.toml", ", \"end her life\"", "");
    let context = changed("context.toml", "(denies|denied)", "(denies|denied|refutes)");
    let money = changed(
        "economic_control.toml",
        "id = \"economic_control.holds_card\"\nstatus = \"reviewed\"\n\
         patterns = [\"(~hold|~take|~keep) [0-2] (bank card|purse|wages)\"]\nwithin = \"clause\"",
        "id = \"economic_control.card\"\nstatus = \"reviewed\"\npatterns = [\"her bank card\"]",
    );
    let money = money
        .replace(
            "examples = [\"he [took her bank card]\", \"AP [keeps IP's wages]\"]",
            "examples = [\"he took [her bank card]\"]",
        )
        .replace(
            "counter = [\"he took, her bank card was there\"]",
            "counter = [\"his wages\"]",
        )
        .replace(
            "status = \"reviewed\"\nregex",
            "status = \"reviewed\"\ntier = 1\nregex",
        );
    let isolation = read("isolation.toml")
        + "\n[[rule]]\nid = \"isolation.phone_taken\"\nstatus = \"reviewed\"\n\
           terms = [\"took her phone\"]\nwhy = \"test\"\nexamples = [\"he [took her phone]\"]\n\
           counter = [\"her phone\"]\n";
    desk.write("add/si_active.toml", suicide)
        .write("add/context.toml", context)
        .write("add/economic_control.toml", money)
        .write("add/isolation.toml", isolation);
    desk.scan("b", &["in.csv", "--lexicon-add", "add"], 0);
    desk
}

fn compare(desk: &Desk, args: &[&str], status: i32) -> Run {
    let mut all = vec!["compare"];
    all.extend(args);
    desk.run_to(&all, status)
}

#[test]
fn every_kind_of_change_is_told_with_its_rule() {
    let desk = desk();
    let told = compare(
        &desk,
        &["a", "b", "--format", "text,csv,html", "--out", "changes"],
        0,
    );
    holds(
        &told.stdout,
        &[
            "program          the same",
            "lexicon          changed: test, 7 rules, ",
            "input            the same: 1 file",
            "1 gained, 2 lost, 1 sooner, 0 later, 2 same",
            "2 gained, 2 lost, 1 replaced, 1 altered, 1 same",
        ],
    );
    assert!(!told.stdout.contains("phone off") && !told.stdout.contains("bank card"));
    let cases: BTreeMap<String, BTreeMap<String, String>> =
        rows(&desk.read("changes/changed_cases.csv"))
            .into_iter()
            .map(|row| (row["case_id"].clone(), row))
            .collect();
    let case = |id: &str| {
        let row = &cases[id];
        [
            &row["change"],
            &row["tier_a"],
            &row["tier_b"],
            &row["rules"],
        ]
        .map(String::as_str)
    };
    assert_eq!(
        case("LOST"),
        ["lost", "1", "", "si_active.kill_self (lost)"]
    );
    assert_eq!(
        case("ASIDE"),
        ["lost", "1", "", "si_active.kill_self (lost)"]
    );
    assert_eq!(
        case("GAINED"),
        ["gained", "", "3", "isolation.phone_taken (gained)"]
    );
    assert_eq!(
        case("SOONER"),
        [
            "sooner",
            "3",
            "2",
            "economic_control.pounds (altered); isolation.phone_taken (gained)"
        ]
    );
    assert_eq!(cases.len(), 4);
    let evidence = rows(&desk.read("changes/changed_evidence.csv"));
    let mention = |id: &str, change: &str| {
        let row = evidence
            .iter()
            .find(|r| r["case_id"] == id && r["change"] == change);
        let row = row.unwrap_or_else(|| panic!("no {change} in {id}: {evidence:?}"));
        ["rule_a", "rule_b", "quote_a", "quote_b", "why"].map(|name| row[name].as_str())
    };
    assert_eq!(
        mention("LOST", "lost"),
        [
            "si_active.kill_self",
            "",
            "end her life",
            "",
            "no match in the other run"
        ]
    );
    let aside = mention("ASIDE", "lost");
    assert!(aside[4].starts_with("now set aside: "), "{aside:?}");
    assert_eq!(
        mention("OTHER", "replaced"),
        [
            "economic_control.holds_card",
            "economic_control.card",
            "took her bank card",
            "her bank card",
            ""
        ]
    );
    assert_eq!(mention("SOONER", "altered")[4], "tier: 2 → 1");
    assert_eq!(mention("GAINED", "gained")[1], "isolation.phone_taken");
    let rules = rows(&desk.read("changes/changed_rules.csv"));
    let rule = |id: &str| {
        let row = rules.iter().find(|r| r["rule_id"] == id).expect("the rule");
        [
            "in_a",
            "in_b",
            "gained",
            "lost",
            "replaced",
            "altered",
            "cases_up",
            "cases_down",
        ]
        .map(|name| row[name].parse::<u32>().expect("a number"))
    };
    assert_eq!(rule("isolation.phone_taken"), [0, 2, 2, 0, 0, 0, 2, 0]);
    assert_eq!(rule("si_active.kill_self"), [3, 1, 0, 2, 0, 0, 0, 2]);
    assert_eq!(
        rule("economic_control.holds_card"),
        [1, 0, 0, 0, 1, 0, 0, 0]
    );
    assert_eq!(rule("economic_control.card"), [0, 1, 0, 0, 1, 0, 0, 0]);
    let page = desk.read("changes/comparison.html");
    holds(
        &page,
        &[
            "<q>her bank card</q>",
            "now set aside",
            "Content-Security-Policy",
        ],
    );
    for foreign in ["http://", "https://", "<script", "<img", "<link"] {
        assert!(!page.contains(foreign), "{foreign} in the page");
    }
    // The other way round, what was lost is gained and set aside before.
    let back = compare(&desk, &["b", "a", "--format", "csv", "--out", "back"], 0);
    assert!(back.stdout.is_empty());
    let back = desk.read("back/changed_evidence.csv");
    holds(&back, &["gained,ASIDE,", "set aside before: "]);
}

#[test]
fn equal_runs_and_other_inputs() {
    let desk = desk();
    let told = compare(&desk, &["a", "a"], 0);
    holds(
        &told.stdout,
        &[
            "0 gained, 0 lost, 0 sooner, 0 later, 5 same",
            "0 gained, 0 lost, 0 replaced, 0 altered, 5 same",
        ],
    );
    assert!(!told.stdout.contains("changed") && !told.stdout.contains("rule "));
    desk.write(
        "more.csv",
        "case_id,incident_id,narrative\nNEW,I9,She is suicidal.\n",
    );
    desk.scan(
        "c",
        &["in.csv", "more.csv", "--text-column", "narrative"],
        0,
    );
    let told = compare(&desk, &["a", "c"], 0);
    holds(
        &told.stdout,
        &[
            "lexicon          the same",
            "input            changed: only in the first: none; only in the second: more.csv (1 records)",
            "text_column      changed: none → narrative",
            "gained  NEW                      tier – → 1  si_active.kill_self (gained)",
        ],
    );
    holds(
        &compare(&desk, &["a", "c", "--format", "html"], 2).stderr,
        &["add --out DIR"],
    );
    holds(
        &compare(&desk, &["a", "nowhere"], 2).stderr,
        &["nowhere: no run in this folder"],
    );
}

#[test]
fn response_checks_that_come_out_otherwise() {
    let desk = desk();
    let head = "case_id,incident_id,check,status,quote,why\n";
    desk.write(
        "a/checks.csv",
        format!("{head}C1,I1,bwv,done,on,\nC1,I1,bwv,stated_not_done,off,\nC1,,referral,done,x,\nC2,I2,bwv,done,x,\n"),
    );
    desk.write(
        "b/checks.csv",
        format!("{head}C1,I1,bwv,stated_not_done,off,\nC1,,referral,done,y,\nC3,I3,dvpn,no_mention_found,,\n"),
    );
    let told = compare(
        &desk,
        &["a", "b", "--format", "text,csv,html", "--out", "c"],
        0,
    );
    holds(&told.stdout, &["checks           3 otherwise, 1 same"]);
    let checks: Vec<Vec<String>> = rows(&desk.read("c/changed_checks.csv"))
        .iter()
        .map(|r| {
            ["case_id", "check", "status_a", "status_b"]
                .map(|n| r[n].clone())
                .to_vec()
        })
        .collect();
    assert_eq!(
        checks,
        [
            ["C1", "bwv", "done; stated_not_done", "stated_not_done"],
            ["C2", "bwv", "done", ""],
            ["C3", "dvpn", "", "no_mention_found"],
        ]
    );
    holds(
        &desk.read("c/comparison.html"),
        &["3 came out otherwise, 1 the same", "not asked"],
    );
    // A run of before there were checks says nothing about them.
    std::fs::remove_file(desk.path("a/checks.csv")).expect("removed");
    let told = compare(&desk, &["a", "b"], 0);
    assert!(!told.stdout.contains("checks "), "{}", told.stdout);
}

#[test]
fn hostile_text_stays_text() {
    let desk = Desk::new();
    let head = "case_id,incident_id,narrative\n";
    let nasty = "<script>alert(1)</script><img src=x onerror=alert(1)></style>\u{202e}";
    desk.write("a.csv", format!("{head}C1,I1,quiet\n"));
    desk.write(
        "b.csv",
        format!("{head}\"{nasty}\",\"{nasty}\",\"He took her purse.\"\n"),
    );
    desk.scan("a", &["a.csv"], 0);
    desk.scan("b", &["b.csv"], 0);
    compare(&desk, &["a", "b", "--format", "html", "--out", "page"], 0);
    let page = desk.read("page/comparison.html");
    holds(&page, &["&lt;script&gt;", "<q>took her purse</q>"]);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains('\u{202e}'));
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.contains("[U+202E]"));
}
