//! The lexicon in other programs' forms: what is written is what the rules say, and what is left out is counted.

use std::collections::BTreeMap;

use serde_json::Value;
use throughline::lexicon::LexiconSource;
use throughline::lexicon::export::{Export, ExportFormat, export};
use throughline::scan::Scanner;

use crate::support::{lexicon, lexicon_folder};

fn exported(format: ExportFormat) -> Export {
    let source = LexiconSource::folder(&lexicon_folder()).expect("readable");
    export(&source, format).expect("sound")
}

/// The number before a word of a note.
fn count(notes: &[String], line: usize, word: &str) -> usize {
    let words: Vec<&str> = notes[line]
        .split([' ', ',', ':'])
        .filter(|w| !w.is_empty())
        .collect();
    let at = words
        .iter()
        .position(|w| *w == word)
        .unwrap_or_else(|| panic!("no {word} in {}", notes[line]));
    words[at - 1].parse().expect("a number")
}

/// Every term, scanned by itself, is matched by the rule that it was made from.
#[test]
fn terms_are_what_their_rules_find() {
    let export = exported(ExportFormat::Terms);
    let rows: Vec<Vec<&str>> = export
        .text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(rows.len(), count(&export.notes, 0, "rows"));
    assert!(rows.len() > 40, "{} rows", rows.len());
    let lexicon = lexicon();
    let mut scanner = Scanner::new(lexicon);
    for row in rows {
        let [term, category, rule] = row.as_slice() else {
            panic!("not three columns: {row:?}")
        };
        let own = lexicon
            .rules
            .iter()
            .find(|r| r.id == *rule)
            .expect("the rule is there");
        assert_eq!(lexicon.categories[own.category].id, *category);
        // A rule that needs more than its words finds nothing in them alone.
        let text = match *rule == "isolation.cut_off" {
            true => format!("AP came. {term}."),
            false => format!("{term}."),
        };
        let found = scanner.scan_all(&text);
        assert!(
            found.iter().any(|m| lexicon.rules[m.rule].id == *rule),
            "{rule} does not find {term:?}"
        );
    }
}

#[test]
fn medspacy_rules_are_complete_and_counted() {
    let export = exported(ExportFormat::Medspacy);
    let file: Value = serde_json::from_str(&export.text).expect("JSON");
    let rules = |key: &str| file[key].as_array().expect("a list").clone();
    let (targets, cues) = (rules("target_rules"), rules("context_rules"));
    assert_eq!(targets.len(), count(&export.notes, 0, "target"));
    assert_eq!(cues.len(), count(&export.notes, 0, "context"));
    for rule in targets.iter().chain(&cues) {
        let tokens = rule["pattern"].as_array().expect("a list");
        assert!(
            tokens
                .iter()
                .any(|t| t.get("LOWER").is_some() && t.get("OP").is_none()),
            "{rule}"
        );
    }
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &targets {
        *by_rule
            .entry(rule["metadata"]["rule"].as_str().expect("an id"))
            .or_default() += 1;
    }
    assert!(
        by_rule.contains_key("economic_control.holds_card"),
        "{by_rule:?}"
    );
    // `[0-2 !again]`: up to two tokens, neither of them the excepted word.
    let gapped = targets
        .iter()
        .find(|r| r["metadata"]["rule"] == "isolation.not_let_see")
        .expect("there");
    let gap = serde_json::json!({ "LOWER": { "NOT_IN": ["again"] }, "OP": "?" });
    assert_eq!(
        gapped["pattern"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|t| **t == gap)
            .count(),
        2
    );
    let negation = cues
        .iter()
        .find(|r| r["metadata"]["modifier"] == "negation.denies")
        .expect("there");
    assert_eq!(
        (&negation["category"], &negation["direction"]),
        (&"NEGATED_EXISTENCE".into(), &"FORWARD".into())
    );
    // The same notes stand in the file.
    assert_eq!(
        file["notes"].as_array().expect("a list").len(),
        export.notes.len()
    );
}

/// Each pattern is counted once: in full, in part or not.
#[test]
fn nothing_is_left_out_uncounted() {
    for (format, line, of) in [
        (ExportFormat::Terms, 1, "patterns"),
        (ExportFormat::Medspacy, 1, "patterns"),
    ] {
        let notes = exported(format).notes;
        let all = count(&notes, line, of);
        let full = count(&notes, line, "expressed");
        let words: Vec<&str> = notes[line]
            .split([' ', ','])
            .filter(|w| !w.is_empty())
            .collect();
        let part: usize = words[words.len() - 5]
            .parse()
            .unwrap_or_else(|_| panic!("{words:?}"));
        let not: usize = words[words.len() - 2]
            .parse()
            .unwrap_or_else(|_| panic!("{words:?}"));
        assert_eq!(all, full + part + not, "{}", notes[line]);
    }
}
