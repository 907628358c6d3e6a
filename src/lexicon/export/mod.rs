//! Writes the lexicon in the form of other programs, as far as they can say what it says.
//!
//! Two forms: `terms`, a plain table of literal words and phrases, and `medspacy`, the rule files of
//! medspaCy (spaCy's token patterns, and cues for ConText). Neither can hold all of a rule: gaps,
//! what a rule must not stand beside, roles. What is left out is counted, and the counts stand in the
//! file. The form serves comparison and reuse; a scan never reads it.

mod book;
mod medspacy;
mod sequence;
mod terms;

use std::collections::BTreeMap;

use super::{Lexicon, LexiconSource, schema};
use crate::error::{Error, Result};

use self::book::Book;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Words and phrases, one a line, with category and rule (TSV).
    Terms,
    /// Target rules and context rules of medspaCy (JSON).
    Medspacy,
}

/// A lexicon in the form of another program.
#[derive(Debug)]
pub struct Export {
    /// The file.
    pub text: String,
    /// What could be said, and what could not: the same lines that stand in the file.
    pub notes: Vec<String>,
}

/// How much of the patterns of one kind could be expressed.
#[derive(Debug, Default)]
struct Tally {
    patterns: usize,
    whole: usize,
    part: usize,
    /// Why a pattern is expressed in part only; one may have several reasons.
    lacking: BTreeMap<&'static str, usize>,
    /// Why a pattern is not expressed.
    refused: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Notes a pattern that was written, with what it lacks.
    fn written(&mut self, lacks: &std::collections::BTreeSet<&'static str>) {
        self.patterns += 1;
        match lacks.is_empty() {
            true => self.whole += 1,
            false => self.part += 1,
        }
        for reason in lacks {
            *self.lacking.entry(reason).or_default() += 1;
        }
    }

    fn refused(&mut self, reason: &'static str) {
        self.patterns += 1;
        *self.refused.entry(reason).or_default() += 1;
    }

    fn notes(&self, of: &str) -> Vec<String> {
        let not: usize = self.refused.values().sum();
        let mut notes = vec![format!(
            "{} {of}: {} expressed in full, {} in part, {not} not",
            self.patterns, self.whole, self.part
        )];
        let lines = |what: &str, reasons: &BTreeMap<&'static str, usize>| {
            let lines = reasons
                .iter()
                .map(|(why, n)| format!("  {what}, {n}: {why}"));
            lines.collect::<Vec<_>>()
        };
        notes.extend(lines("in part", &self.lacking));
        notes.extend(lines("not", &self.refused));
        notes
    }
}

/// Reasons that both forms share.
const NEIGHBOURS: &str = "what the rule must not stand beside, or needs elsewhere";
const LOOK: &str = "words that must not come next (`!`), or the edge of a unit (`^`, `$`)";

/// Whether a rule asks for more than its patterns say.
fn has_conditions(rule: &schema::Rule) -> bool {
    [
        &rule.not_before,
        &rule.not_after,
        &rule.not_in_sentence,
        &rule.needs_in_sentence,
        &rule.needs_in_narrative,
        &rule.needs_beside,
    ]
    .iter()
    .any(|list| !list.is_empty())
}

/// Rules in force, in file order, each with its category.
fn rules(files: &[schema::File]) -> impl Iterator<Item = (&str, &schema::Rule)> {
    let rules = files
        .iter()
        .flat_map(|file| &file.rule)
        .map(toml::Spanned::get_ref);
    let rules = rules.filter(|rule| rule.status.get_ref() != "retired");
    rules.filter_map(|rule| Some((rule.id.get_ref().split_once('.')?.0, rule)))
}

/// Writes the lexicon of `source` in another form.
///
/// # Errors
/// [`crate::error::ErrorKind::Lexicon`] if the lexicon has problems.
pub fn export(source: &LexiconSource, format: ExportFormat) -> Result<Export> {
    let lexicon = Lexicon::from_source(source)?;
    let parse = |(path, text)| {
        toml::from_str::<schema::File>(text).map_err(|e| Error::input(path, None, e.message()))
    };
    let files: Vec<schema::File> = source.files().map(parse).collect::<Result<_>>()?;
    let book = Book::new(&files);
    let head = format!(
        "throughline {}, lexicon {}, sha256 {}",
        env!("CARGO_PKG_VERSION"),
        lexicon.version,
        lexicon.fingerprint
    );
    Ok(match format {
        ExportFormat::Terms => terms::write(&head, &files, &book),
        ExportFormat::Medspacy => medspacy::write(&head, &files, &book),
    })
}
