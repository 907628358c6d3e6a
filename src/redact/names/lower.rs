//! Names where nothing has a capital: text messages, quick notes.

use super::NameFinder;
use crate::matcher::is_common;
use crate::redact::words::Written;

impl NameFinder<'_> {
    /// The end of a name in small letters of which the words before `end` are known: "claire hepworth".
    pub(super) fn lower_run(&self, mut end: usize) -> usize {
        let begin = end;
        while end < self.words.len()
            && end - begin < 2
            && !self.words[end - 1].owner
            && (self.close(end) || self.gap(end) == "-")
            && self.is_strange_lower(end)
        {
            end += 1;
        }
        end
    }

    /// Whether a word in small letters is in no list and is no misspelling of a word that is.
    pub(super) fn is_strange_lower(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else {
            return false;
        };
        let key = word.key.as_str();
        if word.plain && word.written == Written::Lower && self.names.family_names.contains(key) {
            return true;
        }
        word.plain
            && word.written == Written::Lower
            && key.chars().count() > 3
            && !key.contains('\'')
            && !self.names.not_names.contains(key)
            && !self.names.shorthand.contains(key)
            && !self.names.particles.contains(key)
            && !(key.ends_with("ed") || key.ends_with("ing"))
            && (self.is_first(key) && !is_common(key.as_bytes())
                || !self.is_word(key) && !self.is_misspelt(key))
    }

    /// Whether a word is one letter off a word of the language.
    pub(super) fn is_misspelt(&self, key: &str) -> bool {
        /// No word of the language that anybody misspells is longer; what is looked up grows with the square.
        const LONGEST: usize = 20;
        if key.len() > LONGEST || self.names.family_names.contains(key) {
            return false;
        }
        let word = key.as_bytes();
        let known = |other: &[u8]| {
            is_common(other)
                || std::str::from_utf8(other)
                    .is_ok_and(|other| self.names.short_words.contains(other))
        };
        let letters = || b'a'..=b'z';
        (0..=word.len()).any(|at| {
            let (head, tail) = word.split_at(at);
            let less = tail
                .get(1..)
                .is_some_and(|rest| known(&[head, rest].concat()));
            let swapped =
                tail.len() > 1 && known(&[head, &[tail[1], tail[0]], &tail[2..]].concat());
            let more = letters().any(|letter| known(&[head, &[letter], tail].concat()));
            let changed = || {
                let rest = tail.get(1..);
                rest.is_some_and(|rest| {
                    letters().any(|letter| known(&[head, &[letter], rest].concat()))
                })
            };
            less || swapped || more || changed()
        })
    }
}
