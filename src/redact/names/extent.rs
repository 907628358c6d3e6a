//! How far a name goes, and whether a word may be part of one.

use super::{Before, LONGEST, NameFinder};
use crate::redact::is_capital;
use crate::redact::words::{Word, Written};

impl NameFinder<'_> {
    /// The end of the name that begins at `start`.
    pub(super) fn run(&self, start: usize) -> usize {
        let mut end = start + 1;
        while end < self.words.len() && end - start < LONGEST && !self.words[end - 1].owner {
            let hyphen = self.gap(end) == "-";
            if hyphen && is_capital(self.words[end].written) && self.words[end].plain {
                end += 1;
                continue;
            }
            if let Some(behind) = self.past_nickname(end) {
                end = behind;
                continue;
            }
            let joined = self.close(end) || self.after_initial(end) && self.joined(end);
            if !joined {
                break;
            }
            if self.may_be_name(end, Before::Name) {
                end += 1;
                continue;
            }
            // "John P Holt", "Ana van der Berg", "DE SOUZA".
            let mut next = end;
            while next < self.words.len()
                && next - end < 3
                && (self.words[next].written == Written::Initial && !self.is_shouted(next)
                    || self.names.particles.contains(&self.words[next].key))
                && (self.close(next) || self.joined(next))
            {
                next += 1;
            }
            let then = next > end
                && next < self.words.len()
                && (self.close(next) || self.joined(next))
                && self.may_be_name(next, Before::Name);
            if !then {
                // "Priya S." whose surname is not told.
                if self.is_last_initial(end) {
                    end += 1;
                }
                break;
            }
            end = next + 1;
        }
        if self.words[start].written == Written::Lower {
            end = self.lower_run(end);
        }
        end
    }

    /// `Tadeusz "Ted" Borowski`, `Margaret (Peggy) Shaw`: the end of the surname behind a nickname at `at`.
    fn past_nickname(&self, at: usize) -> Option<usize> {
        let closing = match self.gap(at).trim_start() {
            "\"" => "\"",
            "“" => "”",
            "'" | "‘" => "'",
            "(" => ")",
            _ => return None,
        };
        let inside = self.words.get(at)?;
        let gap = self.gap_at(at + 1)?.replace('’', "'");
        let name = is_capital(inside.written)
            && inside.plain
            && gap.trim_end() == closing
            && (closing != ")" || !self.is_role(at) && !self.is_word(&inside.key))
            && self.may_be_name(at + 1, Before::Name);
        name.then_some(at + 2)
    }

    /// Whether an initial stands for the surname of the name before it.
    fn is_last_initial(&self, at: usize) -> bool {
        let word = &self.words[at];
        let stop = self.text[word.end..].starts_with('.');
        word.written == Written::Initial
            && !self.is_shouted(at)
            && self.close(at)
            && (stop || !matches!(word.key.as_str(), "i" | "a"))
    }

    /// Whether a word can be a name after what stands before it.
    pub(super) fn may_be_name(&self, at: usize, before: Before) -> bool {
        let word = &self.words[at];
        let key = word.key.as_str();
        let names = self.names;
        if !word.plain
            || !is_capital(word.written)
            || word.written == Written::Initial
            || key.chars().count() < 2
            || self.is_fixed_phrase(at)
            || self.is_call_sign(at)
        {
            return false;
        }
        if names.particles.contains(key) && before != Before::Name {
            // "De Souza", "VAN DER BERG": by the word that follows.
            let next = at + 1;
            if next < self.words.len()
                && self.close(next)
                && (names.particles.contains(&self.words[next].key)
                    || self.may_be_name(next, before))
            {
                return true;
            }
        }
        let upper = word.written == Written::Upper;
        if upper && names.shorthand.contains(key) {
            return false;
        }
        let shouted = self.is_shouted(at);
        let first = self.is_first(key);
        let other = names.words_too.contains(key);
        let surname = names.surnames.contains(key);
        let listed = self.is_word(key);
        let unknown = !listed && !names.not_names.contains(key);
        // Capitals that tell a surname: "Karen REED". Labels are written so as well.
        let marked = upper && !shouted && key.chars().count() > 2 && !self.is_role(at);
        match before {
            Before::Title if shouted => first || other || surname || unknown,
            Before::Title => !self.is_title(at),
            _ if first => !self.is_role(at) || before == Before::Name,
            Before::Role if shouted => {
                let next = self.words.get(at + 1).filter(|_| self.close(at + 1));
                let surname =
                    |next: &Word| names.surnames.contains(&next.key) || !self.is_word(&next.key);
                unknown && key.chars().count() > 3
                    || other
                        && next
                            .is_some_and(|next| next.plain && next.key.len() > 3 && surname(next))
            }
            // "English speaker": a surname that is a people or a town as well has to be marked.
            Before::Role => {
                let plain_surname = surname && (marked || !names.not_names.contains(key));
                (unknown || other || plain_surname) && !(upper && key.len() < 3)
            }
            Before::Loose if shouted => false,
            Before::Loose => unknown || names.mostly_names.contains(key),
            Before::Name if shouted => unknown && key.chars().count() > 3,
            Before::Name => {
                let alone = self
                    .words
                    .get(at + 1)
                    .is_none_or(|next| !self.close(at + 1) || !is_capital(next.written));
                // "Amanda Hitch jumped": a word with a capital where none is due.
                let due = !upper && listed && alone && !self.is_role(at) && key != "i";
                (unknown || surname || marked || due || other && !self.before_verb(at + 1))
                    && !(names.not_names.contains(key) && !surname && !marked)
            }
        }
    }

    /// Whether a word by itself is a person's name here.
    pub(super) fn stands_as_name(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        self.is_first(key) || self.names.mostly_names.contains(key)
    }

    pub(super) fn is_lower_first_name(&self, at: usize) -> bool {
        let word = &self.words[at];
        word.plain && self.stands_as_name(at) && !self.is_word(&word.key) && !self.is_role(at)
    }

    pub(super) fn is_lower_name(&self, at: usize) -> bool {
        let word = &self.words[at];
        word.plain
            && word.key.chars().count() > 2
            && (self.is_first(&word.key)
                || self.names.surnames.contains(&word.key)
                || !self.is_word(&word.key))
    }

    pub(super) fn is_particle(&self, at: usize) -> bool {
        let word = self.words.get(at);
        word.is_some_and(|word| self.names.particles.contains(&word.key))
    }

    pub(super) fn skip_initials(&self, mut at: usize) -> usize {
        let begin = at;
        while at < self.words.len()
            && at - begin < 3
            && self.words[at].written == Written::Initial
            && (at == begin || self.joined(at))
        {
            at += 1;
        }
        at
    }
}
