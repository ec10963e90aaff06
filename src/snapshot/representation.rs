//! Resources and their representations: what a request may select.
//!
//! Everything a reply needs was decided when the snapshot was assembled: content, media type, validators, the fields of the 200 and those of the
//! 304 derived from it, and the reason of each field.
//!
//! Implements RFC 9110 §3.2 (representations), §8.4.1 (content codings), §8.8.3 (entity tags).
//!
//! Uses: http, policy (its vocabulary) · Never: files, decisions at request time

use std::sync::Arc;

use super::{content::Content, head::HeadId};
use crate::{
    fingerprint::Digest,
    http::{ContentCoding, EntityTag, MediaType, Validators},
    policy::Kind,
};

/// The place of a resource in its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(pub(super) u32);

/// The place of a decision, with its reasons, in its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DecisionId(pub(super) u32);

/// One thing that a site serves: its identity representation and those in a content coding.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its own path, whatever URL it is served under.
    pub path: Arc<str>,
    /// What policy takes it for.
    pub kind: Kind,
    /// Its media type.
    pub media_type: MediaType,
    /// Why its fields are what they are.
    pub decision: DecisionId,
    /// SHA-256 of the identity content.
    pub digest: Digest,
    /// Without content coding; always there.
    pub identity: Representation,
    /// In content codings, the server's favourite first.
    pub coded: Vec<Representation>,
}

impl Resource {
    /// This resource's share in the mark of its snapshot.
    pub(super) fn mark(&self) -> Mark {
        let tag = self.identity.validators.entity_tag.as_ref();
        let tag = tag.map_or("", EntityTag::as_str);
        let digest = Digest::of_parts(
            "larder snapshot mark 1",
            &[self.path.as_bytes(), tag.as_bytes()],
        );
        let mut first = [0; 16];
        first.copy_from_slice(&digest.as_bytes()[..16]);
        Mark(u128::from_be_bytes(first))
    }

    /// The content codings it is there in, the server's favourite first.
    pub fn codings(&self) -> impl Iterator<Item = ContentCoding> + '_ {
        self.coded
            .iter()
            .filter_map(|representation| representation.coding)
    }
}

/// One representation: content and all that is said about it.
#[derive(Clone, Debug)]
pub struct Representation {
    /// Its content coding; `None` is identity.
    pub coding: Option<ContentCoding>,
    /// Its bytes.
    pub content: Content,
    /// What conditional requests are compared with.
    pub validators: Validators,
    /// The fields of its 200, without `ETag`.
    pub complete: HeadId,
    /// The fields of its 304, without `ETag`: those of the 200 less what describes content that is not sent (RFC 9110 §15.4.5).
    pub not_modified: HeadId,
}

/// The strong entity tag of `content_digest` sent as `media_type` in `coding` (RFC 9110 §8.8.3).
///
/// The media type is part of it, so that a corrected `Content-Type` reaches those who hold the wrong one: a 304 would keep it alive. The digest is
/// that of the coded bytes, so that two codings never share a tag.
pub fn entity_tag(
    content_digest: &Digest,
    media_type: &MediaType,
    coding: Option<ContentCoding>,
) -> EntityTag {
    let coding = coding.map_or("identity", ContentCoding::as_str);
    let digest = Digest::of_parts(
        "larder entity tag 1",
        &[
            content_digest.as_bytes(),
            media_type.field_value().as_bytes(),
            coding.as_bytes(),
        ],
    );
    EntityTag::strong(&digest.short(32))
        .unwrap_or_else(|_| unreachable!("hexadecimal digits are allowed in an entity tag"))
}

/// What tells the content of one snapshot from that of another: a sum over its resources, so that one that changes is taken out and put back in
/// without looking at the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mark(u128);

impl Mark {
    pub(super) fn with(self, share: Self) -> Self {
        Self(self.0.wrapping_add(share.0))
    }

    pub(super) fn without(self, share: Self) -> Self {
        Self(self.0.wrapping_sub(share.0))
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}
