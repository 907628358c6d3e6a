//! Which cues work in a sentence, and which tokens each of them reaches.

use std::collections::HashMap;
use std::ops::Range;

use super::Context;
use super::scope::{ClauseClasses, Reach, Scope};
use crate::lexicon::{Direction, Lexicon};
use crate::matcher::{self, PhraseHits, RawMatch};
use crate::mention::Mention;
use crate::segment::{Segmented, Sentence};

/// How often one cue for the whole narrative is told of: every sentence weighs each of them, and the
/// ninth says nothing that the first eight do not.
const MOST_REPEATS: usize = 8;

/// A modifier that may change the mentions of a sentence, with the tokens that it reaches.
pub(super) struct Active {
    pub modifier: usize,
    pub cue: Range<usize>,
    /// The tokens of the cue that a step took, not a gap.
    taken: u128,
    /// `None` for one that only hides others.
    pub scope: Option<Scope>,
    /// Which of the groups of cues that hang together by shared tokens it belongs to.
    pub group: usize,
}

impl Active {
    pub fn took(&self, token: usize) -> bool {
        let bit = token.wrapping_sub(self.cue.start);
        bit < 128 && self.taken >> bit & 1 == 1
    }

    pub fn shares_a_word_with(&self, other: &Self) -> bool {
        let both = self.cue.start.max(other.cue.start)..self.cue.end.min(other.cue.end);
        both.into_iter()
            .any(|token| self.took(token) && other.took(token))
    }
}

impl Context {
    /// The modifiers that reach beyond their sentence, in the whole narrative.
    pub(super) fn find_far(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
    ) {
        self.far.clear();
        let mut raw = std::mem::take(&mut self.far);
        matcher::run(
            &lexicon.far_program,
            &lexicon.classes,
            text,
            phrases,
            0..text.tokens.len(),
            &mut raw,
        );
        raw.retain(|m| self.works(source, lexicon, text, phrases, m));
        self.far = raw;
        self.everywhere.clear();
        let mut seen: HashMap<u32, usize> = HashMap::new();
        for (index, found) in self.far.iter().enumerate() {
            let direction = lexicon.modifiers[found.owner as usize].direction;
            let seen = seen.entry(found.owner).or_default();
            if direction == Direction::Narrative && *seen < MOST_REPEATS {
                self.everywhere.push(index);
                *seen += 1;
            }
        }
    }

    /// The far cues that begin in a sentence. They are in the order of their tokens.
    fn far_in(&self, sentence: &Sentence) -> &[RawMatch] {
        let before = |token: usize| self.far.partition_point(|m| m.found.tokens.start < token);
        &self.far[before(sentence.first)..before(sentence.last)]
    }

    /// The cues that work in a sentence, as places in the list of those found so far.
    fn near_in(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        index: usize,
    ) -> Range<usize> {
        if let Some(known) = self.near_in.get(&index) {
            return known.clone();
        }
        let mut raw = std::mem::take(&mut self.raw);
        matcher::run(
            &lexicon.modifier_program,
            &lexicon.classes,
            text,
            phrases,
            text.sentences[index].tokens(),
            &mut raw,
        );
        raw.retain(|m| self.works(source, lexicon, text, phrases, m));
        let first = self.near.len();
        self.near.append(&mut raw);
        self.raw = raw;
        let own = first..self.near.len();
        self.near_in.insert(index, own.clone());
        own
    }

    /// Whether a match of a modifier stands where the modifier works.
    fn works(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        found: &RawMatch,
    ) -> bool {
        let modifier = &lexicon.modifiers[found.owner as usize];
        let cue = &found.found.tokens;
        // The answer on a form belongs to its question and to nothing else.
        let answer = self.marks.answered_by(cue);
        let question = || text.sentences[text.sentence_of(cue.start)].question;
        let long_ago = || {
            modifier.years.is_none_or(|years| {
                let year = cue.clone().find_map(|token| year(source, text, token));
                year.is_some_and(|year| years.holds(year, self.year))
            })
        };
        !answer
            && long_ago()
            && (!modifier.only_questions || question())
            && self.allowed(lexicon, text, phrases, found.owner as usize)
    }

    /// The modifiers that can change the mentions of a sentence.
    pub(super) fn actives(
        &mut self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        index: usize,
        mentions: &[Mention],
    ) -> Vec<Active> {
        let sentence = text.sentences[index];
        let own = self.near_in(source, lexicon, text, phrases, index);
        let near = self.near[own].iter().chain(self.far_in(&sentence));
        let near: Vec<&RawMatch> = near.collect();
        let direction = |m: &RawMatch| lexicon.modifiers[m.owner as usize].direction;
        let pseudo: Vec<&RawMatch> = near
            .iter()
            .copied()
            .filter(|m| direction(m) == Direction::Pseudo)
            .collect();
        let terminators: Vec<Range<usize>> = near
            .iter()
            .filter(|m| direction(m) == Direction::Terminate)
            .map(|m| m.found.tokens.clone())
            .filter(|own| {
                !pseudo
                    .iter()
                    .any(|p| p.found.tokens.start <= own.start && own.end <= p.found.tokens.end)
            })
            // Words of an indicator end nothing: "has not been following her".
            .filter(|own| {
                !mentions
                    .iter()
                    .any(|mention| own.clone().all(|token| mention.took(token)))
            })
            .collect();
        let reach = Reach {
            lexicon,
            text,
            phrases,
            terminators: &terminators,
            classes: ClauseClasses::new(lexicon),
        };
        let active = |m: &RawMatch, index: usize| {
            let modifier = &lexicon.modifiers[m.owner as usize];
            let cue = m.found.tokens.clone();
            let scope = reach.of(modifier, &cue, index);
            Active {
                modifier: m.owner as usize,
                cue,
                taken: m.found.taken,
                scope,
                group: 0,
            }
        };
        let mut actives: Vec<Active> = near
            .iter()
            .filter(|m| direction(m) != Direction::Terminate)
            .map(|m| active(m, index))
            .collect();
        // What bears on the whole narrative, and what reaches back from the next sentence.
        let next = text.sentences.get(index + 1);
        let (own, behind) = (sentence.tokens(), next.map_or(0..0, Sentence::tokens));
        let mut beyond: Vec<&RawMatch> = self
            .everywhere
            .iter()
            .map(|index| &self.far[*index])
            .filter(|m| !own.contains(&m.found.tokens.start))
            .filter(|m| !behind.contains(&m.found.tokens.start))
            .collect();
        beyond.extend(next.map_or(&[][..], |next| self.far_in(next)));
        beyond.sort_by_key(|m| m.found.tokens.start);
        for far in beyond {
            actives.push(active(far, text.sentence_of(far.found.tokens.start)));
        }
        let mut places: Vec<usize> = (0..actives.len()).collect();
        places.sort_by_key(|place| actives[*place].cue.start);
        let (mut group, mut end) = (0, 0);
        for place in places {
            let active = &mut actives[place];
            group += usize::from(active.cue.start >= end);
            end = end.max(active.cue.end);
            active.group = group;
        }
        actives
    }

    /// Whether what the modifier needs elsewhere in the narrative is there, and what it must not
    /// find there is not.
    fn allowed(
        &mut self,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        modifier: usize,
    ) -> bool {
        let own = &lexicon.modifiers[modifier];
        if own.needs_in_narrative.is_empty() && own.unless_in_narrative.is_empty() {
            return true;
        }
        *self.narrative.entry(modifier).or_insert_with(|| {
            let found = |variants: &[matcher::Variant]| {
                matcher::anywhere(
                    variants,
                    &lexicon.classes,
                    &text.tokens,
                    phrases,
                    0..text.tokens.len(),
                )
                .is_some()
            };
            (own.needs_in_narrative.is_empty() || found(&own.needs_in_narrative))
                && !found(&own.unless_in_narrative)
        })
    }
}

/// The year that a token is, if it looks like one of a living memory.
fn year(source: &str, text: &Segmented, token: usize) -> Option<i16> {
    let written = text.tokens[token].span().of(source);
    let year: i16 = (written.len() == 4).then(|| written.parse().ok())??;
    (1930..=2100).contains(&year).then_some(year)
}
