//! Compiled patterns: linear variants, each anchored on its rarest step.
//!
//! Options and alternatives of several words are multiplied out when the lexicon is compiled, so
//! what is left to match is a plain list of steps. A variant is tried only where a word that can
//! fill its rarest step stands, and is verified outwards from there.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::classes::ClassId;
use super::lists::Lists;
use super::postings::{Postings, needs};
use crate::lexicon::Slot;
use crate::segment::WordId;

/// One step of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Step {
    /// This word.
    Word(WordId),
    /// A word or phrase of this class.
    Class(ClassId),
    /// So many words, none of the excluded class.
    Gap {
        min: u8,
        max: u8,
        except: Option<ClassId>,
    },
    /// The next word is not of this class.
    NotNext(ClassId),
    /// The range begins here.
    Start,
    /// The range ends here.
    End,
}

/// A step, perhaps filling a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Element {
    pub step: Step,
    pub slot: Option<Slot>,
}

/// How far a match may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Within {
    /// The unit, and its gaps stop at commas.
    Clause,
    /// The words between two strong breaks.
    Unit,
    /// The unit of its anchor and the one next to it: a gap may cross one strong break.
    Passage,
}

/// Whether two slots stand for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum People {
    /// Two: pronouns of one kind are not enough.
    Two,
    /// One: pronouns of two kinds will not do.
    One,
}

/// A pattern without options: what is verified around an anchor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Variant {
    /// The rule or modifier that it belongs to.
    pub owner: u32,
    /// The steps.
    pub elements: Box<[Element]>,
    /// Index of the step that starts verification.
    pub anchor: usize,
    /// What it may not leave.
    pub within: Within,
    /// Whether agent and experiencer must be two people, or one, where it matters.
    pub people: Option<People>,
    /// The bits of its steps in [`super::presence::Presence`], that of the anchor first, then the rarest: see [`super::StepBits`].
    pub required: Box<[u32]>,
}

/// A set of variants with their anchors: all rules, or all modifiers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Program {
    /// The variants.
    pub variants: Vec<Variant>,
    /// Variants by a word that can fill their anchor.
    pub by_word: Postings,
    /// Variants by the class of their anchor, for phrases.
    pub by_class: Postings,
    /// The heads of `by_class` that a kind of phrase can anchor.
    by_kind: Lists<(u32, u32)>,
}

impl Program {
    /// Indexes the variants. `members_of` tells the words of each class, `kinds` the classes of each kind of
    /// phrase.
    pub fn build(
        variants: Vec<Variant>,
        words: usize,
        members_of: &[Vec<WordId>],
        kinds: &[Vec<ClassId>],
    ) -> Self {
        let mut by_word = Vec::new();
        let mut by_class = Vec::new();
        for (id, variant) in variants.iter().enumerate() {
            let (id, needs) = (id as u32, needs(variant));
            match variant.elements[variant.anchor].step {
                Step::Word(word) => by_word.push((word, needs, id)),
                Step::Class(class) => {
                    let members = members_of[class as usize].iter();
                    by_word.extend(members.map(|word| (*word, needs, id)));
                    by_class.push((class, needs, id));
                }
                Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => {
                    unreachable!("the compiler anchors variants on words and classes")
                }
            }
        }
        let by_class = Postings::build(members_of.len(), by_class);
        let by_kind = kinds.iter().enumerate().flat_map(|(kind, classes)| {
            let heads = classes.iter().map(|class| by_class.heads(*class));
            let anchors = heads.filter(|heads| !heads.is_empty());
            anchors.map(move |heads| (kind as u32, (heads.start, heads.end)))
        });
        let by_kind = by_kind.collect();
        Self {
            by_kind: Lists::build(kinds.len(), by_kind),
            variants,
            by_word: Postings::build(words, by_word),
            by_class,
        }
    }

    /// The heads of `by_class` that a kind of phrase can anchor, those of each of its classes together.
    #[inline]
    pub fn of_kind(&self, kind: u32) -> impl Iterator<Item = Range<u32>> {
        let places = self.by_kind.of(kind).iter();
        places.map(|(start, end)| *start..*end)
    }
}
