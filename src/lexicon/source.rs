//! Where lexicon files come from: the program itself, or folders.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Lexicon files in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct LexiconSource {
    files: Vec<(String, String)>,
}

impl LexiconSource {
    /// Files with their paths, which must come in their order.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self {
            files: files.iter().map(own).collect(),
        }
    }

    /// Every `.toml` file in a folder and the folders in it.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, or the folder holds no `.toml` file.
    pub fn folder(folder: &Path) -> Result<Self> {
        let mut source = Self::default();
        source.collect(folder, folder)?;
        if source.files.is_empty() {
            return Err(Error::input(folder, None, "no .toml file in this folder"));
        }
        source.files.sort();
        Ok(source)
    }

    /// Adds the files of another source; a file of the same path replaces the one there was.
    pub fn add(&mut self, other: Self) {
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
        });
    }

    /// Path and text of every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
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

    fn collect(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let entries = std::fs::read_dir(folder).map_err(|e| Error::io("cannot read", folder, e))?;
        for entry in entries {
            let path = entry
                .map_err(|e| Error::io("cannot read", folder, e))?
                .path();
            if path.is_dir() {
                self.collect(root, &path)?;
            } else if path.extension().is_some_and(|e| e == "toml") {
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| Error::io("cannot read", &path, e))?;
                let name = path
                    .strip_prefix(root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                self.files.push((name, text));
            }
        }
        Ok(())
    }
}
