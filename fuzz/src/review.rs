//! Any bytes as a reviewed table: rows are taken, reported or left undecided, and none is made up.

use std::path::Path;
use std::sync::OnceLock;

use throughline::past_run::PastRun;
use throughline::review::{Review, ReviewedFile, Target, read_decisions};

use super::input;

const MANIFEST: &str = r#"{"version":"0","lexicon":{"version":"0","sha256":"0"},"run_id":"ab12cd34","inputs":[],"counts":{"evidence":3}}"#;

const CASES: &str = "case_id,tier\r\n007,1\r\nC/2,2\r\n";

const EVIDENCE: &str = "case_id,incident_id,incident_date,field,category,group,rule_id,tier,polarity,certainty,temporality,experiencer,agent,source,quote,sentence,start,end\r\n\
007,1,,text,isolation,abuse,isolation.phone,2,affirmed,stated,current,victim,suspect,officer,took her phone,He took her phone.,3,17\r\n\
007,2,,text,isolation,abuse,isolation.phone,2,affirmed,stated,current,victim,suspect,officer,took her phone,He took her phone.,3,17\r\n\
C/2,3/5,,text,stalking,abuse,stalking.follows,1,affirmed,stated,current,victim,suspect,officer,follows her,He follows her.,3,14\r\n";

fn run() -> &'static PastRun {
    static RUN: OnceLock<PastRun> = OnceLock::new();
    RUN.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for (name, text) in [
            ("manifest.json", MANIFEST),
            ("cases.csv", CASES),
            ("evidence.csv", EVIDENCE),
        ] {
            std::fs::write(folder.path().join(name), text).expect("room");
        }
        PastRun::open(folder.path()).expect("a sound run")
    })
}

/// The first byte chooses between CSV, JSON Lines, and CSV behind the header of a true table.
pub fn check(data: &[u8]) {
    let (kind, data) = input::byte(data);
    let mut bytes = Vec::new();
    let name = match kind % 4 {
        0 => "kim.csv",
        1 => "kim.jsonl",
        2 => {
            bytes.extend_from_slice(b"run_id,case_id,incident_id,field,start,end,category,rule_id,quote,decision,reason,reviewer,reviewed_on\r\n");
            "kim.csv"
        }
        _ => {
            bytes.extend_from_slice(
                b"case_id;tier;reviewer_decision;reviewer;reviewed_on;reviewer_notes\n",
            );
            "kim.csv"
        }
    };
    bytes.extend_from_slice(data);
    let (folder, path) = input::file(name, &bytes);
    read(folder.path(), path);
}

fn read(folder: &Path, path: std::path::PathBuf) {
    let run = run();
    let files = [ReviewedFile {
        path,
        reviewer: "kim".into(),
        named: false,
    }];
    let Ok(decisions) = read_decisions(run, &files) else {
        return;
    };
    for (target, by) in &decisions.by_target {
        match target {
            Target::Case(index) => assert!(*index < run.cases.len()),
            Target::Mention(index) => assert!(*index < run.evidence.len()),
        }
        assert!(!by.is_empty(), "something is decided by nobody");
    }
    for problem in &decisions.problems {
        assert!(problem.line >= 1 && !problem.message.is_empty());
    }
    let again = read_decisions(run, &files).expect("as before");
    assert_eq!(
        format!("{decisions:?}"),
        format!("{again:?}"),
        "two readings differ"
    );
    let review = Review::new(run, decisions);
    throughline::review::write_tables(folder, &review).expect("the tables can be written");
}
