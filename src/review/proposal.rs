//! What to look at in the lexicon after a review. Proposals, never changes: whoever keeps the rules
//! reads the dismissed mentions and decides.

use std::collections::BTreeMap;

use super::{Decisions, Outcome, Precision, Tally, Target};
use crate::boilerplate::sentence_key;
use crate::past_run::{AXES, PastRun};

/// Decisions that it takes before a rule may be called more often wrong than right.
const ENOUGH: u64 = 8;

/// False positives that make a rule worth a look: one alone may be an accident.
const SEVERAL: u64 = 2;

/// Cases in which the same dismissed sentence must stand before it looks like a form's.
const CASES: usize = 3;

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Retire the rule: at least 8 were decided, and even the upper end of the interval of its
    /// precision lies below one half.
    Mute,
    /// Narrow the rule, or give it an exception: at least 2 of its mentions were dismissed.
    Narrow,
    /// Put the sentence in a mute file: it was dismissed in at least 3 cases and accepted in none.
    MuteSentence,
}

impl Action {
    /// As tables show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mute => "mute",
            Self::Narrow => "narrow",
            Self::MuteSentence => "mute sentence",
        }
    }
}

/// One proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// What to do.
    pub action: Action,
    /// The rule; for a sentence, the rules that matched in it.
    pub rule_id: String,
    /// How its mentions were decided.
    pub tally: Tally,
    /// The dismissed mentions, as indices into the evidence of the run.
    pub false_positives: Vec<usize>,
    /// Reasons that the reviewers gave, the most frequent first, with their counts.
    pub reasons: Vec<(String, u64)>,
    /// What most dismissed mentions have and few accepted ones, e.g. `experiencer other in 4 of 5
    /// dismissed and 0 of 9 accepted`: a place to begin narrowing.
    pub shared: Vec<String>,
}

/// The proposals, most false positives first.
pub fn proposals(run: &PastRun, decisions: &Decisions, precision: &Precision) -> Vec<Proposal> {
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut right: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_sentence: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, mention) in run.evidence.iter().enumerate() {
        let outcome = decisions.outcome(Target::Mention(index));
        if outcome == Some(Outcome::Dismissed) {
            by_rule
                .entry(&mention.place.rule_id)
                .or_default()
                .push(index);
        }
        if outcome == Some(Outcome::Accepted) {
            right.entry(&mention.place.rule_id).or_default().push(index);
        }
        if outcome.is_some() {
            by_sentence
                .entry(sentence_key(&mention.sentence))
                .or_default()
                .push(index);
        }
    }
    let mut out = Vec::new();
    for (rule, false_positives) in by_rule {
        let tally = precision.rules[rule];
        let mostly_wrong =
            tally.n() >= ENOUGH && tally.interval().is_some_and(|(_, high)| high < 0.5);
        let action = if mostly_wrong {
            Action::Mute
        } else if tally.dismissed >= SEVERAL {
            Action::Narrow
        } else {
            continue;
        };
        out.push(Proposal {
            action,
            rule_id: rule.to_owned(),
            tally,
            reasons: reasons(decisions, &false_positives),
            shared: shared(
                run,
                &false_positives,
                right.get(rule).map_or(&[], Vec::as_slice),
            ),
            false_positives,
        });
    }
    for indices in by_sentence.into_values() {
        let wrong = |i: &usize| decisions.outcome(Target::Mention(*i)) == Some(Outcome::Dismissed);
        let mut cases: Vec<&str> = indices
            .iter()
            .map(|i| run.evidence[*i].place.case_id.as_str())
            .collect();
        cases.sort_unstable();
        cases.dedup();
        if cases.len() >= CASES && indices.iter().all(wrong) {
            let mut rules: Vec<&str> = indices
                .iter()
                .map(|i| run.evidence[*i].place.rule_id.as_str())
                .collect();
            rules.sort_unstable();
            rules.dedup();
            out.push(Proposal {
                action: Action::MuteSentence,
                rule_id: rules.join("; "),
                tally: Tally {
                    dismissed: indices.len() as u64,
                    ..Tally::default()
                },
                reasons: reasons(decisions, &indices),
                shared: Vec::new(),
                false_positives: indices,
            });
        }
    }
    let key = |p: &Proposal| {
        (
            std::cmp::Reverse(p.false_positives.len()),
            p.action,
            p.rule_id.clone(),
            p.false_positives[0],
        )
    };
    out.sort_by_key(key);
    out
}

/// Fields and axis values that at least 6 in 10 of the dismissed mentions have, two of them at least,
/// and at most 2 in 10 of the accepted ones. Without accepted ones there is nothing to tell apart.
fn shared(run: &PastRun, wrong: &[usize], right: &[usize]) -> Vec<String> {
    if right.is_empty() {
        return Vec::new();
    }
    let traits = |index: &usize| {
        let mention = &run.evidence[*index];
        let axes = AXES.iter().zip(&mention.axes);
        let axes = axes.map(|(name, value)| format!("{name} {value}"));
        std::iter::once(format!("field {}", mention.place.field)).chain(axes)
    };
    let count = |list: &[usize]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for one in list.iter().flat_map(traits) {
            *counts.entry(one).or_default() += 1;
        }
        counts
    };
    let (of_wrong, of_right) = (count(wrong), count(right));
    let mut list: Vec<(usize, String)> = of_wrong
        .into_iter()
        .map(|(name, n)| (n, of_right.get(&name).copied().unwrap_or(0), name))
        .filter(|(n, m, _)| *n >= 2 && n * 10 >= wrong.len() * 6 && m * 10 <= right.len() * 2)
        .map(|(n, m, name)| {
            let (all, accepted) = (wrong.len(), right.len());
            let told = format!("{name} in {n} of {all} dismissed and {m} of {accepted} accepted");
            (n, told)
        })
        .collect();
    list.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    list.into_iter().map(|(_, told)| told).collect()
}

fn reasons(decisions: &Decisions, mentions: &[usize]) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for index in mentions {
        let by = decisions.by_target.get(&Target::Mention(*index));
        for decision in by.into_iter().flat_map(|by| by.values()) {
            let reason = decision.reason.trim().to_lowercase();
            if !reason.is_empty() {
                *counts.entry(reason).or_default() += 1;
            }
        }
    }
    let mut list: Vec<(String, u64)> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}
