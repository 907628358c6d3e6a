//! Learns the table of weights from marked texts.
//!
//! For each category a line is drawn between the sentences that bear its mark and the others (`svm.rs`). What
//! weighs little is left out, and the rest learnt again. Where the threshold of a category lies is asked of texts
//! that were not learnt from: the texts are parted in five, and each part is read with what the other four
//! taught. Learning is deterministic.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use rayon::prelude::*;

use super::features::{self, Feature, Term};
use super::marked::{MarkedText, Silence};
use super::svm::{self, Line, Rows};
use super::table::Table;
use crate::context::{people, sign};
use crate::error::{Error, Result};
use crate::lexicon::Lexicon;
use crate::scan::Scanner;
use crate::segment::{Segmented, Shape, Word, WordId, WordLookup};

/// How much of the sum of a whole text counts at most.
const MOST: f32 = super::model::MOST_OF_WHOLE / 100.0;

/// How it is learnt.
#[derive(Clone, Copy, Debug)]
pub struct LearnOptions {
    /// What a sentence on the wrong side costs, beside large weights.
    pub cost: f32,
    /// Texts in which a feature must stand.
    pub least_texts: u32,
    /// A feature whose largest weight is below this is left out.
    pub least_weight: f32,
    /// How many right findings one wrong finding is worth, where a threshold is set.
    pub wrong_costs: f64,
    /// How many wrong findings of rules one right one is worth, where they are set aside.
    pub right_costs: f64,
    /// What part of the sum of the whole text is added to that of a sentence.
    pub share: f32,
    /// What share of its findings must be right, in texts that it was not written for, that a rule is trusted.
    pub trusted: f64,
}

impl Default for LearnOptions {
    fn default() -> Self {
        Self {
            cost: 0.5,
            least_texts: 2,
            least_weight: 0.25,
            wrong_costs: 1.0,
            right_costs: 8.0,
            share: 0.2,
            trusted: 0.7,
        }
    }
}

/// What was learnt.
#[derive(Debug)]
pub struct Learnt {
    /// The table, as it stands in the lexicon.
    pub table: String,
    /// How many sentences were learnt from.
    pub sentences: usize,
    /// How many features have a weight.
    pub features: usize,
    /// What is found in texts that were not learnt from, by category.
    pub categories: Vec<LearntCategory>,
}

/// What rules find, and rules and weights together, in texts that the weights were not learnt from: documents
/// found rightly, wrongly, and missed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearntCategory {
    /// Category id.
    pub id: String,
    /// By rules alone.
    pub rules: [u32; 3],
    /// By rules, and by weights where no rule speaks.
    pub both: [u32; 3],
}

/// Parts into which the texts are parted to set thresholds.
const FOLDS: usize = 5;

/// Marked sentences below which a category is not learnt.
const LEAST_MARKED: usize = 20;

/// A sentence to learn from.
struct Sentence {
    text: u32,
    terms: Vec<Term>,
    /// Rules that match in it.
    rules: Vec<usize>,
    /// Categories that it shows, and those of which it says nothing.
    shown: u64,
    unsaid: u64,
    /// Categories of which a rule speaks in it, and those of which it is evidence.
    spoken: u64,
    evident: u64,
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
struct Corpus {
    categories: Vec<String>,
    sentences: Vec<Sentence>,
    words: Vec<String>,
    function: Vec<Term>,
    texts: Vec<Text>,
    /// Which categories belong together: those of abuse, those of suicide.
    groups: Vec<u64>,
    group_names: Vec<String>,
}

/// What is known of a text.
struct Text {
    /// Whether silence tells of all categories.
    tells: bool,
    /// Whether its marks tell which categories it shows as a whole.
    whole: bool,
    shown: u64,
    /// Categories that rules find, and those of them that trusted rules find.
    found: u64,
    firm: u64,
    /// Rules that find.
    rules: BTreeSet<usize>,
}

/// What was learnt of one set of sentences.
struct Model {
    /// The features that have a weight, by their old number.
    kept: Vec<Option<u32>>,
    rows: Rows,
    lines: Vec<Option<Line>>,
    /// All that stands in each text, and by group whether the text tells of it at all.
    texts: Rows,
    whole: Vec<Option<Line>>,
}

/// Learns a table of weights for the categories of `lexicon` from marked texts. Those of `besides` teach what words
/// weigh, but no words: what stands only in them does not come into the table.
///
/// # Errors
/// If a mark names a category that the lexicon lacks, or too little is marked.
pub fn learn(
    lexicon: &Lexicon,
    texts: &[MarkedText],
    besides: &[MarkedText],
    options: LearnOptions,
) -> Result<Learnt> {
    let all: Vec<&MarkedText> = texts.iter().chain(besides).collect();
    let mut corpus = read(lexicon, &all)?;
    let trusted = trust(lexicon, &mut corpus, options.trusted);
    let (features, rows) = features_of(&corpus, texts.len(), options.least_texts);
    let all = |_: usize| true;
    // What each part is given by what the others taught.
    let folds: Vec<Model> = (0..FOLDS)
        .map(|fold| {
            fit(&corpus, &rows, features.len(), options, |text| {
                text % FOLDS != fold
            })
        })
        .collect();
    let scored = scores(&corpus, &folds, options.share);
    let thresholds = thresholds(&corpus, &scored, options.wrong_costs);
    let keeps = keeps(&corpus, &scored, options.right_costs);
    let categories = measured(&corpus, &scored, &thresholds, &keeps);
    let model = fit(&corpus, &rows, features.len(), options, all);
    let table = table(
        lexicon,
        &corpus,
        &features,
        &model,
        (&thresholds, &keeps),
        options.share,
    );
    let table = Table { trusted, ..table };
    Ok(Learnt {
        sentences: corpus.sentences.len(),
        features: table.weights.len(),
        categories,
        table: table.write(HEAD),
    })
}

const HEAD: &str = "What words weigh, learnt from the texts of data/marked by `throughline lexicon learn`; see README.md here.\n\
    A line: a word, two or three in a row, or two near each other (~); then categories with weights.\n\
    A sentence counts for a category when bias + sum of its weights / root of the number of its features\n\
    reaches the threshold, and no rule of the category speaks of it.";

fn read(lexicon: &Lexicon, texts: &[&MarkedText]) -> Result<Corpus> {
    let mut used = BTreeSet::new();
    for text in texts {
        for mark in &text.marks {
            if lexicon.category(&mark.category).is_none() {
                let message = format!("{}: no category is called `{}`", text.name, mark.category);
                return Err(Error::usage(message));
            }
            if text.silence == Silence::Tells {
                used.insert(mark.category.clone());
            }
        }
    }
    let order = lexicon.categories.iter().map(|c| c.id.clone());
    let categories: Vec<String> = order.filter(|id| used.contains(id)).collect();
    if categories.is_empty() || categories.len() > 64 {
        return Err(Error::usage(
            "the texts must bear marks of one to 64 categories".to_owned(),
        ));
    }
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
    let first_name = lexicon.named.get("first_name");
    let is_name = |word| first_name.is_some_and(|class| lexicon.classes.has(word, class));
    let mut sentences = Vec::new();
    let mut about = Vec::new();
    let mut unknown_of: Vec<Term> = Vec::new();
    for (number, own) in texts.iter().enumerate() {
        segmented.segment(&own.text, &words);
        sign::read_signs(&own.text, lexicon, &mut segmented);
        people::follow_names(&own.text, lexicon, &mut segmented);
        let mut shown = 0u64;
        for mark in own.marks.iter().filter(|mark| mark.counts) {
            shown |= index(&mark.category).map_or(0, |c| 1 << c);
        }
        let raw = match own.silence {
            Silence::Tells => scanner.scan_all(&own.text),
            // Rules were written with these before their authors' eyes: how they do here tells nothing of how they do.
            _ => Vec::new(),
        };
        let mentions = scanner.scan(&own.text);
        let mut found = 0u64;
        let counting = || mentions.iter().filter(|m| m.suppressed.is_none());
        for mention in counting() {
            found |= index(&lexicon.categories[mention.category].id).map_or(0, |c| 1 << c);
        }
        about.push(Text {
            tells: own.silence == Silence::Tells,
            whole: !matches!(own.silence, Silence::TellsOnlyOf(_)),
            shown,
            found,
            firm: 0,
            rules: counting().map(|m| m.rule).collect(),
        });
        let every = u64::MAX >> (64 - categories.len());
        for sentence in &segmented.sentences {
            let tokens = &segmented.tokens[sentence.tokens()];
            let terms = tokens.iter().map(|token| match token.word {
                0 if token.term == 0 => 0,
                0 => {
                    let seen = as_name.entry(token.term).or_default();
                    let capital = own.text.as_bytes()[token.start as usize].is_ascii_uppercase();
                    seen.0 += u32::from(capital && token.gap != crate::segment::Break::Sentence);
                    seen.1 += 1;
                    *by_unknown.entry(token.term).or_insert_with(|| {
                        list.push(String::new());
                        unknown_of.push(token.term);
                        list.len() as Term
                    })
                }
                word if is_name(word) => 0,
                word => *numbers.entry(word).or_insert_with(|| {
                    list.push(spelt(lexicon, word));
                    unknown_of.push(0);
                    list.len() as Term
                }),
            });
            let terms: Vec<Term> = terms.collect();
            let touches = |mark: &&super::marked::Mark| {
                mark.span.start < sentence.span.end && sentence.span.start < mark.span.end
            };
            let mut here = 0u64;
            for mark in own.marks.iter().filter(touches).filter(|mark| mark.counts) {
                here |= index(&mark.category).map_or(0, |c| 1 << c);
            }
            let (mut spoken, mut evident) = (0u64, 0u64);
            for mention in &mentions {
                let span = mention.span;
                if span.start < sentence.span.end && sentence.span.start < span.end {
                    let own = index(&lexicon.categories[mention.category].id).map_or(0, |c| 1 << c);
                    spoken |= own;
                    if mention.suppressed.is_none() {
                        evident |= own;
                    }
                }
            }
            let in_it = raw
                .iter()
                .filter(|m| m.span.start < sentence.span.end && sentence.span.start < m.span.end);
            let rules = in_it
                .flat_map(|m| [m.rule, features::any_rule(m.category)])
                .collect();
            let unsaid = match &own.silence {
                Silence::Tells => 0,
                Silence::TellsUnlessMarkedElsewhere => shown & !here,
                Silence::TellsOnlyOf(category) => every & !index(category).map_or(0, |c| 1 << c),
            };
            sentences.push(Sentence {
                text: number as u32,
                terms,
                rules,
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
    let mut groups: BTreeMap<&str, u64> = BTreeMap::new();
    for (index, id) in categories.iter().enumerate() {
        let own = lexicon.category(id).expect("it was looked up");
        *groups
            .entry(lexicon.categories[own].group.as_str())
            .or_default() |= 1 << index;
    }
    Ok(Corpus {
        group_names: groups.keys().map(|name| (*name).to_owned()).collect(),
        groups: groups.into_values().collect(),
        categories,
        sentences,
        words: list,
        function,
        texts: about,
    })
}

/// The rules that are right often enough in texts whose writers did not know them; notes what they find.
/// Of a rule that matched seldom little is known: it is taken to be right in three cases of five until it has shown more.
fn trust(lexicon: &Lexicon, corpus: &mut Corpus, least: f64) -> Vec<String> {
    let category_of = |rule: usize| {
        let id = &lexicon.categories[lexicon.rules[rule].category].id;
        corpus.categories.iter().position(|own| own == id)
    };
    let mut counts: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    for text in corpus.texts.iter().filter(|text| text.tells) {
        for rule in &text.rules {
            let Some(category) = category_of(*rule) else {
                continue;
            };
            let own = counts.entry(*rule).or_default();
            own.0 += (text.shown >> category & 1) as u32;
            own.1 += 1;
        }
    }
    counts.retain(|_, (right, all)| (f64::from(*right) + 1.5) / (f64::from(*all) + 2.5) >= least);
    let bits: BTreeMap<usize, u64> = counts
        .keys()
        .filter_map(|rule| Some((*rule, 1 << category_of(*rule)?)))
        .collect();
    for text in &mut corpus.texts {
        let own = text.rules.iter().filter_map(|rule| bits.get(rule));
        text.firm = own.fold(0, |all, bit| all | bit);
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
    for (shape, name) in super::SHAPES {
        if word == lexicon.vocabulary.shape(shape) {
            return name.to_owned();
        }
    }
    lexicon.vocabulary.word(word).to_owned()
}

/// The features that stand in enough of the first `own` texts, and the rows of all sentences.
fn features_of(corpus: &Corpus, own: usize, least_texts: u32) -> (Vec<Feature>, Rows) {
    let mut carries = vec![true; corpus.words.len() + 1];
    for term in &corpus.function {
        carries[usize::from(*term)] = false;
    }
    let of = |sentence: &Sentence| {
        let mut own = Vec::new();
        features::each(
            &sentence.terms,
            |term| carries[usize::from(term)],
            |feature, _, _| own.push(feature),
        );
        own.extend(sentence.rules.iter().map(|rule| features::rule(*rule)));
        own.sort_unstable();
        own.dedup();
        own
    };
    // In how many texts, and the last of them.
    let mut seen: HashMap<Feature, (u32, u32)> = HashMap::default();
    let teaches = |sentence: &&Sentence| (sentence.text as usize) < own;
    for sentence in corpus.sentences.iter().filter(teaches) {
        for feature in of(sentence) {
            let own = seen.entry(feature).or_insert((0, u32::MAX));
            if own.1 != sentence.text {
                *own = (own.0 + 1, sentence.text);
            }
        }
    }
    let frequent = seen.iter().filter(|(_, (texts, _))| *texts >= least_texts);
    let mut list: Vec<Feature> = frequent.map(|(feature, _)| *feature).collect();
    list.sort_unstable();
    let number: HashMap<Feature, u32> = list
        .iter()
        .enumerate()
        .map(|(n, f)| (*f, n as u32))
        .collect();
    let mut rows = Rows::default();
    for sentence in &corpus.sentences {
        rows.push(of(sentence).iter().filter_map(|f| number.get(f).copied()));
    }
    (list, rows)
}

fn examples(
    corpus: &Corpus,
    category: usize,
    takes: &(impl Fn(usize) -> bool + Sync),
) -> Vec<(u32, bool)> {
    let bit = 1u64 << category;
    let sentences = corpus.sentences.iter().enumerate();
    sentences
        .filter(|(_, s)| s.unsaid & bit == 0 && takes(s.text as usize))
        .map(|(row, s)| (row as u32, s.shown & bit != 0))
        .collect()
}

fn lines(
    corpus: &Corpus,
    rows: &Rows,
    features: usize,
    cost: f32,
    takes: &(impl Fn(usize) -> bool + Sync),
) -> Vec<Option<Line>> {
    let categories = 0..corpus.categories.len();
    categories
        .into_par_iter()
        .map(|category| {
            let examples = examples(corpus, category, takes);
            let marked = examples.iter().filter(|(_, shown)| *shown).count();
            (marked >= LEAST_MARKED).then(|| svm::learn(rows, features, &examples, cost))
        })
        .collect()
}

/// Learns from the texts that `takes` names, twice: what weighs little the first time is left out the second.
fn fit(
    corpus: &Corpus,
    rows: &Rows,
    features: usize,
    options: LearnOptions,
    takes: impl Fn(usize) -> bool + Sync,
) -> Model {
    let first = lines(corpus, rows, features, options.cost, &takes);
    let mut kept = vec![None; features];
    let mut count = 0;
    for (feature, place) in kept.iter_mut().enumerate() {
        let own = first
            .iter()
            .flatten()
            .map(|line| line.weights[feature].abs());
        if own.fold(0.0, f32::max) >= options.least_weight {
            *place = Some(count);
            count += 1;
        }
    }
    let mut fewer = Rows::default();
    for row in 0..rows.len() {
        fewer.push(rows.row(row).iter().filter_map(|f| kept[*f as usize]));
    }
    let lines = lines(corpus, &fewer, count as usize, options.cost, &takes);
    let mut texts = Rows::default();
    let mut sentences = 0..corpus.sentences.len();
    for text in 0..corpus.texts.len() {
        let mut own: Vec<u32> = Vec::new();
        while let Some(row) = sentences
            .clone()
            .next()
            .filter(|row| corpus.sentences[*row].text as usize == text)
        {
            own.extend_from_slice(fewer.row(row));
            sentences.next();
        }
        own.sort_unstable();
        own.dedup();
        texts.push(own);
    }
    let whole = corpus.groups.par_iter().map(|group| {
        let own = corpus.texts.iter().enumerate();
        let own = own.filter(|(number, text)| text.whole && takes(*number));
        let examples: Vec<(u32, bool)> = own
            .map(|(number, text)| (number as u32, text.shown & group != 0))
            .collect();
        let marked = examples.iter().filter(|(_, shown)| *shown).count();
        (marked >= LEAST_MARKED)
            .then(|| svm::learn(&texts, count as usize, &examples, options.cost))
    });
    Model {
        whole: whole.collect(),
        texts,
        kept,
        rows: fewer,
        lines,
    }
}

/// The sum of a sentence.
#[derive(Clone, Copy)]
struct Score {
    total: f32,
    /// See [`super::is_brief`].
    brief: bool,
}

impl Score {
    const NONE: Self = Self {
        total: f32::MIN,
        brief: false,
    };
}

/// By category and sentence: the sum by what the other parts taught.
fn scores(corpus: &Corpus, folds: &[Model], share: f32) -> Vec<Vec<Score>> {
    let categories = 0..corpus.categories.len();
    let of = |category: usize| {
        let sentences = corpus.sentences.iter().enumerate();
        let sums = sentences.map(|(row, sentence)| {
            let model = &folds[sentence.text as usize % FOLDS];
            let line = model.lines[category].as_ref();
            let features = model.rows.row(row).len();
            let group = corpus
                .groups
                .iter()
                .position(|group| group >> category & 1 == 1);
            let whole = group.and_then(|group| model.whole[group].as_ref());
            let whole = whole.map_or(0.0, |line| line.sum(&model.texts, sentence.text as usize));
            line.map_or(Score::NONE, |line| {
                let own = line.sum(&model.rows, row);
                Score {
                    total: own + share * whole.clamp(-MOST, MOST),
                    brief: super::is_brief(features, own - line.bias),
                }
            })
        });
        sums.collect()
    };
    categories.into_par_iter().map(of).collect()
}

/// By text: the largest sum of a category in sentences of which no rule of it speaks, where the marks of a text
/// tell of all categories.
fn largest(corpus: &Corpus, scores: &[Score], category: usize) -> BTreeMap<u32, f32> {
    let mut largest = BTreeMap::new();
    for (sentence, score) in corpus.sentences.iter().zip(scores) {
        if corpus.texts[sentence.text as usize].tells && sentence.spoken >> category & 1 == 0 {
            let own = largest.entry(sentence.text).or_insert(f32::MIN);
            *own = score.total.max(*own);
        }
    }
    largest
}

/// By category: the threshold at which right findings less what wrong ones cost are most, counted in texts in
/// which no rule finds the category.
fn thresholds(corpus: &Corpus, scored: &[Vec<Score>], wrong_costs: f64) -> Vec<f32> {
    let of = |(category, scores): (usize, &Vec<Score>)| {
        let mut own: Vec<(f32, bool)> = Vec::new();
        for (text, score) in largest(corpus, scores, category) {
            let Text { shown, found, .. } = corpus.texts[text as usize];
            if found >> category & 1 == 0 && score > f32::MIN {
                own.push((score, shown >> category & 1 == 1));
            }
        }
        own.sort_by(|a, b| b.0.total_cmp(&a.0));
        // Nothing is found before something right is.
        let (mut best, mut threshold, mut gain) = (0.0, f32::MAX, 0.0);
        for (at, (score, shown)) in own.iter().enumerate() {
            gain += if *shown { 1.0 } else { -wrong_costs };
            if gain > best {
                best = gain;
                let next = own.get(at + 1).map_or(*score, |next| next.0);
                threshold = (score + next) / 2.0;
            }
        }
        threshold
    };
    scored.iter().enumerate().map(of).collect()
}

fn measured(
    corpus: &Corpus,
    scored: &[Vec<Score>],
    thresholds: &[f32],
    keeps: &[f32],
) -> Vec<LearntCategory> {
    let of = |(category, scores): (usize, &Vec<Score>)| {
        let mut own = LearntCategory {
            id: corpus.categories[category].clone(),
            ..LearntCategory::default()
        };
        let largest = largest(corpus, scores, category);
        let by_rules = heaviest_found(corpus, scores, category);
        for (text, own_text) in corpus.texts.iter().enumerate() {
            let Text { shown, found, .. } = own_text;
            if !own_text.tells {
                continue;
            }
            let (shown, found) = (shown >> category & 1 == 1, found >> category & 1 == 1);
            let weighed = largest
                .get(&(text as u32))
                .is_some_and(|s| *s >= thresholds[category]);
            let kept = by_rules
                .get(&(text as u32))
                .is_none_or(|s| *s >= keeps[category]);
            let both = found && kept || weighed;
            for (counts, found) in [(&mut own.rules, found), (&mut own.both, both)] {
                counts[0] += u32::from(found && shown);
                counts[1] += u32::from(found && !shown);
                counts[2] += u32::from(!found && shown);
            }
        }
        own
    };
    scored.iter().enumerate().map(of).collect()
}

fn table(
    lexicon: &Lexicon,
    corpus: &Corpus,
    features: &[Feature],
    model: &Model,
    (thresholds, keeps): (&[f32], &[f32]),
    share: f32,
) -> Table {
    let hundredths = |value: f32| (value * 100.0).round().clamp(-1e5, 1e5) as i32;
    let learnt: Vec<usize> = (0..corpus.categories.len())
        .filter(|c| model.lines[*c].is_some())
        .collect();
    let groups: Vec<usize> = (0..corpus.groups.len())
        .filter(|g| model.whole[*g].is_some())
        .collect();
    let mut table = Table {
        share: hundredths(share),
        ..Table::default()
    };
    let mut all: Vec<&Line> = Vec::new();
    for category in &learnt {
        let group = groups
            .iter()
            .position(|g| corpus.groups[*g] >> category & 1 == 1);
        table.categories.push(corpus.categories[*category].clone());
        table.belongs.push(learnt.len() + group.unwrap_or_default());
        table.threshold.push(hundredths(thresholds[*category]));
        table.keep.push(hundredths(keeps[*category]));
        all.extend(model.lines[*category].as_ref());
    }
    for group in &groups {
        table
            .categories
            .push(format!("@{}", corpus.group_names[*group]));
        table.belongs.push(table.categories.len() - 1);
        table.threshold.push(0);
        table.keep.push(0);
        all.extend(model.whole[*group].as_ref());
    }
    table.bias = all.iter().map(|line| hundredths(line.bias)).collect();
    // Only words that are used, numbered anew.
    let mut number: HashMap<Term, Term> = HashMap::default();
    let mut renumber = |term: Term, words: &mut Vec<String>| {
        *number.entry(term).or_insert_with(|| {
            words.push(corpus.words[usize::from(term) - 1].clone());
            words.len() as Term
        })
    };
    for term in &corpus.function {
        let own = renumber(*term, &mut table.words);
        table.function.push(own);
    }
    for (old, new) in model.kept.iter().enumerate() {
        let Some(new) = new else { continue };
        let own = all.iter().enumerate().map(|(index, line)| {
            let weight = hundredths(line.weights[*new as usize]);
            (
                index as u8,
                weight.clamp(i16::MIN.into(), i16::MAX.into()) as i16,
            )
        });
        // A feature without weights still counts among those of a sentence.
        let own: Vec<(u8, i16)> = own
            .filter(|(_, weight)| weight.abs() >= LEAST_WRITTEN)
            .collect();
        if let Some(rule) = features::rule_of(features[old]) {
            let id = match features::any_of(rule) {
                Some(category) => &lexicon.categories[category].id,
                None => &lexicon.rules[rule].id,
            };
            table.rules.push(id.clone());
            table
                .weights
                .insert(features::rule(table.rules.len() - 1), own);
            continue;
        }
        let (words, near) = features::words(features[old]);
        let words: Vec<Term> = words.map(|word| renumber(word, &mut table.words)).collect();
        let feature = if near {
            features::pair(words[0], words[1])
        } else {
            features::row(&words)
        };
        table.weights.insert(feature, own);
    }
    table
}

/// Hundredths below which a weight is not written: so little decides nothing.
const LEAST_WRITTEN: i16 = 10;

/// By category: the sum below which what rules find does not count. It lies where the wrong findings that fall away
/// less what right ones cost are most.
fn keeps(corpus: &Corpus, scored: &[Vec<Score>], right_costs: f64) -> Vec<f32> {
    let of = |(category, scores): (usize, &Vec<Score>)| {
        let mut own: Vec<(f32, bool)> = Vec::new();
        for (text, score) in heaviest_found(corpus, scores, category) {
            own.push((
                score,
                corpus.texts[text as usize].shown >> category & 1 == 1,
            ));
        }
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut best, mut keep, mut gain) = (0.0, f32::MIN, 0.0);
        for (at, (score, shown)) in own.iter().enumerate() {
            gain += if *shown { -right_costs } else { 1.0 };
            if gain > best {
                best = gain;
                let next = own.get(at + 1).map_or(*score, |next| next.0);
                keep = (score + next) / 2.0;
            }
        }
        keep
    };
    scored.iter().enumerate().map(of).collect()
}

/// By text in which rules find the category: the largest sum of a sentence in which they do.
fn heaviest_found(corpus: &Corpus, scores: &[Score], category: usize) -> BTreeMap<u32, f32> {
    let mut largest = BTreeMap::new();
    for (sentence, score) in corpus.sentences.iter().zip(scores) {
        let text = &corpus.texts[sentence.text as usize];
        let doubted = text.found & !text.firm;
        if text.tells && doubted >> category & 1 == 1 && sentence.evident >> category & 1 == 1 {
            let own = largest.entry(sentence.text).or_insert(f32::MIN);
            *own = if score.brief {
                f32::MAX
            } else {
                score.total.max(*own)
            };
        }
    }
    largest
}
