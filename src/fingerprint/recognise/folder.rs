//! The folders in which a framework keeps nothing but fingerprinted files.
//!
//! `SvelteKit`, Next, Nuxt and Astro serve these folders as `immutable` themselves, so the folder's name is their word for it. Still a name
//! without any fingerprint there is not trusted: people put files into every folder.
//!
//! Uses: std · Never: files, clock

use super::bundler::Bundler;
use super::name::parse_name;
use super::token::{Alphabet, Strength, is_turbopack, parse_token};
use super::verdict::{Doubt, Evidence, Verdict};

const FOLDERS: [(&str, Bundler); 4] = [
    ("/_app/immutable/", Bundler::SvelteKit),
    ("/_next/static/", Bundler::Next),
    ("/_nuxt/", Bundler::Nuxt),
    ("/_astro/", Bundler::Astro),
];

/// What the folder says about the asset at `path`, and whose folder it is; `None` outside of such folders.
pub(super) fn judge_by_folder(path: &str) -> Option<(Verdict, Bundler)> {
    // All of them begin with `/_`, so that most paths of most sites are done after one search.
    if !path.contains("/_") {
        return None;
    }
    let (folder, bundler, at) = FOLDERS
        .iter()
        .find_map(|(folder, bundler)| Some((*folder, *bundler, path.find(folder)?)))?;
    let rest = &path[at + folder.len()..];
    let doubt = match bundler {
        Bundler::Next => doubt_in_next(rest),
        Bundler::Nuxt if rest.starts_with("builds/") => Some(Doubt::Unproven),
        _ => doubt_about(rest, bundler),
    };
    let verdict = match doubt {
        None => Verdict::Fingerprinted(Evidence::Folder {
            folder: path[..at + folder.len()].to_owned(),
        }),
        Some(doubt) => Verdict::LooksFingerprinted(doubt),
    };
    Some((verdict, bundler))
}

fn last_segment(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, segment)| segment)
}

fn doubt_about(rest: &str, bundler: Bundler) -> Option<Doubt> {
    let Some(name) = parse_name(last_segment(rest)) else {
        return Some(Doubt::Unproven);
    };
    // Astro's images end with a second fingerprint, of the transformation: `penguin.BM8g1gV2_Z1xYz.webp`.
    let stem = match bundler {
        Bundler::Astro => astro_stem(name.stem),
        _ => name.stem,
    };
    match parse_token(stem) {
        None => Some(Doubt::Unproven),
        // SvelteKit writes every name in its folder itself; elsewhere a configured `[name]` could be a word.
        Some(token) if token.strength == Strength::Word && bundler != Bundler::SvelteKit => {
            Some(Doubt::WordLike)
        }
        Some(_) => None,
    }
}

fn astro_stem(stem: &str) -> &str {
    match stem.rsplit_once('_') {
        Some((source, transform))
            if !transform.is_empty()
                && transform.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && parse_token(source).is_some_and(|token| token.strength > Strength::Word) =>
        {
            source
        }
        _ => stem,
    }
}

/// `_next/static/{chunks,css,media}/…` hold fingerprints; `_next/static/<build>/_buildManifest.js` is unique by its folder.
fn doubt_in_next(rest: &str) -> Option<Doubt> {
    let (first, _) = rest.split_once('/')?;
    if matches!(first, "chunks" | "css" | "media") {
        let stem = match parse_name(last_segment(rest)) {
            Some(name) => name.stem,
            None => return Some(Doubt::Unproven),
        };
        let turbopack = stem.len().checked_sub(13).is_some_and(|start| {
            let set_off = start == 0 || matches!(stem.as_bytes()[start - 1], b'-' | b'.' | b'_');
            set_off && stem.get(start..).is_some_and(is_turbopack)
        });
        let hex = parse_token(stem).is_some_and(|token| {
            token.alphabet == Alphabet::Hex && token.strength != Strength::Word
        });
        return (!turbopack && !hex).then_some(Doubt::Unproven);
    }
    (!is_random_build_id(first)).then_some(Doubt::Unproven)
}

/// Next makes up 21 random characters for every build; a build id of the author's (`production`, a commit) may come back with other
/// bytes.
fn is_random_build_id(id: &str) -> bool {
    id.len() == 21
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && id.bytes().any(|byte| byte.is_ascii_uppercase())
        && id.bytes().any(|byte| byte.is_ascii_lowercase())
        && id.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(path: &str) -> Option<bool> {
        judge_by_folder(path).map(|(verdict, _)| verdict.is_fingerprinted())
    }

    #[test]
    fn a_frameworks_folder_vouches_for_names_with_a_fingerprint() {
        for path in [
            "/_app/immutable/chunks/DO4tG7m0.js",
            "/base/_app/immutable/entry/start.stawOqaz.js",
            "/_next/static/chunks/0etltfi-08v6i.js",
            "/_next/static/chunks/main-app-0123456789abcdef.js",
            "/_next/static/media/favicon.117ezoe8m31dk.ico",
            "/_next/static/aB3-eFgHiJkLmNoPqRsTu/_buildManifest.js",
            "/_nuxt/DO4tG7m0.js",
            "/_astro/penguin.BM8g1gV2_Z1xYz.webp",
            "/_astro/hero.CLDdwZDr_2mc5GE.webp",
            "/_astro/index.DormvYxC.css",
        ] {
            assert_eq!(trusted(path), Some(true), "{path}");
        }
    }

    #[test]
    fn a_name_without_a_fingerprint_is_not_trusted_in_there() {
        for path in [
            "/_app/immutable/logo.svg",
            "/_next/static/development/_buildManifest.js",
            "/_next/static/production-release-21/_buildManifest.js",
            "/_next/static/media/logo.svg",
            "/_nuxt/builds/meta/0c1b9a0e-0f0e-4d1c-9d4e-2b5c5e0a0b1c.json",
            "/_nuxt/baby-carriage.svg",
        ] {
            assert_eq!(trusted(path), Some(false), "{path}");
        }
        assert_eq!(trusted("/_app/version.json"), None);
    }
}
