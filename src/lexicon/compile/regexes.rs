//! Compiles the few regular expressions of a lexicon, within bounds.

use regex::{Regex, RegexBuilder};

use crate::lexicon::limits;

/// The regex, or why it is none. `fold` makes it match whatever the case of letters.
pub(super) fn compile_regex(pattern: &str, fold: bool) -> Result<Regex, String> {
    if pattern.len() > limits::REGEX_BYTES {
        return Err(format!(
            "a regex of more than {} bytes",
            limits::REGEX_BYTES
        ));
    }
    RegexBuilder::new(pattern)
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
