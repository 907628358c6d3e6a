//! The answers of a narrative, and which of them a cue or a mention has to do with. A form of a thousand
//! answers holds a thousand mentions: so each is looked up, and none goes through all of the others.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Mark;
use crate::mention::Mention;

/// Answers by their places.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    pub(super) list: Vec<Mark>,
    /// First token of question and answer together, one past their last, and the number of the mark.
    places: Vec<(usize, usize, usize)>,
    /// The longest question with its answer, in tokens.
    longest: usize,
    /// First token of an answer, and one past the last of any that begins there or before it.
    answers: Vec<(usize, usize)>,
    /// One past the last token of an answer, and the first of its question.
    ends: BTreeMap<usize, usize>,
    /// First tokens of questions, in order.
    stems: Vec<usize>,
}

impl Marks {
    /// Notes the places of the answers in the list.
    pub(super) fn index(&mut self) {
        let marks = || self.list.iter().enumerate();
        self.places = marks()
            .map(|(number, mark)| {
                let first = mark.stem.start.min(mark.tokens.start);
                (first, mark.stem.end.max(mark.tokens.end), number)
            })
            .collect();
        self.places.sort_unstable();
        let lengths = self.places.iter().map(|(first, end, _)| end - first);
        self.longest = lengths.max().unwrap_or(0);
        self.answers = marks()
            .map(|(_, mark)| (mark.tokens.start, mark.tokens.end))
            .collect();
        self.answers.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut self.answers {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        self.ends.clear();
        for mark in &self.list {
            let first = self.ends.entry(mark.tokens.end).or_insert(usize::MAX);
            *first = mark.stem.start.min(*first);
        }
        self.stems = self.list.iter().map(|mark| mark.stem.start).collect();
        self.stems.sort_unstable();
    }

    /// Whether the words of a cue are those of an answer.
    pub fn answered_by(&self, cue: &Range<usize>) -> bool {
        let before = self
            .answers
            .partition_point(|(start, _)| *start <= cue.start);
        before > 0 && cue.end <= self.answers[before - 1].1
    }

    /// The first mark in whose question a mention stands, or whose answer a mention goes over that
    /// begins in the question ("frightened N 'of him?'").
    pub fn asking(&self, mention: &Mention) -> Option<&Mark> {
        let (start, end) = (mention.tokens.start, mention.tokens.end);
        let from = start.saturating_sub(self.longest);
        let first = self.places.partition_point(|place| place.0 < from);
        let last = self.places.partition_point(|place| place.0 <= start);
        let around = self.places.get(first..last).unwrap_or_default();
        let goes_over = |number: usize| {
            let mark = &self.list[number];
            start < mark.stem.end
                && mark.stem.end <= mark.tokens.start
                && mark.tokens.end <= end
                && !mark.tokens.is_empty()
                && !mark.tokens.clone().any(|token| mention.took(token))
        };
        let asks = around
            .iter()
            .filter(|(_, own, number)| end <= *own || goes_over(*number));
        asks.map(|(_, _, number)| *number)
            .min()
            .map(|number| &self.list[number])
    }

    /// Whether an answer that ends before token `end` has its question before token `start`.
    pub fn belongs_before(&self, end: usize, start: usize) -> bool {
        self.ends.get(&end).is_some_and(|first| *first < start)
    }

    /// Where the next question begins, at a token or after it.
    pub(super) fn next_question(&self, from: usize) -> Option<usize> {
        let next = self.stems.partition_point(|stem| *stem < from);
        self.stems.get(next).copied()
    }
}
