//! Any text as a lexicon file: it is refused with every problem at its place, or it works.

use std::time::{Duration, Instant};

use throughline::error::ErrorKind;
use throughline::lexicon::{Lexicon, LexiconSource};
use throughline::scan::Scanner;

/// What a lexicon needs besides the file at hand.
const BASE: &str = r#"
schema = 1
version = "0"

[category]
id = "base"
group = "abuse"
title = "Base"
definition = "Base."
source = "Invented."
tier = 2

[class.person]
words = ["he", "she", "(the|her) partner"]

[[rule]]
id = "base.one"
status = "draft"
why = "Invented."
patterns = ["{person:agent} took [0-2] phone"]
examples = ["[he took her phone]."]
counter = ["he took a phone call from her."]
"#;

/// A file of some kilobytes that takes longer than this, to read or to scan with, can stop a run.
const MOST_TIME: Duration = Duration::from_secs(8);

/// The data is the text of one file beside a small sound one.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut source = LexiconSource::default();
    // A file of the kind of `lexicon.toml` states these itself.
    let base = if text.contains("schema") {
        BASE.replace("schema = 1\nversion = \"0\"\n", "")
    } else {
        BASE.to_owned()
    };
    source.add_file("base.toml", &base);
    source.add_file("file.toml", &text);
    let start = Instant::now();
    match Lexicon::from_source(&source) {
        Ok(lexicon) => {
            assert_eq!(lexicon.fingerprint, source.fingerprint());
            let mut scanner = Scanner::new(&lexicon);
            for text in [
                "he took her phone. She did not.",
                "he he he he he he he he",
                &text,
            ] {
                for mention in scanner.scan(text) {
                    assert!(mention.sentence.contains(mention.span));
                    assert!(!mention.span.of(text).is_empty());
                }
            }
        }
        Err(error) => {
            let ErrorKind::Lexicon(problems) = error.kind() else {
                panic!("a broken lexicon gives another error: {error}");
            };
            assert!(!problems.is_empty(), "refused without a problem");
            for problem in problems {
                assert!(problem.line >= 1 && problem.column >= 1);
                assert!(!problem.message.is_empty(), "a problem says nothing");
                let own = if problem.file == "file.toml" {
                    &*text
                } else {
                    &base
                };
                assert!(
                    problem.line <= own.matches('\n').count() + 1,
                    "{problem:?} lies behind its file"
                );
            }
            for problem in problems.iter().take(20) {
                assert!(!problem.render(false).is_empty());
            }
        }
    }
    assert!(
        start.elapsed() < MOST_TIME,
        "{} bytes took {:?}",
        text.len(),
        start.elapsed()
    );
}
