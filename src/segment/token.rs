//! Words with their places in the source, and the breaks between them.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// Number of a word in the lexicon's vocabulary. `0` is every word that it does not know.
pub type WordId = u32;

/// Which of two words that differ only by a person's sex this is (`he` and `she`, `son` and
/// `daughter`). Both have one id, so that no pattern can tell them apart; only the tying of pronouns
/// to people asks whether two of them are of the same kind. Which is which makes no difference.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Twin {
    /// A word without a twin.
    #[default]
    None,
    /// One kind.
    A,
    /// The other kind.
    B,
}

/// What a look-up gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Its id, or `0` for a word that the lexicon does not know.
    pub id: WordId,
    /// Which twin it is.
    pub twin: Twin,
    /// It is a misspelling, read as the word of this id.
    pub corrected: bool,
    /// For a word of id `0`: its number among the words that are only weighed (see [`crate::weigh`]), or `0`.
    pub term: u16,
}

impl From<WordId> for Word {
    fn from(id: WordId) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }
}

/// Looks folded words up. The lexicon's vocabulary is one; tests use their own.
pub trait WordLookup {
    /// The folded word, of id `0` if it is not known.
    fn lookup(&self, key: &[u8]) -> Word;
    /// The id that stands for a shape of token which the vocabulary does not list.
    fn shape(&self, shape: Shape) -> WordId;
    /// The word that an unknown one must be a misspelling of, or the unknown word.
    fn correct(&self, _key: &[u8]) -> Word {
        Word::default()
    }
    /// Whether a full stop after this word usually belongs to it (`dr.`, `approx.`).
    fn is_abbreviation(&self, word: WordId) -> bool;
}

/// Token shapes that patterns can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `47`, `200+`, `3.5`, `1,200`.
    Number,
    /// `19:42`, `23.15hrs`.
    Time,
    /// `x3`, `x 10`.
    Times,
}

/// How strongly a token is parted from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// Nothing but space.
    None,
    /// A comma, colon, bracket.
    Weak,
    /// A semicolon, spaced dash, dots: patterns do not cross it.
    Strong,
    /// The end of a sentence or log entry.
    Sentence,
}

/// A word of the source.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// First byte in the source.
    pub start: u32,
    /// One past the last byte in the source.
    pub end: u32,
    /// Id in the vocabulary.
    pub word: WordId,
    /// What parts it from the token before it.
    pub gap: Break,
    /// A question mark touches its front: `?strangled`.
    pub queried: bool,
    /// It stands between quotation marks.
    pub quoted: bool,
    /// Which of two twins it is.
    pub twin: Twin,
    /// It is misspelt: `word` is what it was read as.
    pub corrected: bool,
    /// Where `word` is `0`: its number among the words that are only weighed, or `0`.
    pub term: u16,
    /// It is a name: `word` is the label that introduced it.
    pub named: bool,
}

impl Token {
    /// The token's place in the source.
    pub fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}
