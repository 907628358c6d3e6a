//! Masks personal names and other identifiers: `--redact`.
//!
//! Masking happens between scanning and writing: findings are made on the text as it stands, then
//! the text of each field is rewritten once, every span of its mentions with it, and all that is
//! written afterwards (quotes, sentences, reasons, report) comes from the masked text. Offsets in
//! tables lead back to the source through a [`SourceMap`].
//!
//! A name is masked wherever it stands in its case, so all records of a case are read for names
//! ([`Redactor::learn`]) before the first is masked ([`Redactor::mask`]). What is known of a case is held
//! until it is let go ([`Redactor::forget`]). People are numbered in the order in which they are learned,
//! other identifiers in that in which they are masked: whoever wants the same tokens hands the records of a
//! case on in the same order ([`crate::case::order`]). Tokens such as `[PERSON 1]`
//! stand for the same person, number or address all through a case; between cases they say nothing.

mod identifiers;
mod mask;
mod names;
mod people;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::span::SourceMap;
pub use mask::Masked;

use self::identifiers::{Found, find_identifiers};
use self::mask::Mask;
use self::names::NameFinder;
use self::people::{People, Reference};
use self::words::{Written, words};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::narrative::Record;
use crate::pipeline::Scanned;
use crate::span::Span;

/// Masks the records of a run.
#[derive(Debug)]
pub struct Redactor<'l> {
    lexicon: &'l Lexicon,
    cases: BTreeMap<String, Case>,
    masks: BTreeMap<String, u64>,
}

/// What is known of a case.
#[derive(Debug, Default)]
struct Case {
    people: People,
    /// The number of each other identifier, by kind and by its letters and digits.
    numbers: BTreeMap<String, BTreeMap<String, usize>>,
}

impl<'l> Redactor<'l> {
    /// A redactor that knows of no case yet.
    ///
    /// # Errors
    /// If the lexicon does not say what to mask: a run that is asked for masks and makes none
    /// would be a trap.
    pub fn new(lexicon: &'l Lexicon) -> Result<Self> {
        if lexicon.redaction.is_empty() {
            return Err(Error::usage(
                "this lexicon does not say what to mask: it has no identifiers or no titles \
                 (see lexicons/redact)",
            ));
        }
        Ok(Self {
            lexicon,
            cases: BTreeMap::new(),
            masks: BTreeMap::new(),
        })
    }

    /// Notes every name that a record brings in, in its texts or in its columns of names.
    pub fn learn(&mut self, record: &Record) {
        let id = case_of(record);
        let people = &mut self.cases.entry(id.clone()).or_default().people;
        for value in &record.extra.names {
            for name in names::of_column(self.lexicon, value) {
                people.add(&name);
            }
        }
        for field in &record.fields {
            self.learn_text(&id, &field.text);
        }
    }

    /// Notes every name that a text of a case brings in.
    pub fn learn_text(&mut self, case_id: &str, text: &str) {
        let people = &mut self.cases.entry(case_id.to_owned()).or_default().people;
        let taken: Vec<Span> = find_identifiers(&self.lexicon.redaction.identifiers, text)
            .into_iter()
            .map(|found| found.span)
            .collect();
        let words = words(text);
        for name in NameFinder::new(self.lexicon, text, &words).names(&taken) {
            let keys = name.words.iter().map(|at| words[*at].key.clone());
            people.add(&keys.collect::<Vec<_>>());
        }
    }

    /// Lets go of what is known of a case that is done with.
    pub fn forget(&mut self, case_id: &str) {
        self.cases.remove(case_id);
    }

    /// Masks the texts of a record and all that was found in them.
    pub fn mask(&mut self, scanned: &mut Scanned) {
        let id = case_of(&scanned.record);
        let mut case = self.cases.remove(&id).unwrap_or_default();
        let found = scanned.mentions.iter_mut().zip(&mut scanned.statements);
        let found = found.zip(&mut scanned.signals);
        for (field, ((mentions, statements), signals)) in
            scanned.record.fields.iter_mut().zip(found)
        {
            let masks = self.masks_in(&mut case, &field.text);
            for mask in &masks {
                *self.masks.entry(mask.kind.clone()).or_default() += 1;
            }
            for mention in mentions.iter_mut().chain(statements.iter_mut()) {
                if let Some(reason) = &mut mention.suppressed {
                    // It may quote the text.
                    let own = self.masks_in(&mut case, reason);
                    *reason = Masked::new(reason, own).text;
                }
            }
            if masks.is_empty() {
                continue;
            }
            let masked = Masked::new(&field.text, masks);
            for mention in mentions.iter_mut().chain(statements.iter_mut()) {
                move_spans(mention, &masked);
            }
            for signal in signals {
                signal.span = masked.span(signal.span);
                signal.sentence = masked.span(signal.sentence);
            }
            field.source = Some(Arc::new(masked.source));
            field.text = masked.text;
        }
        self.mask_columns(&mut case, &mut scanned.record);
        self.cases.insert(id, case);
    }

    /// Masks what a record shows of its other columns.
    fn mask_columns(&self, case: &mut Case, record: &mut Record) {
        let extra = &mut *record.extra;
        extra.names.clear();
        let shown = [&mut extra.grade, &mut extra.outcome];
        let shown = shown
            .into_iter()
            .chain(&mut extra.links)
            .chain(&mut extra.coded);
        for value in shown.flatten() {
            let masks = self.masks_in(case, value);
            *value = Masked::new(value, masks).text;
        }
    }

    /// Masks the texts of a record in which nothing was looked for.
    pub fn mask_record(&mut self, record: &mut Record) {
        let id = case_of(record);
        let mut case = self.cases.remove(&id).unwrap_or_default();
        for field in &mut record.fields {
            let masks = self.masks_in(&mut case, &field.text);
            let masked = Masked::new(&field.text, masks);
            field.source = Some(Arc::new(masked.source));
            field.text = masked.text;
        }
        self.mask_columns(&mut case, record);
        self.cases.insert(id, case);
    }

    /// What `text` becomes as part of a case, and where its words stood.
    pub fn mask_text(&mut self, case_id: &str, text: &str) -> Masked {
        let mut case = self.cases.remove(case_id).unwrap_or_default();
        let masks = self.masks_in(&mut case, text);
        self.cases.insert(case_id.to_owned(), case);
        Masked::new(text, masks)
    }

    /// How many masks were set in the texts, by kind.
    pub fn masks(&self) -> BTreeMap<String, u64> {
        self.masks.clone()
    }

    fn masks_in(&self, case: &mut Case, text: &str) -> Vec<Mask> {
        let identifiers = find_identifiers(&self.lexicon.redaction.identifiers, text);
        let taken: Vec<Span> = identifiers.iter().map(|found| found.span).collect();
        let mut masks: Vec<Mask> = identifiers
            .into_iter()
            .map(|found| case.number(&found, text))
            .collect();
        let words = words(text);
        let finder = NameFinder::new(self.lexicon, text, &words);
        let found = finder.names(&taken);
        for name in finder.mentions(&found, &case.people, &taken) {
            let tells = name.tells.iter();
            let keys: Vec<&str> = tells.map(|at| words[*at].key.as_str()).collect();
            let span = Span::new(words[name.begin].span.start, words[name.end].span.end);
            let (kind, label) = match case.people.reference(&keys) {
                Reference::One(n) => ("PERSON", format!("[PERSON {}]", n + 1)),
                Reference::Either(a, b) => ("PERSON", format!("[PERSON {} or {}]", a + 1, b + 1)),
                Reference::Unclear => ("PERSON", "[PERSON]".to_owned()),
            };
            masks.push(Mask {
                span,
                kind: kind.to_owned(),
                label,
            });
        }
        masks.sort_by_key(|mask| mask.span);
        // None should overlap. If two do, one mask covers both: nothing may show between them.
        masks.dedup_by(|next, first| {
            let overlap = next.span.start < first.span.end;
            if overlap {
                first.span.end = first.span.end.max(next.span.end);
            }
            overlap
        });
        masks
    }
}

impl Case {
    /// The mask of an identifier, with the number that it has in the case.
    fn number(&mut self, found: &Found<'_>, text: &str) -> Mask {
        let value: String = found
            .span
            .of(text)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let numbers = self.numbers.entry(found.kind.to_owned()).or_default();
        let next = numbers.len() + 1;
        let number = *numbers.entry(value).or_insert(next);
        Mask {
            span: found.span,
            kind: found.kind.to_owned(),
            label: format!("[{} {number}]", found.kind),
        }
    }
}

/// The case of a record, which is its own where it has none.
pub(crate) fn case_of(record: &Record) -> String {
    record
        .case_id
        .clone()
        .unwrap_or_else(|| record.incident_ref())
}

fn move_spans(mention: &mut Mention, masked: &Masked) {
    mention.span = masked.span(mention.span);
    mention.sentence = masked.span(mention.sentence);
    for cue in &mut mention.cues {
        cue.span = masked.span(cue.span);
        cue.scope = masked.span(cue.scope);
    }
    let weighed = mention.weights.iter_mut().map(|(span, _)| span);
    for span in mention
        .read_as
        .iter_mut()
        .map(|(span, _)| span)
        .chain(weighed)
    {
        *span = masked.span(*span);
    }
}

/// Runs the examples of the lexicon's identifiers whose id begins with `ids`; returns how many ran
/// and what failed.
pub fn run_identifier_examples(lexicon: &Lexicon, ids: &str) -> (usize, Vec<String>) {
    let (mut ran, mut failures) = (0, Vec::new());
    let identifiers = &lexicon.redaction.identifiers;
    for identifier in identifiers.iter().filter(|i| i.id.starts_with(ids)) {
        for example in identifier.examples.iter().chain(&identifier.counter) {
            let text = example.replace(['[', ']'], "");
            let alone = std::slice::from_ref(identifier);
            let mut marked = text.clone();
            for found in find_identifiers(alone, &text).iter().rev() {
                marked.insert(found.span.end, ']');
                marked.insert(found.span.start, '[');
            }
            ran += 1;
            if marked != *example {
                failures.push(format!("{}: wanted {example}, got {marked}", identifier.id));
            }
        }
    }
    (ran, failures)
}

/// How a word stands in its sentence, for the modules here.
fn is_capital(written: Written) -> bool {
    written != Written::Lower
}
