//! The order of proof: manifest, folder, digest, cohort.
//!
//! One pass over the paths sorts out the names that could be fingerprinted; the rest of the work is per folder.
//!
//! Uses: std · Never: files, clock

use std::collections::BTreeMap;

use super::Site;
use super::bundler::find_marks;
use super::cohort::Candidate;
use super::court::Court;
use super::folder::judge_by_folder;
use super::manifest::{is_manifest, read_manifests};
use super::name::{Kind, parse_name};
use super::reader::Reader;
use super::token::{Alphabet, Strength, Token, parse_token};
use super::verdict::{Doubt, Evidence, Recognised, Verdict};

/// How many documents are remembered to look for markers in.
const DOCUMENTS: usize = 4;
/// How many scripts that no document names are looked at for markers.
const SCRIPTS: usize = 6;

/// The names of one folder that could be fingerprinted.
#[derive(Debug, Default)]
struct Folder<'p> {
    assets: usize,
    candidates: Vec<Candidate<'p>>,
}

/// What one pass over the paths finds.
#[derive(Debug, Default)]
struct Survey<'p> {
    documents: Vec<&'p str>,
    manifests: Vec<&'p str>,
    folders: BTreeMap<&'p str, Folder<'p>>,
}

pub(super) fn judge(site: &impl Site) -> Recognised {
    let reader = Reader::new(site);
    let mut recognised = Recognised::default();
    let survey = survey(site, &mut recognised);
    let manifests = read_manifests(site, &reader, &survey.manifests);
    let marks = find_marks(site, &reader, &survey.documents, promising_scripts(&survey));
    recognised.bundlers.extend(&manifests.bundlers);
    recognised.bundlers.extend(&marks.bundlers);
    recognised.bundlers.sort_unstable();
    recognised.bundlers.dedup();

    for (directory, mut folder) in survey.folders {
        for candidate in &mut folder.candidates {
            if let Some(manifest) = manifests.vouched.get(candidate.path) {
                candidate.vouched = true;
                let manifest = manifest.clone();
                recognised.verdicts.insert(
                    candidate.path.to_owned(),
                    Verdict::Fingerprinted(Evidence::Manifest { manifest }),
                );
            }
        }
        Court {
            site,
            reader: &reader,
            marks: &marks,
            directory,
            assets: folder.assets,
            verdicts: &mut recognised.verdicts,
        }
        .judge(&folder.candidates);
    }
    recognised
}

fn survey<'p>(site: &'p impl Site, recognised: &mut Recognised) -> Survey<'p> {
    let mut survey = Survey::default();
    for path in site.paths() {
        let Some(slash) = path.rfind('/') else {
            continue;
        };
        let (directory, segment) = path.split_at(slash + 1);
        if is_manifest(segment) {
            survey.manifests.push(path);
        }
        let Some(name) = parse_name(segment) else {
            continue;
        };
        let token = parse_token(name.stem);
        let doubt = match name.kind {
            Kind::Identity => {
                remember_document(&mut survey.documents, path);
                Some(Doubt::Identity)
            }
            Kind::SourceMap => Some(Doubt::SourceMap),
            _ => None,
        };
        if let Some(doubt) = doubt {
            // `struct.Ipv4Addr.html` is no more than a capitalised name.
            let looks = |token: &Token<'_>| {
                token.strength == Strength::Strong
                    && (doubt == Doubt::SourceMap || token.alphabet == Alphabet::Hex)
            };
            if token.is_some_and(|token| looks(&token)) {
                recognised
                    .verdicts
                    .insert(path.to_owned(), Verdict::LooksFingerprinted(doubt));
            }
            continue;
        }
        if let Some((verdict, bundler)) = judge_by_folder(path) {
            recognised.verdicts.insert(path.to_owned(), verdict);
            if !recognised.bundlers.contains(&bundler) {
                recognised.bundlers.push(bundler);
            }
            continue;
        }
        let is_asset = matches!(name.kind, Kind::Code | Kind::Media);
        if !is_asset && token.is_none() {
            continue;
        }
        let folder = survey.folders.entry(directory).or_default();
        folder.assets += usize::from(is_asset);
        folder.candidates.extend(token.map(|token| Candidate {
            path,
            kind: name.kind,
            token,
            vouched: false,
        }));
    }
    survey
}

/// Keeps the documents nearest to the root, `index.html` first among equals.
fn remember_document<'p>(documents: &mut Vec<&'p str>, path: &'p str) {
    let is_document = [".html", ".htm"]
        .iter()
        .any(|ending| path.ends_with(ending));
    if !is_document {
        return;
    }
    let rank = |path: &str| (path.matches('/').count(), !path.ends_with("/index.html"));
    if documents.len() == DOCUMENTS {
        if documents
            .last()
            .is_some_and(|last| rank(path) >= rank(last))
        {
            return;
        }
        documents.pop();
    }
    documents.push(path);
    documents.sort_by_key(|path| rank(path));
}

/// Scripts that are likely to hold a bundler's runtime.
fn promising_scripts<'p>(survey: &Survey<'p>) -> impl Iterator<Item = &'p str> {
    let scripts = survey
        .folders
        .values()
        .flat_map(|folder| &folder.candidates)
        .filter(|candidate| candidate.path.ends_with("js"));
    let promising: Vec<_> = scripts
        .filter(|candidate| {
            let segment = candidate.path.rsplit('/').next().unwrap_or(candidate.path);
            ["main", "runtime", "app", "index", "bundle", "entry"]
                .iter()
                .any(|start| segment.starts_with(start))
        })
        .map(|candidate| candidate.path)
        .take(SCRIPTS)
        .collect();
    promising.into_iter()
}
