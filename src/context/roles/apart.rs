//! Keeps the victim's suicidality and the suspect's threat apart where one sentence was read as both.

use super::{Label, Roles};
use crate::assertion::Role;
use crate::lexicon::{Effect, Lexicon};
use crate::mention::Mention;
use crate::segment::Segmented;

impl Roles {
    /// Sets aside mentions of the victim's own suicidality in words that are also read as the suspect's: the same words
    /// cannot be both, and a category that is re-routed to another by its experiencer says which of them it is. Only
    /// where abuse is told and somebody is named or tied by pronouns as the one who threatens: by its wording alone a threat may be the
    /// victim's own words.
    pub(crate) fn keep_apart(&self, lexicon: &Lexicon, text: &Segmented, mentions: &mut [Mention]) {
        if !self.abuse {
            return;
        }
        let of_suspect = |m: &Mention| {
            m.suppressed.is_none()
                // What words only weigh as the suspect's says less than a rule that found what it is.
                && !lexicon.rules[m.rule].weighed
                && m.assertion.experiencer == Role::Suspect
                && lexicon.categories[m.category].experiencer == Role::Suspect
                && (m
                    .cues
                    .iter()
                    .any(|cue| cue.effect == Effect::Experiencer(Role::Suspect))
                    || matches!(
                        self.slot_label(lexicon, text, m.experiencer),
                        Some(Label::Suspect)
                    ))
        };
        let mut threats: Vec<(usize, usize, usize)> = mentions
            .iter()
            .filter(|m| of_suspect(m))
            .map(|m| (m.tokens.start, m.tokens.end, m.category))
            .collect();
        threats.sort_unstable();
        // They overlap each other only by a few; the one that reaches furthest decides where a look back may end.
        let longest = threats.iter().map(|(start, end, _)| end - start).max();
        let Some(longest) = longest else { return };
        for mention in mentions.iter_mut().filter(|m| m.suppressed.is_none()) {
            let routes = &lexicon.categories[mention.category].reroute;
            if mention.assertion.experiencer != Role::Victim || routes.is_empty() {
                continue;
            }
            let from = threats.partition_point(|t| t.0 + longest <= mention.tokens.start);
            let to = threats.partition_point(|t| t.0 < mention.tokens.end);
            let theirs = threats[from..to].iter().find(|(_, end, category)| {
                *end > mention.tokens.start && routes.contains(&(Role::Suspect, *category))
            });
            if let Some((_, _, category)) = theirs {
                mention.assertion.experiencer = Role::Suspect;
                mention.suppressed = Some(format!(
                    "the same words are read as another's: {}",
                    lexicon.categories[*category].title
                ));
            }
        }
    }
}
