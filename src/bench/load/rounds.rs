//! Rounds: several targets take turns, so that a noisy machine falls on all alike, and are compared round by round.
//!
//! Uses: nothing · Never: sockets, clock

/// The order of targets in one round: there and back, so that none is always first.
pub fn order(targets: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..targets).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

/// Several measurements of one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// The spread of `values`; nothing if there are none. What is not finite does not count.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values
            .into_iter()
            .filter(|value| value.is_finite())
            .collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = match values.len() {
            0 => return None,
            odd if odd % 2 == 1 => values[middle],
            _ => f64::midpoint(values[middle - 1], values[middle]),
        };
        Some(Self {
            median,
            least: values[0],
            most: values[values.len() - 1],
        })
    }

    /// How `one` compares with `other`, round by round. A round in which either has nothing to show does not count.
    pub fn of_ratios(one: &[f64], other: &[f64]) -> Option<Self> {
        let pairs = one.iter().zip(other);
        let both = pairs.filter(|(one, other)| **one > 0.0 && **other > 0.0);
        Self::of(both.map(|(one, other)| one / other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_always_first() {
        assert_eq!(order(3, 0), [0, 1, 2]);
        assert_eq!(order(3, 1), [2, 1, 0]);
        assert_eq!(order(3, 2), order(3, 0));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        // The machine is half as fast in the second round: the ratio does not show it.
        let ratio = Spread::of_ratios(&[100.0, 50.0, 120.0], &[50.0, 25.0, 40.0]).unwrap();
        assert_eq!(
            ratio,
            Spread {
                median: 2.0,
                least: 2.0,
                most: 3.0
            }
        );
    }

    #[test]
    fn a_round_without_a_rate_does_not_count() {
        assert_eq!(Spread::of([f64::NAN, f64::INFINITY]), None);
        let spread = Spread::of([1.0, f64::NAN, 4.0]).unwrap();
        assert!((spread.median - 2.5).abs() < f64::EPSILON);
        let ratio = Spread::of_ratios(&[0.0, 3.0, 2.0], &[1.0, 1.0, 0.0]).unwrap();
        assert!(
            (ratio.least - 3.0).abs() < f64::EPSILON && ratio.least.total_cmp(&ratio.most).is_eq()
        );
    }
}
