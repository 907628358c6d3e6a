//! Who did it to whom, of abuse: the suspect to the victim unless the slots of the pattern or the persons
//! around it say otherwise.

use super::{Label, Roles, kind_of, slot_kind};
use crate::assertion::Role;
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::segment::{Break, Segmented};

/// Tokens between a person and a match without a slot for who does it.
const SUBJECT: usize = 3;

impl Roles {
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
                    // "IP states that AP strangled": who follows "that" does it.
                    let behind = Self::has(lexicon, text, at - 1, self.classes.linking)
                        || Self::has(lexicon, text, at - 1, self.classes.that)
                        || Self::has(lexicon, text, at - 1, self.classes.saying);
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
    pub(super) fn abuse(
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
        let narrator_does = self.narrator_is_victim
            && self.is_first_person(lexicon, text, mention.agent)
            && !self.only_sees(lexicon, text, mention);
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

    /// "I heard him strangling her": the first person tells what somebody else does.
    fn only_sees(&self, lexicon: &Lexicon, text: &Segmented, mention: &Mention) -> bool {
        mention.agent.is_some_and(|(_, end)| {
            (end..mention.tokens.end.min(end + 3))
                .any(|at| Self::has(lexicon, text, at, self.classes.perceiving))
        })
    }

    /// Whether the pronoun in a slot is of the kind that the votes tie to a role.
    fn tied_to(&self, role: Role, text: &Segmented, slot: Option<(usize, usize)>) -> bool {
        slot_kind(text, slot).is_some_and(|kind| self.kinds[kind] == Some(role))
    }
}
