//! Recomputes the digest that a name claims to hold.
//!
//! This is the only proof that needs nobody's word: the bytes say it. Hugo, Django, Sprockets, rustdoc and Trunk put a plain digest of
//! the bytes into the name; so do, less known, webpack and rspack in production (`optimization.realContentHash`, over the bytes
//! without the fingerprint itself, which a script's `sourceMappingURL` repeats), Rollup and Vite for assets, and esbuild and
//! Angular for media. Rollup's and esbuild's scripts cannot be recomputed: their fingerprint is taken before the names of
//! other chunks are filled in.
//!
//! Uses: sha2, sha1, md-5, md4, xxhash-rust, seahash, memchr · Never: files, clock

use std::fmt;

use md5::Digest as _;
use memchr::memmem;

use super::super::digest::Digest;
use super::token::{Alphabet, Token};

/// An algorithm that some tool fingerprints with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256: Hugo, Sprockets, rustdoc, larder itself.
    Sha256,
    /// XXH64: webpack and rspack with `hashFunction: "xxhash64"`, esbuild's media.
    XxHash64,
    /// XXH3, 128 bits: Rollup and Vite assets.
    Xxh3,
    /// MD4: webpack 5 by default.
    Md4,
    /// MD5: Django, Hugo on request.
    Md5,
    /// SHA-1: Propshaft.
    Sha1,
    /// SHA-512: Hugo on request.
    Sha512,
    /// SHA-384: Hugo on request.
    Sha384,
    /// `SeaHash`: Trunk.
    SeaHash,
}

/// Every algorithm, cheapest first. (The whole content's SHA-256 is known without reading; what is left of it here is the digest
/// without the fingerprint.)
pub(super) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::XxHash64,
    Algorithm::Xxh3,
    Algorithm::SeaHash,
    Algorithm::Md4,
    Algorithm::Md5,
    Algorithm::Sha1,
    Algorithm::Sha512,
    Algorithm::Sha384,
    Algorithm::Sha256,
];

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::XxHash64 => "XXH64",
            Self::Xxh3 => "XXH3-128",
            Self::Md4 => "MD4",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha512 => "SHA-512",
            Self::Sha384 => "SHA-384",
            Self::SeaHash => "SeaHash",
        })
    }
}

impl Algorithm {
    /// Whether this digest of `content`, as the algorithm's tools write it, begins with `token`.
    fn gives(self, token: &Token<'_>, content: &[u8]) -> bool {
        match self {
            // Hugo writes these two whole; digesting for a shorter token would cost more than all others together.
            Self::Sha384 | Self::Sha512 if token.text.len() < 96 => false,
            // Rollup writes one large number, lowest byte first, in base 64 or 16.
            Self::Xxh3 => {
                let number = xxhash_rust::xxh3::xxh3_128(content).swap_bytes();
                let zeros = number.leading_zeros() as usize / 8;
                begins_number(token, number, zeros)
            }
            // Trunk writes one number, too, always in base 16.
            Self::SeaHash => begins_number(token, seahash::hash(content).into(), 0),
            Self::XxHash64 => begins(token, &xxhash_rust::xxh64::xxh64(content, 0).to_be_bytes()),
            Self::Sha256 => equals_sha256(token, &Digest::of(content)),
            Self::Md4 => begins(token, &md4::Md4::digest(content)),
            Self::Md5 => begins(token, &md5::Md5::digest(content)),
            Self::Sha1 => begins(token, &sha1::Sha1::digest(content)),
            Self::Sha512 => begins(token, &sha2::Sha512::digest(content)),
            Self::Sha384 => begins(token, &sha2::Sha384::digest(content)),
        }
    }
}

/// Whether the name's token begins the SHA-256 digest, which costs no reading.
pub(super) fn equals_sha256(token: &Token<'_>, digest: &Digest) -> bool {
    begins(token, digest.as_bytes())
}

/// The first of `algorithms` whose digest of `content` begins with the name's token.
pub(super) fn verify(
    token: &Token<'_>,
    content: &[u8],
    algorithms: &[Algorithm],
) -> Option<Algorithm> {
    let equal = |content: &[u8]| {
        algorithms
            .iter()
            .copied()
            .find(|algorithm| algorithm.gives(token, content))
    };
    equal(content).or_else(|| equal(&without(content, token.text.as_bytes())?))
}

/// `content` without the fingerprint; `None` if it is not in there.
fn without(content: &[u8], fingerprint: &[u8]) -> Option<Vec<u8>> {
    let mut rest = Vec::new();
    let mut from = 0;
    for at in memmem::find_iter(content, fingerprint) {
        rest.extend_from_slice(&content[from..at]);
        from = at + fingerprint.len();
    }
    (from > 0).then(|| {
        rest.extend_from_slice(&content[from..]);
        rest
    })
}

const BASE16: &[u8; 16] = b"0123456789abcdef";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Whether `digest`, written in the token's alphabet or in a wider one, begins with the token.
fn begins(token: &Token<'_>, digest: &[u8]) -> bool {
    let text = token.text.as_bytes();
    let narrow = match token.alphabet {
        Alphabet::Hex => begins_in(text, digest, 4, BASE16),
        Alphabet::Base32 => begins_in(text, digest, 5, BASE32),
        Alphabet::Base64Url => false,
    };
    narrow || begins_in(text, digest, 6, BASE64_URL)
}

/// Whether `number`, written after `zeros` zeros, begins with the token.
fn begins_number(token: &Token<'_>, number: u128, zeros: usize) -> bool {
    let begins = |symbols: &[u8]| {
        let (mut digits, mut rest) = (Vec::new(), number);
        while rest > 0 {
            let radix = symbols.len() as u128;
            digits.push(symbols[usize::try_from(rest % radix).expect("less than 64")]);
            rest /= radix;
        }
        digits.extend(std::iter::repeat_n(symbols[0], zeros));
        digits.reverse();
        digits.starts_with(token.text.as_bytes())
    };
    (token.alphabet == Alphabet::Hex && begins(BASE16)) || begins(BASE64_URL)
}

fn begins_in(text: &[u8], digest: &[u8], bits: usize, symbols: &[u8]) -> bool {
    if text.len() * bits > digest.len() * 8 {
        return false;
    }
    text.iter().enumerate().all(|(index, byte)| {
        let mut value = 0;
        for bit in index * bits..(index + 1) * bits {
            value = value << 1 | usize::from(digest[bit / 8] >> (7 - bit % 8) & 1);
        }
        symbols[value] == *byte
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::parse_token;
    use super::*;

    fn proof(stem: &str, content: &[u8]) -> Option<Algorithm> {
        verify(&parse_token(stem).expect("a token"), content, &ALGORITHMS)
    }

    #[test]
    fn published_digests_of_abc_are_recognised_in_a_name() {
        for (stem, algorithm) in [
            ("a.900150983cd2", Algorithm::Md5),
            ("a-a9993e36", Algorithm::Sha1),
            ("a.a448017aaf21d8525fc1", Algorithm::Md4),
            ("a.44bc2cf5ad770999", Algorithm::XxHash64),
            (
                "a.ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                Algorithm::Sha512,
            ),
            (
                "a.cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
                Algorithm::Sha384,
            ),
            ("a.ba7816bf8f01cfea", Algorithm::Sha256),
        ] {
            assert_eq!(proof(stem, b"abc"), Some(algorithm), "{stem}");
            assert_eq!(proof(stem, b"abd"), None, "{stem}");
        }
        let token = parse_token("a-ba7816bf").expect("a token");
        assert!(equals_sha256(&token, &Digest::of(b"abc")));
        assert!(!equals_sha256(&token, &Digest::of(b"abd")));
    }

    #[test]
    fn the_seahash_of_its_documentation_is_recognised_as_trunk_writes_it() {
        let stem = format!("app-{:x}", 1_988_685_042_348_123_509_u64);
        assert_eq!(
            proof(&stem, b"to be or not to be"),
            Some(Algorithm::SeaHash)
        );
    }

    #[test]
    fn a_digest_taken_without_the_fingerprint_itself_counts() {
        let hash = hex::encode(md4::Md4::digest(b"code //# sourceMappingURL=main..js.map"));
        let (short, stem) = (&hash[..20], format!("main.{}", &hash[..20]));
        let content = format!("code //# sourceMappingURL=main.{short}.js.map");
        assert_eq!(proof(&stem, content.as_bytes()), Some(Algorithm::Md4));
    }

    #[test]
    fn a_token_longer_than_the_digest_proves_nothing() {
        assert_eq!(proof("a.44bc2cf5ad77099900000000", b"abc"), None);
    }
}
