//! Writes a run: tables, HTML report, manifest; whole or not at all.

mod charts;
pub mod html;
mod manifest;
mod packed;
#[cfg(feature = "parquet")]
mod parquet;
pub mod rows;
mod run;
mod spool;
mod staging;
pub mod tables;

pub use manifest::{Manifest, Timing};
pub use run::{CANDIDATES_FILE, RunOptions, RunSummary, RunWriter};
pub use staging::Staging;
pub use tables::OutputFormat;
