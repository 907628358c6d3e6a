//! The stages of a scan one by one, for measuring. Not part of the interface: it may change with any version.
//!
//! A [`Scanner`] runs them in one go; see `benches/README.md` for what is made of them.

use crate::lexicon::Lexicon;
use crate::scan::Scanner;

/// Folds every character of a text, as the tokeniser folds those of words. Returns the length of the keys.
pub fn normalise(text: &str, key: &mut Vec<u8>) -> usize {
    key.clear();
    for c in text.chars() {
        crate::normalise::fold_into(c, key);
    }
    key.len()
}

/// A text on its way through the stages.
#[derive(Debug)]
pub struct Staged<'l> {
    scanner: Scanner<'l>,
}

impl<'l> Staged<'l> {
    /// For texts scanned with `lexicon`.
    pub fn new(lexicon: &'l Lexicon) -> Self {
        Self {
            scanner: Scanner::new(lexicon),
        }
    }

    /// Words, units, sentences and the names that the text introduces.
    pub fn segment(&mut self, text: &str) {
        self.scanner.segment(text);
    }

    /// Raw matches in what was segmented last. Returns how many.
    pub fn find(&mut self) -> usize {
        self.scanner.find()
    }

    /// What the raw matches that were found last mean in `text`. Returns how many mentions there are.
    pub fn read(&mut self, text: &str) -> usize {
        self.scanner.read(text).len()
    }
}
