//! What a scanner finds in one resource: references that can be edited, and evidence that a name must stay.
//!
//! Uses: digest, site · Never: files, clock

use std::collections::BTreeSet;
use std::ops::Range;

use super::class::Class;
use super::digest::Digest;
use super::site::FileId;

/// Where a reference stands, as far as it matters for what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// Something is shown, played or applied: a second URL costs a second fetch, nothing more.
    Resource,
    /// A script or module is evaluated: it must have one URL only.
    Evaluated,
    /// A link asks for it ahead of something else that uses it, which saves a fetch only under the name that is used.
    Ahead,
    /// A bundler's list of what to load before a chunk is evaluated: compared with the URLs that were loaded before.
    Preloaded,
    /// The `url()` of a custom property, which is resolved where the property is used. The index is into [`Scanned::properties`].
    CustomProperty(u32),
    /// The comment that names the source map.
    SourceMap,
}

/// A URL that means a file of the site, and where a fingerprint goes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    /// The offset in the resource before which a fingerprint is inserted.
    pub(crate) insert: usize,
    /// What it refers to.
    pub(crate) target: FileId,
    /// Where it stands.
    pub(crate) place: Place,
}

/// Why a file's name may matter to code (rules P1, P2 and P4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mention {
    /// A string in code or data ends in the path.
    Text,
    /// A selector on `src` or `href` holds the name.
    Selector,
    /// A replacement in code makes the name of another file from it.
    Replaced,
    /// It is started as a worker or a service worker by its URL.
    Worker,
    /// A key or a prefix of an import map covers it.
    ImportMap,
    /// A resource that cannot be edited refers to it.
    Unreadable,
}

/// A regular expression of the site's own code (rule P3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pattern {
    pub(crate) source: String,
    pub(crate) flags: String,
}

/// What a replacement in code looks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Searched {
    /// A text.
    Text(String),
    /// What a regular expression matches.
    Pattern(Pattern),
    /// Something computed.
    Unknown,
}

/// A replacement in code, perhaps of a part of a URL (rule P5).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Swap {
    pub(crate) searched: Searched,
    /// What takes its place; none if that is computed.
    pub(crate) by: Option<String>,
}

/// An `import()` or `new URL()` whose specifier is computed: everything between prefix and suffix may be meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Computed {
    /// An absolute path of the site.
    pub(crate) prefix: String,
    pub(crate) suffix: String,
}

/// A place in a text: line and column, both from 1, the column in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// What says where a site is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// A URL that begins at the root.
    Url,
    /// The `<base>` element that a URL is relative to.
    Base,
}

/// A URL that looks like a file of the site, which is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Missing {
    /// Where the URL begins in the resource.
    pub(crate) at: usize,
    /// The same for people; filled in when the whole resource was read.
    pub(crate) position: Position,
    /// The path that was looked up.
    pub(crate) path: String,
    /// What follows its `?`, as it is written.
    pub(crate) query: Option<String>,
    /// The file that differs only in case.
    pub(crate) other_case: Option<FileId>,
    /// What says where the site is mounted, if the URL is right there.
    pub(crate) says: Option<Says>,
}

/// An `integrity` attribute, or an entry of an import map's `integrity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IntegrityRecord {
    /// The bytes of the value in the resource.
    pub(crate) span: Range<usize>,
    /// The decoded value: `sha384-… sha512-…`.
    pub(crate) value: String,
    /// The value as it is written.
    pub(crate) raw: String,
    /// What it is about.
    pub(crate) target: FileId,
}

/// An inline script or style whose digest a policy in the same document lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InlineRecord {
    /// The bytes of the inline element's text.
    pub(crate) content: Range<usize>,
    /// The bytes of the base64 digest in the policy.
    pub(crate) span: Range<usize>,
    /// The name of the algorithm: `sha256`, `sha384`, `sha512`.
    pub(crate) algorithm: Algorithm,
}

/// The digest algorithms of Subresource Integrity and CSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

/// Why the references in a resource are not edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unreadable {
    /// Its character encoding is one we do not edit (UTF-16, or a multi-byte one with backslashes inside characters).
    Encoding,
    /// It does not parse.
    Syntax,
    /// It is nested too deeply to be read safely.
    TooDeep,
    /// It is larger than 4 GiB.
    TooLarge,
    /// It was listed, but its content could not be had.
    Unavailable,
    /// Editing it went wrong, which was noticed in time.
    Unverified,
}

/// Everything found in one resource.
#[derive(Clone, Debug)]
pub struct Scanned {
    pub(crate) file: FileId,
    pub(crate) class: Class,
    pub(crate) digest: Digest,
    pub(crate) length: usize,
    pub(crate) unreadable: Option<Unreadable>,
    /// Where reading failed, and what the parser says.
    pub(crate) trouble: Option<(Position, String)>,
    pub(crate) references: Vec<Reference>,
    pub(crate) mentions: BTreeSet<(FileId, Mention)>,
    pub(crate) patterns: BTreeSet<Pattern>,
    pub(crate) swaps: BTreeSet<Swap>,
    pub(crate) computed: BTreeSet<Computed>,
    pub(crate) missing: Vec<Missing>,
    /// Service workers that code registers: URLs relative to the document, or absolute paths.
    pub(crate) registered: BTreeSet<String>,
    pub(crate) integrity: Vec<IntegrityRecord>,
    pub(crate) inline: Vec<InlineRecord>,
    /// Places where an `integrity` attribute may be added, and for what.
    pub(crate) integrity_gaps: Vec<(usize, FileId)>,
    pub(crate) properties: Vec<String>,
    pub(crate) property_uses: BTreeSet<String>,
    /// Digests found in data, which nobody can update: `sha384-…`.
    pub(crate) foreign_digests: BTreeSet<String>,
    /// How many URLs of files that exist say where the site is mounted.
    pub(crate) absolute: usize,
    /// Files whose digest is recorded here in a way that cannot be updated.
    pub(crate) locks: BTreeSet<FileId>,
}

impl Scanned {
    /// A resource in which nothing was found.
    pub(crate) fn new(file: FileId, class: Class, digest: Digest, length: usize) -> Self {
        Self {
            file,
            class,
            digest,
            length,
            unreadable: None,
            trouble: None,
            references: Vec::new(),
            mentions: BTreeSet::new(),
            patterns: BTreeSet::new(),
            swaps: BTreeSet::new(),
            computed: BTreeSet::new(),
            missing: Vec::new(),
            registered: BTreeSet::new(),
            integrity: Vec::new(),
            inline: Vec::new(),
            integrity_gaps: Vec::new(),
            properties: Vec::new(),
            property_uses: BTreeSet::new(),
            foreign_digests: BTreeSet::new(),
            absolute: 0,
            locks: BTreeSet::new(),
        }
    }

    /// Every stretch of the resource that an edit may touch: an empty one is a place where something may be inserted.
    pub fn spans(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let inserts = self.references.iter().map(|reference| reference.insert);
        let gaps = self.integrity_gaps.iter().map(|(at, _)| *at);
        let records = self.integrity.iter().map(|record| record.span.clone());
        let policies = self.inline.iter().map(|record| record.span.clone());
        inserts
            .chain(gaps)
            .map(|at| at..at)
            .chain(records)
            .chain(policies)
    }
}
