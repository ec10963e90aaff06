//! A release: the site in a plain folder, with fingerprinted names, coded forms and a manifest.
//!
//! Streamed: every file is read to be scanned, and read again to be written, so that the site is never in memory as a whole. Nothing is published that was
//! not verified, and publishing is one rename. The same site makes the same bytes, whatever the order of the folder, the number of threads and the clock.
//!
//! Implements: the condition of RFC 8246 §2, across releases.
//!
//! Uses: the rest of build, fingerprint, policy, rayon, rustix, std · Never: sockets, printing

mod code;
mod error;
mod explain;
mod input;
pub(super) mod layout;
mod lock;
mod notice;
mod place;
pub(super) mod previous;
mod progress;
mod report;
mod staging;
mod write;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

pub use error::ReleaseError;
pub use explain::{because, heading};
pub use notice::Notice;
pub use progress::Progress;
pub use report::{Report, Visit};

use super::{cache::Cache, engine, walk};
use crate::{
    fingerprint::{FileId, Plan, Settings, leave, manifest::Manifest},
    policy::Policy,
};
use code::Codings;
use input::Input;
use lock::Lock;
use place::Place;
use progress::Watch;
use staging::Staging;
use write::Pass;

/// What is to be built.
#[derive(Clone, Copy)]
pub struct Order<'o> {
    /// The folder with the finished site.
    pub site: &'o Path,
    /// The policy.
    pub policy: &'o Policy,
    /// Where the policy is written: it goes along, so that the release is served under it.
    pub policy_file: Option<&'o Path>,
    /// Where the site will be mounted, if not where the policy says.
    pub base: Option<&'o str>,
    /// Where coded content is kept from build to build.
    pub cache: Option<&'o Path>,
    /// Make coded forms?
    pub compress: bool,
    /// A release, or the manifest of one, to compare with besides that which is replaced.
    pub previous: Option<&'o Path>,
    /// Publish nothing if there are warnings?
    pub strict: bool,
}

/// What came of an order.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The release is in its place.
    Published(Report),
    /// There are warnings, and the order was strict: everything is as it was.
    Refused(Report),
}

/// Plans a release, and writes nothing.
///
/// # Errors
/// When the site cannot be read.
pub fn plan(order: &Order<'_>, tell: &(dyn Fn(Progress) + Sync)) -> Result<Report, ReleaseError> {
    let watch = Watch::new(tell);
    let planned = Planned::new(order, &watch)?;
    let mut report = planned.report();
    report.steps = watch.end();
    Ok(report)
}

/// Builds a release into `out`.
///
/// # Errors
/// When the site cannot be read, when `out` must not be replaced, or when it cannot be written. Whatever was in `out` is there as it was.
pub fn publish(
    order: &Order<'_>,
    out: &Path,
    tell: &(dyn Fn(Progress) + Sync),
) -> Result<Outcome, ReleaseError> {
    let watch = Watch::new(tell);
    let given = order.previous.map(previous::read_given).transpose()?;
    let place = Place::of(&input::root(order.site)?, out)?;
    place.check()?;
    fs::create_dir_all(&place.parent).map_err(ReleaseError::write(&place.parent))?;
    let lock = Lock::take(&place.beside("lock"), &place.out)?;
    Staging::clean_up(&place)?;
    let replaced = place.check()?;

    let planned = Planned::new(order, &watch)?;
    if order.strict && planned.report().warnings() > 0 {
        let mut report = planned.report();
        report.steps = watch.end();
        return Ok(Outcome::Refused(report));
    }
    let staging = Staging::new(&place)?;
    let (planned, pass) = planned.write(&staging, &watch)?;
    planned.input.settled()?;
    let cache = order.cache.map(Cache::new);
    let (mut manifest, notices) = Codings {
        input: &planned.input,
        staging: &staging,
        compress: &order.policy.compress,
        cache: cache.as_ref(),
        wanted: order.compress,
    }
    .run(pass.made, &pass.followers, &watch)?;

    watch.begin("publishing", 1);
    let earlier: Vec<Manifest> = given.into_iter().chain(replaced).collect();
    let demoted = previous::demote(&mut manifest, &earlier);
    manifest.note_aliases();
    manifest.withheld = planned.input.withheld(&planned.root);
    manifest
        .withheld
        .retain(|path| !manifest.resources.contains_key(path));
    let mut report = planned.report();
    report.out = Some(place.out.clone());
    report.compared = earlier.len();
    report.notices.extend(notices);
    report
        .notices
        .extend(demoted.into_iter().map(|conflict| Notice::Demoted {
            path: conflict.path,
        }));
    report.visit = Visit::of(&planned.plan, &manifest);
    if !(order.strict && report.warnings() > 0) {
        staging.make_folders([layout::MANIFEST].into_iter())?;
        if let Some(policy) = order.policy_file {
            let policy = fs::read(policy).map_err(ReleaseError::read(policy))?;
            staging.write(layout::POLICY, &policy)?;
        }
        staging.write(layout::MANIFEST, manifest.write().as_bytes())?;
        // Once more: it took a while, and somebody may have put something there.
        place.check()?;
        let before = staging.publish(&place)?;
        // Who waits for the place need not wait for this.
        drop(lock);
        if let Some(before) = before {
            watch.begin("removing the old one", 1);
            before.remove();
        }
        report.manifest = manifest;
        report.steps = watch.end();
        return Ok(Outcome::Published(report));
    }
    report.steps = watch.end();
    Ok(Outcome::Refused(report))
}

/// A site that was read and planned.
struct Planned {
    root: PathBuf,
    input: Input,
    settings: Settings,
    plan: Plan,
}

impl Planned {
    fn new(order: &Order<'_>, watch: &Watch<'_>) -> Result<Self, ReleaseError> {
        let root = input::root(order.site)?;
        let mut input = Input::look(&root, walk::Rules(&order.policy.site));
        let settings = engine::settings(order.policy, order.base);
        let (site, scanned) = input.scan(&settings, watch);
        // Left out, it would be a release without a file that is there.
        if let Some(failing) = input.odd.iter().find_map(walk::Odd::failing) {
            return Err(failing.into());
        }
        input.settled()?;
        watch.begin("planning", 1);
        let plan = Plan::new(site, scanned, &settings, &|path| input.load(path));
        input.settled()?;
        Ok(Self {
            root,
            input,
            settings,
            plan,
        })
    }

    /// Writes everything. What does not pass the last look is left byte for byte, and everything is written again.
    fn write(mut self, staging: &Staging, watch: &Watch<'_>) -> Result<(Self, Pass), ReleaseError> {
        loop {
            let pass = write::write(&self.input, &self.plan, staging, watch)?;
            if pass.faulty.is_empty() {
                return Ok((self, pass));
            }
            // Each round leaves at least one more resource alone, so that there is a last one.
            let input = &self.input;
            self.plan = leave(self.plan, &pass.faulty, &self.settings, &|path| {
                input.load(path)
            });
            staging.empty()?;
        }
    }

    fn report(&self) -> Report {
        let (site, plan) = (self.plan.site(), &self.plan);
        let by_path = |file: FileId| site.path(file).to_owned();
        Report {
            site: self.root.clone(),
            out: None,
            read: (
                self.input.files.len(),
                self.input
                    .files
                    .iter()
                    .map(|found| found.stamp.size())
                    .sum(),
            ),
            decisions: site
                .ids()
                .map(|file| (by_path(file), plan.decision(file).clone()))
                .collect(),
            renamed: site
                .ids()
                .filter_map(|file| Some((by_path(file), plan.renamed(file)?.to_owned())))
                .collect::<BTreeMap<_, _>>(),
            base: site.base().to_owned(),
            mount: plan.mount().map(str::to_owned),
            findings: plan.findings(),
            odd: self.input.odd.clone(),
            notices: self.input.notices.clone(),
            compared: 0,
            manifest: Manifest::default(),
            visit: None,
            steps: Vec::new(),
        }
    }
}
