//! Turns decisions into labelled narratives for `evaluate`.
//!
//! What was accepted is a label; what was dismissed is a category without one, so that finding it
//! again is an error. Every other category of the lexicon is listed under `dispute`: nobody read the
//! text for it, so it counts neither way. Such a file measures precision on texts once flagged; it
//! cannot measure what is missed (`sample` can).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Decisions, Outcome, Target};
use crate::error::{Error, Result};
use crate::narrative::ReadItem;
use crate::past_run::{PastMention, PastRun};

/// Which texts go into the gold file.
#[derive(Clone, Copy, Debug)]
pub enum GoldTexts<'i> {
    /// The sentences of the evidence.
    Sentences,
    /// The narratives, read from the inputs of the run.
    Narratives(&'i [PathBuf]),
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoldSummary {
    /// Texts that the file did not hold.
    pub added: usize,
    /// Texts that it held with other labels, now replaced.
    pub replaced: usize,
    /// Texts that it held just so.
    pub same: usize,
}

/// Adds the decided texts to the gold file `path`; a text that it holds already gets its new labels.
///
/// `categories` are the ids of the lexicon's categories that `evaluate` scores.
///
/// # Errors
/// If a file cannot be read or written, or the inputs are not those of the run.
pub fn write_gold(
    path: &Path,
    run: &PastRun,
    decisions: &Decisions,
    categories: &[&str],
    texts: GoldTexts<'_>,
) -> Result<GoldSummary> {
    let mut documents = Documents::default();
    let narratives = match texts {
        GoldTexts::Sentences => BTreeMap::new(),
        GoldTexts::Narratives(inputs) => narratives(run, decisions, inputs)?,
    };
    for (index, mention) in run.evidence.iter().enumerate() {
        let Some(outcome) = decisions.outcome(Target::Mention(index)) else {
            continue;
        };
        let (text, quote) = match texts {
            GoldTexts::Sentences => (mention.sentence.as_str(), mention.quote.clone()),
            GoldTexts::Narratives(_) => {
                let key = field_key(mention);
                let text = narratives
                    .get(&key)
                    .ok_or_else(|| not_there(run, mention))?;
                let quote: String = text
                    .chars()
                    .skip(mention.place.start)
                    .take(mention.place.end.saturating_sub(mention.place.start))
                    .collect();
                (text.as_str(), quote)
            }
        };
        let why = reason(decisions, index);
        documents.add(text, mention, &quote, outcome, &why);
    }
    // A category with an undecided mention in a text cannot count there, whatever the others say.
    for (index, mention) in run.evidence.iter().enumerate() {
        if decisions.outcome(Target::Mention(index)).is_none() {
            let text = match texts {
                GoldTexts::Sentences => Some(mention.sentence.as_str()),
                GoldTexts::Narratives(_) => narratives.get(&field_key(mention)).map(String::as_str),
            };
            if let Some(document) = text.and_then(|text| documents.by_text.get_mut(text)) {
                document.open.insert(mention.place.category.clone());
            }
        }
    }
    write(path, &documents.lines(categories))
}

type FieldKey = (String, String, String);

fn field_key(mention: &PastMention) -> FieldKey {
    let place = &mention.place;
    (
        place.case_id.clone(),
        place.incident_id.clone(),
        place.field.clone(),
    )
}

fn not_there(run: &PastRun, mention: &PastMention) -> Error {
    Error::usage(format!(
        "the input holds no field {:?} of incident {} of case {}, as the run {} does; is it the same file?",
        mention.place.field,
        mention.place.incident_id,
        mention.place.case_id,
        run.name()
    ))
}

/// The text fields that hold a decided mention.
fn narratives(
    run: &PastRun,
    decisions: &Decisions,
    inputs: &[PathBuf],
) -> Result<BTreeMap<FieldKey, String>> {
    let wanted: BTreeSet<FieldKey> = run
        .evidence
        .iter()
        .enumerate()
        .filter(|(index, _)| decisions.outcome(Target::Mention(*index)).is_some())
        .map(|(_, mention)| field_key(mention))
        .collect();
    let mut texts = BTreeMap::new();
    run.read_inputs(inputs, false, &mut |item| {
        if let ReadItem::Record(record) = item {
            let (case, incident) = (
                record.case_id.clone().unwrap_or_default(),
                record.incident_ref(),
            );
            for field in record.fields {
                let key = (case.clone(), incident.clone(), field.name.to_string());
                if wanted.contains(&key) {
                    texts.insert(key, field.text);
                }
            }
        }
        Ok(())
    })?;
    Ok(texts)
}

/// The reason that the reviewers gave, if they gave one and the same.
fn reason(decisions: &Decisions, index: usize) -> String {
    let by = decisions.by_target.get(&Target::Mention(index));
    let mut reasons: Vec<String> = by
        .into_iter()
        .flat_map(|by| by.values())
        .map(|d| d.reason.trim().to_lowercase())
        .filter(|r| !r.is_empty())
        .collect();
    reasons.dedup();
    match &reasons[..] {
        [one] => one.clone(),
        _ => String::new(),
    }
}

#[derive(Default)]
struct Documents<'t> {
    order: Vec<&'t str>,
    by_text: BTreeMap<&'t str, Document>,
}

#[derive(Default)]
struct Document {
    labels: Vec<Value>,
    accepted: BTreeSet<String>,
    dismissed: BTreeSet<String>,
    /// Categories that cannot count: undecided, unsure, or reviewers differ.
    open: BTreeSet<String>,
}

impl<'t> Documents<'t> {
    fn add(
        &mut self,
        text: &'t str,
        mention: &PastMention,
        quote: &str,
        outcome: Outcome,
        why: &str,
    ) {
        let order = &mut self.order;
        let document = self.by_text.entry(text).or_insert_with(|| {
            order.push(text);
            Document::default()
        });
        let category = mention.place.category.clone();
        match outcome {
            Outcome::Accepted => {
                let [_, certainty, temporality, experiencer, ..] = &mention.axes;
                let assertion = if certainty == "disputed" {
                    "disputed"
                } else {
                    "affirmed"
                };
                let time = if temporality == "historical" {
                    "historic"
                } else {
                    "current"
                };
                document.label(&category, assertion, time, person(experiencer), quote);
                document.accepted.insert(category);
            }
            Outcome::Dismissed => {
                if matches!(why, "negated" | "hypothetical") {
                    let [_, _, _, experiencer, ..] = &mention.axes;
                    document.label(&category, why, "current", person(experiencer), quote);
                }
                document.dismissed.insert(category);
            }
            Outcome::Differing | Outcome::Unsure => {
                document.open.insert(category);
            }
        }
    }

    fn lines(&self, categories: &[&str]) -> Vec<(String, String)> {
        self.order
            .iter()
            .map(|text| {
                let document = &self.by_text[text];
                // One accepted mention settles that the text tells it; an open one beside only
                // dismissed ones might.
                let told = |c: &str| document.accepted.contains(c);
                let settled = |c: &str| {
                    told(c) || (document.dismissed.contains(c) && !document.open.contains(c))
                };
                let dispute: Vec<&&str> = categories.iter().filter(|c| !settled(c)).collect();
                let id = format!("review-{}", short_hash(text));
                let line = json!({
                    "doc_id": id,
                    "source": "review",
                    "text": text,
                    "labels": document.labels,
                    "dispute": dispute,
                });
                (id, line.to_string())
            })
            .collect()
    }
}

impl Document {
    /// Adds a label, one for each category, assertion and experiencer.
    fn label(&mut self, category: &str, assertion: &str, time: &str, person: &str, quote: &str) {
        let same = |label: &Value| {
            label["category"] == category
                && label["assertion"] == assertion
                && label["experiencer"] == person
        };
        if !self.labels.iter().any(same) {
            self.labels.push(json!({
                "category": category,
                "assertion": assertion,
                "time": time,
                "experiencer": person,
                "quote": quote,
            }));
        }
    }
}

/// The role as gold files name it.
fn person(role: &str) -> &'static str {
    match role {
        "victim" => "victim",
        "suspect" => "perpetrator",
        "child" => "child",
        "other" => "other",
        _ => "unclear",
    }
}

fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(8)
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn write(path: &Path, documents: &[(String, String)]) -> Result<GoldSummary> {
    let fail = |action| move |e| Error::io(action, path, e);
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::io("cannot read", path, e)),
    };
    let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
    let mut places = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let id = serde_json::from_str::<Value>(line)
            .ok()
            .and_then(|v| v["doc_id"].as_str().map(str::to_owned));
        match id {
            Some(id) => drop(places.insert(id, index)),
            None if line.trim().is_empty() => {}
            None => {
                let message = "not a labelled narrative; nothing was written";
                return Err(Error::input(path, Some(index as u64 + 1), message));
            }
        }
    }
    let mut summary = GoldSummary::default();
    for (id, line) in documents {
        match places.get(id) {
            Some(index) if lines[*index] == *line => summary.same += 1,
            Some(index) => {
                lines[*index].clone_from(line);
                summary.replaced += 1;
            }
            None => {
                lines.push(line.clone());
                summary.added += 1;
            }
        }
    }
    // Written beside its target and moved there: a full disk must not cost the labels that it held.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail("cannot write"))?;
    for line in lines {
        writeln!(file, "{line}").map_err(fail("cannot write"))?;
    }
    file.persist(path)
        .map_err(|e| Error::io("cannot write", path, e.error))?;
    Ok(summary)
}
