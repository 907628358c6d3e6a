//! Checks the files of a lexicon and compiles them, gathering every problem on the way.

mod assess;
mod checks;
mod classes;
mod interner;
mod maps;
mod modifiers;
mod patterns;
mod redact;
mod rules;
mod signals;
mod sink;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use toml::Spanned;

use self::classes::{ClassTable, Tangle};
pub(super) use self::patterns::orders;
use self::patterns::set_anchors;
use self::sink::{Known, Sink};
use super::{Category, Diagnostic, Lexicon, LexiconSource, NamedClasses, Rule, limits, schema};
use crate::assertion::{Group, Role};
use crate::error::{Error, Result};
use crate::lexicon::inflect::noun_forms;
use crate::lexicon::pattern::{Node, parse};
use crate::matcher::{Program, Variant, Vocabulary};
use crate::segment::Twin;

/// Version of the file format that this program reads.
const SCHEMA: u32 = 1;

/// Gathers problems with their places.
struct Problems<'s> {
    found: Vec<Diagnostic>,
    texts: HashMap<&'s str, &'s str>,
    /// Where the lines of each file end.
    line_ends: HashMap<&'s str, Vec<usize>>,
    /// The texts of files with problems, which each of them shows a part of.
    shown: HashMap<String, Arc<str>>,
    /// Problems of each file.
    counts: HashMap<String, usize>,
}

impl Problems<'_> {
    fn add(&mut self, file: &str, range: Range<usize>, message: impl Into<String>) {
        self.push(file, range, message.into(), None);
    }

    fn push(&mut self, file: &str, range: Range<usize>, message: String, fix: Option<String>) {
        let count = self.counts.entry(file.to_owned()).or_default();
        *count += 1;
        let (range, message, fix) = match *count {
            0..=limits::PROBLEMS => (range, message, fix),
            // A file of nothing but problems: the rest of them would only hide the first.
            n if n == limits::PROBLEMS + 1 => {
                let message = "there are more problems in this file; these come first";
                (range, message.to_owned(), None)
            }
            _ => return,
        };
        let text = match self.shown.get(file) {
            Some(text) => text.clone(),
            None => {
                let text: Arc<str> = self.texts.get(file).copied().unwrap_or_default().into();
                self.shown.insert(file.to_owned(), text.clone());
                text
            }
        };
        let problem = Diagnostic::new(file, text, range, message);
        self.found.push(match fix {
            Some(fix) => problem.fix(fix),
            None => problem,
        });
    }

    fn add_with_fix(
        &mut self,
        file: &str,
        range: Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(file, range, message.into(), Some(fix.into()));
    }

    /// A problem inside a TOML string: `at` counts bytes of the string's value.
    fn add_inside(
        &mut self,
        file: &str,
        string: &Spanned<String>,
        at: Range<usize>,
        message: impl Into<String>,
    ) {
        let span = string.span();
        let plain = span.len() == string.get_ref().len() + 2;
        let range = if plain {
            span.start + 1 + at.start..span.start + 1 + at.end.max(at.start + 1)
        } else {
            span
        };
        self.add(file, range, message);
    }

    fn line(&self, file: &str, at: usize) -> usize {
        let ends = self.line_ends.get(file);
        ends.map_or(0, |ends| ends.partition_point(|end| *end < at)) + 1
    }
}

/// The parsed files with their names.
type Files<'s> = Vec<(&'s str, schema::File)>;

pub(super) fn compile(source: &LexiconSource) -> Result<Lexicon> {
    let mut problems = Problems {
        found: source.refused().to_vec(),
        texts: source.files().collect(),
        line_ends: source
            .files()
            .map(|(path, text)| (path, memchr::memchr_iter(b'\n', text.as_bytes()).collect()))
            .collect(),
        shown: HashMap::new(),
        counts: HashMap::new(),
    };
    let files = parse_files(source, &mut problems);
    if too_many(&files, &mut problems) {
        return Err(sorted(problems));
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
        return Err(sorted(problems));
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
    let members_of: Vec<Vec<u32>> = flat.iter().map(|m| m.words.clone()).collect();
    let classes = table.build(&flat, &members_of, &bits);
    let program = |variants| Program::build(variants, vocabulary.len(), &members_of, &classes);
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
    let all: Vec<(&str, &str)> = source.files().collect();
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

/// The problems as an error, in the order of their places.
fn sorted(mut problems: Problems<'_>) -> Error {
    problems
        .found
        .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Error::lexicon(problems.found)
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

/// Notes which words are twins, before any word is numbered.
fn fill_twins(files: &Files<'_>, table: &mut ClassTable, problems: &mut Problems<'_>) {
    for (path, file) in files {
        for entry in file.twins.iter().flat_map(|twins| &twins.words) {
            let forms = |side: &str| side.split_whitespace().map(folded).collect::<Vec<_>>();
            let sides = entry.get_ref().split_once('=');
            let sides = sides.map(|(a, b)| (forms(a), forms(b)));
            let Some((a, b)) = sides.filter(|(a, b)| !a.is_empty() && !b.is_empty()) else {
                let message = "not two sides of twins";
                problems.add_with_fix(path, entry.span(), message, "\"him his = her hers\"");
                continue;
            };
            for (forms, twin) in [(&a, Twin::A), (&b, Twin::B)] {
                for form in forms {
                    table.interner.add_twin(form.clone(), a[0].clone(), twin);
                }
            }
        }
    }
}

/// The key under which a word is looked up: lower case, without apostrophes.
fn folded(word: &str) -> String {
    word.to_lowercase().replace('\'', "")
}

/// Classes that the code asks of every word or nearly. They come first where the lexicon has them: what a
/// word says of the first 64 classes is looked up most quickly.
const ASKED_MOST: [&str; 24] = [
    "answer_blank",
    "answer_often",
    "answer_no",
    "answer_yes",
    "suspect_word",
    "victim_word",
    "partner",
    "kin",
    "friend",
    "child_word",
    "first_name",
    "title_word",
    "introducing_word",
    "new_partner_word",
    "former_word",
    "owning_label",
    "either_label",
    "person",
    "anyone_subject",
    "clause_opener",
    "clause_verb",
    "finite_verb",
    "negative_word",
    "joining_word",
];

fn fill_classes(files: &Files<'_>, table: &mut ClassTable, problems: &mut Problems<'_>) {
    for name in ASKED_MOST {
        if files.iter().any(|(_, file)| file.class.contains_key(name)) {
            table.declare(name);
        }
    }
    for (_, file) in files {
        for entry in file.irregular.iter().flat_map(|i| &i.verbs) {
            table.add_irregular(entry.get_ref());
        }
        for name in file.class.keys() {
            table.declare(name);
        }
    }
    for (path, file) in files {
        for entry in file.frequency.iter().flat_map(|f| &f.words) {
            match entry
                .get_ref()
                .split_once(' ')
                .and_then(|(w, n)| Some((w, n.trim().parse().ok()?)))
            {
                Some((word, count)) => table.add_frequency(word, count),
                None => problems.add_with_fix(
                    path,
                    entry.span(),
                    "not a word and a count",
                    "\"the 61000\"",
                ),
            }
        }
        for (name, class) in &file.class {
            fill_class(path, name, class.get_ref(), table, problems);
        }
    }
}

fn fill_class(
    path: &str,
    name: &str,
    class: &schema::Class,
    table: &mut ClassTable,
    problems: &mut Problems<'_>,
) {
    let id = table.declare(name);
    let mut phrases = Vec::new();
    for entry in &class.nouns {
        phrases.extend(
            noun_forms(entry.get_ref())
                .into_iter()
                .map(|form| (entry, form)),
        );
    }
    for entry in &class.verbs {
        phrases.extend(
            table
                .verb(entry.get_ref())
                .into_iter()
                .map(|form| (entry, form)),
        );
    }
    phrases.extend(
        class
            .misspelt
            .iter()
            .map(|entry| (entry, entry.get_ref().clone())),
    );
    for (entry, phrase) in phrases {
        match table.literal(&phrase) {
            Ok(words) => table.add(id, &words),
            Err(message) => problems.add(path, entry.span(), message),
        }
    }
    for entry in &class.misspelt {
        if let Ok([word]) = table.literal(entry.get_ref()).as_deref() {
            table.add_misspelt(id, *word);
        }
    }
    for entry in &class.words {
        match parse(entry.get_ref()) {
            Err(error) => problems.add_inside(path, entry, error.at, error.message),
            Ok(nodes) => match nodes.as_slice() {
                [Node::Class { name, .. }] if name.starts_with('#') => {
                    let shape = table.declare(name);
                    table.include(id, shape);
                }
                nodes => match table.phrases(nodes) {
                    Ok(all) => all.into_iter().for_each(|words| table.add(id, &words)),
                    Err(message) => problems.add(path, entry.span(), message),
                },
            },
        }
    }
    for include in &class.include {
        match table.named(include.get_ref()) {
            Some(other) => {
                table.include(id, other);
            }
            None => unknown_name(path, include, "class", table.names(), problems),
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

/// Reads a word of a fixed list, or reports it with the list.
fn value<T: Copy + std::fmt::Display>(
    path: &str,
    text: &Spanned<String>,
    read: fn(&str) -> Option<T>,
    all: &[T],
    what: &str,
    problems: &mut Problems<'_>,
) -> Option<T> {
    let read = read(text.get_ref());
    if read.is_none() {
        let list: Vec<String> = all.iter().map(ToString::to_string).collect();
        problems.add_with_fix(
            path,
            text.span(),
            format!("`{}` is no {what}", text.get_ref()),
            format!("one of: {}", list.join(", ")),
        );
    }
    read
}

fn unknown_name<'n>(
    path: &str,
    name: &Spanned<String>,
    what: &str,
    known: impl Iterator<Item = &'n str>,
    problems: &mut Problems<'_>,
) {
    let message = format!("no {what} is called `{}`", name.get_ref());
    match nearest(name.get_ref(), known) {
        Some(near) => problems.add_with_fix(
            path,
            name.span(),
            message,
            format!("did you mean `{near}`?"),
        ),
        None => problems.add(path, name.span(), message),
    }
}

/// The nearest of some names, if one is near enough to be meant.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    /// A longer name is nobody's slip of the pen.
    const LONGEST: usize = 100;
    if name.len() > LONGEST {
        return None;
    }
    let limit = name.len() / 3 + 1;
    known
        .map(|other| (edit_distance(name, other), other))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, other)| other)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
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
