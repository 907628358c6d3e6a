//! `throughline scan`: the main job.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{ReadArgs, ScanArgs};
use super::lexicon::load;
use super::{COMPLETE, LOOK};
use throughline::boilerplate::MuteList;
use throughline::error::Error;
use throughline::pipeline::{Plan, run as run_plan};
use throughline::read::{InputInfo, ReadOptions, expand_inputs};
use throughline::report::{
    CANDIDATES_FILE, OutputFormat, RunOptions, RunSummary, RunWriter, Staging, Timing,
};

/// Bytes of narrative that the HTML report shows at most: it has to open in a browser.
const REPORT_BYTES: usize = 30_000_000;

/// What the options of reading mean.
pub fn read_options(args: &ReadArgs) -> Result<ReadOptions> {
    Ok(ReadOptions {
        format: args.input_format.as_deref().map(str::parse).transpose()?,
        text_columns: args.text_column.clone(),
        case_column: args.case_column.clone(),
        id_column: args.id_column.clone(),
        date_column: args.date_column.clone(),
        encoding: Some(args.encoding.clone()),
        max_record_bytes: args.max_record_bytes,
    })
}

pub fn run(args: &ScanArgs) -> Result<u8> {
    let read = read_options(&args.read)?;
    let mut formats: Vec<OutputFormat> = Vec::new();
    for name in &args.format {
        let format = name.parse()?;
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    let lexicon = load(&args.lexicon)?;
    let mute = match &args.mute {
        Some(path) => MuteList::read(path)?,
        None => MuteList::default(),
    };
    let inputs = expand_inputs(&args.inputs)?;
    let staging = Staging::prepare(&args.out, args.force)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
        .map_err(|e| Error::usage(format!("cannot watch for signals: {e}")))?;

    let begun = (jiff::Timestamp::now(), Instant::now());
    let options = RunOptions {
        formats,
        raw_csv: args.raw_csv,
        report_cases: args.report_cases,
        report_bytes: REPORT_BYTES,
        jurisdiction: args.jurisdiction.clone(),
        manifest: manifest_options(args, &mute),
    };
    let mut writer = RunWriter::create(staging.folder(), &lexicon, options)?;
    let progress = progress(args.quiet);
    let plan = Plan {
        inputs: &inputs,
        read: &read,
        lexicon: &lexicon,
        mute: &mute,
        jobs: args.jobs,
        interrupted: &interrupted,
    };
    let infos = run_plan(&plan, &mut |outcome| {
        progress.inc(1);
        writer.take(&outcome)
    })?;
    progress.finish_and_clear();
    let summary = writer.finish(staging.folder(), &infos, || Timing {
        start: begun.0.to_string(),
        end: jiff::Timestamp::now().to_string(),
        seconds: (begun.1.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    })?;
    staging.publish()?;
    if !args.quiet {
        print(args, &infos, &summary)?;
    }
    let reached = args
        .fail_on
        .is_some_and(|tier| summary.tiers[..usize::from(tier)].iter().any(|n| *n > 0));
    Ok(if summary.counts.rejected > 0 || reached {
        LOOK
    } else {
        COMPLETE
    })
}

/// Options that change the output, for the manifest. Paths and threads do not.
fn manifest_options(args: &ScanArgs, mute: &MuteList) -> serde_json::Value {
    serde_json::json!({
        "input_format": args.read.input_format,
        "text_column": args.read.text_column,
        "case_column": args.read.case_column,
        "id_column": args.read.id_column,
        "date_column": args.read.date_column,
        "encoding": args.read.encoding,
        "max_record_bytes": args.read.max_record_bytes,
        "format": args.format,
        "raw_csv": args.raw_csv,
        "report_cases": args.report_cases,
        "jurisdiction": args.jurisdiction,
        "muted_sentences": mute.sentences().collect::<Vec<_>>(),
    })
}

fn progress(quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {human_pos} records, {per_sec}, {elapsed}")
    {
        bar.set_style(style);
    }
    bar
}

fn print(args: &ScanArgs, infos: &[InputInfo], summary: &RunSummary) -> Result<()> {
    let mut out = io::stderr().lock();
    for info in infos {
        let guessed = match info.encoding.as_str() {
            "utf-8" | "" => String::new(),
            other => format!(", read as {other}, {} characters replaced", info.replaced),
        };
        let columns = info.columns.text.join(", ");
        writeln!(
            out,
            "{}: {} records, text in {columns}{guessed}",
            info.source, info.records
        )?;
    }
    let c = summary.counts;
    writeln!(
        out,
        "records  {} read = {} scanned + {} rejected ({} without text)",
        c.read, c.scanned, c.rejected, c.empty
    )?;
    writeln!(
        out,
        "matches  {} = {} evidence + {} set aside",
        c.evidence + c.suppressed,
        c.evidence,
        c.suppressed
    )?;
    let [first, second, third] = summary.tiers;
    writeln!(
        out,
        "cases    {} flagged of {}: tier 1: {first}, tier 2: {second}, tier 3: {third} (an order of reading, no grade)",
        c.flagged, c.cases
    )?;
    let [done, not_done, silent] = c.checks;
    writeln!(
        out,
        "checks   {done} stated as done, {not_done} as not done, {silent} not mentioned (a prompt, no failure)"
    )?;
    if c.flagged == 0 {
        writeln!(out, "no indicators matched in the text supplied")?;
    }
    let html = args.format.iter().any(|f| f == "html");
    let first_file = if html { "report.html" } else { "manifest.json" };
    writeln!(
        out,
        "written to {}; begin with {}",
        args.out.display(),
        args.out.join(first_file).display()
    )?;
    if summary.boilerplate_candidates > 0 {
        writeln!(
            out,
            "{} sentences stand in many cases: see {CANDIDATES_FILE} (--mute sets them aside)",
            summary.boilerplate_candidates
        )?;
    }
    if c.rejected > 0 {
        writeln!(
            out,
            "some records were not scanned: see the table `rejected`"
        )?;
    }
    Ok(())
}
