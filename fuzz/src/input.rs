//! Takes raw bytes apart into what a check needs.

use std::path::PathBuf;

/// The first byte, or 0, and the rest.
pub fn byte(data: &[u8]) -> (usize, &[u8]) {
    match data {
        [first, rest @ ..] => (usize::from(*first), rest),
        [] => (0, data),
    }
}

/// One of `choices` by the first byte, and the rest.
pub fn choice<'c, 'd, T>(choices: &'c [T], data: &'d [u8]) -> (&'c T, &'d [u8]) {
    let (first, rest) = byte(data);
    (&choices[first % choices.len()], rest)
}

/// A folder with one file of these bytes; it goes when the folder is dropped.
pub fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("room for a temporary file");
    (folder, path)
}

/// Texts, cut where a byte is 0xFF, which never stands in UTF-8.
pub fn texts(data: &[u8]) -> Vec<String> {
    let parts = data.split(|byte| *byte == 0xFF);
    parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

/// As [`texts`], never running out: the last ones are empty.
pub struct Texts {
    texts: std::vec::IntoIter<String>,
}

impl Texts {
    /// The texts in `data`.
    pub fn new(data: &[u8]) -> Self {
        Self {
            texts: texts(data).into_iter(),
        }
    }

    /// The next text.
    pub fn next(&mut self) -> String {
        self.texts.next().unwrap_or_default()
    }

    /// Whether there are more.
    pub fn more(&self) -> bool {
        self.texts.len() > 0
    }
}
