//! The lexicon as rules of medspaCy: token patterns for spaCy's matcher, and cues for ConText.
//!
//! Words are split as spaCy's English tokeniser splits them (`won't` is `wo` and `n't`, `ex-partner`
//! three tokens). A gap counts spaCy's tokens, in which marks of punctuation are tokens too.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Value, json};

use super::book::{Book, Choice, Phrase};
use super::sequence::{Step, sequences};
use super::{Export, LOOK, NEIGHBOURS, Tally, has_conditions, rules};
use crate::lexicon::schema;

/// Most token patterns that one sequence may become; beyond, phrases of its classes are left out.
const MOST: usize = 6;

const PHRASES: &str = "phrases of several words in its classes, where there are too many";
const GAP_PHRASES: &str = "phrases of several words that its gaps must not hold";

/// Tokens of one alternative of a step.
type Tokens = Vec<Value>;

pub(super) fn write(head: &str, files: &[schema::File], book: &Book) -> Export {
    let (mut targets, mut cues) = (Tally::default(), Tally::default());
    let mut target_rules = Vec::new();
    for (category, rule) in rules(files) {
        for pattern in rule.patterns.iter().chain(&rule.terms) {
            match token_patterns(pattern.get_ref(), book) {
                Ok((patterns, mut lacks)) => {
                    if has_conditions(rule) {
                        lacks.insert(NEIGHBOURS);
                    }
                    targets.written(&lacks);
                    target_rules.extend(patterns.into_iter().map(|tokens| {
                        json!({
                            "literal": pattern.get_ref(),
                            "category": category,
                            "pattern": tokens,
                            "metadata": { "rule": rule.id.get_ref() },
                        })
                    }));
                }
                Err(reason) => targets.refused(reason),
            }
        }
        if rule.regex.is_some() {
            targets.refused("a regular expression");
        }
    }
    let mut context_rules = Vec::new();
    for modifier in files
        .iter()
        .flat_map(|file| &file.modifier)
        .map(toml::Spanned::get_ref)
    {
        context_rules.extend(cue(modifier, book, &mut cues));
    }
    let mut notes = vec![format!(
        "{} target rules, {} context rules",
        target_rules.len(),
        context_rules.len()
    )];
    notes.extend(targets.notes("patterns"));
    notes.extend(cues.notes("patterns of cues"));
    notes.push(
        "for every pattern: no roles, no misspellings beyond those listed, no ends of units"
            .to_owned(),
    );
    let forms: usize = files
        .iter()
        .filter_map(|f| f.form.as_ref())
        .map(|f| f.questions.len())
        .sum();
    notes.push(format!(
        "{forms} questions of forms, response checks and signals: left out"
    ));
    // One rule a line: such a file can be read, and compared with another.
    let lines = |rules: &[Value]| {
        let lines = rules.iter().map(|rule| format!("    {rule}"));
        lines.collect::<Vec<_>>().join(",\n")
    };
    let text = format!(
        "{{\n  \"about\": {},\n  \"notes\": {},\n  \"target_rules\": [\n{}\n  ],\n  \"context_rules\": [\n{}\n  ]\n}}\n",
        json!(head),
        json!(notes),
        lines(&target_rules),
        lines(&context_rules)
    );
    Export { text, notes }
}

/// The context rules of a modifier.
fn cue(modifier: &schema::Modifier, book: &Book, tally: &mut Tally) -> Vec<Value> {
    let mut refuse = |reason| {
        modifier.patterns.iter().for_each(|_| tally.refused(reason));
        Vec::new()
    };
    let plain = |list: &[toml::Spanned<String>]| -> Vec<String> {
        list.iter().map(|name| name.get_ref().clone()).collect()
    };
    let applies_to = plain(&modifier.applies_to);
    if applies_to.iter().any(|name| name == "checks") {
        return refuse("a cue for response checks");
    }
    let direction = match modifier.direction.get_ref().as_str() {
        "forward" => "FORWARD",
        "backward" => "BACKWARD",
        "both" => "BIDIRECTIONAL",
        "pseudo" => "PSEUDO",
        "terminate" => "TERMINATE",
        _ => return refuse("a cue for the whole narrative"),
    };
    let through = modifier
        .through
        .as_ref()
        .map_or("clause", |t| t.get_ref().as_str());
    if through == "previous" {
        return refuse("a cue that reaches beyond its sentence");
    }
    let value = modifier
        .value
        .as_ref()
        .map_or("", |value| value.get_ref().as_str());
    let category = category(modifier.axis.get_ref(), value);
    // ConText's own rules end a scope at the sentence or at terminators, never at commas.
    let mut always = BTreeSet::new();
    if matches!(through, "clause" | "list" | "unit") && !matches!(direction, "PSEUDO" | "TERMINATE")
    {
        always.insert("the end of its scope at a clause or unit");
    }
    if !modifier.until.is_empty()
        || !modifier.needs_in_narrative.is_empty()
        || !modifier.unless_in_narrative.is_empty()
        || modifier.only_in.is_some()
        || modifier.older_by.is_some()
    {
        always.insert("conditions of its own (`until`, `needs`, questions, years)");
    }
    let mut rules = Vec::new();
    for pattern in &modifier.patterns {
        match token_patterns(pattern.get_ref(), book) {
            Ok((patterns, mut lacks)) => {
                lacks.extend(&always);
                tally.written(&lacks);
                rules.extend(patterns.into_iter().map(|tokens| {
                    let mut rule = json!({
                        "literal": pattern.get_ref(),
                        "category": category,
                        "direction": direction,
                        "pattern": tokens,
                        "metadata": { "modifier": modifier.id.get_ref() },
                    });
                    if let Some(scope) = modifier.scope {
                        rule["max_scope"] = scope.into();
                    }
                    if !applies_to.is_empty() {
                        rule["allowed_types"] = applies_to.clone().into();
                    } else if !modifier.except.is_empty() {
                        rule["excluded_types"] = plain(&modifier.except).into();
                    }
                    rule
                }));
            }
            Err(reason) => tally.refused(reason),
        }
    }
    rules
}

/// ConText's own name for what a cue says, where it has one.
fn category(axis: &str, value: &str) -> String {
    match (axis, value) {
        ("polarity", "negated") => "NEGATED_EXISTENCE".to_owned(),
        ("certainty", "possible") => "POSSIBLE_EXISTENCE".to_owned(),
        ("temporality", "historical") => "HISTORICAL".to_owned(),
        ("temporality", "hypothetical") => "HYPOTHETICAL".to_owned(),
        ("experiencer", "other") => "FAMILY".to_owned(),
        (axis, "") => axis.to_uppercase(),
        (axis, value) => format!("{axis}_{value}").to_uppercase(),
    }
}

type Patterns = (Vec<Tokens>, BTreeSet<&'static str>);

fn token_patterns(pattern: &str, book: &Book) -> Result<Patterns, &'static str> {
    let mut all = Vec::new();
    let mut lacks = BTreeSet::new();
    for sequence in sequences(pattern, book) {
        all.extend(sequence_patterns(&sequence, &mut lacks)?);
    }
    match all.is_empty() {
        true => Err("no word to start from"),
        false => Ok((all, lacks)),
    }
}

fn sequence_patterns(
    sequence: &[Step],
    lacks: &mut BTreeSet<&'static str>,
) -> Result<Vec<Tokens>, &'static str> {
    let mut steps: Vec<Vec<Tokens>> = Vec::new();
    for step in sequence {
        match step {
            Step::Any(choice) => steps.push(alternatives(choice)),
            Step::Gap { min, max, except } => steps.push(vec![gap(*min, *max, except, lacks)]),
            Step::Condition => {
                lacks.insert(LOOK);
            }
        }
    }
    let product = |steps: &[Vec<Tokens>]| steps.iter().map(Vec::len).product::<usize>();
    while product(&steps) > MOST {
        // The step with the most phrases keeps its single words.
        let Some(most) = steps
            .iter_mut()
            .filter(|s| s.len() > 1)
            .max_by_key(|s| s.len())
        else {
            break;
        };
        lacks.insert(PHRASES);
        most.truncate(1);
    }
    let mut patterns = vec![Vec::new()];
    for step in &steps {
        let longer = patterns.iter().flat_map(|head: &Tokens| {
            step.iter()
                .map(move |tail| head.iter().chain(tail).cloned().collect())
        });
        patterns = longer.collect();
    }
    Ok(patterns)
}

/// The ways to fill a step: its words that are one token first, then phrases that begin alike together.
fn alternatives(choice: &Rc<Choice>) -> Vec<Tokens> {
    let mut by_head: BTreeMap<Phrase, BTreeSet<String>> = BTreeMap::new();
    for phrase in &choice.phrases {
        let mut tokens: Phrase = phrase.iter().flat_map(|word| spacy_tokens(word)).collect();
        if let Some(last) = tokens.pop() {
            by_head.entry(tokens).or_default().insert(last);
        }
    }
    let mut all: Vec<Tokens> = Vec::new();
    for (head, last) in by_head {
        let mut tokens: Tokens = head.iter().map(|token| json!({ "LOWER": token })).collect();
        tokens.push(json!({ "LOWER": { "IN": last } }));
        all.push(tokens);
    }
    all.sort_by_key(Vec::len);
    let shapes = choice.shapes.iter().map(|shape| vec![shape_token(shape)]);
    all.splice(0..0, shapes);
    all
}

fn shape_token(shape: &str) -> Value {
    match shape {
        "#num" => json!({ "LIKE_NUM": true }),
        "#time" => json!({ "LOWER": { "REGEX": r"^\d{1,2}([:.]\d{2})?(am|pm|hrs)?$" } }),
        "#times" => json!({ "LOWER": { "REGEX": r"^(x\d+|\d+x)$" } }),
        _ => json!({ "LOWER": { "REGEX": "^[b-hj-z]$" } }),
    }
}

fn gap(min: u8, max: u8, except: &Choice, lacks: &mut BTreeSet<&'static str>) -> Tokens {
    let mut single = BTreeSet::new();
    for phrase in &except.phrases {
        let tokens: Phrase = phrase.iter().flat_map(|word| spacy_tokens(word)).collect();
        match tokens.as_slice() {
            [token] => {
                single.insert(token.clone());
            }
            _ => {
                lacks.insert(GAP_PHRASES);
            }
        }
    }
    let word = |optional: bool| {
        let mut token = json!({});
        if !single.is_empty() {
            token["LOWER"] = json!({ "NOT_IN": single });
        }
        if optional {
            token["OP"] = "?".into();
        }
        token
    };
    (0..max).map(|at| word(at >= min)).collect()
}

/// A word as spaCy's English tokeniser splits it.
fn spacy_tokens(word: &str) -> Vec<String> {
    if word == "w/o" {
        return vec![word.to_owned()];
    }
    let mut tokens = Vec::new();
    let mut part = String::new();
    let letters: Vec<char> = word.chars().collect();
    for (at, c) in letters.iter().enumerate() {
        let letter = |at: usize| letters.get(at).is_some_and(|c| c.is_alphabetic());
        if at > 0 && letter(at - 1) && letter(at + 1) && matches!(c, '-' | '/' | ':') {
            tokens.extend(split_contraction(&part).map(str::to_owned));
            tokens.push(c.to_string());
            part.clear();
        } else {
            part.push(*c);
        }
    }
    tokens.extend(split_contraction(&part).map(str::to_owned));
    tokens
}

/// Puts `won't` as `wo` and `n't`, `he'd` as `he` and `'d`, `cannot` as `can` and `not`.
fn split_contraction(word: &str) -> impl Iterator<Item = &str> {
    let (head, tail) = word.split_at(contraction(word));
    [head, tail].into_iter().filter(|part| !part.is_empty())
}

/// Where a contraction is cut; 0 for a word that is none.
fn contraction(word: &str) -> usize {
    const ENDINGS: &[&str] = &["n't", "'s", "'d", "'m", "'ll", "'re", "'ve"];
    /// Written without an apostrophe, these are split as well: after so many letters from the end.
    const BARE: &[(usize, &str)] = &[
        (
            2,
            " cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mustnt shouldnt wasnt werent wont wouldnt \
             arent aint itll therell theyll youll ive shouldve theyve youve theyre youre gonna gotta ",
        ),
        (
            1,
            " hed hes id im itd shes thats thered theres theyd wed whats whod whos youd ",
        ),
    ];
    if word == "cannot" {
        return 3;
    }
    if word.ends_with("s'") {
        return word.len() - 1;
    }
    let marked = ENDINGS
        .iter()
        .find(|ending| word.ends_with(*ending))
        .map(|ending| ending.len());
    let bare = || {
        BARE.iter()
            .find(|(_, words)| words.contains(&format!(" {word} ")))
            .map(|(tail, _)| *tail)
    };
    marked.or_else(bare).map_or(0, |tail| word.len() - tail)
}

#[cfg(test)]
mod tests {
    use super::spacy_tokens;

    #[test]
    fn words_are_split_as_spacy_splits_them() {
        for (word, tokens) in [
            ("won't", vec!["wo", "n't"]),
            ("he's", vec!["he", "'s"]),
            ("mum's", vec!["mum", "'s"]),
            ("cannot", vec!["can", "not"]),
            ("ex-partner", vec!["ex", "-", "partner"]),
            ("w/o", vec!["w/o"]),
            ("b/f", vec!["b", "/", "f"]),
            ("parents'", vec!["parents", "'"]),
            ("theyre", vec!["they", "re"]),
            ("hes", vec!["he", "s"]),
            ("24/7", vec!["24/7"]),
            ("dont", vec!["do", "nt"]),
            ("mum", vec!["mum"]),
        ] {
            assert_eq!(spacy_tokens(word), tokens, "{word}");
        }
    }
}
