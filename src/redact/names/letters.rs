//! Names as letters, statements and transcripts write them: a greeting, a closing, "I, Jane Doe, of …".

use std::ops::Range;

use super::{Before, NameFinder};
use crate::redact::is_capital;
use crate::redact::words::Written;

impl NameFinder<'_> {
    /// `From: Jane Doe`, `Kind regards, J. Doe`.
    pub(super) fn in_letter(&self, at: usize) -> Option<Range<usize>> {
        let key = self.words[at].key.as_str();
        let behind = self.gap_at(at + 1)?.trim();
        let label = self.names.labels.contains(key) && behind == ":";
        let closing =
            self.names.closings.contains(key) && matches!(behind, "," | "" | "." | "-" | "–");
        if !(label || closing && !self.close(at + 1)) {
            return None;
        }
        self.introduced(at + 1, Before::Role)
    }

    /// `I, Jane Doe, of 1 High Street`.
    pub(super) fn in_statement(&self, at: usize) -> Option<Range<usize>> {
        let word = &self.words[at];
        if word.key != "i" || self.gap_at(at + 1) != Some(", ") || !self.begins(at) {
            return None;
        }
        let name = self.introduced(at + 1, Before::Role)?;
        let closed = self
            .gap_at(name.end)
            .is_some_and(|gap| gap.starts_with([',', ' ']));
        closed.then_some(name)
    }

    /// `WARD: I told her to go`: who speaks, in a transcript.
    pub(super) fn in_transcript(&self, at: usize) -> Option<Range<usize>> {
        if !self.begins(at) || !is_capital(self.words[at].written) {
            return None;
        }
        let end = self.run(at);
        if self.gap_at(end)?.trim_end() != ":" || !self.names.speech.contains(&self.words[end].key)
        {
            return None;
        }
        let name = (at..end).all(|at| {
            let word = &self.words[at];
            let key = word.key.as_str();
            let known = self.is_first(key)
                || self.names.surnames.contains(key)
                || self.names.words_too.contains(key)
                || !self.is_word(key)
                    && !self.names.not_names.contains(key)
                    && key.chars().count() > 3;
            word.plain && known && !self.is_role(at) && !self.names.shorthand.contains(key)
        });
        name.then_some(at..end)
    }

    /// `married to Balraj`, `spoke with Jaydon`, `re Tyrese`: the phrase before `at` is about a person.
    pub(super) fn after_relation(&self, last: usize) -> Option<Range<usize>> {
        let key = self.words[last].key.as_str();
        let single = self.names.relating.contains(key);
        let pair = || {
            let before = last.checked_sub(1)?;
            let pair = format!("{} {key}", self.words[before].key);
            (self.close(last) && self.names.relating.contains(&pair)).then_some(())
        };
        if !(single || pair().is_some()) || !self.close(last + 1) {
            return None;
        }
        let first = last + 1;
        let key = self.words[first].key.as_str();
        // "re PHA", "spoke to NICU"
        let short = self.words[first].written == Written::Upper && key.chars().count() < 5;
        let surname_only = self.names.surnames.contains(key) && !self.names.words_too.contains(key);
        let name = self.introduced(first, Before::Role)?;
        let alone = name.end == first + 1;
        (!((surname_only || short && !self.is_first(key)) && alone) && !self.before_verb(first + 1))
            .then_some(name)
    }

    /// The name that begins at `at`, initials included, if one can stand there.
    fn introduced(&self, at: usize, before: Before) -> Option<Range<usize>> {
        let first = self.skip_initials(at);
        let word = self.words.get(first)?;
        let fits = word.written != Written::Lower
            && !self.is_title(first)
            && !self.is_shouted(first)
            && !self.is_place(first)
            && self.may_be_name(first, before)
            && (first == at || self.joined(first));
        fits.then(|| at..self.run(first))
    }
}
