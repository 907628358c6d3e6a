//! From a sample that was read to what was missed.

use crate::evaluate::wilson;

/// Records to read so that a share guessed at `rate` is known to ± `margin` with 95% confidence, of
/// `all` records (normal approximation with the correction for a finite number; Cochran 1977, 4.3).
///
/// ```
/// use throughline::sample::how_many;
/// assert_eq!(how_many(0.5, 0.05, 1_000_000_000), 385);
/// assert_eq!(how_many(0.5, 0.05, 1_000), 278);
/// assert_eq!(how_many(0.05, 0.03, 100), 68);
/// ```
pub fn how_many(rate: f64, margin: f64, all: u64) -> u64 {
    const Z: f64 = 1.959_963_984_540_054;
    if all == 0 {
        return 0;
    }
    let endless = Z * Z * rate * (1.0 - rate) / (margin * margin);
    let n = endless / (1.0 + (endless - 1.0).max(0.0) / all as f64);
    (n.ceil() as u64).clamp(1, all)
}

/// What a sample of unflagged records tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Unflagged records with text, from which the sample was drawn.
    pub unflagged: u64,
    /// Records of the sample that were read and decided.
    pub read: u64,
    /// Those of them in which something should have been found.
    pub missed: u64,
}

/// A figure with the ends of its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// The share of unflagged records that hold something, with its Wilson interval.
    pub fn share(self) -> Option<Figure> {
        let (low, high) = wilson(self.missed, self.read)?;
        Some(Figure {
            value: self.missed as f64 / self.read as f64,
            low,
            high,
        })
    }

    /// How many records were missed: the share of all unflagged ones, never fewer than were found nor
    /// more than are left when those read and found clear are taken away.
    pub fn missed_records(self) -> Option<Figure> {
        let share = self.share()?;
        let all = self.unflagged as f64;
        let most = self.unflagged.saturating_sub(self.read - self.missed) as f64;
        let within = |n: f64| n.clamp(self.missed as f64, most.max(self.missed as f64));
        Some(Figure {
            value: within(share.value * all),
            low: within(share.low * all),
            high: within(share.high * all),
        })
    }

    /// Recall by record: rightly flagged records of all that should be flagged.
    ///
    /// `right` are the flagged records that are right. The ends put the less favourable ends of both
    /// together, so the interval is wider than 95% asks for, never narrower.
    pub fn recall(self, right: Figure) -> Option<Figure> {
        let missed = self.missed_records()?;
        let recall = |right: f64, missed: f64| {
            if right + missed > 0.0 {
                right / (right + missed)
            } else {
                1.0
            }
        };
        (right.high > 0.0 || missed.high > 0.0).then(|| Figure {
            value: recall(right.value, missed.value),
            low: recall(right.low, missed.high),
            high: recall(right.high, missed.low),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!(
            (value - expected).abs() < 5e-4 * expected.abs().max(1.0),
            "{value} and not {expected}"
        );
    }

    #[test]
    fn recall_worked_by_hand() {
        // 4 of 100 read, of 2,000 unflagged. Wilson: centre (4 + 1.92073) / 103.84146 = 0.057017,
        // spread 1.95996·√(4·96/100 + 0.96036) / 103.84146 = 0.041352: 0.015665 to 0.098369.
        let e = Estimate {
            unflagged: 2000,
            read: 100,
            missed: 4,
        };
        let missed = e.missed_records().expect("read");
        near(missed.value, 80.0);
        near(missed.low, 31.33);
        near(missed.high, 196.74);
        // 300 flagged, of which 240 right (0.7 to 0.9 of them): 240/320, 210/406.74, 270/301.33.
        let right = Figure {
            value: 240.0,
            low: 210.0,
            high: 270.0,
        };
        let recall = e.recall(right).expect("read");
        near(recall.value, 0.75);
        near(recall.low, 0.5163);
        near(recall.high, 0.8960);
    }

    #[test]
    fn when_everything_was_read_nothing_is_left_to_guess() {
        let e = Estimate {
            unflagged: 10,
            read: 10,
            missed: 3,
        };
        let missed = e.missed_records().expect("read");
        assert_eq!((missed.value, missed.low, missed.high), (3.0, 3.0, 3.0));
        let none = Estimate {
            unflagged: 10,
            read: 0,
            missed: 0,
        };
        assert_eq!(none.missed_records(), None);
    }
}
