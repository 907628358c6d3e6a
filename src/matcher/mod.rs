//! Finds where the patterns of the lexicon match: tokens once, one look-up a word, each pattern
//! verified outwards from its rarest step.
//!
//! Given a segmented narrative, returns raw matches in tokens. It knows nothing of negation, roles
//! or tiers: see [`crate::context`].

mod phrase;
mod program;
mod verify;
mod vocabulary;

pub(crate) use phrase::PhraseHits;
pub(crate) use program::{ClassId, Classes, Element, Phrase, Program, Step, Variant};
pub(crate) use verify::{Found, MOST_STEPS, Verifier};
pub use vocabulary::Vocabulary;
pub(crate) use vocabulary::{shape_id, word_id};

use std::ops::Range;

use crate::segment::{Segmented, Token};

/// A match of a rule or modifier, before context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawMatch {
    /// Index of the rule or modifier.
    pub owner: u32,
    /// Where.
    pub found: Found,
}

/// Runs `program` over the tokens of `range`; matches stay within units.
///
/// `phrases` must have been found in the same tokens. Duplicates (several variants of one rule on
/// the same tokens) are removed; the order is by first token, then owner.
pub(crate) fn run(
    program: &Program,
    classes: &Classes,
    text: &Segmented,
    phrases: &PhraseHits,
    range: Range<usize>,
    matches: &mut Vec<RawMatch>,
) {
    matches.clear();
    if range.is_empty() {
        return;
    }
    let mut unit = text.unit_of(range.start);
    let mut verifier = Verifier::new(&text.tokens, classes, phrases, unit.clone());
    let mut hits = phrases.all()[phrases
        .all()
        .partition_point(|hit| (hit.start as usize) < range.start)..]
        .iter()
        .peekable();
    for at in range {
        if at >= unit.end {
            unit = text.unit_of(at);
            verifier.range = unit.clone();
        }
        let word = text.tokens[at].word;
        if word != 0 {
            for &id in program.by_word.of(word) {
                attempt(
                    &mut verifier,
                    &program.variants[id as usize],
                    at..at + 1,
                    matches,
                );
            }
        }
        while let Some(hit) = hits.next_if(|hit| hit.start as usize == at) {
            if hit.end as usize > unit.end {
                continue;
            }
            for &class in &classes.phrases[hit.phrase as usize].classes {
                for &id in program.by_class.of(class) {
                    attempt(
                        &mut verifier,
                        &program.variants[id as usize],
                        at..hit.end as usize,
                        matches,
                    );
                }
            }
        }
    }
    matches.sort_by_key(|m| (m.found.tokens.start, m.owner, m.found.tokens.end));
    matches.dedup_by(|a, b| a.owner == b.owner && a.found.tokens == b.found.tokens);
}

fn attempt(
    verifier: &mut Verifier<'_>,
    variant: &Variant,
    anchor: Range<usize>,
    matches: &mut Vec<RawMatch>,
) {
    if let Some(found) = verifier.around(variant, anchor) {
        matches.push(RawMatch {
            owner: variant.owner,
            found,
        });
    }
}

/// Whether any of `variants` matches somewhere in `range`; used for what a rule needs or excepts
/// in its sentence. Returns where.
pub(crate) fn anywhere(
    variants: &[Variant],
    classes: &Classes,
    tokens: &[Token],
    phrases: &PhraseHits,
    range: Range<usize>,
) -> Option<Range<usize>> {
    let mut verifier = Verifier::new(tokens, classes, phrases, range.clone());
    for variant in variants {
        for at in range.clone() {
            let fits = match variant.elements[variant.anchor].step {
                Step::Word(word) => tokens[at].word == word,
                Step::Class(class) => tokens[at].word != 0 && classes.has(tokens[at].word, class),
                _ => false,
            };
            if fits && let Some(found) = verifier.around(variant, at..at + 1) {
                return Some(found.tokens);
            }
            if let Step::Class(class) = variant.elements[variant.anchor].step {
                for hit in phrases.starting(at) {
                    if hit.end as usize <= range.end
                        && classes.phrase_has(hit.phrase, class)
                        && let Some(found) = verifier.around(variant, at..hit.end as usize)
                    {
                        return Some(found.tokens);
                    }
                }
            }
        }
    }
    None
}
