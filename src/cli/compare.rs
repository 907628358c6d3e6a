//! `throughline compare`: what changed between two runs.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use anyhow::Result;

use super::COMPLETE;
use super::args::{CompareArgs, CompareFormat};
use throughline::compare::{
    CaseKind, Comparison, MentionKind, RuleChange, write_html, write_tables,
};
use throughline::error::Error;
use throughline::past_run::PastRun;

/// Cases and rules that are shown on a terminal at most.
const SHOWN: usize = 40;

pub fn run(args: &CompareArgs) -> Result<u8> {
    let (a, b) = (PastRun::open(&args.run_a)?, PastRun::open(&args.run_b)?);
    let comparison = Comparison::of(&a, &b)?;
    // A reader of the terminal that stops early (`| head`) must not cost the files.
    let printed = if args.format.contains(&CompareFormat::Text) {
        print(&comparison, &mut io::stdout().lock())
    } else {
        Ok(())
    };
    let others = args.format.iter().any(|f| *f != CompareFormat::Text);
    match &args.out {
        None if others => {
            return Err(
                Error::usage("csv and html are written into a folder: add --out DIR").into(),
            );
        }
        None => {}
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(|e| Error::io("cannot write", folder, e))?;
            if args.format.contains(&CompareFormat::Csv) {
                write_tables(folder, &comparison)?;
            }
            if args.format.contains(&CompareFormat::Html) {
                let path = folder.join("comparison.html");
                let fail = |e| Error::io("cannot write", &path, e);
                let mut file = BufWriter::new(File::create(&path).map_err(fail)?);
                write_html(&mut file, &comparison).map_err(fail)?;
                file.flush().map_err(fail)?;
            }
            writeln!(io::stderr(), "written to {}", folder.display())?;
        }
    }
    printed?;
    Ok(COMPLETE)
}

fn print(c: &Comparison, out: &mut impl io::Write) -> Result<()> {
    writeln!(out, "from run {} to run {}\n", c.a, c.b)?;
    for cause in &c.causes {
        let changed = if cause.changed { "changed" } else { "the same" };
        writeln!(out, "{:<16} {changed}: {}", cause.what, cause.told)?;
    }
    let cases = CaseKind::ALL.map(|kind| format!("{} {}", c.count_cases(kind), kind.as_str()));
    writeln!(
        out,
        "\nflagged cases    {}, {} same",
        cases.join(", "),
        c.cases_same
    )?;
    let mentions =
        MentionKind::ALL.map(|kind| format!("{} {}", c.count_mentions(kind), kind.as_str()));
    writeln!(
        out,
        "evidence         {}, {} same",
        mentions.join(", "),
        c.mentions_same
    )?;
    if !c.checks.is_empty() || c.checks_same > 0 {
        writeln!(
            out,
            "checks           {} otherwise, {} same",
            c.checks.len(),
            c.checks_same
        )?;
    }
    if !c.cases.is_empty() {
        writeln!(out, "\ncases, and the rules whose evidence in them changed")?;
    }
    for case in c.cases.iter().take(SHOWN) {
        let tier = |tier: Option<u8>| tier.map_or_else(|| "–".to_owned(), |t| t.to_string());
        writeln!(
            out,
            "  {:<7} {:<24} tier {} → {}  {}",
            case.kind.as_str(),
            case.case_id,
            tier(case.tier_a),
            tier(case.tier_b),
            match case.rules.is_empty() {
                true => "no evidence of it changed".to_owned(),
                false => few(&case.rules),
            }
        )?;
    }
    more(out, c.cases.len(), "cases")?;
    if !c.rules.is_empty() {
        writeln!(
            out,
            "\n{:<42} {:>6} {:>6} {:>6} {:>6} {:>8} {:>7}",
            "rule", "before", "after", "gained", "lost", "replaced", "altered"
        )?;
    }
    let mut rules: Vec<(&String, RuleChange)> = c.rules.iter().map(|(id, r)| (id, *r)).collect();
    rules.sort_by_key(|(id, r)| {
        let changed = r.gained + r.lost + r.replaced + r.altered;
        (std::cmp::Reverse(changed), *id)
    });
    for (id, r) in rules.iter().take(SHOWN) {
        writeln!(
            out,
            "{id:<42} {:>6} {:>6} {:>6} {:>6} {:>8} {:>7}",
            r.in_a, r.in_b, r.gained, r.lost, r.replaced, r.altered
        )?;
    }
    more(out, rules.len(), "rules")
}

/// The first rules of a list: a terminal is no place for forty.
fn few(rules: &[String]) -> String {
    const FEW: usize = 4;
    let shown = rules[..rules.len().min(FEW)].join(", ");
    match rules.len().saturating_sub(FEW) {
        0 => shown,
        n => format!("{shown} and {n} more"),
    }
}

fn more(out: &mut impl io::Write, all: usize, what: &str) -> Result<()> {
    if all > SHOWN {
        writeln!(
            out,
            "  and {} more {what}; --format csv --out DIR writes all",
            all - SHOWN
        )?;
    }
    Ok(())
}
