//! How many narratives a second are scanned, by one thread and by all, and how long the lexicon takes to read.
//!
//! `cargo bench --no-default-features`. Each figure is the median of several runs. Times differ from run to
//! run and from machine to machine: compare two builds by turns on one machine and quote the ratio.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use throughline::lexicon::Lexicon;
use throughline::scan::Scanner;

/// Runs behind each median.
const RUNS: usize = 7;

/// How often the sample narratives are repeated, so that a run lasts long enough to be timed.
const REPEATS: usize = 40;

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

/// The narratives of the shipped sample.
fn narratives() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample_incidents.csv");
    let mut reader = csv::Reader::from_path(path).expect("the sample is there");
    let column = reader
        .headers()
        .expect("a header")
        .iter()
        .position(|name| name.trim_start_matches('\u{feff}') == "narrative")
        .expect("a column of narratives");
    let records = reader.records().map(|record| record.expect("sound"));
    records.map(|record| record[column].to_owned()).collect()
}

fn main() {
    // `cargo test --all-targets` runs benches too; there it only has to start.
    let timed = std::env::args().any(|argument| argument == "--bench");
    let lexicon = Lexicon::built_in().expect("sound");
    let sample = narratives();
    let texts: Vec<&str> = (0..if timed { REPEATS } else { 1 })
        .flat_map(|_| sample.iter().map(String::as_str))
        .collect();
    let load = median(|| drop(black_box(Lexicon::built_in().expect("sound"))));
    let mut scanner = Scanner::new(&lexicon);
    let one = median(|| {
        for text in &texts {
            black_box(scanner.scan(text));
        }
    });
    let all = median(|| {
        texts.par_iter().for_each_init(
            || Scanner::new(&lexicon),
            |scanner, text| {
                black_box(scanner.scan(text));
            },
        );
    });
    let rate = |time: Duration| texts.len() as f64 / time.as_secs_f64();
    let bytes: usize = sample.iter().map(String::len).sum();
    let report = format!(
        "{} narratives of {} bytes on average\nlexicon read in {load:.0?}\none thread   {:>8.0} narratives/s\n\
         {} threads    {:>8.0} narratives/s\n",
        texts.len(),
        bytes / sample.len(),
        rate(one),
        rayon::current_num_threads(),
        rate(all),
    );
    std::io::Write::write_all(&mut std::io::stdout(), report.as_bytes()).expect("written");
}
