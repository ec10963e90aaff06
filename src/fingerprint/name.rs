//! Between the name of a resource and its fingerprinted name: `app.min.js` ⇄ `app.min.0123456789abcdef.js`.
//!
//! Lower-case hexadecimal, because it survives a disk that ignores case.
//!
//! Uses: digest · Never: files, clock

use super::digest::Digest;

/// The longest name most file systems take, in bytes.
const LONGEST: usize = 255;

/// `path` with `fingerprint` before its last extension; none if it has no extension, is a dot file, or would become too long.
pub(crate) fn fingerprinted(path: &str, fingerprint: &str) -> Option<String> {
    let start = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[start..];
    let dot = name
        .rfind('.')
        .filter(|dot| *dot > 0 && dot + 1 < name.len())?;
    (name.len() + fingerprint.len() < LONGEST).then(|| {
        format!(
            "{}{}.{fingerprint}{}",
            &path[..start],
            &name[..dot],
            &name[dot..]
        )
    })
}

/// The path without its fingerprint and the fingerprint, if `path` has the form of a name made by [`fingerprinted`].
pub(crate) fn parts(path: &str) -> Option<(String, &str)> {
    let start = path.rfind('/').map_or(0, |at| at + 1);
    let (stem, extension) = path[start..].rsplit_once('.')?;
    let (stem, fingerprint) = stem.rsplit_once('.')?;
    let is_fingerprint = (8..=64).contains(&fingerprint.len())
        && fingerprint
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    (is_fingerprint && !stem.is_empty())
        .then(|| (format!("{}{stem}.{extension}", &path[..start]), fingerprint))
}

/// Has the fingerprint no letter? Then it could as well be a date or a number, unless the bytes prove it.
pub(crate) fn is_number(fingerprint: &str) -> bool {
    fingerprint.bytes().all(|byte| byte.is_ascii_digit())
}

/// Does `path` carry the fingerprint of the content whose digest is `digest`?
pub(crate) fn tells_the_truth(path: &str, digest: &Digest) -> bool {
    parts(path).is_some_and(|(_, fingerprint)| digest.hex().starts_with(fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_before_the_last_extension() {
        assert_eq!(
            fingerprinted("/js/app.min.js", "0123").as_deref(),
            Some("/js/app.min.0123.js")
        );
        assert_eq!(fingerprinted("/a.b/c", "0123"), None);
        assert_eq!(fingerprinted("/.htaccess", "0123"), None);
        assert_eq!(
            fingerprinted(&format!("/{}.js", "x".repeat(250)), "0123"),
            None
        );
    }

    #[test]
    fn a_name_is_believed_only_if_it_agrees_with_the_bytes() {
        let digest = Digest::of(b"abc");
        let path = fingerprinted("/a.js", &digest.short(16)).expect("named");
        assert_eq!(
            parts(&path),
            Some(("/a.js".to_owned(), digest.short(16).as_str()))
        );
        assert!(tells_the_truth(&path, &digest));
        assert!(!tells_the_truth(&path, &Digest::of(b"abd")));
        assert!(!tells_the_truth("/a.deadbeef.js", &digest));
    }
}
