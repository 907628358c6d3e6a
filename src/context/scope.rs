//! Which tokens a modifier reaches.

use std::ops::Range;

use crate::lexicon::{Direction, Lexicon, Modifier, Through};
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
        let first_after = tokens.clone().find(|t| *t >= self.after.start && mention.took(*t));
        let last_before = tokens.rev().find(|t| *t < self.before.end && mention.took(*t));
        first_after.is_some_and(|t| self.after.contains(&t)) || last_before.is_some_and(|t| self.before.contains(&t))
    }

    /// The bytes from its first to its last token.
    pub fn span(&self, text: &Segmented, sentence: &Sentence) -> Span {
        let parts = [&self.before, &self.after];
        let first = parts.iter().filter(|r| !r.is_empty()).map(|r| r.start).min();
        let last = parts.iter().filter(|r| !r.is_empty()).map(|r| r.end).max();
        match (first, last) {
            (Some(first), Some(last)) => {
                Span::new(text.tokens[first].start as usize, text.tokens[last - 1].end as usize)
            }
            _ => Span::new(sentence.span.start, sentence.span.start),
        }
    }
}

/// The scope of `modifier` with its cue at `cue`; `None` if it has none (pseudo, terminator).
pub(crate) fn scope_of(
    modifier: &Modifier,
    cue: &Range<usize>,
    lexicon: &Lexicon,
    text: &Segmented,
    sentence: &Sentence,
    terminators: &[Range<usize>],
) -> Option<Scope> {
    let (back, forth) = match modifier.direction {
        Direction::Forward => (false, true),
        Direction::Backward => (true, false),
        Direction::Both | Direction::Narrative => (true, true),
        Direction::Pseudo | Direction::Terminate => return None,
    };
    let limits = limits(modifier, cue, lexicon, text, sentence, terminators);
    let before = if back { limits.start.max(cue.start.saturating_sub(modifier.scope))..cue.start } else { cue.start..cue.start };
    let after = if forth { cue.end..limits.end.min(cue.end.saturating_add(modifier.scope)) } else { cue.end..cue.end };
    Some(Scope { before, after })
}

/// How far the clause, unit or sentence around a cue goes.
fn limits(
    modifier: &Modifier,
    cue: &Range<usize>,
    lexicon: &Lexicon,
    text: &Segmented,
    sentence: &Sentence,
    terminators: &[Range<usize>],
) -> Range<usize> {
    if modifier.through == Through::Sentence {
        return sentence.tokens();
    }
    let unit = text.unit_of(cue.start);
    let mut start = unit.start;
    let mut end = unit.end;
    for terminator in terminators {
        if terminator.start >= cue.end {
            end = end.min(terminator.start);
        }
        if terminator.end <= cue.start {
            start = start.max(terminator.end);
        }
    }
    if modifier.through == Through::Clause {
        let opener = lexicon.named.get("clause_opener");
        // A comma ends a scope only where a new clause begins after it: "denies assault, threats or
        // harassment" is one list, "no previous reports, he strangled her" is two clauses.
        let opens = |token: usize| {
            text.tokens[token].gap == Break::Weak
                && opener.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
        };
        if let Some(token) = (cue.end..end).find(|t| opens(*t)) {
            end = token;
        }
        if let Some(token) = (start + 1..=cue.start).rev().find(|t| opens(*t)) {
            start = token;
        }
    }
    start..end.max(cue.end)
}
