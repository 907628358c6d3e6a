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
            && (first_person || self.subject_inside(mention, pronoun))
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
                let role = match role {
                    Role::Suspect if of_another => Role::Victim,
                    role => role,
                };
                self.note(
                    text,
                    mention,
                    role,
                    if of_another {
                        "of whom another speaks"
                    } else {
                        "who says it of themselves"
                    },
                    Some(person),
                );
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

    /// Whether the pronoun of a mention stands in it or right before it, in the same quotation.
    fn subject_inside(&self, mention: &Mention, pronoun: Option<usize>) -> bool {
        pronoun.is_some_and(|at| at + NEAR >= mention.tokens.start)
    }

    /// Of whom a sentence without a subject tells: "SUS found in the woods. Had a ligature with him." The person at the
    /// head of one of the sentences before.
    fn dropped_subject(
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
        let person = |at: usize| {
            self.label(lexicon, text, at..at + 1).is_some()
                || kind_of(text, at).is_some()
                || Self::has(lexicon, text, at, self.classes.first)
        };
        if start > unit.start + 1 || (unit.start..start).any(person) {
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
                let acts = !Self::has(lexicon, text, at, self.classes.object)
                    && !Self::has(lexicon, text, at, self.classes.owner);
                if let Some(kind) = kind_of(text, at).filter(|_| acts) {
                    return self.kinds[kind].map(|role| (role, at));
                }
                if Self::has(lexicon, text, at, self.classes.first) {
                    return None;
                }
            }
        }
        None
    }

    /// Whether words of a mention are quoted of the person at `speaker`, who speaks in them of "he" or "she".
    fn quotes_of_another(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        speaker: usize,
    ) -> bool {
        let is = |at: usize, class| Self::has(lexicon, text, at, class);
        let quoted = || {
            let words = mention.tokens.clone().skip_while(|at| *at <= speaker);
            words.filter(|at| text.tokens[*at].quoted)
        };
        let acts = |at: usize| {
            kind_of(text, at).is_some()
                && !is(at, self.classes.object)
                && !is(at, self.classes.owner)
                && self.label(lexicon, text, at..at + 1).is_none()
        };
        !text.tokens[speaker].quoted
            && quoted().any(acts)
            && !quoted().any(|at| is(at, self.classes.first))
    }

    /// What a label says of who is suicidal. A partner is who the abuse that is told makes of the kind of pronoun for
    /// them; a threat to kill oneself if left is the partner's who is left, abuse told or not.
    fn role_in(
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

    /// The pronoun that stands for who is suicidal: in the slot; or the subject of the words matched, in them or right
    /// before them; or "himself" in them. Whose "his" in them is, and who "him" is, tells nothing.
    fn pronoun(&self, lexicon: &Lexicon, text: &Segmented, mention: &Mention) -> Option<usize> {
        // "the dog's to go to Uncle G": a relative in the words is no pronoun.
        let is_pronoun = |at: usize| {
            kind_of(text, at).is_some() && self.label(lexicon, text, at..at + 1).is_none()
        };
        if let Some((start, end)) = mention.experiencer
            && let Some(at) = (start..end).rev().find(|at| is_pronoun(*at))
        {
            return Some(at);
        }
        let is = |at: usize, class| Self::has(lexicon, text, at, class);
        let acts = |at: usize| {
            is_pronoun(at) && !is(at, self.classes.object) && !is(at, self.classes.owner)
        };
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

    /// The person named right before a mention, of whom it is said: "her brother drowned himself". None where a pronoun
    /// stands between, or another kind of pronoun within.
    fn subject_noun(
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
            .find(|at| {
                self.label(lexicon, text, *at..*at + 1).is_some()
                    || kind_of(text, *at).is_some()
                    || Self::has(lexicon, text, *at, self.classes.first)
            })?;
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
        let object = self.objects.binary_search(&at).is_ok() || tells;
        (agrees && !owns && !object && self.acts(lexicon, text, at, start)).then_some(at)
    }

    /// Who said or wrote the words of a quotation in which a mention stands.
    fn speaker_of_quote(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        default: Role,
    ) -> Option<(Role, usize)> {
        /// Words before a quotation in which its speaker may stand, and behind it.
        const BEFORE: usize = 16;
        const BEHIND: usize = 5;
        let tokens = &text.tokens;
        let start = (0..mention.tokens.start)
            .rev()
            .take_while(|at| tokens[*at].quoted)
            .last()
            .unwrap_or(mention.tokens.start);
        let end = (mention.tokens.end..tokens.len())
            .find(|at| !tokens[*at].quoted)
            .unwrap_or(tokens.len());
        let is = |at: usize, class| Self::has(lexicon, text, at, class);
        let role = |at: usize| {
            let label = self.label(lexicon, text, at..at + 1);
            match label {
                _ if is(at, self.classes.owning) => None,
                Some(label) => Some(self.role_in(text, label, Some(at), default)),
                None if is(at, self.classes.first) && self.narrator_is_victim => Some(Role::Victim),
                None if is(at, self.classes.object) || is(at, self.classes.owner) => None,
                None => kind_of(text, at).and_then(|kind| {
                    self.kinds[kind].or_else(|| {
                        let known = (at.saturating_sub(FAR)..at).rev().find_map(|before| {
                            let label = self.label(lexicon, text, before..before + 1)?;
                            (kind_of(text, before) == Some(kind)).then_some((label, before))
                        });
                        let (label, before) = known?;
                        Some(self.role_in(text, label, Some(before), default))
                    })
                }),
            }
        };
        let says = |at: usize| is(at, self.classes.saying) || is(at, self.classes.writing);
        let sentence_end = (end..tokens.len().min(end + BEHIND))
            .find(|at| tokens[*at].gap >= Break::Strong || tokens[*at].quoted)
            .unwrap_or(tokens.len().min(end + BEHIND));
        let behind = end..sentence_end;
        if let Some(verb) = behind.clone().find(|at| says(*at)) {
            let found = behind
                .filter(|at| at.abs_diff(verb) <= 3)
                .find_map(|at| Some((role(at)?, at)));
            if found.is_some() {
                return found;
            }
        }
        let before = start.saturating_sub(BEFORE)..start;
        let verb = before.clone().rev().find(|at| says(*at))?;
        let who = |at: usize| {
            let person = self.label(lexicon, text, at..at + 1).is_some()
                || kind_of(text, at).is_some()
                    && !is(at, self.classes.object)
                    && !is(at, self.classes.owner)
                || is(at, self.classes.first) && !is(at, self.classes.object);
            person && !is(at, self.classes.owning)
        };
        let at = (before.start..verb).rev().find(|at| who(*at))?;
        Some((role(at)?, at))
    }

    /// The nearest person before a mention of whom it may be said.
    fn person_before(
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
