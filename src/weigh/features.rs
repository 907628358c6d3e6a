//! What of a sentence is weighed: its words, two and three of them in a row, and two words of content
//! that stand near each other.

/// Number of a word among those that are weighed; `0` for all others.
pub(crate) type Term = u16;

/// A feature: its kind and its words, packed. Two features are the same if the numbers are.
pub(crate) type Feature = u64;

/// How many words of content after a word of content are paired with it.
const REACH: usize = 3;

const PAIR: u64 = 1 << 48;

/// A word, or two or three in a row.
pub(crate) fn row(words: &[Term]) -> Feature {
    words
        .iter()
        .fold(0, |packed, word| packed << 16 | u64::from(*word))
}

/// Two words of content, in their order, whatever stands between.
pub(crate) fn pair(first: Term, second: Term) -> Feature {
    PAIR | row(&[first, second])
}

/// The words of a feature, and whether they are a pair of words of content.
pub(crate) fn words(feature: Feature) -> (impl Iterator<Item = Term>, bool) {
    let word = move |at: u32| (feature >> (16 * at)) as Term;
    let all = [word(2), word(1), word(0)];
    (
        all.into_iter().filter(|word| *word != 0),
        feature & PAIR != 0,
    )
}

/// Calls `found` with each feature of a sentence and the places of its first and last word; a feature that
/// stands there twice comes twice. `terms` are the words of the sentence, `carries` tells which of them are
/// words of content. Unknown words part rows, and are words of content to pairs.
pub(crate) fn each(
    terms: &[Term],
    carries: impl Fn(Term) -> bool,
    mut found: impl FnMut(Feature, usize, usize),
) {
    let mut content = [0; REACH];
    let mut held = 0;
    for (at, term) in terms.iter().copied().enumerate() {
        if term != 0 {
            found(row(&[term]), at, at);
            if at > 0 && terms[at - 1] != 0 {
                found(row(&terms[at - 1..=at]), at - 1, at);
                if at > 1 && terms[at - 2] != 0 {
                    found(row(&terms[at - 2..=at]), at - 2, at);
                }
            }
        }
        if term == 0 || carries(term) {
            if term != 0 {
                for before in content.iter().take(held).copied() {
                    if terms[before] != 0 {
                        found(pair(terms[before], term), before, at);
                    }
                }
            }
            content.rotate_right(1);
            content[0] = at;
            held = (held + 1).min(REACH);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stop_at_unknown_words_and_pairs_reach_over_them() {
        let mut found = Vec::new();
        // 9 is a word without content.
        each(
            &[1, 9, 2, 0, 3],
            |term| term != 9,
            |feature, from, to| {
                let (words, pair) = words(feature);
                found.push((words.collect::<Vec<_>>(), pair, from, to));
            },
        );
        let rows: Vec<_> = found.iter().filter(|f| !f.1).map(|f| f.0.clone()).collect();
        assert_eq!(
            rows,
            [
                vec![1],
                vec![9],
                vec![1, 9],
                vec![2],
                vec![9, 2],
                vec![1, 9, 2],
                vec![3]
            ]
        );
        let pairs: Vec<_> = found.iter().filter(|f| f.1).cloned().collect();
        assert_eq!(
            pairs,
            [
                (vec![1, 2], true, 0, 2),
                (vec![2, 3], true, 2, 4),
                (vec![1, 3], true, 0, 4)
            ]
        );
    }
}
