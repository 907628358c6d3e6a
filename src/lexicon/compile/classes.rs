//! Builds the vocabulary and the word classes while the files are compiled.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::interner::{Interner, PhraseId};
use crate::lexicon::inflect::{noun_forms, verb_forms};
use crate::lexicon::limits;
use crate::lexicon::pattern::Node;
use crate::matcher::{ClassId, Classes, Phrase, Spelling, Step, StepBits, shape_id, word_id};
use crate::segment::{Break, Shape, WordId};

/// Most literal phrases that one entry may multiply out to.
const MOST_PHRASES: usize = 2000;

fn too_many_phrases() -> String {
    format!("this entry stands for more than {MOST_PHRASES} phrases")
}

/// Why classes cannot be resolved.
pub(super) enum Tangle {
    /// The class of that name includes itself, in the end.
    Cycle(String),
    /// The class of that name is the last of too long a chain.
    Chain(String),
    /// The classes hold too much.
    Size,
}

/// Frequency (per million words) assumed for a word that the table does not list.
const RARE: u64 = 3;

/// Stands for the frequency of a word that the table does not list.
const UNLISTED: u64 = u64::MAX;

/// A class while it is being built. Its lists are sets once they were put in [order](Members::order).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Members {
    pub words: Vec<WordId>,
    pub phrases: Vec<PhraseId>,
    pub includes: Vec<ClassId>,
}

impl Members {
    /// Sorts the members and leaves each but once.
    fn order(&mut self) {
        for list in [&mut self.words, &mut self.phrases, &mut self.includes] {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// Adds a literal of one word or of several.
    pub fn add(&mut self, literal: &[WordId], interner: &Interner) {
        match literal {
            [] => {}
            [word] => self.words.push(*word),
            words => self.phrases.push(interner.phrase(words)),
        }
    }
}

/// Which forms of a word are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Forms {
    /// Those of a verb.
    Verb,
    /// Those of a noun.
    Noun,
}

/// All classes, named and anonymous.
#[derive(Debug, Default)]
pub(super) struct ClassTable {
    pub interner: Interner,
    members: Vec<Members>,
    names: BTreeMap<String, ClassId>,
    anonymous: HashMap<Members, ClassId>,
    /// The classes of all forms of a verb or noun.
    forms: HashMap<(Forms, String), ClassId>,
    irregular: HashMap<String, String>,
    /// Words that stand in the lexicon as misspellings.
    misspelt: Vec<(ClassId, WordId)>,
    /// Times per million words, by word; [`UNLISTED`] and words beyond the end are not known.
    frequency: Vec<u64>,
    /// Words and classes that are steps of patterns.
    steps: BTreeSet<Step>,
    /// Variants that were made so far.
    pub variants: usize,
}

impl ClassTable {
    /// A class by name, made empty if it is not there yet.
    pub fn declare(&mut self, name: &str) -> ClassId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.members.len() as ClassId;
        self.members.push(Members::default());
        self.names.insert(name.to_owned(), id);
        id
    }

    pub fn named(&self, name: &str) -> Option<ClassId> {
        self.names.get(name).copied()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    pub fn name_table(&self) -> BTreeMap<String, ClassId> {
        self.names.clone()
    }

    /// Adds a literal to a class.
    pub fn add(&mut self, id: ClassId, literal: &[WordId]) {
        self.members[id as usize].add(literal, &self.interner);
    }

    /// Makes the members of `other` members of a class.
    pub fn include(&mut self, id: ClassId, other: ClassId) {
        self.members[id as usize].includes.push(other);
    }

    /// The class of all forms of a verb or noun, as patterns write it.
    pub fn forms(&mut self, kind: Forms, word: &str) -> Result<ClassId, String> {
        let key = (kind, word.to_owned());
        if let Some(class) = self.forms.get(&key) {
            return Ok(*class);
        }
        let forms = match kind {
            Forms::Verb => self.verb(word),
            Forms::Noun => noun_forms(word),
        };
        let mut members = Members::default();
        for form in &forms {
            members.add(&self.literal(form)?, &self.interner);
        }
        let class = self.anonymous(members);
        self.forms.insert(key, class);
        Ok(class)
    }

    /// A class of exactly these members; the same members give the same class.
    pub fn anonymous(&mut self, mut members: Members) -> ClassId {
        members.order();
        if let Some(id) = self.anonymous.get(&members) {
            return *id;
        }
        let id = self.members.len() as ClassId;
        self.members.push(members.clone());
        self.anonymous.insert(members, id);
        id
    }

    /// Notes that a word of a class is a misspelling of another word of the class.
    pub fn add_misspelt(&mut self, class: ClassId, word: WordId) {
        self.misspelt.push((class, word));
    }

    /// How misspellings are read: those of any word of the lexicon, and those that it lists, each as
    /// the nearest word of its class.
    pub fn spelling(&self) -> (Spelling, BTreeMap<WordId, WordId>) {
        let words = self.interner.words();
        let text = |id: WordId| words[id as usize - word_id(0) as usize].as_str();
        let misspelt: BTreeSet<WordId> = self.misspelt.iter().map(|(_, word)| *word).collect();
        let named = words.iter().enumerate();
        let named = named.map(|(i, w)| (w.as_str(), word_id(i)));
        let spelling = Spelling::build(named.filter(|(_, id)| !misspelt.contains(id)));
        let mut listed = BTreeMap::new();
        for (class, written) in &self.misspelt {
            let meant = self.members[*class as usize].words.iter();
            let meant = meant
                .filter(|word| !misspelt.contains(word) && text(**word).len() > 2)
                .map(|word| (Spelling::errors(text(*written), text(*word)), *word))
                .min();
            if let Some((_, read)) = meant.filter(|(errors, _)| *errors <= 3) {
                listed.entry(*written).or_insert(read);
            }
        }
        (spelling, listed)
    }

    pub fn add_irregular(&mut self, entry: &str) {
        let base = entry.split('|').next().unwrap_or_default().trim();
        self.irregular.insert(base.to_owned(), entry.to_owned());
    }

    pub fn add_frequency(&mut self, word: &str, per_million: u64) {
        let frequency = &mut self.frequency;
        self.interner.with_tokens(word, |tokens| {
            for token in tokens {
                let word = token.word as usize;
                if frequency.len() <= word {
                    frequency.resize(word + 1, UNLISTED);
                }
                frequency[word] = per_million;
            }
        });
    }

    /// Forms of a verb entry, in the notation of class files.
    pub fn verb(&self, entry: &str) -> Vec<String> {
        let base = entry.split(['|', ' ']).next().unwrap_or_default();
        verb_forms(entry, self.irregular.get(base).map(String::as_str))
    }

    /// The words of a literal, or why it is none.
    pub fn literal(&self, text: &str) -> Result<Vec<WordId>, String> {
        self.interner.with_tokens(text, |tokens| {
            if tokens.is_empty() {
                return Err(format!("`{text}` holds no word"));
            }
            if tokens[1..].iter().any(|t| t.gap >= Break::Strong) {
                return Err(format!("`{text}` holds a sentence break"));
            }
            Ok(tokens.iter().map(|t| t.word).collect())
        })
    }

    /// Every phrase that a finite pattern stands for; an error if it holds a class or gap.
    pub fn phrases(&self, nodes: &[Node]) -> Result<Vec<Vec<WordId>>, String> {
        let mut phrases: Vec<Vec<WordId>> = vec![Vec::new()];
        for node in nodes {
            let choices = self.choices(node)?;
            if phrases.len() * choices.len() > MOST_PHRASES {
                return Err(too_many_phrases());
            }
            phrases = phrases
                .iter()
                .flat_map(|head| {
                    choices
                        .iter()
                        .map(move |tail| head.iter().chain(tail).copied().collect())
                })
                .collect();
        }
        Ok(phrases)
    }

    fn choices(&self, node: &Node) -> Result<Vec<Vec<WordId>>, String> {
        match node {
            Node::Word(word) => Ok(vec![self.literal(word)?]),
            Node::Verb(verb) => self
                .verb(verb)
                .iter()
                .map(|form| self.literal(form))
                .collect(),
            Node::Noun(noun) => noun_forms(noun)
                .iter()
                .map(|form| self.literal(form))
                .collect(),
            Node::Group(branches) => {
                let mut all = Vec::new();
                for branch in branches {
                    all.extend(self.phrases(branch)?);
                    if all.len() > MOST_PHRASES {
                        return Err(too_many_phrases());
                    }
                }
                Ok(all)
            }
            Node::Optional(inner) => {
                let mut all = vec![Vec::new()];
                all.extend(self.choices(inner)?);
                Ok(all)
            }
            Node::Class { .. }
            | Node::Gap { .. }
            | Node::Near { .. }
            | Node::NotNext(_)
            | Node::Start
            | Node::End => {
                Err("only words, `~verbs`, `nouns+`, groups and options may stand here".to_owned())
            }
        }
    }

    /// Replaces listed misspellings by the words that they are read as.
    pub fn read_as(&self, listed: &BTreeMap<WordId, WordId>, flat: &mut [Members]) {
        if listed.is_empty() {
            return;
        }
        let mut words: Vec<WordId> = (0..word_id(self.interner.words().len())).collect();
        for (written, read) in listed {
            words[*written as usize] = *read;
        }
        let read_phrase = |phrase: &Vec<WordId>| -> Vec<WordId> {
            phrase.iter().map(|word| words[*word as usize]).collect()
        };
        let phrases: Vec<Vec<WordId>> = self.interner.phrases().iter().map(read_phrase).collect();
        let phrases: Vec<PhraseId> = phrases.iter().map(|p| self.interner.phrase(p)).collect();
        for members in flat {
            for word in &mut members.words {
                *word = words[*word as usize];
            }
            for phrase in &mut members.phrases {
                *phrase = phrases[*phrase as usize];
            }
            members.order();
        }
    }

    /// Completes the shape classes, resolves inclusion and returns per class its words and phrases.
    pub fn flatten(&mut self) -> Result<Vec<Members>, Tangle> {
        self.complete_shapes();
        let mut flat: Vec<Option<Members>> = vec![None; self.members.len()];
        let mut size = 0;
        for id in 0..self.members.len() {
            self.flatten_one(id, &mut flat, &mut Vec::new(), &mut size)?;
        }
        Ok(flat.into_iter().flatten().collect())
    }

    fn complete_shapes(&mut self) {
        let number = self.declare("#num");
        let time = self.declare("#time");
        let times = self.declare("#times");
        let letter = self.declare("#letter");
        if let Some(words) = self.named("number_word") {
            self.members[number as usize].includes.push(words);
        }
        for c in ('a'..='z').filter(|c| !matches!(c, 'a' | 'i')) {
            let id = self.interner.id(&c.to_string());
            self.members[letter as usize].words.push(id);
        }
        for (index, word) in self.interner.words().iter().enumerate() {
            let id = word_id(index);
            let digits = word.bytes().next().is_some_and(|b| b.is_ascii_digit())
                && word
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'/' | b':'));
            if digits {
                let class = if word.contains(':') { time } else { number };
                self.members[class as usize].words.push(id);
            } else if word.len() > 1
                && word.starts_with('x')
                && word[1..].bytes().all(|b| b.is_ascii_digit())
            {
                self.members[times as usize].words.push(id);
            }
        }
        for (class, shape) in [
            (number, Shape::Number),
            (time, Shape::Time),
            (times, Shape::Times),
        ] {
            self.members[class as usize].words.push(shape_id(shape));
        }
    }

    fn flatten_one(
        &self,
        id: usize,
        flat: &mut Vec<Option<Members>>,
        path: &mut Vec<usize>,
        size: &mut usize,
    ) -> Result<(), Tangle> {
        if flat[id].is_some() {
            return Ok(());
        }
        let named = |ids: &[usize]| {
            // A class of a shape stands in no file.
            let mut names = self.names.iter().filter(|(name, _)| !name.starts_with('#'));
            let named = names.find(|(_, class)| ids.contains(&(**class as usize)));
            named.map(|(name, _)| name.clone()).unwrap_or_default()
        };
        if path.contains(&id) {
            return Err(Tangle::Cycle(named(path)));
        }
        if path.len() == limits::INCLUSIONS {
            return Err(Tangle::Chain(named(&[id])));
        }
        path.push(id);
        let mut members = self.members[id].clone();
        for include in &self.members[id].includes {
            self.flatten_one(*include as usize, flat, path, size)?;
            if let Some(inner) = &flat[*include as usize] {
                members.words.extend_from_slice(&inner.words);
                members.phrases.extend_from_slice(&inner.phrases);
            }
        }
        members.order();
        path.pop();
        *size += members.words.len() + members.phrases.len();
        if *size > limits::MEMBERS {
            return Err(Tangle::Size);
        }
        flat[id] = Some(members);
        Ok(())
    }

    pub fn word_frequency(&self, word: WordId) -> u64 {
        match word {
            1 => 5_000,
            2 | 3 => 500,
            _ => {
                let listed = self.frequency.get(word as usize);
                listed.copied().filter(|n| *n != UNLISTED).unwrap_or(RARE)
            }
        }
    }

    /// How often a member of each class is to be expected.
    pub fn class_frequencies(&self, flat: &[Members]) -> Vec<u64> {
        let rarest = |words: &Vec<WordId>| {
            let words = words.iter().map(|w| self.word_frequency(*w));
            words.min().unwrap_or(RARE)
        };
        let phrases: Vec<u64> = self.interner.phrases().iter().map(rarest).collect();
        let phrase = |id: &PhraseId| phrases[*id as usize];
        flat.iter()
            .map(|m| {
                m.words.iter().map(|w| self.word_frequency(*w)).sum::<u64>()
                    + m.phrases.iter().map(phrase).sum::<u64>() / 4
            })
            .collect()
    }

    /// How often a step is to be expected to find something; 0 for one that takes no word.
    pub fn step_frequency(&self, step: Step, class_frequency: &[u64]) -> u64 {
        match step {
            Step::Word(word) => self.word_frequency(word),
            Step::Class(class) => class_frequency[class as usize],
            Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => 0,
        }
    }

    /// Notes what patterns ask for.
    pub fn note_steps(&mut self, steps: impl Iterator<Item = Step>) {
        let solid = |step: &Step| matches!(step, Step::Word(_) | Step::Class(_));
        self.steps.extend(steps.filter(solid));
    }

    /// A bit for each step of each pattern, those with the same commonest word side by side.
    pub fn step_bits(&self, flat: &[Members]) -> StepBits {
        let commonest = |step: &Step| match step {
            Step::Class(class) => {
                let words = flat[*class as usize].words.iter();
                let commonest = words.map(|word| (self.word_frequency(*word), *word)).max();
                commonest.unwrap_or_default()
            }
            Step::Word(word) => (self.word_frequency(*word), *word),
            Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => (0, 0),
        };
        let mut steps: Vec<Step> = self.steps.iter().copied().collect();
        steps.sort_by_cached_key(|step| std::cmp::Reverse(commonest(step)));
        StepBits::number(&steps)
    }

    /// The run-time table, and the classes of each kind of phrase.
    pub fn build(
        &self,
        flat: &[Members],
        members_of: &[Vec<WordId>],
        bits: &StepBits,
    ) -> (Classes, Vec<Vec<ClassId>>) {
        let words = word_id(self.interner.words().len()) as usize;
        let all = self.interner.phrases();
        let mut classes_of = vec![Vec::new(); all.len()];
        for (class, members) in flat.iter().enumerate() {
            for phrase in &members.phrases {
                classes_of[*phrase as usize].push(class as ClassId);
            }
        }
        // A phrase is in no class if it holds a misspelling, which another phrase stands for.
        let mut phrases: Vec<(&Vec<WordId>, Vec<ClassId>)> = all.iter().zip(classes_of).collect();
        phrases.retain(|(_, classes)| !classes.is_empty());
        phrases.sort_unstable();
        let mut kinds: Vec<Vec<ClassId>> = Vec::new();
        let mut known: HashMap<Vec<ClassId>, u32> = HashMap::default();
        let phrases: Vec<Phrase> = phrases
            .into_iter()
            .map(|(words, classes)| {
                let next = kinds.len() as u32;
                let kind = *known.entry(classes).or_insert_with_key(|classes| {
                    kinds.push(classes.clone());
                    next
                });
                Phrase {
                    words: words.clone().into(),
                    kind,
                }
            })
            .collect();
        let classes = Classes::build(words, members_of, &phrases, &kinds, bits);
        (classes, kinds)
    }
}
