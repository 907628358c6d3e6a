//! The bytes of an input as they lie on the disk or come through a pipe: hashed as they pass, and
//! unpacked if they are packed with gzip or zstd, whatever the file is called.
//!
//! What is packed is unpacked as a stream, so that a small file that stands for a huge one costs
//! time and no memory: how long a record may be is the concern of the reader of its format.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Bytes asked for at a time; also how much is looked at to tell format and encoding.
pub(super) const CHUNK: usize = 64 * 1024;

/// An open input, its first bytes at hand.
pub(super) struct Raw {
    path: PathBuf,
    layer: Layer,
    head: Vec<u8>,
    ended: bool,
}

enum Layer {
    Plain(Hashing),
    Gzip(Box<MultiGzDecoder<BufReader<Hashing>>>),
    Zstd(Box<Zstd>),
}

impl Raw {
    /// Opens `path` (`-` is standard input) and reads its first bytes.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut hashing = Hashing::open(path)?;
        let magic = hashing
            .peek(4)
            .map_err(|e| Error::io("cannot read", path, e))?;
        let layer = match magic {
            [0x1F, 0x8B, ..] => Layer::Gzip(Box::new(MultiGzDecoder::new(buffered(hashing)))),
            // The second is a frame to skip, which may stand before the first that holds data.
            [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
                Layer::Zstd(Box::new(Zstd::new(buffered(hashing))))
            }
            _ => Layer::Plain(hashing),
        };
        let mut raw = Self {
            path: path.to_owned(),
            layer,
            head: Vec::new(),
            ended: false,
        };
        let mut head = Vec::with_capacity(CHUNK);
        while head.len() < CHUNK && !raw.ended {
            raw.ended = raw.read_chunk(&mut head)? == 0;
        }
        raw.head = head;
        Ok(raw)
    }

    /// The path, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How it was packed, if it was.
    pub(super) fn compression(&self) -> Option<&'static str> {
        match self.layer {
            Layer::Plain(_) => None,
            Layer::Gzip(_) => Some("gzip"),
            Layer::Zstd(_) => Some("zstd"),
        }
    }

    /// The first bytes, until they are taken.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The first bytes, and whether they are all there is.
    pub(super) fn take_head(&mut self) -> (Vec<u8>, bool) {
        (std::mem::take(&mut self.head), self.ended)
    }

    /// Appends up to a chunk to `out`; 0 means the end.
    pub(super) fn read_chunk(&mut self, out: &mut Vec<u8>) -> Result<usize> {
        let before = out.len();
        out.resize(before + CHUNK, 0);
        let read = loop {
            let result = match &mut self.layer {
                Layer::Plain(plain) => plain.read(&mut out[before..]),
                Layer::Gzip(gzip) => gzip.read(&mut out[before..]),
                Layer::Zstd(zstd) => zstd.read(&mut out[before..]),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        out.truncate(before + *read.as_ref().unwrap_or(&0));
        read.map_err(|error| self.error(error))
    }

    /// Reads what is left into memory, unless it is over `limit` bytes: then `None`.
    pub(super) fn read_all(&mut self, limit: u64) -> Result<Option<Vec<u8>>> {
        let (mut all, mut ended) = self.take_head();
        while !ended && all.len() as u64 <= limit {
            ended = self.read_chunk(&mut all)? == 0;
        }
        Ok((all.len() as u64 <= limit).then_some(all))
    }

    /// SHA-256 and length of the input as it lies on the disk; reads what is left of it.
    pub(super) fn finish(self) -> Result<(String, u64)> {
        let mut hashing = match self.layer {
            Layer::Plain(plain) => plain,
            Layer::Gzip(gzip) => gzip.into_inner().into_inner(),
            Layer::Zstd(zstd) => zstd.source.into_inner(),
        };
        hashing
            .drain()
            .map_err(|e| Error::io("cannot read", &self.path, e))?;
        Ok(hashing.fingerprint())
    }

    fn error(&self, error: io::Error) -> Error {
        let packed = match self.compression() {
            // The disk or the pipe failed, not the unpacking.
            Some(packed) if error.raw_os_error().is_none() => packed,
            _ => return Error::io("cannot read", &self.path, error),
        };
        let how = match error.kind() {
            io::ErrorKind::UnexpectedEof => "ends too early",
            _ => "is damaged",
        };
        let message = format!(
            "the {packed} data {how}, so records would be lost; copy the file again, or unpack what \
             there is of it"
        );
        Error::input(&self.path, None, message)
    }
}

fn buffered(hashing: Hashing) -> BufReader<Hashing> {
    BufReader::with_capacity(CHUNK, hashing)
}

/// A raw byte stream that hashes what passes.
struct Hashing {
    inner: Box<dyn Read>,
    /// What was looked at before it was read, and how much of that has been read since.
    peeked: Vec<u8>,
    at: usize,
    sha: Sha256,
    bytes: u64,
}

impl Hashing {
    fn open(path: &Path) -> Result<Self> {
        let inner: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(File::open(path).map_err(|e| Error::io("cannot read", path, e))?)
        };
        Ok(Self {
            inner,
            peeked: Vec::new(),
            at: 0,
            sha: Sha256::new(),
            bytes: 0,
        })
    }

    /// The first bytes, fewer if there are no more; they are read again afterwards.
    fn peek(&mut self, bytes: u64) -> io::Result<&[u8]> {
        (&mut self.inner)
            .take(bytes)
            .read_to_end(&mut self.peeked)?;
        self.sha.update(&self.peeked);
        self.bytes += self.peeked.len() as u64;
        Ok(&self.peeked)
    }

    fn drain(&mut self) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match self.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
    }

    fn fingerprint(self) -> (String, u64) {
        (hex(&self.sha.finalize()), self.bytes)
    }
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at < self.peeked.len() {
            let read = (&self.peeked[self.at..]).read(buffer)?;
            self.at += read;
            return Ok(read);
        }
        let read = self.inner.read(buffer)?;
        self.sha.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Zstandard frames, one after the other.
struct Zstd {
    source: BufReader<Hashing>,
    frame: FrameDecoder,
    within: bool,
}

impl Zstd {
    fn new(source: BufReader<Hashing>) -> Self {
        Self {
            source,
            frame: FrameDecoder::new(),
            within: false,
        }
    }

    /// Begins the next frame; `false` at the end of the input.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.frame.reset(&mut self.source) {
                Ok(()) => {
                    self.within = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.source).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(_) => return Err(self.broken()),
            }
        }
        Ok(false)
    }

    /// The library does not always tell damage from an early end; whether there is more does.
    fn broken(&mut self) -> io::Error {
        match self.source.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => io::ErrorKind::InvalidData.into(),
            Err(error) => error,
        }
    }
}

impl Read for Zstd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.within && !self.next_frame()? {
                return Ok(0);
            }
            let read = self.frame.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            if self.frame.is_finished() {
                self.within = false;
                let stated = self.frame.get_checksum_from_data();
                if stated.is_some() && stated != self.frame.get_calculated_checksum() {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                continue;
            }
            let some = BlockDecodingStrategy::UptoBytes(CHUNK);
            if self.frame.decode_blocks(&mut self.source, some).is_err() {
                return Err(self.broken());
            }
        }
    }
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
