//! Redaction: what is masked, what is not, and that offsets still lead to the source.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use throughline::redact::{Redactor, run_identifier_examples};

use crate::cli::Desk;
use crate::support::built_in;

#[derive(Deserialize)]
struct Lines {
    identifier: String,
    name: String,
    case: String,
    clean: String,
    second: String,
    second_clean: String,
    third: String,
    third_clean: String,
    fourth: String,
    fourth_clean: String,
    fifth: String,
    fifth_clean: String,
    sixth: String,
    sixth_clean: String,
    seventh: String,
    seventh_clean: String,
    eighth: String,
    eighth_clean: String,
}

fn lines() -> Lines {
    toml::from_str(include_str!("data/redact.toml")).expect("a sound file")
}

/// A line without its marks, and what they mark: kind, start and end in bytes.
fn unmarked(line: &str) -> (String, Vec<(String, usize, usize)>) {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), line);
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (inside, after) = after.split_once('>').expect("a closed mark");
        let (kind, words) = inside.split_once(':').expect("a kind");
        marks.push((kind.to_owned(), text.len(), text.len() + words.len()));
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    (text, marks)
}

#[derive(Default)]
struct Score {
    wanted: usize,
    masked: usize,
    /// Of these, the names of persons.
    names: (usize, usize),
    /// Masks that touch nothing to be masked.
    false_masks: usize,
    masks: usize,
    failures: Vec<String>,
}

impl Score {
    /// Counts a line. What is marked counts as masked if every letter of it is.
    fn line(&mut self, number: usize, line: &str) {
        let (text, marks) = unmarked(line);
        let mut redactor = Redactor::new(built_in()).expect("a lexicon that can mask");
        let case = format!("case {number}");
        redactor.learn_text(&case, &text);
        let masked = redactor.mask_text(&case, &text);
        let spans: Vec<_> = masked.masked().collect();
        let covered = |at: usize| spans.iter().any(|s| s.start <= at && at < s.end);
        let before = (self.masked, self.false_masks);
        for (kind, start, end) in &marks {
            self.wanted += 1;
            let whole = text[*start..*end].char_indices();
            let mut letters = whole.filter(|(_, c)| c.is_alphanumeric());
            let hit = usize::from(letters.all(|(at, _)| covered(start + at)));
            self.masked += hit;
            if kind == "PERSON" {
                self.names.0 += 1;
                self.names.1 += hit;
            }
        }
        self.masks += spans.len();
        let stray = |s: &&throughline::span::Span| {
            !marks
                .iter()
                .any(|(_, start, end)| s.start < *end && *start < s.end)
        };
        self.false_masks += spans.iter().filter(stray).count();
        if (self.masked, self.false_masks) != (before.0 + marks.len(), before.1) {
            self.failures.push(format!("{line}  →  {}", masked.text));
        }
    }

    fn of(lines: &str) -> Self {
        let mut score = Self::default();
        for (number, line) in lines.trim().lines().enumerate() {
            score.line(number, line);
        }
        score
    }

    fn recall(&self) -> f64 {
        self.masked as f64 / self.wanted as f64
    }

    fn recall_of_names(&self) -> f64 {
        self.names.1 as f64 / self.names.0 as f64
    }

    fn recall_of_identifiers(&self) -> f64 {
        (self.masked - self.names.1) as f64 / (self.wanted - self.names.0) as f64
    }

    fn tell(&self, name: &str) {
        eprintln!(
            "{name}: {} of {} masked ({:.3}), {} of {} masks false",
            self.masked,
            self.wanted,
            self.recall(),
            self.false_masks,
            self.masks
        );
        for failure in &self.failures {
            eprintln!("    {failure}");
        }
    }
}

#[test]
fn masks_what_points_at_a_person_and_little_else() {
    let lines = lines();
    let identifiers = Score::of(&lines.identifier);
    let names = Score::of(&lines.name);
    let later = Score::of(&lines.case);
    let clean = Score::of(&lines.clean);
    identifiers.tell("identifiers");
    names.tell("introduced names");
    later.tell("later mentions");
    clean.tell("lines with nothing to mask");
    let second = Score::of(&lines.second);
    let second_clean = Score::of(&lines.second_clean);
    second.tell("second batch");
    second_clean.tell("second batch, nothing to mask");
    let third = Score::of(&lines.third);
    let third_clean = Score::of(&lines.third_clean);
    third.tell("third batch");
    third_clean.tell("third batch, nothing to mask");
    eprintln!(
        "third batch: identifiers {:.3} (n={}), names {:.3} (n={})",
        third.recall_of_identifiers(),
        third.wanted - third.names.0,
        third.recall_of_names(),
        third.names.0
    );
    // Mended by since; `data/redact.toml` says what was masked at first sight.
    let batches = [
        (
            "fourth",
            &lines.fourth,
            &lines.fourth_clean,
            (0.97, 0.98),
            (0, 0),
        ),
        (
            "fifth",
            &lines.fifth,
            &lines.fifth_clean,
            (0.96, 0.98),
            (0, 0),
        ),
        (
            "sixth",
            &lines.sixth,
            &lines.sixth_clean,
            (0.99, 0.98),
            (0, 0),
        ),
        (
            "seventh",
            &lines.seventh,
            &lines.seventh_clean,
            (0.99, 0.99),
            (0, 1),
        ),
        // Nothing was learnt from it: as it was at first sight.
        (
            "eighth",
            &lines.eighth,
            &lines.eighth_clean,
            (0.92, 0.90),
            (2, 3),
        ),
    ];
    for (name, marked, clean, recall, most_false) in batches {
        let (marked, clean) = (Score::of(marked), Score::of(clean));
        marked.tell(&format!("{name} batch"));
        clean.tell(&format!("{name} batch, nothing to mask"));
        assert!(marked.recall_of_identifiers() >= recall.0, "{name}");
        assert!(marked.recall_of_names() >= recall.1, "{name}");
        assert!(marked.false_masks <= most_false.0, "{name}");
        assert!(clean.masks <= most_false.1, "{name}");
    }
    assert!(identifiers.recall() >= 0.98);
    assert!(names.recall() >= 0.95);
    assert!(later.recall() >= 0.95);
    assert!(second.recall() >= 0.95);
    // Written before a look at the rules, which were mended by it afterwards.
    assert!(third.recall_of_identifiers() >= 0.98);
    assert!(third.recall_of_names() >= 0.95);
    assert!(third_clean.masks <= 1, "{} false masks", third_clean.masks);
    let written = [
        &lines.identifier,
        &lines.name,
        &lines.case,
        &lines.second,
        &lines.third,
    ];
    let marked: usize = written.iter().map(|part| part.trim().lines().count()).sum();
    assert!(marked >= 150, "{marked} lines with something to mask");
    assert!(
        second_clean.masks <= 2,
        "{} false masks",
        second_clean.masks
    );
    let false_masks = identifiers.false_masks + names.false_masks + later.false_masks;
    assert!(
        false_masks <= 3,
        "{false_masks} false masks beside true ones"
    );
    assert!(clean.masks <= 1, "{} false masks", clean.masks);
}

#[test]
fn the_examples_of_identifiers_hold() {
    let (ran, failures) = run_identifier_examples(built_in(), "");
    assert!(ran > 60, "{ran} examples");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Two cases, each with people of its own; the first is introduced in its last record.
const RECORDS: &str = "case_id,id,date,keeper,narrative
C1,1,2024-02-01,\"HOLT, Jane\",\"Jane called from 07700 900123. Dean won't let her see her mum, and bram took her bank card.\"
C1,2,2024-02-02,n/k,\"Victim Jane HOLT (dob 03/04/1981) of 14 Hollin Ct, LS6 3QP states her partner Dean BROWN strangled her. Mr Brown said \u{201c}I will kill you, Jane\u{201d} \u{1F622}. Neighbour Bram Okafor saw it.\"
C2,3,2024-03-01,,\"AP Kasia Wilk is not allowed to see her mum, says Dean. Emailed kasia.wilk@example.org, 07700 900123.\"
";

const LEAKS: [&str; 12] = [
    "Jane", "Dean", "BROWN", "Brown", "bram", "Bram", "Okafor", "Kasia", "Wilk", "900123",
    "Hollin", "3QP",
];

#[test]
fn nothing_masked_is_in_any_file_and_findings_stay() {
    let desk = Desk::new();
    desk.write("in.csv", RECORDS);
    let all = [
        "--format",
        "csv,jsonl,html,xlsx",
        "--per-case",
        "--coverage",
        "--name-columns",
        "keeper",
    ];
    let run = |out: &str, more: &[&str]| {
        let mut args = vec!["scan", "in.csv", "--out", out];
        args.extend(all);
        args.extend(more);
        let run = desk.run(&args);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run
    };
    run("plain", &[]);
    let told = run("masked", &["--redact", "--jobs", "1"]);
    run("again", &["--redact", "--jobs", "4"]);
    assert!(told.stderr.contains("masked   ") && told.stderr.contains("read before you share"));
    let masked = desk.files("masked");
    assert!(masked.keys().any(|name| name.starts_with("per_case/")));
    for (name, bytes) in &masked {
        assert!(!name.starts_with('.'), "{name} was left behind");
        if name != "manifest.json" {
            assert_eq!(
                bytes,
                &desk.files("again")[name],
                "{name} depends on the threads"
            );
        }
        let text = String::from_utf8_lossy(bytes);
        for leak in LEAKS {
            assert!(!text.contains(leak), "{leak} in {name}");
        }
    }
    assert!(
        desk.files("plain")["evidence.csv"]
            .windows(4)
            .any(|w| w == b"Dean")
    );

    // The same rows but for the words, and offsets that lead to the source.
    let rows = |out: &str| -> Vec<Value> {
        let lines = desk.read(&format!("{out}/evidence.jsonl"));
        lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    };
    let (plain, masked) = (rows("plain"), rows("masked"));
    assert!(plain.len() > 2 && plain.len() == masked.len());
    let mut reader = csv::Reader::from_reader(RECORDS.as_bytes());
    let texts: Vec<Vec<char>> = reader
        .records()
        .map(|r| r.unwrap()[4].chars().collect())
        .collect();
    let mut differ = 0;
    for (plain, masked) in plain.iter().zip(&masked) {
        for column in [
            "case_id",
            "incident_id",
            "category",
            "rule_id",
            "tier",
            "experiencer",
        ] {
            assert_eq!(plain[column], masked[column]);
        }
        let number = |name: &str| masked[name].as_u64().unwrap() as usize;
        let incident: usize = masked["incident_id"].as_str().unwrap().parse().unwrap();
        let source: String = texts[incident - 1][number("start")..number("end")]
            .iter()
            .collect();
        let quote = masked["quote"].as_str().unwrap();
        // What stands between the masks stands in the source in the same order.
        let mut rest = source.as_str();
        for plain_part in quote.split(['[', ']']).step_by(2) {
            let at = rest
                .find(plain_part)
                .unwrap_or_else(|| panic!("{quote}: {source}"));
            rest = &rest[at + plain_part.len()..];
        }
        assert!(source.contains(plain["quote"].as_str().unwrap()));
        if quote == source {
            assert_eq!(plain["quote"], masked["quote"]);
            assert_eq!(plain["start"], masked["start"]);
        } else {
            differ += 1;
        }
    }
    assert!(differ > 0, "no quote holds a mask: the test shows nothing");

    // One person, one token, all through a case; another case begins anew.
    let all = serde_json::to_string(&masked).unwrap();
    assert!(all.contains("[PERSON 1]") && all.contains("[PERSON 2]"));
    let first = masked[0]["sentence"].as_str().unwrap();
    assert!(first.contains("[PERSON 2] won't let her"), "{first}");
}

#[test]
fn a_lexicon_that_cannot_mask_is_refused() {
    let desk = Desk::new();
    desk.write("in.csv", RECORDS);
    let run = desk.scan("out", &["in.csv", "--redact"], 2);
    assert!(
        run.stderr.contains("does not say what to mask"),
        "{}",
        run.stderr
    );
    assert!(desk.files("out").is_empty());
}

#[test]
fn names_in_columns_are_masked_in_parts() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "case_id,who,narrative\nC1,\"ZYLBA, Morrow\",\"he won't let zylba see her mum, and Morrow cried\"\n",
    );
    let args = [
        "scan",
        "in.csv",
        "--out",
        "out",
        "--redact",
        "--name-columns",
        "who",
    ];
    assert_eq!(desk.run(&args).status, 0);
    let evidence = desk.read("out/evidence.csv");
    assert!(
        evidence.contains("let [PERSON 1] see her mum, and [PERSON 1] cried"),
        "{evidence}"
    );
    let unknown = [
        "scan",
        "in.csv",
        "--out",
        "out2",
        "--redact",
        "--name-columns",
        "whom",
    ];
    let run = desk.run(&unknown);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--name-columns"), "{}", run.stderr);
}

#[test]
fn a_sample_of_a_masked_run_is_masked() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "case_id,id,narrative\nC1,1,he strangled her\nC1,2,Met Dean at the shop today and talked about the weather.\n\
         C1,3,\"Her brother Oxo called, all was well.\"\nC1,4,Oxo came by for tea and left again at nine.\n",
    );
    let scan = ["scan", "in.csv", "--out", "out", "--redact"];
    assert_eq!(desk.run(&scan).status, 0);
    let sample = desk.run(&["sample", "out", "--n", "3", "--out", "sample.csv"]);
    assert_eq!(sample.status, 0, "{}", sample.stderr);
    let sample = desk.read("sample.csv");
    assert!(sample.contains("Her brother [PERSON 2] called"), "{sample}");
    assert!(sample.contains("[PERSON 2] came by for tea"), "{sample}");
    assert!(
        !sample.contains("Oxo") && !sample.contains("Dean"),
        "{sample}"
    );
}

#[test]
fn masks_and_links_by_names_exclude_each_other() {
    let desk = Desk::new();
    desk.write("in.csv", RECORDS);
    let args = ["scan", "in.csv", "--out", "out", "--redact", "--link-names"];
    assert_eq!(desk.run(&args).status, 2);
}

/// Texts made of what the rules look for, and of anything else.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => proptest::sample::select(vec![
            "Mr ", "victim ", "her partner, ", "Dean", "O'Neill", "BROWN", " (AP)", "J. ", "van der ", "-", " ",
            ", ", "\u{2019}s ", "é", "😢", "07700 900123", "LS6 3QP", "14 Hollin Ct", "dob 1/2/80", "Will ", "\n", ".",
            "known as ", "St ", "PC 4471 ", "a@b.example", "İ", "ß", "and ",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Whatever the text, what is not masked stays as it was, and every place leads back.
    #[test]
    fn only_masks_change_a_text(text in text()) {
        let mut redactor = Redactor::new(built_in()).unwrap();
        redactor.learn_text("c", &text);
        let masked = redactor.mask_text("c", &text);
        let mut rebuilt = String::new();
        let (mut done, mut at) = (0, 0);
        for span in masked.masked() {
            prop_assert!(span.start >= done && !span.is_empty());
            let plain = &text[done..span.start];
            prop_assert!(masked.text[at..].starts_with(plain));
            at += plain.len();
            let moved = masked.span(span);
            prop_assert_eq!(moved.start, at);
            let label = moved.of(&masked.text);
            prop_assert!(label.starts_with('[') && label.ends_with(']'), "{label}");
            let chars = |text: &str, byte: usize| text[..byte].chars().count();
            prop_assert_eq!(masked.source.source(chars(&masked.text, moved.start)), chars(&text, span.start));
            prop_assert_eq!(masked.source.source(chars(&masked.text, moved.end)), chars(&text, span.end));
            rebuilt.push_str(plain);
            rebuilt.push_str(span.of(&text));
            (done, at) = (span.end, moved.end);
        }
        rebuilt.push_str(&masked.text[at..]);
        prop_assert_eq!(rebuilt, text);
    }
}
