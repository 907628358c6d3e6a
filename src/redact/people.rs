//! The people of a case: who is who by the parts of a name.

use std::collections::BTreeMap;

/// The people whose names a case brings in, in the order in which it does.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The parts of each person's name.
    parts: Vec<Vec<String>>,
    /// People by part.
    by_part: BTreeMap<String, Vec<usize>>,
}

/// Who is meant by some words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference {
    One(usize),
    Either(usize, usize),
    Unclear,
}

impl People {
    /// Adds a name. One that is part of a known name is the same person; so is one that says more
    /// than the only person known by part of it.
    pub fn add(&mut self, name: &[String]) {
        if name.is_empty() {
            return;
        }
        let known = |person: &usize| name.iter().all(|part| self.parts[*person].contains(part));
        let candidates = self.by_part.get(&name[0]).cloned().unwrap_or_default();
        if candidates.iter().any(known) {
            return;
        }
        let says_less = |person: &&usize| self.parts[**person].iter().all(|p| name.contains(p));
        let mut fuller: Vec<usize> = name
            .iter()
            .filter_map(|part| self.by_part.get(part))
            .flatten()
            .filter(says_less)
            .copied()
            .collect();
        fuller.sort_unstable();
        fuller.dedup();
        let person = match fuller[..] {
            [only] => only,
            _ => {
                self.parts.push(Vec::new());
                self.parts.len() - 1
            }
        };
        for part in name {
            if !self.parts[person].contains(part) {
                self.parts[person].push(part.clone());
                self.by_part.entry(part.clone()).or_default().push(person);
            }
        }
    }

    /// Whether the word is part of anybody's name.
    pub fn has(&self, part: &str) -> bool {
        self.by_part.contains_key(part)
    }

    /// Whether one person has all these parts.
    pub fn together(&self, parts: &[&str]) -> bool {
        self.with(parts).next().is_some()
    }

    /// The people who have all these parts in their names.
    fn with<'p>(&'p self, parts: &'p [&str]) -> impl Iterator<Item = usize> + 'p {
        let first = parts.first().and_then(|part| self.by_part.get(*part));
        let has = |person: &usize| {
            let own = &self.parts[*person];
            parts.iter().all(|part| own.iter().any(|p| p == part))
        };
        first.into_iter().flatten().copied().filter(has)
    }

    /// Who is meant by these words.
    pub fn reference(&self, words: &[&str]) -> Reference {
        let mut fits: Vec<usize> = self.with(words).take(3).collect();
        fits.sort_unstable();
        match fits[..] {
            [one] => Reference::One(one),
            [one, other] => Reference::Either(one, other),
            _ => Reference::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_the_same_person_unless_two_share_it() {
        let mut people = People::default();
        let name = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        for text in [
            "dean",
            "karen holt",
            "dean brown",
            "holt",
            "lisa brown",
            "lisa",
        ] {
            people.add(&name(text));
        }
        assert_eq!(people.reference(&["dean"]), Reference::One(0));
        assert_eq!(people.reference(&["dean", "brown"]), Reference::One(0));
        assert_eq!(people.reference(&["holt"]), Reference::One(1));
        assert_eq!(people.reference(&["brown"]), Reference::Either(0, 2));
        assert_eq!(people.reference(&["nobody"]), Reference::Unclear);
        assert_eq!(people.parts.len(), 3);
    }
}
