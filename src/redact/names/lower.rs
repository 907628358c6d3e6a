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
            // The list of common words begins at five letters.
            if other.len() > 4 {
                return is_common(other);
            }
            std::str::from_utf8(other).is_ok_and(|other| self.names.short_words.contains(other))
        };
        // The first letter is kept, as the spelling of the lexicon's words does: people rarely miss it.
        let mut other = Vec::with_capacity(word.len() + 1);
        (1..=word.len()).any(|at| {
            let mut with = |inserted: &[u8], from: usize| {
                other.clear();
                other.extend_from_slice(&word[..at]);
                other.extend_from_slice(inserted);
                other.extend_from_slice(&word[from..]);
                known(&other)
            };
            let last = at == word.len();
            let more = (b'a'..=b'z').any(|letter| with(&[letter], at));
            let less = !last && with(&[], at + 1);
            let changed = !last && (b'a'..=b'z').any(|letter| with(&[letter], at + 1));
            let swapped = at + 1 < word.len() && with(&[word[at + 1], word[at]], at + 2);
            more || less || changed || swapped
        })
    }
}
