//! One error type for the library: what went wrong, and where.
//!
//! Messages are lower case, name file, record, line and field where they are known, and never
//! quote narrative text: it is sensitive, and errors end up in logs.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::lexicon::Diagnostic;

/// A panic hook that says where and leaves out the message, which may quote a narrative. Of the file
/// it names the end: the rest is the machine that built the program.
pub fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map_or_else(String::new, |place| {
        let mut parts: Vec<&str> = place.file().rsplit(['/', '\\']).take(2).collect();
        parts.reverse();
        format!(" in {}, line {}", parts.join("/"), place.line())
    });
    // Nothing can be done where standard error is closed.
    let _ = writeln!(
        std::io::stderr(),
        "throughline: an error of the program itself{place}; please report it"
    );
}

/// The result of a fallible library call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. One word wide; look inside with [`Error::kind`].
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// The kinds of failure.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or stream could not be read or written.
    Io {
        /// What was being done, e.g. `cannot read`.
        action: &'static str,
        /// The path, or `-` for a standard stream.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// An input as a whole cannot be used (no header, no text column, unknown format).
    Input {
        /// The input as the user named it.
        path: PathBuf,
        /// Line, if one is to blame.
        line: Option<u64>,
        /// What is wrong, and what would help.
        message: String,
    },
    /// The lexicon has problems; all of them are listed.
    Lexicon(Vec<Diagnostic>),
    /// An option or a combination of options that cannot work.
    Usage(String),
    /// The run was interrupted by the user.
    Interrupted,
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// An I/O failure on `path`.
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self(Box::new(ErrorKind::Io {
            action,
            path: path.as_ref().to_owned(),
            source,
        }))
    }

    /// An input that cannot be used.
    pub fn input(path: impl AsRef<Path>, line: Option<u64>, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorKind::Input {
            path: path.as_ref().to_owned(),
            line,
            message: message.into(),
        }))
    }

    /// A lexicon with problems.
    pub fn lexicon(problems: Vec<Diagnostic>) -> Self {
        Self(Box::new(ErrorKind::Lexicon(problems)))
    }

    /// Options that cannot work.
    pub fn usage(message: impl Into<String>) -> Self {
        Self(Box::new(ErrorKind::Usage(message.into())))
    }

    /// The run was interrupted.
    pub fn interrupted() -> Self {
        Self(Box::new(ErrorKind::Interrupted))
    }

    /// Whether the cause is a pipe whose reader went away.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self.kind(), ErrorKind::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            // The cause is the source of the error: whoever prints the chain prints it once.
            ErrorKind::Io { action, path, .. } => write!(f, "{}: {action}", path.display()),
            ErrorKind::Input {
                path,
                line: Some(line),
                message,
            } => {
                write!(f, "{}: line {line}: {message}", path.display())
            }
            ErrorKind::Input {
                path,
                line: None,
                message,
            } => {
                write!(f, "{}: {message}", path.display())
            }
            ErrorKind::Lexicon(problems) => match problems.len() {
                1 => write!(f, "the lexicon has 1 problem"),
                n => write!(f, "the lexicon has {n} problems"),
            },
            ErrorKind::Usage(message) => write!(f, "{message}"),
            ErrorKind::Interrupted => write!(f, "interrupted"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
