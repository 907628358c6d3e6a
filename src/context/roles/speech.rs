//! Who says it, and of whom: reported speech and quotations.

use super::{FAR, Roles, kind_of};
use crate::assertion::Role;
use crate::lexicon::Lexicon;
use crate::mention::Mention;
use crate::segment::{Break, Segmented};

/// Who says something of a person that a pronoun stands for.
pub(super) struct Speaker {
    /// The token of the one who says it.
    pub person: usize,
    /// It is told to the person abused, or to somebody who is only a pronoun.
    pub told: bool,
}

impl Roles {
    /// The person of whom a pronoun behind "says" or "told us that" is said. Who tells it to the person
    /// themselves speaks of somebody else: `told` is then set.
    pub(super) fn speaker(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        pronoun: usize,
    ) -> Option<Speaker> {
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

    /// Who said or wrote the words of a quotation in which a mention stands.
    pub(super) fn speaker_of_quote(
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
                None => self.stands_for(lexicon, text, at, default),
            }
        };
        let says = |at: usize| is(at, self.classes.saying) || is(at, self.classes.writing);
        let last = tokens.len().min(end + BEHIND);
        let ends = |at: &usize| tokens[*at].gap >= Break::Strong || tokens[*at].quoted;
        let behind = end..(end..last).find(ends).unwrap_or(last);
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
                || self.is_subject(lexicon, text, at)
                || is(at, self.classes.first) && !is(at, self.classes.object);
            person && !is(at, self.classes.owning)
        };
        let at = (before.start..verb).rev().find(|at| who(*at))?;
        Some((role(at)?, at))
    }

    /// Whom a pronoun stands for by its kind: as in the abuse that is told, else the last person of that kind.
    fn stands_for(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        pronoun: usize,
        default: Role,
    ) -> Option<Role> {
        let kind = kind_of(text, pronoun)?;
        if let Some(role) = self.kinds[kind] {
            return Some(role);
        }
        let (label, person) = (pronoun.saturating_sub(FAR)..pronoun)
            .rev()
            .find_map(|before| {
                let label = self.label(lexicon, text, before..before + 1)?;
                (kind_of(text, before) == Some(kind)).then_some((label, before))
            })?;
        Some(self.role_in(text, label, Some(person), default))
    }

    /// Whether words of a mention are quoted of the person at `speaker`, who speaks in them of "he" or "she".
    pub(super) fn quotes_of_another(
        &self,
        lexicon: &Lexicon,
        text: &Segmented,
        mention: &Mention,
        speaker: usize,
    ) -> bool {
        let quoted = || {
            let words = mention.tokens.clone().skip_while(|at| *at <= speaker);
            words.filter(|at| text.tokens[*at].quoted)
        };
        !text.tokens[speaker].quoted
            && quoted().any(|at| self.is_subject(lexicon, text, at))
            && !quoted().any(|at| Self::has(lexicon, text, at, self.classes.first))
    }
}
