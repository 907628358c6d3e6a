//! Which tokens a modifier reaches.

use std::ops::Range;

use crate::lexicon::{Direction, Lexicon, Modifier, Through};
use crate::matcher::{self, ClassId, PhraseHits};
use crate::mention::Mention;
use crate::segment::{Break, Segmented, Sentence};
use crate::span::Span;

/// The tokens before and after a cue that it reaches.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    before: Range<usize>,
    after: Range<usize>,
}

impl Scope {
    /// Whether the mention begins to be told in the scope: its first token after the cue, or its
    /// last token before it.
    pub fn reaches(&self, mention: &Mention) -> bool {
        let tokens = mention.tokens.clone();
        let first_after = tokens
            .clone()
            .find(|t| *t >= self.after.start && mention.took(*t));
        let last_before = tokens
            .rev()
            .find(|t| *t < self.before.end && mention.took(*t));
        first_after.is_some_and(|t| self.after.contains(&t))
            || last_before.is_some_and(|t| self.before.contains(&t))
    }

    /// The bytes from its first to its last token.
    pub fn span(&self, text: &Segmented, sentence: &Sentence) -> Span {
        let parts = [&self.before, &self.after];
        let first = parts
            .iter()
            .filter(|r| !r.is_empty())
            .map(|r| r.start)
            .min();
        let last = parts.iter().filter(|r| !r.is_empty()).map(|r| r.end).max();
        match (first, last) {
            (Some(first), Some(last)) => Span::new(
                text.tokens[first].start as usize,
                text.tokens[last - 1].end as usize,
            ),
            _ => Span::new(sentence.span.start, sentence.span.start),
        }
    }
}

/// What is needed to see how far a cue reaches.
pub(crate) struct Reach<'a> {
    pub lexicon: &'a Lexicon,
    pub text: &'a Segmented,
    pub phrases: &'a PhraseHits,
    /// Cues that end the scopes of others.
    pub terminators: &'a [Range<usize>],
    pub classes: ClauseClasses,
}

/// The classes that tell where a clause begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClauseClasses {
    opener: Option<ClassId>,
    finite: Option<ClassId>,
    verb: Option<ClassId>,
    or: Option<ClassId>,
}

impl ClauseClasses {
    pub fn new(lexicon: &Lexicon) -> Self {
        let named = |name: &str| lexicon.named.get(name);
        Self {
            opener: named("clause_opener"),
            finite: named("finite_verb"),
            verb: named("clause_verb"),
            or: named("list_or"),
        }
    }
}

impl Reach<'_> {
    /// The scope of `modifier` with its cue at `cue` in sentence `sentence`; `None` if it has none
    /// (pseudo, terminator).
    pub fn of(&self, modifier: &Modifier, cue: &Range<usize>, sentence: usize) -> Option<Scope> {
        let (back, forth) = match modifier.direction {
            Direction::Forward => (false, true),
            Direction::Backward => (true, false),
            Direction::Both | Direction::Narrative => (true, true),
            Direction::Pseudo | Direction::Terminate => return None,
        };
        let limits = self.limits(modifier, cue, sentence);
        let before = if back {
            limits.start.max(cue.start.saturating_sub(modifier.scope))..cue.start
        } else {
            cue.start..cue.start
        };
        let after = if forth {
            cue.end..limits.end.min(cue.end.saturating_add(modifier.scope))
        } else {
            cue.end..cue.end
        };
        Some(Scope { before, after })
    }

    /// How far the clause, unit, sentence … around a cue goes.
    fn limits(&self, modifier: &Modifier, cue: &Range<usize>, index: usize) -> Range<usize> {
        if modifier.direction == Direction::Narrative {
            return 0..self.text.tokens.len();
        }
        let sentence = self.text.sentences[index];
        let mut limits = match modifier.through {
            Through::Sentence => sentence.tokens(),
            Through::Previous => self.text.sentences[index.saturating_sub(1)].first..sentence.last,
            Through::Unit => self.between_terminators(cue),
            Through::Clause => {
                let unit = self.between_terminators(cue);
                self.clause(cue, &unit)
            }
            Through::List => {
                let unit = self.between_terminators(cue);
                let clause = self.clause(cue, &unit);
                let comma = |t: &usize| {
                    self.text.tokens[*t].gap == Break::Weak && !self.lists_on(*t, clause.end)
                };
                let end = (cue.end..clause.end).find(comma).unwrap_or(clause.end);
                clause.start..end
            }
        };
        for variant in &modifier.until {
            let one = std::slice::from_ref(variant);
            let ahead = cue.end
                ..limits
                    .end
                    .min(cue.end.saturating_add(modifier.scope.saturating_add(4)));
            if let Some(found) = matcher::anywhere(
                one,
                &self.lexicon.classes,
                &self.text.tokens,
                self.phrases,
                ahead,
            ) {
                limits.end = limits.end.min(found.start);
            }
        }
        limits.end = limits.end.max(cue.end);
        limits
    }

    /// The unit around a cue, as far as no terminator stands in it.
    fn between_terminators(&self, cue: &Range<usize>) -> Range<usize> {
        let unit = self.text.unit_of(cue.start);
        let mut limits = unit.clone();
        for terminator in self.terminators.iter().filter(|t| unit.contains(&t.start)) {
            if terminator.start >= cue.end {
                limits.end = limits.end.min(terminator.start);
            }
            if terminator.end <= cue.start {
                limits.start = limits.start.max(terminator.end);
            }
        }
        limits
    }

    /// The clause around a cue. A comma ends it only where a new clause begins after it: "denies
    /// assault, threats or harassment" is one list, "no previous reports, he strangled her" is two
    /// clauses.
    fn clause(&self, cue: &Range<usize>, unit: &Range<usize>) -> Range<usize> {
        let ClauseClasses {
            opener,
            finite,
            verb,
            ..
        } = self.classes;
        let has = |token: usize, class: Option<u32>| {
            class.is_some_and(|class| {
                self.lexicon
                    .classes
                    .has(self.text.tokens[token].word, class)
            })
        };
        let phrase_opens = |token: usize| {
            opener.is_some_and(|class| {
                self.phrases
                    .starting(token)
                    .iter()
                    .any(|hit| self.lexicon.classes.kind_has(hit.kind, class))
            })
        };
        let opens = |token: usize| {
            self.text.tokens[token].gap == Break::Weak
                && (has(token, opener)
                    || phrase_opens(token)
                    // "nil injuries, strangled by AP", but "denies being pushed, strangled or bitten"
                    || has(token, verb) && !self.lists_on(token, unit.end)
                    // "no injuries, neighbour was …", "no threats, Mark had …"
                    || token + 1 < unit.end && self.text.tokens[token + 1].gap == Break::None && has(token + 1, finite))
        };
        let end = (cue.end..unit.end).find(|t| opens(*t)).unwrap_or(unit.end);
        let start = (unit.start + 1..=cue.start)
            .rev()
            .find(|t| opens(*t))
            .unwrap_or(unit.start);
        start..end.max(cue.end)
    }

    /// Whether the words after a comma go on with a list that ends in "or".
    fn lists_on(&self, token: usize, end: usize) -> bool {
        const LONGEST_ITEM: usize = 8;
        let or = self.classes.or;
        (token..end.min(token + LONGEST_ITEM)).any(|t| {
            or.is_some_and(|class| self.lexicon.classes.has(self.text.tokens[t].word, class))
        })
    }
}
