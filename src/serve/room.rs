//! How many connections there are, in all and for each client, and whether there is room for one more.
//!
//! A connection for which there is no room is not left to wait: it gets a place among a few whose only answer is 503. Where even those are taken it is
//! closed, which costs less than an answer does.
//!
//! Uses: std · Never: sockets, requests

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::limits::Limits;

/// How many connections may be refused politely at a time.
pub(super) const REFUSALS: usize = 512;

/// The connections of a server.
#[derive(Debug)]
pub(super) struct Room {
    limit: usize,
    limit_per_client: usize,
    limits_loopback: bool,
    open: AtomicUsize,
    refusing: AtomicUsize,
    clients: Mutex<HashMap<Client, usize>>,
}

/// Whom connections are counted for: an IPv4 address, or what one customer gets of IPv6, a /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    V4(u32),
    V6(u64),
}

impl Client {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// Why there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Too many connections.
    Full,
    /// Too many of this client's.
    Client,
}

/// What an arriving connection gets.
#[derive(Debug)]
pub(super) enum Admission {
    /// A place.
    Place(Place),
    /// A place to be refused at.
    Refused(Place, Refusal),
    /// Nothing.
    Closed(Refusal),
}

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.max_connections,
            limit_per_client: limits.max_connections_per_client,
            limits_loopback: limits.limits_loopback,
            open: AtomicUsize::new(0),
            refusing: AtomicUsize::new(0),
            clients: Mutex::default(),
        }
    }

    /// How many connections may be open, those that are being refused included.
    pub(super) fn capacity(&self) -> usize {
        self.limit + REFUSALS
    }

    /// How many are open, without those that are being refused.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Looks for a place for a connection from `address`.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Admission {
        let client = (self.limits_loopback || !address.to_canonical().is_loopback())
            .then(|| Client::of(address));
        let refusal = if self.open.fetch_add(1, Ordering::Relaxed) >= self.limit {
            Refusal::Full
        } else if client.is_none_or(|client| self.count(client)) {
            return Admission::Place(Place {
                room: Arc::clone(self),
                kind: Kind::Open(client),
            });
        } else {
            Refusal::Client
        };
        self.open.fetch_sub(1, Ordering::Relaxed);
        if self.refusing.fetch_add(1, Ordering::Relaxed) >= REFUSALS {
            self.refusing.fetch_sub(1, Ordering::Relaxed);
            return Admission::Closed(refusal);
        }
        let place = Place {
            room: Arc::clone(self),
            kind: Kind::Refusing,
        };
        Admission::Refused(place, refusal)
    }

    /// Counts one more of `client`, if it may have it.
    fn count(&self, client: Client) -> bool {
        let mut clients = self.clients();
        let count = clients.entry(client).or_insert(0);
        let has_room = *count < self.limit_per_client;
        *count += usize::from(has_room);
        has_room
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    room: Arc<Room>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Open(Option<Client>),
    Refusing,
}

impl Drop for Place {
    fn drop(&mut self) {
        match self.kind {
            Kind::Refusing => drop(self.room.refusing.fetch_sub(1, Ordering::Relaxed)),
            Kind::Open(client) => {
                self.room.open.fetch_sub(1, Ordering::Relaxed);
                let Some(client) = client else { return };
                let mut clients = self.room.clients();
                if let Some(count) = clients.get_mut(&client) {
                    *count -= 1;
                    // One entry for each client that is here now, not for each that ever was.
                    if *count == 0 {
                        clients.remove(&client);
                    }
                }
            }
        }
    }
}

/// The address of a connection whose peer is not known any more: it counts for nobody.
pub(super) const NOBODY: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

#[cfg(test)]
mod tests {
    use super::*;

    fn room(limit: usize, limit_per_client: usize) -> Arc<Room> {
        Arc::new(Room::new(&Limits {
            max_connections: limit,
            max_connections_per_client: limit_per_client,
            ..Limits::default()
        }))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn is_welcome(admission: &Admission) -> bool {
        matches!(admission, Admission::Place(_))
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let room = room(1, 1);
        let first = room.admit(address("192.0.2.1"));
        assert!(is_welcome(&first) && room.open() == 1);
        let second = room.admit(address("192.0.2.2"));
        assert!(matches!(second, Admission::Refused(_, Refusal::Full)));
        drop(first);
        assert!(is_welcome(&room.admit(address("192.0.2.2"))));
        assert!(room.open() == 0 && room.clients().is_empty());
    }

    #[test]
    fn one_client_does_not_take_the_room_of_others() {
        let room = room(10, 2);
        let held: Vec<_> = (0..2).map(|_| room.admit(address("192.0.2.1"))).collect();
        assert!(held.iter().all(is_welcome));
        let third = room.admit(address("::ffff:192.0.2.1"));
        assert!(matches!(third, Admission::Refused(_, Refusal::Client)));
        assert!(is_welcome(&room.admit(address("192.0.2.2"))));
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one_client() {
        let room = room(10, 1);
        let _held = room.admit(address("2001:db8:0:1::1"));
        let neighbour = room.admit(address("2001:db8:0:1:ffff::2"));
        assert!(matches!(neighbour, Admission::Refused(_, Refusal::Client)));
        assert!(is_welcome(&room.admit(address("2001:db8:0:2::1"))));
    }

    #[test]
    fn this_machine_is_no_single_client() {
        let room = room(3, 1);
        let held: Vec<_> = (0..3).map(|_| room.admit(address("127.0.0.1"))).collect();
        assert!(held.iter().all(is_welcome));
    }

    #[test]
    fn refusals_are_bounded_too() {
        let room = room(1, 1);
        let held: Vec<_> = (0..=REFUSALS)
            .map(|_| room.admit(address("192.0.2.1")))
            .collect();
        assert!(matches!(held[REFUSALS], Admission::Refused(..)));
        let beyond = room.admit(address("192.0.2.1"));
        assert!(matches!(beyond, Admission::Closed(Refusal::Full)));
    }
}
