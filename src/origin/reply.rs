//! What the origin answers: a status, fields, and slices of content that the snapshot holds.
//!
//! A 304 and a 206 are the 200 with another status and fewer or more fields; nothing is written by hand twice.
//!
//! Implements RFC 9110 §15.3.7 (206), §15.4.5 (304), §14.6 (multipart/byteranges).
//!
//! Uses: http, snapshot · Never: decisions

use bytes::Bytes;

use crate::{
    http::{ByteRange, EntityTag, FieldName, FieldValue, Fields, names},
    snapshot::{Content, FoundBy, HeadId, Representation, Resource, Snapshot},
};

/// The answer to one request.
#[derive(Debug)]
pub struct Reply<'s> {
    /// The status code.
    pub status: u16,
    /// The field section that it shares with other replies.
    pub head: HeadId,
    /// Its entity tag, for a reply that has a selected representation.
    pub entity_tag: Option<&'s EntityTag>,
    /// Fields of this reply alone; they replace those of the same name in the shared section.
    pub extra: Vec<(&'static str, FieldValue)>,
    /// `Content-Length` in bytes; `None` where RFC 9110 §8.6 allows none (204, 304).
    pub length: Option<u64>,
    /// The content to send: none for HEAD.
    pub content: ReplyContent,
    /// The way it came about, for logs and tests.
    pub outcome: Outcome,
    /// What was selected, for a 200 and what is derived from it (206, 304): for metrics.
    pub selected: Option<(&'s Resource, &'s Representation)>,
}

/// The way in which a reply came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A resource was found.
    Found(FoundBy),
    /// The policy or a missing slash led elsewhere.
    Redirected,
    /// `Host` comes twice or is none.
    BadHost,
    /// The path is not in a form that could name anything.
    BadPath,
    /// Something is there that is not served.
    Withheld,
    /// Nobody has this path, and it names an asset.
    MissingAsset,
    /// Nobody has this path.
    MissingDocument,
    /// The method is not answered here, or was `OPTIONS`.
    Method,
}

/// Content as slices of what the snapshot holds.
#[derive(Clone, Debug, Default)]
pub enum ReplyContent {
    /// Nothing.
    #[default]
    Empty,
    /// One slice: nearly every reply.
    One(Piece),
    /// Several, in order: parts of several ranges with what separates them.
    Many(Vec<Piece>),
}

/// A slice of content.
#[derive(Clone, Debug)]
pub struct Piece {
    /// What it is a slice of.
    pub content: Content,
    /// Offset of its first byte.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}

impl Piece {
    /// All of `content`.
    pub(super) fn whole(content: &Content) -> Self {
        Self {
            content: content.clone(),
            offset: 0,
            length: content.length(),
        }
    }

    /// The bytes of `range`.
    pub(super) fn range(content: &Content, range: ByteRange) -> Self {
        Self {
            content: content.clone(),
            offset: range.first,
            length: range.len(),
        }
    }

    fn text(text: String) -> Self {
        Self::whole(&Content::Held(Bytes::from(text)))
    }
}

impl ReplyContent {
    /// The pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        match self {
            Self::Empty => &[],
            Self::One(piece) => std::slice::from_ref(piece),
            Self::Many(pieces) => pieces,
        }
    }

    /// Length in bytes.
    pub fn length(&self) -> u64 {
        self.pieces().iter().map(|piece| piece.length).sum()
    }
}

impl Reply<'_> {
    /// The whole field section, as a client would see it: without `Date` and what belongs to the connection.
    pub fn fields(&self, snapshot: &Snapshot) -> Fields {
        let mut fields = snapshot.heads().get(self.head).clone();
        if let Some(tag) = self.entity_tag {
            fields.set(FieldName::from_static(names::ETAG), tag.field_value());
        }
        for (name, value) in &self.extra {
            fields.set(FieldName::from_static(name), value.clone());
        }
        if let Some(length) = self.length {
            fields.set(
                FieldName::from_static(names::CONTENT_LENGTH),
                FieldValue::from_number(length),
            );
        }
        fields
    }
}

/// The parts of a 206 with several ranges, and the boundary between them (RFC 9110 §14.6).
///
/// The boundary is derived from the entity tag, whose digits are those of a digest: content cannot hold it but by a preimage.
pub(super) fn multipart(
    content: &Content,
    media_type: &str,
    tag: &str,
    ranges: &[ByteRange],
) -> (FieldValue, ReplyContent) {
    let boundary: String = format!(
        "larder{}",
        tag.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
    );
    let total = content.length();
    let mut pieces = Vec::with_capacity(ranges.len() * 2 + 1);
    for (number, range) in ranges.iter().enumerate() {
        let before = if number == 0 { "" } else { "\r\n" };
        pieces.push(Piece::text(format!(
            "{before}--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {}\r\n\r\n",
            range.content_range(total)
        )));
        pieces.push(Piece::range(content, *range));
    }
    pieces.push(Piece::text(format!("\r\n--{boundary}--\r\n")));
    let content_type = FieldValue::parse(&format!("multipart/byteranges; boundary={boundary}"))
        .expect("letters and digits");
    (content_type, ReplyContent::Many(pieces))
}
