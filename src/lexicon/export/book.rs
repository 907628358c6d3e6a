//! The word classes of the lexicon, written out: every word and phrase of each, in every form.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::lexicon::inflect::{noun_forms, verb_forms};
use crate::lexicon::pattern::{Node, parse};
use crate::lexicon::schema;

/// A word or several, in lower case.
pub(super) type Phrase = Vec<String>;

/// What may stand at one place of a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub phrases: BTreeSet<Phrase>,
    /// Shapes: `#num` …
    pub shapes: BTreeSet<String>,
}

impl Choice {
    fn add(&mut self, other: &Self) {
        self.phrases.extend(other.phrases.iter().cloned());
        self.shapes.extend(other.shapes.iter().cloned());
    }
}

/// The classes by name.
#[derive(Debug, Default)]
pub(super) struct Book {
    irregular: BTreeMap<String, String>,
    /// Words that differ only by the sex of a person, by their look-up key.
    twins: BTreeMap<String, Rc<[String]>>,
    classes: BTreeMap<String, Rc<Choice>>,
}

impl Book {
    /// The classes of files that were checked: an entry that cannot be read is none of them.
    pub fn new(files: &[schema::File]) -> Self {
        let mut book = Self::default();
        for file in files {
            for entry in file.irregular.iter().flat_map(|list| &list.verbs) {
                let base = entry.get_ref().split('|').next().unwrap_or_default().trim();
                book.irregular
                    .insert(base.to_owned(), entry.get_ref().clone());
            }
            for entry in file.twins.iter().flat_map(|twins| &twins.words) {
                let words = entry.get_ref().split([' ', '=']).filter(|w| !w.is_empty());
                let words: Rc<[String]> = words.map(str::to_owned).collect();
                for word in words.iter() {
                    book.twins.insert(word.clone(), Rc::clone(&words));
                }
            }
        }
        let all: BTreeMap<&str, &schema::Class> = files
            .iter()
            .flat_map(|file| &file.class)
            .map(|(name, class)| (name.as_str(), class.get_ref()))
            .collect();
        for name in all.keys() {
            book.fill(name, &all);
        }
        book
    }

    fn fill(&mut self, name: &str, all: &BTreeMap<&str, &schema::Class>) {
        let Some(class) = all.get(name).filter(|_| !self.classes.contains_key(name)) else {
            return;
        };
        let mut choice = Choice::default();
        let nouns = class
            .nouns
            .iter()
            .flat_map(|entry| noun_forms(entry.get_ref()));
        let verbs = class
            .verbs
            .iter()
            .flat_map(|entry| self.verb(entry.get_ref()));
        let misspelt = class.misspelt.iter().map(|entry| entry.get_ref().clone());
        for form in nouns.chain(verbs).chain(misspelt) {
            choice.phrases.extend(self.spellings(&form));
        }
        for entry in &class.words {
            match parse(entry.get_ref()).as_deref() {
                Ok([Node::Class { name, .. }]) => {
                    choice.shapes.insert(name.clone());
                }
                Ok(nodes) => choice.phrases.extend(self.phrases(nodes)),
                Err(_) => {}
            }
        }
        for include in &class.include {
            self.fill(include.get_ref(), all);
            choice.add(&self.class(include.get_ref()));
        }
        self.classes.insert(name.to_owned(), Rc::new(choice));
    }

    /// The class of that name, or the shape.
    pub fn class(&self, name: &str) -> Rc<Choice> {
        if let Some(choice) = self.classes.get(name) {
            return Rc::clone(choice);
        }
        let mut choice = Choice::default();
        if name.starts_with('#') {
            choice.shapes.insert(name.to_owned());
            if name == "#num" {
                choice.add(&self.class("number_word"));
            }
        }
        Rc::new(choice)
    }

    fn verb(&self, entry: &str) -> Vec<String> {
        let base = entry.split(['|', ' ']).next().unwrap_or_default();
        verb_forms(entry, self.irregular.get(base).map(String::as_str))
    }

    /// A phrase as written, with the words that the matcher takes for the same.
    fn spellings(&self, text: &str) -> Vec<Phrase> {
        let mut phrases = vec![Vec::new()];
        for word in text
            .to_lowercase()
            .replace('\u{2019}', "'")
            .split_whitespace()
        {
            append(
                &mut phrases,
                &self
                    .twins_of(word)
                    .iter()
                    .map(|w| vec![w.clone()])
                    .collect::<Vec<_>>(),
            );
        }
        phrases
    }

    /// The word, and those that differ from it only by the sex of a person. An apostrophe stands as far
    /// from their end as from that of the word.
    fn twins_of(&self, word: &str) -> Vec<String> {
        let Some(twins) = self.twins.get(&word.replace('\'', "")) else {
            return vec![word.to_owned()];
        };
        let tail = word.find('\'').map(|at| word.len() - at - 1);
        let written = |twin: &String| match tail.filter(|tail| *tail < twin.len()) {
            Some(tail) => {
                let (head, tail) = twin.split_at(twin.len() - tail);
                format!("{head}'{tail}")
            }
            None => twin.clone(),
        };
        twins.iter().map(written).collect()
    }

    /// The phrases that a literal part of a pattern stands for; none if it is not literal.
    pub fn phrases(&self, nodes: &[Node]) -> Vec<Phrase> {
        let mut phrases = vec![Vec::new()];
        for node in nodes {
            append(&mut phrases, &self.choices(node));
        }
        phrases.retain(|phrase| !phrase.is_empty());
        phrases
    }

    fn choices(&self, node: &Node) -> Vec<Phrase> {
        let all = |forms: Vec<String>| forms.iter().flat_map(|form| self.spellings(form)).collect();
        match node {
            Node::Word(word) => self.spellings(word),
            Node::Verb(verb) => all(self.verb(verb)),
            Node::Noun(noun) => all(noun_forms(noun)),
            Node::Group(branches) => branches
                .iter()
                .flat_map(|branch| self.phrases(branch))
                .collect(),
            Node::Optional(inner) => {
                let mut choices = vec![Vec::new()];
                choices.extend(self.choices(inner));
                choices
            }
            Node::Class { .. }
            | Node::Gap { .. }
            | Node::Near { .. }
            | Node::NotNext(_)
            | Node::Start
            | Node::End => Vec::new(),
        }
    }
}

/// Every head with every tail.
fn append(phrases: &mut Vec<Phrase>, tails: &[Phrase]) {
    let longer = phrases.iter().flat_map(|head| {
        tails
            .iter()
            .map(move |tail| head.iter().chain(tail).cloned().collect())
    });
    *phrases = longer.collect();
}
