//! What a run tells of its inputs on standard error: how many of their records were scanned, and why
//! the others were not.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use throughline::error::{Error, Result};
use throughline::read::{InputInfo, over_limit};

/// Inputs that are told one by one; of more than that, those in which something is to be seen.
const LISTED: usize = 20;

/// Reasons told for an input.
const REASONS: usize = 3;

/// Reads `--rejects-limit`: `50%` or `0.5`.
pub fn rejects_limit(text: &str) -> std::result::Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    };
    match share {
        Some(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share such as 50% or 0.5".to_owned()),
    }
}

/// Whether so many records of all inputs together are without use that they must be misread. One
/// input is judged while it is read; this is for many small ones.
pub fn judge(infos: &[InputInfo], limit: Option<f64>) -> Result<()> {
    let sum = |count: fn(&InputInfo) -> u64| infos.iter().map(count).sum::<u64>();
    let (records, rejected) = (sum(|i| i.records), sum(|i| i.rejected));
    let empty = sum(|i| i.without_text);
    let Some(limit) = over_limit(limit, records, rejected + empty) else {
        return Ok(());
    };
    Err(Error::usage(format!(
        "of {records} records {rejected} were rejected and {empty} have no text; more than {limit}% \
         stops the run, --rejects-limit changes that"
    )))
}

/// Tells of each input.
pub fn told(
    out: &mut impl Write,
    infos: &[InputInfo],
    left_out: &BTreeMap<String, u64>,
) -> io::Result<()> {
    let notable = |info: &&InputInfo| {
        info.rejected + info.replaced > 0
            || !info.text_left_out.is_empty()
            || !matches!(info.encoding.as_str(), "utf-8" | "")
    };
    let all = infos.len() <= LISTED;
    let listed: Vec<&InputInfo> = infos
        .iter()
        .filter(|info| all || notable(info))
        .take(LISTED)
        .collect();
    if !listed.is_empty() {
        let width = listed.iter().map(|i| i.source.chars().count()).max();
        let width = width.unwrap_or(0).clamp(5, 48);
        writeln!(
            out,
            "{:width$} {:>9} {:>9} {:>9}",
            "input", "read", "scanned", "rejected"
        )?;
        for info in &listed {
            let scanned = info.records - info.rejected;
            writeln!(
                out,
                "{:width$} {:>9} {scanned:>9} {:>9}  {}",
                info.source,
                info.records,
                info.rejected,
                about(info)
            )?;
            for reason in info.reject_reasons.iter().take(REASONS) {
                writeln!(
                    out,
                    "{:width$} {:>9} × {}",
                    "", reason.records, reason.reason
                )?;
            }
            let others = info.reject_reasons.iter().skip(REASONS);
            let others: u64 = others.map(|reason| reason.records).sum();
            if others > 0 {
                writeln!(out, "{:width$} {others:>9} × other reasons", "")?;
            }
        }
    }
    let rest = infos.len() - listed.len();
    if rest > 0 {
        let shown = listed.iter();
        let (records, rejected) = shown.fold((0, 0), |(records, rejected), info| {
            (records + info.records, rejected + info.rejected)
        });
        let all_records: u64 = infos.iter().map(|i| i.records).sum();
        let all_rejected: u64 = infos.iter().map(|i| i.rejected).sum();
        writeln!(
            out,
            "{rest} other inputs: {} records read, {} rejected",
            all_records - records,
            all_rejected - rejected
        )?;
    }
    if !left_out.is_empty() {
        let total: u64 = left_out.values().sum();
        let kinds: Vec<String> = left_out
            .iter()
            .map(|(kind, n)| match kind.as_str() {
                "" => format!("{n} without extension"),
                kind => format!("{n} {kind}"),
            })
            .collect();
        let files = if total == 1 { "file" } else { "files" };
        writeln!(
            out,
            "{total} {files} in the folders left out, of no known format by extension: {}",
            kinds.join(", ")
        )?;
    }
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut twins = Vec::new();
    for info in infos.iter().filter(|info| info.records > 0) {
        match first.get(info.sha256.as_str()) {
            Some(other) => twins.push(format!("{} = {other}", info.source)),
            None => drop(first.insert(&info.sha256, &info.source)),
        }
    }
    if !twins.is_empty() {
        writeln!(
            out,
            "same bytes, each record counted twice: {}",
            few(&twins)
        )?;
    }
    Ok(())
}

/// Tells of files that were named more than once.
pub fn told_repeated(out: &mut impl Write, repeated: &[PathBuf]) -> io::Result<()> {
    if repeated.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = repeated.iter().map(|p| p.display().to_string()).collect();
    writeln!(out, "named more than once, read once: {}", few(&names))
}

/// The first few of a list.
fn few(list: &[String]) -> String {
    const FEW: usize = 5;
    let mut shown = list[..list.len().min(FEW)].join(", ");
    if list.len() > FEW {
        shown += &format!(" and {} more", list.len() - FEW);
    }
    shown
}

/// What was taken for the text, and what was guessed.
fn about(info: &InputInfo) -> String {
    let mut about = format!("text in {}", info.columns.text.join(", "));
    if !info.text_left_out.is_empty() {
        let others = info.text_left_out.iter().map(|name| format!("{name:?}"));
        let others: Vec<String> = others.collect();
        about += &format!(
            "; long text in {} is not read (--text-column)",
            few(&others)
        );
    }
    if let Some(line) = info.header_line {
        about += &format!("; header on line {line}");
    }
    if let Some(sheet) = &info.sheet {
        about += &format!("; sheet {sheet:?}");
        if !info.sheets_left_out.is_empty() {
            let others = info.sheets_left_out.iter().map(|name| format!("{name:?}"));
            let others: Vec<String> = others.collect();
            about += &format!(", not read: {}", others.join(", "));
        }
    }
    match (info.encoding.as_str(), info.replaced) {
        ("utf-8" | "", 0) => {}
        ("utf-8" | "", n) => {
            about += &format!("; {n} characters could not be decoded and were replaced");
        }
        (other, n) => about += &format!("; read as {other}, {n} characters replaced"),
    }
    about
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_shares() {
        assert_eq!(rejects_limit("50%"), Ok(0.5));
        assert_eq!(rejects_limit(" 0.25 "), Ok(0.25));
        assert_eq!(rejects_limit("100 %"), Ok(1.0));
        assert!(rejects_limit("50").is_err());
        assert!(rejects_limit("half").is_err());
        assert!(rejects_limit("NaN").is_err());
    }
}
