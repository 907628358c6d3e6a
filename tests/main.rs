//! One integration binary: links once.
#![allow(clippy::print_stderr, reason = "figures that a test measures are told to whoever runs it with --nocapture")]

mod support;

mod html;
mod lexicon;
mod oracle;
mod properties;
mod read;
mod segment;
