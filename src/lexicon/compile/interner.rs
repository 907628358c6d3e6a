//! Numbers the words and phrases of a lexicon as they are first seen.

use std::cell::{Ref, RefCell};

use foldhash::{HashMap, HashMapExt as _};

use crate::matcher::{TwinEntry, shape_id, word_id};
use crate::segment::{Shape, Token, Twin, Word, WordId, WordLookup, tokenise};

/// Number of a phrase of two words or more. It says nothing of their order.
pub(super) type PhraseId = u32;

/// Words and phrases with their numbers. The tokeniser runs over lexicon entries with it, so that
/// entries and texts are split by the very same rules.
#[derive(Debug, Default)]
pub(super) struct Interner {
    words: RefCell<Numbers<String>>,
    phrases: RefCell<Numbers<Vec<WordId>>>,
    /// Words read as their twin: the word that gives the id, and which of the two they are.
    twins: HashMap<String, (String, Twin)>,
    /// What was tokenised last: its memory is used again.
    tokens: RefCell<Vec<Token>>,
}

#[derive(Debug)]
struct Numbers<T> {
    list: Vec<T>,
    ids: HashMap<T, u32>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            ids: HashMap::new(),
        }
    }
}

impl Interner {
    /// Hands the words of `text` to `read`, with what parts them.
    pub fn with_tokens<T>(&self, text: &str, read: impl FnOnce(&[Token]) -> T) -> T {
        let mut tokens = self.tokens.borrow_mut();
        tokenise(text, self, &mut tokens);
        read(&tokens)
    }

    /// Makes `key` share the id of `first`. Must be called before either is numbered.
    pub fn add_twin(&mut self, key: String, first: String, twin: Twin) {
        self.twins.entry(key).or_insert((first, twin));
    }

    /// The twins with the ids that they share, in alphabetical order.
    pub fn twins(&self) -> Vec<TwinEntry> {
        let twins = self.twins.iter();
        let mut twins: Vec<TwinEntry> = twins
            .map(|(key, (first, twin))| (key.clone(), self.id(first), *twin))
            .collect();
        twins.sort();
        twins
    }

    /// The number of a word.
    pub fn id(&self, key: &str) -> WordId {
        let key = self.twins.get(key).map_or(key, |(first, _)| first);
        if let Some(id) = self.words.borrow().ids.get(key) {
            return *id;
        }
        let mut words = self.words.borrow_mut();
        let id = word_id(words.list.len());
        words.list.push(key.to_owned());
        words.ids.insert(key.to_owned(), id);
        id
    }

    /// The words in the order of their numbers.
    pub fn words(&self) -> Ref<'_, [String]> {
        Ref::map(self.words.borrow(), |words| words.list.as_slice())
    }

    /// The number of a phrase.
    pub fn phrase(&self, words: &[WordId]) -> PhraseId {
        let mut phrases = self.phrases.borrow_mut();
        if let Some(id) = phrases.ids.get(words) {
            return *id;
        }
        let id = phrases.list.len() as PhraseId;
        phrases.list.push(words.to_owned());
        phrases.ids.insert(words.to_owned(), id);
        id
    }

    /// The phrases in the order of their numbers.
    pub fn phrases(&self) -> Ref<'_, [Vec<WordId>]> {
        Ref::map(self.phrases.borrow(), |phrases| phrases.list.as_slice())
    }
}

impl WordLookup for Interner {
    fn lookup(&self, key: &[u8]) -> Word {
        self.id(&String::from_utf8_lossy(key)).into()
    }

    fn shape(&self, shape: Shape) -> WordId {
        shape_id(shape)
    }

    fn is_abbreviation(&self, _: WordId) -> bool {
        true
    }
}
