//! What a policy requires of replies: the right answer out of a snapshot, and not out of the server's mouth.
//!
//! For a folder the snapshot is the server's own, made a second time here, and every field and byte of it is required. For a server somewhere, a snapshot is made
//! of what it serves; only what policy decides is required then, `Cache-Control`, because nobody else's entity tags are known.
//!
//! Uses: origin, snapshot, policy, fingerprint, http · Never: sockets, files

use bytes::Bytes;

use super::{
    asset::{Asset, Prepared},
    verify::{Expected, value},
};
use crate::{
    fingerprint::{Digest, recognise},
    http::{
        CacheControl, FieldName, FieldValue, Fields, HttpDate, TargetPath,
        media_type::known_suffix, names,
    },
    origin::{Request, respond},
    policy::Policy,
    snapshot::{Content, Generation, SiteFile, Snapshot, assemble},
};

/// The right reply of `snapshot` to `prepared`. Content that is not held in memory is taken from what the server said first.
pub(super) fn by_snapshot(snapshot: &Snapshot, prepared: &Prepared) -> Expected {
    let (path, query) = match prepared.target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (prepared.target.as_str(), None),
    };
    let fields: Fields = prepared
        .fields
        .iter()
        .filter_map(|(name, value)| {
            let value = FieldValue::parse(std::str::from_utf8(value).ok()?).ok()?;
            Some((FieldName::from_static(name), value))
        })
        .collect();
    let request = Request {
        method: "GET",
        path,
        query,
        fields: &fields,
    };
    let reply = respond(snapshot, &request, HttpDate::EPOCH);
    let answer = reply.fields(snapshot);
    let owned = |name| value(&answer, name).map(std::borrow::Cow::into_owned);
    let content = match reply.content.pieces() {
        [] => Bytes::new(),
        [piece] => match &piece.content {
            Content::Held(bytes) => bytes.clone(),
            Content::Stored(_) => prepared.expected.content.clone(),
        },
        _ => prepared.expected.content.clone(),
    };
    Expected {
        status: reply.status,
        cache_control: owned(names::CACHE_CONTROL),
        entity_tag: owned(names::ETAG),
        vary: owned(names::VARY),
        content,
    }
}

/// A snapshot under `policy` of what a server serves: each asset with its content without coding.
pub(super) fn snapshot_of(assets: &[Asset], plain: &[Bytes], policy: &Policy) -> Snapshot {
    let mut files: Vec<SiteFile> = assets
        .iter()
        .zip(plain)
        .filter_map(|(asset, content)| {
            let path = file_path(asset)?;
            Some(SiteFile::new(path, content.clone(), Digest::of(content)))
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|later, earlier| later.path == earlier.path);
    let recognised = recognise::recognise(&Served(&files));
    for file in &mut files {
        file.fingerprinted = recognised.is_fingerprinted(&file.path);
    }
    assemble(files, policy, Generation(1))
}

/// Where the file would be that is served at the asset's path.
fn file_path(asset: &Asset) -> Option<String> {
    let path = TargetPath::parse(asset.target.split('?').next()?).ok()?;
    let suffix = match (path.is_directory(), known_suffix(path.as_str())) {
        (true, _) => "index.html",
        (false, None) if asset.is_document => ".html",
        (false, _) => "",
    };
    Some(format!("{}{suffix}", path.as_str()))
}

struct Served<'s>(&'s [SiteFile]);

impl Served<'_> {
    fn get(&self, path: &str) -> Option<&SiteFile> {
        let place = self
            .0
            .binary_search_by(|file| (*file.path).cmp(path))
            .ok()?;
        self.0.get(place)
    }
}

impl recognise::Site for Served<'_> {
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|file| &*file.path)
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        self.get(path).map(|file| file.digest)
    }

    fn content(&self, path: &str) -> Option<Bytes> {
        match &self.get(path)?.content {
            Content::Held(bytes) => Some(bytes.clone()),
            Content::Stored(_) => None,
        }
    }
}

/// Takes what policy decides from `required` into `expected`, unless both say the same in other words.
pub(super) fn require_policy(expected: &mut Expected, required: &Expected) {
    let parsed = |value: &Option<Vec<u8>>| {
        let text = String::from_utf8_lossy(value.as_deref().unwrap_or_default()).into_owned();
        CacheControl::parse(&text).0
    };
    if parsed(&expected.cache_control) != parsed(&required.cache_control) {
        expected.cache_control.clone_from(&required.cache_control);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::load::scenario::Kind;

    fn served(target: &str, cache_control: &str, is_document: bool) -> Asset {
        Asset {
            target: target.to_owned(),
            is_document,
            status: 200,
            cache_control: Some(cache_control.into()),
            entity_tag: Some(b"\"theirs\"".to_vec()),
            content: Bytes::from_static(b"<!doctype html>"),
            ..Asset::default()
        }
    }

    #[test]
    fn a_policy_requires_its_own_cache_control_and_nobodys_tag() {
        let assets = [
            served("/", "no-cache", true),
            served("/about", "max-age=3600", true),
        ];
        let plain = [assets[0].content.clone(), assets[1].content.clone()];
        let snapshot = snapshot_of(&assets, &plain, &Policy::default());
        let require = |asset: &Asset, kind| {
            let prepared = Prepared::new(asset, kind, "x", "br");
            let mut expected = prepared.expected.clone();
            require_policy(&mut expected, &by_snapshot(&snapshot, &prepared));
            expected
        };
        for kind in [Kind::First, Kind::Revalidate] {
            for asset in &assets {
                let expected = require(asset, kind);
                assert_eq!(expected.cache_control.as_deref(), Some(&b"no-cache"[..]));
                assert_eq!(expected.entity_tag.as_deref(), Some(&b"\"theirs\""[..]));
            }
        }
    }

    #[test]
    fn the_same_in_other_words_is_right() {
        let mut expected = Expected {
            cache_control: Some(b"max-age=31536000,  immutable,public".to_vec()),
            ..Expected::default()
        };
        let required = Expected {
            cache_control: Some(b"public, max-age=31536000, immutable".to_vec()),
            ..Expected::default()
        };
        let before = expected.clone();
        require_policy(&mut expected, &required);
        assert_eq!(expected, before);
    }

    #[test]
    fn a_snapshot_requires_every_field_and_byte() {
        let content = Bytes::from_static(b"a{}");
        let file = SiteFile::new("/a.css", content.clone(), Digest::of(&content));
        let snapshot = assemble(vec![file], &Policy::default(), Generation(1));
        let mut asset = served("/a.css", "wrong", false);
        let first = by_snapshot(&snapshot, &Prepared::new(&asset, Kind::First, "x", ""));
        assert_eq!((first.status, &first.content), (200, &content));
        asset.entity_tag.clone_from(&first.entity_tag);
        let again = by_snapshot(&snapshot, &Prepared::new(&asset, Kind::Revalidate, "x", ""));
        assert_eq!((again.status, again.content.len()), (304, 0));
        assert_eq!(again.entity_tag, first.entity_tag);
        assert_eq!(again.cache_control.as_deref(), Some(&b"no-cache"[..]));
    }
}
