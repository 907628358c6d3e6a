//! `throughline scan`: the main job.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{ReadArgs, ScanArgs};
use super::inputs;
use super::lexicon::load;
use super::{COMPLETE, FAILED, LOOK};
use throughline::boilerplate::MuteList;
use throughline::case::coded::CodedColumn;
use throughline::case::link::{LinkKeys, Linker, Links};
use throughline::error::{Error, ErrorKind};
use throughline::journal::{Header, Journal};
use throughline::lexicon::Lexicon;
use throughline::narrative::ReadItem;
use throughline::pipeline::{Plan, run as run_plan};
use throughline::read::{InputFiles, InputInfo, ReadOptions, find_inputs, read_input};
use throughline::report::{
    CANDIDATES_FILE, Existing, OutputFormat, RunOptions, RunSummary, RunWriter, Staging, Timing,
};
use throughline::spill::Storage;

/// Bytes of narrative that the HTML report shows at most: it has to open in a browser.
const REPORT_BYTES: usize = 38_500_000;

/// What the options of reading mean.
pub fn read_options(args: &ReadArgs) -> Result<ReadOptions> {
    Ok(ReadOptions {
        format: args.input_format.as_deref().map(str::parse).transpose()?,
        text_columns: args.text_column.clone(),
        case_column: args.case_column.clone(),
        id_column: args.id_column.clone(),
        date_column: args.date_column.clone(),
        name_columns: args.name_columns.clone(),
        reported_column: args.reported_column.clone(),
        grade_column: args.grade_column.clone(),
        outcome_column: args.outcome_column.clone(),
        area_column: args.area_column.clone(),
        link_columns: Vec::new(),
        coded_columns: Vec::new(),
        encoding: Some(args.encoding.clone()),
        max_record_bytes: args.max_record_bytes,
        sheet: args.sheet.clone(),
        max_sheet_bytes: args.max_sheet_bytes,
        strict: args.strict,
        rejects_limit: None,
    })
}

pub fn run(args: &ScanArgs) -> Result<u8> {
    let mut read = read_options(&args.read)?;
    read.rejects_limit = Some(args.rejects_limit);
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
    let coded = coded_columns(args, &lexicon)?;
    read.coded_columns = coded.iter().map(|c| c.column.clone()).collect();
    let link_keys = LinkKeys::parse(&args.link_by);
    read.link_columns.clone_from(&link_keys.columns);
    let InputFiles {
        files: inputs,
        left_out,
        repeated,
    } = find_inputs(&args.inputs)?;
    if !link_keys.keys.is_empty() && inputs.iter().any(|path| path.as_os_str() == "-") {
        return Err(Error::usage(
            "--link-by reads its input twice, which standard input cannot be; save it to a file",
        )
        .into());
    }
    let interrupted = watch_for_signals()?;
    if !args.quiet {
        inputs::told_repeated(&mut io::stderr().lock(), &repeated)?;
    }
    let existing = Existing {
        force: args.force,
        resume: args.resume,
        discard_review: args.discard_review,
    };
    let mut staging = Staging::prepare(&args.out, existing)?;
    let begun = (jiff::Timestamp::now(), Instant::now());
    let manifest = manifest_options(args, &mute, &coded, &left_out);
    let storage = Storage::default();
    let links = match link_keys.keys.is_empty() {
        true => None,
        false => {
            let linker = Linker::new(link_keys.clone(), &storage, staging.folder());
            match link(linker, &inputs, &read, &link_keys, &interrupted) {
                Ok(links) => Some(links),
                Err(error) => return Err(failed(error, &mut staging, None, args).into()),
            }
        }
    };
    let options = RunOptions {
        formats,
        raw_csv: args.raw_csv,
        report_cases: args.report_cases,
        report_bytes: REPORT_BYTES,
        coded,
        link_keys,
        links: links.as_ref().map(|links| links.counts.clone()),
        coverage: args.coverage,
        link_names: args.link_names,
        jurisdiction: args.jurisdiction.clone(),
        redact: args.redact,
        per_case: args.per_case,
        sheet_rows: None,
        jobs: args.jobs,
        storage: storage.clone(),
        interrupted: Arc::clone(&interrupted),
        manifest,
    };
    let journal = journal(
        &staging,
        &storage,
        &header(&lexicon, &inputs, &options.manifest),
        &inputs,
    )?;
    if let Some(journal) = journal.as_ref().filter(|j| j.resumed() > 0 && !args.quiet) {
        let n = journal.resumed();
        writeln!(io::stderr(), "resuming: {n} records were scanned before")?;
    }
    let plan = Plan {
        inputs: &inputs,
        read: &read,
        lexicon: &lexicon,
        mute: &mute,
        links: links.as_ref(),
        names: args.link_names,
        jobs: args.jobs,
        journal: journal.as_ref(),
        interrupted: &interrupted,
    };
    let written = write(&plan, staging.folder(), options, args.quiet, begun)
        .and_then(|written| staging.publish().map(|()| written));
    let (infos, summary) = match written {
        Ok(written) => written,
        Err(error) => return Err(failed(error, &mut staging, journal.as_ref(), args).into()),
    };
    if !args.quiet {
        match print(args, &infos, &left_out, &summary) {
            // The run stands; whoever listened went away.
            Err(e) if is_broken_pipe(&e) => {}
            told => told?,
        }
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

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Set by the first signal to end; a second one ends at once.
fn watch_for_signals() -> Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(FAILED));
        }
    })
    .map_err(|e| Error::usage(format!("cannot watch for signals: {e}")))?;
    Ok(interrupted)
}

/// Scans and writes into `folder`.
fn write(
    plan: &Plan<'_>,
    folder: &Path,
    options: RunOptions,
    quiet: bool,
    begun: (jiff::Timestamp, Instant),
) -> throughline::error::Result<(Vec<InputInfo>, RunSummary)> {
    let mut writer = RunWriter::create(folder, plan.lexicon, options)?;
    let progress = progress(quiet);
    let infos = run_plan(plan, &mut |outcome| {
        progress.inc(1);
        writer.take(&outcome)
    })?;
    progress.finish_and_clear();
    inputs::judge(&infos, plan.read.rejects_limit)?;
    // A misspelt column would pass for one in which nothing is ticked.
    if let Some(column) = plan.read.coded_columns.iter().find(|column| {
        infos
            .iter()
            .all(|info| !info.columns.coded.contains(column))
    }) {
        return Err(Error::usage(format!(
            "--coded-column: no input has a column {column:?}"
        )));
    }
    let summary = writer.finish(folder, &infos, || Timing {
        start: begun.0.to_string(),
        end: jiff::Timestamp::now().to_string(),
        seconds: (begun.1.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    })?;
    Ok((infos, summary))
}

/// What makes a run the one that was interrupted.
fn header(lexicon: &Lexicon, inputs: &[PathBuf], options: &serde_json::Value) -> Header {
    let input = |path: &PathBuf| {
        let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
        (format!("the input {}", path.display()), bytes.to_string())
    };
    let own = [
        ("the program", env!("CARGO_PKG_VERSION").to_owned()),
        ("the lexicon", lexicon.fingerprint.clone()),
        ("an option", options.to_string()),
    ];
    Header {
        parts: own
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .chain(inputs.iter().map(input))
            .collect(),
    }
}

/// The journal of the run. There is none where standard input is read, which cannot be read again.
fn journal(
    staging: &Staging,
    storage: &Storage,
    header: &Header,
    inputs: &[PathBuf],
) -> throughline::error::Result<Option<Journal>> {
    let path = staging.journal();
    if inputs.iter().any(|path| path.as_os_str() == "-") {
        return Ok(None);
    }
    Ok(Some(match staging.resumes() {
        true => Journal::resume(storage, &path, header)?,
        false => Journal::begin(storage, &path, header)?,
    }))
}

/// Keeps what can be resumed of a run that failed, and says so.
fn failed(
    error: Error,
    staging: &mut Staging,
    journal: Option<&Journal>,
    args: &ScanArgs,
) -> Error {
    let from_outside = matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Io { .. });
    if !from_outside {
        return error;
    }
    if !staging.folder().is_dir() {
        return Error::usage(format!(
            "{}: the output folder was removed while the run went on; nothing is written",
            args.out.display()
        ));
    }
    let scanned = journal.map_or(0, Journal::records);
    if scanned > 0 {
        staging.keep();
        // The error itself is told by whoever asked for the run.
        let _ = writeln!(
            io::stderr(),
            "{}: incomplete, {scanned} records scanned; the same command with --resume goes on",
            args.out.display()
        );
    }
    error
}

/// What `--coded-column` and the file of them ask for.
fn coded_columns(args: &ScanArgs, lexicon: &Lexicon) -> Result<Vec<CodedColumn>> {
    let mut entries = args.coded_column.clone();
    if let Some(path) = &args.coded_columns {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io("cannot read", path, e))?;
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        entries.extend(
            lines
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(str::to_owned),
        );
    }
    let columns = entries
        .iter()
        .map(|entry| CodedColumn::parse(entry, lexicon));
    Ok(columns.collect::<throughline::error::Result<Vec<_>>>()?)
}

/// Reads the inputs once for what links their records.
fn link(
    mut linker: Linker,
    inputs: &[PathBuf],
    read: &ReadOptions,
    keys: &LinkKeys,
    interrupted: &AtomicBool,
) -> throughline::error::Result<Links> {
    let mut found = vec![false; keys.columns.len()];
    for (input, path) in inputs.iter().enumerate() {
        read_input(path, read, &mut |item| {
            if interrupted.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            let ReadItem::Record(record) = item else {
                return Ok(());
            };
            for (found, value) in found.iter_mut().zip(&record.extra.links) {
                *found |= value.is_some();
            }
            let (case, own) = (record.case_id.as_deref(), record.incident_ref());
            linker.add((input, record.record), case, &own, &record.extra.links)
        })?;
    }
    if let Some(missing) = found.iter().position(|found| !found) {
        return Err(Error::usage(format!(
            "--link-by: no input has a value in a column {:?}",
            keys.columns[missing]
        )));
    }
    linker.finish()
}

/// Options that change the output, for the manifest. Paths and threads do not.
fn manifest_options(
    args: &ScanArgs,
    mute: &MuteList,
    coded: &[CodedColumn],
    left_out: &BTreeMap<String, u64>,
) -> serde_json::Value {
    serde_json::json!({
        "input_format": args.read.input_format,
        "text_column": args.read.text_column,
        "case_column": args.read.case_column,
        "id_column": args.read.id_column,
        "date_column": args.read.date_column,
        "encoding": args.read.encoding,
        "max_record_bytes": args.read.max_record_bytes,
        "sheet": args.read.sheet,
        "max_sheet_bytes": args.read.max_sheet_bytes,
        "strict": args.read.strict,
        "rejects_limit": args.rejects_limit,
        "files_left_out": left_out,
        "format": args.format,
        "raw_csv": args.raw_csv,
        "report_cases": args.report_cases,
        "reported_column": args.read.reported_column,
        "grade_column": args.read.grade_column,
        "outcome_column": args.read.outcome_column,
        "area_column": args.read.area_column,
        "link_by": args.link_by,
        "link_names": args.link_names,
        "coded_columns": coded.iter().map(CodedColumn::title).collect::<Vec<_>>(),
        "coverage": args.coverage,
        "jurisdiction": args.jurisdiction,
        "redact": args.redact,
        "per_case": args.per_case,
        "name_columns": args.read.name_columns,
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

fn print(
    args: &ScanArgs,
    infos: &[InputInfo],
    left_out: &BTreeMap<String, u64>,
    summary: &RunSummary,
) -> Result<()> {
    let mut out = io::stderr().lock();
    inputs::told(&mut out, infos, left_out)?;
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
    let t = summary.coverage;
    if t.empty + t.very_short + t.may_be_cut > 0 {
        writeln!(
            out,
            "texts    {} read; {} empty, {} very short, {} perhaps cut short (--coverage lists them)",
            t.texts, t.empty, t.very_short, t.may_be_cut
        )?;
    }
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
    if args.redact {
        let masks = summary.masks.iter();
        let total: u64 = masks.clone().map(|(_, n)| n).sum();
        let kinds: Vec<String> = masks.map(|(kind, n)| format!("{kind} {n}")).collect();
        if kinds.is_empty() {
            writeln!(out, "masked   0")?;
        } else {
            writeln!(out, "masked   {total} ({})", kinds.join(", "))?;
        }
        writeln!(out, "masking can miss some: read before you share")?;
    }
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
