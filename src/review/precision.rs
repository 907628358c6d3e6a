//! How often the findings were right, by rule, category and tier.
//!
//! A mention counts once, whoever decided it; one on which reviewers differ counts neither way.

use std::collections::BTreeMap;

use super::{Decisions, Outcome, Target};
use crate::evaluate::wilson;
use crate::past_run::PastRun;

/// How a number of findings were decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accepted by whoever decided.
    pub accepted: u64,
    /// Dismissed by whoever decided.
    pub dismissed: u64,
    /// Accepted by some and dismissed by others.
    pub differing: u64,
    /// Nobody could tell.
    pub unsure: u64,
    /// Nobody looked.
    pub open: u64,
}

impl Tally {
    /// Findings decided one way: the `n` of the precision.
    pub fn n(self) -> u64 {
        self.accepted + self.dismissed
    }

    /// The share accepted, if any were decided.
    pub fn precision(self) -> Option<f64> {
        (self.n() > 0).then(|| self.accepted as f64 / self.n() as f64)
    }

    /// Its Wilson 95% interval.
    pub fn interval(self) -> Option<(f64, f64)> {
        wilson(self.accepted, self.n())
    }

    fn count(&mut self, outcome: Option<Outcome>) {
        *match outcome {
            Some(Outcome::Accepted) => &mut self.accepted,
            Some(Outcome::Dismissed) => &mut self.dismissed,
            Some(Outcome::Differing) => &mut self.differing,
            Some(Outcome::Unsure) => &mut self.unsure,
            None => &mut self.open,
        } += 1;
    }
}

/// Tallies of a run.
#[derive(Clone, Debug, Default)]
pub struct Precision {
    /// All mentions.
    pub mentions: Tally,
    /// By rule id.
    pub rules: BTreeMap<String, Tally>,
    /// By category id.
    pub categories: BTreeMap<String, Tally>,
    /// Mentions by tier of their rule.
    pub tiers: BTreeMap<u8, Tally>,
    /// Cases by their tier.
    pub cases: BTreeMap<u8, Tally>,
    /// Records with evidence: accepted if one of their mentions is, dismissed if all are.
    pub records: Tally,
}

impl Precision {
    /// Tallies the decisions on a run.
    pub fn of(run: &PastRun, decisions: &Decisions) -> Self {
        let mut out = Self::default();
        let mut records: BTreeMap<(&str, &str), Vec<Option<Outcome>>> = BTreeMap::new();
        for (index, mention) in run.evidence.iter().enumerate() {
            let outcome = decisions.outcome(Target::Mention(index));
            let place = &mention.place;
            out.mentions.count(outcome);
            let entry = |map: &mut BTreeMap<String, Tally>, key: &String| {
                map.entry(key.clone()).or_default().count(outcome);
            };
            entry(&mut out.rules, &place.rule_id);
            entry(&mut out.categories, &place.category);
            out.tiers.entry(mention.tier).or_default().count(outcome);
            records
                .entry((&place.case_id, &place.incident_id))
                .or_default()
                .push(outcome);
        }
        for (index, case) in run.cases.iter().enumerate() {
            let outcome = decisions.outcome(Target::Case(index));
            out.cases.entry(case.tier).or_default().count(outcome);
        }
        for outcomes in records.values() {
            out.records.count(of_record(outcomes));
        }
        out
    }
}

/// A record is right if one of its mentions is, and wrong only if every one of them is.
fn of_record(outcomes: &[Option<Outcome>]) -> Option<Outcome> {
    let any = |outcome| outcomes.contains(&outcome);
    // One accepted mention would settle it, but a half-read record may only count once it is read:
    // else the right ones would be counted sooner than the wrong ones.
    if any(None) {
        None
    } else if any(Some(Outcome::Accepted)) {
        Some(Outcome::Accepted)
    } else if any(Some(Outcome::Differing)) {
        Some(Outcome::Differing)
    } else if any(Some(Outcome::Unsure)) {
        Some(Outcome::Unsure)
    } else {
        Some(Outcome::Dismissed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_wrong_only_if_all_of_it_is() {
        use Outcome::{Accepted, Differing, Dismissed, Unsure};
        let cases: [(&[Option<Outcome>], Option<Outcome>); 5] = [
            (&[Some(Dismissed), Some(Accepted)], Some(Accepted)),
            (&[Some(Dismissed), Some(Dismissed)], Some(Dismissed)),
            (&[Some(Accepted), None], None),
            (&[Some(Dismissed), Some(Unsure)], Some(Unsure)),
            (&[Some(Differing), Some(Unsure)], Some(Differing)),
        ];
        for (outcomes, expected) in cases {
            assert_eq!(of_record(outcomes), expected, "{outcomes:?}");
        }
    }
}
