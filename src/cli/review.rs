//! `throughline review`: reads reviewers' decisions back.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::args::ReviewArgs;
use super::evaluate::rate;
use super::lexicon::load;
use super::{COMPLETE, LOOK};
use throughline::assertion::Group;
use throughline::error::Error;
use throughline::past_run::PastRun;
use throughline::read::expand_inputs;
use throughline::review::{
    Agreement, GoldTexts, Problem, Review, ReviewedFile, Tally, Target, read_decisions, write_gold,
    write_tables,
};

/// Rows that could not be used are named up to this many; the rest are counted.
const NAMED_PROBLEMS: usize = 20;

/// Disagreements and rules are shown up to this many; the tables hold all.
const SHOWN: usize = 25;

pub fn run(args: &ReviewArgs) -> Result<u8> {
    let files = ReviewedFile::parse_all(&args.files);
    let run = PastRun::open(&run_folder(args.run.as_deref(), &files)?)?;
    let decisions = read_decisions(&run, &files)?;
    report_problems(&decisions.problems, &decisions.notes)?;
    let review = Review::new(&run, decisions);
    // A reader of the terminal that stops early (`| head`) must not cost the files.
    let printed = print(&review, &mut io::stdout().lock());
    if let Some(folder) = &args.out {
        write_tables(folder, &review)?;
        writeln!(io::stderr(), "tables written to {}", folder.display())?;
    }
    if let Some(path) = &args.gold {
        let lexicon = load(&args.lexicon)?;
        if lexicon.fingerprint != run.manifest.lexicon.sha256 {
            writeln!(
                io::stderr(),
                "note: the lexicon is not the one of the run; categories that only it has are listed as undecided"
            )?;
        }
        let categories: Vec<&str> = lexicon
            .categories
            .iter()
            .filter(|c| c.group != Group::Context)
            .map(|c| c.id.as_str())
            .collect();
        let inputs = expand_inputs(&args.input)?;
        let texts = if inputs.is_empty() {
            GoldTexts::Sentences
        } else {
            GoldTexts::Narratives(&inputs)
        };
        let done = write_gold(path, &run, &review.decisions, &categories, texts)?;
        writeln!(
            io::stderr(),
            "{}: {} texts added, {} replaced, {} as they were; it holds narrative text: keep it as safe as the input",
            path.display(),
            done.added,
            done.replaced,
            done.same
        )?;
    }
    printed?;
    Ok(if review.decisions.problems.is_empty() {
        COMPLETE
    } else {
        LOOK
    })
}

/// The folder that is given, or the one in which a reviewed file lies, if there is a run in it.
pub fn run_folder(given: Option<&Path>, files: &[ReviewedFile]) -> Result<PathBuf> {
    if let Some(folder) = given {
        return Ok(folder.to_owned());
    }
    let beside = files.iter().map(|f| match f.path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    });
    let mut runs = beside.filter(|folder| folder.join("manifest.json").exists());
    runs.next().map(Path::to_owned).ok_or_else(|| {
        let message =
            "which run? no reviewed file lies in the folder of one; give it with --run DIR";
        Error::usage(message).into()
    })
}

/// Names what could not be used, on standard error.
pub fn report_problems(problems: &[Problem], notes: &[String]) -> Result<()> {
    let mut err = io::stderr().lock();
    for note in notes {
        writeln!(err, "note: {note}")?;
    }
    for problem in problems.iter().take(NAMED_PROBLEMS) {
        writeln!(err, "{problem}")?;
    }
    if problems.len() > NAMED_PROBLEMS {
        let more = problems.len() - NAMED_PROBLEMS;
        writeln!(err, "and {more} more rows that could not be used")?;
    }
    Ok(())
}

fn print(review: &Review<'_>, out: &mut impl io::Write) -> Result<()> {
    let (precision, decisions) = (&review.precision, &review.decisions);
    let reviewers: Vec<&str> = decisions.reviewers().into_iter().collect();
    let all = precision.mentions;
    writeln!(out, "run        {}", review.run.name())?;
    writeln!(out, "reviewers  {}", reviewers.join(", "))?;
    writeln!(
        out,
        "mentions   {} = {} accepted + {} dismissed + {} differing + {} unsure + {} open",
        review.run.evidence.len(),
        all.accepted,
        all.dismissed,
        all.differing,
        all.unsure,
        all.open
    )?;
    writeln!(
        out,
        "\nprecision (Wilson 95% interval; of what was decided)"
    )?;
    writeln!(out, "  {:<40} {}", "mentions", share(all))?;
    writeln!(
        out,
        "  {:<40} {}",
        "records with evidence",
        share(precision.records)
    )?;
    for (tier, tally) in &precision.tiers {
        writeln!(
            out,
            "  {:<40} {}",
            format!("mentions of tier {tier}"),
            share(*tally)
        )?;
    }
    for (tier, tally) in &precision.cases {
        writeln!(
            out,
            "  {:<40} {}",
            format!("cases of tier {tier}"),
            share(*tally)
        )?;
    }
    writeln!(out, "\nby category")?;
    for (id, tally) in precision.categories.iter().filter(|(_, t)| t.n() > 0) {
        writeln!(out, "  {id:<40} {}", share(*tally))?;
    }
    let mut rules: Vec<(&String, Tally)> = precision
        .rules
        .iter()
        .filter(|(_, t)| t.n() > 0)
        .map(|(id, t)| (id, *t))
        .collect();
    // Most false positives first.
    rules.sort_by(|a, b| b.1.dismissed.cmp(&a.1.dismissed).then(a.0.cmp(b.0)));
    writeln!(out, "\nby rule, most dismissed first")?;
    for (id, tally) in rules.iter().take(SHOWN) {
        writeln!(out, "  {id:<40} {}", share(*tally))?;
    }
    more(out, rules.len(), "rules")?;
    if reviewers.len() > 1 {
        writeln!(out, "\nagreement (Cohen's kappa, on what both decided)")?;
        for agreement in &review.agreements {
            writeln!(out, "  {}", agreement_line(agreement))?;
        }
        if review.agreements.is_empty() {
            writeln!(out, "  nothing was decided by two reviewers")?;
        }
        disagreements(review, out)?;
    }
    if !review.proposals.is_empty() {
        writeln!(
            out,
            "\nproposals (read the dismissed mentions before anything is changed)"
        )?;
        for p in review.proposals.iter().take(SHOWN) {
            let reasons: Vec<String> = p
                .reasons
                .iter()
                .take(3)
                .map(|(reason, n)| format!("{reason} ({n})"))
                .collect();
            let why = match reasons.is_empty() {
                true => String::new(),
                false => format!("; {}", reasons.join(", ")),
            };
            writeln!(
                out,
                "  {:<14} {:<40} {} false positives, precision {}{why}",
                p.action.as_str(),
                p.rule_id,
                p.false_positives.len(),
                share(p.tally)
            )?;
            for shared in &p.shared {
                writeln!(out, "{:18}{shared}", "")?;
            }
        }
        more(out, review.proposals.len(), "proposals")?;
    }
    Ok(())
}

fn disagreements(review: &Review<'_>, out: &mut impl io::Write) -> Result<()> {
    let differing = review.decisions.differing();
    writeln!(out, "\ndisagreements: {}", differing.len())?;
    for target in differing.iter().take(SHOWN) {
        let said: Vec<String> = review.decisions.by_target[target]
            .iter()
            .map(|(who, d)| format!("{who} {}", d.verdict.as_str()))
            .collect();
        let what = match target {
            Target::Case(index) => format!("case {}", review.run.cases[*index].case_id),
            Target::Mention(index) => {
                let place = &review.run.evidence[*index].place;
                format!(
                    "{}, {}, {} {}–{}: {}",
                    place.case_id,
                    place.incident_id,
                    place.field,
                    place.start,
                    place.end,
                    place.rule_id
                )
            }
        };
        writeln!(out, "  {what}: {}", said.join(", "))?;
    }
    more(out, differing.len(), "disagreements")
}

fn agreement_line(a: &Agreement) -> String {
    let kappa = match (a.kappa(), a.interval()) {
        (Some(kappa), Some((low, high))) => format!("kappa {kappa:.2} ({low:.2} to {high:.2})"),
        _ => "kappa has no value: both gave one answer throughout".to_owned(),
    };
    format!(
        "{} and {}, {}s: {kappa}, the same on {} of n={}",
        a.first,
        a.second,
        a.unit,
        a.same(),
        a.n()
    )
}

fn more(out: &mut impl io::Write, all: usize, what: &str) -> Result<()> {
    if all > SHOWN {
        writeln!(
            out,
            "  and {} more {what}; --out DIR writes all",
            all - SHOWN
        )?;
    }
    Ok(())
}

fn share(tally: Tally) -> String {
    rate(tally.accepted, tally.n())
}
