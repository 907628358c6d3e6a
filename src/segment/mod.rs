//! Splits a narrative into sentences, units and tokens, with exact places in the source.
//!
//! A *sentence* is what a reader would call one, or one entry of a log. A *unit* is a stretch of a
//! sentence without a strong break (semicolon, spaced dash, dots): patterns match within a unit.

mod token;
mod tokenise;

pub use token::{Break, Shape, Token, Twin, Word, WordId, WordLookup};
pub use tokenise::tokenise;

use std::ops::Range;

use crate::span::Span;

/// The key under which a word is looked up: small letters without accents or apostrophes, and without
/// characters that cannot be seen. For checks of the folding; [`tokenise`] folds as it goes.
pub fn fold(word: &str) -> String {
    use crate::normalise::{CharClass, classify, fold_into};
    let mut key = Vec::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '\'' | '`' => {}
            c if c.is_ascii() => fold_into(c, &mut key),
            c => match classify(c) {
                CharClass::Apostrophe | CharClass::Invisible => {}
                _ => fold_into(c, &mut key),
            },
        }
    }
    String::from_utf8_lossy(&key).into_owned()
}

/// Most words of a sentence. Text that goes on for longer without a mark is cut there: nobody writes
/// so, and what looks at all pairs of a sentence's cues and mentions must come to an end.
const LONGEST_SENTENCE: usize = 512;

/// A sentence: a range of tokens and the bytes that a reader would quote.
#[derive(Clone, Copy, Debug)]
pub struct Sentence {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub last: usize,
    /// From its first to its last character, closing punctuation included.
    pub span: Span,
    /// It ends with a question mark.
    pub question: bool,
}

impl Sentence {
    /// Its tokens.
    pub fn tokens(&self) -> Range<usize> {
        self.first..self.last
    }
}

/// A narrative, segmented. Reuse one value for many narratives: the buffers are kept.
#[derive(Debug, Default)]
pub struct Segmented {
    /// All tokens in order.
    pub tokens: Vec<Token>,
    /// Sentences in order; they cover every token.
    pub sentences: Vec<Sentence>,
    /// First token of each unit, and the number of tokens as a last entry.
    pub units: Vec<usize>,
}

impl Segmented {
    /// Segments `text`, replacing what the value held.
    pub fn segment(&mut self, text: &str, words: &impl WordLookup) {
        tokenise(text, words, &mut self.tokens);
        self.units.clear();
        self.sentences.clear();
        let mut first = 0;
        for index in 0..self.tokens.len() {
            if index - first == LONGEST_SENTENCE {
                self.tokens[index].gap = Break::Sentence;
            }
            let gap = self.tokens[index].gap;
            if index == 0 || gap >= Break::Strong {
                self.units.push(index);
            }
            if index > 0 && gap == Break::Sentence {
                self.push_sentence(text, first, index);
                first = index;
            }
        }
        if !self.tokens.is_empty() {
            self.push_sentence(text, first, self.tokens.len());
        }
        self.units.push(self.tokens.len());
    }

    fn push_sentence(&mut self, text: &str, first: usize, last: usize) {
        let floor = self.sentences.last().map_or(0, |s| s.span.end);
        self.sentences
            .push(sentence(text, &self.tokens, first..last, floor));
    }

    /// The index of the sentence that holds a token.
    pub fn sentence_of(&self, token: usize) -> usize {
        self.sentences.partition_point(|s| s.last <= token)
    }

    /// The sentence that holds `tokens`, as tokens and as bytes; the sentences, where they run over
    /// the end of one.
    pub fn sentences_around(&self, tokens: &Range<usize>) -> (Range<usize>, Span) {
        let first = &self.sentences[self.sentence_of(tokens.start)];
        let last = &self.sentences[self.sentence_of(tokens.end - 1)];
        (
            first.tokens().start..last.tokens().end,
            Span::new(first.span.start, last.span.end),
        )
    }

    /// The tokens of the unit that holds a token.
    pub fn unit_of(&self, token: usize) -> Range<usize> {
        let index = self.units.partition_point(|first| *first <= token);
        self.units[index - 1]..self.units[index]
    }
}

/// The sentence of `tokens[range]`; `floor` is where the sentence before it ends.
fn sentence(text: &str, tokens: &[Token], range: Range<usize>, floor: usize) -> Sentence {
    let Range {
        start: first,
        end: last,
    } = range;
    let start = tokens[first].start as usize;
    let end = tokens[last - 1].end as usize;
    let limit = tokens.get(last).map_or(text.len(), |t| t.start as usize);
    let tail = &text[end..limit];
    let closing = tail
        .find(|c: char| c.is_whitespace() || c.is_alphanumeric() || "/|-".contains(c))
        .unwrap_or(tail.len());
    // An opening mark belongs to the sentence that it opens.
    let closing = tail[..closing]
        .trim_end_matches(['(', '[', '\u{201C}', '\u{2018}'])
        .len();
    let opens = |c: char| {
        matches!(
            c,
            '"' | '\'' | '\u{201C}' | '\u{2018}' | '(' | '[' | '?' | '\u{a3}'
        )
    };
    let head = &text[floor..start];
    Sentence {
        first,
        last,
        span: Span::new(floor + head.trim_end_matches(opens).len(), end + closing),
        question: tail[..closing].contains('?'),
    }
}
