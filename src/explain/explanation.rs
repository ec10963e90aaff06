//! All that is said about one request: the JSON of `larder explain --json`, key by key (docs/reference/explain.md).
//!
//! Keys are added, never renamed and never given another meaning; that would be another [`VERSION`].
//!
//! Uses: serde, http · Never: finding anything out

use serde::{Deserialize, Serialize};

use crate::http::Fields;

/// Of the format.
pub(super) const VERSION: u32 = 1;

/// Why a request gets the answer it gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Of the format: 1.
    pub version: u32,
    /// What was asked.
    pub request: Request,
    /// The status code of the answer.
    pub status: u16,
    /// Length of its content, in bytes: 0 for HEAD.
    pub content_bytes: u64,
    /// The route that the request took.
    pub route: Route,
    /// Why.
    pub route_because: String,
    /// The path of the file that was found.
    pub resource: Option<String>,
    /// What the policy takes it for: `document`, `fingerprinted`, `asset`.
    pub kind: Option<String>,
    /// The representation that was selected; none where nothing was found.
    pub representation: Option<Representation>,
    /// What became of the preconditions; none where there were none.
    pub precondition: Option<String>,
    /// What became of the ranges; none where none was asked for.
    pub range: Option<String>,
    /// The fields of the answer, in order, each with its reason.
    pub fields: Vec<Explained>,
    /// Values that somebody asked for and that lost.
    pub lost: Vec<Lost>,
    /// Rules that have no part in it, those that came nearest first.
    pub near_misses: Vec<Miss>,
    /// What caches will do with the answer.
    pub caches: Vec<CacheView>,
    /// What a browser does, visit by visit.
    pub visits: Vec<Visited>,
    /// Paths that might have been meant.
    pub nearest: Vec<String>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its target: the path, and the query.
    pub target: String,
    /// Its field lines.
    pub fields: Vec<Field>,
}

/// A field line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The way from a path to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The path is a file's own.
    File,
    /// The path is a folder's, and its index answers.
    Index,
    /// The path is a document's without its `.html`.
    CleanUrl,
    /// The path is nobody's, and the document of history-API routes answers.
    Fallback,
    /// The request is sent elsewhere.
    Redirect,
    /// Nobody has the path.
    Missing,
    /// Something is there that is not served.
    Withheld,
    /// The target is no path of this site.
    BadPath,
    /// The method decided alone.
    Method,
}

/// Which representation was selected, and of which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representation {
    /// The media type.
    pub media_type: String,
    /// The content coding; none is `identity`. None, too, if nothing was acceptable.
    pub coding: Option<String>,
    /// What there was to choose from, the server's favourite first; `identity` is the last.
    pub offers: Vec<Offer>,
}

/// One representation that there was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its content coding, or `identity`.
    pub coding: String,
    /// Length of its content.
    pub bytes: u64,
    /// The weight that the request gives it, in thousandths; none if it says nothing about it.
    pub weight: Option<u16>,
    /// Does the request take it?
    pub acceptable: bool,
    /// Was it chosen?
    pub chosen: bool,
    /// Why, or why not.
    pub because: String,
}

/// A field of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its reason.
    pub because: Because,
}

/// Who set a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A rule of the policy.
    Rule,
    /// A key of the policy, as it was written.
    Key,
    /// A key of the policy that nobody wrote.
    Default,
    /// A redirect of the policy.
    Redirect,
    /// larder, because of what was served.
    Larder,
}

/// The reason of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Who set it.
    pub by: By,
    /// The name of the rule, or the key; none for what larder sets itself.
    pub rule: Option<String>,
    /// The file it is written in.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The reason in words.
    pub text: String,
}

/// A value that somebody asked for and that the answer does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The field.
    pub name: String,
    /// The value.
    pub value: String,
    /// Who asked for it.
    pub because: Because,
    /// To what it lost.
    pub to: LostBy,
    /// The same in words.
    pub text: String,
}

/// To what a value lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostBy {
    /// A later one for the same field.
    Overridden,
    /// It says `immutable` for something whose content can change under its name.
    Refused,
    /// The answer is about one request alone, so that no cache may keep it.
    Withdrawn,
}

/// A rule that has no part in the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Miss {
    /// Its name.
    pub rule: String,
    /// The file it is written in.
    pub file: String,
    /// The line of its name.
    pub line: usize,
    /// The conditions that do not hold.
    pub because: Vec<String>,
}

/// What one kind of cache will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheView {
    /// `private` or `shared`.
    pub cache: String,
    /// The field that it obeys; none where there is none.
    pub obeys: Option<String>,
    /// May it store the answer?
    pub stores: bool,
    /// Why (not), with the section.
    pub because: String,
    /// How long the answer is fresh, in seconds.
    pub lifetime: u32,
    /// Who says so: `s-maxage`, `max-age`, `expires`, `unreadable`, `heuristic`, `permanent`, `none`.
    pub lifetime_from: String,
    /// What it does when it is asked for it again, in words.
    pub then: String,
    /// The fields it validates with; empty where it fetches anew, or stores nothing.
    pub validates_with: Vec<String>,
}

/// What leaves the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Nothing: it is shown from the cache.
    Nothing,
    /// A request with preconditions.
    Conditional,
    /// The same, after it was shown from the cache.
    Background,
    /// A request as if nothing were stored.
    Unconditional,
}

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visited {
    /// `first-visit`, `link`, `back`, `typed`, `reload`, `hard-reload`, `later`, `deploy-unchanged`, `deploy-changed`.
    pub visit: String,
    /// The same as people say it.
    pub title: String,
    /// What leaves the browser.
    pub asked: Asked,
    /// The fields of that request which the cache is the reason of.
    pub fields: Vec<Field>,
    /// The status that comes back; none where nothing was asked.
    pub status: Option<u16>,
    /// What comes back over HTTP/1.1, field section included.
    pub bytes: u64,
    /// The content alone.
    pub content_bytes: u64,
    /// What there is to say about it; empty where there is nothing.
    pub note: String,
    /// Engines that do it otherwise.
    pub elsewhere: Vec<Elsewhere>,
}

/// What another engine does on the same visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// `Firefox`, `WebKit`.
    pub engine: String,
    /// What leaves it.
    pub asked: Asked,
    /// The status that comes back.
    pub status: Option<u16>,
    /// What comes back over HTTP/1.1.
    pub bytes: u64,
}

/// Field lines as they are said.
pub(super) fn lines(fields: &Fields) -> Vec<Field> {
    let lines = fields.iter();
    lines
        .map(|(name, value)| Field {
            name: name.to_string(),
            value: value.to_string(),
        })
        .collect()
}
