//! The fixed yardstick: the csv crate over the same file, then one pass of an Aho-Corasick automaton over
//! the lexicon's words on two threads. Ratios to it can be compared between machines; times cannot.

use std::collections::BTreeSet;
use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rayon::prelude::*;
use throughline::lexicon::LexiconSource;
use toml::Table;

use super::larger::words_of;

/// An automaton over the words of the shipped lexicon, and two threads.
#[derive(Debug)]
pub struct Yardstick {
    words: AhoCorasick,
    count: usize,
    pool: rayon::ThreadPool,
}

impl Yardstick {
    /// Over every word that stands in a class or a pattern of the shipped lexicon.
    pub fn new() -> Self {
        let mut words = BTreeSet::new();
        for (_, text) in LexiconSource::built_in().files() {
            let table: Table = text.parse().expect("the shipped lexicon is TOML");
            words_of(&table, &mut words);
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .expect("not too large");
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(2)
            .build()
            .expect("two threads");
        Self {
            words: automaton,
            count: words.len(),
            pool,
        }
    }

    /// How many words it looks for.
    pub fn words(&self) -> usize {
        self.count
    }

    /// Does the work for a table; returns narratives and words found.
    pub fn run(&self, path: &Path) -> (usize, usize) {
        let mut reader = csv::Reader::from_path(path).expect("readable");
        let column = reader
            .headers()
            .expect("a header")
            .iter()
            .position(|name| name == "narrative");
        let column = column.expect("a column of narratives");
        let (mut texts, mut ends) = (Vec::new(), vec![0]);
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).expect("sound") {
            texts.extend_from_slice(&record[column]);
            ends.push(texts.len());
        }
        let one = |pair: &[usize]| self.words.find_iter(&texts[pair[0]..pair[1]]).count();
        let found = self
            .pool
            .install(|| ends.par_windows(2).with_min_len(64).map(one).sum());
        (ends.len() - 1, found)
    }
}
