//! Free text after an answer that tells the contrary.

use std::collections::BTreeMap;

use super::Marks;
use super::numbered::mentions_numbers;
use crate::assertion::{Polarity, Voice};
use crate::lexicon::{Effect, Lexicon};
use crate::mention::{Cue, Mention};

/// Words after an answer in which text may contradict it.
const COMMENT: usize = 20;

/// Free text after an answer that tells the contrary is a finding in itself: both say so.
pub(crate) fn contradictions(
    text: &str,
    lexicon: &Lexicon,
    marks: &Marks,
    mentions: &mut [Mention],
) {
    let is_form = |m: &Mention| m.assertion.source == Voice::Form;
    let is_no = |m: &Mention| m.suppressed.is_some() && m.assertion.polarity == Polarity::Negated;
    let answers: Vec<usize> = (0..mentions.len())
        .filter(|&i| {
            let own = &mentions[i];
            is_form(own) && (own.suppressed.is_none() || is_no(own))
        })
        .collect();
    if answers.is_empty() {
        return;
    }
    // What is told elsewhere, by category and first token, so that each answer looks only behind itself.
    let mut told: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (i, m) in mentions.iter().enumerate().filter(|(_, m)| !is_form(m)) {
        let place = (m.category, m.tokens.start);
        told.entry(place).or_default().push(i);
    }
    for answered in answers {
        let Some(answer) = mentions[answered].cues.last().map(|cue| cue.span) else {
            continue;
        };
        let no = is_no(&mentions[answered]);
        let (category, end) = (mentions[answered].category, mentions[answered].tokens.end);
        let next = marks.next_question(end).unwrap_or(usize::MAX);
        let reach = (category, end)..(category, next.min(end + COMMENT));
        // Several rules may have read the same words: whichever stays must tell.
        let mut contrary: Vec<usize> = told
            .range(reach)
            .flat_map(|(_, behind)| behind)
            .copied()
            .filter(|&i| {
                let m = &mentions[i];
                let contrary = if no { m.suppressed.is_none() } else { is_no(m) };
                contrary && !elsewhere(&text[answer.end..m.span.start.max(answer.end)])
            })
            .collect();
        contrary.sort_unstable();
        let Some(first) = contrary.first() else {
            continue;
        };
        let words = mentions[*first].span.of(text);
        let title = &lexicon.categories[category].title;
        let scope = mentions[answered].span;
        let by = format!(
            "contradicts the answer before it ({title}: {})",
            answer.of(text)
        );
        let own = Cue {
            by: format!("the words after it say otherwise: \"{words}\""),
            effect: Effect::Nothing,
            span: mentions[*first].span,
            scope,
        };
        if let Some(reason) = &mut mentions[answered].suppressed {
            reason.push_str(&format!(
                "; but the words after it say otherwise: \"{words}\""
            ));
        } else {
            mentions[answered].cues.push(own);
        }
        for contrary in contrary {
            mentions[contrary].cues.push(Cue {
                by: by.clone(),
                effect: Effect::Nothing,
                span: answer,
                scope,
            });
        }
    }
}

/// Whether another entry of the form lies between an answer and a comment: then the comment is on that.
fn elsewhere(gap: &str) -> bool {
    gap.contains('\n') || mentions_numbers(gap)
}
