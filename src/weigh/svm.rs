//! A linear support vector machine with squared hinge loss, by dual coordinate descent (Hsieh and others,
//! "A dual coordinate descent method for large-scale linear SVM", ICML 2008, algorithm 1).

use super::model::scaled;

/// Examples as rows of features that are there or not; all of a row weigh the same.
#[derive(Debug, Default)]
pub(super) struct Rows {
    starts: Vec<u32>,
    features: Vec<u32>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, features: impl IntoIterator<Item = u32>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.features.extend(features);
        self.starts.push(self.features.len() as u32);
    }

    /// The features of a row.
    pub fn row(&self, index: usize) -> &[u32] {
        &self.features[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// What each feature of a row counts (see [`scaled`]).
    pub fn value(&self, index: usize) -> f32 {
        scaled(1.0, self.row(index).len())
    }
}

/// Weights of features, and what is added to every sum.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub weights: Vec<f32>,
    pub bias: f32,
}

impl Line {
    /// The sum of a row.
    pub fn sum(&self, rows: &Rows, index: usize) -> f32 {
        let own = rows.row(index).iter();
        let sum: f32 = own.map(|feature| self.weights[*feature as usize]).sum();
        sum * rows.value(index) + self.bias
    }
}

/// Passes over the examples; what is left to gain after so many does not change a decision.
const PASSES: usize = 20;

/// Learns to tell the rows of `examples` that are true from the others. The third of each is what an error costs there, beside
/// large weights.
pub(super) fn learn(rows: &Rows, features: usize, examples: &[(u32, bool, f32)]) -> Line {
    let mut weights = vec![0.0f32; features];
    let mut bias = 0.0f32;
    let mut alphas = vec![0.0f32; examples.len()];
    let mut order: Vec<u32> = (0..examples.len() as u32).collect();
    // The same order in every run: what is learnt must not depend on chance.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..PASSES {
        for at in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(at, (state % (at as u64 + 1)) as usize);
        }
        for index in &order {
            let (row, is_true, cost) = examples[*index as usize];
            let diagonal = 0.5 / cost;
            let sign = if is_true { 1.0 } else { -1.0 };
            let value = rows.value(row as usize);
            let own = rows.row(row as usize);
            let sum: f32 = own.iter().map(|f| weights[*f as usize]).sum();
            let gradient = sign * (sum * value + bias) - 1.0 + diagonal * alphas[*index as usize];
            let alpha = alphas[*index as usize];
            // The square of the length of a row, and 1 for the bias.
            let length = value * value * own.len() as f32 + 1.0;
            let next = (alpha - gradient / (length + diagonal)).max(0.0);
            if next != alpha {
                let step = (next - alpha) * sign;
                for feature in own {
                    weights[*feature as usize] += step * value;
                }
                bias += step;
                alphas[*index as usize] = next;
            }
        }
    }
    Line { weights, bias }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_between_two_kinds_of_rows_is_found() {
        let mut rows = Rows::default();
        // Feature 0 tells; 1 and 2 are noise.
        let examples: Vec<(u32, bool, f32)> = (0..60)
            .map(|n| {
                let is_true = n % 3 == 0;
                rows.push([1 + n % 2].into_iter().chain(is_true.then_some(0)));
                (n, is_true, 1.0)
            })
            .collect();
        let line = learn(&rows, 3, &examples);
        for (row, is_true, _) in examples {
            assert_eq!(line.sum(&rows, row as usize) > 0.0, is_true);
        }
        assert!(line.weights[0] > 1.0 && line.weights[1].abs() < line.weights[0] / 2.0);
    }
}
