//! Where the files of a run are made: one door for all of them, so that a test can fill the disk.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Makes the files of a run.
#[derive(Clone, Debug, Default)]
pub struct Storage {
    /// Bytes that may still be written; `None` for as many as the disk takes.
    left: Option<Arc<AtomicU64>>,
}

impl Storage {
    /// A storage that is full after so many bytes, over all its files: the write that would go
    /// beyond is cut short there and every later one fails, as on a full disk.
    pub fn full_after(bytes: u64) -> Self {
        Self {
            left: Some(Arc::new(AtomicU64::new(bytes))),
        }
    }

    /// Makes a file, emptied if it is there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(&self, path: &Path) -> Result<Output> {
        let file = File::create(path).map_err(|e| Error::io("cannot write", path, e))?;
        Ok(self.wrap(file))
    }

    /// Makes a file with these contents.
    ///
    /// # Errors
    /// If it cannot be made or written.
    pub fn write(&self, path: &Path, contents: &[u8]) -> Result<()> {
        self.create(path)?
            .write_all(contents)
            .map_err(|e| Error::io("cannot write", path, e))
    }

    /// Puts an open file under the same limit.
    pub(crate) fn wrap(&self, file: File) -> Output {
        Output {
            file,
            left: self.left.clone(),
        }
    }
}

/// A file that is written.
#[derive(Debug)]
pub struct Output {
    file: File,
    left: Option<Arc<AtomicU64>>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = &self.left else {
            return self.file.write(bytes);
        };
        // Taken before it is written, in one step: two threads that write at once share what is left.
        let share = |most: u64| (bytes.len() as u64).min(most);
        let most = left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |most| {
                Some(most - share(most))
            })
            .unwrap_or_else(|most| most);
        let take = share(most);
        if take == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = self.file.write(&bytes[..take as usize]);
        let unused = take - written.as_ref().map_or(0, |written| *written as u64);
        left.fetch_add(unused, Ordering::Relaxed);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl io::Seek for Output {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
