//! What several test modules need: lexicons, folders, and what is at hand beside the crate.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use throughline::lexicon::{Lexicon, LexiconSource};

/// The folder of this crate.
pub fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the tests' own small lexicon.
pub fn lexicon_folder() -> PathBuf {
    crate_folder().join("tests/data/lexicon")
}

/// The tests' own small lexicon.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let source = LexiconSource::folder(&lexicon_folder()).expect("readable");
        Lexicon::from_source(&source).unwrap_or_else(|error| panic!("{}", problems(&error)))
    })
}

/// The lexicon of the program.
pub fn built_in() -> &'static Lexicon {
    static LEXICON: OnceLock<Result<Lexicon, String>> = OnceLock::new();
    let loaded = LEXICON.get_or_init(|| Lexicon::built_in().map_err(|error| problems(&error)));
    loaded
        .as_ref()
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// The problems of a lexicon, one a line.
pub fn problems(error: &throughline::error::Error) -> String {
    match error.kind() {
        throughline::error::ErrorKind::Lexicon(problems) => {
            problems.iter().map(|p| format!("{p}\n")).collect()
        }
        _ => error.to_string(),
    }
}

/// A file or folder shared by the project, beside the crate; tells when it is not there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = crate_folder().join("../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not at hand", path.display());
    None
}
