//! `throughline sample`: a random sample of unflagged records to read, and what it tells.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Result;

use super::args::SampleArgs;
use super::review::report_problems;
use super::{COMPLETE, LOOK};
use throughline::lexicon::Lexicon;
use throughline::past_run::PastRun;
use throughline::read::expand_inputs;
use throughline::redact::Redactor;
use throughline::review::{Review, ReviewedFile, read_decisions};
use throughline::sample::{
    Figure, draw_sample, flagged_count, how_many, read_sample, write_sample,
};

pub fn run(args: &SampleArgs) -> Result<u8> {
    let run = PastRun::open(&args.run)?;
    if !args.read.is_empty() {
        return read_back(args, &run);
    }
    let counts = run.manifest.counts;
    let flagged = flagged_count(&run);
    let mut out = io::stdout().lock();
    let with_text = counts.records_scanned.saturating_sub(counts.records_empty);
    let unflagged = with_text.saturating_sub(flagged);
    let needed = how_many(args.rate, args.margin, unflagged);
    writeln!(
        out,
        "{with_text} records with text = {flagged} with evidence + {unflagged} without"
    )?;
    writeln!(
        out,
        "to know a share of about {} to ± {} (95%): read {needed} of those without",
        args.rate, args.margin
    )?;
    let Some(path) = &args.out else {
        return Ok(COMPLETE);
    };
    let inputs: Vec<PathBuf> = if args.input.is_empty() {
        run.named_inputs()
    } else {
        expand_inputs(&args.input)?
    };
    let n = match args.n {
        Some(n) => n,
        None => usize::try_from(needed)?,
    };
    let masked = run.manifest.options.get("redact") == Some(&true.into());
    let lexicon = masked.then(Lexicon::built_in).transpose()?;
    let mut redactor = lexicon.as_ref().map(Redactor::new).transpose()?;
    let sample = draw_sample(&run, &inputs, n, args.seed, redactor.as_mut())?;
    write_sample(path, &run, &sample, args.seed)?;
    writeln!(
        out,
        "{}: {} of {} records without evidence, seed {}, in the order drawn: whoever stops early stops at a row",
        path.display(),
        sample.records.len(),
        sample.unflagged,
        args.seed
    )?;
    if sample.too_long > 0 {
        writeln!(
            out,
            "{} of them are longer than a cell of a spreadsheet holds: read those in the input",
            sample.too_long
        )?;
    }
    writeln!(
        out,
        "fill in reviewer_decision (missed, nothing, unsure), then: throughline sample {} --read {}",
        args.run.display(),
        path.display()
    )?;
    Ok(COMPLETE)
}

fn read_back(args: &SampleArgs, run: &PastRun) -> Result<u8> {
    let read = read_sample(run, &args.read)?;
    report_problems(&read.problems, &[])?;
    let estimate = read.estimate;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} of {} records without evidence were read and decided; {} of the sample are open",
        estimate.read, estimate.unflagged, read.open
    )?;
    if read.skipped > 0 {
        writeln!(
            out,
            "{} of these stand before others that were decided: if they were left out for what they say, \
             the figures below are off",
            read.skipped
        )?;
    }
    let (Some(share), Some(missed)) = (estimate.share(), estimate.missed_records()) else {
        writeln!(out, "nothing was decided, so nothing can be said")?;
        return Ok(LOOK);
    };
    writeln!(
        out,
        "something should have been found in {} of n={}: {:.3} ({:.3}–{:.3})",
        estimate.missed, estimate.read, share.value, share.low, share.high
    )?;
    writeln!(
        out,
        "records missed, of {}: about {:.0} ({:.0}–{:.0})",
        estimate.unflagged,
        missed.value,
        missed.low.floor(),
        missed.high.ceil()
    )?;
    if estimate.missed > 0 {
        writeln!(
            out,
            "of the {} found, {} lie in cases that are flagged for something else",
            estimate.missed, read.missed_in_flagged_cases
        )?;
    }
    for (category, n) in &read.categories {
        writeln!(out, "  {category:<40} {n}")?;
    }
    let mut problems = !read.problems.is_empty();
    let flagged = flagged_count(run) as f64;
    if args.reviewed.is_empty() {
        let all = Figure {
            value: flagged,
            low: flagged,
            high: flagged,
        };
        if let Some(recall) = estimate.recall(all) {
            writeln!(
                out,
                "recall by record, if all {flagged} flagged records were right: {:.2} ({:.2}–{:.2}); \
                 it is lower by as much as they are wrong: give their decisions with --reviewed",
                recall.value, recall.low, recall.high
            )?;
        }
    } else {
        let decisions = read_decisions(run, &ReviewedFile::parse_all(&args.reviewed))?;
        report_problems(&decisions.problems, &decisions.notes)?;
        problems |= !decisions.problems.is_empty();
        let tally = Review::new(run, decisions).precision.records;
        let (Some(precision), Some((low, high))) = (tally.precision(), tally.interval()) else {
            writeln!(
                out,
                "no flagged record was decided in all its mentions, so recall cannot be told"
            )?;
            return Ok(LOOK);
        };
        writeln!(
            out,
            "precision by record: {precision:.2} ({low:.2}–{high:.2}) n={} of {flagged} flagged",
            tally.n()
        )?;
        let right = Figure {
            value: precision * flagged,
            low: low * flagged,
            high: high * flagged,
        };
        if let Some(recall) = estimate.recall(right) {
            writeln!(
                out,
                "recall by record: {:.2} ({:.2}–{:.2}; the ends of both intervals together, so wider than 95%)",
                recall.value, recall.low, recall.high
            )?;
        }
    }
    Ok(if problems { LOOK } else { COMPLETE })
}
