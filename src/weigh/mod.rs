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

mod features;
mod learn;
mod marked;
mod model;
mod svm;
mod table;

pub(crate) use features::any_rule;
pub(crate) use model::{Scale, Weighed, Weigher};
pub(crate) use table::Table;

pub use learn::{LearnOptions, Learnt, LearntCategory, learn};
pub use marked::{Mark, MarkedText, Silence, examples, read_marked};

use crate::segment::Shape;

/// Features that a sentence counts as having at least.
const FEWEST: usize = 8;

/// A sum over so many features, made comparable: over the root of their number. Few features tell little, so
/// that a few words alone do not reach what a whole sentence does.
pub(crate) fn scaled(sum: f32, features: usize) -> f32 {
    sum / (features.max(FEWEST) as f32).sqrt()
}

/// Features below which a sentence is brief.
const BRIEF: usize = 40;

/// Whether so few features, and their sum, tell nothing against what a rule found: a brief sentence has no room
/// for words that speak for it ("He texted I will kill you").
pub(crate) fn is_brief(features: usize, sum: f32) -> bool {
    features < BRIEF && sum >= 0.0
}

/// How shapes of words are written in the table.
pub(crate) const SHAPES: [(Shape, &str); 3] = [
    (Shape::Number, "#number"),
    (Shape::Time, "#time"),
    (Shape::Times, "#times"),
];
