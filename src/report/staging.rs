//! Output is written into a folder beside its target and put in place when it is complete.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::per_case;
use crate::error::{Error, Result};

/// Its presence says that a folder holds a complete run.
const MANIFEST: &str = "manifest.json";

/// What a former run may have left in a folder, by name without the extension.
const TABLES: &[&str] = &[
    "cases",
    "chronology",
    "course_of_conduct",
    "coverage",
    "inconsistencies",
    "link_proposals",
    "evidence",
    "suppressed",
    "rejected",
    "checks",
    "report",
    "boilerplate",
];

/// Endings of the files of a run.
const ENDINGS: &[&str] = &["csv", "jsonl", "parquet", "html", "xlsx", "txt"];

/// A run in the making. Dropped without [`Staging::publish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Staging {
    folder: TempDir,
    target: PathBuf,
}

impl Staging {
    /// Prepares a run for `target`.
    ///
    /// # Errors
    /// If `target` holds files and `force` is not given, or cannot be written.
    pub fn prepare(target: &Path, force: bool) -> Result<Self> {
        if target.exists() && !target.is_dir() {
            return Err(Error::usage(format!(
                "{}: is a file, not a folder",
                target.display()
            )));
        }
        if target.is_dir() && !force {
            let mut entries =
                std::fs::read_dir(target).map_err(|e| Error::io("cannot read", target, e))?;
            if target.join(MANIFEST).exists() {
                return Err(Error::usage(format!(
                    "{}: holds a run already; --force replaces it",
                    target.display()
                )));
            }
            if entries.next().is_some() {
                return Err(Error::usage(format!(
                    "{}: is not empty; choose another folder, or --force",
                    target.display()
                )));
            }
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(parent)
            .map_err(|e| Error::io("cannot make the folder", parent, e))?;
        // Inside a folder that is there already: the parent may be closed to us.
        let place = if target.is_dir() { target } else { parent };
        let folder = tempfile::Builder::new()
            .prefix(".throughline-incomplete-")
            .tempdir_in(place)
            .map_err(|e| Error::io("cannot write", place, e))?;
        Ok(Self {
            folder,
            target: target.to_owned(),
        })
    }

    /// The folder to write into.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts the run in place, the manifest last.
    ///
    /// # Errors
    /// If a file cannot be moved; what was there before may then be gone, and no manifest stands.
    pub fn publish(self) -> Result<()> {
        let target = self.target.as_path();
        if !target.exists() {
            std::fs::create_dir(target)
                .map_err(|e| Error::io("cannot make the folder", target, e))?;
        }
        let old = target.join(MANIFEST);
        if old.exists() {
            std::fs::remove_file(&old).map_err(|e| Error::io("cannot replace", &old, e))?;
        }
        for name in TABLES {
            for ending in ENDINGS {
                let path = target.join(format!("{name}.{ending}"));
                if path.exists() {
                    std::fs::remove_file(&path)
                        .map_err(|e| Error::io("cannot replace", &path, e))?;
                }
            }
        }
        remove_per_case(&target.join(per_case::FOLDER))?;
        let folder = self.folder.path();
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|e| Error::io("cannot read", folder, e))? {
            names.push(
                entry
                    .map_err(|e| Error::io("cannot read", folder, e))?
                    .file_name(),
            );
        }
        names.sort_by_key(|name| (name == MANIFEST, name.clone()));
        for name in names {
            let to = target.join(&name);
            if to.is_dir() {
                // What else stood in the folder stays.
                move_into(&folder.join(&name), &to)?;
                continue;
            }
            std::fs::rename(folder.join(&name), &to)
                .map_err(|e| Error::io("cannot put in place", &to, e))?;
        }
        Ok(())
    }
}

/// Removes the folders of cases of a former run, and nothing that such a run does not write.
fn remove_per_case(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    let fail = |e| Error::io("cannot replace", folder, e);
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if !entry.file_type().map_err(fail)?.is_dir() {
            continue;
        }
        for name in per_case::FILES {
            let path = entry.path().join(name);
            if path.exists() {
                std::fs::remove_file(&path).map_err(fail)?;
            }
        }
        // It stays if it holds anything else.
        let _ = std::fs::remove_dir(entry.path());
    }
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

/// Moves what stands in one folder into another, one level down.
fn move_into(from: &Path, to: &Path) -> Result<()> {
    let fail = |e| Error::io("cannot put in place", to, e);
    for entry in std::fs::read_dir(from).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let target = to.join(entry.file_name());
        if target.is_dir() {
            for file in std::fs::read_dir(entry.path()).map_err(fail)? {
                let file = file.map_err(fail)?;
                std::fs::rename(file.path(), target.join(file.file_name())).map_err(fail)?;
            }
        } else {
            std::fs::rename(entry.path(), &target).map_err(fail)?;
        }
    }
    Ok(())
}
