//! The reason of each field, what lost, and which rules missed.
//!
//! What policy sets has its reason in the decision that was made when the snapshot was; what belongs to the representation or the message is
//! larder's own.
//!
//! Uses: origin, snapshot, policy, http · Never: deciding

use super::{Because, By, Explained, Lost, LostBy, Miss, hsts, trail::Trail};
use crate::{
    http::{Fields, names},
    origin::Reply,
    policy::{Decision, Facts, Kind, Outcome, Reason, RepresentationKind, Source, Subject},
    snapshot::{SentBy, Snapshot},
};

/// All that is told about fields.
pub(super) struct Told {
    pub(super) fields: Vec<Explained>,
    pub(super) lost: Vec<Lost>,
    pub(super) misses: Vec<Miss>,
}

pub(super) fn reasons(
    snapshot: &Snapshot,
    trail: &Trail<'_>,
    reply: &Reply<'_>,
    answered: &Fields,
) -> Told {
    let decision = decision(snapshot, trail);
    let lines = answered.iter();
    let fields = lines
        .map(|(name, value)| {
            let reason = decision
                .and_then(|decision| decision.reason_for(name))
                .filter(|reason| reason.value == *value);
            Explained {
                name: name.to_string(),
                value: value.to_string(),
                because: match reason {
                    Some(reason) => because(reason),
                    None => hsts::because(snapshot, name, value)
                        .unwrap_or_else(|| own(trail, name.as_str())),
                },
            }
        })
        .collect();
    Told {
        fields,
        lost: decision.map(lost).unwrap_or_default(),
        misses: misses(snapshot, trail, reply.status),
    }
}

/// The decision that the fields of the answer are from.
fn decision<'s>(snapshot: &'s Snapshot, trail: &Trail<'s>) -> Option<&'s Decision> {
    let failed = trail.failed.map(|error| snapshot.error(error).decision);
    let of_resource = trail.resource.map(|resource| resource.decision);
    let id = failed.or(trail.decision).or(of_resource)?;
    Some(snapshot.decision(id))
}

fn because(reason: &Reason) -> Because {
    let (by, rule) = match &reason.source {
        Source::BuiltIn => (By::Larder, None),
        Source::Default(key) if reason.location.is_some() => (By::Key, Some((*key).to_owned())),
        Source::Default(key) => (By::Default, Some((*key).to_owned())),
        Source::Rule(_, name) => (By::Rule, Some(name.to_string())),
    };
    let text = match (&rule, by) {
        (Some(name), By::Rule) => format!("rule \"{name}\""),
        (Some(key), By::Default) => format!("{key}, by default"),
        (Some(key), _) => key.clone(),
        (None, _) if reason.field.matches(names::CACHE_CONTROL) => {
            "larder: this answer is about one request".to_owned()
        }
        (None, _) => "larder, always".to_owned(),
    };
    let place = reason.location.as_ref();
    Because {
        by,
        rule,
        file: place.map(|place| place.file.to_string()),
        line: place.map(|place| place.line),
        text,
    }
}

/// The reason of a field that no policy sets.
fn own(trail: &Trail<'_>, name: &str) -> Because {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    let text = match () {
        () if is(names::CONTENT_TYPE) => match trail.resource {
            Some(_) if trail.failed.is_none() => "the file's suffix",
            _ => "what an error says",
        },
        () if is(names::CONTENT_ENCODING) => "the coding that was chosen",
        () if is(names::CONTENT_LENGTH) => "the content",
        () if is(names::CONTENT_RANGE) => "the range that was asked for",
        () if is(names::ETAG) => "a hash of content, type and coding",
        () if is(names::LAST_MODIFIED) => "the release's date",
        () if is(names::VARY) => "there are codings, or will be",
        () if is(names::ACCEPT_RANGES) => "parts can be asked for",
        () if is(names::ALLOW) => "the methods there are",
        () if is(names::RETRY_AFTER) => "the next snapshot is on its way",
        () if is(names::DATE) => "the clock",
        () if is(names::LOCATION) => return location(trail),
        () => "larder",
    };
    Because {
        by: By::Larder,
        rule: None,
        file: None,
        line: None,
        text: text.to_owned(),
    }
}

fn location(trail: &Trail<'_>) -> Because {
    match trail.sent {
        Some(SentBy::Policy(redirect)) => Because {
            by: By::Redirect,
            rule: Some(redirect.from.to_string()),
            file: redirect
                .location
                .as_ref()
                .map(|place| place.file.to_string()),
            line: redirect.location.as_ref().map(|place| place.line),
            text: format!("redirect from {}", redirect.from),
        },
        _ => Because {
            by: By::Larder,
            rule: None,
            file: None,
            line: None,
            text: "the slash at the end".to_owned(),
        },
    }
}

fn lost(decision: &Decision) -> Vec<Lost> {
    let reasons = decision.because.iter();
    reasons
        .filter_map(|reason| {
            let winner = || {
                let winner = decision.reason_for(&reason.field).map(because);
                winner.map_or_else(|| "something later".to_owned(), |winner| winner.text)
            };
            let (to, text) = match reason.outcome {
                Outcome::Set => return None,
                Outcome::Overridden => {
                    (LostBy::Overridden, format!("overridden by {}", winner()))
                }
                Outcome::Refused => (
                    LostBy::Refused,
                    "refused: `immutable` is for names that carry a hash of their content"
                        .to_owned(),
                ),
                Outcome::Withdrawn => (
                    LostBy::Withdrawn,
                    "withdrawn: another request for this URL may get something else, so no cache may keep this"
                        .to_owned(),
                ),
            };
            Some(Lost {
                name: reason.field.to_string(),
                value: reason.value.to_string(),
                because: because(reason),
                to,
                text,
            })
        })
        .collect()
}

/// The rules that have no part in it: asked again, of the same policy, about the same subject.
fn misses(snapshot: &Snapshot, trail: &Trail<'_>, status: u16) -> Vec<Miss> {
    let served = match trail.failed {
        Some(error) => snapshot
            .error(error)
            .document
            .as_deref()
            .and_then(|path| snapshot.resource_at(path)),
        None => trail.resource,
    };
    let facts = served.map(|resource| Facts {
        path: &resource.path,
        kind: match resource.kind {
            Kind::Document => RepresentationKind::Document,
            Kind::Fingerprinted => RepresentationKind::Fingerprinted,
            Kind::Asset | Kind::Redirect | Kind::Error => RepresentationKind::Asset,
        },
        media_type: resource.media_type.essence(),
    });
    let subject = Subject::new(status, facts);
    let misses = snapshot.policy().misses(&subject).into_iter();
    misses
        .map(|(rule, mismatches)| Miss {
            rule: rule.name.to_string(),
            file: rule.location.file.to_string(),
            line: rule.location.line,
            because: mismatches.iter().map(ToString::to_string).collect(),
        })
        .collect()
}
