//! A larger lexicon, made from the one that is shipped: its rules again and again, with other words.
//!
//! Each copy has the rules of all categories, and the word classes that they name, under ids and names
//! of its own. Words of content are replaced; the common words of English and the classes of people and
//! structure stay, so that a copy looks at the same pronouns and kin as the rules that it was made from.

use std::collections::{BTreeMap, BTreeSet};

use throughline::lexicon::LexiconSource;
use toml::{Table, Value};

use super::corpus::Random;

/// Words of a million above which a word is common: it stays as it is.
const COMMON: u64 = 300;

/// Which words the copies have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Words that no text holds: the tables grow, the work hardly.
    New,
    /// The lexicon's own words in another order: every copy has something to look at in a text, and
    /// hardly anything to find.
    Known,
}

/// Files of classes of content, copied with the rules; all other classes are shared.
const CONTENT: &[&str] = &[
    "classes/violence.toml",
    "classes/suicide.toml",
    "classes/things.toml",
    "classes/verbs.toml",
];

/// Lists of a rule that hold patterns.
const PATTERNS: &[&str] = &[
    "patterns",
    "terms",
    "not_before",
    "not_after",
    "not_in_sentence",
    "needs_in_sentence",
    "needs_in_narrative",
];

/// The shipped lexicon `times` over.
pub fn larger(times: usize, words: Words) -> LexiconSource {
    let built_in = LexiconSource::built_in();
    let mut files: Vec<(String, Table)> = Vec::new();
    let (mut common, mut irregular) = (BTreeSet::new(), BTreeSet::new());
    for (path, text) in built_in.files() {
        let table: Table = text.parse().expect("the shipped lexicon is TOML");
        if let Some(list) = table.get("frequency").and_then(|f| f.get("words")) {
            common.extend(
                list.as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(common_word),
            );
        }
        if let Some(list) = table.get("irregular").and_then(|i| i.get("verbs")) {
            let entries = list
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            irregular.extend(
                entries
                    .flat_map(|e| e.split('|'))
                    .map(|form| form.trim().to_owned()),
            );
        }
        if path.starts_with("categories/") || CONTENT.contains(&path) {
            files.push((path.to_owned(), table));
        }
    }
    let classes = files
        .iter()
        .filter_map(|(_, table)| table.get("class")?.as_table());
    let classes = classes.flat_map(|list| list.keys().cloned()).collect();
    let mut copier = Copier {
        common,
        irregular,
        classes,
        words,
        copy: 1,
        shuffled: BTreeMap::new(),
    };
    let known = copier.content_words(&files);
    let mut source = built_in;
    for copy in 2..=times {
        copier.copy = copy;
        copier.shuffle(&known);
        for (path, table) in &files {
            let text = toml::to_string(&copier.file(table)).expect("TOML again");
            source.add_file(&format!("copies/{copy:02}/{path}"), &text);
        }
    }
    source
}

fn common_word(entry: &Value) -> Option<String> {
    let (word, count) = entry.as_str()?.split_once(' ')?;
    (count.parse::<u64>().ok()? >= COMMON).then(|| word.to_owned())
}

struct Copier {
    common: BTreeSet<String>,
    irregular: BTreeSet<String>,
    classes: BTreeSet<String>,
    words: Words,
    copy: usize,
    shuffled: BTreeMap<String, String>,
}

impl Copier {
    /// Every word of the files that a copy may put in the place of another: not the irregular verbs, whose
    /// forms are more than those of the words whose place they would take.
    fn content_words(&self, files: &[(String, Table)]) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut note = |text: &str| {
            rewrite(
                text,
                &mut |word| {
                    let plain = word.bytes().all(|b| b.is_ascii_lowercase());
                    if plain && self.is_content(word) && !self.irregular.contains(word) {
                        found.insert(word.to_owned());
                    }
                    word.to_owned()
                },
                &mut |class| class.to_owned(),
            );
        };
        for (_, table) in files {
            for list in texts(table) {
                note(list);
            }
        }
        found.into_iter().collect()
    }

    fn shuffle(&mut self, known: &[String]) {
        let mut random = Random::new(self.copy as u64);
        let mut other = known.to_vec();
        for last in (1..other.len()).rev() {
            other.swap(last, random.below(last + 1));
        }
        self.shuffled = known.iter().cloned().zip(other).collect();
    }

    fn is_content(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        word.len() > 2
            && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
            && !self.common.contains(&lower)
    }

    fn other(&self, word: &str) -> String {
        match self.words {
            Words::Known if self.shuffled.contains_key(word) => self.shuffled[word].clone(),
            _ => self.new_word(word),
        }
    }

    /// A word that no text holds, far enough from any other to be read as its misspelling.
    fn new_word(&self, word: &str) -> String {
        let copy = char::from(b'a' + (self.copy % 26) as u8);
        format!("{word}qxq{copy}z")
    }

    /// The text with other words; `None` if it holds none that could be replaced.
    fn reword(&self, text: &str) -> Option<String> {
        let mut changed = false;
        let mut longest = String::new();
        let mut reworded = rewrite(
            text,
            &mut |word| {
                if self.is_content(word) {
                    changed = true;
                    return self.other(word);
                }
                if word.len() > longest.len() && word.chars().all(|c| c.is_ascii_alphabetic()) {
                    word.clone_into(&mut longest);
                }
                word.to_owned()
            },
            &mut |class| class.to_owned(),
        );
        let mut classes_changed = false;
        reworded = rewrite(&reworded, &mut str::to_owned, &mut |class| {
            if self.classes.contains(class) {
                classes_changed = true;
                return format!("{class}_{}", self.copy);
            }
            class.to_owned()
        });
        if changed || classes_changed {
            return Some(reworded);
        }
        // Common words only: one of them is replaced, or the copy would find what the original finds.
        (!longest.is_empty()).then(|| {
            rewrite(
                text,
                &mut |word| {
                    if word == longest {
                        self.new_word(word)
                    } else {
                        word.to_owned()
                    }
                },
                &mut |class| class.to_owned(),
            )
        })
    }

    fn reworded(&self, list: &Value) -> Value {
        let texts = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        texts
            .filter_map(|text| self.reword(text))
            .map(Value::String)
            .collect::<Vec<_>>()
            .into()
    }

    fn file(&self, table: &Table) -> Table {
        let mut copy = Table::new();
        if let Some(classes) = table.get("class").and_then(Value::as_table) {
            let classes = classes.iter().map(|(name, class)| {
                (
                    format!("{name}_{}", self.copy),
                    Value::Table(self.class(class)),
                )
            });
            copy.insert("class".to_owned(), Value::Table(classes.collect()));
        }
        let rules = table.get("rule").and_then(Value::as_array);
        let rules: Vec<Value> = rules
            .into_iter()
            .flatten()
            .filter_map(|rule| self.rule(rule))
            .collect();
        if !rules.is_empty() {
            copy.insert("rule".to_owned(), rules.into());
        }
        copy
    }

    fn class(&self, class: &Value) -> Table {
        let mut copy = Table::new();
        for key in ["nouns", "verbs", "words"] {
            if let Some(list) = class.get(key) {
                copy.insert(key.to_owned(), self.reworded(list));
            }
        }
        if let Some(list) = class.get("include") {
            let names = list
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let names = names.map(|name| match self.classes.contains(name) {
                true => format!("{name}_{}", self.copy),
                false => name.to_owned(),
            });
            copy.insert(
                "include".to_owned(),
                names.map(Value::String).collect::<Vec<_>>().into(),
            );
        }
        copy
    }

    fn rule(&self, rule: &Value) -> Option<Value> {
        let mut copy = rule.as_table()?.clone();
        // Their brackets would have to follow the words; nothing here runs them.
        copy.insert("examples".to_owned(), vec![Value::from("made")].into());
        copy.insert("counter".to_owned(), vec![Value::from("made")].into());
        copy.remove("regex");
        copy.remove("gate");
        for key in PATTERNS {
            if let Some(list) = copy.get(*key).cloned() {
                copy.insert((*key).to_owned(), self.reworded(&list));
            }
        }
        let holds = |key: &str| {
            copy.get(key)
                .and_then(Value::as_array)
                .is_some_and(|l| !l.is_empty())
        };
        if !holds("patterns") && !holds("terms") {
            return None;
        }
        let id = format!("{}_{}", rule.get("id")?.as_str()?, self.copy);
        copy.insert("id".to_owned(), id.into());
        Some(copy.into())
    }
}

/// Every pattern and class entry of a file.
fn texts(table: &Table) -> Vec<&str> {
    let classes = table.get("class").and_then(Value::as_table);
    let classes = classes
        .into_iter()
        .flatten()
        .flat_map(|(_, class)| ["nouns", "verbs", "words"].map(|key| class.get(key)));
    let rules = table.get("rule").and_then(Value::as_array);
    let rules = rules
        .into_iter()
        .flatten()
        .flat_map(|rule| PATTERNS.iter().map(move |key| rule.get(key)));
    let lists = classes.chain(rules).flatten().filter_map(Value::as_array);
    lists.flatten().filter_map(Value::as_str).collect()
}

/// Rewrites the words and the class names of a pattern; everything else stays.
fn rewrite(
    pattern: &str,
    on_word: &mut dyn FnMut(&str) -> String,
    on_class: &mut dyn FnMut(&str) -> String,
) -> String {
    let inside = |c: char| {
        c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '/' | '&' | ':' | '.' | '_')
    };
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let head = if c == '{' {
            let end = rest.find('}').map_or(rest.len(), |at| at + 1);
            let name = rest[1..end].trim_end_matches('}');
            let (name, role) = name
                .split_once(':')
                .map_or((name, None), |(name, role)| (name, Some(role)));
            out.push('{');
            out.push_str(&on_class(name));
            if let Some(role) = role {
                out.push(':');
                out.push_str(role);
            }
            out.push('}');
            end
        } else if matches!(c, '[' | '<' | '#') {
            // Numbers of a gap, the name of a shape: no words.
            let body = |c: char| c.is_ascii_digit() || matches!(c, '-' | ' ');
            let name = |c: char| c.is_ascii_alphanumeric();
            let end = rest[1..].find(|c| {
                if rest.starts_with('#') {
                    !name(c)
                } else {
                    !body(c)
                }
            });
            let end = end.map_or(rest.len(), |at| at + 1);
            out.push_str(&rest[..end]);
            end
        } else if inside(c) {
            let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
            out.push_str(&on_word(&rest[..end]));
            end
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[head..];
    }
    out
}

/// Adds every word of a file's classes and patterns.
pub fn words_of(table: &Table, words: &mut BTreeSet<String>) {
    for text in texts(table) {
        rewrite(
            text,
            &mut |word| {
                words.insert(word.to_owned());
                word.to_owned()
            },
            &mut str::to_owned,
        );
    }
}
