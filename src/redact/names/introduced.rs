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
        let first = at + 1;
        let close = |gap: &str| {
            gap.trim_start()
                .trim_matches(['"', '\'', '“', '‘'])
                .is_empty()
        };
        let named = self.names.naming_phrases.contains(&pair)
            && self.close(at)
            && self.gap_at(first).is_some_and(close)
            && !self.is_shouted(first)
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
        let fits = if lower {
            between.trim().is_empty() && self.is_lower_first_name(first)
        } else {
            self.may_be_name(first, before)
        };
        if !fits || self.is_title(first) {
            return None;
        }
        let mut end = self.run(first);
        if before == Before::Loose && end == first + 1 && !self.stands_as_name(first) {
            // "her partner, Zbig, said": an unknown word between commas.
            let next = self.gap_at(end).unwrap_or(".");
            if self.is_word(&self.words[first].key) || !next.trim_start().starts_with([',', ')']) {
                return None;
            }
        }
        // "DOE, Jane": the surname first.
        if self.words[first].written == Written::Upper
            && end == first + 1
            && self.gap_at(end) == Some(", ")
            && self.words[end].written == Written::Capital
            && self.is_first(&self.words[end].key)
        {
            end += 1;
        }
        Some(at..end)
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
                let age =
                    |w: &Word| w.key.len() < 3 && w.key.parse::<u8>().is_ok_and(|age| age > 0);
                let inside = (end..self.words.len().min(end + 4))
                    .take_while(|at| *at == end || !self.gap(*at).contains([')', ']', '.', '\n']));
                let mut inside = inside.peekable();
                let first = inside.peek().copied();
                first.is_some_and(|at| age(&self.words[at]))
                    || inside.clone().any(|at| {
                        self.is_role(at)
                            || matches!(
                                self.words[at].key.as_str(),
                                "dob" | "born" | "aged" | "age"
                            )
                    })
            }
            "," => {
                owner(end)
                    && (self.role_within(end + 1) || self.role_within(end + 2))
                    && !self.is_shouted(start)
            }
            _ => false,
        };
        labelled.then_some(start..end)
    }

    fn role_within(&self, at: usize) -> bool {
        at < self.words.len() && self.close(at) && self.is_role(at)
    }
}
