//! One integration binary: links once.
#![allow(
    clippy::print_stderr,
    reason = "figures that a test measures are told to whoever runs it with --nocapture"
)]
#![allow(clippy::unwrap_used, reason = "a test may fail at any step")]

mod support;

mod assertion;
mod assess;
mod boilerplate;
mod browser;
mod case;
mod checks;
mod cli;
mod compare;
mod domain;
mod export;
mod founding;
mod fresh;
mod html;
mod lexicon;
mod oracle;
mod per_case;
mod pipeline;
mod properties;
mod read;
mod redact;
mod review;
mod robust;
mod sample;
mod segment;
mod statement;
mod workbook;
