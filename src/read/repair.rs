//! From the bytes of a field to its text, when some of them are no UTF-8.
//!
//! A record with one bad byte is worth reading, so the byte is replaced and counted. Most such bytes
//! come from rows of an older system, in Windows-1252: `didn\x92t` is `didn’t`. `--strict` rejects
//! the record instead, as it does one that holds U+FFFD, which says that something was lost before.

use std::borrow::Cow;
use std::cell::Cell;

use encoding_rs::WINDOWS_1252;

use super::{ReadOptions, Value};

/// What stands for a character that could not be read.
const REPLACEMENT: char = '\u{FFFD}';

/// Turns bytes into text, and counts what was replaced.
pub(super) struct Repair {
    strict: bool,
    replaced: Cell<u64>,
}

impl Repair {
    /// As the options ask for it.
    pub(super) fn new(options: &ReadOptions) -> Self {
        Self {
            strict: options.strict,
            replaced: Cell::new(0),
        }
    }

    /// Characters replaced so far.
    pub(super) fn replaced(&self) -> u64 {
        self.replaced.get()
    }

    /// Counts characters that were replaced elsewhere; with `--strict` they may not be.
    pub(super) fn replace(&self, characters: u64) -> std::result::Result<(), String> {
        if self.strict {
            return Err("a character could not be decoded (--strict)".to_owned());
        }
        self.replaced.set(self.replaced.get() + characters);
        Ok(())
    }

    /// The text of the field `name`.
    pub(super) fn text<'v>(&self, bytes: &'v [u8], name: &str) -> Value<'v> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.whole(Cow::Borrowed(text), name).map(Some),
            Err(_) if self.strict => Err(format!("invalid UTF-8 in field {name:?} (--strict)")),
            Err(_) => Ok(Some(Cow::Owned(self.mend(bytes)))),
        }
    }

    /// Text that was decoded before; with `--strict` nothing in it may have been replaced.
    pub(super) fn whole<'v>(
        &self,
        text: Cow<'v, str>,
        name: &str,
    ) -> std::result::Result<Cow<'v, str>, String> {
        if self.strict && text.contains(REPLACEMENT) {
            return Err(format!(
                "a character in field {name:?} could not be decoded (--strict)"
            ));
        }
        Ok(text)
    }

    fn mend(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() + 8);
        let mut rest = bytes;
        loop {
            let error = match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    return text;
                }
                Err(error) => error,
            };
            let (valid, bad) = rest.split_at(error.valid_up_to());
            text.push_str(std::str::from_utf8(valid).unwrap_or_default());
            self.replaced.set(self.replaced.get() + 1);
            let length = match bad {
                // Half of a character beyond the basic plane, written by itself.
                [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..] => 3,
                _ => error.error_len().unwrap_or(bad.len()),
            };
            let (bad, after) = bad.split_at(length);
            // A byte without meaning in Windows-1252 either comes back as a control character.
            let legacy = match bad {
                [byte] => {
                    let (text, _, _) = WINDOWS_1252.decode(std::slice::from_ref(byte));
                    text.chars().next().filter(|c| !c.is_control())
                }
                _ => None,
            };
            text.push(legacy.unwrap_or(REPLACEMENT));
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_an_older_system_are_read_as_such() {
        for (bytes, text, replaced) in [
            (&b"didn\x92t say \x93no\x94"[..], "didn’t say “no”", 3),
            (b"caf\xE9 \xC3\xA9", "café é", 1),
            (b"a\x81b", "a\u{FFFD}b", 1),
            (b"a\xED\xA0\x80b", "a\u{FFFD}b", 1),
            (b"caf\xE9", "café", 1),
            (b"cut \xE2\x80", "cut \u{FFFD}", 1),
            (b"cut \xE2\x80 here", "cut \u{FFFD} here", 1),
            ("plain “é”".as_bytes(), "plain “é”", 0),
        ] {
            let repair = Repair::new(&ReadOptions::default());
            assert_eq!(repair.text(bytes, "text"), Ok(Some(text.into())));
            assert_eq!(repair.replaced(), replaced, "{text}");
        }
        let strict = Repair::new(&ReadOptions {
            strict: true,
            ..ReadOptions::default()
        });
        assert!(strict.text(b"caf\xE9", "text").is_err());
        assert!(strict.text("a\u{FFFD}".as_bytes(), "text").is_err());
        assert!(strict.text("é".as_bytes(), "text").is_ok());
    }
}
