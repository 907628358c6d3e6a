//! Cases: chronology, links, pattern, course of conduct, inconsistencies, coverage.

use std::sync::Arc;

use proptest::prelude::*;
use throughline::assess::assess;
use throughline::case::CaseRecord;
use throughline::case::chronology::chronology;
use throughline::case::coded::{CodedColumn, Tick};
use throughline::case::conduct::{Element, NO_TEXT, conduct};
use throughline::case::coverage::{Coverage, Gap, Unread};
use throughline::case::inconsistency::{Inconsistency, inconsistencies};
use throughline::case::link::{LinkKeys, Linker, Links};
use throughline::case::names::NameIndex;
use throughline::case::order::digest;
use throughline::case::pattern::{FactKind, pattern};
use throughline::narrative::{Extra, Field, Record};
use throughline::scan::Scanner;
use throughline::spill::Storage;

use crate::support::built_in;

/// A record of a case.
fn record(id: &str, date: &str, text: &str) -> Record {
    Record {
        source: Arc::from("in.csv"),
        record: 1,
        line: 2,
        case_id: Some("C1".into()),
        incident_id: Some(id.into()),
        incident_date: Some(date.into()),
        fields: vec![Field {
            source: None,
            name: Arc::from("narrative"),
            text: text.into(),
        }],
        extra: Box::default(),
    }
}

fn records(list: &[(&str, &str, &str)]) -> Vec<Record> {
    list.iter()
        .map(|(id, date, text)| record(id, date, text))
        .collect()
}

/// The case of some records, in the order in which they come, not sorted.
fn gather(records: &[Record], coded: &[CodedColumn]) -> CaseRecord {
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    let mut case = CaseRecord {
        id: "C1".into(),
        ..CaseRecord::default()
    };
    for record in records {
        let (mut mentions, mut signals) = (Vec::new(), Vec::new());
        for field in &record.fields {
            let found = scanner.scan(&field.text);
            signals.push(scanner.signals(&field.text, &found));
            mentions.push(found);
        }
        let cells = record.extra.coded.iter().map(Option::as_deref);
        let ticks = coded
            .iter()
            .zip(cells)
            .map(|(column, cell)| column.tick(cell))
            .collect();
        case.add_record(
            lexicon,
            record,
            &mentions,
            &signals,
            ticks,
            digest(record),
            None,
        );
    }
    case
}

fn case_of(records: &[Record]) -> CaseRecord {
    let mut case = gather(records, &[]);
    case.sort();
    case
}

fn case(list: &[(&str, &str, &str)]) -> CaseRecord {
    case_of(&records(list))
}

fn found(case: &CaseRecord) -> Vec<Inconsistency> {
    inconsistencies(built_in(), &[], &LinkKeys::default(), case)
}

fn fact(case: &CaseRecord, kind: FactKind) -> Option<String> {
    let facts = pattern(built_in(), case);
    facts.into_iter().find(|f| f.kind == kind).map(|f| f.text)
}

/// Everything that a case comes to, to compare two of them.
fn all(case: &CaseRecord) -> String {
    let lexicon = built_in();
    format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:?}",
        assess(lexicon, case),
        chronology(lexicon, case),
        pattern(lexicon, case),
        conduct(lexicon, case),
        found(case),
        case.dates(),
    )
}

const SHOUT: &str = "AP shouted in her face and called her worthless.";
const CARD: &str = "AP holds her bank card and checks every receipt.";
const THROAT: &str = "He put his hands round her throat and strangled her.";
const QUIET: &str = "Lost keys handed in at the library.";

// ── Chronology ──────────────────────────────────────────────────────────────────────────────

#[test]
fn incidents_stand_in_date_order_and_dates_stay_as_written() {
    let case = case(&[
        ("I5", "", QUIET),
        ("I3", "3rd May 2024", CARD),
        ("I4", "around Easter", SHOUT),
        ("I2", "May 2024", SHOUT),
        ("I1", "2023", SHOUT),
        ("I7", "03/05/2024 21:10", SHOUT),
        ("I6", "2024-05-03T08:05:00", SHOUT),
    ]);
    let rows = chronology(built_in(), &case);
    let told: Vec<[&str; 3]> = rows
        .iter()
        .map(|r| {
            [
                r.incident_id.as_str(),
                r.incident_date.as_str(),
                r.placed_on.as_str(),
            ]
        })
        .collect();
    assert_eq!(
        told,
        [
            ["I1", "2023", "2023-01-01 to 2023-12-31"],
            ["I2", "May 2024", "2024-05-01 to 2024-05-31"],
            ["I3", "3rd May 2024", "2024-05-03"],
            ["I6", "2024-05-03T08:05:00", "2024-05-03"],
            ["I7", "03/05/2024 21:10", "2024-05-03"],
            ["I5", "", ""],
            ["I4", "around Easter", ""],
        ]
    );
}

#[test]
fn what_was_reported_later_is_told_apart() {
    let mut told = record("I1", "02/05/2024", "He strangled her two weeks ago.");
    told.extra.reported_on = Some("10/05/2024".into());
    let mut undated = record("I2", "", SHOUT);
    undated.extra.reported_on = Some("01/03/2024".into());
    let rows = chronology(built_in(), &case_of(&[told, undated]));
    assert_eq!(rows[0].incident_id, "I2");
    assert_eq!(rows[0].placed_on, "by 2024-03-01 (reported then)");
    assert_eq!(rows[1].reported_on, "10/05/2024");
    assert_eq!(rows[1].happened, ["two weeks ago"]);
    assert_eq!(rows[1].happened_guess, ["about 26 April 2024 (guess)"]);
}

#[test]
fn who_reported_grade_outcome_and_children_come_with_their_words() {
    let text = "999 call from neighbour, female screaming. He hit her and the kids saw it. \
                DASH graded standard. No arrest. NFA.";
    let row = &chronology(built_in(), &case(&[("I1", "2024-05-03", text)]))[0];
    assert_eq!(row.reporter, "neighbour (\"999 call from neighbour\")");
    assert_eq!(row.grade, ["standard (\"DASH graded standard\")"]);
    assert_eq!(
        row.outcome,
        ["no arrest (\"No arrest\")", "no further action (\"NFA\")"]
    );
    assert!(row.children.starts_with("told of"), "{row:?}");
    let row = &chronology(built_in(), &case(&[("I1", "2024-05-03", QUIET)]))[0];
    assert!(
        row.reporter.is_empty() && row.grade.is_empty() && row.children.is_empty(),
        "{row:?}"
    );
}

// ── Pattern ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn facts_have_counts_and_dates() {
    let case = case(&[
        ("I1", "2024-01-01", SHOUT),
        ("I2", "2024-05-01", CARD),
        ("I3", "2024-07-01", SHOUT),
        (
            "I4",
            "2024-07-20",
            "He hit her. It is getting worse, it happens every week now. He put his hands round her throat.",
        ),
    ]);
    let told = |kind| fact(&case, kind).unwrap_or_default();
    assert!(
        told(FactKind::Repeats)
            .starts_with("4 incidents with indicators in the 12 months to 20 July 2024")
    );
    assert!(told(FactKind::FirstFound).contains("on 1 May 2024: economic control"));
    let new = told(FactKind::NewTierOne);
    assert!(
        new.contains("strangulation")
            && new.contains("on 20 July 2024")
            && new.contains("not in the 3 incidents before"),
        "{new}"
    );
    assert!(told(FactKind::Widening).contains("by 20 July 2024"));
    assert!(
        told(FactKind::Narrowing).ends_with("121, 61 and 19"),
        "{}",
        told(FactKind::Narrowing)
    );
    assert!(
        told(FactKind::CountedEscalation)
            .starts_with("Counted: 3 incidents with indicators in the 90 days to 20 July 2024, 0"),
        "{}",
        told(FactKind::CountedEscalation)
    );
    assert!(told(FactKind::StatedEscalation).contains("getting worse"));
}

#[test]
fn a_steady_or_single_case_shows_no_trend() {
    let steady = case(&[
        ("I1", "2022-01-01", SHOUT),
        ("I2", "2023-03-01", SHOUT),
        ("I3", "2024-08-01", SHOUT),
    ]);
    for kind in [
        FactKind::Repeats,
        FactKind::NewTierOne,
        FactKind::Widening,
        FactKind::Narrowing,
        FactKind::CountedEscalation,
        FactKind::StatedEscalation,
    ] {
        assert_eq!(fact(&steady, kind), None, "{kind:?}");
    }
    assert!(pattern(built_in(), &case(&[("I1", "2024-01-01", THROAT)])).is_empty());
}

#[test]
fn an_undated_incident_is_counted_in_no_window_and_called_new_nowhere() {
    let case = case(&[
        ("I1", "2024-01-01", SHOUT),
        ("I2", "2024-02-01", SHOUT),
        ("I3", "last year", THROAT),
    ]);
    let repeats = fact(&case, FactKind::Repeats).unwrap_or_default();
    assert!(
        repeats.starts_with("2 incidents") && repeats.contains("1 more without a full date"),
        "{repeats}"
    );
    assert_eq!(fact(&case, FactKind::NewTierOne), None);
}

// ── Course of conduct ───────────────────────────────────────────────────────────────────────

fn finding<'e>(grid: &'e [Element], element: &str, part: &str) -> &'e Element {
    let fits = |e: &&Element| e.element == element && e.part.starts_with(part);
    grid.iter()
        .find(fits)
        .unwrap_or_else(|| panic!("no {element}/{part}"))
}

#[test]
fn every_element_has_its_words_or_says_that_none_were_found() {
    let case = case(&[
        (
            "I1",
            "2024-01-01",
            "IP says her partner won't let her see her mum. She gave up her job. She is terrified of him.",
        ),
        (
            "I2",
            "2024-02-01",
            "AP said he would kill her. He promised it would never happen again.",
        ),
    ]);
    let grid = conduct(built_in(), &case);
    let control = finding(&grid, "repeated", "controlling");
    assert!(
        control.finding.contains("in 2 incidents"),
        "{}",
        control.finding
    );
    assert_eq!(control.quotes[0].incident_id, "I1");
    assert!(!finding(&grid, "connected", "partners").quotes.is_empty());
    assert_eq!(finding(&grid, "connected", "relatives").finding, NO_TEXT);
    assert!(
        finding(&grid, "serious_effect", "fear")
            .finding
            .contains("in 2 incidents")
    );
    let daily = finding(&grid, "serious_effect", "substantial");
    assert!(
        daily.quotes.iter().any(|q| q.quote == "gave up her job"),
        "{daily:?}"
    );
    assert!(
        finding(&grid, "knows", "")
            .quotes
            .iter()
            .any(|q| q.quote.contains("promised"))
    );
}

#[test]
fn one_occasion_is_said_to_be_one() {
    let grid = conduct(
        built_in(),
        &case(&[("I1", "2024-01-01", "AP said he would kill her.")]),
    );
    let fear = finding(&grid, "serious_effect", "fear");
    assert!(
        fear.finding.contains("2 occasions at least"),
        "{}",
        fear.finding
    );
    let nothing = conduct(built_in(), &case(&[("I1", "2024-01-01", QUIET)]));
    assert!(nothing.is_empty(), "{nothing:?}");
}

#[test]
fn control_beside_despair_raises_a_prompt_with_both_quotes() {
    let case = case(&[
        (
            "I1",
            "2024-01-01",
            "IP says he won't let her see her mum. AP holds her bank card.",
        ),
        (
            "I2",
            "2024-02-01",
            "She feels trapped, there is no way out. She wants to kill herself.",
        ),
    ]);
    let assessment = assess(built_in(), &case);
    let ids: Vec<&str> = assessment
        .combinations
        .iter()
        .map(|c| c.part.as_str())
        .collect();
    assert!(
        ids.contains(&"control_and_entrapment") && ids.contains(&"control_and_suicidality"),
        "{ids:?}"
    );
    for combination in &assessment.combinations {
        assert!(combination.quotes.len() >= 2, "{combination:?}");
    }
    assert!(
        assessment
            .prompts
            .iter()
            .any(|p| p.contains("suicidality has been asked about"))
    );
}

// ── Inconsistencies ─────────────────────────────────────────────────────────────────────────

fn kinds(case: &CaseRecord) -> Vec<&'static str> {
    found(case).iter().map(|i| i.kind).collect()
}

#[test]
fn a_standard_grade_stands_beside_what_is_read_first() {
    let text = format!("{THROAT} DASH graded standard.");
    assert_eq!(
        kinds(&case(&[("I1", "2024-01-01", &text)])),
        ["grade_and_content"]
    );
    let raised = format!("{THROAT} DASH graded standard, then upgraded to high.");
    assert!(kinds(&case(&[("I1", "2024-01-01", &raised)])).is_empty());
    let mild = format!("{SHOUT} DASH graded standard.");
    assert!(kinds(&case(&[("I1", "2024-01-01", &mild)])).is_empty());
    let later = [
        ("I1", "2024-01-01", THROAT),
        ("I2", "2024-02-01", mild.as_str()),
    ];
    assert_eq!(kinds(&case(&later)), ["grade_and_content"]);
    // A grade is never held against suicide, which is not graded.
    let suicide = "She wants to kill herself. DASH graded standard.";
    assert!(kinds(&case(&[("I1", "2024-01-01", suicide)])).is_empty());
    let mut column = record("I1", "2024-01-01", THROAT);
    column.extra.grade = Some("Standard risk".into());
    assert_eq!(kinds(&case_of(&[column])), ["grade_and_content"]);
}

#[test]
fn a_no_on_the_form_stands_beside_the_narrative() {
    let text =
        "DASH: Q16 N, Q18 N, Q27 N. Later she told officers he strangled her with his hands.";
    let case = case(&[("I1", "2024-01-01", text)]);
    let found = found(&case);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind, found[0].quote.as_str()),
        ("form_and_text", "Q18 N")
    );
    assert!(
        kinds(&self::case(&[(
            "I1",
            "2024-01-01",
            "DASH: Q16 N, Q18 N. He shouted at her."
        )]))
        .is_empty()
    );
}

#[test]
fn a_claim_of_no_history_stands_beside_the_incidents_before_it() {
    let claim = "Verbal argument, believed to be an isolated incident. No previous DA.";
    let listed =
        |first: &str, second: &str| kinds(&case(&[("I1", first, SHOUT), ("I2", second, claim)]));
    assert_eq!(listed("2024-01-01", "2024-02-01"), ["history_claimed"]);
    assert!(
        listed("2024-03-01", "2024-02-01").is_empty(),
        "what came later was not known"
    );
    let undated = case(&[("I1", "", SHOUT), ("I2", "2024-02-01", claim)]);
    assert!(found(&undated)[0].finding.contains("order not known"));
    let none = case(&[("I1", "2024-01-01", QUIET), ("I2", "2024-02-01", claim)]);
    assert!(found(&none).is_empty());
}

#[test]
fn swapped_roles_are_listed_by_words_and_by_key() {
    let words = case(&[
        ("I1", "2024-01-01", "AP punched IP."),
        ("I2", "2024-02-01", "Counter allegation, IP punched AP."),
    ]);
    assert!(
        kinds(&words).contains(&"roles_swapped"),
        "{:?}",
        found(&words)
    );
    let same = case(&[
        ("I1", "2024-01-01", "AP punched IP."),
        ("I2", "2024-02-01", "AP punched IP again."),
    ]);
    assert!(kinds(&same).is_empty(), "{:?}", found(&same));

    let keys = LinkKeys::parse(&["victim+suspect".into()]);
    let linked = |id: &str, date: &str, victim: &str, suspect: &str| Record {
        extra: Box::new(Extra {
            links: vec![Some(victim.into()), Some(suspect.into())],
            ..Extra::default()
        }),
        ..record(id, date, SHOUT)
    };
    let case = case_of(&[
        linked("I1", "2024-01-01", "P1", "P2"),
        linked("I2", "2024-02-01", "P2", "P1"),
    ]);
    let found = inconsistencies(built_in(), &[], &keys, &case);
    assert!(
        found.iter().any(|i| i
            .finding
            .contains("\"P2\" stands under victim here and under suspect in I1")),
        "{found:?}"
    );
}

#[test]
fn coded_columns_stand_beside_the_text_both_ways() {
    let coded = [CodedColumn::parse("flag=strangulation,weapons", built_in()).expect("sound")];
    let listed = |cell: &str, text: &str| {
        let mut record = record("I1", "2024-01-01", text);
        record.extra.coded = vec![Some(cell.to_owned()).filter(|c| !c.is_empty())];
        let mut case = gather(&[record], &coded);
        case.sort();
        let found = inconsistencies(built_in(), &coded, &LinkKeys::default(), &case);
        found.iter().map(|i| i.finding.clone()).collect::<Vec<_>>()
    };
    assert!(listed("Y", SHOUT)[0].contains("says yes; no text found"));
    assert!(listed("N", THROAT)[0].contains("says no; the text tells of strangulation"));
    assert!(listed("", THROAT)[0].contains("is empty; the text tells"));
    for (cell, text) in [
        ("Y", THROAT),
        ("N", SHOUT),
        ("", SHOUT),
        ("not asked", THROAT),
    ] {
        assert!(listed(cell, text).is_empty(), "{cell}");
    }
    let code = CodedColumn::parse("crime:NFS=strangulation", built_in()).expect("sound");
    assert_eq!(code.tick(Some("ABH; nfs")), Tick::Yes);
    assert_eq!(code.tick(Some("ABH")), Tick::No);
    for wrong in ["flag", "flag=", "=strangulation", "flag=throttling"] {
        assert!(CodedColumn::parse(wrong, built_in()).is_err(), "{wrong}");
    }
}

// ── Links ───────────────────────────────────────────────────────────────────────────────────

/// Joins rows of case reference, incident reference and values, each an input row.
fn link(keys: &[&str], rows: &[(&str, &str, &[&str])]) -> Links {
    let keys = LinkKeys::parse(&keys.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>());
    let folder = tempfile::tempdir().unwrap();
    let mut linker = Linker::new(keys, &Storage::default(), folder.path());
    for (number, (case, incident, values)) in rows.iter().enumerate() {
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        let values: Vec<Option<String>> = values.iter().map(|v| some(v)).collect();
        let case = some(case);
        let place = (0, number as u64 + 1);
        linker
            .add(place, case.as_deref(), incident, &values)
            .unwrap();
    }
    linker.finish().unwrap()
}

#[test]
fn records_join_in_chains_and_empty_values_never_do() {
    let links = link(
        &["victim", "address"],
        &[
            ("", "I1", &["P1", "A1"]),
            ("", "I2", &["P2", "A1"]),
            ("", "I3", &["p2 ", ""]),
            ("", "I4", &["", ""]),
            ("", "I5", &["", ""]),
            ("", "I6", &["A1", "P1"]),
        ],
    );
    let cases: Vec<Option<&str>> = (1..=6).map(|record| links.case(0, record)).collect();
    let own = Some("linked I1");
    assert_eq!(cases, [own, own, own, None, None, None]);
    assert_eq!(
        (links.counts.records_joined, links.counts.cases_joined),
        (3, 1)
    );
    assert_eq!(links.counts.by_column["victim"], 2);
    assert_eq!(links.counts.by_column["address"], 2);
}

#[test]
fn links_run_across_case_references_and_say_so() {
    let links = link(
        &["victim+suspect"],
        &[
            ("C2", "I1", &["P1", "P9"]),
            ("C1", "I2", &["P9", "P3"]),
            ("C2", "I3", &["", ""]),
            ("C4", "I4", &["P7", ""]),
            ("C4", "I5", &["P7", ""]),
        ],
    );
    for record in 1..=3 {
        assert_eq!(links.case(0, record), Some("C1"));
    }
    assert_eq!(
        links.case(0, 4),
        None,
        "a case as the input has it stays as it is"
    );
    assert_eq!(links.counts.references_joined["C1"], ["C1", "C2"]);
}

#[test]
fn names_propose_and_never_join() {
    let scanner = Scanner::new(built_in());
    let folder = tempfile::tempdir().unwrap();
    let mut names = NameIndex::new(&Storage::default(), folder.path());
    for (case, incident, text) in [
        (
            "C2",
            "I2",
            "AP Karen Brackwell shouted. Karen said nothing.",
        ),
        (
            "C1",
            "I1",
            "Spoke to karen brackwell. Ms Brackwell and Karen Brackwell are one.",
        ),
        (
            "C3",
            "I3",
            "KAREN BRACKWELL SHOUTED. Karen left. Mr It came.",
        ),
    ] {
        for span in scanner.names(text) {
            names.note(span.of(text), case, incident).unwrap();
        }
    }
    let mut list = Vec::new();
    let mut take = |proposal| {
        list.push(proposal);
        Ok(())
    };
    names.proposals(&mut take).unwrap();
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(list[0].name, "Karen Brackwell");
    assert_eq!(
        (list[0].cases.join(" "), list[0].incidents.join(" ")),
        ("C1 C2".into(), "I1 I2".into())
    );
}

// ── Coverage ────────────────────────────────────────────────────────────────────────────────

#[test]
fn empty_short_and_cut_texts_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut coverage = Coverage::new(&Storage::default(), folder.path());
    let about = |record| {
        move || Unread {
            source: "in.csv".into(),
            record,
            case_id: "C".into(),
            incident_id: "I".into(),
            field: "notes".into(),
            characters: 0,
            gap: Gap::Empty,
            note: String::new(),
        }
    };
    let whole = "Officers attended and spoke to both parties at the address, nothing further.";
    let cut: String = "Officers attended the flats and spoke to both parties "
        .repeat(4)
        .chars()
        .take(143)
        .collect();
    let texts = ["", "  ", "N/A", whole, &cut, &cut, &cut, &cut[..70]];
    for (record, text) in (1..).zip(texts) {
        coverage
            .note(("in.csv", "notes"), text, about(record))
            .unwrap();
    }
    let mut list = Vec::new();
    let mut take = |unread: &Unread| {
        list.push(unread.clone());
        Ok(())
    };
    let counts = coverage.finish(&mut take).unwrap();
    assert_eq!(
        (
            counts.texts,
            counts.empty,
            counts.very_short,
            counts.may_be_cut
        ),
        (8, 2, 1, 3)
    );
    let listed: Vec<(u64, &str)> = list.iter().map(|u| (u.record, u.gap.as_str())).collect();
    assert_eq!(
        listed,
        [
            (1, "empty"),
            (2, "empty"),
            (3, "very_short"),
            (5, "may_be_cut"),
            (6, "may_be_cut"),
            (7, "may_be_cut")
        ]
    );
}

#[test]
fn the_longest_texts_are_not_cut_if_a_longer_one_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut coverage = Coverage::new(&Storage::default(), folder.path());
    let about = || Unread {
        source: "in.csv".into(),
        record: 1,
        case_id: String::new(),
        incident_id: String::new(),
        field: "notes".into(),
        characters: 0,
        gap: Gap::Empty,
        note: String::new(),
    };
    let open: String = "no full stop is ever written here by these officers "
        .repeat(3)
        .chars()
        .take(131)
        .collect();
    for _ in 0..5 {
        coverage.note(("in.csv", "notes"), &open, about).unwrap();
    }
    let closed = format!("{open} and the shift ended.");
    coverage.note(("in.csv", "notes"), &closed, about).unwrap();
    let counts = coverage.finish(&mut |_| Ok(())).unwrap();
    assert_eq!(counts.may_be_cut, 0);
}

// ── What always holds ───────────────────────────────────────────────────────────────────────

const TEXTS: [&str; 8] = [
    SHOUT,
    CARD,
    THROAT,
    QUIET,
    "Call from nbr. He hit her and the kids saw it last night. DASH STD. No previous DA.",
    "Q18 N. He strangled her on Saturday. It is getting worse.",
    "She feels trapped, no way out, she wants to kill herself.",
    "Counter allegation, IP punched AP.",
];

const DATES: [&str; 7] = [
    "2024-01-03",
    "2024-01-03",
    "04/02/2024 21:15",
    "May 2024",
    "2023",
    "",
    "last year",
];

fn some_records() -> impl Strategy<Value = Vec<Record>> {
    let one = (0..TEXTS.len(), 0..DATES.len(), 0..4usize);
    proptest::collection::vec(one, 1..7).prop_map(|list| {
        let list = list.into_iter();
        let records =
            list.map(|(text, date, id)| record(&format!("I{id}"), DATES[date], TEXTS[text]));
        records.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Two incidents may even share their reference and date.
    #[test]
    fn the_order_of_the_input_changes_no_case(
        (records, shuffled) in some_records().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()))
    ) {
        prop_assert_eq!(all(&case_of(&records)), all(&case_of(&shuffled)));
    }

    #[test]
    fn a_run_in_parts_comes_to_the_same_case(records in some_records(), at in 0usize..7) {
        let at = at.min(records.len());
        let mut parts = gather(&records[..at], &[]);
        parts.merge(gather(&records[at..], &[]));
        parts.sort();
        prop_assert_eq!(all(&case_of(&records)), all(&parts));
    }

    #[test]
    fn linking_is_the_same_in_any_order(
        rows in proptest::collection::vec(("[AB]?", "[a-d]?", "[p-s]?"), 1..10).prop_flat_map(|rows| {
            let rows: Vec<(usize, (String, String, String))> = rows.into_iter().enumerate().collect();
            (Just(rows.clone()), Just(rows).prop_shuffle())
        })
    ) {
        let cases = |rows: &[(usize, (String, String, String))]| {
            let folder = tempfile::tempdir().unwrap();
            let keys = LinkKeys::parse(&["x".into(), "y".into()]);
            let mut linker = Linker::new(keys, &Storage::default(), folder.path());
            let some = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
            for (id, (case, x, y)) in rows {
                let values = [some(x), some(y)];
                linker.add((0, *id as u64), some(case).as_deref(), &format!("I{id}"), &values).unwrap();
            }
            let links = linker.finish().unwrap();
            let mut list: Vec<(usize, Option<String>)> =
                rows.iter().map(|(id, _)| (*id, links.case(0, *id as u64).map(str::to_owned))).collect();
            list.sort();
            (list, links.counts)
        };
        let (first, counts) = cases(&rows.0);
        let (second, again) = cases(&rows.1);
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(counts, again);
        // Two records with the same value of a key are in one case.
        for (a, (case_a, xa, ya)) in &rows.0 {
            for (b, (case_b, xb, yb)) in &rows.0 {
                let same = |p: &String, q: &String| !p.is_empty() && p == q;
                if a != b && (same(xa, xb) || same(ya, yb)) {
                    let of = |id: &usize, own: &String| {
                        first.iter().find(|(i, _)| i == id).and_then(|(_, c)| c.clone()).unwrap_or_else(|| own.clone())
                    };
                    prop_assert_eq!(of(a, case_a), of(b, case_b));
                }
            }
        }
    }
}
