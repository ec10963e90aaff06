//! Content without its content coding, to compare it.
//!
//! RFC 9110 §8.4.1.
//!
//! Uses: brotli, zstd, flate2 · Never: files

use std::io::Read;

use crate::http::ContentCoding;

/// More than this is not decoded: it is enough to compare, and bounds what a hostile server can make of a small answer.
const MOST: u64 = 64 * 1024 * 1024;

/// `content` decoded; `None` when it is not in this coding.
pub(super) fn decode(coding: ContentCoding, content: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    match coding {
        ContentCoding::Brotli => brotli::Decompressor::new(content, 4096)
            .take(MOST)
            .read_to_end(&mut decoded),
        ContentCoding::Zstd => zstd::Decoder::new(content)
            .ok()?
            .take(MOST)
            .read_to_end(&mut decoded),
        ContentCoding::Gzip => flate2::read::MultiGzDecoder::new(content)
            .take(MOST)
            .read_to_end(&mut decoded),
    }
    .ok()?;
    Some(decoded)
}

/// What is wrong with a coded sibling of `original`, if anything is.
pub fn fault_of_sibling(coding: ContentCoding, coded: &[u8], original: &[u8]) -> Option<String> {
    match decode(coding, coded) {
        None => Some(format!("it is not in the coding {}", coding.as_str())),
        Some(decoded) if decoded != original => Some(format!(
            "it decodes to {} bytes that are not those of the file ({} bytes)",
            decoded.len(),
            original.len()
        )),
        Some(_) => None,
    }
}
