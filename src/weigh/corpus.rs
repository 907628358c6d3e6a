//! Marked texts as they are learnt from: their sentences in numbered words, what is marked, what rules find.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::features::Term;
use super::marked::{Mark, MarkedText, Silence};
use super::model::FEWEST_SENTENCES;
use super::{is_grave, is_of_check};
use crate::checks::heard;
use crate::context::{people, sign};
use crate::error::{Error, Result};
use crate::lexicon::{Lexicon, Saying};
use crate::mention::Mention;
use crate::scan::Scanner;
use crate::segment::{Break, Segmented, Shape, Word, WordId, WordLookup};

/// A sentence to learn from.
pub(super) struct Sentence {
    pub text: u32,
    pub terms: Vec<Term>,
    /// Categories that it shows, and those of which it says nothing.
    pub shown: u128,
    pub unsaid: u128,
    /// Categories of which a rule speaks in it, and those of which it is evidence.
    pub spoken: u128,
    pub evident: u128,
}

/// Looks words up in the vocabulary of a lexicon, and numbers those that it does not know.
struct Words<'l> {
    lexicon: &'l Lexicon,
    unknown: RefCell<HashMap<Vec<u8>, Term>>,
}

impl WordLookup for Words<'_> {
    fn lookup(&self, key: &[u8]) -> Word {
        let word = self.lexicon.vocabulary.lookup(key);
        if word.id != 0 || key.is_empty() {
            return word;
        }
        let mut unknown = self.unknown.borrow_mut();
        let next = unknown.len() + 1;
        let term = match unknown.get(key) {
            Some(term) => *term,
            // Beyond that many, words are not told apart: none is frequent any more.
            None if next >= usize::from(Term::MAX) => 0,
            None => {
                unknown.insert(key.to_vec(), next as Term);
                next as Term
            }
        };
        Word {
            term,
            ..Word::default()
        }
    }

    fn shape(&self, shape: Shape) -> WordId {
        self.lexicon.vocabulary.shape(shape)
    }

    fn correct(&self, key: &[u8]) -> Word {
        self.lexicon.vocabulary.correct(key)
    }

    fn is_abbreviation(&self, word: WordId) -> bool {
        word != 0 && self.lexicon.vocabulary.is_abbreviation(word)
    }
}

/// All that is read of the texts before anything is learnt.
pub(super) struct Corpus {
    pub categories: Vec<String>,
    pub sentences: Vec<Sentence>,
    pub words: Vec<String>,
    pub function: Vec<Term>,
    pub texts: Vec<Text>,
    /// Which categories belong together: those of abuse, those of suicide.
    pub groups: Vec<u128>,
    pub group_names: Vec<String>,
    /// Categories that are grave: see [`is_grave`].
    pub grave: u128,
}

/// What is known of a text.
pub(super) struct Text {
    /// Whether silence tells of all categories.
    pub tells: bool,
    /// Whether its marks tell which categories it shows as a whole.
    pub whole: bool,
    /// Categories of which its marks tell nothing.
    pub unsaid: u128,
    pub shown: u128,
    /// Categories that rules find, and those of them that trusted rules find.
    pub found: u128,
    pub firm: u128,
    /// Rules that find, with the categories that they find.
    pub rules: BTreeSet<(usize, usize)>,
}

impl Text {
    /// Whether its silence tells of a category.
    pub fn tells_of(&self, category: usize) -> bool {
        self.tells && self.unsaid >> category & 1 == 0
    }
}

/// Reads the texts.
pub(super) fn read(lexicon: &Lexicon, texts: &[&MarkedText]) -> Result<Corpus> {
    let subjects = lexicon.subjects();
    let mut used = BTreeSet::new();
    for text in texts {
        for mark in &text.marks {
            if !subjects.contains(&mark.category) {
                let message = format!("{}: no category is called `{}`", text.name, mark.category);
                return Err(Error::usage(message));
            }
            if text.silence == Silence::Tells {
                used.insert(mark.category.clone());
            }
        }
    }
    let order = subjects.iter().filter(|id| used.contains(*id));
    let categories: Vec<String> = order.cloned().collect();
    if categories.is_empty() || categories.len() > 128 {
        return Err(Error::usage(
            "the texts must bear marks of one to 128 categories".to_owned(),
        ));
    }
    let learnt: Vec<Option<usize>> = subjects
        .iter()
        .map(|id| categories.iter().position(|own| own == id))
        .collect();
    let of_checks = categories.iter().enumerate();
    let of_checks = of_checks.filter(|(_, id)| is_of_check(id));
    let of_checks = of_checks.fold(0u128, |all, (at, _)| all | 1 << at);
    let index = |id: &str| categories.iter().position(|own| own == id);
    let words = Words {
        lexicon,
        unknown: RefCell::default(),
    };
    let mut segmented = Segmented::default();
    let mut scanner = Scanner::without_weights(lexicon);
    let mut numbers: HashMap<WordId, Term> = HashMap::default();
    let mut list: Vec<String> = Vec::new();
    let mut by_unknown: HashMap<Term, Term> = HashMap::default();
    // How often an unknown word is written like a name, and in all.
    let mut as_name: HashMap<Term, (u32, u32)> = HashMap::default();
    // Names, and words that tell a person's sex without a twin: what is learnt must hold for everybody.
    let personal = ["first_name", "not_weighed"].map(|class| lexicon.named.get(class));
    let is_personal = |word| {
        let mut classes = personal.iter().flatten();
        classes.any(|class| lexicon.classes.has(word, *class))
    };
    let mut sentences = Vec::new();
    let mut about = Vec::new();
    let mut unknown_of: Vec<Term> = Vec::new();
    for (number, own) in texts.iter().enumerate() {
        segmented.segment(&own.text, &words);
        sign::read_signs(&own.text, lexicon, &mut segmented);
        people::follow_names(&own.text, lexicon, &mut segmented);
        let mut shown = 0u128;
        for mark in own.marks.iter().filter(|mark| mark.counts) {
            shown |= index(&mark.category).map_or(0, |c| 1 << c);
        }
        let mentions = scanner.scan(&own.text);
        let statements = scanner.statements();
        let mut finds = BTreeSet::new();
        for mention in mentions.iter().filter(|m| m.suppressed.is_none()) {
            finds.extend(learnt[mention.category].map(|own| (mention.rule, own)));
        }
        for (statement, heard) in sayings(lexicon, &own.text, statements) {
            let heard = heard.and_then(|subject| learnt[subject]);
            finds.extend(heard.map(|own| (statement.rule, own)));
        }
        let found = finds.iter().fold(0u128, |all, (_, own)| all | 1 << own);
        let every = u128::MAX >> (128 - categories.len());
        let mut unsaid_of_all = match &own.silence {
            Silence::TellsOnlyOf(category) => every & !index(category).map_or(0, |c| 1 << c),
            _ => 0,
        };
        if !own.checks {
            unsaid_of_all |= of_checks;
        }
        about.push(Text {
            tells: own.silence == Silence::Tells && segmented.sentences.len() >= FEWEST_SENTENCES,
            whole: !matches!(own.silence, Silence::TellsOnlyOf(_)),
            shown,
            found,
            unsaid: unsaid_of_all,
            firm: 0,
            rules: finds,
        });
        for sentence in &segmented.sentences {
            let tokens = &segmented.tokens[sentence.tokens()];
            let terms = tokens.iter().map(|token| match token.word {
                0 if token.term == 0 => 0,
                0 => {
                    let seen = as_name.entry(token.term).or_default();
                    let capital = own.text.as_bytes()[token.start as usize].is_ascii_uppercase();
                    seen.0 += u32::from(capital && token.gap != Break::Sentence);
                    seen.1 += 1;
                    *by_unknown.entry(token.term).or_insert_with(|| {
                        list.push(String::new());
                        unknown_of.push(token.term);
                        list.len() as Term
                    })
                }
                // As when they are weighed.
                _ if token.named => 0,
                word if is_personal(word) => 0,
                word => *numbers.entry(word).or_insert_with(|| {
                    list.push(spelt(lexicon, word));
                    unknown_of.push(0);
                    list.len() as Term
                }),
            });
            let terms: Vec<Term> = terms.collect();
            let touches = |mark: &&Mark| {
                mark.span.start < sentence.span.end && sentence.span.start < mark.span.end
            };
            let mut here = 0u128;
            for mark in own.marks.iter().filter(touches).filter(|mark| mark.counts) {
                here |= index(&mark.category).map_or(0, |c| 1 << c);
            }
            let (mut spoken, mut evident) = (0u128, 0u128);
            for mention in &mentions {
                let span = mention.span;
                if span.start < sentence.span.end && sentence.span.start < span.end {
                    let own = learnt[mention.category].map_or(0, |c| 1 << c);
                    spoken |= own;
                    if mention.suppressed.is_none() {
                        evident |= own;
                    }
                }
            }
            for (statement, heard) in sayings(lexicon, &own.text, statements) {
                let span = statement.span;
                if span.start >= sentence.span.end || sentence.span.start >= span.end {
                    continue;
                }
                let (check, saying) = lexicon.rules[statement.rule].check.expect("of a check");
                if saying != Saying::Trigger {
                    let both = [Saying::Done, Saying::NotDone].into_iter();
                    let both = both.filter_map(|s| s.subject(lexicon.categories.len(), check));
                    spoken |= both
                        .filter_map(|subject| learnt[subject])
                        .fold(0, |all, own| all | 1 << own);
                }
                let heard = heard.and_then(|subject| learnt[subject]);
                evident |= heard.map_or(0, |own| 1 << own);
            }
            let unsaid = match &own.silence {
                Silence::TellsUnlessMarkedElsewhere => unsaid_of_all | shown & !here,
                _ => unsaid_of_all,
            };
            sentences.push(Sentence {
                text: number as u32,
                terms,
                shown: here,
                unsaid: unsaid & !here,
                spoken,
                evident,
            });
        }
    }
    name_unknown(&words, &mut list, &unknown_of, &as_name, &mut sentences);
    let function = lexicon.named.get("function_word");
    let is_function =
        |word: &WordId| function.is_some_and(|class| lexicon.classes.has(*word, class));
    let mut function: Vec<Term> = numbers
        .iter()
        .filter(|(word, _)| is_function(word))
        .map(|(_, term)| *term)
        .collect();
    function.sort_unstable();
    let mut groups: BTreeMap<&str, u128> = BTreeMap::new();
    for (index, id) in categories.iter().enumerate() {
        let own = lexicon.category(id);
        let group = own.map_or("check", |own| lexicon.categories[own].group.as_str());
        *groups.entry(group).or_default() |= 1 << index;
    }
    let grave = categories.iter().enumerate().filter(|(_, id)| {
        let own = lexicon.category(id);
        own.is_some_and(|own| is_grave(&lexicon.categories[own]))
    });
    Ok(Corpus {
        grave: grave.fold(0, |all, (index, _)| all | 1 << index),
        group_names: groups.keys().map(|name| (*name).to_owned()).collect(),
        groups: groups.into_values().collect(),
        categories,
        sentences,
        words: list,
        function,
        texts: about,
    })
}

/// What a text says of response checks, by rule, with the subject that it comes to in its context.
fn sayings<'m>(
    lexicon: &Lexicon,
    text: &str,
    statements: &'m [Mention],
) -> impl Iterator<Item = (&'m Mention, Option<usize>)> {
    statements.iter().map(move |statement| {
        let rule = &lexicon.rules[statement.rule];
        let (check, saying) = rule.check.expect("of a check");
        let heard = heard(saying, rule.inherent, text, statement);
        let subject = heard.and_then(|own| own.subject(lexicon.categories.len(), check));
        (statement, subject)
    })
}

/// The rules that are right often enough in texts whose writers did not know them; notes what they find.
/// Of a rule that matched seldom little is known: it is taken to be right in three cases of five until it has shown more.
pub(super) fn trust(lexicon: &Lexicon, corpus: &mut Corpus, least: f64) -> Vec<String> {
    let mut counts: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    for text in corpus.texts.iter().filter(|text| text.tells) {
        for (rule, category) in &text.rules {
            if text.unsaid >> category & 1 == 1 {
                continue;
            }
            let own = counts.entry(*rule).or_default();
            own.0 += (text.shown >> category & 1) as u32;
            own.1 += 1;
        }
    }
    counts.retain(|_, (right, all)| (f64::from(*right) + 1.5) / (f64::from(*all) + 2.5) >= least);
    for text in &mut corpus.texts {
        let own = text
            .rules
            .iter()
            .filter(|(rule, _)| counts.contains_key(rule));
        text.firm = own.fold(0, |all, (_, category)| all | 1 << category);
    }
    counts
        .keys()
        .map(|rule| lexicon.rules[*rule].id.clone())
        .collect()
}

/// Spells the words that the lexicon does not know, and takes out those that are written like names: what is
/// learnt must hold for people of any name.
fn name_unknown(
    words: &Words<'_>,
    list: &mut [String],
    unknown_of: &[Term],
    as_name: &HashMap<Term, (u32, u32)>,
    sentences: &mut [Sentence],
) {
    let unknown = words.unknown.borrow();
    let spelling: HashMap<Term, &Vec<u8>> =
        unknown.iter().map(|(key, term)| (*term, key)).collect();
    let mut is_name = vec![false; list.len() + 1];
    for (at, unknown) in unknown_of
        .iter()
        .enumerate()
        .filter(|(_, unknown)| **unknown != 0)
    {
        let (names, all) = as_name.get(unknown).copied().unwrap_or_default();
        list[at] = String::from_utf8_lossy(spelling[unknown]).into_owned();
        is_name[at + 1] = names * 3 > all || list[at].contains(['\t', ' ', '~', '#']);
    }
    for sentence in sentences {
        for term in &mut sentence.terms {
            if is_name[usize::from(*term)] {
                *term = 0;
            }
        }
    }
}

/// A word of the lexicon as the table has it.
fn spelt(lexicon: &Lexicon, word: WordId) -> String {
    for (shape, name) in super::table::SHAPES {
        if word == lexicon.vocabulary.shape(shape) {
            return name.to_owned();
        }
    }
    lexicon.vocabulary.word(word).to_owned()
}
