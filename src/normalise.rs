//! Folds characters so that one key stands for every way of writing a word.
//!
//! No text is rewritten: a token keeps its place in the source, and only its look-up key is
//! folded. So the map back to the source is the token itself, and cannot drift.
//!
//! Folding: letters to lower case, accents and compatibility forms dropped, every kind of
//! apostrophe removed (`won't`, `won’t` and `wont` are one key), invisible characters skipped.

use unicode_normalization::UnicodeNormalization;

/// What a character outside ASCII means to the tokeniser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CharClass {
    /// Part of a word.
    Word,
    /// An apostrophe or single quotation mark.
    Apostrophe,
    /// A double quotation mark.
    Quote,
    /// A dash longer than a hyphen.
    Dash,
    /// A hyphen.
    Hyphen,
    /// A run of dots in one character.
    Ellipsis,
    /// A bullet.
    Bullet,
    /// Not visible; as if it were not there.
    Invisible,
    /// White space.
    Space,
    /// A line or paragraph separator.
    Newline,
    /// Anything else.
    Other,
}

/// Classifies a character outside ASCII.
pub(crate) fn classify(c: char) -> CharClass {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' | '\u{2032}' | '\u{00B4}'
        | '\u{FF07}' | '\u{FF40}' | '\u{02B9}' => CharClass::Apostrophe,
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' | '\u{2033}'
        | '\u{FF02}' => CharClass::Quote,
        '\u{2013}' | '\u{2014}' | '\u{2015}' | '\u{2212}' => CharClass::Dash,
        '\u{2010}' | '\u{2011}' => CharClass::Hyphen,
        '\u{2026}' => CharClass::Ellipsis,
        '\u{2022}' | '\u{00B7}' | '\u{25AA}' | '\u{25CF}' | '\u{2023}' | '\u{25E6}' => {
            CharClass::Bullet
        }
        '\u{00AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}'
        | '\u{FE0F}' => CharClass::Invisible,
        '\u{2028}' | '\u{2029}' | '\u{0085}' => CharClass::Newline,
        c if c.is_alphanumeric() || is_combining(c) => CharClass::Word,
        c if c.is_whitespace() => CharClass::Space,
        _ => CharClass::Other,
    }
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Appends the folded form of one word character to a look-up key.
pub(crate) fn fold_into(c: char, key: &mut Vec<u8>) {
    if c.is_ascii() {
        key.push(c.to_ascii_lowercase() as u8);
        return;
    }
    let mut buffer = [0; 4];
    for folded in std::iter::once(c).nfkd().flat_map(char::to_lowercase) {
        // A sign that stands for an apostrophe and a letter (`ŉ`) loses it too.
        let unseen = match folded {
            '\'' | '`' => true,
            c => matches!(classify(c), CharClass::Apostrophe | CharClass::Invisible),
        };
        if !is_combining(folded) && !unseen {
            key.extend_from_slice(folded.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut key = Vec::new();
        text.chars().for_each(|c| fold_into(c, &mut key));
        String::from_utf8(key).expect("folding yields UTF-8")
    }

    #[test]
    fn folding_drops_case_accents_and_compatibility_forms() {
        assert_eq!(folded("FIANCÉE"), "fiancee");
        assert_eq!(folded("ﬁnd"), "find");
        assert_eq!(folded("Ｎｏ"), "no");
        assert_eq!(folded(&folded("Ünïcode")), folded("Ünïcode"));
        assert_eq!(folded("ŉ"), "n");
    }

    /// A key is its own key, whatever the character; else two ways of writing a word could differ.
    #[test]
    fn folding_twice_is_folding_once() {
        for c in char::MIN..=char::MAX {
            let once = crate::segment::fold(&c.to_string());
            let again = crate::segment::fold(&once);
            assert_eq!(again, once, "{c:?} U+{:04X}", u32::from(c));
        }
    }
}
