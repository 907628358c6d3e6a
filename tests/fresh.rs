//! Batches of invented sentences by writers who had not seen the rules. How each came out at first sight
//! stands in `data/fresh/README.md`; here they keep what was learnt from them.
//!
//! A batch is a file of lines with three fields: the register (`log`, `victim`, `third`), the kind, and a
//! text with the words that show the category in double brackets. Of the kinds `open` (said in so many
//! words) and `told` (without a word for it) are to be found, `not`, `neg` and `hyp` are not.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use throughline::evaluate::{GoldDocument, evaluate, read_gold};
use throughline::scan::Scanner;

use crate::support::{built_in, crate_folder};

/// How many of each kind are found.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Found {
    open: usize,
    told: usize,
    not: usize,
    neg: usize,
    hyp: usize,
}

impl Found {
    fn of(&mut self, kind: &str) -> &mut usize {
        match kind {
            "open" => &mut self.open,
            "told" => &mut self.told,
            "not" => &mut self.not,
            "neg" => &mut self.neg,
            "hyp" => &mut self.hyp,
            other => panic!("`{other}` is no kind"),
        }
    }
}

#[test]
fn batches_keep_what_was_learnt() {
    let folder = crate_folder().join("tests/data/fresh");
    let figures = fs::read_to_string(folder.join("figures.toml")).expect("readable");
    let figures: BTreeMap<String, Found> = toml::from_str(&figures).expect("sound");
    let lexicon = built_in();
    // The weights were learnt from these batches: what is held here is what the rules find.
    let mut scanner = Scanner::without_weights(lexicon);
    let mut worse = Vec::new();
    for (category, least) in &figures {
        let index = lexicon.category(category).expect("a category");
        let batch = fs::read_to_string(folder.join(format!("{category}.tsv"))).expect("readable");
        let (mut found, mut all) = (Found::default(), Found::default());
        for (number, line) in batch.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [register, kind, text] = fields[..] else {
                panic!("{category}.tsv:{}: not three fields", number + 1);
            };
            assert!(
                ["log", "victim", "third"].contains(&register),
                "{category}.tsv:{}: `{register}` is no register",
                number + 1
            );
            let text = text.replace("[[", "").replace("]]", "");
            let hit = scanner
                .scan(&text)
                .iter()
                .any(|m| m.category == index && m.suppressed.is_none());
            *all.of(kind) += 1;
            *found.of(kind) += usize::from(hit);
        }
        eprintln!(
            "{category:<24} open {}/{}  told {}/{}  wrongly: not {}/{}, neg {}/{}, hyp {}/{}",
            found.open,
            all.open,
            found.told,
            all.told,
            found.not,
            all.not,
            found.neg,
            all.neg,
            found.hyp,
            all.hyp
        );
        let lost = found.open < least.open || found.told < least.told;
        let wrong = found.not + found.neg + found.hyp > least.not + least.neg + least.hyp;
        if lost || wrong {
            worse.push(format!("{category}: {found:?}, before: {least:?}"));
        }
    }
    assert!(figures.len() >= 20, "only {} batches", figures.len());
    assert!(worse.is_empty(), "worse than before\n{}", worse.join("\n"));
}

/// A second batch by three more blind writers, with weights on: what is found of it stays found. At first sight it was 346
/// of 384 said openly, 113 of 384 told, and 72, 17 and 22 wrongly.
#[test]
fn the_second_batch_keeps_what_was_learnt() {
    /// Found at least, and wrongly at most.
    const OPEN: usize = 355;
    // 125 and 90 before the table was learnt with real posts besides, and asks for more where somebody tells of themselves.
    const TOLD: usize = 118;
    const WRONG: usize = 94;
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    let path = crate_folder().join("tests/data/second_batch.txt");
    let text = fs::read_to_string(path).expect("readable");
    let mut found = Found::default();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [category, _register, kind, text] = fields[..] else {
            panic!("{line}: not four fields");
        };
        let index = lexicon.category(category).expect("a category");
        let text = text.replace("[[", "").replace("]]", "");
        let mentions = scanner.scan(&text);
        let hit = |m: &throughline::mention::Mention| m.category == index && m.suppressed.is_none();
        *found.of(kind) += usize::from(mentions.iter().any(hit));
    }
    assert!(found.open >= OPEN && found.told >= TOLD, "{found:?}");
    assert!(found.not + found.neg + found.hyp <= WRONG, "{found:?}");
}

/// Whole records by writers who had read only the codebook: what is found of their labels and checks stays
/// found, and no more is found wrongly.
#[test]
fn narratives_keep_what_was_learnt() {
    /// Labels found at least, and found wrongly at most (records 1 to 255 bear category labels).
    const LABELS: (u64, u64) = (437, 155);
    /// Response checks found at least, and found wrongly at most.
    const CHECKS: (u64, u64) = (322, 104);
    let path = crate_folder().join("tests/data/fresh/narratives.jsonl");
    let documents = read_gold(&path).expect("sound");
    let labelled: Vec<GoldDocument> = documents
        .iter()
        .filter(|d| !d.doc_id.starts_with("narrative-f"))
        .cloned()
        .collect();
    assert_eq!((documents.len(), labelled.len()), (325, 255));
    let labels = evaluate(built_in(), &labelled, None).total;
    let checks = evaluate(built_in(), &documents, None).checks_total;
    eprintln!("narratives: labels {labels:?}, checks {checks:?}");
    for (score, (least, most)) in [(labels, LABELS), (checks, CHECKS)] {
        assert!(score.true_positives >= least, "fewer found: {score:?}");
        assert!(
            score.false_positives <= most,
            "more found wrongly: {score:?}"
        );
    }
}

/// Records that use the words of abuse or of suicide and tell of neither, and their twins in which the same words tell of it:
/// fewer of the former are flagged than once were, and no fewer of the latter.
#[test]
fn decoys_and_their_twins_are_told_apart() {
    /// Labels found wrongly in decoys at most.
    const WRONG: u64 = 131;
    /// Labels of twins found at least, and found wrongly at most.
    const TWINS: (u64, u64) = (400, 138);
    let read = |name: &str| {
        let path = crate_folder().join("tests/data/fresh").join(name);
        read_gold(&path).expect("sound")
    };
    let (decoys, twins) = (read("decoys.jsonl"), read("twins.jsonl"));
    assert_eq!((decoys.len(), twins.len()), (295, 195));
    let alone = evaluate(built_in(), &decoys, None).total;
    let told = evaluate(built_in(), &twins, None).total;
    eprintln!("decoys: {alone:?}, twins: {told:?}");
    assert!(
        alone.false_positives <= WRONG,
        "more decoys are taken in: {alone:?}"
    );
    assert!(told.true_positives >= TWINS.0, "fewer found: {told:?}");
    assert!(
        told.false_positives <= TWINS.1,
        "more found wrongly: {told:?}"
    );
}
