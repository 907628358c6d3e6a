//! Writes what the benches and scripts run on: tables of narratives, larger lexicons.
//!
//! ```sh
//! cargo bench --no-default-features --bench generate -- corpus OUT.csv --rows 2000 [--share 40] [--length long] [--seed 1]
//! cargo bench --no-default-features --bench generate -- corpus OUT.csv --megabytes 100
//! cargo bench --no-default-features --bench generate -- lexicon OUT_FOLDER --times 4 [--words new|known]
//! ```
#![allow(clippy::print_stderr, reason = "a command")]

mod support;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use support::corpus::{Corpus, Length, Plan, write_csv};
use support::larger::{Words, larger};
use throughline::lexicon::Lexicon;

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    match args
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["corpus", out, options @ ..] => corpus(Path::new(out), options),
        ["lexicon", out, options @ ..] => lexicon(Path::new(out), options),
        // `cargo bench` and `cargo test --all-targets` start every bench; there is nothing to do then.
        _ => eprintln!(
            "generate corpus OUT.csv --rows N | lexicon OUT_FOLDER --times N (see benches/README.md)"
        ),
    }
}

fn option<'a>(options: &[&'a str], name: &str) -> Option<&'a str> {
    let at = options.iter().position(|o| *o == name)?;
    Some(
        options
            .get(at + 1)
            .unwrap_or_else(|| panic!("{name} needs a value")),
    )
}

fn number(options: &[&str], name: &str) -> Option<usize> {
    option(options, name).map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} needs a number"))
    })
}

fn corpus(out: &Path, options: &[&str]) {
    let length = match option(options, "--length") {
        None | Some("long") => Length::Long,
        Some("short") => Length::Short,
        Some(other) => panic!("--length is long or short, not {other}"),
    };
    let plan = Plan {
        share: number(options, "--share").unwrap_or(40),
        length,
        seed: number(options, "--seed").unwrap_or(1) as u64,
    };
    let rows = number(options, "--rows").unwrap_or(usize::MAX);
    let bytes = number(options, "--megabytes").map_or(usize::MAX, |n| n * 1_000_000);
    assert!(
        rows.min(bytes) < usize::MAX,
        "say --rows N or --megabytes N"
    );
    let lexicon = Lexicon::built_in().expect("sound");
    let file = BufWriter::new(File::create(out).expect("the file can be made"));
    let enough = |done: usize, length: usize| done >= rows || length >= bytes;
    let (rows, bytes) = write_csv(Corpus::new(&lexicon, plan), file, enough).expect("written");
    eprintln!(
        "{rows} narratives, {} bytes on average",
        bytes / rows.max(1)
    );
}

fn lexicon(out: &Path, options: &[&str]) {
    let times = number(options, "--times").expect("say --times N");
    let words = match option(options, "--words") {
        None | Some("new") => Words::New,
        Some("known") => Words::Known,
        Some(other) => panic!("--words is new or known, not {other}"),
    };
    let source = larger(times, words);
    for (path, text) in source.files() {
        let path = out.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(path, text).expect("written");
    }
    eprintln!("{} files", source.files().count());
}
