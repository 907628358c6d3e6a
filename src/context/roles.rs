//! Who did it to whom, as far as the text tells.
//!
//! Nothing is assumed from sex: pronouns of either kind are tied to roles only by what the same
//! narrative says, and swapping them everywhere changes nothing.

use std::ops::Range;

use crate::assertion::{Assertion, Group, Role};
use crate::lexicon::{Effect, Lexicon};
use crate::matcher::ClassId;
use crate::mention::{Cue, Mention};
use crate::segment::Segmented;

/// The two kinds of gendered pronoun. Which is which does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    A,
    B,
}

/// What a narrative tells about roles.
#[derive(Debug)]
pub(crate) struct Roles {
    classes: RoleClasses,
    /// The narrative is told by the person abused, in the first person.
    narrator_is_victim: bool,
    /// The role of each kind of pronoun, where the abuse that is told makes it plain.
    kinds: [Option<Role>; 2],
}

#[derive(Debug)]
struct RoleClasses {
    suspect: Option<ClassId>,
    victim: Option<ClassId>,
    partner: Option<ClassId>,
    child: Option<ClassId>,
    kin: Option<ClassId>,
    friend: Option<ClassId>,
    officer: Option<ClassId>,
    caller: Option<ClassId>,
    first: Option<ClassId>,
    kind_a: Option<ClassId>,
    kind_b: Option<ClassId>,
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
            kin: named("kin"),
            friend: named("friend"),
            officer: named("officer_word"),
            caller: named("caller_word"),
            first: named("first_person"),
            kind_a: named("pronoun_a"),
            kind_b: named("pronoun_b"),
        };
        let has = |word: u32, class: Option<ClassId>| class.is_some_and(|c| lexicon.classes.has(word, c));
        let labelled = text.tokens.iter().any(|t| has(t.word, classes.victim) || has(t.word, classes.suspect));
        let first = text.tokens.iter().filter(|t| !t.quoted && has(t.word, classes.first)).count();
        let mut roles = Self { narrator_is_victim: first >= 1 && !labelled, classes, kinds: [None, None] };
        roles.kinds = roles.vote(lexicon, text, mentions);
        roles
    }

    fn has(lexicon: &Lexicon, word: u32, class: Option<ClassId>) -> bool {
        class.is_some_and(|c| lexicon.classes.has(word, c))
    }

    fn kind(&self, lexicon: &Lexicon, word: u32) -> Option<Kind> {
        let a = Self::has(lexicon, word, self.classes.kind_a);
        let b = Self::has(lexicon, word, self.classes.kind_b);
        match (a, b) {
            (true, false) => Some(Kind::A),
            (false, true) => Some(Kind::B),
            _ => None,
        }
    }

    /// Ties kinds of pronoun to roles: who does things in the abuse that is told is the suspect,
    /// to whom they are done the victim, if one kind clearly leads.
    fn vote(&self, lexicon: &Lexicon, text: &Segmented, mentions: &[Mention]) -> [Option<Role>; 2] {
        let mut suspect = [0_i32; 2];
        let mut victim = [0_i32; 2];
        for mention in mentions {
            if lexicon.categories[mention.category].group != Group::Abuse {
                continue;
            }
            if let Some(kind) = mention.agent.and_then(|slot| self.slot_kind(lexicon, text, slot)) {
                suspect[kind as usize] += 1;
            }
            if let Some(kind) = mention.experiencer.and_then(|slot| self.slot_kind(lexicon, text, slot)) {
                victim[kind as usize] += 1;
            }
        }
        // "her partner", "his wife": the owner is the one whom the record is about, weakly.
        let mut kinds = [None, None];
        for kind in 0..2 {
            let other = 1 - kind;
            let as_suspect = suspect[kind] + victim[other];
            let as_victim = victim[kind] + suspect[other];
            if as_suspect > as_victim {
                kinds[kind] = Some(Role::Suspect);
            } else if as_victim > as_suspect {
                kinds[kind] = Some(Role::Victim);
            }
        }
        kinds
    }

    fn slot_kind(&self, lexicon: &Lexicon, text: &Segmented, slot: (usize, usize)) -> Option<Kind> {
        (slot.0..slot.1).find_map(|token| self.kind(lexicon, text.tokens[token].word))
    }

    /// The role that a label names: `IP`, `her partner`, `the caller`, `my brother`.
    fn label(&self, lexicon: &Lexicon, text: &Segmented, range: Range<usize>) -> Option<Role> {
        let any = |class: Option<ClassId>| range.clone().any(|t| Self::has(lexicon, text.tokens[t].word, class));
        if any(self.classes.suspect) {
            Some(Role::Suspect)
        } else if any(self.classes.victim) {
            Some(Role::Victim)
        } else if any(self.classes.partner) {
            Some(Role::Suspect)
        } else if any(self.classes.child) {
            Some(Role::Child)
        } else if any(self.classes.kin) || any(self.classes.friend) || any(self.classes.officer) || any(self.classes.caller) {
            Some(Role::Other)
        } else {
            None
        }
    }

    /// The role of the words in a slot, pronouns included.
    fn slot_role(&self, lexicon: &Lexicon, text: &Segmented, slot: (usize, usize)) -> Option<Role> {
        let range = slot.0..slot.1;
        if let Some(role) = self.label(lexicon, text, range.clone()) {
            return Some(role);
        }
        let first = range.clone().any(|t| Self::has(lexicon, text.tokens[t].word, self.classes.first));
        if first && self.narrator_is_victim {
            return Some(Role::Victim);
        }
        range.into_iter().find_map(|t| self.kind(lexicon, text.tokens[t].word)).and_then(|kind| self.kinds[kind as usize])
    }

    /// Sets experiencer and agent where no cue has.
    pub fn assign(&self, lexicon: &Lexicon, text: &Segmented, mention: &mut Mention) {
        let rule = &lexicon.rules[mention.rule];
        let category = &lexicon.categories[mention.category];
        let Assertion { experiencer, agent, .. } = mention.assertion;
        let (found_experiencer, found_agent) = match category.group {
            Group::Abuse | Group::Context => self.abuse(lexicon, text, mention, category.experiencer),
            Group::Suicide => (self.sufferer(lexicon, text, mention, category.experiencer), Role::Unknown),
        };
        if experiencer == Role::Unknown {
            mention.assertion.experiencer = rule.experiencer.unwrap_or(found_experiencer);
        }
        if agent == Role::Unknown {
            mention.assertion.agent = rule.agent.unwrap_or(found_agent);
        }
    }

    /// Abuse is done by the suspect to the victim, unless the slots say otherwise.
    fn abuse(&self, lexicon: &Lexicon, text: &Segmented, mention: &Mention, default: Role) -> (Role, Role) {
        let named = |slot: Option<(usize, usize)>| slot.and_then(|s| self.label(lexicon, text, s.0..s.1));
        let resolved = |slot: Option<(usize, usize)>| slot.and_then(|s| self.slot_role(lexicon, text, s));
        let agent = match (named(mention.agent), resolved(mention.agent)) {
            (Some(Role::Victim), _) | (None, Some(Role::Victim)) => Role::Victim,
            (Some(Role::Child), _) => Role::Child,
            _ => Role::Suspect,
        };
        if default != Role::Victim {
            return (default, agent);
        }
        let experiencer = match named(mention.experiencer) {
            Some(Role::Suspect) if agent == Role::Victim => Role::Suspect,
            Some(Role::Child) => Role::Child,
            _ if agent == Role::Victim => Role::Suspect,
            _ => Role::Victim,
        };
        (experiencer, agent)
    }

    /// Who is suicidal: the subject of the mention, or the nearest one before it.
    fn sufferer(&self, lexicon: &Lexicon, text: &Segmented, mention: &mut Mention, default: Role) -> Role {
        if let Some(role) = mention.experiencer.and_then(|slot| self.slot_role(lexicon, text, slot)) {
            return role;
        }
        let sentence = text.sentences[text.sentence_of(mention.tokens.start)];
        let kind = mention.experiencer.and_then(|slot| self.slot_kind(lexicon, text, slot));
        let nearest = (sentence.first..mention.tokens.start).rev().find_map(|token| {
            let role = self.label(lexicon, text, token..token + 1).or_else(|| self.slot_role(lexicon, text, (token, token + 1)))?;
            let own = self.kind(lexicon, text.tokens[token].word);
            // A pronoun of the other kind is somebody else.
            (own.is_none() || kind.is_none() || own == kind).then_some((role, token))
        });
        match nearest {
            Some((role, token)) => {
                mention.cues.push(Cue {
                    by: "nearest person before it".into(),
                    effect: Effect::Experiencer(role),
                    span: text.tokens[token].span(),
                    scope: mention.span,
                });
                role
            }
            None => default,
        }
    }
}
