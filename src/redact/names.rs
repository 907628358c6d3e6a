//! Finds personal names by how a text brings them in: a title, a role, brackets, a first name.
//!
//! A word that is no name by itself ("Will", "Brown") is one only where it is introduced, or where a
//! first name or a surname stands beside it. In a text in capitals those tell nothing, and only first
//! names and words that are in no word list are taken for names.

use super::is_capital;
use super::people::People;
use super::words::{Word, Written, words};
use crate::lexicon::{Lexicon, NameWords};
use crate::matcher::is_common;
use crate::segment::WordLookup as _;
use crate::span::Span;

/// Most words of one name.
const LONGEST: usize = 5;

/// A name in a text.
#[derive(Debug)]
pub(super) struct Name {
    /// Its words that tell a person: no initials, no particles.
    pub words: Vec<usize>,
    /// All its words.
    pub all: std::ops::Range<usize>,
}

/// Words to be masked together.
#[derive(Debug)]
pub(super) struct Stretch {
    /// The first word: an initial or a number in front is masked too.
    pub begin: usize,
    /// The words that tell who it is.
    pub tells: Vec<usize>,
    /// The last word.
    pub end: usize,
}

/// What stands before a word that may be a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Mr, Mrs: whatever follows is a name.
    Title,
    /// Another title, or a role.
    Role,
    /// A role with something in between that makes it less sure: a comma, "is".
    Loose,
    /// A word of the same name.
    Name,
}

/// Finds the names of one text.
pub(super) struct NameFinder<'a> {
    lexicon: &'a Lexicon,
    names: &'a NameWords,
    text: &'a str,
    words: &'a [Word],
    /// The whole text is written in capitals.
    shouted: bool,
}

/// The parts of a name in a column: "HOLT, Jane Mary", "Jane Holt (formerly Reyes)".
pub(super) fn of_column(lexicon: &Lexicon, value: &str) -> Vec<Vec<String>> {
    let names = &lexicon.redaction.names;
    if names
        .no_value
        .contains(value.trim().to_lowercase().as_str())
    {
        return Vec::new();
    }
    value
        .split([';', '/', '|', '\n', '&'])
        .map(|part| {
            words(part)
                .into_iter()
                .filter(|w| {
                    let key = w.key.as_str();
                    let other = names.titles.contains(key)
                        || names.short_titles.contains(key)
                        || names.particles.contains(key)
                        || names.linking.contains(key)
                        || names.no_value.contains(key)
                        || matches!(key, "and" | "formerly" | "or");
                    w.plain && key.chars().count() > 1 && !other
                })
                .map(|w| w.key)
                .collect()
        })
        .filter(|parts: &Vec<String>| !parts.is_empty())
        .collect()
}

impl<'a> NameFinder<'a> {
    pub fn new(lexicon: &'a Lexicon, text: &'a str, words: &'a [Word]) -> Self {
        let small = text.bytes().filter(u8::is_ascii_lowercase).count();
        let capital = text.bytes().filter(u8::is_ascii_uppercase).count();
        Self {
            lexicon,
            names: &lexicon.redaction.names,
            text,
            words,
            shouted: capital > 3 * small,
        }
    }

    /// The names that the text itself shows to be names; `taken` is masked already.
    pub fn names(&self, taken: &[Span]) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let free = |at: usize| !covers(taken, self.words[at].span);
            let name = if free(at) { self.name_at(at) } else { None };
            match name {
                Some(all) if all.clone().all(free) => {
                    at = all.end;
                    let words = all.clone().filter(|at| self.tells(*at)).collect();
                    found.push(Name { words, all });
                }
                _ => at += 1,
            }
        }
        found.retain(|name| !name.words.is_empty());
        found
    }

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
                if people.together(&keys(&name.words)) || name.words.len() < 2 {
                    out.push(Stretch {
                        begin: name.all.start,
                        ..stretch(&name.words)
                    });
                } else {
                    out.extend(name.words.iter().map(|at| stretch(&[*at])));
                }
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

    /// Whether a word of a name tells who it is.
    fn tells(&self, at: usize) -> bool {
        let word = &self.words[at];
        word.plain
            && word.written != Written::Initial
            && word.key.chars().count() > 1
            && !(self.names.particles.contains(&word.key) && word.written == Written::Lower)
            && !self.is_title(at)
    }

    fn name_at(&self, at: usize) -> Option<std::ops::Range<usize>> {
        self.after_title(at)
            .or_else(|| self.after_naming(at))
            .or_else(|| self.after_role(at))
            .or_else(|| self.before_role(at))
            .or_else(|| self.by_first_name(at))
    }

    /// `Mr J Smith`, `PC 4471 Hargreaves`. The title itself stays.
    fn after_title(&self, title: usize) -> Option<std::ops::Range<usize>> {
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
    fn after_naming(&self, at: usize) -> Option<std::ops::Range<usize>> {
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
    fn after_role(&self, role: usize) -> Option<std::ops::Range<usize>> {
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
    fn before_role(&self, start: usize) -> Option<std::ops::Range<usize>> {
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

    fn is_particle(&self, at: usize) -> bool {
        let word = self.words.get(at);
        word.is_some_and(|word| self.names.particles.contains(&word.key))
    }

    fn role_within(&self, at: usize) -> bool {
        at < self.words.len() && self.close(at) && self.is_role(at)
    }

    /// `Sarah`, `Sarah HOLT`, `Mark Okafor`.
    fn by_first_name(&self, start: usize) -> Option<std::ops::Range<usize>> {
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
    fn before_verb(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|next| {
            self.names.verb_before.contains(&next.key)
                || next.key.starts_with(|c: char| c.is_ascii_digit())
        })
    }

    /// The end of the name that begins at `start`.
    fn run(&self, start: usize) -> usize {
        let mut end = start + 1;
        while end < self.words.len() && end - start < LONGEST && !self.words[end - 1].owner {
            let hyphen = self.gap(end) == "-";
            if hyphen && is_capital(self.words[end].written) && self.words[end].plain {
                end += 1;
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
                break;
            }
            end = next + 1;
        }
        end
    }

    /// Whether a word can be a name after what stands before it.
    fn may_be_name(&self, at: usize, before: Before) -> bool {
        let word = &self.words[at];
        let key = word.key.as_str();
        let names = self.names;
        if !word.plain
            || !is_capital(word.written)
            || word.written == Written::Initial
            || key.chars().count() < 2
            || self.is_fixed_phrase(at)
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
            Before::Role if shouted => unknown && key.chars().count() > 3,
            Before::Role => (unknown || other || surname) && !(upper && key.len() < 3),
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
    fn stands_as_name(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        self.is_first(key) || self.names.mostly_names.contains(key)
    }

    fn is_lower_first_name(&self, at: usize) -> bool {
        let word = &self.words[at];
        word.plain && self.stands_as_name(at) && !self.is_word(&word.key) && !self.is_role(at)
    }

    fn is_lower_name(&self, at: usize) -> bool {
        let word = &self.words[at];
        word.plain
            && word.key.chars().count() > 2
            && (self.is_first(&word.key)
                || self.names.surnames.contains(&word.key)
                || !self.is_word(&word.key))
    }

    fn skip_initials(&self, mut at: usize) -> usize {
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

    fn after_initial(&self, at: usize) -> bool {
        at > 0 && self.words[at - 1].written == Written::Initial
    }

    /// Whether `Some(true)` a title that needs no capital stands here, or `Some(false)` another.
    fn is_title_before(&self, at: usize) -> Option<bool> {
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

    fn is_title(&self, at: usize) -> bool {
        let key = &self.words[at].key;
        self.names.titles.contains(key) || self.names.short_titles.contains(key)
    }

    /// Whether a word says what a person is in the record.
    fn is_role(&self, at: usize) -> bool {
        let key = self.words[at].key.as_str();
        if self.names.roles.contains(key) {
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
    fn is_first(&self, key: &str) -> bool {
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
    fn is_word(&self, key: &str) -> bool {
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
    fn is_fixed_phrase(&self, at: usize) -> bool {
        let end = self.words.len().min(at + 3);
        (at.saturating_sub(1)..=at).any(|first| {
            let begin = self.words[first].span.start;
            (at + 1..=end).any(|end| {
                let part = &self.text[begin..self.words[end - 1].end];
                let part = part.to_lowercase().replace(['’', '‘', '`'], "'");
                self.names.not_name_phrases.contains(&part)
            })
        })
    }

    /// Whether capitals around a word take their meaning away.
    fn is_shouted(&self, at: usize) -> bool {
        if self.shouted {
            return true;
        }
        let word = &self.words[at];
        if word.written != Written::Upper {
            return false;
        }
        let loud = |at: usize| {
            let near = &self.words[at];
            near.written == Written::Upper
                && near.plain
                && near.key.len() > 2
                && self.is_word(&near.key)
                && !self.is_role(at)
                && !self.names.surnames.contains(&near.key)
                && !self.names.words_too.contains(&near.key)
                && !self.names.shorthand.contains(&near.key)
        };
        let same = |at: usize| !self.gap(at).contains(['.', '\n']);
        at > 0 && same(at) && loud(at - 1)
            || at + 1 < self.words.len() && same(at + 1) && loud(at + 1)
    }

    /// Whether a sentence or a quotation begins with the word.
    fn begins(&self, at: usize) -> bool {
        at == 0
            || self.gap(at).contains([
                '.', '!', '?', '\n', ':', ';', '"', '“', '‘', '•', '*', '|', '>',
            ])
            || self.gap(at).contains(" - ")
    }

    /// What stands between a word and the one before it.
    fn gap(&self, at: usize) -> &'a str {
        let start = at
            .checked_sub(1)
            .map_or(0, |last| self.words[last].span.end);
        &self.text[start..self.words[at].span.start]
    }

    /// The same; `None` behind the last word.
    fn gap_at(&self, at: usize) -> Option<&'a str> {
        (at < self.words.len()).then(|| self.gap(at))
    }

    /// Only blanks stand before the word, or the full stop of a title.
    fn close(&self, at: usize) -> bool {
        let Some(gap) = self.gap_at(at) else {
            return false;
        };
        let gap = match at.checked_sub(1) {
            Some(last) if self.is_title(last) => gap.strip_prefix('.').unwrap_or(gap),
            _ => gap,
        };
        !gap.is_empty()
            && gap.len() < 4
            && gap.chars().all(|c| c == ' ' || c == '\t' || c == '\u{a0}')
    }

    /// Only blanks, a hyphen or the full stop of an initial stand before the word.
    fn joined(&self, at: usize) -> bool {
        let gap = self.gap_at(at).unwrap_or(",");
        self.close(at)
            || gap == "-"
            || self.after_initial(at)
                && gap.len() < 4
                && gap
                    .strip_prefix('.')
                    .is_some_and(|rest| rest.trim().is_empty())
    }
}

/// Whether one of the spans, which are sorted and do not overlap, shares a byte with `span`.
fn covers(sorted: &[Span], span: Span) -> bool {
    let before = sorted.partition_point(|own| own.start < span.end);
    before > 0 && sorted[before - 1].overlaps(span)
}

/// The key under which the lexicon knows a word.
fn folded(key: &str) -> String {
    key.replace('\'', "")
}
