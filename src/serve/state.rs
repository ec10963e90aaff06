//! The snapshot that is being served, with its fields in the server's own types.
//!
//! Uses: snapshot, http 1, actix's header types, arc-swap · Never: policy, files

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_LENGTH, DATE, ETAG},
};
use actix_http::header as actix;
use arc_swap::{ArcSwap, Guard};

use super::{direct::write_line, explained::Explain, sealed::Sealed};
use crate::{
    http::{FieldValue, Fields},
    snapshot::{Generation, HeadId, Snapshot},
};

/// One field section, in the forms that replies are made of.
#[derive(Debug)]
pub(super) struct Head {
    /// One by one, for actix.
    pub(super) lines: Vec<(actix::HeaderName, actix::HeaderValue)>,
    /// As h2 wants it, to be cloned: two allocations, and no field is hashed again. What each reply adds has its place already, or the first
    /// addition would move all of them.
    pub(super) map: HeaderMap,
    /// As HTTP/1.1 writes it.
    pub(super) written: Box<[u8]>,
}

/// What each reply adds to its section.
const ADDED: [HeaderName; 3] = [ETAG, CONTENT_LENGTH, DATE];

impl Head {
    pub(super) fn new(fields: &Fields) -> Self {
        let own: Vec<_> = fields
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_str().as_bytes())
                    .expect("a FieldName is a token");
                (name, field_value(value))
            })
            .collect();
        let mut written = Vec::new();
        for (name, value) in &own {
            write_line(&mut written, name, value.as_bytes());
        }
        let of_actix = |(name, value): &(_, _)| (actix_name(name), actix_value(value));
        let lines = own.iter().map(of_actix).collect();
        let places = ADDED.map(|name| (name, HeaderValue::from_static("")));
        Self {
            lines,
            map: places.into_iter().chain(own).collect(),
            written: written.into_boxed_slice(),
        }
    }
}

/// A snapshot and its field sections, converted once.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) snapshot: Arc<Snapshot>,
    heads: Vec<Head>,
    pub(super) explain: Option<Explain>,
    /// Its long content, as far as it was asked for over plain TCP.
    pub(super) sealed: Sealed,
}

impl Published {
    fn new(snapshot: Arc<Snapshot>, explain: Option<Explain>) -> Self {
        let heads = snapshot.heads().all().iter().map(Head::new).collect();
        let sealed = Sealed::within(snapshot.policy().server.memory_budget);
        Self {
            snapshot,
            heads,
            explain,
            sealed,
        }
    }

    pub(super) fn head(&self, id: HeadId) -> &Head {
        &self.heads[id.index()]
    }
}

/// A field name as actix has it, whose types are those of an older `http`.
///
/// # Panics
/// Never: both take tokens.
pub(super) fn actix_name(name: &HeaderName) -> actix::HeaderName {
    actix::HeaderName::from_bytes(name.as_str().as_bytes()).expect("both take tokens")
}

/// The same for a field value.
///
/// # Panics
/// Never: both take the same bytes.
pub(super) fn actix_value(value: &HeaderValue) -> actix::HeaderValue {
    actix::HeaderValue::from_bytes(value.as_bytes()).expect("both take the same bytes")
}

/// A field value, as the server's own.
///
/// # Panics
/// Never: one has what the other takes.
pub fn field_value(value: &FieldValue) -> HeaderValue {
    HeaderValue::from_str(value.as_str()).expect("a FieldValue is visible ASCII")
}

/// What is being served now: replaced whole, read without a lock.
#[derive(Debug)]
pub struct Current {
    now: ArcSwap<Published>,
    /// What was served before, as far as a reply that began with it, or anybody else, still has it.
    before: Mutex<Vec<Weak<Snapshot>>>,
}

impl Current {
    /// Serves `snapshot` first.
    pub fn new(snapshot: impl Into<Arc<Snapshot>>) -> Self {
        Self {
            now: ArcSwap::from_pointee(Published::new(snapshot.into(), None)),
            before: Mutex::default(),
        }
    }

    /// The same, explaining its answers to whoever sits at the machine and asks for it.
    #[must_use]
    pub fn explaining(self, explain: Explain) -> Self {
        let snapshot = Arc::clone(&self.load().snapshot);
        let published = Published::new(snapshot, Some(explain));
        self.now.store(Arc::new(published));
        self
    }

    /// Serves `snapshot` from now on. Replies that have begun end with the one they began with.
    pub fn publish(&self, snapshot: impl Into<Arc<Snapshot>>) {
        let explain = self.load().explain;
        let published = Published::new(snapshot.into(), explain);
        let before = self.now.swap(Arc::new(published));
        self.before().push(Arc::downgrade(&before.snapshot));
    }

    /// How many snapshots are in memory: the one that is served, and those before it that replies in flight have begun with.
    pub(super) fn held(&self) -> usize {
        1 + self.before().len()
    }

    /// Those before it that are in memory.
    fn before(&self) -> MutexGuard<'_, Vec<Weak<Snapshot>>> {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        before.retain(|earlier| earlier.strong_count() > 0);
        before
    }

    /// Which generation is served.
    pub(super) fn generation(&self) -> Generation {
        self.load().snapshot.generation()
    }

    /// How many resources it has.
    pub(super) fn resources(&self) -> usize {
        self.load().snapshot.resources().len()
    }

    pub(super) fn load(&self) -> Guard<Arc<Published>> {
        self.now.load()
    }
}
