//! Documents with the script element in them, digested as they are sent.
//!
//! The site's own bytes are not copied: what is served of a document is a splice over them. Only its digest has to be taken anew, once for each content.
//!
//! Uses: snapshot, fingerprint (digests), http, rayon, sha2 · Never: files (stored content reads itself)

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    inject::{ELEMENT, XML_ELEMENT, place},
    spliced::Spliced,
};
use crate::{
    fingerprint::Digest,
    http::MediaType,
    snapshot::{Content, SiteFile},
    watch::Dress,
};

/// Where the element goes in some content, and the digest of the whole then.
#[derive(Clone, Copy)]
struct Known {
    at: u64,
    digest: Digest,
}

/// What is known of each content, with each form of the element.
type Contents = HashMap<(Digest, &'static str), Known>;

/// Puts the script element into every document.
pub fn dress() -> Dress {
    let known: Mutex<Contents> = Mutex::default();
    Arc::new(move |mut files: Vec<SiteFile>| {
        match files.as_mut_slice() {
            // When somebody saved it, waking another thread takes as long as the work.
            [file] => put_into(file, &known),
            files => files.par_iter_mut().for_each(|file| put_into(file, &known)),
        }
        files
    })
}

fn put_into(file: &mut SiteFile, known: &Mutex<Contents>) {
    let Some(element) = element_for(file) else {
        return;
    };
    let key = (file.digest, element);
    let remembered = lock(known).get(&key).copied();
    let Some(found) = remembered.or_else(|| look(&file.content, element)) else {
        return;
    };
    if remembered.is_none() {
        let mut known = lock(known);
        // Content that is no more is forgotten now and then, all at once.
        if known.len() > MOST {
            known.clear();
        }
        known.insert(key, found);
    }
    file.digest = found.digest;
    file.content = Content::Stored(Arc::new(Spliced {
        base: file.content.clone(),
        at: found.at,
        insert: Bytes::from_static(element.as_bytes()),
    }));
}

/// How many contents are remembered: a few times as many as large sites have documents.
const MOST: usize = 500_000;

/// The element for a document; what is no document gets none.
fn element_for(file: &SiteFile) -> Option<&'static str> {
    let media_type = MediaType::of_path(&file.path);
    match media_type.essence() {
        "application/xhtml+xml" => Some(XML_ELEMENT),
        _ if media_type.is_document() => Some(ELEMENT),
        _ => None,
    }
}

fn look(content: &Content, element: &str) -> Option<Known> {
    let bytes = content.whole().ok()?;
    let at = place(&bytes, element == XML_ELEMENT)?;
    let mut hasher = Sha256::new();
    hasher.update(&bytes[..at]);
    hasher.update(element.as_bytes());
    hasher.update(&bytes[at..]);
    Some(Known {
        at: at as u64,
        digest: Digest::from_bytes(hasher.finalize().into()),
    })
}

/// A panic elsewhere leaves nothing half done here: each change is one insertion.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(path: &str, text: &'static str) -> SiteFile {
        let content = Bytes::from_static(text.as_bytes());
        let digest = Digest::of(&content);
        dress()(vec![SiteFile::new(path, content, digest)]).remove(0)
    }

    #[test]
    fn a_document_is_digested_as_it_is_sent() {
        let file = dressed("/index.html", "<!doctype html><head></head>");
        let sent = file.content.whole().unwrap();
        assert_eq!(
            sent,
            format!("<!doctype html><head>{ELEMENT}</head>").as_bytes()
        );
        assert_eq!(file.digest, Digest::of(&sent));
    }

    #[test]
    fn what_is_no_document_stays_as_it_is() {
        let file = dressed("/a.js", "<head>");
        assert_eq!(file.content.whole().unwrap(), "<head>");
        assert_eq!(file.digest, Digest::of(b"<head>"));
    }
}
