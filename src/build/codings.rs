//! Content codings: which content is coded, how hard, and when a coded form is worth keeping.
//!
//! A coded form is kept only if it saves something; one that lies beside the file as `.br`, `.zst` or `.gz` is adopted only if it decodes to the same bytes.
//! Output depends on nothing but the bytes and the quality, so that replicas agree on the entity tags of coded content.
//!
//! Implements RFC 9110 §8.4.1; RFC 7932 (br), RFC 8878 (zstd), RFC 1952 (gzip).
//!
//! Uses: brotli, zstd, flate2 · Never: files

use std::io::{self, Read, Write};

use crate::{
    http::{ContentCoding, MediaType, media_type::coding_of_path},
    policy::{Compress, Quality},
};

/// Larger content is sent as it is: coding it would hold too much memory for too long.
const LARGEST: u64 = 64 * 1024 * 1024;

/// May the content at `path`, so many bytes long, be coded at all?
pub(super) fn is_negotiable(compress: &Compress, path: &str, length: u64) -> bool {
    !compress.codings.is_empty()
        && MediaType::of_path(path).is_compressible()
        && coding_of_path(path).is_none()
        && length >= compress.min_size
        && length <= LARGEST
}

/// Does a coded form pay? It must save a twentieth and 64 bytes: less is lost again in fields and decoding.
pub(super) fn pays(identity: u64, coded: u64) -> bool {
    coded + (identity / 20).max(64) <= identity
}

/// How hard to try: the level of each coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Levels {
    brotli: u32,
    zstd: i32,
    gzip: u32,
}

/// Up to here, in bytes, a site gets the best that there is: about a second per megabyte, once.
const BEST_UP_TO: u64 = 24 * 1024 * 1024;
/// Up to here a middle way, beyond it the fast one.
const GOOD_UP_TO: u64 = 192 * 1024 * 1024;

impl Levels {
    const BEST: Self = Self {
        brotli: 11,
        zstd: 19,
        gzip: 9,
    };
    const GOOD: Self = Self {
        brotli: 9,
        zstd: 12,
        gzip: 9,
    };
    const FAST: Self = Self {
        brotli: 5,
        zstd: 3,
        gzip: 6,
    };

    /// The levels for a site with `total` bytes to code.
    pub(super) fn of(quality: Quality, total: u64) -> Self {
        match quality {
            Quality::Auto if total > GOOD_UP_TO => Self::FAST,
            Quality::Auto if total > BEST_UP_TO => Self::GOOD,
            Quality::Best | Quality::Auto => Self::BEST,
            Quality::Fast => Self::FAST,
        }
    }

    /// What the coded bytes depend on besides the content: coding, level, and the version of this table (raised when an encoder changes its output).
    pub(super) fn key(self, coding: ContentCoding) -> String {
        let level = match coding {
            ContentCoding::Brotli => i64::from(self.brotli),
            ContentCoding::Zstd => i64::from(self.zstd),
            ContentCoding::Gzip => i64::from(self.gzip),
        };
        format!("{}{level}-1", coding.as_str())
    }

    /// `content` in `coding`.
    pub(super) fn encode(self, coding: ContentCoding, content: &[u8]) -> io::Result<Vec<u8>> {
        match coding {
            ContentCoding::Brotli => {
                let parameters = brotli::enc::BrotliEncoderParams {
                    quality: i32::try_from(self.brotli).unwrap_or(11),
                    size_hint: content.len(),
                    ..Default::default()
                };
                let mut coded = Vec::with_capacity(content.len() / 4);
                brotli::BrotliCompress(&mut &content[..], &mut coded, &parameters)?;
                Ok(coded)
            }
            ContentCoding::Zstd => zstd::bulk::compress(content, self.zstd),
            ContentCoding::Gzip => {
                // No name and no time in the member header: the same bytes at every build.
                let mut encoder = flate2::GzBuilder::new().mtime(0).write(
                    Vec::with_capacity(content.len() / 4),
                    flate2::Compression::new(self.gzip),
                );
                encoder.write_all(content)?;
                encoder.finish()
            }
        }
    }
}

/// Does `coded` decode to exactly `content`? Reads no further than one byte past its length: a bomb stops there.
pub(super) fn decodes_to(coding: ContentCoding, coded: &[u8], content: &[u8]) -> bool {
    let limit = content.len() as u64 + 1;
    let mut decoded = Vec::with_capacity(content.len() + 1);
    let read = match coding {
        ContentCoding::Brotli => brotli::Decompressor::new(coded, 64 * 1024)
            .take(limit)
            .read_to_end(&mut decoded),
        ContentCoding::Zstd => zstd::stream::read::Decoder::new(coded)
            .and_then(|decoder| decoder.take(limit).read_to_end(&mut decoded)),
        ContentCoding::Gzip => flate2::read::MultiGzDecoder::new(coded)
            .take(limit)
            .read_to_end(&mut decoded),
    };
    read.is_ok() && decoded == content
}

/// The suffix of a coded form that lies beside its file.
pub(super) fn suffix(coding: ContentCoding) -> &'static str {
    match coding {
        ContentCoding::Brotli => ".br",
        ContentCoding::Zstd => ".zst",
        ContentCoding::Gzip => ".gz",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ContentCoding; 3] = [
        ContentCoding::Brotli,
        ContentCoding::Zstd,
        ContentCoding::Gzip,
    ];

    #[test]
    fn every_coding_decodes_to_what_was_coded() {
        let content = "what keeps and what goes off, ".repeat(200);
        for coding in ALL {
            for levels in [Levels::FAST, Levels::GOOD, Levels::BEST] {
                let coded = levels.encode(coding, content.as_bytes()).unwrap();
                assert!(decodes_to(coding, &coded, content.as_bytes()), "{coding:?}");
                assert!(coded.len() < content.len() / 4);
            }
        }
    }

    #[test]
    fn coding_twice_gives_the_same_bytes() {
        let content = b"function a(){return 1}".repeat(50);
        for coding in ALL {
            assert_eq!(
                Levels::BEST.encode(coding, &content).unwrap(),
                Levels::BEST.encode(coding, &content).unwrap()
            );
        }
    }

    #[test]
    fn a_stale_or_broken_coded_form_is_told_apart() {
        for coding in ALL {
            let stale = Levels::FAST.encode(coding, b"the old bytes").unwrap();
            assert!(!decodes_to(coding, &stale, b"the new bytes"));
            assert!(!decodes_to(coding, b"not coded at all", b"the new bytes"));
            let longer = Levels::FAST.encode(coding, &vec![7; 100_000]).unwrap();
            assert!(!decodes_to(coding, &longer, &[7; 100]));
        }
    }

    #[test]
    fn a_coded_form_has_to_pay() {
        assert!(pays(1000, 900));
        assert!(!pays(1000, 940));
        assert!(!pays(10_000, 9_600));
        assert!(!pays(0, 20));
    }
}
