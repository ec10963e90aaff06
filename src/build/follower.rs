//! A file of the site that is named like the coded form of a resource that gets edited: `site.css.gz` beside `site.css`.
//!
//! It is a URL of its own, and servers other than larder may send it whenever somebody asks for the resource. If it decodes to what the resource was, it is
//! coded anew from what the resource is: as it was, it would mix the old bytes with the new site.
//!
//! Implements RFC 9110 §8.4.1.
//!
//! Uses: plan, codings, coder, cache · Never: files

use std::io;

use bytes::Bytes;

use super::{
    cache::Cache,
    coder::Job,
    codings::{Levels, decodes_to, suffix},
};
use crate::{
    fingerprint::{Digest, FileId, Plan},
    http::ContentCoding,
    snapshot::Content,
};

/// A file that may be the coded form of an edited resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Follower {
    pub(super) file: FileId,
    pub(super) of: FileId,
    pub(super) coding: ContentCoding,
}

/// What a follower is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Followed {
    /// It was the coded form of what the resource was; this is the one of what it is.
    Recoded(Bytes),
    /// It decodes to what the resource is.
    Fits,
    /// It is something else.
    Other,
}

impl Follower {
    /// The follower that `file` is, if it is one.
    pub(super) fn find(plan: &Plan, file: FileId) -> Option<Self> {
        let path = plan.site().path(file);
        ContentCoding::ALL.into_iter().find_map(|coding| {
            let of = plan.site().find(path.strip_suffix(suffix(coding))?)?;
            plan.has_edits(of).then_some(Self { file, of, coding })
        })
    }

    /// What it is, if its own bytes are `bytes` and the resource's are `now` and were `before`.
    ///
    /// # Errors
    /// When the new bytes cannot be coded.
    pub(super) fn follow(
        self,
        bytes: &[u8],
        before: &[u8],
        (now, digest): (&Bytes, Digest),
        levels: Levels,
        cache: Option<&Cache>,
    ) -> io::Result<Followed> {
        if !decodes_to(self.coding, bytes, before) {
            return Ok(if decodes_to(self.coding, bytes, now) {
                Followed::Fits
            } else {
                Followed::Other
            });
        }
        let content = (Content::Held(now.clone()), digest);
        let job = Job::held(content, self.coding, levels, None);
        Ok(Followed::Recoded(
            match job.run(cache).map(|coded| coded.content) {
                Some(Content::Held(bytes)) => bytes,
                // It does not pay, and yet is what its name says.
                _ => levels.encode(self.coding, now)?.into(),
            },
        ))
    }
}
