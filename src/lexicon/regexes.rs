//! Regular expressions and literals that are checked when a lexicon is compiled, and built anew when a
//! compiled lexicon first asks for them: most runs need few of them or none.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::limits;

/// A regular expression.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LazyRegex {
    written: String,
    fold: bool,
    #[serde(skip)]
    built: OnceLock<Regex>,
}

impl LazyRegex {
    /// The regex, or why it is none. `fold` makes it match whatever the case of letters.
    pub fn new(written: &str, fold: bool) -> Result<Self, String> {
        Ok(Self {
            written: written.to_owned(),
            fold,
            built: build(written, fold)?.into(),
        })
    }

    /// The regex, ready to search with.
    #[inline]
    pub fn get(&self) -> &Regex {
        self.built.get_or_init(|| {
            build(&self.written, self.fold).expect("it was built when the lexicon was compiled")
        })
    }
}

fn build(written: &str, fold: bool) -> Result<Regex, String> {
    if written.len() > limits::REGEX_BYTES {
        return Err(format!(
            "a regex of more than {} bytes",
            limits::REGEX_BYTES
        ));
    }
    RegexBuilder::new(written)
        .case_insensitive(fold)
        .size_limit(limits::REGEX_SIZE)
        .dfa_size_limit(limits::REGEX_SIZE)
        .nest_limit(limits::REGEX_NESTING)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or("not a valid regex");
            last.trim_start_matches("error: ").to_owned()
        })
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
