//! Data blocks of a page: JSON that a browser keeps and never runs, and that no text in it can close.

use std::io::{self, Write};

use serde::Serialize;

use super::html::is_invisible;

/// Bytes that `value` takes in a data block.
pub(super) fn block_size(value: &impl Serialize) -> usize {
    /// Counts what is written.
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    let mut json = serde_json::Serializer::with_formatter(&mut count, ScriptSafe);
    value
        .serialize(&mut json)
        .expect("plain values can be written");
    count.0
}

/// Writes `value` as a data block, which a browser keeps and never runs.
pub(super) fn write_block(out: &mut dyn Write, id: &str, value: &impl Serialize) -> io::Result<()> {
    write!(out, "<script type=\"application/json\" id=\"{id}\">")?;
    value
        .serialize(&mut serde_json::Serializer::with_formatter(
            &mut *out, ScriptSafe,
        ))
        .map_err(io::Error::from)?;
    out.write_all(b"</script>\n")
}

/// Whether a character must be escaped: it could end the block, or shows nothing, or turns the reading direction.
fn is_unsafe(c: char) -> bool {
    matches!(c, '<' | '>' | '&' | '\u{7f}'..='\u{9f}') || is_invisible(c)
}

/// Where the first character stands that must be escaped, and which it is. Asked byte by byte: of a text's bytes
/// few may begin such a character, and only those are read as one.
fn first_unsafe(text: &str) -> Option<(usize, char)> {
    // What else may begin one: U+0080 and on, U+061C, U+200B and on, U+FEFF and on.
    let may_begin =
        |byte: u8| matches!(byte, b'<' | b'>' | b'&' | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
    let mut from = 0;
    while let Some(next) = text.as_bytes()[from..].iter().position(|b| may_begin(*b)) {
        let at = from + next;
        let c = text[at..].chars().next().expect("a byte is here");
        if is_unsafe(c) {
            return Some((at, c));
        }
        from = at + c.len_utf8();
    }
    None
}

/// Compact JSON that may stand inside a `<script>` element: what could end the element, start a
/// comment in it, or turn the reading direction of the page's source is escaped.
struct ScriptSafe;

impl serde_json::ser::Formatter for ScriptSafe {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = first_unsafe(rest) {
            let (plain, tail) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            // All of these lie in the basic plane, so one escape holds each.
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &tail[c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unsafe_character_is_found_behind_any_other() {
        let every = ('\0'..=char::MAX).filter(|c| is_unsafe(*c));
        let mut seen = 0;
        for c in every {
            seen += 1;
            let text = format!("é “a” € 👩 {c} b");
            assert_eq!(first_unsafe(&text).map(|(_, own)| own), Some(c), "{c:?}");
        }
        assert!(seen > 30, "{seen}");
        assert_eq!(first_unsafe("é “a” € ا 👩"), None);
    }
}
