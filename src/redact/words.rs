//! Cuts a text into the words among which names are looked for.
//!
//! Not the tokens of the scanner: here hyphens part (`Holt-Reyes` is two words), an owner's ending
//! does not belong to the word (`Dean's`), and what matters is how a word is written.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::span::Span;

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// In small letters, or with digits.
    Lower,
    /// With one capital, in front.
    Capital,
    /// In capitals, two or more.
    Upper,
    /// A single capital.
    Initial,
}

/// A word.
#[derive(Debug)]
pub(super) struct Word {
    /// Without an owner's ending.
    pub span: Span,
    /// With it.
    pub end: usize,
    /// In lower case, apostrophes straight, letters without accents: "Siobhán" and "Siobhan" are one.
    pub key: String,
    pub written: Written,
    /// It holds letters only, apostrophes aside.
    pub plain: bool,
    /// An ending was cut off.
    pub owner: bool,
    /// A letter of it is none of the English alphabet: "Nguyễn".
    pub foreign: bool,
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`')
}

/// The plain letter for one whose stroke or shape no decomposition takes off: "Łukasz" and "Lukasz" are one.
fn plain_letter(c: char) -> char {
    match c {
        c if is_apostrophe(c) => '\'',
        'ł' => 'l',
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ŧ' => 't',
        'æ' => 'e',
        c => c,
    }
}

/// The words of `text`, in its order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let mut end = start + c.len_utf8();
        while let Some((at, c)) = chars.peek().copied() {
            let inside =
                is_apostrophe(c) && text[at + c.len_utf8()..].starts_with(char::is_alphanumeric);
            if !c.is_alphanumeric() && !inside {
                break;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        out.push(word(text, start, end));
    }
    out
}

fn word(text: &str, start: usize, end: usize) -> Word {
    let source = &text[start..end];
    let ending = ["'s", "’s", "‘s", "`s", "'S", "’S"]
        .into_iter()
        .find(|ending| source.len() > ending.len() && source.ends_with(ending));
    let stem = ending.map_or(source, |ending| &source[..source.len() - ending.len()]);
    let letters = stem.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = stem.chars().filter(|c| c.is_uppercase()).count();
    let written = if !stem.starts_with(char::is_uppercase) {
        Written::Lower
    } else if letters == 1 {
        Written::Initial
    } else if capitals == letters {
        Written::Upper
    } else {
        Written::Capital
    };
    let key = stem
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(plain_letter)
        .collect();
    Word {
        span: Span::new(start, start + stem.len()),
        end,
        key,
        written,
        plain: stem.chars().all(|c| c.is_alphabetic() || is_apostrophe(c)),
        owner: ending.is_some(),
        foreign: stem.chars().any(|c| c.is_alphabetic() && !c.is_ascii()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_at_hyphens_and_lose_their_owner_ending() {
        let found = words("Dean’s mum, O'Neill; HOLT-Reyes (VP1) J.");
        let keys: Vec<&str> = found.iter().map(|w| w.key.as_str()).collect();
        assert_eq!(
            keys,
            ["dean", "mum", "o'neill", "holt", "reyes", "vp1", "j"]
        );
        let written: Vec<Written> = found.iter().map(|w| w.written).collect();
        use Written::{Capital, Initial, Lower, Upper};
        assert_eq!(
            written,
            [Capital, Lower, Capital, Upper, Capital, Upper, Initial]
        );
        assert!(found[0].owner && !found[2].owner && !found[5].plain);
    }
}
