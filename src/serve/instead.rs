//! Replies that the origin has no part in: there is no room for the request, or answering it went wrong.
//!
//! 503 with when to come back (RFC 9110 §15.6.4), 414 (§15.5.15), 431 (RFC 6585 §5), 500; none of them is kept by any cache.
//!
//! Uses: adapt's heads · Never: the snapshot

use ::http::{
    HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS},
};
use bytes::Bytes;

use super::adapt::Head;

/// How long a client that was refused should wait, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// Why a request is not answered by the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    /// There is no room for its connection.
    NoRoom,
    /// Too many replies are under way on its connection.
    TooManyStreams,
    /// Its target alone is larger than a head may be.
    TargetTooLong,
    /// Its head is too large.
    HeadTooLarge,
    /// A defect of ours showed as a panic.
    Panic,
}

impl Instead {
    /// The status code.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::NoRoom | Self::TooManyStreams => 503,
            Self::TargetTooLong => 414,
            Self::HeadTooLarge => 431,
            Self::Panic => 500,
        }
    }

    /// The head, and the content.
    pub(super) fn reply<H: Head>(self) -> (H, Bytes) {
        let text = match self {
            Self::NoRoom | Self::TooManyStreams => "Too busy; try again.\n",
            Self::TargetTooLong => "The target of this request is too long.\n",
            Self::HeadTooLarge => "The head of this request is too large.\n",
            Self::Panic => "This request could not be answered.\n",
        };
        let status = StatusCode::from_u16(self.status());
        let mut head = H::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        head.set(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        head.set(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        head.set(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.status() == 503 {
            head.set(RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        (head, Bytes::from_static(text.as_bytes()))
    }
}
