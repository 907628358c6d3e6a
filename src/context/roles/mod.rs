//! Who did it to whom, as far as the text tells.
//!
//! Nothing is assumed from sex: pronouns of either kind are tied to roles only by what the same
//! narrative says, and swapping them everywhere changes nothing.
//!
//! Abuse is done by the suspect to the victim unless the slots of the pattern say otherwise. With
//! suicide it matters most not to swap the two, so a mention goes to the suspect only on strong
//! ground: a label (`AP`, `suspect`), a partner in a text that also tells of abuse, or a pronoun that
//! the abuse told in the same text ties to the suspect. Otherwise it stays with the victim.

mod abuse;
mod apart;
mod speech;
mod subject;
mod sufferer;
mod vote;

use std::ops::Range;

use crate::assertion::{Group, Role, Voice};
use crate::lexicon::Lexicon;
use crate::matcher::ClassId;
use crate::mention::Mention;
use crate::segment::{Segmented, Twin};

/// Tokens that a person may stand before a mention without a subject of its own.
const NEAR: usize = 4;

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
    /// The narrative tells of abuse, or of a partner or a victim: without any of them a suspect is one of some other
    /// offence, and the suicidality in the text is that person's own.
    tied: bool,
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
    /// A verb of sending and writing, of what is quoted.
    writing: Option<ClassId>,
    reflexive: Option<ClassId>,
    /// A verb of seeing or hearing: "I heard him …" is about him.
    perceiving: Option<ClassId>,
    /// "That", between what is said and who says it.
    that: Option<ClassId>,
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
            writing: named("writing_word"),
            reflexive: named("himself"),
            perceiving: named("perceiving"),
            that: named("that_word"),
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
        let tied = abuse
            || !told.is_empty()
            || text
                .tokens
                .iter()
                .any(|t| has(t.word, classes.victim) || has(t.word, classes.partner));
        let mut roles = Self {
            narrator_is_victim: first && !labelled,
            abuse,
            tied,
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

    fn role_of(&self, label: Label) -> Role {
        match label {
            Label::Suspect => Role::Suspect,
            Label::Partner if self.abuse => Role::Suspect,
            Label::Victim | Label::Partner => Role::Victim,
            Label::Child => Role::Child,
            Label::Other => Role::Other,
        }
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
