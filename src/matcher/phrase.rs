//! Finds the literal phrases that are members of classes.

use super::classes::Classes;
use super::presence::Presence;
use crate::segment::{Break, Segmented};

/// A phrase in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PhraseHit {
    pub start: u32,
    pub end: u32,
    /// Its kind: see [`Classes::kind_has`].
    pub kind: u32,
}

/// The phrases of one narrative, to be asked for by their first or last token.
#[derive(Debug, Default)]
pub(crate) struct PhraseHits {
    by_start: Vec<PhraseHit>,
    by_end: Vec<PhraseHit>,
    /// For each token, and the end, where the phrases that begin with it stand in `by_start` and
    /// where those that end before it stand in `by_end`.
    places: Vec<Places>,
    /// What each unit holds.
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, Default)]
struct Places {
    starting: (u32, u32),
    ending: (u32, u32),
}

impl PhraseHits {
    /// Finds every phrase in `text`. A phrase does not cross a strong break.
    pub fn find(&mut self, text: &Segmented, classes: &Classes) {
        let tokens = &text.tokens;
        self.by_start.clear();
        self.places.clear();
        self.places.resize(tokens.len() + 1, Places::default());
        for (at, pair) in tokens.windows(2).enumerate() {
            if pair[0].word == 0 || pair[1].word == 0 || pair[1].gap >= Break::Strong {
                continue;
            }
            let first = self.by_start.len() as u32;
            // Longer phrases come first, so that "mother in law" is taken before "mother".
            for candidate in classes.pairs.of(pair[0].word, pair[1].word) {
                let end = at + candidate.words as usize;
                let Some(window) = tokens.get(at + 2..end) else {
                    continue;
                };
                let same = window
                    .iter()
                    .zip(classes.pairs.rest(candidate))
                    .all(|(token, word)| token.word == *word && token.gap < Break::Strong);
                if same {
                    self.by_start.push(PhraseHit {
                        start: at as u32,
                        end: end as u32,
                        kind: candidate.kind,
                    });
                }
            }
            self.places[at].starting = (first, self.by_start.len() as u32);
        }
        self.by_end.clear();
        self.by_end.extend_from_slice(&self.by_start);
        self.by_end.sort_unstable_by_key(|hit| (hit.end, hit.start));
        for (index, hit) in self.by_end.iter().enumerate() {
            let ending = &mut self.places[hit.end as usize].ending;
            if ending.1 == 0 {
                ending.0 = index as u32;
            }
            ending.1 = index as u32 + 1;
        }
        self.presence.read(text, &self.by_start, classes);
    }

    /// All of them, by their first token.
    pub fn all(&self) -> &[PhraseHit] {
        &self.by_start
    }

    /// Whether any begins at a token.
    pub fn starts(&self, token: usize) -> bool {
        !self.starting(token).is_empty()
    }

    /// Whether any ends before a token.
    pub fn ends(&self, token: usize) -> bool {
        !self.ending(token).is_empty()
    }

    /// Those that begin at a token.
    #[inline]
    pub fn starting(&self, token: usize) -> &[PhraseHit] {
        let (low, high) = self.places.get(token).copied().unwrap_or_default().starting;
        &self.by_start[low as usize..high as usize]
    }

    /// Those that end before a token.
    #[inline]
    pub fn ending(&self, token: usize) -> &[PhraseHit] {
        let (low, high) = self.places.get(token).copied().unwrap_or_default().ending;
        &self.by_end[low as usize..high as usize]
    }
}
