//! Regular expressions and literals that are checked when a lexicon is compiled, and built anew when a
//! compiled lexicon first asks for them: most runs need few of them or none.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// Largest compiled size of one regex.
const REGEX_SIZE: usize = 1 << 20;

/// A regular expression.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LazyRegex {
    written: String,
    any_case: bool,
    #[serde(skip)]
    built: OnceLock<Regex>,
}

impl LazyRegex {
    /// Checks and builds an expression; `any_case` makes capitals and small letters the same.
    pub fn new(written: &str, any_case: bool) -> Result<Self, regex::Error> {
        Ok(Self {
            written: written.to_owned(),
            any_case,
            built: build(written, any_case)?.into(),
        })
    }

    /// The expression, ready to search with.
    #[inline]
    pub fn get(&self) -> &Regex {
        self.built.get_or_init(|| {
            build(&self.written, self.any_case).expect("it was built when the lexicon was compiled")
        })
    }
}

fn build(written: &str, any_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(written)
        .case_insensitive(any_case)
        .size_limit(REGEX_SIZE)
        .build()
}

/// Literals of which a text must hold one, in capitals or small letters.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Gate {
    literals: Vec<String>,
    #[serde(skip)]
    built: OnceLock<AhoCorasick>,
}

impl Gate {
    /// Checks and builds a gate.
    pub fn new(literals: Vec<String>) -> Result<Self, aho_corasick::BuildError> {
        let built = search(&literals)?.into();
        Ok(Self { literals, built })
    }

    /// Whether `text` holds one of the literals.
    #[inline]
    pub fn is_match(&self, text: &str) -> bool {
        let built = self.built.get_or_init(|| {
            search(&self.literals).expect("it was built when the lexicon was compiled")
        });
        built.is_match(text)
    }
}

fn search(literals: &[String]) -> Result<AhoCorasick, aho_corasick::BuildError> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(literals)
}
