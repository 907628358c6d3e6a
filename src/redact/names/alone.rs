//! Names that nothing brings in: a first name, and words that are names by what stands around them.

use std::ops::Range;

use super::NameFinder;
use crate::redact::is_capital;
use crate::redact::words::Written;

impl NameFinder<'_> {
    /// `Sarah`, `Sarah HOLT`, `Mark Okafor`.
    pub(super) fn by_first_name(&self, start: usize) -> Option<Range<usize>> {
        let word = &self.words[start];
        let key = word.key.as_str();
        let label = word.written == Written::Upper && self.names.shorthand.contains(key);
        if word.written == Written::Lower {
            // In text messages nothing has a capital: only what is a first name and nothing else.
            let name = word.plain && key.chars().count() > 3 && self.is_first(key);
            return (name && !self.is_fixed_phrase(start)).then(|| start..self.run(start));
        }
        if !is_capital(word.written) || !word.plain || label || self.is_fixed_phrase(start) {
            return None;
        }
        let place = start > 0
            && self.names.place_before.contains(&self.words[start - 1].key)
            && self.close(start);
        let saint = start > 0 && matches!(self.words[start - 1].key.as_str(), "st" | "hmp");
        if self.is_place(start) {
            return None;
        }
        if self.is_first(key) && !self.names.not_names.contains(key) && !saint {
            return Some(start..self.run(start));
        }
        let shouted = self.is_shouted(start);
        let end = self.run(start);
        if self.names.words_too.contains(key) && !shouted {
            let beside = (start + 1..end).any(|at| {
                let next = &self.words[at];
                let key = next.key.as_str();
                next.written != Written::Initial
                    && (!self.is_word(key)
                        || self.names.surnames.contains(key)
                        || next.written == Written::Upper && !self.is_shouted(at))
            });
            // "the River Aire": a person takes no article.
            let article = start > 0 && self.close(start) && self.words[start - 1].key == "the";
            if beside && !article {
                return Some(start..end);
            }
            let inside = !self.begins(start) && !self.before_verb(start + 1);
            if self.names.mostly_names.contains(key) && (inside || self.acts(start + 1)) {
                return Some(start..end);
            }
        }
        let unknown = !self.is_word(key)
            && !self.names.not_names.contains(key)
            && word.written == Written::Capital
            && key.chars().count() > 2;
        if !unknown || shouted || place {
            return None;
        }
        let before_first = end > start + 1 && self.is_first(&self.words[start + 1].key);
        let speaks = !self.begins(start)
            && end < self.words.len()
            && self.close(end)
            && self.names.acts.contains(&self.words[end].key);
        (before_first || speaks).then_some(start..end)
    }

    /// "Grace Centre", "Royal Victoria Infirmary": words with capitals, of which the last is a kind of place.
    fn is_place(&self, start: usize) -> bool {
        let capital = |at: &usize| {
            *at == start
                || self
                    .words
                    .get(*at)
                    .is_some_and(|word| is_capital(word.written))
                    && self.close(*at)
                    && !self.words[at - 1].owner
        };
        let named = |at: usize| self.names.place_after.contains(&self.words[at].key);
        // A surname may be one too: "Gemma Hall", "Karen Church". Those that are come behind a first name.
        let surname = |at: usize| self.names.surnames.contains(&self.words[at].key);
        let first = self.is_first(&self.words[start].key);
        (start..start + 4)
            .take_while(capital)
            .any(|at| at > start && named(at) && !(first && surname(at)))
    }

    /// Whether what follows is what people do. A form of "to be" says too little for one word.
    fn acts(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else {
            return false;
        };
        self.close(at)
            && word.written == Written::Lower
            && (self.names.acts.contains(&word.key)
                || word.key.ends_with("ed") && word.key.len() > 4)
    }

    /// Whether what follows makes a verb or a date of a word that can be a name.
    pub(super) fn before_verb(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|next| {
            self.names.verb_before.contains(&next.key)
                || next.key.starts_with(|c: char| c.is_ascii_digit())
        })
    }
}
