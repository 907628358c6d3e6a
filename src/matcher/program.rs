//! Compiled patterns: linear variants, each anchored on its rarest step.
//!
//! Options and alternatives of several words are multiplied out when the lexicon is compiled, so
//! what is left to match is a plain list of steps. A variant is tried only where a word that can
//! fill its rarest step stands, and is verified outwards from there.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::pairs::PhrasePairs;
use super::signature::{Signatures, StepBits};
use crate::lexicon::Slot;
use crate::segment::WordId;

/// Number of a class of words and phrases.
pub(crate) type ClassId = u32;

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
    /// The bits of its steps in [`super::presence::Presence`], rarest first: see [`StepBits`].
    pub required: Box<[u16]>,
}

/// A literal phrase that is a member of classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Phrase {
    /// Its words: two at least.
    pub words: Box<[WordId]>,
    /// Its kind: phrases of the same classes are of one.
    pub kind: u32,
}

/// Which words and phrases belong to which class.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Classes {
    stride: usize,
    /// The row of each word in `bits`: many words belong to the same classes.
    rows: Vec<u32>,
    bits: Vec<u64>,
    /// The first of the bits, by word.
    first: Vec<u64>,
    /// The classes of each kind of phrase, sorted.
    kinds: Vec<Vec<ClassId>>,
    /// Phrases by their first two words.
    pub pairs: PhrasePairs,
    /// What a word or phrase says of the steps that could take it.
    pub signatures: Signatures,
}

/// Several classes, to be asked for at once: see [`Classes::any_of`]. All bits where one of them is not
/// among the first 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnyOf(u64);

/// Bits that a posting asks for: with them it says as much as is worth the memory that it takes.
const NEEDS: usize = 4;

/// A variant that a word may anchor, with what tells most quickly that it cannot match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Posting {
    /// Index of the variant.
    pub variant: u32,
    /// The rarest bits of [`super::presence::Presence`] that its unit must hold beside the anchor;
    /// [`Signatures::ALWAYS`] where there is none.
    pub needs: [u16; NEEDS],
}

impl Posting {
    fn of(id: usize, variant: &Variant) -> Self {
        let mut needs = [Signatures::ALWAYS; NEEDS];
        // What may match over two units, the bits of one do not tell.
        if variant.within != Within::Passage {
            // The first is the bit of the anchor, which is there.
            let beside = variant.required.iter().skip(1);
            for (need, bit) in needs.iter_mut().zip(beside) {
                *need = *bit;
            }
        }
        Self {
            variant: id as u32,
            needs,
        }
    }
}

impl Classes {
    /// Makes the table for `words` ids, from the words of each class, the phrases and the classes of
    /// each kind of phrase.
    pub fn build(
        words: usize,
        members_of: &[Vec<WordId>],
        phrases: &[Phrase],
        kinds: Vec<Vec<ClassId>>,
        bits: &StepBits,
    ) -> Self {
        let stride = stride(members_of.len());
        let mut all = vec![0; stride * words];
        for (class, members) in members_of.iter().enumerate() {
            for word in members {
                all[*word as usize * stride + class / 64] |= 1 << (class % 64);
            }
        }
        let mut known = HashMap::new();
        let mut distinct = Vec::new();
        let first = all.chunks_exact(stride).map(|row| row[0]).collect();
        let rows = all
            .chunks_exact(stride)
            .map(|row| {
                *known.entry(row).or_insert_with(|| {
                    distinct.extend_from_slice(row);
                    (distinct.len() / stride - 1) as u32
                })
            })
            .collect();
        Self {
            stride,
            rows,
            bits: distinct,
            first,
            pairs: PhrasePairs::build(phrases),
            signatures: Signatures::build(words, members_of, &kinds, bits),
            kinds,
        }
    }

    /// Whether a word belongs to a class.
    #[inline]
    pub fn has(&self, word: WordId, class: ClassId) -> bool {
        if class < 64 {
            return self.first[word as usize] >> class & 1 == 1;
        }
        let row = self.rows[word as usize] as usize * self.stride;
        self.bits[row + class as usize / 64] >> (class % 64) & 1 == 1
    }

    /// Several classes as one question, for [`Classes::may_have`].
    pub fn any_of(&self, classes: &[Option<ClassId>]) -> AnyOf {
        let asked = classes.iter().flatten();
        let bits = asked.map(|class| if *class < 64 { 1 << class } else { u64::MAX });
        AnyOf(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether a word may belong to one of several classes. If not, there is no need to ask for each.
    #[inline]
    pub fn may_have(&self, word: WordId, asked: AnyOf) -> bool {
        asked.0 == u64::MAX || self.first[word as usize] & asked.0 != 0
    }

    /// Whether one of many words may belong to one of several classes.
    pub fn any_may_have(&self, mut words: impl Iterator<Item = WordId>, asked: AnyOf) -> bool {
        words.any(|word| self.may_have(word, asked))
    }

    /// Whether phrases of a kind belong to a class.
    #[inline]
    pub fn kind_has(&self, kind: u32, class: ClassId) -> bool {
        self.kinds[kind as usize].binary_search(&class).is_ok()
    }
}

/// How many numbers of 64 bits hold one bit for each class.
fn stride(classes: usize) -> usize {
    classes.div_ceil(64).max(1)
}

/// Many short lists in one piece of memory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Lists<T> {
    bounds: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            bounds: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<T: Ord> Lists<T> {
    /// Builds `keys` lists from `(key, item)` pairs.
    pub fn build(keys: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut bounds = vec![0; keys + 1];
        for (key, _) in &pairs {
            bounds[*key as usize + 1] += 1;
        }
        for index in 1..bounds.len() {
            bounds[index] += bounds[index - 1];
        }
        Self {
            bounds,
            items: pairs.into_iter().map(|(_, item)| item).collect(),
        }
    }

    /// Where the list of a key stands among all items.
    fn place(&self, key: u32) -> (u32, u32) {
        (self.bounds[key as usize], self.bounds[key as usize + 1])
    }

    /// The list of a key.
    #[inline]
    pub fn of(&self, key: u32) -> &[T] {
        &self.items[self.bounds[key as usize] as usize..self.bounds[key as usize + 1] as usize]
    }
}

/// A set of variants with their anchors: all rules, or all modifiers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Program {
    /// The variants.
    pub variants: Vec<Variant>,
    /// Variants by a word that can fill their anchor.
    pub by_word: Lists<Posting>,
    /// Variants by the class of their anchor, for phrases.
    by_class: Lists<Posting>,
    /// Where in `by_class` the variants stand that a kind of phrase can anchor.
    by_kind: Lists<(u32, u32)>,
}

impl Program {
    /// Indexes the variants. `members_of` tells the words of each class.
    pub fn build(
        variants: Vec<Variant>,
        words: usize,
        members_of: &[Vec<WordId>],
        classes: &Classes,
    ) -> Self {
        let mut by_word = Vec::new();
        let mut by_class = Vec::new();
        for (id, variant) in variants.iter().enumerate() {
            let posting = Posting::of(id, variant);
            match variant.elements[variant.anchor].step {
                Step::Word(word) => by_word.push((word, posting)),
                Step::Class(class) => {
                    by_word.extend(
                        members_of[class as usize]
                            .iter()
                            .map(|word| (*word, posting)),
                    );
                    by_class.push((class, posting));
                }
                Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => {
                    unreachable!("the compiler anchors variants on words and classes")
                }
            }
        }
        let by_class = Lists::build(members_of.len(), by_class);
        let kinds = classes.kinds.iter().enumerate();
        let by_kind = kinds.flat_map(|(kind, classes)| {
            let places = classes.iter().map(|class| by_class.place(*class));
            let anchors = places.filter(|(start, end)| start < end);
            anchors.map(move |place| (kind as u32, place))
        });
        let by_kind = by_kind.collect();
        Self {
            by_kind: Lists::build(classes.kinds.len(), by_kind),
            variants,
            by_word: Lists::build(words, by_word),
            by_class,
        }
    }

    /// The variants that a kind of phrase can anchor, those of each of its classes together.
    #[inline]
    pub fn of_kind(&self, kind: u32) -> impl Iterator<Item = &[Posting]> {
        let places = self.by_kind.of(kind).iter();
        places.map(|(start, end)| &self.by_class.items[*start as usize..*end as usize])
    }
}
