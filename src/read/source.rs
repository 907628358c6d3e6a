//! Hands on the text of an open input as a window of UTF-8 bytes.
//!
//! The window grows only when the reader of a format asks for more before it has consumed what
//! is there. So memory follows the longest record that a reader lets through, not the input.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use std::path::Path;

use super::ReadOptions;
use super::encoding::{self, Decoder};
use super::raw::{CHUNK, Raw};
use crate::error::Result;

/// An open input.
pub(super) struct Source {
    raw: Raw,
    encoding: &'static Encoding,
    /// `None` for UTF-8, which is handed on unchecked.
    decoder: Option<Decoder>,
    /// What was read from a file that needs decoding, before it is decoded.
    undecoded: Vec<u8>,
    window: Vec<u8>,
    start: usize,
    /// Bytes of the input before the first unread one.
    passed: u64,
    measure: Measure,
    ended: bool,
}

/// How decoded text is measured in bytes of the input.
#[derive(Clone, Copy)]
enum Measure {
    Utf8,
    /// A byte a character.
    Single,
    /// Two bytes a unit of UTF-16.
    Wide,
    /// Characters differ in length: not known.
    Unknown,
}

impl Measure {
    fn of(encoding: &'static Encoding) -> Self {
        match encoding {
            _ if encoding == UTF_8 => Self::Utf8,
            _ if encoding == UTF_16LE || encoding == UTF_16BE => Self::Wide,
            _ if encoding.is_single_byte() => Self::Single,
            _ => Self::Unknown,
        }
    }

    fn bytes(self, text: &[u8]) -> u64 {
        let begins = |byte: &&u8| **byte & 0xC0 != 0x80;
        let characters = || text.iter().filter(begins).count() as u64;
        match self {
            Self::Utf8 => text.len() as u64,
            Self::Single => characters(),
            Self::Wide => {
                let pairs = text.iter().filter(|byte| **byte >= 0xF0).count() as u64;
                2 * (characters() + pairs)
            }
            Self::Unknown => 0,
        }
    }
}

/// What is known of an input once it has been read to its end.
pub(super) struct Fingerprint {
    /// SHA-256 of the raw bytes, in hex.
    pub(super) sha256: String,
    /// Raw bytes.
    pub(super) bytes: u64,
    /// The encoding it was read in.
    pub(super) encoding: String,
    /// Characters replaced while decoding.
    pub(super) replaced: u64,
}

impl Source {
    /// Settles the encoding of an open input from its first bytes.
    pub(super) fn new(mut raw: Raw, options: &ReadOptions) -> Result<Self> {
        let declared = encoding::declared(options.encoding.as_deref())?;
        let (head, ended) = raw.take_head();
        let (encoding, mark) = encoding::choose(&head, ended, declared);
        let mut decoder = (encoding != UTF_8).then(|| Decoder::new(encoding));
        let (window, start) = match &mut decoder {
            None => (head, mark),
            Some(decoder) => {
                let mut window = Vec::with_capacity(2 * CHUNK);
                decoder.decode(&head[mark..], ended, &mut window);
                (window, 0)
            }
        };
        Ok(Self {
            raw,
            encoding,
            decoder,
            undecoded: Vec::new(),
            window,
            start,
            passed: mark as u64,
            measure: Measure::of(encoding),
            ended,
        })
    }

    /// Opens a file whose format is known to be text.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::new(Raw::open(path)?, &ReadOptions::default())
    }

    /// The path, for messages.
    pub(super) fn path(&self) -> &Path {
        self.raw.path()
    }

    /// Where the first unread byte stands in the input, once that is unpacked; `None` where the
    /// encoding does not tell.
    pub(super) fn offset(&self) -> Option<u64> {
        (!matches!(self.measure, Measure::Unknown)).then_some(self.passed)
    }

    /// What has been read and not yet consumed.
    pub(super) fn unread(&self) -> &[u8] {
        &self.window[self.start..]
    }

    /// Marks the first `bytes` of [`Source::unread`] as done with.
    pub(super) fn consume(&mut self, bytes: usize) {
        let end = (self.start + bytes).min(self.window.len());
        self.passed += self.measure.bytes(&self.window[self.start..end]);
        self.start += bytes;
        debug_assert!(
            self.start <= self.window.len(),
            "consumed more than was read"
        );
    }

    /// Adds to what is unread; `false` means that the input is at its end.
    pub(super) fn fill(&mut self) -> Result<bool> {
        self.window.drain(..self.start);
        self.start = 0;
        let before = self.window.len();
        while !self.ended && self.window.len() == before {
            match &mut self.decoder {
                None => self.ended = self.raw.read_chunk(&mut self.window)? == 0,
                Some(decoder) => {
                    self.undecoded.clear();
                    self.ended = self.raw.read_chunk(&mut self.undecoded)? == 0;
                    decoder.decode(&self.undecoded, self.ended, &mut self.window);
                }
            }
        }
        Ok(self.window.len() > before)
    }

    /// Reads what is left, so that the fingerprint is that of the whole input.
    pub(super) fn finish(mut self) -> Result<Fingerprint> {
        self.start = self.window.len();
        while self.fill()? {
            self.start = self.window.len();
        }
        let (sha256, bytes) = self.raw.finish()?;
        Ok(Fingerprint {
            sha256,
            bytes,
            encoding: self.encoding.name().to_ascii_lowercase(),
            replaced: self.decoder.map_or(0, |decoder| decoder.replaced()),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn the_hash_is_that_of_the_raw_bytes_however_much_was_consumed() {
        let file = file(b"\xEF\xBB\xBFabc");
        let mut source = Source::open(file.path()).unwrap();
        assert_eq!(source.unread(), b"abc");
        source.consume(1);
        let done = source.finish().unwrap();
        assert_eq!(done.bytes, 6);
        assert_eq!(done.encoding, "utf-8");
        assert_eq!(
            done.sha256,
            "1c28dc3f1f804a1ad9c9b4b4cf5e2658d16ad4ed08e3020d04a8d2865018947c"
        );
    }

    #[test]
    fn decoding_goes_on_beyond_the_first_chunk() {
        let text = "caf\u{E9} ".repeat(CHUNK);
        let legacy: Vec<u8> = text.chars().map(|c| c as u32 as u8).collect();
        let file = file(&legacy);
        let mut source = Source::open(file.path()).unwrap();
        while source.fill().unwrap() {}
        assert_eq!(source.unread(), text.as_bytes());
        assert_eq!(source.finish().unwrap().encoding, "windows-1252");
    }

    #[test]
    fn offsets_are_those_of_the_input_whatever_its_encoding() {
        let text = "a\u{E9}\u{1F600},b";
        let wide: Vec<u8> = "\u{FEFF}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for (bytes, offset) in [
            (text.as_bytes(), 7),
            (&[b"\xEF\xBB\xBF", text.as_bytes()].concat()[..], 10),
            (&wide, 10),
            (b"she said \x93no\x94,b", 13),
        ] {
            let file = file(bytes);
            let mut source = Source::open(file.path()).unwrap();
            let comma = source.unread().iter().position(|b| *b == b',').unwrap();
            source.consume(comma);
            assert_eq!(source.offset(), Some(offset));
        }
    }
}
