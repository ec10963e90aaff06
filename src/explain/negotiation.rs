//! Which representation was selected, and what was said for and against the others.
//!
//! Uses: http, snapshot · Never: selecting

use super::{Offer, Representation, trail::Trail};
use crate::{
    http::{ContentCoding, FieldSource, Fields, accept_encoding::Weights, names},
    snapshot,
};

/// What there was to choose from, if a resource was found.
pub(super) fn of(trail: &Trail<'_>, request: &Fields) -> Option<Representation> {
    let resource = trail.resource?;
    let asks = request.has_field(names::ACCEPT_ENCODING);
    let weights = Weights::read(request.lines(names::ACCEPT_ENCODING));
    let chosen = trail.selected.map(|selected| selected.coding);
    let liked: Vec<u16> = resource
        .codings()
        .map(|coding| weights.of(coding))
        .collect();
    let best = liked.iter().copied().max().unwrap_or(0);
    let is_alone_best = liked.iter().filter(|weight| **weight == best).count() == 1;
    let offer = |representation: &snapshot::Representation| {
        let coding = representation.coding;
        let weight = match coding {
            Some(coding) => weights.said_of(coding),
            None => weights.of_identity(),
        };
        let is_chosen = chosen == Some(coding);
        let because = match coding {
            Some(_) if is_chosen && is_alone_best => "chosen: liked best".to_owned(),
            Some(_) if is_chosen => "chosen: liked best, and the server's favourite".to_owned(),
            Some(coding) => against(coding, weights.of(coding), best, asks),
            None if is_chosen => why_identity(best, weight, asks, resource.coded.is_empty()),
            None if weight == Some(0) => "refused".to_owned(),
            None => "a coding was asked for, and is there".to_owned(),
        };
        Offer {
            coding: coding.map_or("identity", ContentCoding::as_str).to_owned(),
            bytes: representation.content.length(),
            weight,
            acceptable: coding.is_none_or(|coding| weights.of(coding) > 0) && weight != Some(0),
            chosen: is_chosen,
            because,
        }
    };
    let coded = resource.coded.iter();
    Some(Representation {
        media_type: resource.media_type.field_value().to_string(),
        coding: chosen
            .flatten()
            .map(|coding| coding.as_str().to_owned())
            .or(chosen.map(|_| "identity".to_owned())),
        offers: coded
            .chain(std::iter::once(&resource.identity))
            .map(offer)
            .collect(),
    })
}

fn against(coding: ContentCoding, weight: u16, best: u16, asks: bool) -> String {
    match weight {
        _ if !asks => "not asked for: there is no Accept-Encoding".to_owned(),
        0 => format!("the request does not take {coding}"),
        weight if weight < best => "another is liked better".to_owned(),
        _ => "liked as much, but not the server's favourite".to_owned(),
    }
}

fn why_identity(best: u16, weight: Option<u16>, asks: bool, is_alone: bool) -> String {
    let text = match weight {
        _ if is_alone => "chosen: there is no other (it would save nothing, or is not made yet)",
        _ if !asks => "chosen: without Accept-Encoding, content goes as it is",
        Some(weight) if weight > best => "chosen: liked best",
        _ => "chosen: no coding that there is is acceptable",
    };
    text.to_owned()
}
