//! What the name of an asset looks like that carries a fingerprint: for the count of those that are asked for and gone.
//!
//! Such a request means that somebody runs an older release than the one that is served: a tab left open over a deploy, a document that a cache still has. The
//! asset is gone, so the alphabet is all there is to go by. For an alarm that is enough; nothing is served or kept by it.
//!
//! Uses: std · Never: the snapshot

/// The shortest fingerprint of a bundler in use: Vite's and Rollup's have 8 characters, as have esbuild's and Parcel's.
const SHORTEST: usize = 8;

/// Does the last segment of `path` have a part such as `3f9a51c2` or `DiwrgTda` before its suffix?
pub(super) fn looks_fingerprinted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((stem, _suffix)) = name.rsplit_once('.') else {
        return false;
    };
    let parts = || stem.split(['.', '-', '_', '~']);
    // A base64url fingerprint may itself have `-` and `_` in it: the end of the name, whatever is in it.
    let tail = stem
        .len()
        .checked_sub(SHORTEST)
        .and_then(|at| stem.get(at..))
        .filter(|_| stem.len() > SHORTEST && is_joined(stem));
    parts().any(is_digest) || tail.is_some_and(is_digest)
}

fn is_joined(stem: &str) -> bool {
    let before = stem.as_bytes()[stem.len() - SHORTEST - 1];
    matches!(before, b'.' | b'-' | b'_' | b'~')
}

/// Letters and digits mixed, or capitals in the middle: no word of a language.
fn is_digest(part: &str) -> bool {
    let of_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let has = |what: fn(&u8) -> bool| part.as_bytes().iter().any(what);
    part.len() >= SHORTEST
        && part.bytes().all(of_alphabet)
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit)
            || (part[1..].bytes().any(|byte| byte.is_ascii_uppercase())
                && has(u8::is_ascii_lowercase)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_bundlers_are_known() {
        for name in [
            "/assets/index-DiwrgTda.js",
            "/assets/index-B4_x-1Zq.css",
            "/static/js/main.3f9a51c2.chunk.js",
            "/_next/static/chunks/117-8ab4ed3a1e8b1f0c.js",
            "/app-3e5b7ab69fb7d67b.js",
            "/3f9a51c2.woff2",
        ] {
            assert!(looks_fingerprinted(name), "{name}");
        }
    }

    #[test]
    fn ordinary_names_are_not() {
        for name in [
            "/favicon.ico",
            "/apple-touch-icon.png",
            "/assets/javascript.js",
            "/assets/bootstrap-responsive.css",
            "/.env",
            "/wp-login.php",
            "/",
            "",
            "/é-日本語日本語.js",
        ] {
            assert!(!looks_fingerprinted(name), "{name}");
        }
    }
}
