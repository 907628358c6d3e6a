//! Finds what points at one person by its shape: numbers, addresses, dates of birth.

use std::collections::BTreeMap;

use crate::lexicon::{Identifier, Sum};
use crate::span::Span;

/// Bytes on either side in which a word that must stand near is looked for.
const NEAR: usize = 60;

/// An identifier in a text.
pub(super) struct Found<'l> {
    pub span: Span,
    pub kind: &'l str,
}

/// Every identifier in `text`, in its order; none overlap.
pub(super) fn find_identifiers<'l>(identifiers: &'l [Identifier], text: &str) -> Vec<Found<'l>> {
    // By the first byte; they never overlap, so only the neighbours need a look.
    let mut found: BTreeMap<usize, Found<'l>> = BTreeMap::new();
    for identifier in identifiers {
        for pattern in &identifier.patterns {
            let mut from = 0;
            while let Some(captures) = pattern.get().captures_at(text, from) {
                let Some(whole) = captures.get(0).filter(|whole| !whole.is_empty()) else {
                    break;
                };
                let part = captures.name("mask").unwrap_or(whole);
                let span = trimmed(text, Span::new(part.start(), part.end()));
                let free = || {
                    let before = found.range(..span.end).next_back();
                    before.is_none_or(|(_, f)| f.span.end <= span.start)
                };
                if !span.is_empty() && counts(identifier, text, span) && free() {
                    let kind = identifier.kind.as_str();
                    found.insert(span.start, Found { span, kind });
                    from = span.end;
                } else {
                    // Another match may begin inside this one.
                    from = next_char(text, whole.start());
                }
            }
        }
    }
    found.into_values().collect()
}

fn next_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = span.of(text);
    let start = span.start + part.len() - part.trim_start().len();
    Span::new(start, start + part.trim().len())
}

fn counts(identifier: &Identifier, text: &str, span: Span) -> bool {
    let part = span.of(text);
    let surroundings = || &text[left(text, span.start)..right(text, span.end)];
    stands_alone(text, span)
        && !identifier
            .unless
            .iter()
            .any(|regex| regex.get().is_match(part))
        && identifier.sum.is_none_or(|sum| adds_up(sum, part))
        && (identifier.near.is_empty()
            || identifier
                .near
                .iter()
                .any(|regex| regex.get().is_match(surroundings())))
}

fn left(text: &str, at: usize) -> usize {
    let start = at.saturating_sub(NEAR);
    (start..=at)
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(at)
}

fn right(text: &str, at: usize) -> usize {
    let end = (at + NEAR).min(text.len());
    (at..=end)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(at)
}

/// Whether the span is no part of a longer word, number, date or reference.
fn stands_alone(text: &str, span: Span) -> bool {
    let mut before = text[..span.start].chars().rev();
    let mut after = text[span.end..].chars();
    let (b1, b2) = (before.next(), before.next());
    let (a1, a2) = (after.next(), after.next());
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let joins = |c: Option<char>, next: Option<char>| {
        matches!(c, Some('/' | '-' | '.')) && next.is_some_and(|c| c.is_ascii_digit())
    };
    let digit = |c: char| c.is_ascii_digit();
    let inside_word = word(b1) || word(a1);
    let inside_number = joins(b1, b2) && span.of(text).starts_with(digit)
        || joins(a1, a2) && span.of(text).ends_with(digit);
    let money = matches!(b1, Some('£' | '$' | '€'));
    !(inside_word || inside_number || money)
}

/// Whether the check digit is right.
fn adds_up(sum: Sum, text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((check, rest)) = digits.split_last() else {
        return false;
    };
    match sum {
        Sum::Nhs => {
            let total: u32 = rest.iter().zip((2..=10).rev()).map(|(d, w)| d * w).sum();
            rest.len() == 9 && (11 - total % 11) % 11 == *check
        }
        Sum::Luhn => {
            let doubled = |d: u32| if d > 4 { 2 * d - 9 } else { 2 * d };
            let total: u32 = rest
                .iter()
                .rev()
                .enumerate()
                .map(|(at, d)| if at % 2 == 0 { doubled(*d) } else { *d })
                .sum();
            (total + check).is_multiple_of(10)
        }
    }
}
