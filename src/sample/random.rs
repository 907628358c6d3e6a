//! The random numbers of a sample: the same for a seed on every machine, for ever.
//!
//! SplitMix64 (Steele, Lea and Flood 2014), a dozen lines that can be checked against published
//! values. A crate's generator may change from version to version, and a sample with it.

/// A seeded generator.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound` − 1, each as likely as the others: draws beyond the last full
    /// round of `bound` are drawn again.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "nothing to draw from");
        let rounds = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.bits();
            if drawn < rounds {
                return drawn % bound;
            }
        }
    }
}

/// `n` of the numbers from 0 to `all` − 1 in the order drawn, none twice (Fisher and Yates). A smaller
/// sample of the same seed is the beginning of a larger one.
pub fn draw(all: usize, n: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut numbers: Vec<usize> = (0..all).collect();
    let n = n.min(all);
    for at in 0..n {
        let step = random.below((all - at) as u64);
        let other = at + usize::try_from(step).expect("below a usize");
        numbers.swap(at, other);
    }
    numbers.truncate(n);
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_values_come_out() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..5).map(|_| random.bits()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn a_smaller_sample_begins_a_larger_one() {
        let large = draw(1000, 100, 7);
        assert_eq!(draw(1000, 30, 7), large[..30]);
        assert_ne!(draw(1000, 30, 8), large[..30]);
        let mut sorted = large;
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 100);
        let mut all = draw(10, 99, 1);
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        assert!(draw(0, 5, 1).is_empty());
    }

    #[test]
    fn every_number_is_drawn_as_often_as_any_other() {
        // Each of 20 is in a sample of 5 with probability 1/4: 1,000 of 4,000, with a standard
        // deviation of 27.4; five of them either way.
        let mut times = [0; 20];
        for seed in 0..4000 {
            for number in draw(20, 5, seed) {
                times[number] += 1;
            }
        }
        assert!(times.iter().all(|n| (863..=1137).contains(n)), "{times:?}");
    }
}
