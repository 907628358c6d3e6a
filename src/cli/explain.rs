//! `throughline explain`: one narrative in the terminal, with everything that was decided.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::{Result, bail};

use super::COMPLETE;
use super::args::ExplainArgs;
use super::lexicon::load;
use super::scan::read_options;
use throughline::assertion::Polarity;
use throughline::checks::statements;
use throughline::error::Error;
use throughline::lexicon::{Lexicon, Saying};
use throughline::mention::Mention;
use throughline::narrative::{ReadItem, Record};
use throughline::read::read_input;
use throughline::scan::Scanner;
use throughline::span::{CharOffsets, Span};

pub fn run(args: &ExplainArgs, color: bool) -> Result<u8> {
    let lexicon = load(&args.lexicon)?;
    let mut scanner = Scanner::new(&lexicon);
    let mut out = io::stdout().lock();
    if let Some(path) = &args.input {
        let record = find(path, args)?;
        for field in &record.fields {
            writeln!(
                out,
                "{}, record {}, field {}",
                record.source, record.record, field.name
            )?;
            let mentions = scanner.scan_dated(&field.text, record.incident_year());
            explain(&lexicon, &field.text, &mentions, color, &mut out)?;
            explain_checks(&lexicon, &field.text, scanner.statements(), color, &mut out)?;
        }
        return Ok(COMPLETE);
    }
    let text = match args.text.as_deref() {
        Some("-") => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            text
        }
        text => text.unwrap_or_default().to_owned(),
    };
    let mentions = scanner.scan(&text);
    explain(&lexicon, &text, &mentions, color, &mut out)?;
    explain_checks(&lexicon, &text, scanner.statements(), color, &mut out)?;
    Ok(COMPLETE)
}

/// Prints what one text says about response checks, and which of them its words raise.
fn explain_checks(
    lexicon: &Lexicon,
    text: &str,
    found: &[Mention],
    color: bool,
    out: &mut dyn io::Write,
) -> Result<()> {
    let said = statements(lexicon, (0, "text"), text, 0, found);
    let aside = found.iter().filter(|m| m.suppressed.is_some());
    // What is negated says that it was not done.
    let aside: Vec<&Mention> = aside
        .filter(|m| m.assertion.polarity != Polarity::Negated)
        .collect();
    if said.is_empty() && aside.is_empty() {
        return Ok(());
    }
    let title = "RESPONSE CHECKS";
    if color {
        writeln!(out, "\x1b[1m{title}\x1b[0m")?;
    } else {
        writeln!(out, "{title}")?;
    }
    let mut offsets = CharOffsets::new(text);
    for statement in said {
        let check = &lexicon.checks[statement.check];
        let rule = &lexicon.rules[statement.rule];
        let saying = match statement.saying {
            Saying::Done => "done",
            Saying::NotDone => "stated_not_done",
            Saying::Planned => "planned, not said to be done",
            Saying::Trigger => "raised by these words",
        };
        writeln!(
            out,
            "  {}: {saying}  \"{}\"  [{}..{}]\n      rule     {}  {}:{}",
            check.id,
            statement.quote,
            statement.start,
            statement.end,
            rule.id,
            rule.place.0,
            rule.place.1
        )?;
        let counts = matches!(statement.saying, Saying::Done | Saying::NotDone);
        if check.if_triggered && counts {
            writeln!(
                out,
                "      note     counts only where the record raises the check"
            )?;
        }
        let own = found.iter().find(|m| {
            m.rule == statement.rule && rule.weighed && offsets.at(m.span.start) == statement.start
        });
        for (span, weight) in own.iter().flat_map(|m| &m.weights) {
            write_weight(text, *span, *weight, out)?;
        }
    }
    for mention in aside {
        let rule = &lexicon.rules[mention.rule];
        let (check, _) = rule.check.expect("of a check");
        writeln!(
            out,
            "  {}: set aside  \"{}\"\n      rule     {}\n      because  {}",
            lexicon.checks[check].id,
            mention.span.of(text),
            rule.id,
            mention.suppressed.as_deref().unwrap_or_default()
        )?;
    }
    Ok(())
}

/// Prints words that weigh for a finding, and their weight, which is given in hundredths.
fn write_weight(text: &str, span: Span, weight: i16, out: &mut dyn io::Write) -> Result<()> {
    let weight = f64::from(weight) / 100.0;
    let words = shorten(span.of(text));
    Ok(writeln!(out, "      weighs   {weight:.2}  \"{words}\"")?)
}

/// The record of an input with the reference asked for, or the first one.
fn find(path: &Path, args: &ExplainArgs) -> Result<Record> {
    let options = read_options(&args.read)?;
    let mut found = None;
    let ended = read_input(path, &options, &mut |item| match item {
        ReadItem::Record(record)
            if args
                .id
                .as_ref()
                .is_none_or(|id| *id == record.incident_ref()) =>
        {
            found = Some(record);
            // Nothing more is wanted of this input.
            Err(Error::interrupted())
        }
        _ => Ok(()),
    });
    match (found, ended) {
        (Some(record), _) => Ok(record),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(_)) => match &args.id {
            Some(id) => bail!("{}: no record has the reference `{id}`", path.display()),
            None => bail!("{}: no record to explain", path.display()),
        },
    }
}

/// Prints the mentions of one text: first those that count, then those set aside.
pub fn explain(
    lexicon: &Lexicon,
    text: &str,
    mentions: &[Mention],
    color: bool,
    out: &mut dyn io::Write,
) -> Result<()> {
    let paint = |code: &str, words: &str| {
        if color {
            format!("\x1b[{code}m{words}\x1b[0m")
        } else {
            words.to_owned()
        }
    };
    let mut offsets = CharOffsets::new(text);
    let (aside, counts): (Vec<&Mention>, Vec<&Mention>) =
        mentions.iter().partition(|m| m.suppressed.is_some());
    if counts.is_empty() {
        writeln!(out, "no indicators matched in the text supplied")?;
    }
    for (title, list) in [("EVIDENCE", counts), ("SET ASIDE", aside)] {
        if list.is_empty() {
            continue;
        }
        writeln!(out, "{} ({})", paint("1", title), list.len())?;
        for mention in list {
            let rule = &lexicon.rules[mention.rule];
            let category = &lexicon.categories[mention.category];
            let style = match category.group.as_str() {
                "suicide" => "35;1",
                "abuse" => "33;1",
                _ => "36;1",
            };
            writeln!(
                out,
                "  {}  \"{}\"  [{}..{}]",
                paint(style, &category.id),
                paint("4", mention.span.of(text)),
                offsets.at(mention.span.start),
                offsets.at(mention.span.end)
            )?;
            writeln!(
                out,
                "      rule     {} (tier {})  {}:{}",
                rule.id, rule.tier, rule.place.0, rule.place.1
            )?;
            let own = mention.assertion;
            writeln!(
                out,
                "      axes     {} · {} · {} · experiencer {} · agent {} · source {}",
                own.polarity,
                own.certainty,
                own.temporality,
                own.experiencer,
                own.agent,
                own.source
            )?;
            for (span, word) in &mention.read_as {
                writeln!(
                    out,
                    "      spelling \"{}\" is read as {word}",
                    span.of(text)
                )?;
            }
            for (span, weight) in &mention.weights {
                write_weight(text, *span, *weight, out)?;
            }
            for cue in &mention.cues {
                writeln!(
                    out,
                    "      cue      \"{}\" sets {} (by {}), reaching \"{}\"",
                    cue.span.of(text),
                    cue.effect.describe(),
                    cue.by,
                    shorten(cue.scope.of(text))
                )?;
            }
            if let Some(reason) = &mention.suppressed {
                writeln!(out, "      {}  {reason}", paint("31", "because"))?;
            }
        }
    }
    Ok(())
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 70;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= LONGEST {
        return flat;
    }
    let head: String = flat.chars().take(LONGEST).collect();
    format!("{head}…")
}
