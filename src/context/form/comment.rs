//! Free text after an answer that tells the contrary.

use super::Mark;
use super::numbered::mentions_numbers;
use crate::assertion::{Polarity, Voice};
use crate::lexicon::{Effect, Lexicon};
use crate::mention::{Cue, Mention};

/// Words after a "no" in which text may contradict it.
const COMMENT: usize = 20;

/// Free text after a "no" that tells the contrary is a finding in itself: both say so.
pub(crate) fn contradictions(
    text: &str,
    lexicon: &Lexicon,
    marks: &[Mark],
    mentions: &mut [Mention],
) {
    let is_form = |m: &Mention| m.assertion.source == Voice::Form;
    let noes: Vec<usize> = (0..mentions.len())
        .filter(|&i| {
            is_form(&mentions[i])
                && mentions[i].suppressed.is_some()
                && mentions[i].assertion.polarity == Polarity::Negated
        })
        .collect();
    for no in noes {
        let Some(answer) = mentions[no].cues.last().map(|cue| cue.span) else {
            continue;
        };
        let (category, end) = (mentions[no].category, mentions[no].tokens.end);
        let next = marks
            .iter()
            .map(|mark| mark.stem.start)
            .filter(|start| *start >= end)
            .min()
            .unwrap_or(usize::MAX);
        let contrary = mentions.iter().position(|m| {
            m.category == category
                && m.suppressed.is_none()
                && !is_form(m)
                && (end..next.min(end + COMMENT)).contains(&m.tokens.start)
        });
        let Some(contrary) = contrary else { continue };
        // Another entry of the form lies between: its comment belongs to that one.
        let gap = &text[answer.end..mentions[contrary].span.start.max(answer.end)];
        if gap.contains('\n') || mentions_numbers(gap) {
            continue;
        }
        let words = mentions[contrary].span.of(text).to_owned();
        if let Some(reason) = &mut mentions[no].suppressed {
            reason.push_str(&format!(
                "; but the words after it say otherwise: \"{words}\""
            ));
        }
        let title = &lexicon.categories[category].title;
        let scope = mentions[no].span;
        let by = format!(
            "contradicts the answer before it ({title}: {})",
            answer.of(text)
        );
        mentions[contrary].cues.push(Cue {
            by,
            effect: Effect::Nothing,
            span: answer,
            scope,
        });
    }
}
