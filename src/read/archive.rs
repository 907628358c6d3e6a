//! Zip archives, which workbooks and Word documents are: what is in them is bounded before any of it
//! is handed to a library. A file of a few kilobytes can stand for gigabytes.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::format::InputFormat;

/// Files in an archive, at most. Workbooks with hundreds of sheets have some thousands.
const ENTRIES: usize = 10_000;

/// Times that an archive may unpack to its own length, once it is large enough to matter.
const RATIO: u64 = 100;

/// An archive whose contents were found to be within bounds.
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Archive<'b> {
    /// Opens an archive that may unpack to `limit` bytes; an error says which bound it broke.
    pub(super) fn open(bytes: &'b [u8], limit: u64) -> std::result::Result<Self, String> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
            "damaged file: its zip directory cannot be read (cut short?)".to_owned()
        })?;
        if zip.len() > ENTRIES {
            return Err(format!(
                "{} files in this archive, where {ENTRIES} are the limit",
                zip.len()
            ));
        }
        let packed = bytes.len() as u64;
        // What the directory states comes first, because it costs nothing to ask; it may lie.
        let mut stated = 0u64;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|_| damaged())?;
            if entry.encrypted() {
                return Err("this file is under a password; save it without one".to_owned());
            }
            stated = stated.saturating_add(entry.size());
        }
        bound(stated, packed, limit)?;
        let mut unpacked = 0u64;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(|_| damaged())?;
            unpacked += count(&mut entry, limit.saturating_sub(unpacked))?;
            bound(unpacked, packed, limit)?;
        }
        Ok(Self { zip })
    }

    /// A file of the archive, if it is there.
    pub(super) fn part(&mut self, name: &str) -> std::result::Result<Option<Vec<u8>>, String> {
        let Ok(mut entry) = self.zip.by_name(name) else {
            return Ok(None);
        };
        let mut part = Vec::new();
        entry.read_to_end(&mut part).map_err(|_| damaged())?;
        Ok(Some(part))
    }
}

fn damaged() -> String {
    "damaged file: what is in it cannot be unpacked".to_owned()
}

/// How long an entry is, as far as one byte over `limit`.
fn count<R: Read>(entry: &mut ZipFile<'_, R>, limit: u64) -> std::result::Result<u64, String> {
    let mut bounded = entry.take(limit.saturating_add(1));
    std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|_| damaged())
}

fn bound(unpacked: u64, packed: u64, limit: u64) -> std::result::Result<(), String> {
    if unpacked > limit {
        return Err(format!(
            "it unpacks to over {limit} bytes; --max-sheet-bytes raises the limit if you trust it"
        ));
    }
    if unpacked > limit / 32 && unpacked / RATIO > packed {
        return Err(format!(
            "it unpacks to over {RATIO} times its {packed} bytes, as a file that is made to fill the \
             memory does; --max-sheet-bytes raises the limit if you trust it (over {} bytes)",
            unpacked.saturating_mul(32)
        ));
    }
    Ok(())
}

/// What an archive that begins with `head` holds, by the names of its first files.
pub(super) fn kind(head: &[u8]) -> Option<InputFormat> {
    let has = |name: &str| memchr::memmem::find(head, name.as_bytes()).is_some();
    if has("vnd.oasis.opendocument.spreadsheet") || has("xl/") {
        Some(InputFormat::Sheet)
    } else if has("word/") {
        Some(InputFormat::Docx)
    } else {
        None
    }
}
