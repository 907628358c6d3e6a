//! What a word is: a title, a role, a first name, a word of the language.

use super::NameFinder;
use crate::matcher::is_common;
use crate::redact::is_capital;
use crate::segment::WordLookup as _;

impl NameFinder<'_> {
    /// Whether `Some(true)` a title that needs no capital stands here, or `Some(false)` another.
    pub(super) fn is_title_before(&self, at: usize) -> Option<bool> {
        let word = &self.words[at];
        if word.owner {
            return None;
        }
        if self.names.short_titles.contains(&word.key) {
            return Some(true);
        }
        let title = self.names.titles.contains(&word.key);
        title.then(|| matches!(word.key.as_str(), "miss" | "dr") && is_capital(word.written))
    }

    pub(super) fn is_title(&self, at: usize) -> bool {
        let key = &self.words[at].key;
        self.names.titles.contains(key) || self.names.short_titles.contains(key)
    }

    /// Whether a word says what a person is in the record.
    pub(super) fn is_role(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        if self.names.roles.contains(key) {
            return true;
        }
        // "R/P", "Susp1"
        let pair = || format!("{}/{key}", self.words[at - 1].key);
        if at > 0 && self.gap(at) == "/" && key.len() == 1 && self.names.roles.contains(&pair()) {
            return true;
        }
        let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.len() < key.len() && stem.len() > 1 && self.names.roles.contains(stem) {
            return true;
        }
        if key == "law" {
            // "brother in law Harjit", "mother-in-law".
            return at >= 2 && self.words[at - 1].key == "in" && self.is_role(at - 2);
        }
        if self.names.not_names.contains(key) {
            return false;
        }
        if self.is_first(key) || self.names.words_too.contains(key) {
            return false;
        }
        let word = self.lexicon.vocabulary.lookup(folded(key).as_bytes()).id;
        word != 0
            && self
                .names
                .role_classes
                .iter()
                .any(|class| self.lexicon.classes.has(word, *class))
    }

    /// Whether a word is a first name and nothing else.
    pub(super) fn is_first(&self, key: &str) -> bool {
        if self.names.words_too.contains(key) {
            return false;
        }
        if self.names.first_names.contains(key) {
            return true;
        }
        let word = self.lexicon.vocabulary.lookup(folded(key).as_bytes()).id;
        let class = self.lexicon.named.get("first_name");
        word != 0 && class.is_some_and(|class| self.lexicon.classes.has(word, class))
    }

    /// Whether a word is one of the language, or of the lexicon.
    pub(super) fn is_word(&self, key: &str) -> bool {
        if self.is_first(key) {
            return false;
        }
        let folded = folded(key);
        // The lexicon knows some names that are words too, as names.
        let known = !self.names.words_too.contains(key)
            && self.lexicon.vocabulary.lookup(folded.as_bytes()).id != 0;
        known
            || self.names.short_words.contains(key)
            || is_common(folded.as_bytes())
            || self.names.roles.contains(key)
            || self.names.linking.contains(key)
    }

    /// Whether a fixed name begins here that holds a personal name: "Clare's Law".
    pub(super) fn is_fixed_phrase(&self, at: usize) -> bool {
        let end = self.words.len().min(at + 3);
        (at.saturating_sub(1)..=at).any(|first| {
            let begin = self.words[first].span.start;
            (at + 1..=end).any(|end| {
                let last = &self.words[end - 1];
                [last.end, last.span.end].into_iter().any(|end| {
                    let part = self.text[begin..end].to_lowercase();
                    let part = part.replace(['’', '‘', '`'], "'");
                    self.names.not_name_phrases.contains(&part)
                })
            })
        })
    }
}

/// The key under which the lexicon knows a word.
fn folded(key: &str) -> String {
    key.replace('\'', "")
}
