//! What is asked: with or without validators, and in which order.
//!
//! A scenario is one *lane* of requests or, mixed, several with weights. The order is the same in each run: lanes take turns by their weights as
//! evenly as whole numbers allow, and within a lane every asset has its turn before any has its second.
//!
//! Uses: nothing · Never: chance, sockets, clock

use std::{fmt, ops::Range};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Without validators: the cache has nothing.
    First,
    /// With the validators of the server's own answer: the cache has it, and it is stale.
    Revalidate,
    /// The same with `Cache-Control: max-age=0`: somebody pressed reload (RFC 9111 §5.2.1.1).
    Reload,
}

/// Which requests are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    /// Every asset, without validators: visitors who were never here.
    First,
    /// Every asset, with validators: a 304 for each that has some.
    Revalidate,
    /// What a browser asks when somebody reloads: every asset that is not `immutable` (RFC 8246 §2), with validators.
    Reload,
    /// The three, by the weights of a [`Mix`].
    Mixed,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::First, Self::Revalidate, Self::Reload, Self::Mixed];

    /// Its name on the command line and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Revalidate => "revalidate",
            Self::Reload => "reload",
            Self::Mixed => "mixed",
        }
    }

    /// The scenario of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// Which requests it makes, and how often each kind has its turn.
    pub fn weights(self, mix: Mix) -> Vec<(Kind, u32)> {
        let all = match self {
            Self::First => [(Kind::First, 1), (Kind::Revalidate, 0), (Kind::Reload, 0)],
            Self::Revalidate => [(Kind::First, 0), (Kind::Revalidate, 1), (Kind::Reload, 0)],
            Self::Reload => [(Kind::First, 0), (Kind::Revalidate, 0), (Kind::Reload, 1)],
            Self::Mixed => [
                (Kind::First, mix.first),
                (Kind::Revalidate, mix.revalidate),
                (Kind::Reload, mix.reload),
            ],
        };
        all.into_iter().filter(|(_, weight)| *weight > 0).collect()
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The weights of the scenario `mixed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Requests without validators.
    pub first: u32,
    /// Requests with validators.
    pub revalidate: u32,
    /// Requests of a reload.
    pub reload: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            first: 1,
            revalidate: 4,
            reload: 0,
        }
    }
}

impl Mix {
    /// Reads `1:4` or `1:4:2`: first, revalidate, reload.
    ///
    /// # Errors
    /// A text for whoever wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no ratio: write whole numbers for first:revalidate or first:revalidate:reload, such as 1:4"
            )
        };
        let numbers: Vec<u32> = text
            .split(':')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong())?;
        let (first, revalidate, reload) = match numbers[..] {
            [first, revalidate] => (first, revalidate, 0),
            [first, revalidate, reload] => (first, revalidate, reload),
            _ => return Err(wrong()),
        };
        let mix = Self {
            first,
            revalidate,
            reload,
        };
        let sum = u64::from(first) + u64::from(revalidate) + u64::from(reload);
        if sum == 0 || sum > 1_000_000 {
            return Err(wrong());
        }
        Ok(mix)
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}:{}",
            self.first, self.revalidate, self.reload
        )
    }
}

/// A stretch of the list of requests, and how often it has its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its requests.
    pub requests: Range<usize>,
    /// How often it has its turn.
    pub weight: u32,
}

/// An endless order of requests.
#[derive(Clone, Debug)]
pub struct Sequence {
    lanes: Vec<(Lane, usize, i64)>,
}

impl Sequence {
    /// The order for one of several connections: `part` of `parts` begins that far into each lane, so that connections do not ask for the same at once.
    pub fn new(lanes: &[Lane], part: usize, parts: usize) -> Self {
        let lanes = lanes
            .iter()
            .filter(|lane| !lane.requests.is_empty())
            .map(|lane| {
                let offset = lane.requests.len() * part / parts.max(1);
                (lane.clone(), offset % lane.requests.len(), 0)
            })
            .collect();
        Self { lanes }
    }

    /// The number of the next request; nothing if there is none to make.
    pub fn advance(&mut self) -> Option<usize> {
        let total: i64 = self
            .lanes
            .iter()
            .map(|(lane, ..)| i64::from(lane.weight))
            .sum();
        // Each lane gains its weight; the richest has its turn and pays for all.
        for (lane, _, credit) in &mut self.lanes {
            *credit += i64::from(lane.weight);
        }
        let (lane, place, credit) = self
            .lanes
            .iter_mut()
            .rev()
            .max_by_key(|(_, _, credit)| *credit)?;
        *credit -= total;
        let request = lane.requests.start + *place;
        *place = (*place + 1) % lane.requests.len();
        Some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(sequence: &mut Sequence, count: usize) -> Vec<usize> {
        (0..count).filter_map(|_| sequence.advance()).collect()
    }

    #[test]
    fn every_request_has_its_turn_before_any_has_its_second() {
        let lane = Lane {
            requests: 3..6,
            weight: 7,
        };
        let mut sequence = Sequence::new(&[lane], 0, 1);
        assert_eq!(take(&mut sequence, 7), [3, 4, 5, 3, 4, 5, 3]);
    }

    #[test]
    fn lanes_take_turns_by_their_weights_and_evenly() {
        let lanes = [
            Lane {
                requests: 0..1,
                weight: 1,
            },
            Lane {
                requests: 1..2,
                weight: 4,
            },
        ];
        let taken = take(&mut Sequence::new(&lanes, 0, 1), 1000);
        assert_eq!(taken.iter().filter(|request| **request == 0).count(), 200);
        for five in taken.chunks(5) {
            assert_eq!(five.iter().filter(|request| **request == 0).count(), 1);
        }
    }

    #[test]
    fn connections_begin_apart() {
        let lane = Lane {
            requests: 0..8,
            weight: 1,
        };
        let firsts: Vec<usize> = (0..4)
            .map(|part| {
                Sequence::new(std::slice::from_ref(&lane), part, 4)
                    .advance()
                    .unwrap()
            })
            .collect();
        assert_eq!(firsts, [0, 2, 4, 6]);
    }

    #[test]
    fn nothing_to_ask_is_nothing() {
        let empty = Lane {
            requests: 2..2,
            weight: 1,
        };
        assert_eq!(Sequence::new(&[empty], 0, 1).advance(), None);
    }

    #[test]
    fn a_ratio_is_read_or_refused() {
        let mix = Mix::parse("1:9").unwrap();
        assert_eq!((mix.first, mix.revalidate, mix.reload), (1, 9, 0));
        assert_eq!(Mix::parse("0:1:2").unwrap().reload, 2);
        for wrong in [
            "",
            "1",
            "0:0",
            "a:b",
            "1:2:3:4",
            "-1:2",
            "4000000000:4000000000",
        ] {
            assert!(Mix::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scenarios_have_a_name_each() {
        for scenario in Scenario::ALL {
            assert_eq!(Scenario::parse(scenario.as_str()), Some(scenario));
        }
    }
}
