//! An object around the records: `{"exported": "…", "records": [{…}, {…}]}`.
//!
//! The object is gone through byte by byte up to the array that holds the records, and behind it to
//! its end, without building it: what stands in the array is for whoever reads records. An object
//! with two arrays of objects is refused, because one of them would be passed over.

use super::ReadOptions;
use super::columns::Columns;
use super::source::Source;
use crate::error::{Error, Result};

/// Names of arrays that hold records, even beside a text that could be a narrative itself.
const RECORDS: [&str; 16] = [
    "records",
    "data",
    "incidents",
    "rows",
    "results",
    "items",
    "entries",
    "narratives",
    "reports",
    "logs",
    "events",
    "documents",
    "docs",
    "cases",
    "occurrences",
    "values",
];

/// The array of an object that holds the records.
#[derive(Debug)]
pub(super) struct Envelope {
    /// Its key.
    pub(super) key: String,
    /// Where what stands in it begins, in what is unread.
    pub(super) start: usize,
}

/// Looks for an object around the records at the start of the input. `keys` gives the keys of the
/// objects that stand in a row at a place. Consumes nothing.
///
/// # Errors
/// If the input cannot be read, or two arrays could hold the records.
pub(super) fn find(
    source: &mut Source,
    limit: usize,
    options: &ReadOptions,
    keys: impl Fn(&[u8]) -> Vec<String>,
) -> Result<Option<Envelope>> {
    let mut ended = false;
    loop {
        let unread = source.unread();
        let mut outline = Outline::default();
        let end = outline.walk(unread);
        if outline.at == At::Broken || end.is_none() && outline.at == At::Before && ended {
            return Ok(None);
        }
        let readable = |keys: &[String]| Columns::of_keys(source.path(), keys, options).is_ok();
        let own = readable(&outline.own);
        let holds = |array: &&(String, usize)| readable(&keys(&unread[array.1..]));
        // Nothing that comes later makes it a record itself.
        let early = !own && outline.arrays.first().as_ref().is_some_and(holds);
        if end.is_some() || early || ended || unread.len() > limit {
            let next = end.map(|end| unread[end..].trim_ascii_start());
            if next.is_some_and(|next| next.starts_with(b"{")) && !early {
                // One of several objects: a record with lists in it.
                return Ok(None);
            }
            let known = |array: &&(String, usize)| RECORDS.contains(&&*array.0.to_lowercase());
            let mut arrays = outline.arrays.iter();
            let found = match own {
                true => arrays.find(|array| known(array) && holds(array)),
                false => arrays.next(),
            };
            let Some((key, start)) = found.cloned() else {
                return Ok(None);
            };
            if let Some((other, _)) = outline.arrays.iter().find(|array| array.1 != start) {
                return Err(two(source, &key, other));
            }
            return Ok(Some(Envelope { key, start }));
        }
        let before = unread.len();
        while source.unread().len() < 2 * before.max(1) && !ended {
            ended = !source.fill()?;
        }
    }
}

fn two(source: &Source, one: &str, other: &str) -> Error {
    let message = format!(
        "two arrays of objects, {one:?} and {other:?}: which of them holds the records cannot be \
         told; leave one of them in the file"
    );
    Error::input(source.path(), None, message)
}

/// What stands behind the array of an [`Envelope`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// The end of the object, and nothing more.
    Closed,
    /// The input ends within the object.
    CutShort,
    /// Something that is no JSON, or another object.
    More,
}

/// Goes through what stands behind the array `key`, to the end of the input.
///
/// # Errors
/// If the input cannot be read, or there is another array of objects.
pub(super) fn tail(source: &mut Source, key: &str) -> Result<Tail> {
    let mut outline = Outline {
        at: At::Behind,
        ..Outline::default()
    };
    let mut closed = false;
    loop {
        let unread = source.unread();
        let rest = match closed {
            true => Some(0),
            false => outline.walk(unread),
        };
        if let Some((other, _)) = outline.arrays.first() {
            return Err(two(source, key, other));
        }
        if let Some(rest) = rest {
            closed = true;
            if !unread[rest..].trim_ascii().is_empty() {
                return Ok(Tail::More);
            }
        }
        if outline.at == At::Broken {
            return Ok(Tail::More);
        }
        let length = unread.len();
        source.consume(length);
        outline.passed(length);
        if !source.fill()? {
            return Ok(if closed { Tail::Closed } else { Tail::CutShort });
        }
    }
}

/// Where in an object a walk is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Before its bracket.
    #[default]
    Before,
    /// Where a key may stand.
    Key,
    /// In a key.
    InKey,
    /// Between a key and its colon.
    Colon,
    /// Where a value may begin.
    Value,
    /// Behind the bracket of an array.
    InArray,
    /// In a text.
    Text,
    /// In a number or a word.
    Word,
    /// In an array or an object.
    Nested,
    /// Behind a value.
    Behind,
    /// Behind its end.
    Closed,
    /// It is no object.
    Broken,
}

/// The keys of an object and what stands under them, as far as it was gone through.
#[derive(Debug, Default)]
struct Outline {
    at: At,
    next: usize,
    key: Vec<u8>,
    escape: bool,
    /// Within [`At::Nested`]: whether in a text, and how deep.
    text: bool,
    depth: usize,
    /// Keys of texts, numbers and words.
    own: Vec<String>,
    /// Keys of arrays of objects, and where what stands in them begins.
    arrays: Vec<(String, usize)>,
    opened: usize,
}

impl Outline {
    /// Goes on in `bytes`, which hold what was gone through before. Returns where the object ended.
    fn walk(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(&byte) = bytes.get(self.next) {
            if matches!(self.at, At::Closed | At::Broken) {
                break;
            }
            self.step(byte);
            self.next += 1;
        }
        (self.at == At::Closed).then_some(self.next)
    }

    /// So many bytes of those that were gone through are no longer held.
    fn passed(&mut self, bytes: usize) {
        self.next = self.next.saturating_sub(bytes);
    }

    fn step(&mut self, byte: u8) {
        let blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at = match (self.at, byte) {
            (At::Key | At::Colon | At::Value | At::InArray | At::Behind | At::Before, _)
                if blank =>
            {
                return;
            }
            (At::Before, b'{') => At::Key,
            (At::Key, b'"') => {
                self.key.clear();
                At::InKey
            }
            (At::Key | At::Behind | At::Word, b'}') => At::Closed,
            (At::InKey | At::Text, _) if self.escape => {
                self.escape = false;
                self.at
            }
            (At::InKey | At::Text, b'\\') => {
                self.escape = true;
                self.at
            }
            (At::InKey | At::Text, b'\n') => At::Broken,
            (At::InKey, b'"') => At::Colon,
            (At::Text, b'"') => At::Behind,
            (At::InKey | At::Text, _) => self.at,
            (At::Colon, b':') => At::Value,
            (At::Value, b'"') => {
                self.own.push(self.key());
                At::Text
            }
            (At::Value, b'[') => {
                self.opened = self.next + 1;
                At::InArray
            }
            (At::Value, b'{') => self.nested(1),
            (At::Value, b',' | b'}' | b']' | b':') => At::Broken,
            (At::Value, _) => {
                self.own.push(self.key());
                At::Word
            }
            (At::InArray, b'{') => {
                self.arrays.push((self.key(), self.opened));
                self.nested(2)
            }
            (At::InArray, b']') => At::Behind,
            (At::InArray, b'[') => self.nested(2),
            (At::InArray, b'"') => {
                let at = self.nested(1);
                self.text = true;
                at
            }
            (At::InArray, _) => self.nested(1),
            (At::Word | At::Behind, b',') => At::Key,
            (At::Word, _) if blank => At::Behind,
            (At::Word, b'"' | b'{' | b'[' | b']' | b':') => At::Broken,
            (At::Word, _) => At::Word,
            (At::Nested, _) => self.in_nested(byte),
            _ => At::Broken,
        };
        if self.at == At::InKey && self.key.len() < MOST_KEY && byte != b'"' {
            self.key.push(byte);
        }
    }

    fn nested(&mut self, depth: usize) -> At {
        (self.text, self.escape, self.depth) = (false, false, depth);
        At::Nested
    }

    fn in_nested(&mut self, byte: u8) -> At {
        match byte {
            _ if self.escape => self.escape = false,
            b'\\' if self.text => self.escape = true,
            b'"' => self.text = !self.text,
            _ if self.text => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        match self.depth {
            0 => At::Behind,
            _ => At::Nested,
        }
    }

    /// The key at hand; one with escapes as it is written.
    fn key(&self) -> String {
        String::from_utf8_lossy(&self.key).into_owned()
    }
}

/// Bytes kept of a key.
const MOST_KEY: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> (Vec<String>, Vec<(String, usize)>, Option<usize>) {
        let mut outline = Outline::default();
        let end = outline.walk(text.as_bytes());
        // Byte by byte it comes to the same.
        let mut again = Outline::default();
        let ends = (0..=text.len()).map(|end| again.walk(&text.as_bytes()[..end]));
        assert_eq!(ends.last().flatten(), end, "{text}");
        assert_eq!((&again.own, &again.arrays), (&outline.own, &outline.arrays));
        (outline.own, outline.arrays, end)
    }

    #[test]
    fn keys_are_told_by_what_stands_under_them() {
        let text = r#" {"a": "x\"]}", "b" : -1.5e3,"c":null, "d":{"e":[{"f":"}"}]}, "g":["]", "x"], "h":[ {"i":1}, {}], "j":[[{}]], "k":[], "l":true} {"#;
        let (own, arrays, end) = outline(text);
        assert_eq!(own, ["a", "b", "c", "l"]);
        let place = text.find("[ {").expect("there") + 1;
        assert_eq!(arrays, [("h".to_owned(), place)]);
        assert_eq!(end, Some(text.len() - 2));
        assert_eq!(outline("{}").2, Some(2));
    }

    #[test]
    fn what_is_no_object_has_no_end() {
        for text in [
            "",
            "[{}]",
            "{\"a\"",
            "{\"a\":}",
            "{a:1}",
            "{\"a\":1 2}",
            "{\"a\":\"\n\"}",
            "x",
        ] {
            assert_eq!(outline(text).2, None, "{text}");
        }
    }
}
