//! Scores findings against labelled narratives: per category, and on experiencer and time.
//!
//! A category of a document counts as found if `evidence` holds it for that document. Labels
//! `affirmed` and `disputed` ask for it; `negated` and `hypothetical` ask that it be absent. A
//! category listed under `dispute` counts neither way.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::assertion::{Role, Temporality};
use crate::case::{CaseMention, CaseRecord};
use crate::checks::{Finding, Statement, Status, run_checks, statements};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::scan::Scanner;

/// A labelled narrative.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldDocument {
    /// Its id.
    pub doc_id: String,
    /// Its text.
    pub text: String,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<GoldLabel>,
    /// Categories on which careful readers differed.
    #[serde(default)]
    pub dispute: Vec<String>,
    /// Response checks that the text states as done or not done, if they were labelled.
    pub gaps: Option<Vec<GoldGap>>,
}

/// One label of a response check.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldGap {
    /// Check id.
    pub check: String,
    /// `done` or `stated_not_done`.
    pub status: String,
    /// The words that show it.
    #[serde(default)]
    pub quote: String,
}

/// One label.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldLabel {
    /// Category id.
    pub category: String,
    /// `affirmed`, `disputed`, `negated` or `hypothetical`.
    pub assertion: String,
    /// `current` or `historic`.
    pub time: String,
    /// `victim`, `perpetrator`, `child`, `other` or `unclear`.
    pub experiencer: String,
    /// The words that show it.
    pub quote: String,
}

impl GoldLabel {
    /// Whether the category counts as told of somebody: `affirmed` or `disputed`.
    pub(crate) fn asks_for_it(&self) -> bool {
        matches!(self.assertion.as_str(), "affirmed" | "disputed")
    }

    fn role(&self) -> Role {
        match self.experiencer.as_str() {
            "perpetrator" => Role::Suspect,
            other => Role::parse(other).unwrap_or(Role::Unknown),
        }
    }
}

/// Reads a gold file.
///
/// # Errors
/// If the file cannot be read, or a line is not a labelled narrative.
pub fn read_gold(path: &Path) -> Result<Vec<GoldDocument>> {
    let file = std::fs::File::open(path).map_err(|e| Error::io("cannot read", path, e))?;
    let mut documents = Vec::new();
    for (index, line) in std::io::BufReader::new(file).lines().enumerate() {
        let number = index as u64 + 1;
        let line = line.map_err(|e| Error::io("cannot read", path, e))?;
        if line.trim().is_empty() {
            continue;
        }
        let document: GoldDocument = serde_json::from_str(&line).map_err(|e| {
            // The message of serde may quote the text: say only where.
            Error::input(
                path,
                Some(number),
                format!("not a labelled narrative (column {})", e.column()),
            )
        })?;
        if let Some(label) = document
            .labels
            .iter()
            .find(|l| !document.text.contains(&l.quote))
        {
            let message = format!(
                "document {}: the quote of a label of {} is not in its text",
                document.doc_id, label.category
            );
            return Err(Error::input(path, Some(number), message));
        }
        documents.push(document);
    }
    Ok(documents)
}

/// Whether a document belongs to the third that is kept aside while rules are written, so that it can
/// tell what they do on text that nobody looked at: the first byte of the SHA-256 of its id, divided by
/// three, leaves no remainder.
pub fn is_kept_aside(doc_id: &str) -> bool {
    Sha256::digest(doc_id.as_bytes())[0].is_multiple_of(3)
}

/// True and false positives and false negatives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Found and labelled.
    pub true_positives: u64,
    /// Found and not labelled.
    pub false_positives: u64,
    /// Labelled and not found.
    pub false_negatives: u64,
}

impl Score {
    /// Documents found.
    pub fn found(self) -> u64 {
        self.true_positives + self.false_positives
    }

    /// Documents labelled.
    pub fn labelled(self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// Precision, if anything was found.
    pub fn precision(self) -> Option<f64> {
        share(self.true_positives, self.found())
    }

    /// Recall, if anything was labelled.
    pub fn recall(self) -> Option<f64> {
        share(self.true_positives, self.labelled())
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(self) -> Option<f64> {
        share(2 * self.true_positives, self.found() + self.labelled())
    }

    fn add(&mut self, other: Self) {
        self.true_positives += other.true_positives;
        self.false_positives += other.false_positives;
        self.false_negatives += other.false_negatives;
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The Wilson 95% interval of a share (Wilson 1927), or `None` for `n = 0`.
pub fn wilson(successes: u64, n: u64) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return None;
    }
    let n = n as f64;
    let p = successes as f64 / n;
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some((
        ((centre - spread) / scale).max(0.0),
        ((centre + spread) / scale).min(1.0),
    ))
}

/// An error of the scanner, for reading.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// `false positive`, `false negative`, `experiencer` or `time`.
    pub kind: &'static str,
    /// The document.
    pub doc_id: String,
    /// Category id.
    pub category: String,
    /// Rule that found it, empty for a false negative.
    pub rule: String,
    /// The words: found, or labelled.
    pub quote: String,
    /// What was expected and found, or why a match was set aside.
    pub note: String,
}

/// The outcome of an evaluation.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Documents read.
    pub documents: u64,
    /// Scores by category id.
    pub categories: BTreeMap<String, Score>,
    /// All categories together.
    pub total: Score,
    /// True positives whose experiencer is right, and all of them.
    pub experiencer: (u64, u64),
    /// True positives of suicide categories whose experiencer is right, and all of them.
    pub experiencer_suicide: (u64, u64),
    /// True positives whose time is right, and all of them.
    pub time: (u64, u64),
    /// `negated` and `hypothetical` labels kept out of evidence, and all of them.
    pub kept_out: (u64, u64),
    /// Scores by response check and status, as `check: status`, over documents with such labels.
    pub checks: BTreeMap<String, Score>,
    /// All response checks together.
    pub checks_total: Score,
    /// Every error.
    pub mistakes: Vec<Mistake>,
}

/// Scans the documents and scores what is found. With `only`, other categories are left out.
pub fn evaluate(lexicon: &Lexicon, documents: &[GoldDocument], only: Option<&str>) -> Evaluation {
    let mut scanner = Scanner::new(lexicon);
    let mut out = Evaluation::default();
    let context: BTreeSet<&str> = lexicon
        .categories
        .iter()
        .filter(|c| c.group == crate::assertion::Group::Context)
        .map(|c| c.id.as_str())
        .collect();
    for document in documents {
        out.documents += 1;
        let mentions = scanner.scan(&document.text);
        let mut found: BTreeMap<&str, Vec<&Mention>> = BTreeMap::new();
        let mut aside: BTreeMap<&str, Vec<&Mention>> = BTreeMap::new();
        for mention in &mentions {
            let id = lexicon.categories[mention.category].id.as_str();
            let list = if mention.suppressed.is_none() {
                &mut found
            } else {
                &mut aside
            };
            list.entry(id).or_default().push(mention);
        }
        let mut ids: BTreeSet<&str> = found.keys().copied().collect();
        ids.extend(document.labels.iter().map(|l| l.category.as_str()));
        for id in ids {
            if context.contains(id)
                || document.dispute.iter().any(|d| d == id)
                || only.is_some_and(|only| only != id)
            {
                continue;
            }
            out.category(lexicon, document, id, found.get(id), aside.get(id));
        }
        if let Some(gaps) = document.gaps.as_ref().filter(|_| only.is_none()) {
            let said = statements(
                lexicon,
                (0, "text"),
                &document.text,
                0,
                scanner.statements(),
            );
            out.response(lexicon, document, gaps, (said, &mentions));
        }
    }
    for score in out.checks.values() {
        out.checks_total.add(*score);
    }
    for score in out.categories.values() {
        out.total.add(*score);
    }
    out
}

impl Evaluation {
    /// Scores what one document says about response checks.
    fn response(
        &mut self,
        lexicon: &Lexicon,
        document: &GoldDocument,
        gaps: &[GoldGap],
        (said, mentions): (Vec<Statement>, &[Mention]),
    ) {
        let counts = mentions.iter().filter(|m| m.suppressed.is_none());
        let mut case = CaseRecord {
            statements: said,
            mentions: counts
                .map(|m| CaseMention::of(lexicon, &document.text, 0, m))
                .collect(),
            ..CaseRecord::default()
        };
        let id = document.doc_id.clone();
        case.add_incident(id, String::new(), String::new(), None);
        case.sort();
        let findings = run_checks(lexicon, &case);
        let stated: Vec<&Finding> = findings
            .iter()
            .filter(|f| f.status != Status::NoMentionFound)
            .collect();
        let id_of = |f: &Finding| lexicon.checks[f.check].id.as_str();
        for finding in &stated {
            let (check, status) = (id_of(finding), finding.status.as_str());
            let right = gaps.iter().any(|g| g.check == check && g.status == status);
            let score = self.checks.entry(format!("{check}: {status}")).or_default();
            if right {
                score.true_positives += 1;
                continue;
            }
            score.false_positives += 1;
            let statement = finding.statement.as_ref();
            self.mistakes.push(Mistake {
                kind: "check false positive",
                doc_id: document.doc_id.clone(),
                category: format!("{check}: {status}"),
                rule: statement.map_or_else(String::new, |s| lexicon.rules[s.rule].id.clone()),
                quote: finding.quote().to_owned(),
                note: String::new(),
            });
        }
        let labelled: BTreeSet<(&str, &str)> = gaps
            .iter()
            .map(|g| (g.check.as_str(), g.status.as_str()))
            .collect();
        for (check, status) in labelled {
            if stated
                .iter()
                .any(|f| id_of(f) == check && f.status.as_str() == status)
            {
                continue;
            }
            let score = self.checks.entry(format!("{check}: {status}")).or_default();
            score.false_negatives += 1;
            let other = stated.iter().find(|f| id_of(f) == check);
            let quotes = gaps
                .iter()
                .filter(|g| g.check == check && g.status == status);
            self.mistakes.push(Mistake {
                kind: "check false negative",
                doc_id: document.doc_id.clone(),
                category: format!("{check}: {status}"),
                rule: String::new(),
                quote: quotes
                    .map(|g| g.quote.as_str())
                    .collect::<Vec<_>>()
                    .join("; "),
                note: other.map_or_else(String::new, |f| {
                    format!("found as {}: \"{}\"", f.status.as_str(), f.quote())
                }),
            });
        }
    }

    fn category(
        &mut self,
        lexicon: &Lexicon,
        document: &GoldDocument,
        id: &str,
        found: Option<&Vec<&Mention>>,
        aside: Option<&Vec<&Mention>>,
    ) {
        let labels: Vec<&GoldLabel> = document
            .labels
            .iter()
            .filter(|l| l.category == id)
            .collect();
        let asked: Vec<&&GoldLabel> = labels.iter().filter(|l| l.asks_for_it()).collect();
        let quiet = labels.len() - asked.len();
        if quiet > 0 && asked.is_empty() {
            self.kept_out.1 += quiet as u64;
            if found.is_none() {
                self.kept_out.0 += quiet as u64;
            }
        }
        let score = self.categories.entry(id.to_owned()).or_default();
        let quote = |m: &Mention| m.span.of(&document.text).to_owned();
        let mistake = |kind, rule: String, quote: String, note: String| Mistake {
            kind,
            doc_id: document.doc_id.clone(),
            category: id.to_owned(),
            rule,
            quote,
            note,
        };
        match (asked.is_empty(), found) {
            (true, None) => {}
            (true, Some(mentions)) => {
                score.false_positives += 1;
                for m in mentions {
                    let sentence = m.sentence.of(&document.text).to_owned();
                    self.mistakes.push(mistake(
                        "false positive",
                        lexicon.rules[m.rule].id.clone(),
                        quote(m),
                        sentence,
                    ));
                }
            }
            (false, None) => {
                score.false_negatives += 1;
                let why = aside.map_or_else(String::new, |list| {
                    let each = |m: &&Mention| {
                        format!(
                            "{} \"{}\": {}",
                            lexicon.rules[m.rule].id,
                            quote(m),
                            m.suppressed.as_deref().unwrap_or_default()
                        )
                    };
                    list.iter().map(each).collect::<Vec<_>>().join("; ")
                });
                for label in asked {
                    self.mistakes.push(mistake(
                        "false negative",
                        String::new(),
                        label.quote.clone(),
                        why.clone(),
                    ));
                }
            }
            (false, Some(mentions)) => {
                score.true_positives += 1;
                let suicide = mentions.iter().any(|m| {
                    lexicon.categories[m.category].group == crate::assertion::Group::Suicide
                });
                let role_right = asked
                    .iter()
                    .any(|l| mentions.iter().any(|m| m.assertion.experiencer == l.role()));
                let historic = |m: &Mention| m.assertion.temporality == Temporality::Historical;
                let time_right = asked.iter().any(|l| {
                    mentions
                        .iter()
                        .any(|m| historic(m) == (l.time == "historic"))
                });
                self.experiencer.1 += 1;
                self.time.1 += 1;
                self.experiencer_suicide.1 += u64::from(suicide);
                if role_right {
                    self.experiencer.0 += 1;
                    self.experiencer_suicide.0 += u64::from(suicide);
                } else {
                    let note = format!(
                        "experiencer {} expected, {} found",
                        asked[0].role(),
                        mentions[0].assertion.experiencer
                    );
                    self.mistakes.push(mistake(
                        "experiencer",
                        lexicon.rules[mentions[0].rule].id.clone(),
                        quote(mentions[0]),
                        note,
                    ));
                }
                if time_right {
                    self.time.0 += 1;
                } else {
                    let note = format!(
                        "time {} expected, {} found",
                        asked[0].time, mentions[0].assertion.temporality
                    );
                    self.mistakes.push(mistake(
                        "time",
                        lexicon.rules[mentions[0].rule].id.clone(),
                        quote(mentions[0]),
                        note,
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_interval_of_a_known_share() {
        let (low, high) = wilson(8, 10).expect("n > 0");
        assert!(
            (low - 0.4902).abs() < 5e-4 && (high - 0.9433).abs() < 5e-4,
            "{low} {high}"
        );
        assert_eq!(wilson(0, 0), None);
    }
}
