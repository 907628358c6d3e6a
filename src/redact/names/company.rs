//! Names that stand beside other names: lists, pairs, people joined by "and".

use std::ops::Range;

use super::{Before, Name, NameFinder};
use crate::redact::is_capital;

impl NameFinder<'_> {
    /// `Mia (7), Tyler 5 and Noor`: what goes on with the list that the name before began.
    pub(super) fn in_list(&self, at: usize, last: Option<&Name>) -> Option<Range<usize>> {
        let from = last?.all.end;
        // An age and an "and" at the most.
        if at - from > 3 || !self.could_be_listed(at) {
            return None;
        }
        let mut between = from..at;
        let small = between.all(|at| self.is_age_word(at) || self.joins(at));
        let gaps_hold = (from..=at).all(|at| {
            let gap = self.gap(at);
            gap.len() < 5
                && gap
                    .chars()
                    .all(|c| matches!(c, ' ' | ',' | '&' | '(' | ')' | '[' | ']' | '/' | '+' | '-'))
        });
        if !small || !gaps_hold {
            return None;
        }
        let end = self.run(at);
        let joined = (from..at).any(|at| self.joins(at)) || self.gap(at).contains(['&', '+']);
        // A comma may begin anything; in a list another item or an age comes behind.
        let listed = self.gap(at).contains([',', '/']) && self.goes_on(end);
        (joined || listed).then_some(at..end)
    }

    /// `Kaz and his brother`, `Kaz and Dean`, `Kaz and I`: what is joined to somebody.
    pub(super) fn joined_to(&self, start: usize) -> Option<Range<usize>> {
        // "outside the Lisbon and I", "in June and I"
        let place = start > 0
            && self.close(start)
            && self.names.place_before.contains(&self.words[start - 1].key)
            && !matches!(self.words[start - 1].key.as_str(), "to" | "of");
        if place || !self.could_be_listed(start) {
            return None;
        }
        let with = |at: usize| {
            self.words.get(at).is_some_and(|word| {
                matches!(
                    word.key.as_str(),
                    "me" | "i" | "him" | "myself" | "himself" | "herself"
                )
            })
        };
        // "me and Kaz"
        if start >= 2 && self.joins(start - 1) && self.close(start) && with(start - 2) {
            return Some(start..self.run(start));
        }
        let end = self.run(start);
        let next = match self.gap_at(end)?.trim() {
            "" if self.joins(end) && self.close(end) => end + 1,
            "&" | "+" => end,
            // "present: Kaz, Dean and Noor"
            "," => {
                let next = self.words.get(end)?;
                let listed = is_capital(next.written)
                    && self.is_first(&next.key)
                    && self.goes_on(self.run(end))
                    && !self.is_misspelt(&self.words[start].key);
                let known = self.is_word(&self.words[start].key);
                return (listed && !known).then_some(start..end);
            }
            _ => return None,
        };
        let word = self.words.get(next)?;
        let owner = self.names.owners.contains(&word.key) && word.key != "the" && word.key != "a";
        let person = with(next)
            || owner && self.role_within(next + 1)
            || is_capital(word.written) && self.is_first(&word.key) && !self.is_place(next);
        (person && !self.is_word(&self.words[start].key)).then_some(start..end)
    }

    /// A word with a capital that no list knows as anything but a name, and that names no place.
    fn could_be_listed(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        let known = self.is_first(key)
            || self.names.words_too.contains(key) && !self.before_verb(at + 1)
            || !self.is_word(key) && !self.names.not_names.contains(key);
        known && !self.is_shouted(at) && self.may_be_name(at, Before::Role) && !self.is_place(at)
    }

    fn joins(&self, at: usize) -> bool {
        let word = self.words.get(at);
        word.is_some_and(|word| matches!(word.key.as_str(), "and" | "or" | "plus"))
    }

    /// Whether a word is an age in a list of people, or a word of one.
    fn is_age_word(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        key.len() < 3 && key.parse::<u8>().is_ok_and(|age| age > 0)
            || matches!(
                key,
                "aged" | "age" | "yrs" | "years" | "yo" | "mths" | "months" | "baby"
            )
    }

    /// Whether a list goes on at a word: a comma or an "and" before it, or an age.
    fn goes_on(&self, at: usize) -> bool {
        let Some(gap) = self.gap_at(at) else {
            return false;
        };
        let more = self
            .words
            .get(at)
            .is_some_and(|word| is_capital(word.written) && self.could_be_listed(at));
        match gap.trim() {
            "," | "&" | "/" => more || self.joins(at) && self.close(at + 1),
            "(" => self.is_age_word(at),
            "" => self.is_age_word(at) || self.joins(at),
            _ => false,
        }
    }
}
