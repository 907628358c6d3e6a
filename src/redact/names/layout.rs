//! How a word stands in its text: what is before it, and whether capitals around it mean anything.

use super::NameFinder;
use crate::redact::words::Written;

impl<'a> NameFinder<'a> {
    /// Whether capitals around a word take their meaning away.
    pub(super) fn is_shouted(&self, at: usize) -> bool {
        if self.shouted {
            return true;
        }
        let word = &self.words[at];
        if word.written != Written::Upper {
            return false;
        }
        let loud = |at: usize| {
            let near = &self.words[at];
            near.written == Written::Upper
                && near.plain
                && near.key.len() > 2
                && self.is_word(&near.key)
                && !self.is_role(at)
                && !self.names.surnames.contains(&near.key)
                && !self.names.words_too.contains(&near.key)
                && !self.names.shorthand.contains(&near.key)
        };
        let same = |at: usize| !self.gap(at).contains(['.', '\n']);
        at > 0 && same(at) && loud(at - 1)
            || at + 1 < self.words.len() && same(at + 1) && loud(at + 1)
    }

    /// Whether a sentence or a quotation begins with the word.
    pub(super) fn begins(&self, at: usize) -> bool {
        at == 0
            || self.gap(at).contains([
                '.', '!', '?', '\n', ':', ';', '"', '“', '‘', '•', '*', '|', '>',
            ])
            || self.gap(at).contains(" - ")
    }

    /// What stands between a word and the one before it.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        let start = at
            .checked_sub(1)
            .map_or(0, |last| self.words[last].span.end);
        &self.text[start..self.words[at].span.start]
    }

    /// The same; `None` behind the last word.
    pub(super) fn gap_at(&self, at: usize) -> Option<&'a str> {
        (at < self.words.len()).then(|| self.gap(at))
    }

    /// Only blanks stand before the word, or the full stop of a title.
    pub(super) fn close(&self, at: usize) -> bool {
        let Some(gap) = self.gap_at(at) else {
            return false;
        };
        let gap = match at.checked_sub(1) {
            Some(last) if self.is_title(last) => gap.strip_prefix('.').unwrap_or(gap),
            _ => gap,
        };
        !gap.is_empty()
            && gap.len() < 4
            && gap.chars().all(|c| c == ' ' || c == '\t' || c == '\u{a0}')
    }

    pub(super) fn after_initial(&self, at: usize) -> bool {
        at > 0 && self.words[at - 1].written == Written::Initial
    }

    /// Only blanks, a hyphen or the full stop of an initial stand before the word.
    pub(super) fn joined(&self, at: usize) -> bool {
        let gap = self.gap_at(at).unwrap_or(",");
        self.close(at)
            || gap == "-"
            || self.after_initial(at)
                && gap.len() < 4
                && gap
                    .strip_prefix('.')
                    .is_some_and(|rest| rest.trim().is_empty())
    }
}
