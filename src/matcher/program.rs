//! Compiled patterns: linear variants, each anchored on its rarest step.
//!
//! Options and alternatives of several words are multiplied out when the lexicon is compiled, so
//! what is left to match is a plain list of steps. A variant is tried only where a word that can
//! fill its rarest step stands, and is verified outwards from there.

use crate::lexicon::Slot;
use crate::segment::WordId;

/// Number of a class of words and phrases.
pub(crate) type ClassId = u32;

/// One step of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Element {
    pub step: Step,
    pub slot: Option<Slot>,
}

/// How far a match may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Within {
    /// The unit, and its gaps stop at commas.
    Clause,
    /// The words between two strong breaks.
    Unit,
    /// The unit of its anchor and the one next to it: a gap may cross one strong break.
    Passage,
}

/// Whether two slots stand for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum People {
    /// Two: pronouns of one kind are not enough.
    Two,
    /// One: pronouns of two kinds will not do.
    One,
}

/// A pattern without options: what is verified around an anchor.
#[derive(Clone, Debug)]
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
    /// The bits of its steps in [`super::Presence`], rarest first.
    pub required: Box<[u32]>,
}

/// A literal phrase that is a member of classes.
#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    /// Its words: two at least.
    pub words: Box<[WordId]>,
    /// Index of its rarest word.
    pub anchor: usize,
    /// The classes that it belongs to, sorted.
    pub classes: Vec<ClassId>,
}

/// Which words and phrases belong to which class.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    stride: usize,
    bits: Vec<u64>,
    /// All phrases of all classes.
    pub phrases: Vec<Phrase>,
    /// Phrases by the id of their rarest word.
    pub phrases_by_word: Lists,
}

impl Classes {
    /// Makes the table for `words` ids and `classes` classes, from `(word, class)` pairs.
    pub fn build(
        words: usize,
        classes: usize,
        members: &[(WordId, ClassId)],
        phrases: Vec<Phrase>,
    ) -> Self {
        let stride = stride(classes);
        let mut bits = vec![0; stride * words];
        for (word, class) in members {
            bits[*word as usize * stride + *class as usize / 64] |= 1 << (class % 64);
        }
        let by_word = phrases
            .iter()
            .enumerate()
            .map(|(id, p)| (p.words[p.anchor], id as u32))
            .collect();
        Self {
            stride,
            bits,
            phrases,
            phrases_by_word: Lists::build(words, by_word),
        }
    }

    /// The classes of a word, as bits.
    #[inline]
    pub fn bits_of(&self, word: WordId) -> &[u64] {
        &self.bits[word as usize * self.stride..(word as usize + 1) * self.stride]
    }

    /// The bit that stands for a word, behind those of the classes.
    #[inline]
    pub fn word_bit(&self, word: WordId) -> u32 {
        (self.stride * 64) as u32 + word
    }

    /// The same where only the number of classes is known.
    pub fn word_bit_of(classes: usize, word: WordId) -> u32 {
        (stride(classes) * 64) as u32 + word
    }

    /// How many numbers of 64 bits hold all classes and words.
    pub fn presence_words(&self) -> usize {
        self.stride + (self.bits.len() / self.stride.max(1)).div_ceil(64)
    }

    /// Whether a word belongs to a class.
    #[inline]
    pub fn has(&self, word: WordId, class: ClassId) -> bool {
        self.bits[word as usize * self.stride + class as usize / 64] >> (class % 64) & 1 == 1
    }

    /// Whether a phrase belongs to a class.
    #[inline]
    pub fn phrase_has(&self, phrase: u32, class: ClassId) -> bool {
        self.phrases[phrase as usize]
            .classes
            .binary_search(&class)
            .is_ok()
    }
}

/// How many numbers of 64 bits hold one bit for each class.
fn stride(classes: usize) -> usize {
    classes.div_ceil(64).max(1)
}

/// Many short lists of numbers in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    bounds: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// Builds `keys` lists from `(key, item)` pairs.
    pub fn build(keys: usize, mut pairs: Vec<(u32, u32)>) -> Self {
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

    /// The list of a key.
    #[inline]
    pub fn of(&self, key: u32) -> &[u32] {
        &self.items[self.bounds[key as usize] as usize..self.bounds[key as usize + 1] as usize]
    }
}

/// A set of variants with their anchors: all rules, or all modifiers.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// The variants.
    pub variants: Vec<Variant>,
    /// Variants by a word that can fill their anchor.
    pub by_word: Lists,
    /// Variants by the class of their anchor, for phrases.
    pub by_class: Lists,
}

impl Program {
    /// Indexes the variants. `members` tells the words of each class.
    pub fn build(variants: Vec<Variant>, words: usize, members_of: &[Vec<WordId>]) -> Self {
        let mut by_word = Vec::new();
        let mut by_class = Vec::new();
        for (id, variant) in variants.iter().enumerate() {
            match variant.elements[variant.anchor].step {
                Step::Word(word) => by_word.push((word, id as u32)),
                Step::Class(class) => {
                    by_word.extend(
                        members_of[class as usize]
                            .iter()
                            .map(|word| (*word, id as u32)),
                    );
                    by_class.push((class, id as u32));
                }
                Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => {
                    unreachable!("the compiler anchors variants on words and classes")
                }
            }
        }
        Self {
            variants,
            by_word: Lists::build(words, by_word),
            by_class: Lists::build(members_of.len(), by_class),
        }
    }
}
