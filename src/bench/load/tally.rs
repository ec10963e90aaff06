//! What was counted: replies, statuses, bytes, latencies, and what was wrong.
//!
//! Uses: hdrhistogram, http · Never: sockets, clock

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;

/// The longest latency that is told apart, in nanoseconds; a request that takes longer has timed out before.
const LONGEST: u64 = 600_000_000_000;
/// Three digits: 0.1 %.
const DIGITS: u8 = 3;

/// Errors of one sort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// How many.
    pub count: u64,
    /// The first one, with the request it came to.
    pub example: String,
}

/// What was counted in one stretch of time, for one target and scenario.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Requests that were answered right.
    pub verified: u64,
    /// Bytes received: content, and the head as HTTP/1.1 has it; frames of HTTP/2 as they come; before TLS.
    pub bytes: u64,
    /// Bytes of content among them.
    pub content_bytes: u64,
    /// Replies by status code.
    pub statuses: BTreeMap<u16, u64>,
    /// What went wrong, by what it is about.
    pub errors: BTreeMap<&'static str, Errors>,
    /// Connections that were opened.
    pub connections: u64,
    /// Requests that were made before or after the stretch: to warm up, and those under way at its end.
    pub unmeasured: u64,
    /// Latencies of all replies, in nanoseconds.
    latency: Histogram<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            verified: 0,
            bytes: 0,
            content_bytes: 0,
            statuses: BTreeMap::new(),
            errors: BTreeMap::new(),
            connections: 0,
            unmeasured: 0,
            latency: Histogram::new_with_bounds(1, LONGEST, DIGITS)
                .expect("the bounds are in order and the digits fewer than six"),
        }
    }
}

/// One reply.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Its status code.
    pub status: u16,
    /// Bytes received.
    pub bytes: u64,
    /// Bytes of content among them.
    pub content_bytes: u64,
    /// From when it was due to its last byte.
    pub latency: Duration,
}

impl Tally {
    /// Counts a reply.
    pub fn reply(&mut self, counted: Counted) {
        self.bytes += counted.bytes;
        self.content_bytes += counted.content_bytes;
        *self.statuses.entry(counted.status).or_default() += 1;
        let nanoseconds = u64::try_from(counted.latency.as_nanos()).unwrap_or(u64::MAX);
        self.latency.saturating_record(nanoseconds.max(1));
    }

    /// Counts what went wrong.
    pub fn error(&mut self, about: &'static str, example: impl FnOnce() -> String) {
        let errors = self.errors.entry(about).or_insert_with(|| Errors {
            count: 0,
            example: example(),
        });
        errors.count += 1;
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.verified += other.verified;
        self.bytes += other.bytes;
        self.content_bytes += other.content_bytes;
        self.connections += other.connections;
        self.unmeasured += other.unmeasured;
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        for (about, errors) in &other.errors {
            let mine = self.errors.entry(about).or_insert_with(|| Errors {
                count: 0,
                example: errors.example.clone(),
            });
            mine.count += errors.count;
        }
        self.latency
            .add(&other.latency)
            .unwrap_or_else(|_| unreachable!("all histograms have the same bounds"));
    }

    /// How many errors there were.
    pub fn error_count(&self) -> u64 {
        self.errors.values().map(|errors| errors.count).sum()
    }

    /// Requests that were answered, right or wrong, or failed.
    pub fn requests(&self) -> u64 {
        self.verified + self.error_count()
    }

    /// The latency that so many percent of replies did not exceed, in microseconds.
    pub fn latency_us(&self, percent: f64) -> f64 {
        microseconds(self.latency.value_at_percentile(percent))
    }

    /// Mean, standard deviation, least and most, in microseconds.
    pub fn latency_moments_us(&self) -> [f64; 4] {
        if self.latency.is_empty() {
            return [0.0; 4];
        }
        [
            self.latency.mean() / 1e3,
            self.latency.stdev() / 1e3,
            microseconds(self.latency.min()),
            microseconds(self.latency.max()),
        ]
    }

    /// Were any latencies recorded?
    pub fn has_latencies(&self) -> bool {
        !self.latency.is_empty()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a latency has far fewer than 2^52 nanoseconds"
)]
fn microseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, microseconds: u64) -> Counted {
        Counted {
            status,
            bytes: 10,
            content_bytes: 4,
            latency: Duration::from_micros(microseconds),
        }
    }

    #[test]
    fn percentiles_are_right_to_three_digits() {
        let mut tally = Tally::default();
        for latency in 1..=1000 {
            tally.reply(reply(200, latency));
        }
        for (percent, right) in [(50.0, 500.0), (90.0, 900.0), (99.9, 999.0), (100.0, 1000.0)] {
            let found = tally.latency_us(percent);
            assert!((found - right).abs() <= right / 500.0, "{percent}: {found}");
        }
        let [mean, _, least, most] = tally.latency_moments_us();
        assert!((mean - 500.5).abs() < 1.0 && least <= 1.001 && most >= 999.0);
    }

    #[test]
    fn what_two_threads_counted_adds_up() {
        let (mut one, mut other) = (Tally::default(), Tally::default());
        one.reply(reply(200, 5));
        one.verified += 1;
        other.reply(reply(304, 7));
        other.error("ETag", || "of the other".to_owned());
        other.error("ETag", || "never seen".to_owned());
        one.add(&other);
        assert_eq!((one.requests(), one.error_count(), one.bytes), (3, 2, 20));
        assert_eq!(one.statuses, BTreeMap::from([(200, 1), (304, 1)]));
        assert_eq!(one.errors["ETag"].example, "of the other");
        assert!(one.latency_us(100.0) >= 7.0);
    }

    #[test]
    fn a_latency_beyond_measure_is_the_longest() {
        let mut tally = Tally::default();
        tally.reply(Counted {
            latency: Duration::from_secs(10_000),
            ..reply(200, 0)
        });
        assert!(tally.latency_us(50.0) >= 599e6);
        assert!(
            Tally::default()
                .latency_moments_us()
                .iter()
                .all(|moment| *moment < f64::EPSILON)
        );
    }
}
