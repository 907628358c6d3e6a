//! Embeds the lexicon in the program, so that one file is all a user has to carry: the files of
//! `lexicons/` as they are, and beside them what they compile to, so that no run has to do that again.
//!
//! The code that compiles them is the library's own, taken in by path. What is added to these modules
//! must do without the rest of the library, or be taken in here as well.

#![allow(
    dead_code,
    unused_imports,
    reason = "the library uses what the build does not"
)]
#![allow(missing_docs, reason = "the crate's documentation is the library's")]

#[path = "src/assertion.rs"]
mod assertion;
#[path = "src/date.rs"]
mod date;
#[path = "src/error.rs"]
mod error;
#[path = "src/lexicon"]
mod lexicon {
    mod compile;
    mod diagnostic;
    mod inflect;
    mod limits;
    mod model;
    mod pattern;
    mod redaction;
    mod regexes;
    mod schema;
    mod source;

    pub use diagnostic::Diagnostic;
    pub(crate) use model::*;
    pub(crate) use pattern::Slot;
    pub(crate) use redaction::{Identifier, NameWords, Redaction, Sum};
    pub use source::LexiconSource;
}
#[path = "src/matcher/mod.rs"]
mod matcher;
#[path = "src/narrative.rs"]
mod narrative;
#[path = "src/normalise.rs"]
mod normalise;
#[path = "src/segment/mod.rs"]
mod segment;
#[path = "src/span.rs"]
mod span;
#[path = "src/weigh"]
mod weigh {
    mod features;
    mod model;
    mod table;

    pub(crate) use model::Weigher;
    pub(crate) use table::{NEVER, SHAPES, Table};
}

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use error::ErrorKind;
use lexicon::{Lexicon, LexiconSource};

fn main() {
    println!("cargo::rerun-if-changed=lexicons");
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets this"))
        .join("lexicons");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets this"));
    let source = LexiconSource::folder(&root).expect("lexicons/ stands beside Cargo.toml");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(out.join(name), bytes).expect("the build folder is writable");
    };
    write("lexicon_files.rs", list(&root, &source).as_bytes());
    match Lexicon::from_source(&source) {
        Ok(lexicon) => {
            let compiled = postcard::to_allocvec(&lexicon).expect("plain data can be written");
            write("lexicon.bin", &compiled);
        }
        Err(error) => {
            if let ErrorKind::Lexicon(problems) = error.kind() {
                for problem in problems {
                    println!("cargo::error=lexicons/{problem}");
                }
            }
            println!("cargo::error={error}");
        }
    }
}

/// The files as an array of pairs of path and text, in Rust.
fn list(root: &Path, source: &LexiconSource) -> String {
    let mut code = String::from("&[\n");
    for (path, _) in source.files() {
        let place = root.join(path);
        writeln!(
            code,
            "    ({path:?}, include_str!({:?})),",
            place.to_string_lossy()
        )
        .expect("writing to a string");
    }
    code.push_str("]\n");
    code
}
