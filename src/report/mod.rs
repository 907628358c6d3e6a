//! Writes a run: tables, HTML report, manifest; whole or not at all.

mod block;
mod cases;
mod charts;
pub mod html;
mod kept_rows;
mod manifest;
mod masking;
mod packed;
#[cfg(feature = "parquet")]
mod parquet;
mod parts;
mod per_case;
mod reviewed;
pub mod rows;
mod run;
mod spool;
mod staging;
pub mod tables;
mod view;
mod workbook;
mod xlsx;

pub use manifest::{Manifest, Timing};
pub use run::{CANDIDATES_FILE, RunOptions, RunSummary, RunWriter};
pub use staging::{Existing, INCOMPLETE_FILE, Staging};
pub use tables::OutputFormat;
pub use xlsx::WORKBOOK_FILE;
