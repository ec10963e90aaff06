//! Every resource of the release, rendered, verified and written, one at a time on each core.
//!
//! Uses: plan, verifier, staging, rayon · Never: what is not in the plan

use rayon::prelude::*;

use super::{error::ReleaseError, input::Input, progress::Watch, staging::Staging};
use crate::{
    build::{
        engine::{self, Name},
        follower::Follower,
    },
    fingerprint::{Digest, FileId, Plan, Verifier},
};

/// A resource of the release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) path: String,
    pub(super) digest: Digest,
    pub(super) length: u64,
    pub(super) immutable: bool,
}

/// What became of the whole plan.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) made: Vec<Made>,
    /// Resources whose rendering is not what it should be: nothing may be published before they are left alone.
    pub(super) faulty: Vec<FileId>,
    /// What looks like the coded form of an edited resource: to be made when that is there.
    pub(super) followers: Vec<Follower>,
}

enum One {
    Made(Vec<Made>),
    Faulty(FileId),
    Follower(Follower),
}

/// Writes every resource of `plan` into `staging`.
pub(super) fn write(
    input: &Input,
    plan: &Plan,
    staging: &Staging,
    watch: &Watch<'_>,
) -> Result<Pass, ReleaseError> {
    let ids: Vec<FileId> = plan.site().ids().collect();
    let paths = input.files.iter().chain(&input.evidence);
    staging.make_folders(paths.map(|found| found.path.as_str()))?;
    watch.begin("writing", ids.len());
    let verifier = Verifier::new(plan);
    let results: Vec<Result<One, ReleaseError>> = ids
        .into_par_iter()
        .map(|file| {
            let one = write_one(input, plan, &verifier, staging, file);
            watch.step();
            one
        })
        .collect();
    let mut pass = Pass::default();
    for one in results {
        match one? {
            One::Made(made) => pass.made.extend(made),
            One::Faulty(file) => pass.faulty.push(file),
            One::Follower(follower) => pass.followers.push(follower),
        }
    }
    for evidence in &input.evidence {
        input.opened(evidence, |file| Ok(staging.copy(file, &evidence.path)))??;
    }
    Ok(pass)
}

fn write_one(
    input: &Input,
    plan: &Plan,
    verifier: &Verifier<'_>,
    staging: &Staging,
    file: FileId,
) -> Result<One, ReleaseError> {
    if let Some(follower) = Follower::find(plan, file) {
        return Ok(One::Follower(follower));
    }
    let found = input.found(file);
    // An earlier build's copy may be in the input under this very name: then it is written as what it is.
    let renamed = plan.renamed(file);
    let new = renamed.filter(|renamed| plan.site().find(renamed).is_none());
    let first = new.unwrap_or(&found.path);
    let (digest, length) = if plan.has_edits(file) {
        let original = input.read(found)?;
        let rendered = plan.render(file, &original);
        if verifier.verify(file, &original, &rendered).is_err() {
            return Ok(One::Faulty(file));
        }
        staging.write(first, &rendered)?;
        (Digest::of(&rendered), rendered.len() as u64)
    } else {
        let length = input.opened(found, |from| Ok(staging.copy(from, first)))??;
        (plan.scanned(file).digest, length)
    };
    if new.is_some() {
        staging.link(first, &found.path)?;
    }
    let made = |name: Name| Made {
        path: name.path,
        digest,
        length,
        immutable: name.immutable,
    };
    let (renamed, own) = engine::names(plan, file);
    Ok(One::Made(
        renamed.into_iter().chain([own]).map(made).collect(),
    ))
}
