//! Which kind of pronoun stands for whom, by the abuse that is told.

use super::{Label, Roles, slot_kind};
use crate::assertion::{Group, Role};
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::segment::Segmented;

impl Roles {
    /// Ties kinds of pronoun to roles: who does things in the abuse that is told is the suspect,
    /// to whom they are done the victim, if one kind clearly leads.
    pub(super) fn vote(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mentions: &[Mention],
    ) -> [Option<Role>; 2] {
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
}
