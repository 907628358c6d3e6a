//! Reads each mention in its context: what negates it, who disputes it, when it was, to whom.
//!
//! Cues come from the lexicon's modifiers and are looked for only in sentences that hold a mention.
//! A cue that a step of the mention's own pattern took is part of the indicator and changes
//! nothing: that is why "won't let" is not a negation under a rule that names it.

pub(crate) mod form;
mod roles;
mod scope;

use std::collections::HashMap;
use std::ops::Range;

use self::scope::{Scope, scope_of};
use crate::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use crate::lexicon::{Direction, Effect, Lexicon};
use crate::matcher::{self, PhraseHits, RawMatch};
use crate::mention::{Cue, Mention};
use crate::segment::{Segmented, Sentence};
use crate::span::Span;

/// Works out contexts. Reuse one value for many narratives: the buffers are kept.
#[derive(Debug, Default)]
pub(crate) struct Context {
    raw: Vec<RawMatch>,
    narrative: HashMap<usize, bool>,
}

/// A modifier in a sentence, with the tokens that it reaches.
struct Active {
    modifier: usize,
    cue: Range<usize>,
    scope: Scope,
}

impl Context {
    /// Sets the axes of every mention. `mentions` are in the order of their first tokens.
    pub fn apply(&mut self, text: &str, lexicon: &Lexicon, segmented: &Segmented, phrases: &PhraseHits, mentions: &mut [Mention]) {
        self.narrative.clear();
        let roles = roles::Roles::read(lexicon, segmented, mentions);
        let mut first = 0;
        while first < mentions.len() {
            let index = segmented.sentence_of(mentions[first].tokens.start);
            let sentence = segmented.sentences[index];
            let last = first + mentions[first..].iter().take_while(|m| m.tokens.start < sentence.last).count();
            let actives = self.actives(lexicon, segmented, phrases, &sentence);
            for mention in &mut mentions[first..last] {
                assert_axes(text, lexicon, segmented, &sentence, &actives, mention);
                roles.assign(lexicon, segmented, mention);
                answer_after_question(lexicon, segmented, index, mention);
                settle(lexicon, mention);
            }
            first = last;
        }
    }

    /// The modifiers that work in a sentence: leftmost-longest, pseudo cues taken out, scopes set.
    fn actives(&mut self, lexicon: &Lexicon, text: &Segmented, phrases: &PhraseHits, sentence: &Sentence) -> Vec<Active> {
        matcher::run(&lexicon.modifier_program, &lexicon.classes, text, phrases, sentence.tokens(), &mut self.raw);
        let mut raw = std::mem::take(&mut self.raw);
        raw.retain(|m| {
            let modifier = &lexicon.modifiers[m.owner as usize];
            (!modifier.only_questions || sentence.question) && self.allowed(lexicon, text, phrases, m.owner as usize)
        });
        raw.sort_by_key(|m| (std::cmp::Reverse(m.found.tokens.len()), m.found.tokens.start, m.owner));
        let mut kept: Vec<&RawMatch> = Vec::new();
        for candidate in &raw {
            let own = &candidate.found.tokens;
            let role = |m: &RawMatch| is_role(lexicon.modifiers[m.owner as usize].effect);
            let hidden = kept.iter().any(|other| {
                let theirs = &other.found.tokens;
                own.start < theirs.end && theirs.start < own.end && role(other) == role(candidate)
            });
            if !hidden {
                kept.push(candidate);
            }
        }
        kept.sort_by_key(|m| m.found.tokens.start);
        let terminators: Vec<Range<usize>> = kept
            .iter()
            .filter(|m| lexicon.modifiers[m.owner as usize].direction == Direction::Terminate)
            .map(|m| m.found.tokens.clone())
            .collect();
        let actives = kept
            .iter()
            .filter_map(|m| {
                let modifier = &lexicon.modifiers[m.owner as usize];
                let cue = m.found.tokens.clone();
                let scope = scope_of(modifier, &cue, lexicon, text, sentence, &terminators)?;
                Some(Active { modifier: m.owner as usize, cue, scope })
            })
            .collect();
        self.raw = raw;
        actives
    }

    /// Whether what the modifier needs elsewhere in the narrative is there, and what it must not
    /// find there is not.
    fn allowed(&mut self, lexicon: &Lexicon, text: &Segmented, phrases: &PhraseHits, modifier: usize) -> bool {
        let own = &lexicon.modifiers[modifier];
        if own.needs_in_narrative.is_empty() && own.unless_in_narrative.is_empty() {
            return true;
        }
        *self.narrative.entry(modifier).or_insert_with(|| {
            let found = |variants: &[matcher::Variant]| {
                matcher::anywhere(variants, &lexicon.classes, &text.tokens, phrases, 0..text.tokens.len()).is_some()
            };
            (own.needs_in_narrative.is_empty() || found(&own.needs_in_narrative)) && !found(&own.unless_in_narrative)
        })
    }
}

fn is_role(effect: Effect) -> bool {
    matches!(effect, Effect::Source(_) | Effect::Experiencer(_) | Effect::Agent(_))
}

fn bytes(text: &Segmented, tokens: &Range<usize>) -> Span {
    if tokens.is_empty() {
        let at = text.tokens.get(tokens.start).map_or(0, |t| t.start as usize);
        return Span::new(at, at);
    }
    Span::new(text.tokens[tokens.start].start as usize, text.tokens[tokens.end - 1].end as usize)
}

fn assert_axes(source: &str, lexicon: &Lexicon, text: &Segmented, sentence: &Sentence, actives: &[Active], mention: &mut Mention) {
    let rule = &lexicon.rules[mention.rule];
    mention.assertion.certainty = rule.certainty.unwrap_or_default();
    mention.assertion.temporality = rule.temporality.unwrap_or_default();
    if rule.tags.iter().any(|tag| tag == "form") {
        mention.assertion.source = Voice::Form;
        return;
    }
    for active in actives {
        let modifier = &lexicon.modifiers[active.modifier];
        if !modifier.applies_to.is_empty() && !modifier.applies_to.contains(&mention.category) || modifier.except.contains(&mention.category) {
            continue;
        }
        if !active.scope.reaches(mention) || active.cue.clone().any(|token| mention.took(token)) {
            continue;
        }
        let effective = match modifier.effect {
            Effect::Polarity(_) if rule.inherent => false,
            Effect::Temporality(Temporality::Hypothetical) if rule.conditional => false,
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
                mention.assertion.temporality = value;
                true
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
                    let cue = bytes(text, &active.cue);
                    let words = cue.of(source);
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
                scope: active.scope.span(text, sentence),
            });
        }
    }
    let queried = mention.tokens.clone().any(|t| mention.took(t) && text.tokens[t].queried);
    if queried && mention.assertion.certainty == Certainty::Stated {
        mention.assertion.certainty = Certainty::Possible;
        let first = text.tokens[mention.tokens.start].start as usize;
        mention.cues.push(Cue {
            by: "question mark before the word".into(),
            effect: Effect::Certainty(Certainty::Possible),
            span: Span::new(first.saturating_sub(1), first),
            scope: mention.span,
        });
    }
}

/// A question that a form or an officer asked is answered by the word after it: `Strangled? Yes`.
fn answer_after_question(lexicon: &Lexicon, text: &Segmented, sentence: usize, mention: &mut Mention) {
    let own = text.sentences[sentence];
    if !own.question {
        return;
    }
    let (Some(yes), Some(no)) = (lexicon.named.get("answer_yes"), lexicon.named.get("answer_no")) else { return };
    let Some(next) = text.sentences.get(sentence + 1) else { return };
    let token = text.tokens[next.first];
    let answered_yes = lexicon.classes.has(token.word, yes);
    if !answered_yes && !lexicon.classes.has(token.word, no) {
        return;
    }
    let effect = if answered_yes { Effect::Polarity(Polarity::Affirmed) } else { Effect::Polarity(Polarity::Negated) };
    if let Effect::Polarity(polarity) = effect {
        mention.assertion.polarity = polarity;
    }
    if answered_yes {
        mention.suppressed = None;
        mention.assertion.temporality = Temporality::Current;
    }
    mention.assertion.source = Voice::Form;
    mention.cues.push(Cue { by: "answer to the question".into(), effect, span: token.span(), scope: own.span });
}

/// Re-routes the mention if its category says so, and sets aside what does not count.
fn settle(lexicon: &Lexicon, mention: &mut Mention) {
    let category = &lexicon.categories[mention.category];
    if let Some((_, to)) = category.reroute.iter().find(|(role, _)| *role == mention.assertion.experiencer) {
        mention.category = *to;
        mention.assertion.experiencer = Role::Suspect;
    }
    if mention.suppressed.is_some() {
        return;
    }
    let cue = |wanted: fn(Effect) -> bool| {
        mention.cues.iter().rev().find(|cue| wanted(cue.effect)).map_or_else(String::new, |cue| format!(" (cue: {})", cue.by))
    };
    if mention.assertion.polarity == Polarity::Negated {
        mention.suppressed = Some(format!("negated{}", cue(|e| e == Effect::Polarity(Polarity::Negated))));
    } else if mention.assertion.temporality == Temporality::Hypothetical {
        mention.suppressed = Some(format!("hypothetical{}", cue(|e| e == Effect::Temporality(Temporality::Hypothetical))));
    }
}
