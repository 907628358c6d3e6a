//! The people of a case: who is who by the parts of a name.

use std::collections::BTreeMap;

/// The people whose names a case brings in, in the order in which it does.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The parts of each person's name.
    parts: Vec<Vec<String>>,
    /// People by part.
    by_part: BTreeMap<String, Vec<usize>>,
    /// People by all parts of their names, sorted.
    by_whole: BTreeMap<Vec<String>, Vec<usize>>,
}

/// The parts of a name, each once, in order.
fn sorted(parts: &[String]) -> Vec<String> {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    parts.dedup();
    parts
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
        let parts: Vec<&str> = name.iter().map(String::as_str).collect();
        if self.together(&parts) {
            return;
        }
        let person = match self.who_say_less(name)[..] {
            [only] => only,
            _ => {
                self.parts.push(Vec::new());
                self.parts.len() - 1
            }
        };
        let before = sorted(&self.parts[person]);
        if let Some(own) = self.by_whole.get_mut(&before) {
            own.retain(|other| *other != person);
        }
        for part in name {
            if !self.parts[person].contains(part) {
                self.parts[person].push(part.clone());
                self.by_part.entry(part.clone()).or_default().push(person);
            }
        }
        let whole = sorted(&self.parts[person]);
        self.by_whole.entry(whole).or_default().push(person);
    }

    /// The people all of whose parts are in a name.
    fn who_say_less(&self, name: &[String]) -> Vec<usize> {
        /// Parts of a name whose every choice is looked up; of a longer one all people are asked.
        const MOST_CHOICES: usize = 6;
        let name = sorted(name);
        let mut found: Vec<usize> = if name.len() <= MOST_CHOICES {
            let choices = 1_usize..1 << name.len();
            let chosen = choices.map(|choice| -> Vec<String> {
                let parts = name.iter().enumerate();
                parts
                    .filter(|(at, _)| choice >> at & 1 == 1)
                    .map(|(_, part)| part.clone())
                    .collect()
            });
            chosen
                .filter_map(|parts| self.by_whole.get(&parts))
                .flatten()
                .copied()
                .collect()
        } else {
            let says_less = |person: &&usize| self.parts[**person].iter().all(|p| name.contains(p));
            let people = name.iter().filter_map(|part| self.by_part.get(part));
            people.flatten().filter(says_less).copied().collect()
        };
        found.sort_unstable();
        found.dedup();
        found
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
        // From the rarest part on: a thousand people may share a surname.
        let all = parts.iter().map(|part| self.by_part.get(*part));
        let first = all
            .min_by_key(|people| people.map_or(0, Vec::len))
            .flatten();
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
