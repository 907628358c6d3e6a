//! `throughline evaluate`: scores against labelled narratives.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use anyhow::Result;

use super::COMPLETE;
use super::args::{EvaluateArgs, Part};
use super::lexicon::load;
use throughline::error::Error;
use throughline::evaluate::{Evaluation, Score, evaluate, is_kept_aside, read_gold, wilson};
use throughline::evaluate_assertion::{evaluate_assertion, read_rows};
use throughline::lexicon::Lexicon;

pub fn run(args: &EvaluateArgs) -> Result<u8> {
    let lexicon = load(&args.lexicon)?;
    if let Some(path) = &args.assertion {
        return assertion(&lexicon, path, args.errors.as_deref());
    }
    let mut documents = Vec::new();
    for path in &args.gold {
        documents.extend(read_gold(path)?);
    }
    if let Some(part) = args.part {
        documents.retain(|d| is_kept_aside(&d.doc_id) == (part == Part::Kept));
    }
    let outcome = evaluate(&lexicon, &documents, args.category.as_deref());
    // A reader of the terminal that stops early (`| head`) must not cost the file.
    let printed = print(&outcome, &mut io::stdout().lock());
    if let Some(path) = &args.errors {
        let fail = |e| Error::io("cannot write", path, e);
        let mut file = BufWriter::new(File::create(path).map_err(fail)?);
        writeln!(file, "kind\tdoc_id\tcategory\trule\tquote\tnote").map_err(fail)?;
        for m in &outcome.mistakes {
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(
                file,
                "{}\t{}\t{}\t{}\t{}\t{}",
                m.kind,
                m.doc_id,
                m.category,
                m.rule,
                flat(&m.quote),
                flat(&m.note)
            )
            .map_err(fail)?;
        }
        file.flush().map_err(fail)?;
    }
    printed?;
    Ok(COMPLETE)
}

fn assertion(lexicon: &Lexicon, path: &Path, errors: Option<&Path>) -> Result<u8> {
    let rows = read_rows(path)?;
    let scores = evaluate_assertion(lexicon, &rows);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<12} {:>5} {:>5} {:>5} {:>5}  {:<24} {:<24} {:>6}",
        "axis", "rows", "TP", "FP", "FN", "precision (95%)", "recall (95%)", "F1"
    )?;
    for (name, score) in [
        ("negated", scores.negation),
        ("historical", scores.historical),
    ] {
        writeln!(
            out,
            "{name:<12} {:>5} {:>5} {:>5} {:>5}  {:<24} {:<24} {:>6}",
            score.labelled(),
            score.true_positives,
            score.false_positives,
            score.false_negatives,
            rate(score.true_positives, score.found()),
            rate(score.true_positives, score.labelled()),
            score
                .f1()
                .map_or_else(|| "–".into(), |f1| format!("{f1:.3}"))
        )?;
    }
    writeln!(
        out,
        "\n{} sentences; {} more do not hold their condition and are left out",
        scores.rows, scores.without_target
    )?;
    if let Some(path) = errors {
        let fail = |e| Error::io("cannot write", path, e);
        let mut file = BufWriter::new(File::create(path).map_err(fail)?);
        writeln!(file, "axis\tkind\tid\tcondition\ttext\tcues").map_err(fail)?;
        for m in &scores.mistakes {
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let row = &m.row;
            writeln!(
                file,
                "{}\t{}\t{}\t{}\t{}\t{}",
                m.axis,
                m.kind,
                row.id,
                flat(&row.condition),
                flat(&row.text),
                m.cues
            )
            .map_err(fail)?;
        }
        file.flush().map_err(fail)?;
    }
    Ok(COMPLETE)
}

fn print(outcome: &Evaluation, out: &mut impl io::Write) -> Result<()> {
    writeln!(
        out,
        "{:<24} {:>5} {:>5} {:>5} {:>5}  {:<24} {:<24} {:>5}",
        "category", "docs", "TP", "FP", "FN", "precision (95%)", "recall (95%)", "F1"
    )?;
    for (id, score) in &outcome.categories {
        line(id, *score, out)?;
    }
    line("all", outcome.total, out)?;
    let rates = [
        ("experiencer right, of true positives", outcome.experiencer),
        ("  of suicide categories", outcome.experiencer_suicide),
        ("time right, of true positives", outcome.time),
        ("negated and hypothetical kept out", outcome.kept_out),
    ];
    writeln!(out, "\n{} documents", outcome.documents)?;
    for (name, (right, all)) in rates {
        writeln!(out, "{name:<40} {}", rate(right, all))?;
    }
    if !outcome.checks.is_empty() {
        writeln!(
            out,
            "\n{:<40} {:>5} {:>5} {:>5} {:>5}  {:<24} {:<24} {:>5}",
            "response check", "docs", "TP", "FP", "FN", "precision (95%)", "recall (95%)", "F1"
        )?;
        for (id, score) in &outcome.checks {
            wide_line(id, 40, *score, out)?;
        }
        wide_line("all response checks", 40, outcome.checks_total, out)?;
    }
    Ok(())
}

fn line(name: &str, score: Score, out: &mut impl io::Write) -> Result<()> {
    wide_line(name, 24, score, out)
}

fn wide_line(name: &str, width: usize, score: Score, out: &mut impl io::Write) -> Result<()> {
    writeln!(
        out,
        "{:<width$} {:>5} {:>5} {:>5} {:>5}  {:<24} {:<24} {:>5}",
        name,
        score.labelled(),
        score.true_positives,
        score.false_positives,
        score.false_negatives,
        rate(score.true_positives, score.found()),
        rate(score.true_positives, score.labelled()),
        score
            .f1()
            .map_or_else(|| "–".into(), |f1| format!("{f1:.2}"))
    )?;
    Ok(())
}

/// A share with its Wilson interval and n.
pub(super) fn rate(part: u64, whole: u64) -> String {
    match wilson(part, whole) {
        None => "– (n=0)".to_owned(),
        Some((low, high)) => format!(
            "{:.2} ({low:.2}–{high:.2}) n={whole}",
            part as f64 / whole as f64
        ),
    }
}
