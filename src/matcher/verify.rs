//! Verifies a variant outwards from its anchor.

use std::ops::Range;

use super::classes::{ClassId, Classes};
use super::phrase::{PhraseHit, PhraseHits};
use super::program::{Element, People, Step, Variant, Within};
use crate::lexicon::Slot;
use crate::segment::{Break, Token, Twin};

/// Most steps that a variant may have.
pub(crate) const MOST_STEPS: usize = 48;

/// Where a variant matched, in tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The tokens from the first to the last that a step took.
    pub tokens: Range<usize>,
    /// Bit `n` is set if a step, not a gap, took token `tokens.start + n` (the first 128 only).
    pub taken: u128,
    /// Tokens of the slot that names the agent.
    pub agent: Option<(usize, usize)>,
    /// Tokens of the slot that names the experiencer.
    pub experiencer: Option<(usize, usize)>,
}

/// What a verification needs to see.
pub(crate) struct Verifier<'a> {
    pub tokens: &'a [Token],
    pub classes: &'a Classes,
    pub phrases: &'a PhraseHits,
    /// Tokens that the match may not leave.
    pub range: Range<usize>,
    places: [(u32, u32); MOST_STEPS],
    vain: Vain,
}

/// Gaps and phrases that were tried in vain: by step, a bit for each token as far as it lies from the anchor. What
/// comes of a step depends on where it begins and on nothing before it, so none need be tried twice; and
/// a pattern of many gaps takes as many attempts as it has steps and words, not a power of them.
struct Vain {
    tried: [u128; MOST_STEPS],
    from: usize,
    /// The steps of which something is noted lie in here.
    noted: Range<usize>,
}

impl Vain {
    fn clear(&mut self, from: usize) {
        if !self.noted.is_empty() {
            self.tried[self.noted.clone()].fill(0);
            self.noted = 0..0;
        }
        self.from = from;
    }

    fn holds(&self, step: usize, at: usize) -> bool {
        let far = at.abs_diff(self.from);
        self.noted.contains(&step) && far < 128 && self.tried[step] >> far & 1 == 1
    }

    fn note(&mut self, step: usize, at: usize) {
        let far = at.abs_diff(self.from);
        if far < 128 {
            self.tried[step] |= 1 << far;
            self.noted = match self.noted.is_empty() {
                true => step..step + 1,
                false => self.noted.start.min(step)..self.noted.end.max(step + 1),
            };
        }
    }
}

impl<'a> Verifier<'a> {
    pub fn new(
        tokens: &'a [Token],
        classes: &'a Classes,
        phrases: &'a PhraseHits,
        range: Range<usize>,
    ) -> Self {
        Self {
            tokens,
            classes,
            phrases,
            range,
            places: [(0, 0); MOST_STEPS],
            vain: Vain {
                tried: [0; MOST_STEPS],
                from: 0,
                noted: 0..0,
            },
        }
    }

    /// Matches `variant` with its anchor step on `anchor`.
    pub fn around(&mut self, variant: &Variant, anchor: Range<usize>) -> Option<Found> {
        let at = variant.anchor;
        // Most attempts fail on a neighbour: look at both before any backtracking begins.
        if !self.may_follow(variant.elements.get(at + 1), anchor.end)
            || !self.may_precede(variant.elements[..at].last(), anchor.start)
        {
            return None;
        }
        self.places[at] = (anchor.start as u32, anchor.end as u32);
        self.vain.clear(anchor.start);
        self.backward(variant, at, anchor.start)?;
        self.forward(variant, at + 1, anchor.end)?;
        let found = self.found(variant);
        variant
            .people
            .is_none_or(|people| self.may_be(people, &found))
            .then_some(found)
    }

    /// Whether agent and experiencer may be one person, or two, by the kinds of their pronouns.
    fn may_be(&self, people: People, found: &Found) -> bool {
        let twin = |slot: Option<(usize, usize)>| {
            let tokens = &self.tokens[slot.map_or(0..0, |(start, end)| start..end)];
            let gendered = |t: &&Token| t.twin != Twin::None;
            tokens.iter().rev().find(gendered).map(|t| t.twin)
        };
        match (twin(found.agent), twin(found.experiencer)) {
            (Some(agent), Some(experiencer)) => (agent == experiencer) == (people == People::One),
            _ => true,
        }
    }

    /// Matches the whole variant beginning exactly at token `start`.
    pub fn from(&mut self, variant: &Variant, start: usize) -> Option<Found> {
        self.vain.clear(start);
        self.forward(variant, 0, start)?;
        Some(self.found(variant))
    }

    /// Matches the whole variant ending exactly before token `end`.
    pub fn until(&mut self, variant: &Variant, end: usize) -> Option<Found> {
        self.vain.clear(end);
        self.backward(variant, variant.elements.len(), end)?;
        Some(self.found(variant))
    }

    /// Whether the step after the anchor can take the token at `at`. Gaps and conditions may.
    fn may_follow(&self, element: Option<&Element>, at: usize) -> bool {
        match element.map(|e| e.step) {
            Some(Step::Word(word)) => at < self.range.end && self.tokens[at].word == word,
            Some(Step::Class(class)) => {
                at < self.range.end
                    && (self.classes.has(self.tokens[at].word, class) || self.phrases.starts(at))
            }
            _ => true,
        }
    }

    /// Whether the step before the anchor can end before the token at `at`.
    fn may_precede(&self, element: Option<&Element>, at: usize) -> bool {
        match element.map(|e| e.step) {
            Some(Step::Word(word)) => at > self.range.start && self.tokens[at - 1].word == word,
            Some(Step::Class(class)) => {
                at > self.range.start
                    && (self.classes.has(self.tokens[at - 1].word, class) || self.phrases.ends(at))
            }
            _ => true,
        }
    }

    fn found(&self, variant: &Variant) -> Found {
        let solid = |step: &Step| matches!(step, Step::Word(_) | Step::Class(_));
        let places = || {
            let elements = variant
                .elements
                .iter()
                .zip(&self.places)
                .filter(|(element, _)| solid(&element.step));
            elements.map(|(element, place)| (element.slot, (place.0 as usize, place.1 as usize)))
        };
        let first = places().map(|(_, place)| place.0).min().unwrap_or(0);
        let last = places().map(|(_, place)| place.1).max().unwrap_or(0);
        let mut found = Found {
            tokens: first..last,
            taken: 0,
            agent: None,
            experiencer: None,
        };
        for (slot, (start, end)) in places() {
            match slot {
                Some(Slot::Agent) => found.agent = Some((start, end)),
                Some(Slot::Experiencer | Slot::Other | Slot::Own) => {
                    found.experiencer = Some((start, end));
                }
                None => {}
            }
            for bit in (start - first..end - first).take_while(|bit| *bit < 128) {
                found.taken |= 1 << bit;
            }
        }
        found
    }

    fn weak_break_before(&self, token: usize) -> bool {
        // The break at the end of the range lies behind the last word: a gap that ends there does
        // not cross it.
        token > self.range.start && token < self.range.end && self.tokens[token].gap >= Break::Weak
    }

    /// Whether a word or phrase of `class` begins at token `at` and ends by `limit`.
    fn excluded_from(&self, class: ClassId, at: usize, limit: usize) -> bool {
        let phrase =
            |hit: &PhraseHit| hit.end as usize <= limit && self.classes.kind_has(hit.kind, class);
        self.classes.has(self.tokens[at].word, class)
            || self.phrases.starting(at).iter().any(phrase)
    }

    /// Whether a word or phrase of `class` ends before token `at` and begins at `limit` or after.
    fn excluded_until(&self, class: ClassId, limit: usize, at: usize) -> bool {
        let phrase =
            |hit: &PhraseHit| hit.start as usize >= limit && self.classes.kind_has(hit.kind, class);
        self.classes.has(self.tokens[at - 1].word, class)
            || self.phrases.ending(at).iter().any(phrase)
    }

    /// Matches steps `index..` from token `at` on.
    fn forward(&mut self, variant: &Variant, index: usize, at: usize) -> Option<()> {
        let Some(element) = variant.elements.get(index) else {
            return Some(());
        };
        let end = self.range.end;
        match element.step {
            Step::Word(word) => {
                if at < end && self.tokens[at].word == word {
                    self.places[index] = (at as u32, at as u32 + 1);
                    return self.forward(variant, index + 1, at + 1);
                }
                None
            }
            Step::Class(class) => {
                if at >= end {
                    return None;
                }
                let phrases = self.phrases.starting(at);
                if !phrases.is_empty() && self.vain.holds(index, at) {
                    return None;
                }
                for hit in phrases {
                    if hit.end as usize <= end && self.classes.kind_has(hit.kind, class) {
                        self.places[index] = (at as u32, hit.end);
                        if self.forward(variant, index + 1, hit.end as usize).is_some() {
                            return Some(());
                        }
                    }
                }
                if self.classes.has(self.tokens[at].word, class) {
                    self.places[index] = (at as u32, at as u32 + 1);
                    if self.forward(variant, index + 1, at + 1).is_some() {
                        return Some(());
                    }
                }
                if !phrases.is_empty() {
                    self.vain.note(index, at);
                }
                None
            }
            Step::Gap { min, max, except } => {
                if self.vain.holds(index, at) {
                    return None;
                }
                for width in 0..=usize::from(max) {
                    let next = at + width;
                    if width > 0 {
                        let inside = next - 1;
                        if inside >= end
                            || except.is_some_and(|class| self.excluded_until(class, at, next))
                        {
                            break;
                        }
                    }
                    if variant.within == Within::Clause && self.weak_break_before(next) {
                        break;
                    }
                    if width >= usize::from(min) && self.forward(variant, index + 1, next).is_some()
                    {
                        return Some(());
                    }
                }
                self.vain.note(index, at);
                None
            }
            Step::NotNext(class) => {
                if at < end && self.excluded_from(class, at, end) {
                    return None;
                }
                self.forward(variant, index + 1, at)
            }
            Step::Start => (at == self.range.start)
                .then_some(())
                .and_then(|()| self.forward(variant, index + 1, at)),
            Step::End => (at == end)
                .then_some(())
                .and_then(|()| self.forward(variant, index + 1, at)),
        }
    }

    /// Matches steps `..index` so that they end before token `at`.
    fn backward(&mut self, variant: &Variant, index: usize, at: usize) -> Option<()> {
        let Some(index) = index.checked_sub(1) else {
            return Some(());
        };
        let start = self.range.start;
        match variant.elements[index].step {
            Step::Word(word) => {
                if at > start && self.tokens[at - 1].word == word {
                    self.places[index] = (at as u32 - 1, at as u32);
                    return self.backward(variant, index, at - 1);
                }
                None
            }
            Step::Class(class) => {
                if at <= start {
                    return None;
                }
                let phrases = self.phrases.ending(at);
                if !phrases.is_empty() && self.vain.holds(index, at) {
                    return None;
                }
                for hit in phrases {
                    if hit.start as usize >= start && self.classes.kind_has(hit.kind, class) {
                        self.places[index] = (hit.start, at as u32);
                        if self.backward(variant, index, hit.start as usize).is_some() {
                            return Some(());
                        }
                    }
                }
                if self.classes.has(self.tokens[at - 1].word, class) {
                    self.places[index] = (at as u32 - 1, at as u32);
                    if self.backward(variant, index, at - 1).is_some() {
                        return Some(());
                    }
                }
                if !phrases.is_empty() {
                    self.vain.note(index, at);
                }
                None
            }
            Step::Gap { min, max, except } => {
                if self.vain.holds(index, at) {
                    return None;
                }
                for width in 0..=usize::from(max) {
                    if width > at - start {
                        break;
                    }
                    let next = at - width;
                    if width > 0 && except.is_some_and(|class| self.excluded_from(class, next, at))
                    {
                        break;
                    }
                    if width >= usize::from(min) {
                        let crosses = variant.within == Within::Clause
                            && (next..=at).any(|token| self.weak_break_before(token));
                        if !crosses && self.backward(variant, index, next).is_some() {
                            return Some(());
                        }
                    }
                }
                self.vain.note(index, at);
                None
            }
            Step::NotNext(class) => {
                if at < self.range.end && self.excluded_from(class, at, self.range.end) {
                    return None;
                }
                self.backward(variant, index, at)
            }
            Step::Start => (at == start)
                .then_some(())
                .and_then(|()| self.backward(variant, index, at)),
            Step::End => (at == self.range.end)
                .then_some(())
                .and_then(|()| self.backward(variant, index, at)),
        }
    }
}
