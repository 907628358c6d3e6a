//! Response checks: what a text says was done, was not done or does not mention; what raises a
//! check; the legal test by date; and that table, case and report agree.

use std::process::Command;

use throughline::case::{CaseMention, CaseRecord};
use throughline::checks::{Finding, Status, gaps, legal_tests, run_checks, statements};
use throughline::lexicon::Saying;
use throughline::scan::Scanner;

use crate::support::built_in;

/// A case of the given incidents: reference, date and text.
fn case(incidents: &[(&str, &str, &str)]) -> CaseRecord {
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    let mut case = CaseRecord {
        id: "C1".into(),
        ..CaseRecord::default()
    };
    for (id, date, text) in incidents {
        let mentions = scanner.scan(text);
        let incident = case.add_incident((*id).to_owned(), (*date).to_owned(), String::new(), None);
        for mention in mentions.iter().filter(|m| m.suppressed.is_none()) {
            case.mentions.push(CaseMention {
                category: mention.category,
                rule: mention.rule,
                tier: lexicon.rules[mention.rule].tier,
                assertion: mention.assertion,
                incident,
                start: mention.span.start,
                quote: mention.span.of(text).to_owned(),
            });
        }
        let place = (0, "text");
        case.statements.extend(statements(
            lexicon,
            place,
            text,
            incident,
            scanner.statements(),
        ));
    }
    case.sort();
    case
}

fn findings(text: &str) -> Vec<Finding> {
    run_checks(built_in(), &case(&[("I1", "2024-05-03", text)]))
}

/// The statuses of one check in a record of one incident.
fn status(check: &str, text: &str) -> Vec<&'static str> {
    findings(text)
        .iter()
        .filter(|f| built_in().checks[f.check].id == check)
        .map(|f| f.status.as_str())
        .collect()
}

/// Check, a record that says it was done, one that says it was not, one that raises it in silence.
const RECORDS: &[[&str; 4]] = &[
    [
        "arrest_myth",
        "He punched her. No arrest but PPN submitted all the same.",
        "He punched her. No arrest so no referral made.",
        "IP states that her partner punched her in the face. No arrest made.",
    ],
    [
        "breach_acted",
        "Partner arrested for breach of the non-molestation order.",
        "Words of advice re the breach of bail.",
        "He breached his bail conditions by ringing her.",
    ],
    [
        "bwv",
        "Officers attended. BWV activated throughout.",
        "Officers attended. BWV not activated, battery flat.",
        "On arrival IP had a cut lip, her boyfriend had punched her in the face.",
    ],
    [
        "caller_spoken",
        "Neighbour spoken to at the gate, heard screaming.",
        "Informant not seen, log closed.",
        "Neighbour called to report shouting. He punched his wife in the face.",
    ],
    [
        "ccb_recorded",
        "Section 76 considered and crimed.",
        "Coercive control was not considered.",
        "Officers attended. IP says her husband won't let her see her mum and he holds her bank card so she has no access to money.",
    ],
    [
        "children_seen",
        "Children seen and spoken to in their room.",
        "Kids asleep upstairs, not disturbed.",
        "He punched her in front of the children, who were screaming.",
    ],
    [
        "dapn",
        "DAPN served by the inspector.",
        "No DAPN applied for.",
        "This is a DAPO pilot force. He slapped his wife.",
    ],
    [
        "death_review",
        "She was found dead. DHR referral made.",
        "She was found dead. No DHR requested.",
        "She was found hanging on Sunday. Her husband had strangled her in April.",
    ],
    [
        "digital_evidence",
        "Messages viewed on her phone and screenshots saved.",
        "The doorbell footage was not seized.",
        "Officers attended. He sent her 90 text messages since she left him, he follows her to work every day.",
    ],
    [
        "dvds",
        "Clare's Law application submitted.",
        "Clare's Law was not considered.",
        "He slapped her. They are in a new relationship.",
    ],
    [
        "dvpn",
        "DVPN considered and authorised.",
        "DVPN not considered.",
        "IP states that her husband punched her in the face. NFA, released without charge.",
    ],
    [
        "house_to_house",
        "House to house completed at 2 to 14.",
        "House to house not done.",
        "Officers attended. Neighbours heard a female screaming. He punched her in the face.",
    ],
    [
        "medical_strangulation",
        "He strangled her. Paramedics checked her neck.",
        "He strangled her. Neck not examined by anyone.",
        "He put his hands round her throat and squeezed.",
    ],
    [
        "pattern_reviewed",
        "Previous logs reviewed.",
        "Each call was dealt with in isolation.",
        "It is getting worse, he hits her every week. Six previous logs at the address.",
    ],
    [
        "perp_history",
        "PNC and PND checked for the suspect.",
        "His history was not looked at.",
        "Officers attended. Suspect strangled his wife.",
    ],
    [
        "referral",
        "Referral to IDVA made.",
        "No PPN submitted.",
        "Officers attended. He strangled her.",
    ],
    [
        "risk_assessment",
        "DASH completed, medium.",
        "DASH declined.",
        "Officers attended. He punched her in the face.",
    ],
    [
        "spoken_alone",
        "Spoken to alone in the kitchen.",
        "Husband present throughout.",
        "Both present on arrival. He has punched his wife in the face.",
    ],
    [
        "sudden_death_da",
        "Female found hanging. DA history checked for both.",
        "Female found hanging. DA history not checked.",
        "Female found hanging by her sister. Her partner had beaten her in May.",
    ],
    [
        "suicide_explored",
        "Asked outright about suicide, she said no.",
        "Nobody asked about suicide.",
        "Support worker notes: client says she wants to kill herself.",
    ],
    [
        "withdrawal_explored",
        "Asked why she would not support a prosecution.",
        "Uncooperative IP, NFA.",
        "He punched her in the face. She declined to make a statement.",
    ],
];

#[test]
fn every_check_of_the_interface_is_there() {
    let ids: Vec<&str> = built_in().checks.iter().map(|c| c.id.as_str()).collect();
    let tested: Vec<&str> = RECORDS.iter().map(|record| record[0]).collect();
    assert_eq!(ids, tested);
    assert_eq!(ids.len(), 21);
}

#[test]
fn each_check_tells_done_from_not_done_from_silence() {
    let mut wrong = Vec::new();
    for [check, done, not_done, silent] in RECORDS {
        for (text, expected) in [
            (done, "done"),
            (not_done, "stated_not_done"),
            (silent, "no_mention_found"),
        ] {
            let found = status(check, text);
            if found != [expected] {
                wrong.push(format!(
                    "{check}: {expected} expected, {found:?} found: {text}"
                ));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// The words for care after strangulation are said of any injury: they count where pressure to the neck is told.
#[test]
fn care_counts_only_after_pressure_to_the_neck() {
    let check = "medical_strangulation";
    for (text, expected) in [
        (
            "He strangled her. Paramedics checked her over.",
            &["done"][..],
        ),
        (
            "He strangled her. She was not seen by a doctor.",
            &["stated_not_done"],
        ),
        (
            "The car would not start on the choke. Bruise to her arm, paramedics checked her over.",
            &[],
        ),
        ("He was choking on a sausage. Medics happy with him.", &[]),
    ] {
        assert_eq!(status(check, text), expected, "{text}");
    }
}

/// A lesson names what is to be done, and tells of nothing that was.
#[test]
fn a_lesson_says_nothing_of_checks() {
    let lesson = "Briefing for response officers. Asked about suicide, PPN submitted, parties separated: so it should read.";
    for check in ["suicide_explored", "referral", "spoken_alone"] {
        assert_eq!(status(check, lesson), [""; 0], "{check}");
    }
    let record = "She was asked about suicide, PPN submitted, parties separated.";
    for check in ["suicide_explored", "referral", "spoken_alone"] {
        assert_eq!(status(check, record), ["done"], "{check}");
    }
}

/// What one sentence says of its check. Other checks may rightly speak in it too: they are not asked.
#[test]
fn many_ways_to_say_it_are_understood() {
    let lexicon = built_in();
    let rows = include_str!("data/checks.tsv");
    let (mut right, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let (check, expected, text) = (
            cells.next().unwrap(),
            cells.next().unwrap(),
            cells.next().unwrap(),
        );
        assert!(lexicon.checks.iter().any(|c| c.id == check), "{row}");
        let found: Vec<&str> = status(check, text)
            .into_iter()
            .filter(|status| *status != "no_mention_found")
            .collect();
        match (expected, found.contains(&expected)) {
            (_, true) => right += 1,
            ("nothing", false) => {}
            (_, false) => missed.push(row),
        }
        if found.iter().any(|status| *status != expected) {
            wrong.push(row);
        }
    }
    let share = |n: usize| n as f64 / (n + right) as f64;
    eprintln!(
        "{right} right, {} missed, {} wrong",
        missed.len(),
        wrong.len()
    );
    assert!(right > 400, "{right}");
    assert!(share(missed.len()) < 0.06, "{missed:#?}");
    assert!(share(wrong.len()) < 0.04, "{wrong:#?}");
}

#[test]
fn what_is_planned_asked_or_a_heading_is_neither() {
    for text in [
        "DASH to be completed by the late turn.",
        "Advised to complete DASH.",
        "Was the DASH completed?",
        "PPN to be submitted.",
        "H2H to be done by days.",
        "BWV:",
    ] {
        let said: Vec<&str> = findings(text).iter().map(|f| f.status.as_str()).collect();
        assert_eq!(said, [""; 0], "{text}");
    }
}

/// The answer to a question that was asked says no, and not that nobody asked.
#[test]
fn an_answer_is_not_besides_a_thing_undone() {
    for (check, text) in [
        ("suicide_explored", "Asked directly about suicide: none."),
        ("perp_history", "PNC warning markers checked: nil."),
    ] {
        assert_eq!(status(check, text), ["done"], "{check}: {text}");
    }
}

#[test]
fn a_plan_leaves_the_prompt_open_and_is_shown() {
    let text = "Officers attended. He punched her in the face. DASH to be completed.";
    let found = findings(text);
    let lexicon = built_in();
    let risk = found
        .iter()
        .find(|f| lexicon.checks[f.check].id == "risk_assessment")
        .expect("raised");
    assert_eq!(risk.status, Status::NoMentionFound);
    assert!(risk.quote().contains("DASH"), "{}", risk.quote());
    assert!(risk.why(lexicon).starts_with("The text plans this"));
}

#[test]
fn silence_without_a_trigger_is_silence() {
    for text in [
        "A parcel was left with the neighbours.",
        "IP lost her purse in town. Officers attended and took details.",
        "My boyfriend punched me in the face.",
    ] {
        assert!(findings(text).is_empty(), "{text}");
    }
}

#[test]
fn another_record_of_the_same_incident_answers() {
    let first = "On arrival IP had a cut lip, her boyfriend had punched her in the face.";
    let of = |other: (&str, &str)| {
        let case = case(&[
            ("I1", "2024-05-03", first),
            (other.0, "2024-05-04", other.1),
        ]);
        run_checks(built_in(), &case)
            .into_iter()
            .filter(|f| built_in().checks[f.check].id == "bwv")
            .map(|f| f.status)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(("I1", "BWV activated.")), [Status::Done]);
    assert_eq!(
        of(("I2", "BWV activated.")),
        [Status::NoMentionFound, Status::Done]
    );
}

#[test]
fn several_incidents_ask_whether_they_were_read_together() {
    let once = [("I1", "2024-05-03", "He punched her in the face.")];
    let twice = [once[0], ("I2", "2024-06-03", "He slapped her.")];
    let asked = |incidents: &[(&str, &str, &str)]| {
        run_checks(built_in(), &case(incidents))
            .iter()
            .filter(|f| built_in().checks[f.check].id == "pattern_reviewed")
            .map(|f| (f.status, f.incident))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&once), []);
    assert_eq!(asked(&twice), [(Status::NoMentionFound, None)]);
    let read = ("I3", "2024-07-03", "All three calls read together.");
    assert_eq!(
        asked(&[twice[0], twice[1], read]),
        [(Status::Done, Some(2))]
    );
}

#[test]
fn after_a_death_other_things_are_asked() {
    let text = "SUDDEN DEATH. Officers attended, female found hanging. Her partner had strangled her in April.";
    assert_eq!(status("sudden_death_da", text), ["no_mention_found"]);
    for check in [
        "bwv",
        "risk_assessment",
        "referral",
        "medical_strangulation",
    ] {
        assert_eq!(status(check, text), [""; 0], "{check}");
    }
}

#[test]
fn absence_is_worded_as_a_prompt() {
    for check in &built_in().checks {
        let prompt = check.prompt.to_lowercase();
        assert!(
            prompt.contains("does not say") && prompt.contains('?'),
            "{}: {prompt}",
            check.id
        );
        for blame in ["failed", "failure", "should have", "ought to", "neglect"] {
            assert!(!prompt.contains(blame), "{}: {prompt}", check.id);
        }
        assert!(
            !check.why.is_empty() && !check.source.is_empty(),
            "{}",
            check.id
        );
    }
}

#[test]
fn legal_tests_follow_the_date_and_the_jurisdiction() {
    let lexicon = built_in();
    let of = |check: &str, place: &str, day: Option<&str>| {
        let index = lexicon.checks.iter().position(|c| c.id == check).unwrap();
        let day = day.map(|day| day.parse().unwrap());
        legal_tests(lexicon, index, place, day)
            .iter()
            .map(|legal| legal.id.as_str())
            .collect::<Vec<_>>()
    };
    let here = "england_and_wales";
    assert_eq!(of("dvpn", here, Some("2014-03-07")), ["dvpn_before"]);
    assert_eq!(of("dvpn", here, Some("2014-03-08")), ["dvpn_2014"]);
    assert_eq!(of("dapn", here, Some("2024-11-26")), ["dapn_before"]);
    assert_eq!(of("dapn", here, Some("2024-11-27")), ["dapn_pilot"]);
    assert_eq!(of("dapn", here, Some("2026-04-01")), ["dapn_after_pilot"]);
    assert_eq!(of("ccb_recorded", here, Some("2023-04-04")), ["ccb_2015"]);
    assert_eq!(of("ccb_recorded", here, Some("2023-04-05")), ["ccb_2023"]);
    assert_eq!(of("dvds", here, Some("2010-01-01")), [""; 0]);
    // Without a date all of them are shown, each with its time.
    assert_eq!(of("dvpn", here, None), ["dvpn_2014", "dvpn_before"]);
    assert_eq!(of("dvpn", "scotland", Some("2024-05-03")), [""; 0]);
    let notice = lexicon.legal.iter().find(|l| l.id == "dvpn_2014").unwrap();
    assert!(notice.text.contains("no arrest") && notice.line().contains("Not confirmed"));
}

#[test]
fn cases_list_what_is_open_once() {
    let text = "Officers attended. He strangled her. No PPN submitted.";
    let list = gaps(built_in(), &findings(text));
    assert_eq!(list[0], "referral: stated_not_done");
    assert!(
        list.contains(&"bwv: no_mention_found".to_owned()),
        "{list:?}"
    );
    let mut once = list.clone();
    once.dedup();
    assert_eq!(once, list);
    assert!(!list.iter().any(|gap| gap.ends_with(": done")));
}

#[test]
fn rules_of_checks_find_no_indicator() {
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    for record in RECORDS {
        for text in &record[1..] {
            for mention in scanner.scan(text) {
                assert!(mention.category < lexicon.categories.len(), "{text}");
            }
            for statement in scanner.statements() {
                assert!(lexicon.rules[statement.rule].check.is_some(), "{text}");
            }
        }
    }
    let sayings = |wanted: Saying| {
        lexicon
            .rules
            .iter()
            .filter(|r| r.check.is_some_and(|(_, saying)| saying == wanted))
            .count()
    };
    assert!(sayings(Saying::Done) >= 21 && sayings(Saying::NotDone) >= 21);
    assert!(sayings(Saying::Trigger) >= 10);
}

#[test]
fn table_case_and_report_agree() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut input = String::new();
    for (number, record) in RECORDS.iter().enumerate() {
        for (kind, text) in record[1..].iter().enumerate() {
            let row = serde_json::json!({
                "case_id": format!("C{number:02}"),
                "incident_id": format!("I{number:02}{kind}"),
                "date": "2024-05-03",
                "narrative": format!("“é” {text}"),
            });
            input += &format!("{row}\n");
        }
    }
    std::fs::write(folder.path().join("in.jsonl"), &input).expect("written");
    let run = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .current_dir(folder.path())
        .args([
            "scan",
            "in.jsonl",
            "--out",
            "out",
            "--format",
            "jsonl,html",
            "--quiet",
        ])
        .status()
        .expect("started");
    assert!(run.success());
    let read = |name: &str| -> Vec<serde_json::Value> {
        std::fs::read_to_string(folder.path().join("out").join(name))
            .expect("written")
            .lines()
            .map(|line| serde_json::from_str(line).expect("valid JSON"))
            .collect()
    };
    let texts: std::collections::BTreeMap<String, String> = input
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("valid JSON"))
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (text("incident_id"), text("narrative"))
        })
        .collect();
    let rows = read("checks.jsonl");
    assert!(rows.len() > 60, "{}", rows.len());
    let mut quoted = 0;
    for row in &rows {
        let (start, end) = (row["start"].as_u64().unwrap(), row["end"].as_u64().unwrap());
        let quote = row["quote"].as_str().unwrap();
        assert!(!row["why"].as_str().unwrap().is_empty());
        if row["status"] != "no_mention_found" {
            assert!(!quote.is_empty(), "{row}");
        }
        if let Some(text) = texts.get(row["incident_id"].as_str().unwrap()) {
            let cut: String = text
                .chars()
                .skip(start as usize)
                .take((end - start) as usize)
                .collect();
            assert_eq!(cut, quote, "{row}");
            quoted += 1;
        }
    }
    assert!(quoted > 50);
    let report = std::fs::read_to_string(folder.path().join("out/report.html")).expect("written");
    for case in read("cases.jsonl") {
        let id = case["case_id"].as_str().unwrap();
        let mut expected: Vec<String> = rows
            .iter()
            .filter(|r| r["case_id"] == id && r["status"] != "done")
            .map(|r| {
                let text = |key: &str| r[key].as_str().unwrap().to_owned();
                format!("{}: {}", text("check"), text("status"))
            })
            .collect();
        expected.sort();
        expected.dedup();
        let mut listed: Vec<String> = case["gaps"]
            .as_str()
            .unwrap()
            .split("; ")
            .filter(|gap| !gap.is_empty())
            .map(str::to_owned)
            .collect();
        listed.sort();
        assert_eq!(listed, expected, "{id}");
        let block = report
            .split("<script type=\"application/json\" id=\"case-")
            .skip(1)
            .map(|block| {
                block
                    .split_once('>')
                    .unwrap()
                    .1
                    .split("</script>")
                    .next()
                    .unwrap()
            })
            .map(|block| serde_json::from_str::<serde_json::Value>(block).expect("valid JSON"))
            .find(|block| block["id"] == id)
            .expect("in the report");
        let own = rows.iter().filter(|r| r["case_id"] == id).count();
        assert_eq!(block["checks"].as_array().unwrap().len(), own, "{id}");
    }
    let manifest: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(folder.path().join("out/manifest.json")).expect("written"),
    )
    .expect("valid JSON");
    assert_eq!(manifest["counts"]["checks"], rows.len());
    for status in ["done", "stated_not_done", "no_mention_found"] {
        let own = rows.iter().filter(|r| r["status"] == status).count();
        assert_eq!(
            manifest["counts"][format!("checks_{status}")],
            own,
            "{status}"
        );
    }
}
