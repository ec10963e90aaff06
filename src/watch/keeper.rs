//! A site as it is shown, what is different on disk, and whether that may be shown next.
//!
//! Uses: build, snapshot, policy · Never: the watcher, requests

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use tracing::warn;

use super::{
    AGAIN, FOLLOW,
    hold::{Hold, Patience},
    in_force::{InForce, Next, Refused},
    news::{Audience, Complaint, News},
    scope::Scope,
};
use crate::{
    build::{BuildError, Done, Odd, Pending, References, Seen, Site, Survey, Surveyor, Workshop},
    snapshot::{Generation, SiteFile, Snapshot, assemble},
};

/// What becomes of files before they are served.
pub type Dress = Arc<dyn Fn(Vec<SiteFile>) -> Vec<SiteFile> + Send + Sync>;

/// Keeps a site up to date.
pub struct Keeper {
    workshop: Workshop,
    in_force: InForce,
    patience: Patience,
    dress: Option<Dress>,
    /// What is shown, without codings and before it is dressed.
    site: Site,
    snapshot: Arc<Snapshot>,
    /// What is there, and not shown yet.
    pending: Pending,
    /// What is there and not served, and the paths of that, if it is not what was said.
    next_odd: Option<(Vec<Odd>, Vec<String>)>,
    /// Since when something has been pending.
    pending_since: Option<Instant>,
    /// The policy that is written, and not in force yet.
    next_policy: Option<InForce>,
    refused: Option<Refused>,
    /// When to look again at a policy that somebody may be writing to.
    policy_again: Option<Instant>,
    /// Since when there has been no policy any more.
    policy_gone: Option<Instant>,
    unreadable: Option<String>,
    /// Are coded forms gone from the cache that what is shown has?
    has_lost_codings: bool,
    references: References,
    held: Option<Held>,
    /// What was said about why something stays as it was.
    said: Option<Complaint>,
    /// Names to be looked at again, and when.
    again: Option<(Instant, Vec<PathBuf>)>,
    /// Folders that were seen since they were last asked for.
    folders: Vec<PathBuf>,
}

/// With more changes than this, a snapshot is assembled anew: on all cores, that takes no longer.
const MANY: usize = 2000;

/// The next state is held back.
struct Held {
    since: Instant,
    /// When to decide anew, if nothing changes.
    until: Option<Instant>,
}

impl Keeper {
    /// Looks at the folder for the first time, and makes the first snapshot of it.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be read.
    pub fn new(
        mut workshop: Workshop,
        in_force: InForce,
        patience: Patience,
        dress: Option<Dress>,
    ) -> Result<Self, BuildError> {
        let mut site = workshop.look(&in_force.policy)?;
        site.files.sort_by(|one, other| one.path.cmp(&other.path));
        // They stay as long as the site is followed.
        site.files.shrink_to_fit();
        let first = assemble(Vec::new(), &in_force.policy, Generation(0));
        let mut keeper = Self {
            again: later(std::mem::take(&mut site.unsettled)),
            folders: std::mem::take(&mut site.folders),
            workshop,
            in_force,
            patience,
            dress,
            site,
            snapshot: Arc::new(first),
            pending: Pending::default(),
            next_odd: None,
            pending_since: None,
            next_policy: None,
            refused: None,
            policy_again: None,
            policy_gone: None,
            unreadable: None,
            has_lost_codings: false,
            references: References::default(),
            held: None,
            said: None,
        };
        keeper.assemble();
        Ok(keeper)
    }

    /// What is shown.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// What it was made of.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Which snapshot is shown.
    pub(super) fn generation(&self) -> Generation {
        self.snapshot.generation()
    }

    pub(super) fn folder(&self) -> &Path {
        self.workshop.folder()
    }

    /// The file of the policy, if its place was named.
    pub(super) fn named_policy(&self) -> Option<&Path> {
        self.in_force.named.as_deref()
    }

    pub(super) fn knows(&self, name: &Path) -> bool {
        self.workshop.knows(name)
    }

    pub(super) fn overlooks(&self, name: &Path) -> bool {
        self.workshop.overlooks(&self.in_force.policy, name)
    }

    /// How many files are not shown as they are.
    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// When to look again, or to decide again.
    pub(super) fn again(&self) -> Option<Instant> {
        let look = self.again.as_ref().map(|(when, _)| *when);
        let decide = self.held.as_ref().and_then(|held| held.until);
        let policy = self.policy_again;
        look.into_iter().chain(decide).chain(policy).min()
    }

    /// Is it time to look again at a policy that somebody was writing to? Asked once.
    pub(super) fn take_policy_again(&mut self, now: Instant) -> bool {
        self.policy_again.take_if(|again| *again <= now).is_some()
    }

    /// The names to be looked at again.
    pub(super) fn take_again(&mut self) -> Vec<PathBuf> {
        self.again
            .take()
            .map(|(_, names)| names)
            .unwrap_or_default()
    }

    /// Folders that were looked into since this was last asked.
    pub(super) fn take_folders(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.folders)
    }

    /// Does something stay as it was, so that a look is worth while that nobody asked for?
    pub(super) fn is_stuck(&self) -> bool {
        self.said.is_some()
    }

    /// Who can look at everything beside this keeper, where that would do.
    pub(super) fn surveyor(&self) -> Option<Surveyor> {
        self.workshop.surveyor(&self.in_force.policy)
    }

    /// Where `survey` saw something else than is known: absolute names, or nothing where everything has to be looked at.
    pub(super) fn differences(&self, survey: &Survey) -> Option<BTreeSet<PathBuf>> {
        let is_policy_shown = self.next_policy.is_none() && self.refused.is_none();
        let is_same_policy = is_policy_shown && self.in_force.is_as_written(self.workshop.folder());
        if !is_same_policy || self.unreadable.is_some() || self.workshop.has_lost_codings() {
            return None;
        }
        self.workshop.differences(survey)
    }

    /// Looks at what `scope` names, while somebody writes to the files `writing`.
    pub(super) fn look(&mut self, scope: &Scope, writing: &BTreeSet<PathBuf>) {
        if scope.names().is_none() {
            self.forget_lost_codings();
            self.look_at_policy(writing);
        }
        let policy = &self.next_policy.as_ref().unwrap_or(&self.in_force).policy;
        let part = scope
            .names()
            .filter(|_| self.unreadable.is_none())
            .and_then(|names| self.workshop.look_at(policy, names));
        let seen = match part {
            Some(seen) => Ok(seen),
            None => self.workshop.look_while(policy, writing).map(Seen::Whole),
        };
        self.unreadable = None;
        let unsettled = match seen {
            Err(error) => {
                self.unreadable = Some(match &error {
                    BuildError::NoSuchFolder { path, source } => {
                        format!("the folder {} is gone ({source})", path.display())
                    }
                    _ => chain(&error),
                });
                return;
            }
            Ok(Seen::Part(part)) => {
                for (path, file) in part.files {
                    self.pending.update(&self.site.files, path, file);
                }
                self.next_odd = Some((part.odd, part.withheld));
                self.folders.extend(part.folders);
                part.unsettled
            }
            Ok(Seen::Whole(mut next)) => {
                next.files.sort_by(|one, other| one.path.cmp(&other.path));
                self.pending = Pending::between(&self.site.files, next.files);
                self.next_odd = Some((next.odd, next.withheld));
                self.folders.extend(next.folders);
                next.unsettled
            }
        };
        let mut again = self.take_again();
        again.extend(unsettled);
        self.again = later(again);
    }

    fn look_at_policy(&mut self, writing: &BTreeSet<PathBuf>) {
        self.policy_again = None;
        // Whoever writes it anew may remove it first, and without it nothing is private.
        if !self.in_force.is_gone(self.workshop.folder()) {
            self.policy_gone = None;
        } else if !self.is_gone_for_good() {
            return;
        }
        // A policy that cannot be used does not keep the site from being followed: the one before stays in force.
        (self.next_policy, self.refused) = match self.in_force.next(self.workshop.folder(), writing)
        {
            Ok(Next::Same) => (None, None),
            Ok(Next::Other(policy)) => (Some(*policy), None),
            Ok(Next::BeingWritten(rest)) => {
                // That its writer is done is told, as a rule.
                self.policy_again = Some(Instant::now() + rest.clamp(AGAIN, FOLLOW));
                // What was known of it is as good as before.
                return;
            }
            Err(refused) => (None, Some(refused)),
        };
    }

    /// Has there been no policy for so long that it is not about to be written?
    fn is_gone_for_good(&mut self) -> bool {
        let now = Instant::now();
        let gone_for_good = *self.policy_gone.get_or_insert(now) + FOLLOW;
        if now < gone_for_good {
            self.policy_again = Some(gone_for_good);
        }
        now >= gone_for_good
    }

    /// What somebody took from the cache is coded again: until then, the file is sent as it is.
    fn forget_lost_codings(&mut self) {
        let lost = self.workshop.forget_lost_codings();
        if lost > 0 {
            warn!(
                "{lost} coded forms are gone from the cache: they are made again, and files are sent uncoded meanwhile"
            );
            self.has_lost_codings = true;
        }
    }

    /// Shows what is there, or says why not. Tells whether there is something new, coded forms to be made again among it. `since` is when the first was heard
    /// of it, `began` when it was time to look.
    pub(super) fn decide(
        &mut self,
        since: Instant,
        began: Instant,
        audience: &mut impl Audience,
    ) -> bool {
        // What is held back was heard of before.
        let since = self
            .pending_since
            .map_or(since, |earlier| earlier.min(since));
        let held = self.hold(began);
        let is_shown = held.is_none() && self.unreadable.is_none() && self.is_different();
        if is_shown {
            self.show(since, began, audience);
        }
        // Also while the next state is held back.
        let is_mended = std::mem::take(&mut self.has_lost_codings);
        if is_mended && !is_shown {
            self.publish_again(audience);
        }
        let is_waiting = !is_shown && self.is_different();
        self.pending_since = is_waiting.then_some(since);
        let complaint = self
            .unreadable
            .clone()
            .map(Complaint::Folder)
            .or_else(|| self.refused.clone().map(Complaint::Policy))
            .or_else(|| held.map(Complaint::Held));
        if complaint != self.said {
            audience.hear(complaint.as_ref().map_or(News::Mended, News::Kept));
            self.said = complaint;
        }
        is_shown || is_mended
    }

    fn is_different(&self) -> bool {
        let withheld = self.next_odd.as_ref().map(|(_, withheld)| withheld);
        !self.pending.is_empty()
            || self.next_policy.is_some()
            || withheld.is_some_and(|withheld| *withheld != self.site.withheld)
    }

    /// Is there a reason to wait with what is there?
    fn hold(&mut self, now: Instant) -> Option<Hold> {
        let since = self.held.as_ref().map_or(now, |held| held.since);
        let hold = Hold::of(
            &self.site.files,
            &self.pending,
            &mut self.references,
            self.patience,
            now.duration_since(since),
        );
        self.held = hold.as_ref().map(|hold| Held {
            since,
            until: hold.lasts(self.patience).map(|lasts| since + lasts),
        });
        hold
    }

    fn show(&mut self, since: Instant, began: Instant, audience: &mut impl Audience) {
        let policy = self.next_policy.take();
        let is_new_policy = policy.is_some();
        if let Some(policy) = policy {
            self.in_force = policy;
            audience.hear(News::Policy(&self.in_force.policy));
        }
        let mut is_part = !is_new_policy;
        if let Some((odd, withheld)) = self.next_odd.take() {
            let is_new = |odd: &&Odd| odd.is_news() && !self.site.odd.contains(odd);
            for odd in odd.iter().filter(is_new) {
                audience.hear(News::NotServed(odd));
            }
            is_part &= withheld == self.site.withheld;
            (self.site.odd, self.site.withheld) = (odd, withheld);
        }
        let changes = std::mem::take(&mut self.pending).apply(&mut self.site.files);
        let number = changes.len();
        if is_part {
            self.patch(changes);
        } else {
            self.assemble();
        }
        audience.publish(self.snapshot());
        audience.hear(News::Shown {
            generation: self.generation(),
            changes: number,
            work: began.elapsed(),
            took: since.elapsed(),
        });
    }

    /// The next snapshot, of the last one and what is different.
    fn patch(&mut self, changes: Vec<(Arc<str>, Option<SiteFile>)>) {
        let policy = &self.in_force.policy;
        // Codings are dealt out to the whole site, as far as memory reaches.
        if !policy.compress.codings.is_empty() || changes.len() > MANY {
            return self.assemble();
        }
        let (paths, files): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
        let there: Vec<bool> = files.iter().map(Option::is_some).collect();
        let files = files.into_iter().flatten().collect();
        let mut dressed = dressed(self.dress.as_ref(), files).into_iter();
        let changes: Vec<(Arc<str>, Option<SiteFile>)> = paths
            .into_iter()
            .zip(there)
            .map(|(path, is_there)| (path, is_there.then(|| dressed.next()).flatten()))
            .collect();
        let generation = self.generation().next();
        match self.snapshot.patched(&changes, policy, generation) {
            Some(next) => self.snapshot = Arc::new(next),
            None => self.assemble(),
        }
    }

    /// The next snapshot, of all that is known.
    fn assemble(&mut self) {
        let policy = &self.in_force.policy;
        let mut files = dressed(self.dress.as_ref(), self.site.files.clone());
        self.workshop.add_codings(policy, &mut files);
        let generation = self.generation().next();
        let next = assemble(files, policy, generation).withholding(self.site.withheld.clone());
        self.snapshot = Arc::new(next);
    }

    /// Publishes the site once more, with the codings that came meanwhile, and without those that went.
    pub(super) fn publish_again(&mut self, audience: &mut impl Audience) {
        self.assemble();
        audience.publish(self.snapshot());
    }

    /// Starts to code what was missing when the site was last assembled. Tells how many forms that are.
    pub(super) fn code(
        &mut self,
        tell: impl Fn(Done) + Send + Sync + Clone + 'static,
    ) -> Option<usize> {
        let missing = self.workshop.missing_codings();
        (missing > 0).then(|| {
            self.workshop.start_coding(tell);
            missing
        })
    }

    pub(super) fn take_coded(&mut self, done: Done) -> bool {
        self.workshop.take_coded(done)
    }
}

fn dressed(dress: Option<&Dress>, files: Vec<SiteFile>) -> Vec<SiteFile> {
    match dress {
        Some(dress) => dress(files),
        None => files,
    }
}

/// Names to be looked at a little later, if there are any.
fn later(mut names: Vec<PathBuf>) -> Option<(Instant, Vec<PathBuf>)> {
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| (Instant::now() + AGAIN, names))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
