//! Proactive negotiation: which representation of a resource a request selects.
//!
//! Implements RFC 9110 §12.1, §12.5.3.
//!
//! Uses: http, snapshot · Never: content

use crate::{
    http::{Coding, ContentCoding, FieldSource, accept_encoding::preferred, names},
    snapshot::{Representation, Resource},
};

/// The representation that was selected, or that none is acceptable.
pub(super) enum Selected<'s> {
    Representation(&'s Representation),
    /// The client refuses identity and every coding that there is.
    NotAcceptable,
}

/// The representation of `resource` that `fields` select.
pub(super) fn select<'s>(resource: &'s Resource, fields: &impl FieldSource) -> Selected<'s> {
    let mut available = [ContentCoding::Gzip; ContentCoding::ALL.len()];
    let mut count = 0;
    for (place, coding) in available.iter_mut().zip(resource.codings()) {
        *place = coding;
        count += 1;
    }
    match preferred(fields.lines(names::ACCEPT_ENCODING), &available[..count]) {
        Coding::Identity => Selected::Representation(&resource.identity),
        Coding::Coded(coding) => Selected::Representation(
            resource
                .coded
                .iter()
                .find(|representation| representation.coding == Some(coding))
                .unwrap_or(&resource.identity),
        ),
        Coding::NotAcceptable => Selected::NotAcceptable,
    }
}
