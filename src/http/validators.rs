//! The validators of one representation: what a conditional request is compared with.
//!
//! Both belong to the selected representation, not to the resource: another content
//! coding of the same content has an entity tag of its own.
//!
//! RFC 9110 §8.8.
//!
//! Uses: `entity_tag`, `http_date` · Never: where they come from.

use super::{EntityTag, HttpDate};

/// What is known about the current representation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// RFC 9110 §8.8.3.
    pub entity_tag: Option<EntityTag>,
    /// RFC 9110 §8.8.2.
    pub last_modified: Option<HttpDate>,
}

impl Validators {
    /// No validators: every conditional request is answered as if the condition could not hold.
    pub const NONE: Self = Self {
        entity_tag: None,
        last_modified: None,
    };

    /// An entity tag alone.
    pub const fn tagged(entity_tag: EntityTag) -> Self {
        Self {
            entity_tag: Some(entity_tag),
            last_modified: None,
        }
    }
}
