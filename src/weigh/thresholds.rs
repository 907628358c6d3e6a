//! Where a sum is enough, and where it is too little: asked of texts that were not learnt from.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::corpus::{Corpus, Sentence, Text, is_of_check};
use super::fewest_words;
use super::learn::{FOLDS, LearntCategory, Model};
use super::model::MOST_OF_WHOLE;

/// How much of the sum of a whole text counts at most.
const MOST: f32 = MOST_OF_WHOLE / 100.0;

/// By category and sentence: the sum by what the other parts taught.
pub(super) fn scores(corpus: &Corpus, folds: &[Model], share: f32) -> Vec<Vec<f32>> {
    let categories = 0..corpus.categories.len();
    let of = |category: usize| {
        let sentences = corpus.sentences.iter().enumerate();
        let sums = sentences.map(|(row, sentence)| {
            let model = &folds[sentence.text as usize % FOLDS];
            let line = model.lines[category].as_ref();
            let group = corpus
                .groups
                .iter()
                .position(|group| group >> category & 1 == 1);
            let whole = group.and_then(|group| model.whole[group].as_ref());
            let whole = whole.map_or(0.0, |line| line.sum(&model.texts, sentence.text as usize));
            // What was not learnt in a part, for want of marks, tells nothing of a threshold.
            line.map_or(f32::MIN, |line| {
                line.sum(&model.rows, row) + share * whole.clamp(-MOST, MOST)
            })
        });
        sums.collect()
    };
    categories.into_par_iter().map(of).collect()
}

/// By text of those whose marks tell of all categories: the largest sum among the sentences that `takes` names.
fn largest(
    corpus: &Corpus,
    (scores, category): (&[f32], usize),
    takes: impl Fn(&Sentence) -> bool,
) -> BTreeMap<u32, f32> {
    let mut largest = BTreeMap::new();
    for (sentence, score) in corpus.sentences.iter().zip(scores) {
        if corpus.texts[sentence.text as usize].tells_of(category)
            && *score > f32::MIN
            && takes(sentence)
        {
            let own = largest.entry(sentence.text).or_insert(f32::MIN);
            *own = score.max(*own);
        }
    }
    largest
}

/// By text: the largest sum of a category in sentences of which no rule of it speaks.
fn unspoken(corpus: &Corpus, scores: &[f32], category: usize) -> BTreeMap<u32, f32> {
    let fewest = fewest_words(is_of_check(&corpus.categories[category]));
    largest(corpus, (scores, category), |sentence| {
        sentence.terms.len() >= fewest && sentence.spoken >> category & 1 == 0
    })
}

/// By text in which rules that are not trusted find the category: the largest sum of a sentence in which they do.
fn doubted(corpus: &Corpus, scores: &[f32], category: usize) -> BTreeMap<u32, f32> {
    largest(corpus, (scores, category), |sentence| {
        let text = &corpus.texts[sentence.text as usize];
        (text.found & !text.firm & sentence.evident) >> category & 1 == 1
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
const WRONG_OF_CHECK: f64 = 3.0;

/// And what part a right one that is set aside.
const RIGHT_OF_CHECK: f64 = 0.4;

/// By category: the threshold at which right findings less what wrong ones cost are most, counted in texts in
/// which no rule finds the category.
pub(super) fn thresholds(corpus: &Corpus, scored: &[Vec<f32>], wrong_costs: f64) -> Vec<f32> {
    let of = |(category, scores): (usize, &Vec<f32>)| {
        let mut own: Vec<(f32, f64)> = Vec::new();
        let wrong_costs = match is_of_check(&corpus.categories[category]) {
            true => wrong_costs * WRONG_OF_CHECK,
            false => wrong_costs,
        };
        for (text, score) in unspoken(corpus, scores, category) {
            let Text { shown, found, .. } = corpus.texts[text as usize];
            if found >> category & 1 == 0 {
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
pub(super) fn keeps(corpus: &Corpus, scored: &[Vec<f32>], right_costs: f64) -> Vec<f32> {
    let of = |(category, scores): (usize, &Vec<f32>)| {
        let right_costs = match is_of_check(&corpus.categories[category]) {
            true => right_costs * RIGHT_OF_CHECK,
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
    scored: &[Vec<f32>],
    thresholds: &[f32],
    keeps: &[f32],
) -> Vec<LearntCategory> {
    let of = |(category, scores): (usize, &Vec<f32>)| {
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
