//! Why a file has the name it has, in a sentence.
//!
//! Uses: fingerprint · Never: decisions of its own

use crate::fingerprint::{Decision, Lock, Mention, Pin};

/// The heading under which a decision is counted.
pub fn heading(decision: &Decision) -> &'static str {
    match decision {
        Decision::Renamed => "fingerprinted",
        Decision::Foreign(foreign) if foreign.immutable => "fingerprinted already",
        Decision::Foreign(_) => "doubtful names, left as they are",
        Decision::Pinned(_) => "names that code depends on",
        Decision::Locked(_) => "locked by a record of their digest",
        Decision::Unreferenced => "nothing refers to them",
        Decision::Excluded => "excluded by the policy",
        Decision::Published => "published under their own names",
    }
}

/// Why, as a sentence about the file.
pub fn because(decision: &Decision) -> String {
    match decision {
        Decision::Renamed => {
            "it is also served under a name that carries its digest, every reference that could be edited leads there, \
             and that name is immutable: a cache keeps it for a year and does not ask"
                .to_owned()
        }
        Decision::Foreign(foreign) => format!(
            "its name carries a fingerprint already ({}), so it is left byte for byte and {}",
            foreign.because,
            if foreign.immutable {
                "is immutable"
            } else {
                "is revalidated: the name may not follow the bytes"
            }
        ),
        Decision::Pinned(pin) => format!("it keeps its name and is revalidated, because {}", pinned(pin)),
        Decision::Locked(lock) => format!(
            "it is left byte for byte and is revalidated, because {}",
            match lock {
                Lock::ServiceWorkerRecord { by } => format!("the service worker's record {by} holds its digest"),
                Lock::DigestInText { by } => format!("its digest stands in {by}, where it cannot be updated"),
            }
        ),
        Decision::Unreferenced => {
            "nothing refers to it in a way that could be edited, so nobody would ask for it under another name: it is revalidated".to_owned()
        }
        Decision::Excluded => "the policy's [fingerprint] include and exclude leave it out: it keeps its name and is revalidated".to_owned(),
        Decision::Published => {
            "its kind is asked for by name (a document, data, a feed, a script that is registered): it keeps its name and is revalidated".to_owned()
        }
    }
}

fn pinned(pin: &Pin) -> String {
    match pin {
        Pin::Mentioned { how, by } => match how {
            Mention::Text => format!("a string in {by} is its path, and code may ask for it"),
            Mention::Selector => format!("a selector in {by} looks for its name"),
            Mention::Replaced => {
                format!("a replacement in {by} makes the name of another file from its name")
            }
            Mention::Worker => format!("{by} starts it as a worker, by its name"),
            Mention::ImportMap => format!("the import map of {by} has a key for it"),
            Mention::Unreadable => format!("{by} refers to it and cannot be edited"),
        },
        Pin::Matched { pattern, by } => format!(
            "the regular expression /{pattern}/ in {by} finds its name, and would not find the new one"
        ),
        Pin::Computed { by } => {
            format!("{by} imports modules whose names it computes, and it may be one of them")
        }
        Pin::Evaluated { by } => format!(
            "{by}, which is left as it is, runs it under this name, and under two names it would run twice"
        ),
        Pin::Preloaded { by } => format!(
            "it is preloaded, {by} uses it under this name, and under two names it would be fetched twice"
        ),
        Pin::NameTooLong => "its new name would be longer than file systems allow".to_owned(),
        Pin::NameTaken => "its new name belongs to another file".to_owned(),
        Pin::Unavailable => "it could not be read a second time".to_owned(),
    }
}
