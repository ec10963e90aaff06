//! Which content coding a client likes best of those there are.
//!
//! Reads every field line in place, quality values and `*` included. When the client does not
//! care, the server's order decides; the content as it is (`identity`) is chosen over a coding only
//! when the client likes it strictly better.
//!
//! RFC 9110 §8.4.1, §12.4.2, §12.4.3, §12.5.3.
//!
//! Uses: nothing of ours · Never: allocation; matching by substring.

use std::fmt;

use super::list;

/// Most bytes of `Accept-Encoding` that are read, over all its field lines; browsers send 30.
pub const MAX_LENGTH: usize = 8 * 1024;
/// Most members that are read; what comes after them is as if it were not there.
pub const MAX_MEMBERS: usize = 128;

/// A content coding larder can store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentCoding {
    /// `br`, RFC 7932.
    Brotli,
    /// `zstd`, RFC 9659.
    Zstd,
    /// `gzip`, RFC 9110 §8.4.1.3.
    Gzip,
}

impl ContentCoding {
    /// Every coding, best compression first.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The name in `Content-Encoding`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The coding of that name in any case; `x-gzip` is `gzip` (§8.4.1.3).
    pub fn parse(name: &str) -> Option<Self> {
        Self::from_token(name.as_bytes())
    }

    fn from_token(token: &[u8]) -> Option<Self> {
        if token.eq_ignore_ascii_case(b"x-gzip") {
            return Some(Self::Gzip);
        }
        Self::ALL
            .into_iter()
            .find(|coding| token.eq_ignore_ascii_case(coding.as_str().as_bytes()))
    }
}

impl fmt::Display for ContentCoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The answer to `Accept-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Send this coding.
    Coded(ContentCoding),
    /// Send the content as it is.
    Identity,
    /// The client takes none of what there is: 406, or the content as it is all the same (§12.5.3 allows both).
    NotAcceptable,
}

/// What the client said about each coding, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weights {
    codings: [Option<u16>; ContentCoding::ALL.len()],
    identity: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    /// What all lines of `Accept-Encoding` say.
    pub fn read<'l>(lines: impl Iterator<Item = &'l [u8]>) -> Self {
        read(lines)
    }

    /// How much a coding is liked; one that is not named, and no `*` either, is not taken at all.
    pub fn of(&self, coding: ContentCoding) -> u16 {
        self.said_of(coding).unwrap_or(0)
    }

    /// What was said about a coding, by its name or by `*`.
    pub fn said_of(&self, coding: ContentCoding) -> Option<u16> {
        self.codings[coding as usize].or(self.any)
    }

    /// What was said about the content as it is; `None` if nothing was, and then it is taken but not preferred.
    pub fn of_identity(&self) -> Option<u16> {
        match (self.identity, self.any) {
            (None, Some(0)) => Some(0),
            (said, _) => said,
        }
    }

    /// The coding to send of those that are `available`, in the server's order of preference.
    pub fn prefer(&self, available: &[ContentCoding]) -> Coding {
        let mut best: Option<(ContentCoding, u16)> = None;
        for &coding in available {
            let weight = self.of(coding);
            if weight > best.map_or(0, |(_, best)| best) {
                best = Some((coding, weight));
            }
        }
        // Identity is acceptable unless refused by name or by `*;q=0`, but liked only as much as it was said.
        let identity = self.of_identity();
        match best {
            Some((_, weight)) if identity.unwrap_or(0) > weight => Coding::Identity,
            Some((coding, _)) => Coding::Coded(coding),
            None if identity == Some(0) => Coding::NotAcceptable,
            None => Coding::Identity,
        }
    }
}

/// The coding to send.
///
/// `available` is in the server's order of preference. Without a field line the content goes as
/// it is: a client that does not ask may not know what to do with a coding. Members that cannot be
/// read say nothing. Of two weights for one coding the lower counts, so that a refusal is never overheard.
pub fn preferred<'l>(lines: impl Iterator<Item = &'l [u8]>, available: &[ContentCoding]) -> Coding {
    Weights::read(lines).prefer(available)
}

fn read<'l>(lines: impl Iterator<Item = &'l [u8]>) -> Weights {
    let mut weights = Weights::default();
    let mut length = 0usize;
    let mut members = 0;
    for line in lines {
        length = length.saturating_add(line.len());
        if length > MAX_LENGTH {
            break;
        }
        for member in list::split(line, b',') {
            members += 1;
            if members > MAX_MEMBERS {
                return weights;
            }
            let Some((token, weight)) = list::parse_weighted(member) else {
                continue;
            };
            let slot = if token == b"*" {
                &mut weights.any
            } else if token.eq_ignore_ascii_case(b"identity") {
                &mut weights.identity
            } else if let Some(coding) = ContentCoding::from_token(token) {
                &mut weights.codings[coding as usize]
            } else {
                continue;
            };
            *slot = Some(slot.map_or(weight, |known| known.min(weight)));
        }
    }
    weights
}

#[cfg(test)]
mod tests;
