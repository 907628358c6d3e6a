//! `throughline lexicon check|test|list|show`.

use std::io::{self, Write as _};

use anyhow::{Result, bail};

use super::args::{LexiconAction, LexiconArgs, LexiconChoice};
use super::{COMPLETE, LOOK};
use throughline::lexicon::{Lexicon, LexiconSource, run_examples};

/// Reads the lexicon that the options name.
pub fn load(choice: &LexiconChoice) -> Result<Lexicon> {
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
            let lexicon = load(choice)?;
            writeln!(
                out,
                "lexicon {} is sound: {} categories, {} rules, {} modifiers, sha256 {}",
                lexicon.version,
                lexicon.categories.len(),
                lexicon.rules.len(),
                lexicon.modifiers.len(),
                lexicon.fingerprint
            )?;
            Ok(COMPLETE)
        }
        LexiconAction::Test { rule, lexicon } => {
            let lexicon = load(lexicon)?;
            let (ran, failures) = run_examples(&lexicon, rule);
            for failure in &failures {
                writeln!(
                    out,
                    "{}:{}: {}: {}\n    {}",
                    failure.place.0, failure.place.1, failure.id, failure.message, failure.text
                )?;
            }
            writeln!(
                out,
                "{} examples passed, {} failed",
                ran - failures.len(),
                failures.len()
            )?;
            Ok(if failures.is_empty() { COMPLETE } else { LOOK })
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
            Ok(COMPLETE)
        }
        LexiconAction::Show { id, lexicon } => {
            let lexicon = load(lexicon)?;
            if !show(&lexicon, id, &mut out)? {
                bail!(
                    "no category, rule or modifier is called `{id}`; `throughline lexicon list` lists them"
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

fn show(lexicon: &Lexicon, id: &str, out: &mut impl io::Write) -> Result<bool> {
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
