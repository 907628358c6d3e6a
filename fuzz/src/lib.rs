//! What must hold for any input, one file a door of the library. Each `check` takes bytes and panics
//! where something does not hold. The fuzz targets feed them; the ordinary test suite runs them over
//! the seeds and over every find of the past (`tests/fuzz.rs`).

pub mod decoder;
pub mod form;
pub mod input;
pub mod lexicon;
pub mod normaliser;
pub mod reader;
pub mod report;
pub mod review;
pub mod scanner;
pub mod segmenter;
