//! One integration binary: links once.
#![allow(
    clippy::print_stderr,
    reason = "figures that a test measures are told to whoever runs it with --nocapture"
)]
#![allow(clippy::unwrap_used, reason = "a test may fail at any step")]

mod support;

mod assertion;
mod assess;
mod awkward;
mod awkward_files;
mod boilerplate;
mod browser;
mod case;
mod checks;
mod cli;
mod compare;
mod domain;
mod export;
mod faults;
mod founding;
mod fresh;
mod fuzz;
#[path = "../fuzz/src/lib.rs"]
mod fuzz_checks;
mod hostile_lexicon;
mod html;
mod lexicon;
mod oracle;
mod order;
#[cfg(feature = "parquet")]
mod parquet;
mod per_case;
mod pipeline;
mod properties;
mod read;
mod redact;
mod review;
mod robust;
mod same_data;
mod sample;
mod segment;
mod spreadsheet;
mod statement;
mod weigh;
mod workbook;
