//! The lexicon that the program carries: its files, and what the build made of them (see `build.rs`).

use super::{Lexicon, LexiconSource};
use crate::error::Result;

/// Path and text of each file.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/lexicon_files.rs"));

/// The same files, checked and compiled.
const COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.bin"));

impl LexiconSource {
    /// The files embedded in the program.
    pub fn built_in() -> Self {
        Self::of(FILES)
    }
}

impl Lexicon {
    /// The lexicon embedded in the program: what [`Lexicon::from_source`] makes of
    /// [`LexiconSource::built_in`], without the time that this takes.
    ///
    /// # Errors
    /// None: a program is only built from a lexicon without problems. The result leaves room for one.
    pub fn built_in() -> Result<Self> {
        Ok(postcard::from_bytes(COMPILED)
            .expect("the build wrote it in the form that is read here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_is_what_the_files_compile_to() {
        let compiled = Lexicon::from_source(&LexiconSource::built_in()).expect("sound");
        let fresh = postcard::to_allocvec(&compiled).expect("plain data can be written");
        assert!(
            fresh == COMPILED,
            "the compiled form is not that of the files"
        );
        let loaded = Lexicon::built_in().expect("sound");
        assert_eq!(loaded.fingerprint, LexiconSource::built_in().fingerprint());
        let again = postcard::to_allocvec(&loaded).expect("plain data can be written");
        assert!(
            again == COMPILED,
            "something of a lexicon is lost on the way"
        );
    }
}
