//! Sentences, units and words of log shorthand and prose, and the keys under which words are looked
//! up, as rows of data: see `data/segment.toml` and `data/normalise.toml`.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::Deserialize;
use throughline::lexicon::LexiconSource;
use throughline::segment::{Break, Segmented, Shape, Word, WordId, WordLookup};

/// Knows every word that holds a letter and no digit, under its key, and the abbreviations of the
/// built-in lexicon.
struct Words {
    keys: RefCell<(Vec<String>, HashMap<String, WordId>)>,
    abbreviations: Vec<String>,
}

const SHAPES: [Shape; 3] = [Shape::Number, Shape::Time, Shape::Times];
const FIRST: usize = SHAPES.len() + 1;

impl Words {
    fn new() -> Self {
        let source = LexiconSource::built_in();
        let (_, file) = source
            .files()
            .find(|(path, _)| *path == "classes/structure.toml")
            .expect("in the lexicon");
        let file: toml::Table = file.parse().expect("valid TOML");
        let words = file["class"]["abbreviation"]["words"]
            .as_array()
            .expect("a list");
        let abbreviations = words
            .iter()
            .map(|w| w.as_str().expect("text").to_owned())
            .collect();
        Self {
            keys: RefCell::default(),
            abbreviations,
        }
    }

    /// The key of a word, or the name of its shape.
    fn key(&self, word: WordId) -> String {
        match word as usize {
            0 => "?".to_owned(),
            id if id < FIRST => format!("#{:?}", SHAPES[id - 1]).to_lowercase(),
            id => self.keys.borrow().0[id - FIRST].clone(),
        }
    }
}

impl WordLookup for Words {
    fn lookup(&self, key: &[u8]) -> Word {
        let key = std::str::from_utf8(key).expect("keys are UTF-8");
        // Shorthand with a digit that the lexicon would list.
        let listed = ["24/7"].contains(&key);
        if !listed && (key.is_empty() || key.bytes().any(|b| b.is_ascii_digit())) {
            return Word::default();
        }
        let mut keys = self.keys.borrow_mut();
        if let Some(id) = keys.1.get(key) {
            return (*id).into();
        }
        let id = (FIRST + keys.0.len()) as WordId;
        keys.0.push(key.to_owned());
        keys.1.insert(key.to_owned(), id);
        id.into()
    }

    fn shape(&self, shape: Shape) -> WordId {
        SHAPES.iter().position(|s| *s == shape).expect("a shape") as WordId + 1
    }

    fn is_abbreviation(&self, word: WordId) -> bool {
        word as usize >= FIRST
            && self
                .abbreviations
                .contains(&self.keys.borrow().0[word as usize - FIRST])
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    test: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    text: String,
    /// What each sentence quotes.
    sentences: Option<Vec<String>>,
    /// From the first to the last word of each unit.
    units: Option<Vec<String>>,
    /// Each word as written.
    tokens: Option<Vec<String>>,
    /// The key or shape of each word.
    keys: Option<Vec<String>>,
    /// Words with a question mark before them.
    queried: Option<Vec<String>>,
    /// Words between quotation marks.
    quoted: Option<Vec<String>>,
    /// Which sentences are questions, by their index.
    questions: Option<Vec<usize>>,
}

impl Row {
    fn differences(&self, words: &Words, segmented: &mut Segmented) -> Vec<String> {
        let text = self.text.as_str();
        segmented.segment(text, words);
        let tokens = &segmented.tokens;
        let chosen = |wanted: fn(&throughline::segment::Token) -> bool| -> Vec<String> {
            tokens
                .iter()
                .filter(|t| wanted(t))
                .map(|t| t.span().of(text).to_owned())
                .collect()
        };
        let unit = |bounds: &[usize]| {
            text[tokens[bounds[0]].start as usize..tokens[bounds[1] - 1].end as usize].to_owned()
        };
        let found = [
            (
                "sentences",
                &self.sentences,
                segmented
                    .sentences
                    .iter()
                    .map(|s| s.span.of(text).to_owned())
                    .collect(),
            ),
            (
                "units",
                &self.units,
                segmented.units.windows(2).map(unit).collect(),
            ),
            ("tokens", &self.tokens, chosen(|_| true)),
            (
                "keys",
                &self.keys,
                tokens.iter().map(|t| words.key(t.word)).collect(),
            ),
            ("queried", &self.queried, chosen(|t| t.queried)),
            ("quoted", &self.quoted, chosen(|t| t.quoted)),
        ];
        let mut differences: Vec<String> = found
            .into_iter()
            .filter_map(
                |(what, expected, found): (_, &Option<Vec<String>>, Vec<String>)| {
                    let expected = expected.as_ref()?;
                    (*expected != found).then(|| {
                        format!(
                            "{}: {what}\n  expected {expected:?}\n  found    {found:?}",
                            self.name
                        )
                    })
                },
            )
            .collect();
        if let Some(expected) = &self.questions {
            let found: Vec<usize> = (0..segmented.sentences.len())
                .filter(|i| segmented.sentences[*i].question)
                .collect();
            if *expected != found {
                differences.push(format!(
                    "{}: questions\n  expected {expected:?}\n  found    {found:?}",
                    self.name
                ));
            }
        }
        differences
    }
}

fn run(file: &str, least: usize) {
    let rows: Rows = toml::from_str(file).expect("valid rows");
    assert!(rows.test.len() >= least, "only {} rows", rows.test.len());
    let words = Words::new();
    let mut segmented = Segmented::default();
    let mut names = std::collections::BTreeSet::new();
    let mut differences = Vec::new();
    for row in &rows.test {
        assert!(names.insert(&row.name), "two rows are called {}", row.name);
        let asks = [
            &row.sentences,
            &row.units,
            &row.tokens,
            &row.keys,
            &row.queried,
            &row.quoted,
        ];
        assert!(
            asks.iter().any(|a| a.is_some()) || row.questions.is_some(),
            "{} asks for nothing",
            row.name
        );
        differences.extend(row.differences(&words, &mut segmented));
    }
    assert!(
        differences.is_empty(),
        "{} differences in {} rows\n{}",
        differences.len(),
        rows.test.len(),
        differences.join("\n")
    );
}

#[test]
fn segmentation_rows() {
    run(include_str!("data/segment.toml"), 60);
}

#[test]
fn normalisation_rows() {
    run(include_str!("data/normalise.toml"), 20);
}

/// A break is as strong as the strongest mark between two words.
#[test]
fn breaks_between_words() {
    let words = Words::new();
    let mut segmented = Segmented::default();
    let cases = [
        ("a b", Break::None),
        ("a-b", Break::None),
        ("a, b", Break::Weak),
        ("a (b", Break::Weak),
        ("a: b", Break::Weak),
        ("a; b", Break::Strong),
        ("a - b", Break::Strong),
        ("a – b", Break::Strong),
        ("a... b", Break::Strong),
        ("a… b", Break::Strong),
        ("a, - b", Break::Strong),
        ("a. b", Break::Sentence),
        ("a ... . b", Break::Sentence),
        ("a // b", Break::Sentence),
        ("a | b", Break::Sentence),
        ("a! b", Break::Sentence),
        ("a\n\nb", Break::Sentence),
    ];
    for (text, expected) in cases {
        let text = text.replacen('a', "alpha", 1).replacen('b', "beta", 1);
        segmented.segment(&text, &words);
        assert_eq!(
            segmented.tokens.last().map(|t| t.gap),
            Some(expected),
            "{text:?}"
        );
    }
}

/// Text without any mark is cut, so that nothing that looks at pairs within a sentence takes for ever.
#[test]
fn a_sentence_without_end_is_cut() {
    let words = Words::new();
    let mut segmented = Segmented::default();
    segmented.segment(&"never ".repeat(5000), &words);
    assert_eq!(segmented.sentences.len(), 10);
    assert!(segmented.sentences.iter().all(|s| s.tokens().len() <= 512));
    assert_eq!(segmented.units.len(), 11);
    segmented.segment(&"word ".repeat(512), &words);
    assert_eq!(segmented.sentences.len(), 1);
}
