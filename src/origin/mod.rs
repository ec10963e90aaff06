//! An origin server without a socket: a request and a snapshot in, a reply out.
//!
//! The same function answers in production, while watching, in process and in tests. It looks up, compares and copies; all decisions were made when the
//! snapshot was assembled. The steps are in the order in which RFC 9110 has them.
//!
//! Implements RFC 9112 §3.2 (Host); RFC 9110 §9.3, §12, §13.2, §14, §15; RFC 8615 §3 (well-known names).
//!
//! Uses: http, snapshot · Never: policy, clock (it is given `now`), files, sockets

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod reply;
mod request;
mod select;
mod step;

pub use reply::{Outcome, Piece, Reply, ReplyContent};
pub use request::Request;
pub use step::{Missing, Step};

use crate::{
    http::{
        ByteRange, FieldSource, FieldValue, HttpDate, MethodKind, NotAPath, Precondition,
        Preconditions, RangeRequest, Ranges, TargetPath, WholeReason, host_is_valid,
        media_type::is_asset_path, names,
    },
    snapshot::{Error, FoundBy, HeadId, Lookup, Representation, Resource, Snapshot},
};
use request::{Method, is_navigation};
use select::{Selected, select};

/// Answers `request` from `snapshot`. `now` is the time of the reply, which its `Date` will carry.
pub fn respond<'s, F: FieldSource>(
    snapshot: &'s Snapshot,
    request: &Request<'_, F>,
    now: HttpDate,
) -> Reply<'s> {
    respond_telling(snapshot, request, now, &mut |_| ())
}

/// Answers as [`respond`] does, and tells each step that it takes.
pub fn respond_telling<'s, F: FieldSource>(
    snapshot: &'s Snapshot,
    request: &Request<'_, F>,
    now: HttpDate,
    tell: &mut impl FnMut(Step<'s, '_>),
) -> Reply<'s> {
    // 0. Whatever is asked, a host that is none makes it a bad request (RFC 9112 §3.2).
    if !host_is_valid(request.fields) {
        let with_content = request.method != "HEAD";
        tell(Step::Failed(Error::BadHost));
        return error(snapshot, Error::BadHost, with_content, Outcome::BadHost);
    }

    // 1. The method: a static site has three (RFC 9110 §9.3).
    let Some(method) = Method::parse(request.method) else {
        tell(Step::Failed(Error::MethodNotAllowed));
        return error(snapshot, Error::MethodNotAllowed, true, Outcome::Method);
    };
    let with_content = method != Method::Head;
    if method == Method::Options {
        tell(Step::Options(snapshot.options_decision()));
        return options(snapshot);
    }
    let fail = |kind: Error, outcome: Outcome, tell: &mut dyn FnMut(Step<'s, '_>)| {
        tell(Step::Failed(kind));
        error(snapshot, kind, with_content, outcome)
    };

    // 2. The path, decoded once: this one value selects the resource, and nothing else of the target does.
    let path = match TargetPath::parse(request.path) {
        Ok(path) => path,
        Err(why) => {
            tell(Step::BadPath(why));
            return fail(why_not(why), Outcome::BadPath, tell);
        }
    };

    // 3. The resource, or where else to ask, or what to say instead.
    let (resource, by) = match snapshot.look_up(&path, request.query) {
        Lookup::Resource(resource, by) => (resource, by),
        Lookup::Redirect {
            status,
            location,
            head,
            decision,
            by,
        } => {
            tell(Step::Sent(by, decision));
            return redirect(status, location, head);
        }
        Lookup::Withheld => {
            tell(Step::Missing(Missing::Withheld));
            return fail(Error::NotFound, Outcome::Withheld, tell);
        }
        Lookup::Nothing => match instead(snapshot, &path, request.fields) {
            Ok(document) => (document, FoundBy::Fallback),
            Err((missing, kind, outcome)) => {
                tell(Step::Missing(missing));
                return fail(kind, outcome, tell);
            }
        },
    };
    tell(Step::Found(resource, by));
    let outcome = Outcome::Found(by);

    // 4. The selected representation (§12).
    let representation = match select(resource, request.fields) {
        Selected::Representation(representation) => representation,
        Selected::NotAcceptable => return fail(Error::NotAcceptable, outcome, tell),
    };
    tell(Step::Selected(representation));

    // 5. Preconditions, compared with the selected representation (§13.2.2).
    let precondition = Preconditions::evaluate(
        request.fields,
        MethodKind::GetOrHead,
        Some(&representation.validators),
        now,
    );
    tell(Step::Compared(precondition));
    match precondition {
        Precondition::Proceed => {}
        Precondition::NotModified => return not_modified(resource, representation, outcome),
        Precondition::Failed => return fail(Error::PreconditionFailed, outcome, tell),
    }

    // 6. The whole, or the ranges that were asked for; only GET has ranges (§14.2).
    let ranges = if method == Method::Get {
        let asked = RangeRequest::evaluate(
            request.fields,
            &representation.validators,
            representation.content.length(),
            now,
        );
        match asked {
            // `Content-Encoding` would say of the multipart what is true of its parts alone (§8.4); ranges may be ignored (§14.2).
            Ranges::Several(_) if representation.coding.is_some() => {
                Ranges::Whole(WholeReason::Coded)
            }
            asked => asked,
        }
    } else {
        Ranges::Whole(WholeReason::NotAsked)
    };
    tell(Step::Measured(&ranges));
    let reply = match ranges {
        Ranges::Whole(_) => whole(resource, representation, with_content, outcome),
        Ranges::Single(_) | Ranges::Several(_) => {
            partial(resource, representation, &ranges, outcome)
        }
        Ranges::Unsatisfiable => {
            let mut reply = fail(Error::RangeNotSatisfiable, outcome, tell);
            reply.extra.push((
                names::CONTENT_RANGE,
                ByteRange::unsatisfied(representation.content.length()),
            ));
            return reply;
        }
    };
    not_from_the_future(reply, representation, now)
}

/// A date of last change that lies in the future is a clock's mistake: the date of the reply takes its place (§8.8.2.1).
///
/// `Date` is written by the connection, from a clock that is read twice a second. It may be a second behind `now`, so the second before `now` is what
/// is sent.
fn not_from_the_future<'s>(
    mut reply: Reply<'s>,
    representation: &Representation,
    now: HttpDate,
) -> Reply<'s> {
    let latest = HttpDate::from_unix_seconds(now.unix_seconds() - 1).unwrap_or(now);
    let modified = representation.validators.last_modified;
    if modified.is_some_and(|date| date > latest) {
        reply
            .extra
            .push((names::LAST_MODIFIED, latest.field_value()));
    }
    reply
}

/// What answers for a path that nobody has: the document of history-API routes, or why none may, and what is said.
///
/// The path decides before any field does, so that a shared cache needs no Vary to keep an asset's 404 apart from a route's document.
fn instead<'s>(
    snapshot: &'s Snapshot,
    path: &TargetPath<'_>,
    fields: &impl FieldSource,
) -> Result<&'s Resource, (Missing, Error, Outcome)> {
    let asset = |missing| Err((missing, Error::NotFound, Outcome::MissingAsset));
    if is_asset_path(path.as_str()) {
        return asset(Missing::Asset);
    }
    // Relative references of a document there would lead below a file.
    if snapshot.is_below_a_file(path) {
        return asset(Missing::BelowAFile);
    }
    if path.is_hidden() {
        return asset(Missing::Hidden);
    }
    if path.is_backup() {
        return asset(Missing::Backup);
    }
    // A certification authority, or a program that looks for `security.txt`, takes any 200 for what it asked for (RFC 8615 §3).
    if path.is_well_known() {
        return asset(Missing::WellKnown);
    }
    match (is_navigation(fields), snapshot.fallback()) {
        (true, Some(document)) => Ok(document),
        (true, None) => Err((
            Missing::NoFallback,
            Error::DocumentNotFound,
            Outcome::MissingDocument,
        )),
        (false, Some(_)) => Err((
            Missing::NotANavigation,
            Error::NotANavigation,
            Outcome::MissingDocument,
        )),
        (false, None) => Err((
            Missing::NoFallback,
            Error::NotFound,
            Outcome::MissingDocument,
        )),
    }
}

fn why_not(why: NotAPath) -> Error {
    match why {
        NotAPath::Malformed => Error::BadRequest,
        NotAPath::NotCanonical => Error::NotFound,
        NotAPath::TooLong => Error::UriTooLong,
    }
}

fn whole<'s>(
    resource: &'s Resource,
    representation: &'s Representation,
    with_content: bool,
    outcome: Outcome,
) -> Reply<'s> {
    let content = if with_content {
        ReplyContent::One(Piece::whole(&representation.content))
    } else {
        ReplyContent::Empty
    };
    Reply {
        status: 200,
        head: representation.complete,
        entity_tag: representation.validators.entity_tag.as_ref(),
        extra: Vec::new(),
        length: Some(representation.content.length()),
        content,
        outcome,
        selected: Some((resource, representation)),
    }
}

fn not_modified<'s>(
    resource: &'s Resource,
    representation: &'s Representation,
    outcome: Outcome,
) -> Reply<'s> {
    Reply {
        status: 304,
        head: representation.not_modified,
        length: None,
        ..whole(resource, representation, false, outcome)
    }
}

fn partial<'s>(
    resource: &'s Resource,
    representation: &'s Representation,
    ranges: &Ranges,
    outcome: Outcome,
) -> Reply<'s> {
    let content = &representation.content;
    let (extra, sent) = match ranges {
        Ranges::Single(range) => (
            (names::CONTENT_RANGE, range.content_range(content.length())),
            ReplyContent::One(Piece::range(content, *range)),
        ),
        Ranges::Several(several) => {
            let tag = representation
                .validators
                .entity_tag
                .as_ref()
                .map_or("", |tag| tag.opaque());
            let (content_type, parts) = reply::multipart(
                content,
                resource.media_type.field_value().as_str(),
                tag,
                several,
            );
            ((names::CONTENT_TYPE, content_type), parts)
        }
        Ranges::Whole(_) | Ranges::Unsatisfiable => {
            return whole(resource, representation, true, outcome);
        }
    };
    Reply {
        status: 206,
        extra: vec![extra],
        length: Some(sent.length()),
        content: sent,
        ..whole(resource, representation, false, outcome)
    }
}

fn redirect<'s>(status: u16, location: FieldValue, head: HeadId) -> Reply<'s> {
    Reply {
        status,
        head,
        entity_tag: None,
        extra: vec![(names::LOCATION, location)],
        length: Some(0),
        content: ReplyContent::Empty,
        outcome: Outcome::Redirected,
        selected: None,
    }
}

fn options(snapshot: &Snapshot) -> Reply<'_> {
    Reply {
        status: 204,
        head: snapshot.options_head(),
        entity_tag: None,
        extra: Vec::new(),
        length: None,
        content: ReplyContent::Empty,
        outcome: Outcome::Method,
        selected: None,
    }
}

fn error(snapshot: &Snapshot, error: Error, with_content: bool, outcome: Outcome) -> Reply<'_> {
    let answer = snapshot.error(error);
    Reply {
        status: answer.status,
        head: answer.head,
        entity_tag: None,
        extra: Vec::new(),
        length: Some(answer.content.length()),
        content: if with_content {
            ReplyContent::One(Piece::whole(&answer.content))
        } else {
            ReplyContent::Empty
        },
        outcome,
        selected: None,
    }
}
