//! Output is written into a folder of its own inside its target and put in place when it is complete.
//! Until then the target holds the former run, or says that it holds none.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::per_case;
use super::reviewed::changed_by_reviewers;
use crate::error::{Error, Result};

/// Its presence says that a folder holds a complete run.
pub(super) const MANIFEST: &str = "manifest.json";

/// What was found so far: see [`crate::journal`].
const JOURNAL: &str = "journal";

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

/// The folder, inside the target, in which a run is made.
const WORK: &str = ".throughline-incomplete";

/// Says that a folder holds no complete run.
pub const INCOMPLETE_FILE: &str = "INCOMPLETE.txt";

/// What stands in it.
const INCOMPLETE: &str = "This folder holds no complete run of throughline: one was begun here and has not ended.\n\
\n\
Is it still running? Then wait. Otherwise give the same command again, with --resume to go on where\n\
it stopped or with --force to begin anew. What was done so far stands in .throughline-incomplete and\n\
holds words from narratives: remove it if you do not mean to go on.\n";

/// What to do with what stands in the target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Existing {
    /// Replace a former run.
    pub force: bool,
    /// Go on with an interrupted run.
    pub resume: bool,
    /// Replace a former run even if reviewers wrote decisions into it.
    pub discard_review: bool,
}

/// A run in the making, in a folder of its own inside the target. Dropped without
/// [`Staging::publish`], it leaves nothing behind unless it is to be kept.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    work: PathBuf,
    folder: PathBuf,
    /// Held while the run lasts, so that no other run writes here.
    lock: Option<File>,
    made_target: bool,
    resumes: bool,
    keep: bool,
}

impl Staging {
    /// Prepares a run for `target`.
    ///
    /// # Errors
    /// If `target` holds files that `existing` does not allow for, or cannot be written.
    pub fn prepare(target: &Path, existing: Existing) -> Result<Self> {
        if target.exists() && !target.is_dir() {
            return Err(Error::usage(format!(
                "{}: is a file, not a folder",
                target.display()
            )));
        }
        let work = target.join(WORK);
        let interrupted = work.is_dir() || target.join(INCOMPLETE_FILE).exists();
        let complete = target.join(MANIFEST).exists() && !target.join(INCOMPLETE_FILE).exists();
        refuse(target, existing, interrupted, complete)?;
        let made_target = !target.exists();
        let make = |folder: &Path| {
            let made = std::fs::create_dir_all(folder);
            made.map_err(|e| Error::io("cannot make the folder", folder, e))
        };
        make(target)?;
        // First of all, so that no moment is without it.
        if !complete {
            mark(target)?;
        }
        make(&work)?;
        let mut staging = Self {
            target: target.to_owned(),
            folder: work.join("run"),
            lock: None,
            made_target,
            resumes: existing.resume && work.join(JOURNAL).exists(),
            keep: true,
            work,
        };
        staging.lock()?;
        // From here on nobody else writes here.
        staging.keep = staging.resumes;
        mark(&staging.work)?;
        // What was written is written again: only the journal is gone on with.
        if staging.folder.exists() {
            std::fs::remove_dir_all(&staging.folder)
                .map_err(|e| Error::io("cannot remove", &staging.folder, e))?;
        }
        if !staging.resumes && staging.journal().exists() {
            std::fs::remove_file(staging.journal())
                .map_err(|e| Error::io("cannot remove", staging.journal(), e))?;
        }
        make(&staging.folder)?;
        Ok(staging)
    }

    fn lock(&mut self) -> Result<()> {
        let path = self.work.join("lock");
        let fail = |e| Error::io("cannot write", &path, e);
        let file = File::create(&path).map_err(fail)?;
        let mut locked = file.try_lock();
        // A run that has just ended may leave its lock for a moment to a child that it was starting.
        for _ in 0..20 {
            if !matches!(locked, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
            locked = file.try_lock();
        }
        match locked {
            Ok(()) => self.lock = Some(file),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::usage(format!(
                    "{}: another run is writing into it",
                    self.target.display()
                )));
            }
            Err(TryLockError::Error(e)) => return Err(fail(e)),
        }
        Ok(())
    }

    /// The folder to write into.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the journal of the run stands.
    pub fn journal(&self) -> PathBuf {
        self.work.join(JOURNAL)
    }

    /// Whether there is a journal to go on with.
    pub fn resumes(&self) -> bool {
        self.resumes
    }

    /// Leaves what was done so far where it is, marked as incomplete.
    pub fn keep(&mut self) {
        self.keep = true;
    }

    /// Puts the run in place, the manifest last.
    ///
    /// # Errors
    /// If a file cannot be moved; what was there before may then be gone, the folder is marked as
    /// incomplete, and the run can be resumed.
    pub fn publish(&mut self) -> Result<()> {
        let target = self.target.clone();
        let folder = self.folder.clone();
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(|e| Error::io("cannot read", &folder, e))? {
            names.push(
                entry
                    .map_err(|e| Error::io("cannot read", &folder, e))?
                    .file_name(),
            );
        }
        // A power cut must not leave a manifest beside tables that never reached the disk.
        sync_files(&folder)?;
        // From here on the former run is no longer whole.
        mark(&target)?;
        sync(&target.join(INCOMPLETE_FILE))?;
        sync_folder(&target)?;
        let keep = std::mem::replace(&mut self.keep, true);
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
        remove_pages(&target)?;
        remove_per_case(&target.join(per_case::FOLDER))?;
        names.sort_by_key(|name| (name == MANIFEST, name.clone()));
        for name in names {
            let to = target.join(&name);
            if name == MANIFEST {
                sync_folder(&target)?;
            }
            if to.is_dir() {
                // What else stood in the folder stays.
                move_into(&folder.join(&name), &to)?;
                continue;
            }
            std::fs::rename(folder.join(&name), &to)
                .map_err(|e| Error::io("cannot put in place", &to, e))?;
        }
        sync_folder(&target)?;
        self.keep = keep;
        self.made_target = false;
        self.clear()
    }

    /// Removes what only an unfinished run needs; the mark goes last.
    fn clear(&mut self) -> Result<()> {
        self.lock = None;
        self.keep = true;
        let work = &self.work;
        std::fs::remove_dir_all(work).map_err(|e| Error::io("cannot remove", work, e))?;
        let mark = self.target.join(INCOMPLETE_FILE);
        if mark.exists() {
            std::fs::remove_file(&mark).map_err(|e| Error::io("cannot remove", &mark, e))?;
        }
        if self.made_target {
            // It stays if somebody put something into it.
            let _ = std::fs::remove_dir(&self.target);
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.keep {
            // The run failed for a reason that is told already; there is nobody to tell of this one.
            let _ = self.clear();
        }
    }
}

/// Waits until all files in a folder, and the folders in it, are on the disk.
fn sync_files(folder: &Path) -> Result<()> {
    let fail = |e| Error::io("cannot read", folder, e);
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        match entry.file_type().map_err(fail)?.is_dir() {
            true => sync_files(&entry.path())?,
            false => sync(&entry.path())?,
        }
    }
    sync_folder(folder)
}

/// Waits until the names in a folder are on the disk.
fn sync_folder(folder: &Path) -> Result<()> {
    // Elsewhere a folder cannot be opened as a file.
    match cfg!(unix) {
        true => sync(folder),
        false => Ok(()),
    }
}

fn sync(path: &Path) -> Result<()> {
    let opened = match path.is_dir() {
        true => File::open(path),
        false => File::options().append(true).open(path),
    };
    match opened.and_then(|file| file.sync_all()) {
        // Some network shares cannot be told to.
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced.map_err(|e| Error::io("cannot write", path, e)),
    }
}

/// Marks a folder as incomplete.
fn mark(folder: &Path) -> Result<()> {
    let path = folder.join(INCOMPLETE_FILE);
    std::fs::write(&path, INCOMPLETE).map_err(|e| Error::io("cannot write", &path, e))
}

/// Refuses a target that holds what must not be lost.
fn refuse(target: &Path, existing: Existing, interrupted: bool, complete: bool) -> Result<()> {
    let no = |why: &str| Err(Error::usage(format!("{}: {why}", target.display())));
    let Existing {
        force,
        resume,
        discard_review,
    } = existing;
    if interrupted && !resume && !force {
        return no("holds an interrupted run; --resume goes on with it, --force begins anew");
    }
    if complete {
        if resume && !interrupted {
            return no("holds a complete run; there is nothing to resume");
        }
        if !discard_review && let Some(file) = changed_by_reviewers(target)? {
            return no(&format!(
                "{file} may hold reviewers' decisions, which would be lost; write into another folder, or \
                 --discard-review if they are not needed"
            ));
        }
        if !interrupted && !force {
            return no("holds a run already; --force replaces it");
        }
    } else if !interrupted && !force && target.is_dir() {
        let mut entries =
            std::fs::read_dir(target).map_err(|e| Error::io("cannot read", target, e))?;
        if entries.next().is_some() {
            return no("is not empty; choose another folder, or --force");
        }
    }
    Ok(())
}

/// Removes the further pages of a former report: the one that replaces it may have fewer.
fn remove_pages(target: &Path) -> Result<()> {
    let fail = |e| Error::io("cannot replace", target, e);
    for entry in std::fs::read_dir(target).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix("report-")?.strip_suffix(".html"));
        if number.is_some_and(|n| n.parse::<usize>().is_ok()) {
            std::fs::remove_file(entry.path()).map_err(fail)?;
        }
    }
    Ok(())
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
