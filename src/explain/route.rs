//! The route a request took, in words: why this file, why elsewhere, why nothing.
//!
//! Uses: origin, snapshot, http · Never: looking anything up

use super::{Route, trail::Trail};
use crate::{
    http::{FieldSource, Fields, NotAPath, Precondition, Ranges, WholeReason, names},
    origin::Missing,
    snapshot::{Error, FoundBy, SentBy, Snapshot, SpaChoice},
};

/// The route, and why it was taken.
pub(super) fn taken(snapshot: &Snapshot, trail: &Trail<'_>, path: &str) -> (Route, String) {
    if let (Some(resource), Some(by)) = (trail.resource, trail.found_by) {
        return found(snapshot, path, &resource.path, by);
    }
    if let Some(by) = trail.sent {
        return (Route::Redirect, sent(by));
    }
    if let Some(missing) = trail.missing {
        return nothing(snapshot, missing);
    }
    if let Some(why) = trail.bad_path {
        let because = match why {
            NotAPath::Malformed => {
                "it is not a path of a URL: a bad escape, a control character, or no slash in front"
            }
            NotAPath::NotCanonical => {
                "it is a second spelling of another path (an empty or a dot segment, an encoded slash, a backslash), and one path has one URL"
            }
            NotAPath::TooLong => "it is longer than any path that is read",
        };
        return (Route::BadPath, because.to_owned());
    }
    if trail.failed == Some(Error::BadHost) {
        let because = "its Host is no host, or there are several of them";
        return (Route::BadPath, because.to_owned());
    }
    let because = "GET, HEAD and OPTIONS are all that a static site answers";
    (Route::Method, because.to_owned())
}

fn found(snapshot: &Snapshot, path: &str, file: &str, by: FoundBy) -> (Route, String) {
    match by {
        FoundBy::OwnPath => (Route::File, format!("{file} is a file of the site")),
        FoundBy::Index => (Route::Index, format!("{file} answers for its folder")),
        FoundBy::CleanUrl => (
            Route::CleanUrl,
            format!("{file} answers without its .html (site.clean-urls)"),
        ),
        FoundBy::Fallback => (
            Route::Fallback,
            format!(
                "no file is called {path}, and a navigation may be a route of the app, so {file} answers ({})",
                why_fallback(snapshot.spa())
            ),
        ),
    }
}

fn why_fallback(choice: &SpaChoice) -> &'static str {
    match choice {
        SpaChoice::Named(_) => "site.spa names it",
        SpaChoice::TwoHundred => "the site has a /200.html",
        _ => "it is the only document of the site",
    }
}

fn sent(by: SentBy<'_>) -> String {
    match by {
        SentBy::Policy(redirect) => {
            let place = redirect
                .location
                .as_ref()
                .map(|place| format!(" ({}:{})", place.file, place.line))
                .unwrap_or_default();
            format!(
                "the redirect from {} to {} takes it{place}",
                redirect.from, redirect.to
            )
        }
        SentBy::Slash => {
            "a folder needs its slash at the end, for the relative references in it, and a document has none"
                .to_owned()
        }
    }
}

fn nothing(snapshot: &Snapshot, missing: Missing) -> (Route, String) {
    let because = match missing {
        Missing::Withheld => {
            return (
                Route::Withheld,
                "something is there that is not served: a link out of the site, a name that no URL can have, or what site.private lists"
                    .to_owned(),
            );
        }
        Missing::Asset => {
            "no file has this path, and it looks like an asset's: a document in its place would be taken for it and break the page"
                .to_owned()
        }
        Missing::BelowAFile => {
            "no file has this path, and what it would be below is a file: references of a document in its place would lead there, too"
                .to_owned()
        }
        Missing::Hidden => {
            "a name that begins with a dot is not served, but for /.well-known/ (site.hidden lists exceptions)"
                .to_owned()
        }
        Missing::Backup => "it has the name of a backup, which is not served".to_owned(),
        Missing::WellKnown => {
            "no file has this path, and a document in the place of a well-known name would be taken for it (RFC 8615)"
                .to_owned()
        }
        Missing::NotANavigation => format!(
            "no file has this path; a navigation to it would get {}, but this request is none: it does not take HTML",
            snapshot.spa().document().unwrap_or("a document")
        ),
        Missing::NoFallback => format!("no file has this path, and {}", snapshot.spa()),
    };
    (Route::Missing, because)
}

/// What became of the preconditions of the request, if it has any.
pub(super) fn precondition(trail: &Trail<'_>, request: &Fields) -> Option<String> {
    let conditions = [
        names::IF_MATCH,
        names::IF_UNMODIFIED_SINCE,
        names::IF_NONE_MATCH,
        names::IF_MODIFIED_SINCE,
    ];
    let sent: Vec<&str> = conditions
        .into_iter()
        .filter(|name| request.has_field(name))
        .collect();
    let (false, Some(precondition)) = (sent.is_empty(), trail.precondition) else {
        return None;
    };
    let sent = sent.join(", ");
    Some(match precondition {
        Precondition::Proceed => format!("{sent}: the client does not have this representation"),
        Precondition::NotModified => format!("{sent}: the client has this representation, so 304"),
        Precondition::Failed => format!("{sent}: this is not the representation meant, so 412"),
    })
}

/// What became of the ranges, if any was asked for.
pub(super) fn ranges(trail: &Trail<'_>) -> Option<String> {
    let text = match trail.ranges.as_ref()? {
        Ranges::Whole(why) => match why {
            WholeReason::NotAsked => return None,
            WholeReason::IfRangeFalse => "the whole, because If-Range names another representation",
            WholeReason::UnknownUnit => "the whole, because only bytes are counted here",
            WholeReason::Malformed => "the whole, because Range cannot be read",
            WholeReason::TooMany => "the whole, because there are too many ranges",
            WholeReason::Coded => {
                "the whole, because parts of coded content cannot be sent together"
            }
            WholeReason::EmptyContent => "the whole, because there is nothing to take a part of",
            WholeReason::TooMuch => "the whole, because the parts together would cost more",
        },
        Ranges::Single(range) => {
            return Some(format!("bytes {} to {}", range.first, range.last));
        }
        Ranges::Several(ranges) => return Some(format!("{} parts", ranges.len())),
        Ranges::Unsatisfiable => "none of the ranges lies within the content",
    };
    Some(text.to_owned())
}
