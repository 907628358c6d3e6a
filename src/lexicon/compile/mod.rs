//! Checks the files of a lexicon and compiles them, gathering every problem on the way.

mod assess;
mod checks;
mod classes;
mod interner;
mod maps;
mod modifiers;
mod patterns;
mod problems;
mod redact;
mod rules;
mod signals;
mod sink;
mod weights;
mod words;

use std::collections::BTreeMap;

use rayon::prelude::*;
use toml::Spanned;

use self::classes::{ClassTable, Tangle};
pub(super) use self::patterns::orders;
use self::patterns::set_anchors;
use self::problems::{Problems, unknown_name, value};
use self::sink::{Known, Sink};
use self::words::{fill_classes, fill_twins};
use super::{Category, Lexicon, LexiconSource, NamedClasses, Rule, limits, schema, subjects};
use crate::assertion::{Group, Role};
use crate::error::Result;
use crate::matcher::{Program, Variant, Vocabulary};

/// Version of the file format that this program reads.
const SCHEMA: u32 = 1;

/// The parsed files with their names.
type Files<'s> = Vec<(&'s str, schema::File)>;

pub(super) fn compile(source: &LexiconSource) -> Result<Lexicon> {
    let mut problems = Problems::of(source);
    let files = parse_files(source, &mut problems);
    if too_many(&files, &mut problems) {
        return Err(problems.sorted());
    }
    let version = version(&files, &mut problems);
    let mut table = ClassTable::default();
    fill_twins(&files, &mut table, &mut problems);
    fill_classes(&files, &mut table, &mut problems);
    let categories = categories(&files, &mut problems);
    let by_id: BTreeMap<String, usize> = categories
        .iter()
        .enumerate()
        .map(|(i, c)| (c.id.clone(), i))
        .collect();
    let mut rules = Vec::new();
    let mut rule_variants = Vec::new();
    let mut modifiers = Vec::new();
    let mut modifier_variants = Vec::new();
    let known = Known {
        categories: &categories,
        by_id: &by_id,
    };
    for (file, content) in &files {
        let mut sink = Sink {
            path: file,
            table: &mut table,
            problems: &mut problems,
        };
        rules::add_rules(content, known, &mut sink, &mut rules, &mut rule_variants);
        modifiers::add_modifiers(
            content,
            known,
            &mut sink,
            &mut modifiers,
            &mut modifier_variants,
        );
    }
    let mut form = assess::form(&files, known, &mut table, &mut rules, &mut problems);
    let (checks, legal) = checks::checks(
        &files,
        known,
        &mut table,
        &mut rules,
        &mut rule_variants,
        &mut problems,
    );
    let maps = maps::maps(&files, &by_id, &rules, &mut problems);
    let (tiers, prompts) = assess::assess(&files, &by_id, &mut problems);
    let redaction = redact::redaction(&files, &table, &mut problems);
    let (mut signals, mut signal_variants) = signals::signals(&files, &mut table, &mut problems);
    let conduct = signals::conduct(&files, &by_id, &rules, &signals, &mut problems);

    let subjects = subjects(&categories, &checks);
    let weights = weights::read(source, (&subjects, categories.len()), &rules, &mut problems);

    let (spelling, misspelt) = table.spelling();
    let mut flat = match table.flatten() {
        Ok(flat) => flat,
        Err(tangle) => {
            let (name, message) = match tangle {
                Tangle::Cycle(name) => {
                    let message = format!("class `{name}` includes itself");
                    (name, message)
                }
                Tangle::Chain(name) => {
                    let most = limits::INCLUSIONS;
                    (name, format!("classes include classes {most} deep at most"))
                }
                Tangle::Size => {
                    let message = "the classes hold too many words together".to_owned();
                    (String::new(), message)
                }
            };
            let mut classes = files.iter();
            let own = classes.find_map(|(file, own)| Some((file, own.class.get(&name)?)));
            match (own, files.first()) {
                (Some((file, class)), _) => problems.add(file, class.span(), message),
                (None, Some((file, _))) => problems.add(file, 0..0, message),
                (None, None) => problems.add("", 0..0, message),
            }
            Vec::new()
        }
    };
    if table.variants > limits::VARIANTS {
        let message = format!("more than {} variants of patterns", limits::VARIANTS);
        problems.add(files.first().map_or("", |(file, _)| file), 0..0, message);
    }
    if !problems.found.is_empty() {
        return Err(problems.sorted());
    }
    table.read_as(&misspelt, &mut flat);
    let frequency = table.class_frequencies(&flat);
    let bits = table.step_bits(&flat);
    set_anchors(
        rule_variants.iter_mut().chain(modifier_variants.iter_mut()),
        &table,
        &frequency,
        &bits,
    );
    for rule in &mut rules {
        set_anchors(own_variants(rule), &table, &frequency, &bits);
    }
    for modifier in &mut modifiers {
        let own = modifier
            .needs_in_narrative
            .iter_mut()
            .chain(&mut modifier.unless_in_narrative)
            .chain(&mut modifier.until);
        set_anchors(own, &table, &frequency, &bits);
    }
    set_anchors(
        form.iter_mut().flat_map(|question| &mut question.stems),
        &table,
        &frequency,
        &bits,
    );
    set_anchors(
        signal_variants
            .iter_mut()
            .chain(signals.iter_mut().flat_map(signals::own_variants)),
        &table,
        &frequency,
        &bits,
    );
    let (far_variants, modifier_variants) = modifier_variants
        .into_iter()
        .partition(|v: &Variant| modifiers[v.owner as usize].is_far());
    let twins = table.interner.twins();
    let abbreviations = table
        .named("abbreviation")
        .map_or(&[][..], |id| &flat[id as usize].words);
    let mut vocabulary = Vocabulary::build(&table.interner.words(), &twins, |word| {
        abbreviations.binary_search(&word).is_ok()
    });
    vocabulary.correct(spelling, &misspelt);
    let weigher = weights.map(|table| {
        weights::weigher(
            &table,
            (&subjects, categories.len()),
            &rules,
            &mut vocabulary,
        )
    });
    let words = flat.iter_mut().map(|m| std::mem::take(&mut m.words));
    let members_of: Vec<Vec<u32>> = words.collect();
    let (classes, kinds) = table.build(&flat, &members_of, &bits);
    let program = |variants| Program::build(variants, vocabulary.len(), &members_of, &kinds);
    Ok(Lexicon {
        version,
        fingerprint: source.fingerprint(),
        categories,
        rules,
        modifiers,
        form,
        maps,
        tiers,
        prompts,
        signals,
        conduct,
        checks,
        legal,
        redaction,
        rule_program: program(rule_variants),
        modifier_program: program(modifier_variants),
        signal_program: program(signal_variants),
        far_program: program(far_variants),
        named: NamedClasses::new(table.name_table()),
        weigher,
        classes,
        vocabulary,
    })
}

fn own_variants(rule: &mut Rule) -> impl Iterator<Item = &mut Variant> {
    let exceptions = rule
        .not_before
        .iter_mut()
        .chain(&mut rule.not_after)
        .chain(&mut rule.not_in_sentence);
    exceptions
        .flat_map(|exception| &mut exception.variants)
        .chain(&mut rule.needs_in_sentence)
        .chain(&mut rule.needs_in_narrative)
}

fn parse_files<'s>(source: &'s LexiconSource, problems: &mut Problems<'s>) -> Files<'s> {
    let is_rules = |(path, _): &(&str, &str)| !path.ends_with(weights::ENDING);
    let all: Vec<(&str, &str)> = source.files().filter(is_rules).collect();
    let parsed: Vec<_> = all
        .into_par_iter()
        .map(|(path, text)| (path, toml::from_str::<schema::File>(text)))
        .collect();
    let mut files = Vec::new();
    for (path, parsed) in parsed {
        match parsed {
            Ok(file) => files.push((path, file)),
            Err(error) => problems.add(path, error.span().unwrap_or(0..0), error.message()),
        }
    }
    files
}

/// Whether the files hold so much that they are not compiled at all.
fn too_many(files: &Files<'_>, problems: &mut Problems<'_>) -> bool {
    let mut entries = 0;
    for (path, file) in files {
        let (checks, questions) = (file.check.iter().len(), file.form.iter().len());
        entries += file.rule.len() + file.modifier.len() + file.signal.len() + file.class.len();
        entries += file.map.len() + file.legal.len() + file.identifier.len() + checks + questions;
        if entries > limits::ENTRIES {
            let message = format!("more than {} rules, cues and classes", limits::ENTRIES);
            problems.add(path, 0..0, message);
            return true;
        }
    }
    false
}

fn version(files: &Files<'_>, problems: &mut Problems<'_>) -> String {
    let head = files.iter().find(|(_, file)| file.schema.is_some());
    match head {
        Some((path, file)) if file.schema != Some(SCHEMA) => {
            problems.add_with_fix(
                path,
                0..0,
                "a schema version that this program does not read",
                format!("schema = {SCHEMA}"),
            );
            String::new()
        }
        Some((_, file)) => file.version.clone().unwrap_or_else(|| "unversioned".into()),
        None => {
            // A file that could not be read may be the one that states it.
            if let Some((path, _)) = files.first().filter(|_| problems.found.is_empty()) {
                problems.add_with_fix(
                    path,
                    0..0,
                    "no file states the schema version",
                    format!("put `schema = {SCHEMA}` into lexicon.toml"),
                );
            }
            String::new()
        }
    }
}

fn categories(files: &Files<'_>, problems: &mut Problems<'_>) -> Vec<Category> {
    let mut categories: Vec<Category> = Vec::new();
    let mut reroutes = Vec::new();
    for (path, file) in files {
        let Some(category) = &file.category else {
            continue;
        };
        let id = category.id.get_ref().clone();
        if categories.iter().any(|c| c.id == id) {
            problems.add_with_fix(
                path,
                category.id.span(),
                format!("category `{id}` is defined twice"),
                "one file a category",
            );
            continue;
        }
        let group = value(
            path,
            &category.group,
            Group::parse,
            Group::ALL,
            "group",
            problems,
        )
        .unwrap_or_default();
        if !(1..=3).contains(category.tier.get_ref()) {
            problems.add(path, category.tier.span(), "a tier is 1, 2 or 3");
        }
        let experiencer = category
            .experiencer
            .as_ref()
            .and_then(|e| value(path, e, Role::parse, Role::ALL, "role", problems));
        for (role, target) in &category.reroute {
            reroutes.push((*path, id.clone(), role.clone(), target.clone()));
        }
        categories.push(Category {
            id,
            group,
            title: category.title.clone(),
            definition: category.definition.trim().to_owned(),
            source: category.source.clone(),
            tier: *category.tier.get_ref(),
            experiencer: experiencer.unwrap_or(Role::Victim),
            reroute: Vec::new(),
        });
    }
    let order = |group: Group| Group::ALL.iter().position(|g| *g == group);
    categories.sort_by_key(|c| order(c.group));
    for (path, id, role, target) in reroutes {
        let to = categories.iter().position(|c| c.id == *target.get_ref());
        match (Role::parse(&role), to) {
            (Some(role), Some(to)) => {
                if let Some(category) = categories.iter_mut().find(|c| c.id == id) {
                    category.reroute.push((role, to));
                }
            }
            (None, _) => problems.add(path, target.span(), format!("`{role}` is no role")),
            (_, None) => unknown_name(
                path,
                &target,
                "category",
                categories.iter().map(|c| c.id.as_str()),
                problems,
            ),
        }
    }
    categories
}

/// Category ids of a list, with `group:NAME` standing for all of a group.
fn category_list(
    path: &str,
    list: &[Spanned<String>],
    groups: &[(Group, usize)],
    by_id: &BTreeMap<String, usize>,
    problems: &mut Problems<'_>,
) -> Vec<usize> {
    let mut out = Vec::new();
    for entry in list {
        if let Some(group) = entry.get_ref().strip_prefix("group:") {
            match Group::parse(group) {
                Some(group) => out.extend(
                    groups
                        .iter()
                        .filter(|(g, _)| *g == group)
                        .map(|(_, id)| *id),
                ),
                None => problems.add_with_fix(
                    path,
                    entry.span(),
                    format!("no group is called `{group}`"),
                    "abuse, suicide or context",
                ),
            }
        } else if let Some(id) = by_id.get(entry.get_ref()) {
            out.push(*id);
        } else {
            unknown_name(
                path,
                entry,
                "category",
                by_id.keys().map(String::as_str),
                problems,
            );
        }
    }
    out
}

fn place(path: &str, at: usize, problems: &Problems<'_>) -> (String, usize) {
    (path.to_owned(), problems.line(path, at))
}
