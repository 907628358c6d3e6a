//! `throughline lexicon check|test|list|show|export`.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::args::{ExportForm, LexiconAction, LexiconArgs, LexiconChoice};
use super::{COMPLETE, LOOK};
use throughline::error::Error;
use throughline::lexicon::export::{ExportFormat, export};
use throughline::lexicon::{Lexicon, LexiconSource, Saying, run_examples};
use throughline::redact::run_identifier_examples;
use throughline::weigh::{LearnOptions, Learnt, MarkedText, examples, learn, read_marked};

/// Reads the lexicon that the options name.
pub fn load(choice: &LexiconChoice) -> Result<Lexicon> {
    if choice.lexicon.is_none() && choice.lexicon_add.is_empty() {
        return Ok(Lexicon::built_in()?);
    }
    Ok(Lexicon::from_source(&source(choice)?)?)
}

fn source(choice: &LexiconChoice) -> Result<LexiconSource> {
    let mut source = match &choice.lexicon {
        Some(folder) => LexiconSource::folder(folder)?,
        None => LexiconSource::built_in(),
    };
    for folder in &choice.lexicon_add {
        source.add(LexiconSource::folder(folder)?);
    }
    Ok(source)
}

pub fn run(args: &LexiconArgs) -> Result<u8> {
    let mut out = io::stdout().lock();
    match &args.action {
        LexiconAction::Check(choice) => {
            // Even of the lexicon that the program carries, to check is to compile.
            let lexicon = Lexicon::from_source(&source(choice)?)?;
            writeln!(
                out,
                "lexicon {} is sound: {} categories, {} rules, {} modifiers, {} response checks, sha256 {}",
                lexicon.version,
                lexicon.categories.len(),
                lexicon.indicator_rules().count(),
                lexicon.modifiers.len(),
                lexicon.checks.len(),
                lexicon.fingerprint
            )?;
            Ok(COMPLETE)
        }
        LexiconAction::Test { rule, lexicon } => {
            let lexicon = load(lexicon)?;
            let (ran, failures) = run_examples(&lexicon, rule);
            let (shapes, shape_failures) = run_identifier_examples(&lexicon, rule);
            for failure in &failures {
                writeln!(
                    out,
                    "{}:{}: {}: {}\n    {}",
                    failure.place.0, failure.place.1, failure.id, failure.message, failure.text
                )?;
            }
            for failure in &shape_failures {
                writeln!(out, "{failure}")?;
            }
            let failed = failures.len() + shape_failures.len();
            writeln!(
                out,
                "{} examples passed, {failed} failed",
                ran + shapes - failed
            )?;
            Ok(if failed == 0 { COMPLETE } else { LOOK })
        }
        LexiconAction::List {
            category,
            behaviours,
            lexicon,
        } => {
            let lexicon = load(lexicon)?;
            if *behaviours {
                list_behaviours(&lexicon, &mut out)?;
                return Ok(COMPLETE);
            }
            if let Some(id) = category
                && let Some(check) = check_named(&lexicon, id)
            {
                list_check(&lexicon, check, true, &mut out)?;
                return Ok(COMPLETE);
            }
            if let Some(id) = category
                && lexicon.category(id).is_none()
            {
                bail!("no category is called `{id}`");
            }
            for (index, own) in lexicon.categories.iter().enumerate() {
                if category.as_ref().is_some_and(|id| *id != own.id) {
                    continue;
                }
                let rules: Vec<_> = lexicon
                    .rules
                    .iter()
                    .filter(|r| r.category == index)
                    .collect();
                writeln!(
                    out,
                    "{:<24} {:<8} tier {}  {:>3} rules  {}",
                    own.id,
                    own.group,
                    own.tier,
                    rules.len(),
                    own.title
                )?;
                if category.is_some() {
                    for rule in rules {
                        writeln!(
                            out,
                            "  {:<46} {:<9} {}:{}",
                            rule.id, rule.status, rule.place.0, rule.place.1
                        )?;
                    }
                }
            }
            if category.is_none() {
                for check in 0..lexicon.checks.len() {
                    list_check(&lexicon, check, false, &mut out)?;
                }
            }
            Ok(COMPLETE)
        }
        LexiconAction::Export {
            format,
            out: path,
            lexicon,
        } => {
            let format = match format {
                ExportForm::Terms => ExportFormat::Terms,
                ExportForm::Medspacy => ExportFormat::Medspacy,
            };
            let export = export(&source(lexicon)?, format)?;
            match path {
                Some(path) => std::fs::write(path, &export.text)
                    .map_err(|e| Error::io("cannot write", path, e))?,
                None => out.write_all(export.text.as_bytes())?,
            }
            let mut err = io::stderr().lock();
            for note in &export.notes {
                writeln!(err, "{note}")?;
            }
            Ok(COMPLETE)
        }
        LexiconAction::Learn {
            texts,
            besides,
            out: path,
            wrong_costs,
            right_costs,
            share,
            trusted,
            besides_cost,
            least_texts,
            least_weight,
            cost,
            lexicon,
        } => {
            let options = LearnOptions {
                cost: *cost,
                least_texts: *least_texts,
                least_weight: *least_weight,
                wrong_costs: *wrong_costs,
                right_costs: *right_costs,
                share: *share,
                trusted: *trusted,
                besides_cost: *besides_cost,
            };
            let lexicon = load(lexicon)?;
            let mut texts = marked(texts)?;
            texts.extend(examples(&lexicon));
            let learnt = learn(&lexicon, &texts, &marked(besides)?, options)?;
            write_learnt(&learnt, &mut out)?;
            if let Some(path) = path {
                std::fs::write(path, &learnt.table)
                    .map_err(|e| Error::io("cannot write", path, e))?;
            }
            Ok(COMPLETE)
        }
        LexiconAction::Show { id, lexicon } => {
            let lexicon = load(lexicon)?;
            if !show(&lexicon, id, &mut out)? {
                bail!(
                    "no category, rule, modifier or response check is called `{id}`; `throughline lexicon list` lists them"
                );
            }
            Ok(COMPLETE)
        }
    }
}

/// Prints each published list with the rules that find its behaviours.
fn list_behaviours(lexicon: &Lexicon, out: &mut impl io::Write) -> Result<()> {
    for map in &lexicon.maps {
        writeln!(out, "{}  {}\n  source: {}", map.id, map.title, map.source)?;
        for behaviour in &map.behaviours {
            let ids: Vec<&str> = behaviour
                .rules
                .iter()
                .map(|rule| lexicon.rules[*rule].id.as_str())
                .collect();
            writeln!(out, "  {:<56} {:>3} rules", behaviour.name, ids.len())?;
            for id in ids {
                writeln!(out, "      {id}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The check of that name: `check.bwv`, or `bwv` where no category is called so.
fn check_named(lexicon: &Lexicon, id: &str) -> Option<usize> {
    let name = match id.strip_prefix("check.") {
        Some(name) => name,
        None if lexicon.category(id).is_some() => return None,
        None => id,
    };
    lexicon.checks.iter().position(|c| c.id == name)
}

/// Prints a response check in one line, and with `all` its rules.
fn list_check(lexicon: &Lexicon, index: usize, all: bool, out: &mut impl io::Write) -> Result<()> {
    let own = &lexicon.checks[index];
    let rules = || {
        lexicon
            .rules
            .iter()
            .filter(|r| r.check.is_some_and(|(check, _)| check == index))
    };
    writeln!(
        out,
        "{:<24} {:<8} {:<6}  {:>3} rules  {}",
        own.id,
        "check",
        if own.whole_case { "case" } else { "" },
        rules().count(),
        own.title
    )?;
    if all {
        for rule in rules() {
            let saying = match rule.check {
                Some((_, Saying::Done)) => "done",
                Some((_, Saying::NotDone)) => "not done",
                Some((_, Saying::Planned)) => "planned",
                _ => "trigger",
            };
            writeln!(
                out,
                "  {:<46} {saying:<9} {}:{}",
                rule.id, rule.place.0, rule.place.1
            )?;
        }
    }
    Ok(())
}

fn show(lexicon: &Lexicon, id: &str, out: &mut impl io::Write) -> Result<bool> {
    if let Some(index) = check_named(lexicon, id) {
        let own = &lexicon.checks[index];
        writeln!(
            out,
            "check      {}\ntitle      {}\nplace      {}:{}\nwhy        {}\nprompt     {}\nsource     {}",
            own.id, own.title, own.place.0, own.place.1, own.why, own.prompt, own.source
        )?;
        for legal in lexicon.legal.iter().filter(|l| l.checks.contains(&index)) {
            writeln!(out, "legal      {}", legal.line())?;
        }
        list_check(lexicon, index, true, out)?;
        return Ok(true);
    }
    if let Some(index) = lexicon.category(id) {
        let own = &lexicon.categories[index];
        writeln!(
            out,
            "category   {}\ntitle      {}\ngroup      {}\ntier       {}",
            own.id, own.title, own.group, own.tier
        )?;
        writeln!(
            out,
            "definition {}\nsource     {}",
            own.definition, own.source
        )?;
        for rule in lexicon.rules.iter().filter(|r| r.category == index) {
            writeln!(out, "  {}", rule.id)?;
        }
        return Ok(true);
    }
    if let Some(rule) = lexicon.rules.iter().find(|r| r.id == id) {
        writeln!(
            out,
            "rule       {}\nstatus     {}\nplace      {}:{}",
            rule.id, rule.status, rule.place.0, rule.place.1
        )?;
        writeln!(
            out,
            "tier       {}\ntags       {}\nwhy        {}",
            rule.tier,
            rule.tags.join(", "),
            rule.why
        )?;
        for pattern in &rule.patterns {
            writeln!(out, "pattern    {pattern}")?;
        }
        for trap in &rule.false_positives {
            writeln!(out, "may catch  {trap}")?;
        }
        for example in &rule.examples {
            let text = match example.span {
                Some(span) => format!(
                    "{}[{}]{}",
                    &example.text[..span.start],
                    span.of(&example.text),
                    &example.text[span.end..]
                ),
                None => example.text.clone(),
            };
            writeln!(out, "finds      {text}")?;
        }
        for (counter, _) in &rule.counter {
            writeln!(out, "passes by  {counter}")?;
        }
        return Ok(true);
    }
    if let Some(modifier) = lexicon.modifiers.iter().find(|m| m.id == id) {
        writeln!(
            out,
            "modifier   {}\nplace      {}:{}\neffect     {}",
            modifier.id,
            modifier.place.0,
            modifier.place.1,
            modifier.effect.describe()
        )?;
        for pattern in &modifier.patterns {
            writeln!(out, "pattern    {pattern}")?;
        }
        return Ok(true);
    }
    Ok(false)
}

/// The marked texts of files, and of the files in folders in the order of their names.
fn marked(paths: &[PathBuf]) -> Result<Vec<MarkedText>> {
    let mut texts = Vec::new();
    for path in paths {
        if !path.is_dir() {
            texts.extend(read_marked(path)?);
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|e| Error::io("cannot read", path, e))?;
        let mut files = Vec::new();
        for entry in entries {
            let file = entry.map_err(|e| Error::io("cannot read", path, e))?.path();
            let ending = file.extension().and_then(|e| e.to_str());
            if matches!(ending, Some("txt" | "tsv" | "jsonl")) {
                files.push(file);
            }
        }
        files.sort();
        for file in files {
            texts.extend(read_marked(&file)?);
        }
    }
    Ok(texts)
}

/// Says what was learnt, and what it finds in texts that it was not learnt from.
fn write_learnt(learnt: &Learnt, out: &mut dyn io::Write) -> Result<()> {
    writeln!(
        out,
        "learnt from {} sentences: {} features have a weight",
        learnt.sentences, learnt.features
    )?;
    writeln!(
        out,
        "in texts not learnt from       rules: precision recall    rules and weights: precision recall      n"
    )?;
    let share = |part: u32, all: u32| f64::from(part) / f64::from(all.max(1));
    let mut all = [[0; 3]; 2];
    let mut row = |id: &str, counts: [[u32; 3]; 2]| {
        let [rules, both] = counts.map(|[right, wrong, missed]| {
            (share(right, right + wrong), share(right, right + missed))
        });
        let labelled = counts[0][0] + counts[0][2];
        writeln!(
            out,
            "{id:<30} {:>16.2} {:>6.2} {:>28.2} {:>6.2} {labelled:>6}",
            rules.0, rules.1, both.0, both.1
        )
    };
    for own in &learnt.categories {
        for (sum, counts) in all.iter_mut().zip([own.rules, own.both]) {
            for (sum, count) in sum.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        row(&own.id, [own.rules, own.both])?;
    }
    row("all", all)?;
    Ok(())
}
