//! What is said about a mention: whether it is denied, who disputes it, when it was, to whom.
//!
//! Cues come from the lexicon's modifiers and are looked for only in sentences that hold a mention,
//! except for those few that say themselves that they reach further. A cue that a step of the
//! mention's own pattern took is part of the indicator and changes nothing: that is why "won't
//! let" is not a negation under a rule that names it.

mod axes;
mod cues;
pub(crate) mod form;
pub(crate) mod people;
mod roles;
mod scope;
pub(crate) mod sign;

use foldhash::HashMap;
use std::ops::Range;

use self::axes::{answer, assert_axes, bytes, is_form_rule, settle};
use self::form::{Answer, Marks};
use crate::assertion::Temporality;
use crate::lexicon::Lexicon;
use crate::matcher::{PhraseHits, RawMatch};
use crate::mention::Mention;
use crate::segment::Segmented;
use crate::span::Span;

/// Works out contexts. Reuse one value for many narratives: the buffers are kept.
#[derive(Debug, Default)]
pub(crate) struct Context {
    raw: Vec<RawMatch>,
    far: Vec<RawMatch>,
    /// Those of the far cues that bear on every sentence of the narrative.
    everywhere: Vec<usize>,
    narrative: HashMap<usize, bool>,
    /// Whether the far cues of the narrative were looked for.
    far_read: bool,
    /// The cues in the sentences that were asked for, one sentence after another.
    near: Vec<RawMatch>,
    /// Where those of each sentence stand, as far as they were looked for.
    near_in: HashMap<usize, Range<usize>>,
    marks: Marks,
    /// The year of the incident, by which years in the text are read.
    year: Option<i16>,
}

impl Context {
    /// The year of the incident that the next narrative tells of.
    pub fn set_year(&mut self, year: Option<i16>) {
        self.year = year;
    }

    /// Reads the answers of forms in the narrative and adds a mention for each that a form's
    /// question stands for. Call it before [`Context::apply`].
    pub fn read_forms(
        &mut self,
        text: &str,
        lexicon: &Lexicon,
        segmented: &Segmented,
        phrases: &PhraseHits,
        mentions: &mut Vec<Mention>,
    ) {
        self.forget();
        form::marks(text, lexicon, segmented, phrases, &mut self.marks);
        form::answers(text, lexicon, segmented, phrases, &self.marks, mentions);
    }

    /// Forgets the cues of the last narrative: they are looked for once in each, whoever asks.
    pub fn forget(&mut self) {
        self.narrative.clear();
        self.far_read = false;
        self.near.clear();
        self.near_in.clear();
    }

    /// Sets the axes of every mention. `mentions` are in the order of their first tokens.
    pub fn apply(
        &mut self,
        text: &str,
        lexicon: &Lexicon,
        segmented: &Segmented,
        phrases: &PhraseHits,
        mentions: &mut [Mention],
    ) {
        let roles = roles::Roles::read(lexicon, segmented, mentions);
        self.assert_all(
            text,
            lexicon,
            segmented,
            phrases,
            mentions,
            &mut |mention| {
                roles.assign(lexicon, segmented, mention);
            },
        );
        roles.keep_apart(lexicon, segmented, mentions);
        form::contradictions(text, lexicon, &self.marks, mentions);
    }

    /// Sets polarity, certainty, time and source of every mention, then lets `assign` set the
    /// roles, then sets aside what does not count. Call [`Context::read_forms`] or [`Context::forget`]
    /// before it once a narrative.
    pub fn assert_all(
        &mut self,
        text: &str,
        lexicon: &Lexicon,
        segmented: &Segmented,
        phrases: &PhraseHits,
        mentions: &mut [Mention],
        assign: &mut dyn FnMut(&mut Mention),
    ) {
        if !self.far_read {
            self.find_far(text, lexicon, segmented, phrases);
            self.far_read = true;
        }
        let mut first = 0;
        while first < mentions.len() {
            let index = segmented.sentence_of(mentions[first].tokens.start);
            let sentence = segmented.sentences[index];
            let last = first
                + mentions[first..]
                    .iter()
                    .take_while(|m| m.tokens.start < sentence.last)
                    .count();
            let actives = self.actives(
                text,
                lexicon,
                segmented,
                phrases,
                index,
                &mentions[first..last],
            );
            for mention in &mut mentions[first..last] {
                assert_axes(text, lexicon, segmented, &sentence, &actives, mention);
                assign(mention);
                self.answered(text, lexicon, segmented, phrases, index, mention);
                settle(lexicon, mention);
            }
            first = last;
        }
    }

    /// A question of a form or of an officer is answered by what stands after it.
    fn answered(
        &self,
        source: &str,
        lexicon: &Lexicon,
        text: &Segmented,
        phrases: &PhraseHits,
        sentence: usize,
        mention: &mut Mention,
    ) {
        if lexicon.rules.get(mention.rule).is_some_and(is_form_rule) {
            return;
        }
        // The mention may take in words of the answer, before it or behind it.
        if let Some(mark) = self.marks.asking(mention) {
            let scope = bytes(text, &mark.stem);
            answer(mention, mark.answer, mark.span, scope);
            return;
        }
        let own = text.sentences[sentence];
        let asked = mention.assertion.temporality == Temporality::Hypothetical;
        if !own.question && !asked {
            return;
        }
        let later = || form::later_answer(lexicon, text, phrases, mention.tokens.end..own.last);
        // An answer that is known to belong to other words is not this question's.
        let free = |found: &(Answer, Range<usize>)| {
            // "A: no" is marked as an answer to its own label.
            !self.marks.belongs_before(found.1.end, found.1.start)
        };
        let next =
            || form::leading_answer(lexicon, text, phrases, sentence + 1, asked).filter(free);
        if let Some((given, tokens)) = if asked { later().or_else(next) } else { next() } {
            answer(mention, given, bytes(text, &tokens), own.span);
        } else if form::is_numbered_question(source, text, sentence) {
            // Answered by nothing, or by free text that speaks for itself.
            answer(
                mention,
                Answer::Blank,
                Span::new(own.span.end, own.span.end),
                own.span,
            );
        }
    }
}
