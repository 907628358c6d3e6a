//! Each stage by itself, on one thread, with criterion's statistics and its comparison with the run before.
//!
//! `cargo bench --no-default-features --bench stages [-- NAME]`. `THROUGHLINE_BENCH_ROWS=10000` for more
//! narratives than the thousand by default.

mod support;

use criterion::{Criterion, Throughput};
use std::time::Duration;
use support::corpus::{Length, Plan};
use support::stages::{Inputs, stages};
use throughline::lexicon::{Lexicon, LexiconSource};

fn main() {
    // `cargo test --all-targets` runs benches too; there they only have to start.
    let timed = std::env::args().any(|argument| argument == "--bench");
    let rows = std::env::var("THROUGHLINE_BENCH_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok());
    let rows = rows.unwrap_or(if timed { 1000 } else { 5 });
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let source = LexiconSource::built_in();
    let lexicon = Lexicon::from_source(&source).expect("sound");
    criterion.bench_function("start/lexicon", |bench| {
        bench.iter(|| Lexicon::built_in().expect("sound"));
    });
    for (length, name) in [(Length::Long, "long"), (Length::Short, "short")] {
        for share in [0, 5, 40] {
            let inputs = Inputs::new(
                &lexicon,
                rows,
                Plan {
                    share,
                    length,
                    seed: 1,
                },
            );
            let mut group = criterion.benchmark_group(format!("{name}, {share}%"));
            group.throughput(Throughput::Elements(rows as u64));
            for (stage, mut work) in stages(&lexicon, &inputs) {
                group.bench_function(stage, |bench| bench.iter(&mut work));
            }
            group.finish();
        }
    }
    criterion.final_summary();
}
