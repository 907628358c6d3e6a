//! Finds where the patterns of the lexicon match: tokens once, one look-up a word, each pattern
//! verified outwards from its rarest step.
//!
//! Given a segmented narrative, returns raw matches in tokens. It knows nothing of negation, roles
//! or tiers: see [`crate::context`].

mod classes;
mod lists;
mod pairs;
mod phrase;
mod postings;
mod presence;
mod program;
mod signature;
mod spelling;
mod verify;
mod vocabulary;

pub(crate) use classes::{AnyOf, ClassId, Classes, Phrase};
pub(crate) use phrase::PhraseHits;
pub(crate) use program::{Element, People, Program, Step, Variant, Within};
pub(crate) use signature::StepBits;
pub(crate) use spelling::{Spelling, is_common};
pub(crate) use verify::{Found, MOST_STEPS, Verifier};
pub use vocabulary::Vocabulary;
pub(crate) use vocabulary::{TwinEntry, shape_id, word_id};

use std::ops::Range;

use self::postings::{NEEDS, Postings};

use crate::segment::{Segmented, Token};

/// A match of a rule or modifier, before context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawMatch {
    /// Index of the rule or modifier.
    pub owner: u32,
    /// Index of the variant that matched.
    variant: u32,
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
    let presence = &phrases.presence;
    let mut unit = presence.unit_of(range.start);
    let mut end = presence.tokens(unit).end;
    let mut verifier = Verifier::new(&text.tokens, classes, phrases, presence.tokens(unit));
    let mut hits = phrases.all()[phrases
        .all()
        .partition_point(|hit| (hit.start as usize) < range.start)..]
        .iter()
        .peekable();
    for at in range {
        if at >= end {
            unit = presence.unit_of(at);
            end = presence.tokens(unit).end;
        }
        let row = presence.row(unit);
        let mut attempt = |postings: &Postings, heads: Range<u32>, anchor: Range<usize>| {
            let before = matches.len();
            postings.each(heads, row, |id| {
                let variant = &program.variants[id as usize];
                // Of few steps the needs of the group have told all.
                let told = variant.within != Within::Passage && variant.required.len() <= NEEDS + 1;
                let mut within = |units: Range<usize>| {
                    if !told && !presence.allows(variant, units.clone()) {
                        return None;
                    }
                    verifier.range =
                        presence.tokens(units.start).start..presence.tokens(units.end - 1).end;
                    verifier.around(variant, anchor.clone())
                };
                let found = match variant.within {
                    Within::Passage => reach(unit, presence.units()).find_map(within),
                    Within::Clause | Within::Unit => within(unit..unit + 1),
                };
                if let Some(found) = found {
                    matches.push(RawMatch {
                        owner: variant.owner,
                        variant: id,
                        found,
                    });
                }
            });
            // Groups come by what they need; of matches that are alike the first as written stays.
            if matches.len() > before + 1 {
                matches[before..].sort_by_key(|m| m.variant);
            }
        };
        let word = text.tokens[at].word;
        if word != 0 {
            attempt(&program.by_word, program.by_word.heads(word), at..at + 1);
        }
        while let Some(hit) = hits.next_if(|hit| hit.start as usize == at) {
            if hit.end as usize > end {
                continue;
            }
            for heads in program.of_kind(hit.kind) {
                attempt(&program.by_class, heads, at..hit.end as usize);
            }
        }
    }
    matches.sort_by_key(|m| (m.found.tokens.start, m.owner, m.found.tokens.end));
    matches.dedup_by(|a, b| a.owner == b.owner && a.found.tokens == b.found.tokens);
}

/// The stretches of units in which a passage may match around an anchor in `unit`.
fn reach(unit: usize, units: usize) -> impl Iterator<Item = Range<usize>> {
    let next = (unit + 1 < units).then(|| unit..unit + 2);
    let before = (unit > 0).then(|| unit - 1..unit + 1);
    std::iter::once(unit..unit + 1).chain(next).chain(before)
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
    if range.is_empty() {
        return None;
    }
    let presence = &phrases.presence;
    let units = presence.unit_of(range.start)..presence.unit_of(range.end - 1) + 1;
    let mut own = None;
    for variant in variants {
        if !presence.allows(variant, units.clone()) {
            continue;
        }
        // Most never come so far.
        let verifier =
            own.get_or_insert_with(|| Verifier::new(tokens, classes, phrases, range.clone()));
        let anchor = variant.required.first().copied().unwrap_or_default();
        let may_anchor = units.clone().filter(|unit| presence.row(*unit).has(anchor));
        let places = may_anchor.flat_map(|unit| {
            let own = presence.tokens(unit);
            own.start.max(range.start)..own.end.min(range.end)
        });
        for at in places {
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
                        && classes.kind_has(hit.kind, class)
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
