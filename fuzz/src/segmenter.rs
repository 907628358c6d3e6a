//! Tokens, units and sentences lie in the text, in order, and cover each other.

use throughline::segment::{Segmented, Shape, Token, Word, WordId, WordLookup};

/// Words as any lexicon might number them: by their length, so that shapes and abbreviations occur.
struct Numbered;

impl WordLookup for Numbered {
    fn lookup(&self, key: &[u8]) -> Word {
        assert!(std::str::from_utf8(key).is_ok(), "a key is UTF-8");
        WordId::try_from(key.len() % 7).unwrap_or(0).into()
    }

    fn shape(&self, shape: Shape) -> WordId {
        match shape {
            Shape::Number => 1,
            Shape::Time => 2,
            Shape::Times => 3,
        }
    }

    fn is_abbreviation(&self, word: WordId) -> bool {
        word == 2
    }
}

/// The data is the text.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut segmented = Segmented::default();
    segmented.segment(&text, &Numbered);
    invariants(&text, &segmented);
    let first = format!("{segmented:?}");
    segmented.segment(&text, &Numbered);
    assert_eq!(first, format!("{segmented:?}"), "the buffers keep nothing");
}

/// What holds for every text and lexicon.
pub fn invariants(text: &str, segmented: &Segmented) {
    let tokens: &[Token] = &segmented.tokens;
    let mut end = 0;
    for token in tokens {
        let span = token.span();
        assert!(
            span.start >= end && !span.is_empty(),
            "{span:?} is out of order"
        );
        assert!(
            text.get(span.start..span.end).is_some(),
            "{span:?} cuts a character"
        );
        end = span.end;
    }
    let (mut next, mut end) = (0, 0);
    for sentence in &segmented.sentences {
        let span = sentence.span;
        assert!(
            sentence.first == next && sentence.last > next,
            "{sentence:?} leaves tokens out"
        );
        assert!(span.start >= end, "{sentence:?} overlaps the one before it");
        assert!(
            text.get(span.start..span.end).is_some(),
            "{sentence:?} cuts a character"
        );
        for token in &tokens[sentence.tokens()] {
            assert!(
                span.contains(token.span()),
                "{sentence:?} does not hold its tokens"
            );
        }
        (next, end) = (sentence.last, span.end);
    }
    assert_eq!(next, tokens.len(), "sentences cover every token");
    let units = &segmented.units;
    assert_eq!(units.last(), Some(&tokens.len()), "the last unit is closed");
    assert!(units.windows(2).all(|w| w[0] < w[1]) || tokens.is_empty());
    for sentence in &segmented.sentences {
        assert!(
            units.binary_search(&sentence.first).is_ok(),
            "a unit crosses sentences"
        );
    }
}
