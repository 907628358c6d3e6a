//! Of whom the words of a mention are said, by where persons and pronouns stand around them.

use super::{FAR, Label, NEAR, Roles, kind_of};
use crate::assertion::Role;
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::segment::{Break, Segmented};

impl Roles {
    /// The pronoun that stands for who is suicidal: in the slot; or the subject of the words matched, in them or right
    /// before them; or "himself" in them. Whose "his" in them is, and who "him" is, tells nothing.
    pub(super) fn pronoun(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
    ) -> Option<usize> {
        let is_pronoun = |at: usize| self.is_pronoun(lexicon, text, at);
        if let Some((start, end)) = mention.experiencer
            && let Some(at) = (start..end).rev().find(|at| is_pronoun(*at))
        {
            return Some(at);
        }
        let is = |at: usize, class| Self::has(lexicon, text, at, class);
        let acts = |at: usize| self.is_subject(lexicon, text, at);
        let start = mention.tokens.start;
        let unit = text.unit_of(start);
        // "found her hanging": whom somebody found.
        if mention.experiencer.is_none()
            && mention.tokens.len() > 1
            && is(start, self.classes.perceiving)
            && is_pronoun(start + 1)
            && is(start + 1, self.classes.object)
        {
            return Some(start + 1);
        }
        // "he'd found her hanged": of whom it is said.
        if start > unit.start
            && text.tokens[start].gap == Break::None
            && is_pronoun(start - 1)
            && is(start - 1, self.classes.object)
            && mention.experiencer.is_none()
            && (unit.start..start - 1).any(acts)
        {
            return Some(start - 1);
        }
        // "she'd taken": the verb alone is what matched.
        let near = start.saturating_sub(NEAR).max(unit.start);
        let before = (near..start)
            .rev()
            .take_while(|at| text.tokens[*at + 1].gap == Break::None)
            .find(|at| acts(*at) || is(*at, self.classes.first));
        let inside = mention.tokens.clone().find(|at| acts(*at));
        match (before, inside) {
            // Its own subject stands at its head, or behind a word that opens a clause.
            (_, Some(at))
                if at == start
                    || at == start + 1
                        && (is(start, self.classes.subordinate) || is(start, self.classes.and)) =>
            {
                Some(at)
            }
            (Some(at), _) if acts(at) => Some(at),
            (None, Some(at)) => Some(at),
            _ => mention
                .tokens
                .clone()
                .find(|at| is_pronoun(*at) && is(*at, self.classes.reflexive)),
        }
    }

    /// Whether a token is a gendered pronoun: "the dog's to go to Uncle G" has a relative and none.
    fn is_pronoun(&self, lexicon: &Lexicon, text: &Segmented, at: usize) -> bool {
        kind_of(text, at).is_some() && self.label(lexicon, text, at..at + 1).is_none()
    }

    /// Whether a token is a gendered pronoun as a subject: nobody acts as "him", and "his" is whose it is.
    pub(super) fn is_subject(&self, lexicon: &Lexicon, text: &Segmented, at: usize) -> bool {
        self.is_pronoun(lexicon, text, at)
            && !Self::has(lexicon, text, at, self.classes.object)
            && !Self::has(lexicon, text, at, self.classes.owner)
    }

    /// Whether a token stands for anybody: a label, a pronoun, the first person.
    fn is_person(&self, lexicon: &Lexicon, text: &Segmented, at: usize) -> bool {
        self.label(lexicon, text, at..at + 1).is_some()
            || kind_of(text, at).is_some()
            || Self::has(lexicon, text, at, self.classes.first)
    }

    /// The person named right before a mention, of whom it is said: "her brother drowned himself". None where a pronoun
    /// stands between, or another kind of pronoun within.
    pub(super) fn subject_noun(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        kind: Option<usize>,
    ) -> Option<usize> {
        let start = mention.tokens.start;
        let unit = text.unit_of(start);
        let first = start.saturating_sub(NEAR).max(unit.start);
        let at = (first..start)
            .rev()
            .take_while(|at| text.tokens[*at + 1].gap == Break::None)
            .find(|at| self.is_person(lexicon, text, *at))?;
        // A relative of whom it is said is often the person abused, under another name.
        let label = self.label(lexicon, text, at..at + 1)?;
        if matches!(label, Label::Child | Label::Other) {
            return None;
        }
        let theirs = self.kind_of_person(lexicon, text, at);
        let agrees = kind.is_none() || theirs.is_none() || theirs == kind;
        let owns = Self::has(lexicon, text, at, self.classes.owning);
        // "Partner states took twenty": a partner tells it of the other.
        let tells = label == Label::Partner
            && (at + 1..start).any(|at| Self::has(lexicon, text, at, self.classes.saying));
        let object = self.objects.binary_search(&at).is_ok();
        (agrees && !owns && !object && !tells && self.acts(lexicon, text, at, start)).then_some(at)
    }

    /// Of whom a sentence without a subject tells: "SUS found in the woods. Had a ligature with him." The person at the
    /// head of one of the sentences before.
    pub(super) fn dropped_subject(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        default: Role,
    ) -> Option<(Role, usize)> {
        /// Sentences looked back over, and words at the head of each.
        const BACK: usize = 3;
        const HEAD: usize = 3;
        let start = mention.tokens.start;
        let mut unit = text.unit_of(start);
        // A verb may stand before it: "Had taken", "States took".
        let is_person = |at: usize| self.is_person(lexicon, text, at);
        if start > unit.start + 1 || (unit.start..start).any(is_person) {
            return None;
        }
        for _ in 0..BACK {
            unit = text.unit_of(unit.start.checked_sub(1)?);
            for at in unit.start..unit.end.min(unit.start + HEAD) {
                if Self::has(lexicon, text, at, self.classes.owning) {
                    continue;
                }
                if let Some(label) = self.label(lexicon, text, at..at + 1) {
                    let known = matches!(label, Label::Suspect | Label::Victim);
                    return known.then(|| (self.role_in(text, label, Some(at), default), at));
                }
                if self.is_subject(lexicon, text, at) {
                    return kind_of(text, at)
                        .and_then(|kind| self.kinds[kind])
                        .map(|role| (role, at));
                }
                if Self::has(lexicon, text, at, self.classes.first) {
                    return None;
                }
            }
        }
        None
    }

    /// The nearest person before a mention of whom it may be said.
    pub(super) fn person_before(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        (pronoun, own_words): (Option<usize>, bool),
        default: Role,
    ) -> Option<(Role, usize)> {
        let kind = pronoun.and_then(|at| kind_of(text, at));
        let unit = text.unit_of(mention.tokens.start);
        let reach = if kind.is_some() { FAR } else { NEAR };
        let from = if kind.is_some() {
            mention.tokens.start.saturating_sub(reach)
        } else {
            unit.start.max(mention.tokens.start.saturating_sub(reach))
        };
        // "Sister found him hanged": of whom it is said is not who acts.
        let of_object = pronoun.is_some_and(|at| Self::has(lexicon, text, at, self.classes.object));
        // "wrote on the back of his picture": somebody is in the words who is not who acts.
        let others = kind.is_none() && mention.tokens.clone().any(|at| kind_of(text, at).is_some());
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
            // "told officers", "rang his mum": who is told is not of whom it is told.
            let hears = token > 0 && Self::has(lexicon, text, token - 1, self.classes.saying);
            if hears && matches!(label, Label::Other | Label::Child) {
                continue;
            }
            let theirs = self.kind_of_person(lexicon, text, token);
            if kind.is_some() && theirs.is_some() && theirs != kind {
                continue;
            }
            // "Her partner … she": the pronoun stands for the owner, not for the partner, as far as kinds
            // can tell.
            let owner = (token.saturating_sub(3)..token)
                .rev()
                .find_map(|t| kind_of(text, t));
            let of_owner = kind.is_some() && owner == kind;
            if of_owner && matches!(label, Label::Other | Label::Partner) {
                continue;
            }
            // "States the partner has his card. Says he …": a partner of whom something is told is not who is spoken
            // of in the next sentence, unless that began with the partner.
            let tells = (token + 1..mention.tokens.start)
                .any(|at| Self::has(lexicon, text, at, self.classes.saying));
            if label == Label::Partner && kind.is_none() && tells {
                continue;
            }
            let theirs_begins = token <= text.unit_of(token).start + 2;
            if label == Label::Partner && token < unit.start && !theirs_begins {
                continue;
            }
            if kind.is_some_and(|kind| {
                self.is_another(lexicon, text, token, mention.tokens.start, kind)
            }) {
                continue;
            }
            let acts = self.acts(lexicon, text, token, mention.tokens.start);
            let near = mention.tokens.start - token <= 2 * NEAR && token >= unit.start && acts;
            let role = match label {
                // "sometimes I hold my breath to see if my partner hears": a person in the words is not who says "I".
                _ if own_words && !near => continue,
                Label::Suspect | Label::Victim | Label::Partner => {
                    self.role_in(text, label, Some(token), default)
                }
                // A relative further off is more likely to be the one who tells.
                // "tell nan I tried": whoever says "I" is not the one who is spoken to.
                Label::Child | Label::Other if own_words || others || of_object => continue,
                Label::Child | Label::Other if near && (theirs.is_some() || kind.is_none()) => {
                    self.role_of(label)
                }
                Label::Child | Label::Other => continue,
            };
            return Some((role, token));
        }
        None
    }

    /// Which kind of gendered word stands for a person: "ex-wife" is two.
    fn kind_of_person(&self, lexicon: &Lexicon, text: &Segmented, person: usize) -> Option<usize> {
        kind_of(text, person).or_else(|| {
            let next = person + 1;
            let same = next < text.tokens.len()
                && text.tokens[next].gap == Break::None
                && self.label(lexicon, text, next..next + 1).is_some();
            same.then(|| kind_of(text, next)).flatten()
        })
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
}
