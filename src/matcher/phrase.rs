//! Finds the literal phrases that are members of classes.

use super::presence::Presence;
use super::program::Classes;
use crate::segment::{Break, Segmented};

/// A phrase in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PhraseHit {
    pub start: u32,
    pub end: u32,
    pub phrase: u32,
}

/// The phrases of one narrative, to be asked for by their first or last token.
#[derive(Debug, Default)]
pub(crate) struct PhraseHits {
    by_start: Vec<PhraseHit>,
    by_end: Vec<PhraseHit>,
    marks: Vec<u8>,
    /// What each unit holds.
    pub presence: Presence,
}

const STARTS: u8 = 1;
const ENDS: u8 = 2;

impl PhraseHits {
    /// Finds every phrase in `text`. A phrase does not cross a strong break.
    pub fn find(&mut self, text: &Segmented, classes: &Classes) {
        let tokens = &text.tokens;
        self.by_start.clear();
        self.marks.clear();
        self.marks.resize(tokens.len() + 1, 0);
        for (at, token) in tokens.iter().enumerate() {
            if token.word == 0 {
                continue;
            }
            for posting in classes.phrases_by_word.of(token.word) {
                let beside = at
                    .checked_add_signed(posting.offset as isize)
                    .and_then(|beside| tokens.get(beside));
                if beside.is_none_or(|beside| beside.word != posting.neighbour) {
                    continue;
                }
                let id = posting.phrase;
                let phrase = &classes.phrases[id as usize];
                let Some(start) = at.checked_sub(phrase.anchor) else {
                    continue;
                };
                let Some(window) = tokens.get(start..start + phrase.words.len()) else {
                    continue;
                };
                let same = window.iter().zip(&phrase.words).all(|(t, w)| t.word == *w)
                    && window[1..].iter().all(|t| t.gap < Break::Strong);
                if same {
                    let end = start + phrase.words.len();
                    self.by_start.push(PhraseHit {
                        start: start as u32,
                        end: end as u32,
                        phrase: id,
                    });
                    self.marks[start] |= STARTS;
                    self.marks[end] |= ENDS;
                }
            }
        }
        // Longer phrases first, so that "mother in law" is taken before "mother".
        self.by_start
            .sort_unstable_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end), hit.phrase));
        self.by_end.clear();
        self.by_end.extend_from_slice(&self.by_start);
        self.by_end
            .sort_unstable_by_key(|hit| (hit.end, hit.start, hit.phrase));
        self.presence.read(text, &self.by_start, classes);
    }

    /// All of them, by their first token.
    pub fn all(&self) -> &[PhraseHit] {
        &self.by_start
    }

    /// Whether any begins at a token.
    pub fn starts(&self, token: usize) -> bool {
        self.marks.get(token).is_some_and(|mark| mark & STARTS != 0)
    }

    /// Whether any ends before a token.
    pub fn ends(&self, token: usize) -> bool {
        self.marks.get(token).is_some_and(|mark| mark & ENDS != 0)
    }

    /// Those that begin at a token.
    pub fn starting(&self, token: usize) -> &[PhraseHit] {
        if !self.starts(token) {
            return &[];
        }
        let low = self
            .by_start
            .partition_point(|hit| (hit.start as usize) < token);
        let high = low + self.by_start[low..].partition_point(|hit| hit.start as usize == token);
        &self.by_start[low..high]
    }

    /// Those that end before a token.
    pub fn ending(&self, token: usize) -> &[PhraseHit] {
        if !self.ends(token) {
            return &[];
        }
        let low = self
            .by_end
            .partition_point(|hit| (hit.end as usize) < token);
        let high = low + self.by_end[low..].partition_point(|hit| hit.end as usize == token);
        &self.by_end[low..high]
    }
}
