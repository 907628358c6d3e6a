//! Names that something beside them brings in: a title, a role, a label behind.

use std::ops::Range;

use super::{Before, NameFinder};
use crate::redact::is_capital;
use crate::redact::words::{Word, Written};

impl NameFinder<'_> {
    /// `Mr J Smith`, `PC 4471 Hargreaves`. The title itself stays.
    pub(super) fn after_title(&self, title: usize) -> Option<Range<usize>> {
        let before = match self.is_title_before(title)? {
            true => Before::Title,
            false => Before::Role,
        };
        // The number of an officer points at one as the name does.
        let begin = title + 1;
        let mut start = begin;
        if self.words.get(start)?.written == Written::Lower
            && self.words[start].key.bytes().all(|b| b.is_ascii_digit())
            && self.close(start)
        {
            start += 1;
        }
        let first = self.skip_initials(start);
        let close = self.close(first) || (first > start && self.joined(first));
        // "Mr van Houten", "Ms J. St John-Ware": the particles belong to the name that follows them.
        let mut core = first;
        while self.is_particle(core) && self.close(core + 1) && core < first + 3 {
            core += 1;
        }
        if core > first && close && is_capital(self.words[core].written) && self.words[core].plain {
            return Some(begin..self.run(core));
        }
        let lower = self.words.get(first)?.written == Written::Lower;
        let fits = if lower {
            // Nothing is written with capitals here.
            before == Before::Title && self.is_lower_name(first)
        } else {
            // "Mrs P. Son D said": behind a full stop only what is a name by itself.
            let behind_stop = first > start && !self.close(first);
            let sure = !self.is_word(&self.words[first].key)
                || self.names.surnames.contains(&self.words[first].key);
            self.may_be_name(first, before) && (sure || !behind_stop)
        };
        (close && fits).then(|| begin..self.run(first))
    }

    /// `also known as Spike`: here any word with a capital is a name.
    pub(super) fn after_naming(&self, at: usize) -> Option<Range<usize>> {
        let before = at.checked_sub(1)?;
        let pair = format!("{} {}", self.words[before].key, self.words[at].key);
        // "known only as", "I know him as"
        let knows = |at: usize| {
            matches!(
                self.words[at].key.as_str(),
                "know" | "knows" | "knew" | "known"
            )
        };
        let apart = self.words[at].key == "as"
            && (at.saturating_sub(3)..at).any(knows)
            && (before..=at).all(|at| self.close(at));
        let first = at + 1;
        let close = |gap: &str| {
            gap.trim_start()
                .trim_matches(['"', '\'', '“', '‘'])
                .is_empty()
        };
        let named = (apart || self.names.naming_phrases.contains(&pair))
            && self.close(at)
            && self.gap_at(first).is_some_and(close)
            && (!self.is_shouted(first) || self.gap(first).contains(['"', '“']))
            && !self.is_role(first)
            && !self.names.not_names.contains(&self.words[first].key)
            && self.may_be_name(first, Before::Title);
        named.then(|| first..self.run(first))
    }

    /// `victim Jane DOE`, `IP: Kelly`, `her partner, Dean,`, `a male called Deano`.
    pub(super) fn after_role(&self, role: usize) -> Option<Range<usize>> {
        let word = &self.words[role];
        let naming = self.names.naming.contains(&word.key);
        if word.owner || !(self.is_role(role) || naming) {
            return None;
        }
        let mut at = role + 1;
        let mut before = Before::Role;
        // A number belongs to the label: "child 2".
        let digits = |w: &Word| w.key.len() < 3 && w.key.bytes().all(|b| b.is_ascii_digit());
        if self.words.get(at).is_some_and(digits) && self.close(at) {
            at += 1;
        }
        for _ in 0..3 {
            let linking = self
                .words
                .get(at)
                .filter(|w| self.names.linking.contains(&w.key) && !is_capital(w.written));
            let Some(link) = linking else { break };
            if !self.close(at) && self.gap(at).trim() != "-" {
                break;
            }
            let firm = self.names.naming.contains(&link.key)
                || matches!(
                    link.key.as_str(),
                    "called" | "name" | "known" | "alias" | "aka"
                );
            before = if firm { Before::Role } else { Before::Loose };
            if link.key == "as" {
                before = Before::Role;
            }
            at += 1;
        }
        let between = self.gap_at(at)?;
        match between.trim() {
            "" if self.close(at) => {}
            ":" | "=" | "-" | "–" | "(" | "[" | ":-" | "/" | "'" | "\"" | "‘" | "“" => {}
            "," => before = Before::Loose,
            _ => return None,
        }
        if between.contains('\n') {
            return None;
        }
        let first = self.skip_initials(at);
        if first > at {
            // "Uncle G. Van keys": behind a full stop only what is a name by itself.
            let sure = self.words.get(first).is_some_and(|w| !self.is_word(&w.key));
            if !self.joined(first) || !self.close(first) && !sure {
                return None;
            }
        }
        let lower = self.words.get(first)?.written == Written::Lower;
        // "his mate robbo", "suspect micheal oneill"
        let owned = role > 0
            && matches!(
                self.words[role - 1].key.as_str(),
                "her" | "his" | "my" | "their" | "our"
            )
            && self.close(role);
        let strange = || {
            self.is_strange_lower(first)
                && (owned || self.close(first + 1) && self.is_strange_lower(first + 1))
        };
        // "her sister Clover": a capital where none is due.
        let undue_capital = || {
            let word = &self.words[first];
            owned
                && between.trim().is_empty()
                && first == role + 1
                && self.is_kin(role)
                && word.plain
                && word.written == Written::Capital
                && word.key.chars().count() > 2
                && !word.key.starts_with("i'")
                && !self.names.acts.contains(&word.key)
                && !self.is_title_case(first)
                && !self.names.not_names.contains(&word.key)
                && !self.is_role(first)
                && !self.is_fixed_phrase(first)
                && !self.is_place(first)
                && self.words[role].written == Written::Lower
        };
        let fits = if lower {
            between.trim().is_empty() && (self.is_lower_first_name(first) || strange())
        } else {
            self.may_be_name(first, before) || undue_capital()
        };
        if !fits || self.is_title(first) {
            return None;
        }
        let mut end = self.run(first);
        if before == Before::Loose && end == first + 1 && !self.stands_as_name(first) {
            // "her partner, Zbig, said": an unknown word between commas.
            let next = self.gap_at(end).unwrap_or(".");
            let listed = self.words.get(end).is_some_and(|word| word.key == "and");
            let closed = next.trim_start().starts_with([',', ')', '(']) || listed;
            if self.is_word(&self.words[first].key) || !closed {
                return None;
            }
        }
        if let Some(name) = self.surname_first(first) {
            end = name.end;
        }
        Some(at..end)
    }

    /// `DOE, Jane`, `SMITH-JONES, Karl (suspect)`.
    pub(super) fn surname_first(&self, start: usize) -> Option<Range<usize>> {
        let word = &self.words[start];
        if word.written == Written::Lower || word.key.chars().count() < 3 || self.is_role(start) {
            return None;
        }
        let known =
            self.names.surnames.contains(&word.key) || self.names.words_too.contains(&word.key);
        if !known && !self.is_first(&word.key) && !self.may_be_name(start, Before::Role) {
            return None;
        }
        let end = self.run(start);
        let upper = (start..end).all(|at| self.words[at].written == Written::Upper);
        let strange = end == start + 1
            && self.begins(start)
            && !self.is_word(&word.key)
            && !self.is_first(&word.key);
        let next = self.words.get(end)?;
        if !(upper || strange) || self.gap(end) != ", " || next.written != Written::Capital {
            return None;
        }
        let first = self.is_first(&next.key);
        let close = self.run(end);
        let behind = self.gap_at(close).unwrap_or("\n");
        let ended = !behind.trim().is_empty() || behind.contains('\n');
        let fits =
            first && (upper || ended) || upper && ended && self.may_be_name(end, Before::Role);
        (fits && !self.names.not_names.contains(&next.key)).then_some(start..close)
    }

    /// `John BROWN (AP)`, `Dean (her ex)`, `Zbig, her partner,`, `Zbig (34)`.
    pub(super) fn before_role(&self, start: usize) -> Option<Range<usize>> {
        if !self.may_be_name(start, Before::Role) {
            return None;
        }
        let end = self.run(start);
        let after = self.gap_at(end)?;
        let owner = |at: usize| {
            let word = &self.words[at];
            self.names.owners.contains(&word.key) || word.owner
        };
        let labelled = match after.trim() {
            "(" | "[" => {
                let inside = (end..self.words.len().min(end + 4))
                    .take_while(|at| *at == end || !self.gap(*at).contains([')', ']', '.', '\n']));
                let mut inside = inside.peekable();
                let first = inside.peek().copied();
                first.is_some_and(|at| self.is_age(at))
                    || inside.clone().any(|at| {
                        self.is_role(at)
                            || matches!(
                                self.words[at].key.as_str(),
                                "dob" | "born" | "aged" | "age"
                            )
                    })
            }
            // "Jo Doe dob 1/2/80", "JO DOE BORN 1/2/80"
            "" if end > start + 1 || !self.is_word(&self.words[start].key) => {
                matches!(self.words[end].key.as_str(), "dob" | "born" | "aged")
            }
            "," if self.is_age(end) => {
                let closed = self
                    .gap_at(end + 1)
                    .is_none_or(|gap| gap.starts_with([',', '.', ';']));
                closed && (end > start + 1 || !self.is_word(&self.words[start].key))
            }
            "," if matches!(self.words[end].key.as_str(), "dob" | "born" | "aged") => true,
            "," => {
                owner(end)
                    && (1..4).any(|more| self.role_within(end + more))
                    && !self.is_shouted(start)
            }
            _ => false,
        };
        labelled.then_some(start..end)
    }

    /// Whether a word is a number that can be an age.
    fn is_age(&self, at: usize) -> bool {
        let word = self.words.get(at);
        word.is_some_and(|word| {
            word.key.len() < 3 && word.key.parse::<u8>().is_ok_and(|age| age > 0)
        })
    }

    /// Whether a word of the language with a capital follows: "Her mother Lives Abroad".
    fn is_title_case(&self, at: usize) -> bool {
        let next = self.words.get(at + 1).filter(|_| self.close(at + 1));
        next.is_some_and(|next| {
            next.written == Written::Capital
                && self.is_word(&next.key)
                && !self.names.surnames.contains(&next.key)
        })
    }

    /// Whether a word says how somebody is kin or close, not what their work is.
    fn is_kin(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        self.names.kin.contains(key)
    }

    pub(super) fn role_within(&self, at: usize) -> bool {
        at < self.words.len() && self.close(at) && self.is_role(at)
    }
}
