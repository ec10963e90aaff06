//! Time, reckoned: round trips and bytes on a line of a given latency and bandwidth.
//!
//! A connection costs two round trips, TCP's and that of TLS 1.3. What can be asked for at the same time costs one more, and all bytes share the line. What is
//! left out makes it faster than life: slow start, the server's time, the browser's. It is for comparing.
//!
//! Uses: nothing · Never: the clock

use std::time::Duration;

/// A line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// Bits per second.
    pub bandwidth: f64,
    /// A round trip.
    pub latency: Duration,
}

impl Default for Model {
    /// Mobile, as Lighthouse takes it: 1.6 Mbit/s, 150 ms.
    fn default() -> Self {
        Self {
            bandwidth: 1.6e6,
            latency: Duration::from_millis(150),
        }
    }
}

/// The round trips of a new connection.
pub(super) const SET_UP: u32 = 2;

impl Model {
    /// How long `round_trips` and `bytes` take.
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 bytes")]
    pub fn time(&self, round_trips: u32, bytes: u64) -> Duration {
        self.latency * round_trips + Duration::from_secs_f64(bytes as f64 * 8.0 / self.bandwidth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_round_trips_and_bytes() {
        let model = Model {
            bandwidth: 8e6,
            latency: Duration::from_millis(100),
        };
        assert_eq!(model.time(3, 1_000_000), Duration::from_millis(1300));
        assert_eq!(model.time(0, 0), Duration::ZERO);
    }
}
