//! `+ve` and `-ve`: the sign is no part of a word, so the word alone would not tell them apart.

use crate::lexicon::Lexicon;
use crate::segment::{Segmented, WordLookup};

/// Reads `+ve` as "positive" and `-ve` as "negative".
pub(crate) fn read_signs(text: &str, lexicon: &Lexicon, segmented: &mut Segmented) {
    for token in &mut segmented.tokens {
        let span = token.span();
        if span.len() != 2 || !span.of(text).eq_ignore_ascii_case("ve") {
            continue;
        }
        let meant: &[u8] = match text[..span.start].chars().next_back() {
            Some('+') => b"positive",
            Some('-' | '–') => b"negative",
            _ => continue,
        };
        let word = lexicon.vocabulary.lookup(meant).id;
        if word != 0 {
            token.word = word;
        }
    }
}
