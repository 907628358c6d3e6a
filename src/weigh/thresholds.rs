//! Where a sum is enough, and where it is too little: asked of texts that were not learnt from.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::corpus::{Corpus, Sentence, Text};
use super::learn::{FOLDS, LearntCategory, Model};
use super::model::{MOST_OF_WHOLE, is_brief};
use super::{fewest_words, is_of_check};

/// How much of the sum of a whole text counts at most.
const MOST: f32 = MOST_OF_WHOLE / 100.0;

/// The sum of a sentence.
#[derive(Clone, Copy)]
pub(super) struct Score {
    total: f32,
    /// Of a grave category, see [`is_brief`].
    brief: bool,
}

impl Score {
    const NONE: Self = Self {
        total: f32::MIN,
        brief: false,
    };
}

/// By category and sentence: the sum by what the other parts taught.
pub(super) fn scores(corpus: &Corpus, folds: &[Model], share: f32) -> Vec<Vec<Score>> {
    let categories = 0..corpus.categories.len();
    let of = |category: usize| {
        let grave = corpus.grave >> category & 1 == 1;
        let sentences = corpus.sentences.iter().enumerate();
        let sums = sentences.map(|(row, sentence)| {
            let model = &folds[sentence.text as usize % FOLDS];
            let line = model.lines[category].as_ref();
            let features = model.rows.row(row).len();
            let group = corpus
                .groups
                .iter()
                .position(|group| group >> category & 1 == 1);
            let whole = group.and_then(|group| model.whole[group].as_ref());
            let whole = whole.map_or(0.0, |line| line.sum(&model.texts, sentence.text as usize));
            line.map_or(Score::NONE, |line| {
                let own = line.sum(&model.rows, row);
                Score {
                    total: own + share * whole.clamp(-MOST, MOST),
                    brief: grave && is_brief(features),
                }
            })
        });
        sums.collect()
    };
    categories.into_par_iter().map(of).collect()
}

/// By text of those whose marks tell of all categories: the largest value among the sentences that have one.
fn largest(
    corpus: &Corpus,
    (scores, category): (&[Score], usize),
    value: impl Fn(&Sentence, &Score) -> Option<f32>,
) -> BTreeMap<u32, f32> {
    let mut largest = BTreeMap::new();
    for (sentence, score) in corpus.sentences.iter().zip(scores) {
        if corpus.texts[sentence.text as usize].tells_of(category)
            && let Some(value) = value(sentence, score)
        {
            let own = largest.entry(sentence.text).or_insert(f32::MIN);
            *own = value.max(*own);
        }
    }
    largest
}

/// By text: the largest sum of a category in sentences of which no rule of it speaks.
fn unspoken(corpus: &Corpus, scores: &[Score], category: usize) -> BTreeMap<u32, f32> {
    let fewest = fewest_words(is_of_check(&corpus.categories[category]));
    largest(corpus, (scores, category), |sentence, score| {
        let weighed = sentence.terms.len() >= fewest && sentence.spoken >> category & 1 == 0;
        weighed.then_some(score.total)
    })
}

/// By text in which rules that are not trusted find the category: the largest sum of a sentence in which they do.
fn doubted(corpus: &Corpus, scores: &[Score], category: usize) -> BTreeMap<u32, f32> {
    largest(corpus, (scores, category), |sentence, score| {
        let text = &corpus.texts[sentence.text as usize];
        let here = text.found & !text.firm & sentence.evident;
        let fewest = fewest_words(is_of_check(&corpus.categories[category]));
        let value = match score.brief || sentence.terms.len() < fewest {
            true => f32::MAX,
            false => score.total,
        };
        // What was not learnt in a part, for want of marks, tells nothing of a threshold.
        (here >> category & 1 == 1 && score.total > f32::MIN).then_some(value)
    })
}

/// The value halfway between those at which the gains, added up in this order, are most and the next; none if no
/// sum of gains is above nothing.
fn best_cut(ordered: impl Iterator<Item = (f32, f64)>) -> Option<f32> {
    let (mut best, mut cut, mut sum) = (0.0, None, 0.0);
    let mut ordered = ordered.peekable();
    while let Some((value, gain)) = ordered.next() {
        sum += gain;
        if sum > best {
            best = sum;
            let next = ordered.peek().map_or(value, |(next, _)| *next);
            cut = Some((value + next) / 2.0);
        }
    }
    cut
}

/// What a wrong finding of a response check costs, beside one of a category: a "done" that was not hides a gap, a "not
/// done" that was done blames, and what is not found is still prompted for.
const WRONG_OF_CHECK: f64 = 4.0;

/// And what part a right one that is set aside.
const RIGHT_OF_CHECK: f64 = 0.6;

/// How many times as much a right finding of a grave category costs that is set aside: what may tell of a death to come
/// is shown, also where the words about it are of a kind that nothing was learnt from.
const RIGHT_OF_GRAVE: f64 = 2.5;

/// By category: the threshold at which right findings less what wrong ones cost are most, counted in texts in
/// which no rule finds the category.
pub(super) fn thresholds(corpus: &Corpus, scored: &[Vec<Score>], wrong_costs: f64) -> Vec<f32> {
    let of = |(category, scores): (usize, &Vec<Score>)| {
        let mut own: Vec<(f32, f64)> = Vec::new();
        let wrong_costs = match is_of_check(&corpus.categories[category]) {
            true => wrong_costs * WRONG_OF_CHECK,
            false => wrong_costs,
        };
        for (text, score) in unspoken(corpus, scores, category) {
            let Text { shown, found, .. } = corpus.texts[text as usize];
            if found >> category & 1 == 0 && score > f32::MIN {
                let is_shown = shown >> category & 1 == 1;
                own.push((score, if is_shown { 1.0 } else { -wrong_costs }));
            }
        }
        own.sort_by(|a, b| b.0.total_cmp(&a.0));
        best_cut(own.into_iter()).unwrap_or(f32::MAX)
    };
    scored.iter().enumerate().map(of).collect()
}

/// By category: the sum below which what rules find does not count. It lies where the wrong findings that fall away
/// less what right ones cost are most.
pub(super) fn keeps(corpus: &Corpus, scored: &[Vec<Score>], right_costs: f64) -> Vec<f32> {
    let of = |(category, scores): (usize, &Vec<Score>)| {
        let right_costs = match is_of_check(&corpus.categories[category]) {
            true => right_costs * RIGHT_OF_CHECK,
            false if corpus.grave >> category & 1 == 1 => right_costs * RIGHT_OF_GRAVE,
            false => right_costs,
        };
        let found = doubted(corpus, scores, category).into_iter();
        let mut own: Vec<(f32, f64)> = found
            .map(|(text, score)| {
                let is_shown = corpus.texts[text as usize].shown >> category & 1 == 1;
                (score, if is_shown { -right_costs } else { 1.0 })
            })
            .collect();
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        best_cut(own.into_iter()).unwrap_or(f32::MIN)
    };
    scored.iter().enumerate().map(of).collect()
}

/// What is found, by rules and with weights, in texts that the weights were not learnt from.
pub(super) fn measured(
    corpus: &Corpus,
    scored: &[Vec<Score>],
    thresholds: &[f32],
    keeps: &[f32],
) -> Vec<LearntCategory> {
    let of = |(category, scores): (usize, &Vec<Score>)| {
        let mut own = LearntCategory {
            id: corpus.categories[category].clone(),
            ..LearntCategory::default()
        };
        let largest = unspoken(corpus, scores, category);
        let by_rules = doubted(corpus, scores, category);
        for (text, own_text) in corpus.texts.iter().enumerate() {
            let Text { shown, found, .. } = own_text;
            if !own_text.tells_of(category) {
                continue;
            }
            let (shown, found) = (shown >> category & 1 == 1, found >> category & 1 == 1);
            let weighed = largest
                .get(&(text as u32))
                .is_some_and(|s| *s >= thresholds[category]);
            let kept = by_rules
                .get(&(text as u32))
                .is_none_or(|s| *s >= keeps[category]);
            let both = found && kept || weighed;
            for (counts, found) in [(&mut own.rules, found), (&mut own.both, both)] {
                counts[0] += u32::from(found && shown);
                counts[1] += u32::from(found && !shown);
                counts[2] += u32::from(!found && shown);
            }
        }
        own
    };
    scored.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cut_lies_behind_the_last_that_is_worth_it() {
        let cut = |list: &[(f32, f64)]| best_cut(list.iter().copied());
        assert_eq!(
            cut(&[(4.0, 1.0), (3.0, -1.0), (2.0, 1.0), (1.5, 1.0), (1.0, -1.0)]),
            Some(1.25)
        );
        assert_eq!(cut(&[(4.0, 1.0)]), Some(4.0));
        assert_eq!(cut(&[(4.0, -1.0), (3.0, 1.0)]), None);
    }
}
