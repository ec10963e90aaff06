//! Content with something put into it, without a copy of the whole.
//!
//! Uses: snapshot · Never: files (stored content reads itself)

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::snapshot::{Content, OpenContent, Stored, Unreadable};

/// `base` with `insert` before its byte `at`.
#[derive(Debug)]
pub(super) struct Spliced {
    pub(super) base: Content,
    pub(super) at: u64,
    pub(super) insert: Bytes,
}

impl Stored for Spliced {
    fn length(&self) -> u64 {
        self.base.length() + self.insert.len() as u64
    }

    fn open(&self) -> Result<Arc<dyn OpenContent>, Unreadable> {
        let base = match &self.base {
            Content::Held(bytes) => Base::Held(bytes.clone()),
            Content::Stored(stored) => Base::Open(stored.open()?),
        };
        Ok(Arc::new(Open {
            base,
            at: self.at,
            insert: self.insert.clone(),
        }))
    }
}

enum Base {
    Held(Bytes),
    Open(Arc<dyn OpenContent>),
}

impl Base {
    fn read_at(&self, offset: u64, length: u64) -> Result<Bytes, Unreadable> {
        match self {
            Self::Held(bytes) => Ok(bytes.slice(index(offset)..index(offset + length))),
            Self::Open(open) => open.read_at(offset, index(length)),
        }
    }
}

struct Open {
    base: Base,
    at: u64,
    insert: Bytes,
}

impl OpenContent for Open {
    fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Unreadable> {
        let end = offset + length as u64;
        let (from, to) = (self.at, self.at + self.insert.len() as u64);
        let mut read = BytesMut::with_capacity(length);
        if offset < from {
            let before = self.base.read_at(offset, end.min(from) - offset)?;
            if end <= from {
                return Ok(before);
            }
            read.extend_from_slice(&before);
        }
        if offset < to && end > from {
            let (start, stop) = (offset.max(from) - from, end.min(to) - from);
            read.extend_from_slice(&self.insert[index(start)..index(stop)]);
        }
        if end > to {
            let start = offset.max(to);
            let shift = self.insert.len() as u64;
            read.extend_from_slice(&self.base.read_at(start - shift, end - start)?);
        }
        Ok(read.freeze())
    }
}

/// A place in content that is in memory, or a length that somebody asked to have there.
fn index(place: u64) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stretch_is_that_of_the_whole() {
        let spliced = Spliced {
            base: Content::Held(Bytes::from_static(b"abcdef")),
            at: 2,
            insert: Bytes::from_static(b"XYZ"),
        };
        let whole = b"abXYZcdef";
        assert_eq!(spliced.length(), whole.len() as u64);
        let open = spliced.open().unwrap();
        for start in 0..whole.len() {
            for end in start..=whole.len() {
                let read = open.read_at(start as u64, end - start).unwrap();
                assert_eq!(read, whole[start..end], "{start}..{end}");
            }
        }
    }
}
