//! Which files are meant: files as they are, folders with all that is in them, patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::InputFormat;
use crate::error::{Error, Result};

/// The files that inputs stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputFiles {
    /// The files, in the order in which they are read.
    pub files: Vec<PathBuf>,
    /// Files of folders that were left out because no known format has their extension: how many by
    /// extension.
    pub left_out: BTreeMap<String, u64>,
    /// Files that were named more than once, and are read once.
    pub repeated: Vec<PathBuf>,
}

/// Lists the files that inputs stand for, each once however often it is named.
///
/// Replaces each folder with the files in it, at any depth and sorted by name, whose extension
/// stands for a known format, and each pattern (`logs/*.csv`) with what fits it. Hidden files are
/// left out, and so are the lock files of office programs; `-` stays.
///
/// # Errors
/// If there is no such file, or a folder or pattern gives none.
pub fn find_inputs(inputs: &[PathBuf]) -> Result<InputFiles> {
    let mut found = InputFiles::default();
    for input in inputs {
        if input.as_os_str() == "-" {
            found.files.push(input.clone());
            continue;
        }
        match std::fs::metadata(input) {
            Ok(about) => add(input, about.is_dir(), &mut found)?,
            Err(error) => match input.to_str().filter(|name| name.contains(['*', '?', '['])) {
                Some(pattern) => add_pattern(pattern, &mut found)?,
                None => return Err(Error::io("cannot read", input, error)),
            },
        }
    }
    let mut seen = BTreeSet::new();
    let files = std::mem::take(&mut found.files);
    for file in files {
        let whole = match file.as_os_str() == "-" {
            true => file.clone(),
            false => std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone()),
        };
        match seen.insert(whole) {
            true => found.files.push(file),
            false => found.repeated.push(file),
        }
    }
    Ok(found)
}

/// The files that inputs stand for, see [`find_inputs`].
///
/// # Errors
/// If there is no such file, or a folder or pattern gives none.
pub fn expand_inputs(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    find_inputs(inputs).map(|found| found.files)
}

fn add(input: &Path, is_folder: bool, found: &mut InputFiles) -> Result<()> {
    if !is_folder {
        found.files.push(input.to_owned());
        return Ok(());
    }
    let before = found.files.len();
    list_folder(input, found)?;
    if found.files.len() == before {
        let message = "no input in this folder; looked for .csv .tsv .jsonl .json .parquet .xlsx \
                       .ods .txt .docx, also with .gz or .zst behind";
        return Err(Error::input(input, None, message));
    }
    found.files[before..].sort();
    Ok(())
}

fn add_pattern(pattern: &str, found: &mut InputFiles) -> Result<()> {
    let unusable = |e: glob::PatternError| Error::input(pattern, None, format!("pattern: {e}"));
    // A star does not stand for a hidden file, as in a shell.
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        ..glob::MatchOptions::new()
    };
    let mut fits = Vec::new();
    for path in glob::glob_with(pattern, options).map_err(unusable)? {
        fits.push(path.map_err(|e| {
            let path = e.path().to_owned();
            Error::io("cannot read", path, e.into())
        })?);
    }
    if fits.is_empty() {
        return Err(Error::input(pattern, None, "no file fits this pattern"));
    }
    fits.sort();
    for path in fits {
        let is_folder = path.is_dir();
        add(&path, is_folder, found)?;
    }
    Ok(())
}

fn list_folder(folder: &Path, found: &mut InputFiles) -> Result<()> {
    let unreadable = |e| Error::io("cannot read", folder, e);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(b".") || name.starts_with(b"~$") {
            continue;
        }
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            list_folder(&path, found)?;
        } else if path.is_file() {
            match InputFormat::of_path(&path) {
                Some(_) => found.files.push(path),
                None => {
                    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
                    let kind = extension.map_or_else(String::new, |e| format!(".{e}"));
                    *found.left_out.entry(kind).or_default() += 1;
                }
            }
        }
    }
    Ok(())
}
