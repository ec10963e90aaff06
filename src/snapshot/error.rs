//! The replies that say that something is wrong, made once per snapshot.
//!
//! Their texts are fixed: nothing of the request is reflected, and nothing of the server is told. They never carry fields of success — no validator, no
//! lifetime — because they get their fields from a decision about their own status.
//!
//! Implements RFC 9110 §15.5, §15.6.
//!
//! Uses: http · Never: the request

use std::sync::Arc;

use super::{content::Content, head::HeadId, representation::DecisionId};

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// 400: `Host` is none, or comes twice.
    BadHost,
    /// 400: the target is not a path.
    BadRequest,
    /// 404 for whoever asked for something that is no document.
    NotFound,
    /// 404 for a script that asked for a route: a navigation to the same URL gets the document of routes.
    NotANavigation,
    /// 404 for a person: the site's own document, if it has one.
    DocumentNotFound,
    /// 405.
    MethodNotAllowed,
    /// 406: identity and every coding there is were refused.
    NotAcceptable,
    /// 412.
    PreconditionFailed,
    /// 414: longer than anything has a right to be.
    UriTooLong,
    /// 416.
    RangeNotSatisfiable,
    /// 500: a defect of larder.
    Internal,
    /// 503: stored content changed, and the snapshot that knows it is on its way.
    Unavailable,
}

impl Error {
    /// All of them, in the order of [`Error::index`].
    pub(super) const ALL: [Self; 12] = [
        Self::BadHost,
        Self::BadRequest,
        Self::NotFound,
        Self::NotANavigation,
        Self::DocumentNotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::PreconditionFailed,
        Self::UriTooLong,
        Self::RangeNotSatisfiable,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Is this about the one request, not about its URL? What another request for the same URL gets may be a success, so no cache may keep this one
    /// and no policy can let it (RFC 9111 §4).
    pub(super) fn is_about_one_request(self) -> bool {
        matches!(
            self,
            Self::BadHost
                | Self::NotANavigation
                | Self::NotAcceptable
                | Self::PreconditionFailed
                | Self::RangeNotSatisfiable
        )
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// The status code.
    pub fn status(self) -> u16 {
        match self {
            Self::BadHost | Self::BadRequest => 400,
            Self::NotFound | Self::NotANavigation | Self::DocumentNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::NotAcceptable => 406,
            Self::PreconditionFailed => 412,
            Self::UriTooLong => 414,
            Self::RangeNotSatisfiable => 416,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// What the client reads.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::BadHost => "400 Bad Request: the host is not one.\n",
            Self::BadRequest => "400 Bad Request: this is not a path that could name anything.\n",
            Self::NotFound | Self::NotANavigation | Self::DocumentNotFound => "404 Not Found\n",
            Self::MethodNotAllowed => {
                "405 Method Not Allowed: GET, HEAD and OPTIONS are answered here.\n"
            }
            Self::NotAcceptable => {
                "406 Not Acceptable: no content coding that you accept is available.\n"
            }
            Self::PreconditionFailed => "412 Precondition Failed\n",
            Self::UriTooLong => "414 URI Too Long\n",
            Self::RangeNotSatisfiable => "416 Range Not Satisfiable\n",
            Self::Internal => "500 Internal Server Error\n",
            Self::Unavailable => "503 Service Unavailable: try again in a moment.\n",
        }
    }
}

/// The reply for an [`Error`].
#[derive(Clone, Debug)]
pub struct ErrorReply {
    /// The status code.
    pub status: u16,
    /// Its fields.
    pub head: HeadId,
    /// Why its fields are what they are.
    pub decision: DecisionId,
    /// The path of the site's own document, where that is what is sent.
    pub document: Option<Arc<str>>,
    /// Its content.
    pub content: Content,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_each_error_is_its_place() {
        for (place, error) in Error::ALL.into_iter().enumerate() {
            assert_eq!(error.index(), place);
            assert!(error.text().starts_with(&error.status().to_string()));
        }
    }
}
