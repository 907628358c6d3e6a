//! What no rule foresaw: the words of a sentence weighed together.
//!
//! Rules name what people say. Much of what they tell they tell in their own words, and no list of ways to
//! say it comes to an end. A table of weights, learnt from invented records in which people marked what tells
//! of what, adds up what the words of a sentence speak for: `card`, `purse ~ coat`, `asks him for`. Where the
//! sum reaches the threshold of a category, and no rule of that category speaks of the sentence, the words
//! that weigh most are a mention like any other: quoted, read in its context, set aside with a reason.
//!
//! The sum is a sum: every weight can be read in the file, every mention shows which words weighed how much,
//! and nothing is multiplied or hidden. It is no probability and no score of a person; it decides whether a
//! reader is shown a sentence, as a rule does.

mod corpus;
mod features;
mod learn;
mod marked;
mod model;
mod svm;
mod table;
mod thresholds;

pub(crate) use model::{FEWEST_SENTENCES, Scale, Weighed, Weigher};
pub(crate) use table::{NEVER, SHAPES, Table, is_of_check};

pub use learn::{LearnOptions, Learnt, LearntCategory, learn};
pub use marked::{Mark, MarkedText, Silence, examples, read_marked};

/// Words of a sentence that is weighed, at least: a heading or an answer of few words is none. What was done for a
/// record is often noted in four ("Neighbours not spoken to").
pub(crate) fn fewest_words(of_check: bool) -> usize {
    if of_check { 4 } else { 5 }
}

/// Whether what rules find of a category is set aside with more caution: the tier that is read first.
pub(crate) fn is_grave(category: &crate::lexicon::Category) -> bool {
    category.tier == 1
}
