//! Prints the table of `benches/README.md`: the whole program on files of several sizes, the stages, and
//! larger lexicons, each as a ratio to a fixed yardstick that is measured by turns with it.
//!
//! `cargo bench --no-default-features --bench table [-- --full]`; `--full` adds 200,000 narratives and the
//! lexicon sixteen times over.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints a table"
)]

mod support;

use std::fs::File;
use std::hint::black_box;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use support::corpus::{Corpus, Length, Plan, write_csv};
use support::larger::{Words, larger};
use support::stages::{Inputs, stages};
use support::yardstick::Yardstick;
use throughline::lexicon::{Lexicon, LexiconSource};
use throughline::scan::Scanner;

const PROGRAM: &str = env!("CARGO_BIN_EXE_throughline");

fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let value = work();
    (start.elapsed(), value)
}

fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("comparable"));
    values[values.len() / 2]
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if !args.iter().any(|argument| argument == "--bench") {
        // Started by `cargo test --all-targets`: it only has to build.
        return;
    }
    let full = args.iter().any(|argument| argument == "--full");
    let lexicon = Lexicon::from_source(&LexiconSource::built_in()).expect("sound");
    let yardstick = Yardstick::new();
    machine(&lexicon, &yardstick);
    start_up();
    end_to_end(&lexicon, &yardstick, full);
    by_stage(&lexicon, &yardstick);
    by_lexicon(&lexicon, full);
}

/// What it was measured on.
fn machine(lexicon: &Lexicon, yardstick: &Yardstick) {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{}, {}, {cores} cores, release build. Lexicon {}: {} rules. Yardstick: csv crate, then an automaton of {} \
         words on two threads.\n",
        jiff::Zoned::now().date(),
        model.map_or("unknown processor", |(_, model)| model),
        lexicon.version,
        lexicon.indicator_rules().count(),
        yardstick.words(),
    );
}

/// The time until the first record can be scanned.
fn start_up() {
    let load = |_| time(|| black_box(Lexicon::built_in().expect("sound"))).0;
    let whole = |_| time(|| program(&["lexicon", "check"])).0;
    println!(
        "Start: the shipped lexicon is loaded in {:.0?} (median of 7); `throughline lexicon check` takes {:.0?}.\n",
        median((0..7).map(load).collect()),
        median((0..7).map(whole).collect()),
    );
}

fn program(args: &[&str]) {
    let status = Command::new(PROGRAM)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("the program starts").success(), "{args:?}");
}

fn corpus_file(lexicon: &Lexicon, folder: &Path, rows: usize, plan: Plan) -> (PathBuf, usize) {
    let path = folder.join("in.csv");
    let file = BufWriter::new(File::create(&path).expect("made"));
    let (_, bytes) =
        write_csv(Corpus::new(lexicon, plan), file, |done, _| done >= rows).expect("written");
    (path, bytes)
}

/// The program as its users start it, reading a CSV file and writing every table as CSV.
fn end_to_end(lexicon: &Lexicon, yardstick: &Yardstick, full: bool) {
    println!("### End to end\n");
    println!(
        "`scan FILE --format csv`, all cores. \"Run\" is the time that the program states in its manifest: without its start.\n"
    );
    println!(
        "| narratives | mean bytes | planted | rounds | yardstick | scan | run | narratives/s | scan ÷ yardstick | run ÷ yardstick |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let sizes = if full {
        &[1_000, 10_000, 200_000][..]
    } else {
        &[1_000, 10_000][..]
    };
    for &rows in sizes {
        for (length, share) in [
            (Length::Long, 0),
            (Length::Long, 5),
            (Length::Long, 40),
            (Length::Short, 40),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let (path, bytes) = corpus_file(
                lexicon,
                folder.path(),
                rows,
                Plan {
                    share,
                    length,
                    seed: 1,
                },
            );
            let out = folder.path().join("out");
            let rounds = if rows > 50_000 { 3 } else { 7 };
            let (mut yard, mut scan, mut run) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..rounds {
                yard.push(time(|| black_box(yardstick.run(&path))).0.as_secs_f64());
                let args = [
                    "scan",
                    &path.to_string_lossy(),
                    "--out",
                    &out.to_string_lossy(),
                    "--format",
                    "csv",
                    "--force",
                    "--quiet",
                ];
                scan.push(time(|| program(&args)).0.as_secs_f64());
                let manifest = std::fs::read_to_string(out.join("manifest.json")).expect("written");
                let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
                assert_eq!(
                    manifest["counts"]["records_read"], rows,
                    "every record was read"
                );
                run.push(manifest["time"]["seconds"].as_f64().expect("a time"));
            }
            let ratio =
                |times: &[f64]| median(times.iter().zip(&yard).map(|(a, b)| a / b).collect());
            let (of_scan, of_run) = (ratio(&scan), ratio(&run));
            let (yard, scan, run) = (median(yard), median(scan), median(run));
            println!(
                "| {rows} | {} | {share}% | {rounds} | {yard:.3} s | {scan:.2} s | {run:.2} s | {:.0} | {of_scan:.1} | {of_run:.1} |",
                bytes / rows,
                rows as f64 / scan,
            );
        }
    }
}

/// Microseconds of each stage for one narrative.
fn by_stage(lexicon: &Lexicon, yardstick: &Yardstick) {
    const ROWS: usize = 1000;
    const SETS: [(Length, usize); 4] = [
        (Length::Long, 0),
        (Length::Long, 5),
        (Length::Long, 40),
        (Length::Short, 40),
    ];
    println!("\n### Stages\n");
    println!(
        "Microseconds for one narrative, one thread, {ROWS} narratives, median of 7; the yardstick has two threads.\n"
    );
    println!("| stage | long, 0% | long, 5% | long, 40% | short, 40% |\n|---|---|---|---|---|");
    let mut columns: Vec<Vec<(&str, f64)>> = Vec::new();
    for (length, share) in SETS {
        let plan = Plan {
            share,
            length,
            seed: 1,
        };
        let inputs = Inputs::new(lexicon, ROWS, plan);
        let folder = tempfile::tempdir().expect("a folder");
        let (path, _) = corpus_file(lexicon, folder.path(), ROWS, plan);
        let of = |times: Vec<Duration>| median(times).as_secs_f64() * 1e6 / ROWS as f64;
        let mut column = vec![(
            "yardstick",
            of((0..7)
                .map(|_| time(|| black_box(yardstick.run(&path))).0)
                .collect()),
        )];
        for (name, mut work) in stages(lexicon, &inputs) {
            column.push((
                name,
                of((0..7).map(|_| time(|| black_box(work())).0).collect()),
            ));
        }
        columns.push(column);
    }
    for row in 0..columns[0].len() {
        let cells: Vec<String> = columns
            .iter()
            .map(|column| format!("{:.1}", column[row].1))
            .collect();
        println!("| {} | {} |", columns[0][row].0, cells.join(" | "));
    }
}

/// Scanning alone, on all cores, with larger lexicons, by turns with the shipped one.
fn by_lexicon(lexicon: &Lexicon, full: bool) {
    const ROWS: usize = 5000;
    let texts: Vec<String> = Corpus::new(
        lexicon,
        Plan {
            share: 40,
            length: Length::Long,
            seed: 1,
        },
    )
    .take(ROWS)
    .map(|row| row.text)
    .collect();
    println!("\n### Larger lexicons\n");
    println!(
        "{ROWS} long narratives, 40% planted, scanned on all cores, without reading or writing; by turns with ×1, median of 5.\n"
    );
    println!(
        "| lexicon | words of the copies | rules | loaded in | narratives/s | mentions | time ÷ ×1 |\n|---|---|---|---|---|---|---|"
    );
    let row = |name: &str,
               words: &str,
               rules: usize,
               load: Duration,
               (time, mentions): (f64, usize),
               ratio: f64| {
        println!(
            "| {name} | {words} | {rules} | {load:.2?} | {:.0} | {mentions} | {ratio:.2} |",
            ROWS as f64 / time
        );
    };
    let (load, built_in) =
        time(|| Lexicon::from_source(&LexiconSource::built_in()).expect("sound"));
    let first = scan_all(&built_in, &texts);
    row(
        "×1",
        "",
        built_in.indicator_rules().count(),
        load,
        first,
        1.0,
    );
    let times = if full { &[4, 16][..] } else { &[4][..] };
    for &times in times {
        for (words, name) in [
            (Words::New, "new"),
            (Words::Known, "the lexicon's own, in another order"),
        ] {
            let source = larger(times, words);
            let (load, own) = time(|| Lexicon::from_source(&source).expect("sound"));
            let pairs: Vec<(f64, (f64, usize))> = (0..5)
                .map(|_| (scan_all(&built_in, &texts).0, scan_all(&own, &texts)))
                .collect();
            let ratio = median(pairs.iter().map(|(one, many)| many.0 / one).collect());
            let mentions = pairs[0].1.1;
            let time = median(pairs.iter().map(|(_, many)| many.0).collect());
            row(
                &format!("×{times}"),
                name,
                own.indicator_rules().count(),
                load,
                (time, mentions),
                ratio,
            );
        }
    }
}

fn scan_all(lexicon: &Lexicon, texts: &[String]) -> (f64, usize) {
    let (time, mentions) = time(|| {
        let scan = |scanner: &mut Scanner<'_>, text: &String| scanner.scan(text).len();
        texts
            .par_iter()
            .with_min_len(16)
            .map_init(|| Scanner::new(lexicon), scan)
            .sum()
    });
    (time.as_secs_f64(), mentions)
}
