//! Finds again in a text what its case knows as names.

use super::{Before, Name, NameFinder, covers};
use crate::redact::is_capital;
use crate::redact::people::People;
use crate::redact::words::Written;
use crate::span::Span;

/// Words to be masked together.
#[derive(Debug)]
pub(in crate::redact) struct Stretch {
    /// The first word: an initial or a number in front is masked too.
    pub begin: usize,
    /// The words that tell who it is.
    pub tells: Vec<usize>,
    /// The last word.
    pub end: usize,
}

impl NameFinder<'_> {
    /// Every stretch of words to be masked: the names found and what is known as a name in the case.
    pub fn mentions(&self, found: &[Name], people: &People, taken: &[Span]) -> Vec<Stretch> {
        let mut inside: Vec<Option<usize>> = vec![None; self.words.len()];
        for (number, name) in found.iter().enumerate() {
            for at in name.all.clone() {
                inside[at] = Some(number);
            }
        }
        let mut out: Vec<Stretch> = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            if let Some(number) = inside[at] {
                let name = &found[number];
                let keys = |words: &[usize]| -> Vec<&str> {
                    words
                        .iter()
                        .map(|at| self.words[*at].key.as_str())
                        .collect()
                };
                // A first name and a surname that no person has together are two people side by side.
                let stretch = |words: &[usize]| Stretch {
                    begin: words[0],
                    tells: words.to_vec(),
                    end: words[words.len() - 1],
                };
                // Initials and particles go with the word before them, the first with the first.
                let first = out.len();
                if people.together(&keys(&name.words)) || name.words.len() < 2 {
                    out.push(stretch(&name.words));
                } else {
                    out.extend(name.words.iter().map(|at| stretch(&[*at])));
                    for at in first + 1..out.len() {
                        out[at - 1].end = out[at].begin - 1;
                    }
                }
                let last = out.len() - 1;
                out[first].begin = name.all.start;
                out[last].end = name.all.end - 1;
                at = name.all.end;
                continue;
            }
            let free = |at: usize| {
                inside[at].is_none()
                    && !covers(taken, self.words[at].span)
                    && self.is_known(at, people)
            };
            if !free(at) {
                at += 1;
                continue;
            }
            let mut name = vec![at];
            while let Some(next) = name
                .last()
                .map(|last| last + 1)
                .filter(|n| *n < self.words.len())
            {
                let mut keys: Vec<&str> =
                    name.iter().map(|at| self.words[*at].key.as_str()).collect();
                keys.push(&self.words[next].key);
                if !free(next) || !self.joined(next) || !people.together(&keys) {
                    break;
                }
                name.push(next);
            }
            // The rest of a name that is only known in part: it is masked, and tells nobody apart.
            let mut end = name[name.len() - 1] + 1;
            let from = end;
            while end < self.words.len()
                && end - from < 2
                && is_capital(self.words[at].written)
                && inside[end].is_none()
                && !covers(taken, self.words[end].span)
                && self.joined(end)
                && !self.is_word(&self.words[end].key)
                && self.may_be_name(end, Before::Name)
            {
                end += 1;
            }
            at = end;
            // "K Thorburn" of somebody who was brought in as "Thorburn".
            let mut begin = name[0];
            while begin > 0
                && self.words[begin - 1].written == Written::Initial
                && !matches!(self.words[begin - 1].key.as_str(), "i" | "a")
                && inside[begin - 1].is_none()
                && self.joined(begin)
            {
                begin -= 1;
            }
            out.push(Stretch {
                begin,
                tells: name,
                end: end - 1,
            });
        }
        out
    }

    /// Whether a word is part of a name that the case brings in, and written as one.
    fn is_known(&self, at: usize, people: &People) -> bool {
        let word = &self.words[at];
        if !word.plain || !people.has(&word.key) || self.is_fixed_phrase(at) {
            return false;
        }
        if word.written == Written::Upper && self.names.shorthand.contains(&word.key) {
            return false;
        }
        let also_word = self.is_word(&word.key)
            || self.names.words_too.contains(&word.key)
            || self.names.surnames.contains(&word.key)
            || self.names.not_names.contains(&word.key)
            || word.key.chars().count() < 3;
        if !also_word {
            return true;
        }
        let shouted_word = self.is_shouted(at) && self.is_word(&word.key);
        let verb = self.names.words_too.contains(&word.key) && self.before_verb(at + 1);
        is_capital(word.written) && !shouted_word && !verb
    }
}
