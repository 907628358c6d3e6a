//! What the cues that reach a mention make of its axes, and whether it then counts.

use std::collections::HashMap;
use std::ops::Range;

use super::cues::Active;
use super::form::Answer;
use crate::assertion::{Certainty, Polarity, Temporality, Voice};
use crate::lexicon::{Direction, Effect, Lexicon, Rule};
use crate::mention::{Cue, Mention};
use crate::segment::{Segmented, Sentence};
use crate::span::Span;

pub(super) fn is_form_rule(rule: &Rule) -> bool {
    rule.tags.iter().any(|tag| tag == "form")
}

fn is_role(effect: Effect) -> bool {
    matches!(
        effect,
        Effect::Source(_) | Effect::Experiencer(_) | Effect::Agent(_)
    )
}

/// Whether of two cues that share a word only one can be meant. When and who say nothing about
/// whether: "denies alcohol" is an absence and a habit.
fn compete(one: Effect, other: Effect) -> bool {
    let past = |effect| {
        matches!(
            effect,
            Effect::Temporality(Temporality::Historical | Temporality::Current)
        )
    };
    let polar = |effect| matches!(effect, Effect::Polarity(_));
    is_role(one) == is_role(other) && !(past(one) && polar(other) || polar(one) && past(other))
}

pub(super) fn bytes(text: &Segmented, tokens: &Range<usize>) -> Span {
    if tokens.is_empty() {
        let at = text
            .tokens
            .get(tokens.start)
            .map_or(0, |t| t.start as usize);
        return Span::new(at, at);
    }
    Span::new(
        text.tokens[tokens.start].start as usize,
        text.tokens[tokens.end - 1].end as usize,
    )
}

pub(super) fn assert_axes(
    source: &str,
    lexicon: &Lexicon,
    text: &Segmented,
    sentence: &Sentence,
    actives: &[Active],
    mention: &mut Mention,
) {
    let rule = lexicon.rules.get(mention.rule);
    mention.assertion.certainty = rule.and_then(|rule| rule.certainty).unwrap_or_default();
    mention.assertion.temporality = rule.and_then(|rule| rule.temporality).unwrap_or_default();
    if rule.is_some_and(is_form_rule) {
        mention.assertion.source = Voice::Form;
        return;
    }
    let person = lexicon.named.get("anyone_subject");
    let negative = lexicon.named.get("negative_word");
    let is_negative = |token: usize| {
        negative.is_none_or(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    let is_person = |token: usize| {
        person.is_some_and(|class| lexicon.classes.has(text.tokens[token].word, class))
    };
    let reaches = |active: &Active| {
        let Some(scope) = &active.scope else {
            return false;
        };
        // A mention may share words with a cue, "no thoughts of suicide", or stand in its gap,
        // after the first word that is not a person.
        let core = active
            .cue
            .clone()
            .find(|token| active.took(*token) && !is_person(*token))
            .unwrap_or(active.cue.start);
        // The verb at the head of "punched my daughter" is the indicator's own.
        let to_whom = matches!(
            lexicon.modifiers[active.modifier].effect,
            Effect::Experiencer(_)
        );
        let inside = core + usize::from(!to_whom)..active.cue.end;
        scope.reaches(mention) || inside.into_iter().any(|token| mention.took(token))
    };
    // Only modifiers that bear on this category compete; of those that share a word the longest
    // stays, then one that looks like a cue and is none, then one that reaches the mention.
    let mut order: Vec<(&Active, bool)> = actives
        .iter()
        .filter(|active| {
            let modifier = &lexicon.modifiers[active.modifier];
            let of_check = rule.is_some_and(|rule| rule.check.is_some());
            let bears = match of_check {
                true => modifier.for_checks,
                false => {
                    modifier.for_indicators
                        && (modifier.applies_to.is_empty()
                            || modifier.applies_to.contains(&mention.category))
                }
            };
            // What only looks like a cue because of words of the indicator itself is a cue: "he never
            // told me what to wear", though "never told" alone denies nothing.
            let of_indicator = modifier.direction == Direction::Pseudo
                && (active.cue.start + 1..active.cue.end)
                    .any(|token| active.took(token) && mention.took(token) && !is_person(token));
            bears && !of_indicator && !modifier.except.contains(&mention.category)
        })
        .map(|active| (active, reaches(active)))
        .collect();
    // What hangs together with no cue that reaches the mention decides nothing.
    let mut reached: Vec<usize> = order.iter().filter(|o| o.1).map(|o| o.0.group).collect();
    reached.sort_unstable();
    order.retain(|(active, _)| reached.binary_search(&active.group).is_ok());
    order.sort_by_key(|(a, reaches)| {
        (
            std::cmp::Reverse(a.cue.len()),
            a.scope.is_some(),
            !reaches,
            a.cue.start,
            a.modifier,
        )
    });
    let mut kept: Vec<(&Active, bool)> = Vec::new();
    // Of those kept, by each word that they took: only what shares a word competes. Of few, comparing all is
    // quicker than a table.
    const FEW: usize = 32;
    let mut by_word: HashMap<usize, Vec<usize>> = HashMap::new();
    let many = order.len() > FEW;
    for (active, reaches) in order {
        let effect = |a: &Active| lexicon.modifiers[a.modifier].effect;
        let rival = |other: &Active| compete(effect(other), effect(active));
        let mut words = active.cue.clone().filter(|token| active.took(*token));
        let beaten = match many {
            true => words.any(|token| {
                by_word
                    .get(&token)
                    .is_some_and(|kept_by| kept_by.iter().any(|index| rival(kept[*index].0)))
            }),
            false => kept
                .iter()
                .any(|(other, _)| rival(other) && other.shares_a_word_with(active)),
        };
        if !beaten {
            if many {
                for token in active.cue.clone().filter(|token| active.took(*token)) {
                    by_word.entry(token).or_default().push(kept.len());
                }
            }
            kept.push((active, reaches));
        }
    }
    kept.sort_by_key(|(active, _)| active.cue.start);
    for (active, _) in kept.into_iter().filter(|(_, reaches)| *reaches) {
        let modifier = &lexicon.modifiers[active.modifier];
        let Some(scope) = &active.scope else { continue };
        // A cue that the mention's own pattern took is part of the indicator. Persons may fill a
        // slot of both ("AP denies hitting her"); of a cue of absence the negative word decides.
        let mut words = active
            .cue
            .clone()
            .filter(|token| active.took(*token) && !is_person(*token));
        let own = match modifier.effect {
            Effect::Polarity(_) => words.any(|token| mention.took(token) && is_negative(token)),
            // A rule that means another time says so itself; otherwise its words count as they stand.
            Effect::Temporality(Temporality::Historical | Temporality::Current) => {
                rule.is_some_and(|rule| rule.temporality.is_some())
            }
            // Who says it, and to whom, is told by the words of the indicator as well as by any others.
            Effect::Source(_) | Effect::Experiencer(_) | Effect::Agent(_) => false,
            _ => words.all(|token| mention.took(token)),
        };
        if own {
            continue;
        }
        let effective = match modifier.effect {
            Effect::Polarity(_) if rule.is_some_and(|rule| rule.inherent) => false,
            Effect::Temporality(Temporality::Hypothetical)
                if rule.is_some_and(|rule| rule.conditional) =>
            {
                false
            }
            Effect::Polarity(value) => {
                mention.assertion.polarity = value;
                true
            }
            Effect::Certainty(value) => {
                // The weightier finding stays: a retraction is also an allegation.
                let weight = |c: Certainty| match c {
                    Certainty::Stated => 0,
                    Certainty::Alleged => 1,
                    Certainty::Possible => 2,
                    Certainty::Disputed => 3,
                    Certainty::Retracted => 4,
                };
                let stronger = weight(value) > weight(mention.assertion.certainty);
                if stronger {
                    mention.assertion.certainty = value;
                }
                stronger
            }
            Effect::Temporality(value) => {
                // What is only asked or feared does not become a fact of the past by its date; a
                // cue that says outright that it happens now or did happen undoes both.
                let weight = |t: Temporality| match t {
                    Temporality::Current => 0,
                    Temporality::Historical => 1,
                    Temporality::Planned => 2,
                    Temporality::Hypothetical => 3,
                };
                let stronger = value == Temporality::Current
                    || weight(value) > weight(mention.assertion.temporality);
                if stronger {
                    mention.assertion.temporality = value;
                }
                stronger
            }
            Effect::Experiencer(value) => {
                mention.assertion.experiencer = value;
                true
            }
            Effect::Agent(value) => {
                mention.assertion.agent = value;
                true
            }
            Effect::Source(value) => {
                mention.assertion.source = value;
                true
            }
            Effect::Exclude => {
                if mention.suppressed.is_none() {
                    let words = bytes(text, &active.cue).of(source);
                    mention.suppressed = Some(format!("{}: \"{words}\"", modifier.reason));
                }
                true
            }
            Effect::Nothing => false,
        };
        if effective {
            mention.cues.push(Cue {
                by: modifier.id.clone(),
                effect: modifier.effect,
                span: bytes(text, &active.cue),
                scope: scope.span(text, sentence),
            });
        }
    }
    let queried = mention
        .tokens
        .clone()
        .any(|t| mention.took(t) && text.tokens[t].queried);
    if queried && mention.assertion.certainty == Certainty::Stated {
        mention.assertion.certainty = Certainty::Possible;
        let first = mention
            .tokens
            .clone()
            .find(|t| text.tokens[*t].queried)
            .unwrap_or(mention.tokens.start);
        let at = text.tokens[first].start as usize;
        mention.cues.push(Cue {
            by: "question mark before the word".into(),
            effect: Effect::Certainty(Certainty::Possible),
            span: Span::new(at.saturating_sub(1), at),
            scope: mention.span,
        });
    }
}

/// Reads a mention in a question by the answer to it.
pub(super) fn answer(mention: &mut Mention, given: Answer, span: Span, scope: Span) {
    let (by, effect) = match given {
        Answer::Yes => {
            // The question itself was no disclosure; the yes is, unless a rule's own exception
            // stands against it.
            mention.assertion.polarity = Polarity::Affirmed;
            if mention.assertion.temporality == Temporality::Hypothetical {
                mention.assertion.temporality = Temporality::Current;
            }
            mention.cues.retain(|cue| {
                !matches!(cue.effect, Effect::Temporality(Temporality::Hypothetical))
            });
            (
                "answer to the question",
                Effect::Polarity(Polarity::Affirmed),
            )
        }
        Answer::No => {
            mention.assertion.polarity = Polarity::Negated;
            (
                "answer to the question",
                Effect::Polarity(Polarity::Negated),
            )
        }
        Answer::Blank => {
            mention.assertion.temporality = Temporality::Hypothetical;
            (
                "question without an answer",
                Effect::Temporality(Temporality::Hypothetical),
            )
        }
    };
    mention.assertion.source = Voice::Form;
    mention.cues.push(Cue {
        by: by.into(),
        effect,
        span,
        scope,
    });
}

/// Re-routes the mention if its category says so, and sets aside what does not count.
pub(super) fn settle(lexicon: &Lexicon, mention: &mut Mention) {
    let category = lexicon.categories.get(mention.category);
    if let Some((_, to)) = category.and_then(|category| {
        let role = mention.assertion.experiencer;
        category.reroute.iter().find(|(own, _)| *own == role)
    }) {
        mention.category = *to;
    }
    if mention.suppressed.is_some() {
        return;
    }
    let cue = |wanted: fn(Effect) -> bool| {
        mention
            .cues
            .iter()
            .rev()
            .find(|cue| wanted(cue.effect))
            .map_or_else(String::new, |cue| format!(" (cue: {})", cue.by))
    };
    if mention.assertion.polarity == Polarity::Negated {
        mention.suppressed = Some(format!(
            "negated{}",
            cue(|e| e == Effect::Polarity(Polarity::Negated))
        ));
    } else if mention.assertion.temporality == Temporality::Hypothetical {
        mention.suppressed = Some(format!(
            "hypothetical{}",
            cue(|e| e == Effect::Temporality(Temporality::Hypothetical))
        ));
    }
}
