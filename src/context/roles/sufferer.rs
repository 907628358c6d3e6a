//! Who is suicidal. The victim unless the text gives strong ground for somebody else.

use super::{Label, Roles, kind_of};
use crate::assertion::Role;
use crate::lexicon::{Effect, Lexicon};
use crate::mention::{Cue, Mention};
use crate::segment::{Break, Segmented};

/// Tokens that a person may stand before a mention without a subject of its own.
const NEAR: usize = 4;

/// Tokens over which a pronoun may point back to a person.
const FAR: usize = 40;

/// Who says something of a person that a pronoun stands for.
struct Speaker {
    /// The token of the one who says it.
    person: usize,
    /// It is told to the person abused, or to somebody who is only a pronoun.
    told: bool,
}

impl Roles {
    /// Who is suicidal.
    pub(super) fn sufferer(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &mut Mention,
        default: Role,
    ) -> Role {
        let slot = mention.experiencer;
        // A threat to kill oneself if left is the partner's who is left, abuse told or not.
        let role_of = |label: Label| match label {
            Label::Partner if default == Role::Suspect => Role::Suspect,
            Label::Suspect if !self.tied => default,
            label => self.role_of(label),
        };
        if let Some(label) = self.slot_label(lexicon, text, slot) {
            return role_of(label);
        }
        if self.narrator_is_victim
            && self.is_first_person(lexicon, text, slot)
            && !self.quoted(text, mention)
        {
            return Role::Victim;
        }
        // The pronoun that stands for the person: in the slot, or anywhere in the words matched.
        // "the dog's to go to Uncle G": a relative in the words is no pronoun.
        let is_pronoun = |t: &usize| {
            kind_of(text, *t).is_some() && self.label(lexicon, text, *t..*t + 1).is_none()
        };
        let pronoun = slot
            .and_then(|(start, end)| (start..end).rev().find(is_pronoun))
            .or_else(|| mention.tokens.clone().find(is_pronoun));
        let kind = pronoun.and_then(|t| kind_of(text, t));
        // "Mia says she wants to die": whoever says so of themselves. A relative who says it may
        // speak of somebody else.
        if let Some(Speaker { person, told }) = pronoun.and_then(|t| self.speaker(lexicon, text, t))
        {
            let label = self.label(lexicon, text, person..person + 1);
            let known = |l: &Label| match l {
                Label::Other => told,
                Label::Partner => false,
                _ => true,
            };
            // A man is no "she".
            let theirs = kind_of(text, person);
            let agrees = theirs.is_none() || theirs == kind;
            if let Some(label) = label.filter(known).filter(|_| agrees) {
                let role = role_of(label);
                self.note(
                    text,
                    mention,
                    role,
                    "who says it of themselves",
                    Some(person),
                );
                return role;
            }
        }
        // Words of a suspect's threat are taken for the victim's own only on the plain grounds above: the
        // two are never to be swapped.
        let weak = |role: Role| !(default == Role::Suspect && role == Role::Victim);
        if let Some(role) = kind
            .and_then(|kind| self.kinds[kind])
            .filter(|role| weak(*role))
        {
            self.note(
                text,
                mention,
                role,
                "pronoun, as in the abuse told here",
                pronoun,
            );
            return role;
        }
        // "two friends, one who took her own life": the person before "who".
        let unit = text.unit_of(mention.tokens.start);
        let who = (mention.tokens.start.saturating_sub(1).max(unit.start)..=mention.tokens.start)
            .find(|at| Self::has(lexicon, text, *at, self.classes.relative));
        if let Some(who) = who {
            let first = who.saturating_sub(NEAR).max(unit.start);
            let whose = (first..who)
                .rev()
                .find_map(|at| Some((at, self.label(lexicon, text, at..at + 1)?)));
            if let Some((at, label)) = whose {
                let role = role_of(label);
                if weak(role) {
                    self.note(text, mention, role, "the person before \"who\"", Some(at));
                    return role;
                }
            }
        }
        let own_words = kind.is_none()
            && self.is_first_person(
                lexicon,
                text,
                Some((mention.tokens.start, mention.tokens.end)),
            );
        let reach = if kind.is_some() { FAR } else { NEAR };
        let from = if kind.is_some() {
            mention.tokens.start.saturating_sub(reach)
        } else {
            unit.start.max(mention.tokens.start.saturating_sub(reach))
        };
        for token in (from..mention.tokens.start).rev() {
            let Some(label) = self.label(lexicon, text, token..token + 1) else {
                continue;
            };
            if kind.is_none() && self.objects.binary_search(&token).is_ok() {
                continue;
            }
            let owns = Self::has(lexicon, text, token, self.classes.owning)
                && self.label(lexicon, text, token + 1..token + 3).is_some();
            if owns {
                continue;
            }
            let theirs = kind_of(text, token);
            if kind.is_some() && theirs.is_some() && theirs != kind {
                continue;
            }
            // "Her partner … she": the pronoun stands for the owner, not for the partner, as far as kinds
            // can tell.
            let owner = (token.saturating_sub(3)..token)
                .rev()
                .find_map(|t| kind_of(text, t));
            let of_owner = kind.is_some() && owner == kind;
            if of_owner && (label == Label::Other || label == Label::Partner && theirs != kind) {
                continue;
            }
            if kind.is_some_and(|kind| {
                self.is_another(lexicon, text, token, mention.tokens.start, kind)
            }) {
                continue;
            }
            let near = mention.tokens.start - token <= 2 * NEAR
                && token >= unit.start
                && self.acts(lexicon, text, token, mention.tokens.start);
            let role = match label {
                Label::Suspect | Label::Victim | Label::Partner => role_of(label),
                // A relative further off is more likely to be the one who tells.
                // "tell nan I tried": whoever says "I" is not the one who is spoken to.
                Label::Child | Label::Other if own_words => continue,
                Label::Child | Label::Other if near && (theirs.is_some() || kind.is_none()) => {
                    self.role_of(label)
                }
                Label::Child | Label::Other => continue,
            };
            if !weak(role) {
                break;
            }
            self.note(text, mention, role, "nearest person before it", Some(token));
            return role;
        }
        default
    }

    /// Whether the first pronoun behind a person tells that pronouns of `kind` are somebody else's: "her partner
    /// says he found her", "her ex posted the video of her".
    fn is_another(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        person: usize,
        before: usize,
        kind: usize,
    ) -> bool {
        let is = |at: usize, class| Self::has(lexicon, text, at, class);
        let end = text.unit_of(person).end.min(before);
        let first = (person + 1..end).find_map(|at| Some((at, kind_of(text, at)?)));
        let Some((at, own)) =
            first.filter(|(at, _)| self.label(lexicon, text, *at..*at + 1).is_none())
        else {
            return false;
        };
        let (object, owner) = (is(at, self.classes.object), is(at, self.classes.owner));
        if own == kind {
            // Nobody posts a video "of her" and is meant by it.
            let ends = text
                .tokens
                .get(at + 1)
                .is_none_or(|next| next.gap != Break::None)
                || is(at + 1, self.classes.linking);
            return object && ends && is(at - 1, self.classes.linking);
        }
        !object && !owner
    }

    /// The person of whom a pronoun behind "says" or "told us that" is said. Who tells it to the person
    /// themselves speaks of somebody else: `told` is then set.
    fn speaker(&self, lexicon: &Lexicon, text: &Segmented, pronoun: usize) -> Option<Speaker> {
        /// Words between a verb of saying and what is said: "to the school nurse that".
        const SAID_TO: usize = 6;
        /// Words between a person and what they say: "Daughter, 14, disclosed".
        const SAYS: usize = 3;
        let unit = text.unit_of(pronoun);
        let that = |at: usize| Self::has(lexicon, text, at, self.classes.that);
        let first = pronoun.saturating_sub(SAID_TO).max(unit.start);
        let joined = pronoun > unit.start && text.tokens[pronoun].gap == Break::None;
        let says = (first..pronoun)
            .rev()
            .filter(|_| joined)
            .find(|at| Self::has(lexicon, text, *at, self.classes.saying))?;
        let mut said_to = says + 1..pronoun;
        // Without "that" only what stands right behind the verb is what is said.
        if says + 1 < pronoun && !that(pronoun - 1) && pronoun - says > 2 {
            return None;
        }
        if said_to.clone().any(|at| text.tokens[at].gap != Break::None) {
            return None;
        }
        // "AP came to IP's work, told him": whose work it is says nothing.
        let only_owns =
            |at: usize| at + 1 < says && Self::has(lexicon, text, at, self.classes.owning);
        let person = (says.saturating_sub(SAYS).max(unit.start)..says)
            .rev()
            .filter(|at| !only_owns(*at))
            .find(|at| self.label(lexicon, text, *at..*at + 1).is_some())?;
        let told = said_to.any(|at| {
            Self::has(lexicon, text, at, self.classes.object)
                || Self::has(lexicon, text, at, self.classes.victim)
        });
        Some(Speaker { person, told })
    }

    /// Whether a person may be who acts in the words at `start`: not one to whom, with whom or after
    /// whom something is done.
    fn acts(&self, lexicon: &Lexicon, text: &Segmented, person: usize, start: usize) -> bool {
        let linking = |at: usize| Self::has(lexicon, text, at, self.classes.linking);
        let owned = |at: usize| Self::has(lexicon, text, at, self.classes.owner);
        let before = match person {
            0 => None,
            at if owned(at - 1) => at.checked_sub(2),
            at => Some(at - 1),
        };
        // The match itself may begin with one: "PC and CPN after overdose".
        !before.is_some_and(linking) && !(person + 1..=start).any(linking)
    }

    fn quoted(&self, text: &Segmented, mention: &Mention) -> bool {
        text.tokens[mention.tokens.start].quoted
    }

    fn note(
        &self,
        text: &Segmented,
        mention: &mut Mention,
        role: Role,
        why: &str,
        token: Option<usize>,
    ) {
        let span = token.map_or(mention.span, |t| text.tokens[t].span());
        mention.cues.push(Cue {
            by: why.to_owned(),
            effect: Effect::Experiencer(role),
            span,
            scope: mention.span,
        });
    }
}
