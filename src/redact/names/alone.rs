//! Names that nothing brings in: a first name, and words that are names by what stands around them.

use std::ops::Range;

use super::{Before, NameFinder};
use crate::matcher::is_common;
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
            let plural = key.ends_with('s') && is_common(key.as_bytes());
            let name = word.plain && key.chars().count() > 3 && self.is_first(key) && !plural;
            let other = self.is_fixed_phrase(start) || self.is_drug(start);
            return (name && !other).then(|| start..self.run(start));
        }
        if !is_capital(word.written)
            || !word.plain
            || label
            || self.is_fixed_phrase(start)
            || self.is_call_sign(start)
            || self.is_thing(start)
        {
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
        // At a beginning a misspelt word has a capital too.
        let written_so =
            || !self.begins(start) || key.chars().count() > 3 && !self.is_misspelt(key);
        let speaks = end < self.words.len()
            && self.close(end)
            && self.names.acts.contains(&self.words[end].key)
            && written_so();
        (before_first || speaks).then_some(start..end)
    }

    /// `Chen Xiaoyu`, `Nguyễn Thị Hạnh`: words in no list, two of them, or one with a letter that English has not.
    pub(super) fn by_strangeness(&self, start: usize) -> Option<Range<usize>> {
        let strange = |at: usize| {
            let word = &self.words[at];
            let key = word.key.as_str();
            word.plain
                && word.written == Written::Capital
                && key.chars().count() > 1
                && !self.is_word(key)
                && !self.names.not_names.contains(key)
                && !self.names.shorthand.contains(key)
                && !self.is_fixed_phrase(at)
                && !self.is_call_sign(at)
        };
        let place = start > 0
            && self.names.place_before.contains(&self.words[start - 1].key)
            && self.close(start)
            && !(self.words[start - 1].key == "of" && start > 1 && self.is_about(start - 2));
        if !strange(start) || place || self.shouted || self.is_place(start) || self.is_thing(start)
        {
            return None;
        }
        let end = self.run(start);
        let several = end > start + 1 && (start..end).filter(|at| strange(*at)).count() > 1;
        let foreign = self.words[start].foreign && self.words[start].key.chars().count() > 2;
        (several || foreign).then_some(start..end)
    }

    /// Whether what stands before "of" is what people have or give, no part of a place.
    fn is_about(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        let told = self.names.told_of.contains(key);
        told || self.is_role(at)
    }

    /// `Jaydon's mum`, `at Kaz's house`: what only people have.
    pub(super) fn by_ownership(&self, start: usize) -> Option<Range<usize>> {
        let word = &self.words[start];
        let key = word.key.as_str();
        let unknown = !self.is_word(key) && !self.names.not_names.contains(key);
        let owned = self
            .words
            .get(start + 1)
            .is_some_and(|next| self.names.owned.contains(&next.key));
        let name = word.owner
            && owned
            && unknown
            && self.close(start + 1)
            && word.written == Written::Capital
            && !self.is_shouted(start)
            && self.may_be_name(start, Before::Role)
            && (!self.begins(start) || !self.is_misspelt(key));
        name.then_some(start..start + 1)
    }

    /// `Juliet Bravo`, `Oscar Charlie 41`: letters as a radio spells them.
    pub(super) fn is_call_sign(&self, at: usize) -> bool {
        let spells = |at: Option<usize>| {
            let word = at.and_then(|at| self.words.get(at));
            word.is_some_and(|word| self.names.spelling_letters.contains(&word.key))
        };
        spells(Some(at))
            && (spells(Some(at + 1)) && self.close(at + 1)
                || spells(at.checked_sub(1)) && self.close(at))
    }

    /// `Stanley knife`, `Herbert Protocol`: a thing that bears a name.
    fn is_thing(&self, at: usize) -> bool {
        let next = self.words.get(at + 1);
        next.is_some_and(|next| self.names.thing_after.contains(&next.key))
            && !self.words[at].owner
            && self.close(at + 1)
    }

    /// `doing charlie`, `a bag of mandy`: names of drugs that are first names elsewhere.
    fn is_drug(&self, at: usize) -> bool {
        let drug = self.names.drugs.contains(&self.words[at].key);
        drug && at > 0 && self.names.drug_before.contains(&self.words[at - 1].key)
    }

    /// "Grace Centre", "Royal Victoria Infirmary": words with capitals, of which the last is a kind of place.
    pub(super) fn is_place(&self, start: usize) -> bool {
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
