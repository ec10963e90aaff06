//! Looks at a folder: what larder would answer, and what lies in it.
//!
//! Uses: findings, build, snapshot, policy, fingerprint, clock, files (the coded siblings) · Never: sockets

use std::{collections::BTreeSet, fs, path::Path, time::SystemTime};

use url::Url;

use crate::{
    build::{BuildError, Mode, Odd, Site as Built, Why, Workshop},
    findings::{Finding, Purpose, Record, Sibling, Site, Survey, fault_of_sibling, in_process},
    fingerprint::{self, Class, Target},
    http::{ContentCoding, FieldName, HttpDate, TargetPath, media_type::is_asset_path, names},
    policy::{Kind, Policy},
    snapshot::{Content, Generation, Snapshot, assemble},
};

/// Suffixes of coded siblings.
const CODED: [(&str, ContentCoding); 3] = [
    (".br", ContentCoding::Brotli),
    (".gz", ContentCoding::Gzip),
    (".zst", ContentCoding::Zstd),
];

/// The host that a folder is surveyed under; nobody asks it.
const HOST: &str = "http://site.invalid/";

/// A folder that was looked at.
#[derive(Debug)]
pub struct Folder {
    /// What was asked and answered, and what lies in it.
    pub record: Record,
    snapshot: Snapshot,
}

/// Looks at `path` under `policy`.
///
/// # Errors
/// When the folder cannot be read.
pub fn folder(path: &Path, policy: &Policy, crawl: usize) -> Result<Folder, BuildError> {
    let now = HttpDate::from(SystemTime::now());
    let mut workshop = Workshop::new(path, Mode::AsTheyAre, None)?;
    let built = workshop.look(policy)?;
    let snapshot =
        assemble(built.files.clone(), policy, Generation(1)).withholding(built.withheld.clone());
    let mut survey = Survey::new(host(), crawl).expecting(policy);
    in_process::run(&mut survey, &snapshot, now);
    let mut record = survey.finish(now);
    record.fingerprinted = Some(fingerprinted(&snapshot));
    // What no document names is served as well.
    record.exchanges.extend(unnamed(&snapshot, &record, now));
    record.site = facts(&built);
    Ok(Folder { record, snapshot })
}

/// The host that a folder does not have.
fn host() -> Url {
    Url::parse(HOST).expect("a constant URL")
}

impl Folder {
    /// Turns URLs into paths, and says which line of the policy is behind what was found.
    pub fn locate(&self, findings: &mut [Finding]) {
        for finding in findings {
            let Some(path) = finding.url.strip_prefix(HOST) else {
                continue;
            };
            let path = format!("/{path}");
            finding.policy = self.line_behind(&path);
            finding.url = path;
        }
    }

    fn line_behind(&self, path: &str) -> Option<String> {
        let plain = path.split('?').next().unwrap_or_default();
        // A redirect has no file, and the document of history-API routes is none of its business.
        let target = TargetPath::parse(plain).ok()?;
        if self
            .snapshot
            .policy()
            .redirects
            .find(&target, None)
            .is_some()
        {
            return None;
        }
        let file = match plain.strip_suffix('/') {
            Some(folder) => format!("{folder}/index.html"),
            None => plain.to_owned(),
        };
        let fallback = || {
            self.snapshot
                .fallback()
                .filter(|_| !is_asset_path(target.as_str()))
        };
        let resource = self.snapshot.resource_at(&file).or_else(fallback)?;
        let decision = self.snapshot.decision(resource.decision);
        let reason = decision.reason_for(&FieldName::from_static(names::CACHE_CONTROL))?;
        let location = reason.location.as_ref()?;
        Some(format!("{location}, {}", reason.source))
    }
}

fn fingerprinted(snapshot: &Snapshot) -> BTreeSet<String> {
    snapshot
        .resources()
        .iter()
        .filter(|resource| resource.kind == Kind::Fingerprinted)
        .map(|resource| resource.path.to_string())
        .collect()
}

/// The answers for files that no document led to.
fn unnamed(snapshot: &Snapshot, record: &Record, now: HttpDate) -> Vec<crate::findings::Exchange> {
    let asked: BTreeSet<&str> = record
        .exchanges
        .iter()
        .map(|exchange| exchange.ask.url.path())
        .collect();
    let base = Url::parse(HOST).expect("a URL");
    let mut more = Vec::new();
    for resource in snapshot.resources().iter() {
        let mut url = base.clone();
        url.set_path(&resource.path);
        let is_document = resource.kind == Kind::Document;
        if asked.contains(url.path())
            || (is_document && asked.contains("/") && &*resource.path == "/index.html")
        {
            continue;
        }
        let purpose = if is_document {
            Purpose::Start
        } else {
            Purpose::Asset
        };
        more.push(in_process::exchange(snapshot, purpose, url, now));
    }
    more
}

fn facts(built: &Built) -> Site {
    let paths: BTreeSet<&str> = built.files.iter().map(|file| &*file.path).collect();
    let held = |path: &str| {
        let file = built.files.iter().find(|file| *file.path == *path)?;
        match &file.content {
            Content::Held(bytes) => Some(bytes.clone()),
            Content::Stored(_) => fs::read(built.root.join(path.trim_start_matches('/')))
                .ok()
                .map(Into::into),
        }
    };
    let mut dangling = Vec::new();
    for file in &built.files {
        if !matches!(
            Class::of(&file.path),
            Class::Document | Class::Style | Class::Script
        ) {
            continue;
        }
        let Ok(content) = file.content.whole() else {
            continue;
        };
        let is_script = Class::of(&file.path) == Class::Script;
        let named = fingerprint::named_on(None, &file.path, &content).targets;
        for Target {
            path, is_rooted, ..
        } in named
        {
            // As it is named; below a prefix under which the site will be mounted; or, in a script, relative to a document that is not known.
            let may_be_elsewhere = is_rooted || is_script;
            let mut ends = path.match_indices('/').map(|(slash, _)| &path[slash..]);
            let is_there =
                paths.contains(&*path) || may_be_elsewhere && ends.any(|end| paths.contains(end));
            let found = (file.path.to_string(), path);
            if !is_there && dangling.last() != Some(&found) {
                dangling.push(found);
            }
        }
    }
    let mut siblings = Vec::new();
    for path in &paths {
        for (suffix, coding) in CODED {
            let Some(original) = path
                .strip_suffix(suffix)
                .filter(|path| paths.contains(path))
            else {
                continue;
            };
            if let (Some(coded), Some(original)) = (held(path), held(original)) {
                siblings.push(Sibling {
                    path: (*path).to_owned(),
                    fault: fault_of_sibling(coding, &coded, &original),
                });
            }
        }
    }
    let path_of = |odd: &Odd| {
        let file = odd.file.strip_prefix(&built.root).unwrap_or(&odd.file);
        format!("/{}", file.display())
    };
    let (private, withheld): (Vec<&Odd>, Vec<&Odd>) =
        built.odd.iter().partition(|odd| odd.why == Why::Private);
    Site {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        dangling,
        siblings,
        private: private.into_iter().map(path_of).collect(),
        withheld: withheld
            .into_iter()
            .map(|odd| (path_of(odd), odd.to_string()))
            .collect(),
    }
}
