//! The problems of a lexicon's files, with their places and what may have been meant.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use crate::error::Error;
use crate::lexicon::{Diagnostic, LexiconSource, limits};

/// Gathers problems with their places.
pub(super) struct Problems<'s> {
    pub found: Vec<Diagnostic>,
    texts: HashMap<&'s str, &'s str>,
    /// Where the lines of each file end.
    line_ends: HashMap<&'s str, Vec<usize>>,
    /// The texts of files with problems, which each of them shows a part of.
    shown: HashMap<String, Arc<str>>,
    /// Problems of each file.
    counts: HashMap<String, usize>,
}

impl<'s> Problems<'s> {
    /// None yet but those of files that could not be taken.
    pub fn of(source: &'s LexiconSource) -> Self {
        let ends = |text: &str| memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        Self {
            found: source.refused().to_vec(),
            texts: source.files().collect(),
            line_ends: source
                .files()
                .map(|(path, text)| (path, ends(text)))
                .collect(),
            shown: HashMap::new(),
            counts: HashMap::new(),
        }
    }

    /// The problems as an error, in the order of their places.
    pub fn sorted(mut self) -> Error {
        self.found
            .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Error::lexicon(self.found)
    }
    pub fn add(&mut self, file: &str, range: Range<usize>, message: impl Into<String>) {
        self.push(file, range, message.into(), None);
    }

    fn push(&mut self, file: &str, range: Range<usize>, message: String, fix: Option<String>) {
        let count = self.counts.entry(file.to_owned()).or_default();
        *count += 1;
        let (range, message, fix) = match *count {
            0..=limits::PROBLEMS => (range, message, fix),
            // A file of nothing but problems: the rest of them would only hide the first.
            n if n == limits::PROBLEMS + 1 => {
                let message = "there are more problems in this file; these come first";
                (range, message.to_owned(), None)
            }
            _ => return,
        };
        let text = match self.shown.get(file) {
            Some(text) => text.clone(),
            None => {
                let text: Arc<str> = self.texts.get(file).copied().unwrap_or_default().into();
                self.shown.insert(file.to_owned(), text.clone());
                text
            }
        };
        let problem = Diagnostic::new(file, text, range, message);
        self.found.push(match fix {
            Some(fix) => problem.fix(fix),
            None => problem,
        });
    }

    pub fn add_with_fix(
        &mut self,
        file: &str,
        range: Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(file, range, message.into(), Some(fix.into()));
    }

    /// A problem inside a TOML string: `at` counts bytes of the string's value.
    pub fn add_inside(
        &mut self,
        file: &str,
        string: &Spanned<String>,
        at: Range<usize>,
        message: impl Into<String>,
    ) {
        let span = string.span();
        let plain = span.len() == string.get_ref().len() + 2;
        let range = if plain {
            span.start + 1 + at.start..span.start + 1 + at.end.max(at.start + 1)
        } else {
            span
        };
        self.add(file, range, message);
    }

    pub fn line(&self, file: &str, at: usize) -> usize {
        let ends = self.line_ends.get(file);
        ends.map_or(0, |ends| ends.partition_point(|end| *end < at)) + 1
    }
}

/// Reads a word of a fixed list, or reports it with the list.
pub(super) fn value<T: Copy + std::fmt::Display>(
    path: &str,
    text: &Spanned<String>,
    read: fn(&str) -> Option<T>,
    all: &[T],
    what: &str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let read = read(text.get_ref());
    if read.is_none() {
        let list: Vec<String> = all.iter().map(ToString::to_string).collect();
        problems.add_with_fix(
            path,
            text.span(),
            format!("`{}` is no {what}", text.get_ref()),
            format!("one of: {}", list.join(", ")),
        );
    }
    read
}

/// Reports a name that nothing has, with the nearest that something has.
pub(super) fn unknown_name<'n>(
    path: &str,
    name: &Spanned<String>,
    what: &str,
    known: impl Iterator<Item = &'n str>,
    problems: &mut Problems<'_>,
) {
    let message = format!("no {what} is called `{}`", name.get_ref());
    match nearest(name.get_ref(), known) {
        Some(near) => problems.add_with_fix(
            path,
            name.span(),
            message,
            format!("did you mean `{near}`?"),
        ),
        None => problems.add(path, name.span(), message),
    }
}

/// The nearest of some names, if one is near enough to be meant.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    /// A longer name is nobody's slip of the pen.
    const LONGEST: usize = 100;
    if name.len() > LONGEST {
        return None;
    }
    let limit = name.len() / 3 + 1;
    known
        .map(|other| (strsim::levenshtein(name, other), other))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, other)| other)
}
