//! Where lexicon files come from: the program itself, or folders.

use std::io::Read as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Diagnostic, limits};
use crate::error::{Error, Result};

/// Lexicon files in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct LexiconSource {
    files: Vec<(String, String)>,
    /// Files that cannot be taken, each with the reason: told with the problems in the others.
    refused: Vec<Diagnostic>,
}

impl LexiconSource {
    /// Files with their paths, which must come in their order.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self {
            files: files.iter().map(own).collect(),
            refused: Vec::new(),
        }
    }

    /// Every `.toml` file in a folder and the folders in it, and the table of weights (`weights.tsv`). A file that is too large, is no text or
    /// is no file is a problem of the lexicon, as is a link to a folder; the lexicon is refused as a
    /// whole when it is compiled, with these and all other problems listed.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, or the folder holds no `.toml` file.
    pub fn folder(folder: &Path) -> Result<Self> {
        let mut source = Self::default();
        source.collect(folder, folder, 0)?;
        if source.files.is_empty() && source.refused.is_empty() {
            return Err(Error::input(folder, None, "no .toml file in this folder"));
        }
        source.files.sort();
        Ok(source)
    }

    /// Adds the files of another source; a file of the same path replaces the one there was.
    pub fn add(&mut self, other: Self) {
        self.refused.extend(other.refused);
        for (path, text) in other.files {
            match self.files.iter_mut().find(|(known, _)| *known == path) {
                Some(file) => file.1 = text,
                None => self.files.push((path, text)),
            }
        }
    }

    /// Adds or replaces one file.
    pub fn add_file(&mut self, path: &str, text: &str) {
        self.add(Self {
            files: vec![(path.to_owned(), text.to_owned())],
            refused: Vec::new(),
        });
    }

    /// Path and text of every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files that cannot be taken.
    pub(super) fn refused(&self) -> &[Diagnostic] {
        &self.refused
    }

    /// SHA-256 over paths and texts, in hex.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, text) in &self.files {
            hasher.update((path.len() as u64).to_le_bytes());
            hasher.update(path.as_bytes());
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn collect(&mut self, root: &Path, folder: &Path, depth: usize) -> Result<()> {
        let unreadable = |e| Error::io("cannot read", folder, e);
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            let is_link = entry.file_type().map_err(unreadable)?.is_symlink();
            if path.is_dir() {
                // It may lead back here, or anywhere.
                if is_link {
                    self.refuse(
                        &name,
                        "a link to a folder; links to files only are followed",
                    );
                } else if depth == limits::FOLDER_DEPTH {
                    let most = limits::FOLDER_DEPTH;
                    self.refuse(&name, &format!("folders lie {most} deep at most"));
                } else {
                    self.collect(root, &path, depth + 1)?;
                }
            } else if path.extension().is_some_and(|e| e == "toml") || is_table(&path) {
                if self.files.len() == limits::FILES {
                    let message = format!("more than {} .toml files", limits::FILES);
                    return Err(Error::input(root, None, message));
                }
                let bytes: usize = self.files.iter().map(|(_, text)| text.len()).sum();
                if bytes > limits::FOLDER_BYTES {
                    let message = format!("more than {} MiB of files", limits::FOLDER_BYTES >> 20);
                    return Err(Error::input(root, None, message));
                }
                match read(&path)? {
                    Ok(text) => self.files.push((name, text)),
                    Err(problem) => self.refused.push(problem.in_file(&name)),
                }
            }
        }
        Ok(())
    }

    fn refuse(&mut self, file: &str, message: &str) {
        self.refused.push(Diagnostic::new(file, "", 0..0, message));
    }
}

/// Whether a file is the table of weights.
fn is_table(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "weights.tsv")
}

/// The text of a file, or why it is none of a lexicon.
fn read(path: &Path) -> Result<std::result::Result<String, Diagnostic>> {
    let unreadable = |e| Error::io("cannot read", path, e);
    let problem = |message: String| Ok(Err(Diagnostic::new("", "", 0..0, message)));
    let found = std::fs::metadata(path).map_err(unreadable)?;
    // Reading a pipe or a device would wait, or never end.
    if !found.is_file() {
        return problem("no regular file".to_owned());
    }
    let most = if is_table(path) {
        limits::TABLE_BYTES
    } else {
        limits::FILE_BYTES
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > most {
        let most = most >> 20;
        return problem(format!("the file is larger than {most} MiB"));
    }
    Ok(String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
        Diagnostic::new("", before, at..at, "not UTF-8 from here on")
    }))
}
