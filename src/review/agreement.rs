//! How far two reviewers agree beyond chance: Cohen's kappa (Cohen 1960).

use super::{Decisions, Target, Verdict};

/// The agreement of two reviewers on what both decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// One reviewer.
    pub first: String,
    /// The other.
    pub second: String,
    /// `mention` or `case`.
    pub unit: &'static str,
    /// How often the first said one thing and the second another, in the order of [`Verdict::ALL`].
    pub counts: [[u64; 3]; 3],
}

impl Agreement {
    /// Mentions or cases that both decided.
    pub fn n(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// On how many they said the same.
    pub fn same(&self) -> u64 {
        (0..3).map(|i| self.counts[i][i]).sum()
    }

    /// The share of agreement to expect of two who decide as often each way but know nothing.
    pub fn by_chance(&self) -> Option<f64> {
        let n = self.n();
        (n > 0).then(|| {
            let sum = |i: usize| -> f64 {
                let first: u64 = self.counts[i].iter().sum();
                let second: u64 = self.counts.iter().map(|row| row[i]).sum();
                first as f64 * second as f64
            };
            (0..3).map(sum).sum::<f64>() / (n as f64 * n as f64)
        })
    }

    /// Cohen's kappa; `None` where it has no meaning because nothing was decided by both, or both
    /// gave one and the same answer throughout.
    pub fn kappa(&self) -> Option<f64> {
        let chance = self.by_chance()?;
        let same = self.same() as f64 / self.n() as f64;
        (chance < 1.0).then(|| (same - chance) / (1.0 - chance))
    }

    /// The 95% interval of kappa by its large-sample error (Cohen 1960, formula 7), cut to −1…1.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (chance, kappa) = (self.by_chance()?, self.kappa()?);
        let same = self.same() as f64 / self.n() as f64;
        let error = (same * (1.0 - same) / (self.n() as f64 * (1.0 - chance).powi(2))).sqrt();
        let spread = 1.959_963_984_540_054 * error;
        Some(((kappa - spread).max(-1.0), (kappa + spread).min(1.0)))
    }
}

/// The agreement of each two reviewers, on mentions and on cases, where both decided any.
pub fn agreements(decisions: &Decisions) -> Vec<Agreement> {
    let reviewers: Vec<&str> = decisions.reviewers().into_iter().collect();
    let mut out = Vec::new();
    for unit in ["mention", "case"] {
        for (at, first) in reviewers.iter().enumerate() {
            for second in &reviewers[at + 1..] {
                let mut counts = [[0; 3]; 3];
                for (target, by) in &decisions.by_target {
                    let fits = matches!(target, Target::Case(_)) == (unit == "case");
                    if let (true, Some(a), Some(b)) = (fits, by.get(*first), by.get(*second)) {
                        counts[index(a.verdict)][index(b.verdict)] += 1;
                    }
                }
                let agreement = Agreement {
                    first: (*first).to_owned(),
                    second: (*second).to_owned(),
                    unit,
                    counts,
                };
                if agreement.n() > 0 {
                    out.push(agreement);
                }
            }
        }
    }
    out
}

fn index(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Accept => 0,
        Verdict::Dismiss => 1,
        Verdict::Unsure => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(counts: [[u64; 3]; 3]) -> Agreement {
        Agreement {
            first: "a".into(),
            second: "b".into(),
            unit: "mention",
            counts,
        }
    }

    fn near(value: Option<f64>, expected: f64) {
        let value = value.expect("it has a value");
        assert!(
            (value - expected).abs() < 5e-5,
            "{value} and not {expected}"
        );
    }

    #[test]
    fn kappa_worked_by_hand() {
        // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 35/50 = 0.7; by chance
        // (25·30 + 25·20) / 50² = 0.5; kappa = 0.2 / 0.5 = 0.4.
        let a = agreement([[20, 5, 0], [10, 15, 0], [0, 0, 0]]);
        near(a.by_chance(), 0.5);
        near(a.kappa(), 0.4);
        // Error: √(0.7·0.3 / (50·0.25)) = √0.0168 = 0.129615; times 1.96: 0.25404.
        let (low, high) = a.interval().expect("it has one");
        near(Some(low), 0.14596);
        near(Some(high), 0.65404);
    }

    #[test]
    fn kappa_of_three_answers() {
        // Margins 5, 3, 2 and 4, 4, 2; the same on 4 + 2 + 1 = 7 of 10; by chance
        // (20 + 12 + 4) / 100 = 0.36; kappa = 0.34 / 0.64 = 0.53125.
        let a = agreement([[4, 1, 0], [0, 2, 1], [0, 1, 1]]);
        near(a.kappa(), 0.53125);
    }

    #[test]
    fn kappa_below_chance_and_without_meaning() {
        // All apart: chance (5·5 + 5·5) / 100 = 0.5; kappa = −1.
        near(agreement([[0, 5, 0], [5, 0, 0], [0; 3]]).kappa(), -1.0);
        assert_eq!(agreement([[7, 0, 0], [0; 3], [0; 3]]).kappa(), None);
        assert_eq!(agreement([[0; 3]; 3]).kappa(), None);
    }
}
