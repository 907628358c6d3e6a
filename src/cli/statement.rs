//! `throughline statement`: the method statement of a run.

use std::io::{self, Write as _};

use anyhow::Result;

use super::args::StatementArgs;
use super::review::report_problems;
use super::{COMPLETE, LOOK};
use throughline::error::Error;
use throughline::lexicon::LexiconSource;
use throughline::past_run::PastRun;
use throughline::review::{Review, ReviewedFile, read_decisions};
use throughline::sample::read_sample;
use throughline::statement::{OwnFigures, statement};

pub fn run(args: &StatementArgs) -> Result<u8> {
    let run = PastRun::open(&args.run)?;
    let mut problems = Vec::new();
    let review = if args.reviewed.is_empty() {
        None
    } else {
        let mut decisions = read_decisions(&run, &ReviewedFile::parse_all(&args.reviewed))?;
        problems.append(&mut decisions.problems);
        Some(Review::new(&run, decisions))
    };
    let sample = if args.sample.is_empty() {
        None
    } else {
        let mut read = read_sample(&run, &args.sample)?;
        problems.append(&mut read.problems);
        Some(read.estimate)
    };
    report_problems(&problems, &[])?;
    let own = OwnFigures {
        review: review.as_ref(),
        sample,
    };
    let text = statement(&run, &LexiconSource::built_in().fingerprint(), &own)?;
    match &args.out {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(path) => {
            std::fs::write(path, text).map_err(|e| Error::io("cannot write", path, e))?;
        }
    }
    Ok(if problems.is_empty() { COMPLETE } else { LOOK })
}
