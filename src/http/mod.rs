//! The RFCs as values: what HTTP says, without a policy and without a site.
//!
//! Every rule of HTTP this program follows is decided here, by functions that
//! take values and answer with enums that carry their reason. Nothing in this
//! module knows which site is served.
//!
//! | module | decides | section |
//! |---|---|---|
//! | [`byte_set`] | the characters that a rule of a grammar names | RFC 3986 §2 |
//! | [`fields`] | ordered field lines, and where a request's come from | RFC 9110 §5 |
//! | [`cache_control`] | directives, what is wrong with them, which contradict each other | RFC 9111 §5.2, RFC 8246, RFC 5861 |
//! | [`targeted`] | `CDN-Cache-Control` and friends | RFC 9213 |
//! | [`media_type`] | suffix to media type, charset, what is a document | RFC 9110 §8.3 |
//! | [`target_path`] | a request's path in its one canonical form, or why not | RFC 3986 §3.3, §6.2.2 |
//! | [`host`] | whether `Host` is one | RFC 9112 §3.2 |
//! | [`entity_tag`] | entity tags, strong and weak comparison, lists of them | RFC 9110 §8.8.3 |
//! | [`http_date`] | dates, three formats in, one out | RFC 9110 §5.6.7 |
//! | [`validators`] | what conditional requests compare | RFC 9110 §8.8 |
//! | [`precondition`] | `If-Match` … `If-Modified-Since`, in their order | RFC 9110 §13.2.2 |
//! | [`range`] | which part of the content, or all of it | RFC 9110 §14, §13.1.5 |
//! | [`accept_encoding`] | the preferred content coding | RFC 9110 §12.5.3 |
//! | [`freshness`] | what caches and browsers do with a response | RFC 9111 §3, §4, RFC 8246, RFC 5861 |
//! | [`accept`] | does this navigation take a document | RFC 9110 §12.5.1 |
//! | [`exchange`] | a request and its answer, as they were on the wire | RFC 9110 §3.4 |
//! | [`explanation`] | section references and the three-part text for people | — |
//!
//! Uses: nothing of ours · Never: files, sockets, clock, environment, threads.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod accept;
pub mod accept_encoding;
pub mod byte_set;
pub mod cache_control;
pub mod entity_tag;
pub mod exchange;
pub mod explanation;
pub mod fields;
pub mod freshness;
pub mod host;
pub mod http_date;
mod list;
pub mod media_type;
pub mod precondition;
pub mod range;
pub mod target_path;
pub mod targeted;
pub mod validators;

pub use accept::accepts_html;
pub use accept_encoding::{Coding, ContentCoding};
pub use byte_set::ByteSet;
pub use cache_control::{
    CacheControl, Conflict, DeltaSeconds, Directive, DirectiveName, Problem, ProblemKind,
};
pub use entity_tag::EntityTag;
pub use explanation::{Explanation, Section};
pub use fields::{FieldName, FieldSource, FieldValue, Fields, names};
pub use host::{host_is_valid, is_host, is_same_host};
pub use http_date::HttpDate;
pub use media_type::MediaType;
pub use precondition::{MethodKind, Precondition, Preconditions};
pub use range::{ByteRange, RangeRequest, Ranges, WholeReason};
pub use target_path::{NotAPath, TargetPath};
pub use validators::Validators;
