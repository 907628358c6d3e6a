//! Who is suicidal. The victim unless the text gives strong ground for somebody else.

use super::speech::Speaker;
use super::{Label, NEAR, Roles, kind_of};
use crate::assertion::Role;
use crate::lexicon::{Effect, Lexicon};
use crate::mention::{Cue, Mention};
use crate::segment::{Break, Segmented};

impl Roles {
    /// Who is suicidal.
    pub(super) fn sufferer(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &mut Mention,
        default: Role,
    ) -> Role {
        let heard = |slot: &(usize, usize)| self.only_hears(lexicon, text, mention, *slot);
        let slot = mention.experiencer.filter(|slot| !heard(slot));
        if let Some(label) = self.slot_label(lexicon, text, slot) {
            let (start, end) = slot.unwrap_or_default();
            let person = (start..end)
                .rev()
                .find(|at| self.label(lexicon, text, *at..*at + 1).is_some());
            let role = self.role_in(text, label, person, default);
            // AP states "she tried to …": whom the suspect speaks of is somebody else.
            if role == Role::Suspect && self.quotes_of_another(lexicon, text, mention, start) {
                return Role::Victim;
            }
            return role;
        }
        let own_words = |range| self.is_first_person(lexicon, text, Some(range));
        if self.narrator_is_victim && slot.is_some_and(own_words) && !self.quoted(text, mention) {
            return Role::Victim;
        }
        let pronoun = self.pronoun(lexicon, text, mention);
        let kind = pronoun.and_then(|t| kind_of(text, t));
        let first_person = kind.is_none() && own_words((mention.tokens.start, mention.tokens.end));
        if self.quoted(text, mention)
            && (first_person || pronoun.is_some_and(|at| at + NEAR >= mention.tokens.start))
            && let Some((role, person)) = self.speaker_of_quote(lexicon, text, mention, default)
        {
            // Who speaks of "she" speaks of somebody else: of the person abused, if it is the suspect.
            let role = match role {
                Role::Suspect | Role::Victim if kind.is_none() => Some(role),
                Role::Suspect => Some(Role::Victim),
                _ => None,
            };
            if let Some(role) = role {
                self.note(text, mention, role, "whose words are quoted", Some(person));
                return role;
            }
        }
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
                let role = self.role_in(text, label, Some(person), default);
                // AP states "she tried to …"
                let quoted = pronoun.is_some_and(|at| text.tokens[at].quoted);
                let of_another = quoted && !text.tokens[person].quoted;
                let (role, why) = match role {
                    Role::Suspect if of_another => (Role::Victim, "of whom another speaks"),
                    role => (role, "who says it of themselves"),
                };
                self.note(text, mention, role, why, Some(person));
                return role;
            }
        }
        // Words of a suspect's threat are taken for the victim's own only on the plain grounds above: the
        // two are never to be swapped.
        let weak = |role: Role| !(default == Role::Suspect && role == Role::Victim);
        if let Some(at) = self.subject_noun(lexicon, text, mention, kind) {
            let label = self.label(lexicon, text, at..at + 1);
            let role = label.map(|label| self.role_in(text, label, Some(at), default));
            if let Some(role) = role.filter(|role| weak(*role)) {
                self.note(text, mention, role, "the person right before it", Some(at));
                return role;
            }
        }
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
                let role = self.role_in(text, label, Some(at), default);
                if weak(role) {
                    self.note(text, mention, role, "the person before \"who\"", Some(at));
                    return role;
                }
            }
        }
        if let Some((role, at)) =
            self.person_before(lexicon, text, mention, (pronoun, first_person), default)
        {
            if weak(role) {
                self.note(text, mention, role, "nearest person before it", Some(at));
                return role;
            }
            return default;
        }
        if kind.is_none()
            && !first_person
            && let Some((role, at)) = self.dropped_subject(lexicon, text, mention, default)
            && weak(role)
        {
            self.note(
                text,
                mention,
                role,
                "of whom the sentence before tells",
                Some(at),
            );
            return role;
        }
        default
    }

    /// Whether a relative or friend at the head of the words only hears of it: "told colleagues of his intention", "his friends
    /// about her suicidal thoughts". Whose they are stands behind.
    fn only_hears(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        (start, end): (usize, usize),
    ) -> bool {
        let is = |at: usize, class| Self::has(lexicon, text, at, class);
        let label = self.slot_label(lexicon, text, Some((start, end)));
        if !matches!(label, Some(Label::Other | Label::Child)) {
            return false;
        }
        // "his friends and colleagues", all of whom hear it.
        let joins = |at: usize| {
            is(at, self.classes.owner)
                || is(at, self.classes.and)
                || self.label(lexicon, text, at..at + 1).is_some()
        };
        let before = (0..start).rev().find(|at| !joins(*at));
        let hears = before.is_some_and(|at| {
            (is(at, self.classes.linking) || is(at, self.classes.saying))
                && text.tokens[at + 1].gap == Break::None
        });
        hears && (end..mention.tokens.end).any(|at| is(at, self.classes.owner))
    }

    /// What a label says of who is suicidal. A partner is who the abuse that is told makes of the kind of pronoun for
    /// them; a threat to kill oneself if left is the partner's who is left, abuse told or not.
    pub(super) fn role_in(
        &self,
        text: &Segmented,
        label: Label,
        person: Option<usize>,
        default: Role,
    ) -> Role {
        let by_kind = person
            .and_then(|at| kind_of(text, at))
            .and_then(|kind| self.kinds[kind]);
        match label {
            Label::Partner if default == Role::Suspect => Role::Suspect,
            Label::Partner => by_kind.unwrap_or_else(|| self.role_of(label)),
            Label::Suspect if !self.tied => default,
            label => self.role_of(label),
        }
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
