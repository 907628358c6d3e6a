//! Who did it to whom, as far as the text tells.
//!
//! Nothing is assumed from sex: pronouns of either kind are tied to roles only by what the same
//! narrative says, and swapping them everywhere changes nothing.
//!
//! Abuse is done by the suspect to the victim unless the slots of the pattern say otherwise. With
//! suicide it matters most not to swap the two, so a mention goes to the suspect only on strong
//! ground: a label (`AP`, `suspect`), a partner in a text that also tells of abuse, or a pronoun that
//! the abuse told in the same text ties to the suspect. Otherwise it stays with the victim.

use std::ops::Range;

use crate::assertion::{Group, Role, Voice};
use crate::lexicon::{Effect, Lexicon};
use crate::matcher::ClassId;
use crate::mention::{Cue, Mention};
use crate::segment::{Break, Segmented, Twin};

/// Tokens that a person may stand before a mention without a subject of its own.
const NEAR: usize = 4;

/// Tokens between a person and a match without a slot for who does it.
const SUBJECT: usize = 3;

/// Tokens over which a pronoun may point back to a person.
const FAR: usize = 40;

/// What a word says of the person it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Suspect,
    Victim,
    Partner,
    Child,
    Other,
}

/// What a narrative tells about roles.
#[derive(Debug)]
pub(crate) struct Roles {
    classes: RoleClasses,
    /// The narrative is told by the person abused, in the first person.
    narrator_is_victim: bool,
    /// The narrative tells of abuse, so that a partner in it may be the suspect.
    abuse: bool,
    /// The role of each kind of pronoun, where the abuse that is told makes it plain.
    kinds: [Option<Role>; 2],
    /// Some word labels the suspect, so that others who do something are others.
    suspect_named: bool,
    /// Words for those to whom the abuse that is told is done: they are not who acts next.
    objects: Vec<usize>,
}

#[derive(Debug)]
struct RoleClasses {
    suspect: Option<ClassId>,
    victim: Option<ClassId>,
    partner: Option<ClassId>,
    child: Option<ClassId>,
    others: [Option<ClassId>; 4],
    first: Option<ClassId>,
    /// Pronouns as objects: nobody does anything as "him".
    object: Option<ClassId>,
    /// Possessives: what follows is whose it is.
    owner: Option<ClassId>,
    /// Prepositions, after which a person is not who acts.
    linking: Option<ClassId>,
    /// "By", before who did it.
    by_whom: Option<ClassId>,
    /// What opens a clause inside another.
    subordinate: Option<ClassId>,
    /// What takes up the main clause again.
    and: Option<ClassId>,
    /// A verb of saying: "Mia says she …" is about Mia.
    saying: Option<ClassId>,
    newcomer: Option<ClassId>,
    officer: Option<ClassId>,
    /// The word that takes up the person before it.
    relative: Option<ClassId>,
    /// Labels that only own what follows: "IP's partner".
    owning: Option<ClassId>,
}

impl Roles {
    /// Reads the roles off a narrative and the raw mentions in it.
    pub fn read(lexicon: &Lexicon, text: &Segmented, mentions: &[Mention]) -> Self {
        let named = |name: &str| lexicon.named.get(name);
        let classes = RoleClasses {
            suspect: named("suspect_word"),
            victim: named("victim_word"),
            partner: named("partner"),
            child: named("child_word"),
            others: [
                named("kin"),
                named("friend"),
                named("officer_word"),
                named("caller_word"),
            ],
            first: named("first_person"),
            object: named("him"),
            owner: named("his"),
            linking: named("linking_word"),
            by_whom: named("by_whom"),
            subordinate: named("subordinate_word"),
            and: named("and_word"),
            saying: named("saying"),
            newcomer: named("new_partner_word"),
            officer: named("officer_word"),
            relative: named("relative_word"),
            owning: named("owning_label"),
        };
        let has =
            |word: u32, class: Option<ClassId>| class.is_some_and(|c| lexicon.classes.has(word, c));
        let labelled = text
            .tokens
            .iter()
            .any(|t| has(t.word, classes.victim) || has(t.word, classes.suspect));
        let first = text
            .tokens
            .iter()
            .any(|t| !t.quoted && has(t.word, classes.first));
        let told: Vec<&Mention> = mentions
            .iter()
            .filter(|m| {
                m.suppressed.is_none() && lexicon.categories[m.category].group == Group::Abuse
            })
            .collect();
        let abuse = told.len() > 1
            || told
                .iter()
                .any(|m| m.agent.is_some() && m.experiencer.is_some());
        let mut objects: Vec<usize> = told
            .iter()
            .filter(|m| m.agent.is_some())
            .filter_map(|m| m.experiencer)
            .flat_map(|(start, end)| start..end)
            .collect();
        objects.sort_unstable();
        let suspect_named = text.tokens.iter().any(|t| has(t.word, classes.suspect));
        let mut roles = Self {
            narrator_is_victim: first && !labelled,
            abuse,
            classes,
            kinds: [None, None],
            suspect_named,
            objects,
        };
        roles.kinds = roles.vote(lexicon, text, mentions);
        roles
    }

    fn has(lexicon: &Lexicon, text: &Segmented, token: usize, class: Option<ClassId>) -> bool {
        class.is_some_and(|c| lexicon.classes.has(text.tokens[token].word, c))
    }

    /// Ties kinds of pronoun to roles: who does things in the abuse that is told is the suspect,
    /// to whom they are done the victim, if one kind clearly leads.
    fn vote(&self, lexicon: &Lexicon, text: &Segmented, mentions: &[Mention]) -> [Option<Role>; 2] {
        let mut lead = [0_i32; 2];
        // Acts between two people of one kind, and of two.
        let (mut alike, mut unlike) = (0, 0);
        let (mut doers, mut targets) = (Vec::new(), Vec::new());
        for mention in mentions.iter().filter(|m| {
            m.suppressed.is_none() && lexicon.categories[m.category].group == Group::Abuse
        }) {
            let object = |(start, end): &(usize, usize)| {
                (*start..*end).all(|token| Self::has(lexicon, text, token, self.classes.object))
            };
            // A son who is hit says nothing about who else is "he".
            let adult = |slot: &(usize, usize)| {
                !matches!(
                    self.label(lexicon, text, slot.0..slot.1),
                    Some(Label::Child | Label::Other)
                )
            };
            let agent = mention.agent.filter(|slot| !object(slot)).filter(adult);
            if let Some(kind) = slot_kind(text, agent) {
                lead[kind] += 1;
                lead[1 - kind] -= 1;
            }
            let to_victim = lexicon.categories[mention.category].experiencer == Role::Victim;
            let target = mention.experiencer.filter(|_| to_victim).filter(adult);
            if let Some(kind) = slot_kind(text, target) {
                lead[kind] -= 1;
                lead[1 - kind] += 1;
            }
            doers.extend(agent.map(|slot| (slot, mention)));
            targets.extend(target.map(|slot| (slot, mention)));
        }
        // Mentions are in the order of their first tokens: what overlaps one begins close to it.
        let longest = targets.iter().map(|(_, of)| of.tokens.len()).max();
        for (doer, told) in doers {
            let overlaps = |of: &Mention| {
                of.tokens.start < told.tokens.end && told.tokens.start < of.tokens.end
            };
            let from = told.tokens.start.saturating_sub(longest.unwrap_or(0));
            let first = targets.partition_point(|(_, of)| of.tokens.start < from);
            let last = targets.partition_point(|(_, of)| of.tokens.start < told.tokens.end);
            let near = targets[first..last].iter();
            for (target, _) in near.filter(|(t, of)| *t != doer && overlaps(of)) {
                match (slot_kind(text, Some(doer)), slot_kind(text, Some(*target))) {
                    (Some(one), Some(other)) if one == other => alike += 1,
                    (Some(_), Some(_)) => unlike += 1,
                    _ => {}
                }
            }
        }
        // Where both are "he", the kind of a pronoun tells nothing of who is meant.
        if alike > unlike {
            return [None, None];
        }
        // One act with both persons named, or two with one of them, are enough.
        lead.map(|lead| match lead {
            2.. => Some(Role::Suspect),
            -1..2 => None,
            _ => Some(Role::Victim),
        })
    }

    /// What a label says: `IP`, `her partner`, `the caller`, `my brother`.
    fn label(&self, lexicon: &Lexicon, text: &Segmented, range: Range<usize>) -> Option<Label> {
        let any = |class: Option<ClassId>| {
            range
                .clone()
                .any(|token| Self::has(lexicon, text, token, class))
        };
        if any(self.classes.suspect) {
            Some(Label::Suspect)
        } else if any(self.classes.victim) {
            Some(Label::Victim)
        } else if any(self.classes.partner) {
            Some(Label::Partner)
        } else if any(self.classes.child) {
            Some(Label::Child)
        } else if self.classes.others.iter().any(|class| any(*class)) {
            Some(Label::Other)
        } else {
            None
        }
    }

    fn slot_label(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        slot: Option<(usize, usize)>,
    ) -> Option<Label> {
        slot.and_then(|(start, end)| self.label(lexicon, text, start..end))
    }

    fn is_first_person(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        slot: Option<(usize, usize)>,
    ) -> bool {
        slot.is_some_and(|(start, end)| {
            (start..end).any(|token| Self::has(lexicon, text, token, self.classes.first))
        })
    }

    /// Sets experiencer and agent where no cue has.
    pub fn assign(&self, lexicon: &Lexicon, text: &Segmented, mention: &mut Mention) {
        let rule = &lexicon.rules[mention.rule];
        let category = &lexicon.categories[mention.category];
        let (experiencer, agent) = match category.group {
            Group::Abuse | Group::Context => {
                self.abuse(lexicon, text, mention, category.experiencer)
            }
            Group::Suicide => (
                rule.experiencer
                    .unwrap_or_else(|| self.sufferer(lexicon, text, mention, category.experiencer)),
                Role::Unknown,
            ),
        };
        if mention.assertion.experiencer == Role::Unknown {
            mention.assertion.experiencer = rule.experiencer.unwrap_or(experiencer);
        }
        if mention.assertion.agent == Role::Unknown {
            mention.assertion.agent = rule.agent.unwrap_or(agent);
        }
        if mention.assertion.source == Voice::Unknown && self.is_own_account(lexicon, text, mention)
        {
            mention.assertion.source = Voice::Victim;
        }
    }

    /// "My ex punched me", told by the person abused.
    fn is_own_account(&self, lexicon: &Lexicon, text: &Segmented, mention: &Mention) -> bool {
        let told = mention.tokens.start..mention.tokens.end;
        let own = |slot| self.is_first_person(lexicon, text, slot);
        self.narrator_is_victim
            && !text.tokens[told.start].quoted
            && mention.assertion.experiencer == Role::Victim
            && (own(mention.experiencer) || own(Some((told.start, told.end))))
    }

    /// The person before a match without a slot for who does it: "VP punched AP in the face".
    fn subject_before(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
    ) -> Option<Label> {
        let start = mention.tokens.start;
        let unit = text.unit_of(start);
        let first = start.saturating_sub(SUBJECT).max(unit.start);
        for at in (first..start).rev() {
            if text.tokens[at + 1].gap != Break::None {
                return None;
            }
            if let Some(label) = self.label(lexicon, text, at..at + 1) {
                return Some(label);
            }
        }
        None
    }

    /// Whether a label of the suspect stands before a token in its unit.
    fn suspect_before(&self, lexicon: &Lexicon, text: &Segmented, token: usize) -> bool {
        (text.unit_of(token).start..token)
            .any(|at| Self::has(lexicon, text, at, self.classes.suspect))
    }

    /// To whom it is done: the slot, or what the slot owns ("her brother"), or a person in the match.
    fn target(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        doer: Option<Label>,
    ) -> Option<Label> {
        let Some((start, end)) = mention.experiencer else {
            let slot = mention.agent.map_or(0..0, |(start, end)| start..end);
            return mention
                .tokens
                .clone()
                .skip(1)
                .filter(|at| !slot.contains(at))
                .find_map(|at| {
                    let label = self.label(lexicon, text, at..at + 1)?;
                    let behind = Self::has(lexicon, text, at - 1, self.classes.linking);
                    let fits = match label {
                        Label::Victim => true,
                        Label::Suspect => doer == Some(Label::Victim),
                        // "kicked PC in the leg"
                        _ => {
                            at == mention.tokens.start + 1
                                && self.suspect_before(lexicon, text, mention.tokens.start)
                                && Self::has(lexicon, text, at, self.classes.officer)
                        }
                    };
                    (!behind && fits).then_some(label)
                });
        };
        let own = self.label(lexicon, text, start..end);
        let owning = Self::has(lexicon, text, end - 1, self.classes.owning);
        if !owning && (own.is_some() || !Self::has(lexicon, text, end - 1, self.classes.owner)) {
            return own;
        }
        let mut new = false;
        for at in end..text.tokens.len().min(end + 2) {
            if text.tokens[at].gap != Break::None {
                break;
            }
            new |= Self::has(lexicon, text, at, self.classes.newcomer);
            match self.label(lexicon, text, at..at + 1) {
                Some(Label::Partner) if new || owning => return Some(Label::Other),
                Some(label) => return Some(label),
                None => {}
            }
        }
        own
    }

    /// Who follows on "by" in a match or behind it: "punched in the face by AP"; unknown if nobody does.
    fn by_whom(&self, lexicon: &Lexicon, text: &Segmented, mention: &Mention) -> Role {
        /// Words between a match and its "by", and between that and the person.
        const APART: usize = 4;
        let unit = text.unit_of(mention.tokens.start);
        let end = unit.end.min(mention.tokens.end + APART);
        let by = (mention.tokens.start..end)
            .find(|at| Self::has(lexicon, text, *at, self.classes.by_whom));
        let person = by.and_then(|by| {
            (by + 1..unit.end.min(by + 1 + APART)).find_map(|at| {
                let someone = Self::has(lexicon, text, at, self.classes.object);
                self.label(lexicon, text, at..at + 1)
                    .or(someone.then_some(Label::Suspect))
            })
        });
        match person {
            Some(Label::Suspect | Label::Partner) => Role::Suspect,
            Some(Label::Victim) => Role::Victim,
            Some(Label::Child) => Role::Child,
            Some(Label::Other) => Role::Other,
            None => Role::Unknown,
        }
    }

    /// Abuse is done by the suspect to the victim, unless the text says otherwise.
    fn abuse(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        default: Role,
    ) -> (Role, Role) {
        let doer = match mention.agent {
            Some(_) => self.slot_label(lexicon, text, mention.agent),
            None => self.subject_before(lexicon, text, mention),
        };
        let target = self.target(lexicon, text, mention, doer);
        let narrator_does =
            self.narrator_is_victim && self.is_first_person(lexicon, text, mention.agent);
        let by_victim = match (doer, target) {
            (Some(Label::Victim), Some(Label::Victim)) => mention.agent.is_some(),
            (Some(Label::Victim), target) => mention.agent.is_some() || target.is_some(),
            (None, Some(Label::Suspect)) => true,
            (None, _) => {
                narrator_does
                    || self.tied_to(Role::Victim, text, mention.agent)
                        && target != Some(Label::Victim)
                        && !self.is_of_the_main_clause(lexicon, text, mention)
            }
            _ => false,
        };
        let agent = match doer {
            _ if by_victim => Role::Victim,
            // With a suspect named, a relative who does something is somebody else.
            Some(Label::Other) if self.suspect_named && mention.agent.is_some() => Role::Other,
            Some(Label::Child) if self.suspect_named && mention.agent.is_some() => Role::Child,
            // "Was punched twice": the text does not say by whom.
            None if mention.agent.is_none() => self.by_whom(lexicon, text, mention),
            _ => Role::Suspect,
        };
        if default != Role::Victim {
            return (default, agent);
        }
        let experiencer = match target {
            Some(Label::Child) => Role::Child,
            Some(Label::Other) if !by_victim => Role::Other,
            Some(Label::Suspect) if agent == Role::Other => Role::Suspect,
            _ if by_victim => Role::Suspect,
            _ => Role::Victim,
        };
        (experiencer, agent)
    }

    /// "He rings when she is out and goes mad": the doer of what follows "and" is that of the main
    /// clause, not the pronoun of the clause inside it.
    fn is_of_the_main_clause(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
    ) -> bool {
        let Some((start, end)) = mention.agent else {
            return false;
        };
        let kind = slot_kind(text, mention.agent);
        let unit = text.unit_of(start);
        let inside =
            start > unit.start && Self::has(lexicon, text, start - 1, self.classes.subordinate);
        inside
            && (end..mention.tokens.end).any(|at| Self::has(lexicon, text, at, self.classes.and))
            && (unit.start..start)
                .any(|at| kind_of(text, at).is_some_and(|other| Some(other) != kind))
    }

    /// Whether the pronoun in a slot is of the kind that the votes tie to a role.
    fn tied_to(&self, role: Role, text: &Segmented, slot: Option<(usize, usize)>) -> bool {
        slot_kind(text, slot).is_some_and(|kind| self.kinds[kind] == Some(role))
    }

    /// Who is suicidal.
    fn sufferer(
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
        if let Some(speaker) = pronoun.and_then(|t| self.speaker(lexicon, text, t)) {
            let label = self.label(lexicon, text, speaker..speaker + 1);
            if let Some(label) = label.filter(|l| !matches!(l, Label::Other | Label::Partner)) {
                let role = role_of(label);
                self.note(
                    text,
                    mention,
                    role,
                    "who says it of themselves",
                    Some(speaker),
                );
                return role;
            }
        }
        if let Some(role) = kind.and_then(|kind| self.kinds[kind]) {
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
                self.note(text, mention, role, "the person before \"who\"", Some(at));
                return role;
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
            self.note(text, mention, role, "nearest person before it", Some(token));
            return role;
        }
        default
    }

    /// The person of whom a pronoun right behind "says" or "told us" is said.
    fn speaker(&self, lexicon: &Lexicon, text: &Segmented, pronoun: usize) -> Option<usize> {
        let unit = text.unit_of(pronoun);
        let says = pronoun.checked_sub(1).filter(|at| {
            *at > unit.start
                && text.tokens[pronoun].gap == Break::None
                && Self::has(lexicon, text, *at, self.classes.saying)
        })?;
        (unit.start..says).next_back().filter(|at| {
            text.tokens[says].gap == Break::None
                && self.label(lexicon, text, *at..*at + 1).is_some()
        })
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

    fn role_of(&self, label: Label) -> Role {
        match label {
            Label::Suspect => Role::Suspect,
            Label::Partner if self.abuse => Role::Suspect,
            Label::Victim | Label::Partner => Role::Victim,
            Label::Child => Role::Child,
            Label::Other => Role::Other,
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

/// Which of the two kinds of gendered word a token is, as an index.
fn kind_of(text: &Segmented, token: usize) -> Option<usize> {
    match text.tokens[token].twin {
        Twin::None => None,
        Twin::A => Some(0),
        Twin::B => Some(1),
    }
}

/// The kind of the last gendered word in a slot.
fn slot_kind(text: &Segmented, slot: Option<(usize, usize)>) -> Option<usize> {
    let (start, end) = slot?;
    (start..end).rev().find_map(|token| kind_of(text, token))
}
