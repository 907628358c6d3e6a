//! Opens a path or standard input and hands on its text as a window of UTF-8 bytes, taking the
//! SHA-256 of the raw bytes as they pass.
//!
//! The window grows only when the reader of a format asks for more before it has consumed what
//! is there. So memory follows the longest record that a reader lets through, not the input.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8};
use sha2::{Digest, Sha256};

use super::encoding::{self, Decoder};
use crate::error::{Error, Result};

/// Bytes asked for at a time; also how much is looked at to find the encoding.
const CHUNK: usize = 64 * 1024;

/// An open input.
pub(super) struct Source {
    path: PathBuf,
    raw: Hashing,
    encoding: &'static Encoding,
    /// `None` for UTF-8, which is handed on unchecked.
    decoder: Option<Decoder>,
    /// What was read from a file that needs decoding, before it is decoded.
    undecoded: Vec<u8>,
    window: Vec<u8>,
    start: usize,
    ended: bool,
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
    /// Opens `path` (`-` is standard input) and settles its encoding from its first bytes.
    pub(super) fn open(path: &Path, label: Option<&str>) -> Result<Self> {
        let declared = encoding::declared(label)?;
        let mut raw = Hashing::open(path)?;
        let mut head = Vec::with_capacity(CHUNK);
        let mut ended = false;
        while head.len() < CHUNK && !ended {
            ended = raw.read_chunk(path, &mut head)? == 0;
        }
        if let Some(kind) = binary_kind(&head) {
            let message = format!("this is {kind}, not text; save it as CSV or plain text first");
            return Err(Error::input(path, None, message));
        }
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
        let path = path.to_owned();
        Ok(Self {
            path,
            raw,
            encoding,
            decoder,
            undecoded: Vec::new(),
            window,
            start,
            ended,
        })
    }

    /// The path, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What has been read and not yet consumed.
    pub(super) fn unread(&self) -> &[u8] {
        &self.window[self.start..]
    }

    /// Marks the first `bytes` of [`Source::unread`] as done with.
    pub(super) fn consume(&mut self, bytes: usize) {
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
                None => self.ended = self.raw.read_chunk(&self.path, &mut self.window)? == 0,
                Some(decoder) => {
                    self.undecoded.clear();
                    self.ended = self.raw.read_chunk(&self.path, &mut self.undecoded)? == 0;
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
        let (sha256, bytes) = self.raw.finish();
        Ok(Fingerprint {
            sha256,
            bytes,
            encoding: self.encoding.name().to_ascii_lowercase(),
            replaced: self.decoder.map_or(0, |decoder| decoder.replaced()),
        })
    }
}

/// A raw byte stream that hashes what passes.
struct Hashing {
    inner: Box<dyn Read>,
    sha: Sha256,
    bytes: u64,
}

impl Hashing {
    fn open(path: &Path) -> Result<Self> {
        let inner: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(|e| Error::io("cannot read", path, e))?)
        };
        Ok(Self {
            inner,
            sha: Sha256::new(),
            bytes: 0,
        })
    }

    /// Appends up to a chunk to `out`; 0 means the end.
    fn read_chunk(&mut self, path: &Path, out: &mut Vec<u8>) -> Result<usize> {
        let before = out.len();
        out.resize(before + CHUNK, 0);
        let read = loop {
            match self.inner.read(&mut out[before..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        out.truncate(before + *read.as_ref().unwrap_or(&0));
        let read = read.map_err(|e| Error::io("cannot read", path, e))?;
        self.sha.update(&out[before..]);
        self.bytes += read as u64;
        Ok(read)
    }

    fn finish(self) -> (String, u64) {
        (hex(&self.sha.finalize()), self.bytes)
    }
}

/// Opens a file for reading at any place, and takes its fingerprint. Standard input is copied to
/// an unnamed temporary file first.
#[cfg(feature = "parquet")]
pub(super) fn seekable(path: &Path) -> Result<(File, Fingerprint)> {
    use std::io::Write;
    let unreadable = |e| Error::io("cannot read", path, e);
    let stdin = path.as_os_str() == "-";
    let mut file = match stdin {
        true => tempfile::tempfile(),
        false => File::open(path),
    }
    .map_err(unreadable)?;
    let mut raw = Hashing::open(path)?;
    let mut chunk = Vec::with_capacity(CHUNK);
    while raw.read_chunk(path, &mut chunk)? > 0 {
        if stdin {
            file.write_all(&chunk).map_err(unreadable)?;
        }
        chunk.clear();
    }
    let (sha256, bytes) = raw.finish();
    Ok((
        file,
        Fingerprint {
            sha256,
            bytes,
            encoding: "utf-8".to_owned(),
            replaced: 0,
        },
    ))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Names the files that are most often given by mistake, so that nobody wonders at thousands of
/// rejected records.
fn binary_kind(head: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (
            b"PK\x03\x04",
            "a zip archive, an Excel workbook or a Word document",
        ),
        (
            b"\xD0\xCF\x11\xE0",
            "an old Excel workbook or Word document",
        ),
        (b"\x1F\x8B", "a gzip archive"),
        (b"%PDF-", "a PDF"),
        (b"PAR1", "a Parquet file"),
    ];
    KINDS
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map(|(_, kind)| *kind)
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
        let mut source = Source::open(file.path(), None).unwrap();
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
        let mut source = Source::open(file.path(), None).unwrap();
        while source.fill().unwrap() {}
        assert_eq!(source.unread(), text.as_bytes());
        assert_eq!(source.finish().unwrap().encoding, "windows-1252");
    }

    #[test]
    fn a_workbook_is_named_as_such() {
        let file = file(b"PK\x03\x04rest");
        let error = Source::open(file.path(), None).err().unwrap();
        assert!(error.to_string().contains("Excel workbook"), "{error}");
    }
}
