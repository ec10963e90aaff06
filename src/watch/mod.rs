//! The next generation: looks again when something changed, and publishes what it finds.
//!
//! One thread keeps the site: it waits for changes, for coded content and for the end. What it publishes is always whole; what cannot be published — a
//! broken policy, a folder that is gone, a deploy in its middle — is said once, and the site as it was stays up.
//!
//! Uses: build, snapshot, policy, notify, std · Never: requests

mod debounce;
mod hold;
mod in_force;
mod source;

use std::{
    sync::Arc,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tracing::{error, info, warn};

use crate::{
    build::{Done, Odd, References, Site, Workshop},
    snapshot::{Content, Generation, SiteFile, Snapshot, assemble},
};
use debounce::Debounce;
use hold::Hold;
use source::Source;

pub use in_force::InForce;

/// What is kept up to date.
pub struct Keeper {
    /// The folder and what is known about it.
    pub workshop: Workshop,
    /// The policy in force.
    pub in_force: InForce,
    /// What is served now, without codings.
    pub files: Vec<SiteFile>,
    /// What is there and not served, and why.
    pub odd: Vec<Odd>,
    /// The paths of that.
    pub withheld: Vec<String>,
    /// Is some file to be looked at again, because it was written to just now?
    pub unsettled: bool,
    /// Which generation is served now.
    pub generation: Generation,
    /// Shows a snapshot to the world.
    pub publish: Box<dyn Fn(Snapshot) + Send>,
    /// Look for changes, or only code what is there?
    pub watch: bool,
    /// Since when the next state of the site has been held back.
    pub held_since: Option<Instant>,
}

enum Message {
    Changed,
    Coded(Done),
    Stop,
}

/// A thread that keeps a site; stops it when asked.
pub struct Kept {
    sender: Sender<Message>,
    thread: JoinHandle<()>,
}

impl Kept {
    /// Stops, and waits until it has.
    pub fn stop(self) {
        // An error means that it has stopped already.
        let _ = self.sender.send(Message::Stop);
        if self.thread.join().is_err() {
            error!(
                "the thread that keeps the site up to date had died: changes were no longer seen"
            );
        }
    }
}

/// How often to see whether the folder's name leads elsewhere, where no watcher says so.
const FOLLOW: Duration = Duration::from_secs(2);
/// How long to wait before looking again at a file that was written to while it was read.
const AGAIN: Duration = Duration::from_millis(100);
/// The first time that coded content is published; then twice as long each time, so that a large site is not assembled over and over.
const FIRST_CODED: Duration = Duration::from_millis(500);

impl Keeper {
    /// Keeps the site on a thread of its own.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(self) -> std::io::Result<Kept> {
        let (sender, messages) = channel();
        let own = sender.clone();
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || self.run(&own, &messages))?;
        Ok(Kept { sender, thread })
    }

    fn run(mut self, sender: &Sender<Message>, messages: &Receiver<Message>) {
        let mut source = self.watch.then(|| {
            let sender = sender.clone();
            // An error means that the keeper has stopped.
            let changed = move || drop(sender.send(Message::Changed));
            Source::new(
                self.workshop.folder(),
                self.in_force.file.as_deref(),
                changed,
            )
        });
        let mut references = References::default();
        let mut debounce = Debounce::default();
        let mut said = None;
        let mut coding = self.code(sender);
        // What changed between the first look and the watcher's first moment was told by nobody.
        debounce.changed(Instant::now());
        let mut next_sweep = Instant::now() + source.as_ref().map_or(FOLLOW, Source::interval);
        loop {
            let now = Instant::now();
            let wake = [
                debounce.due(),
                coding.as_ref().map(|coding| coding.publish_at),
                Some(now + FOLLOW),
            ];
            let wait = wake
                .into_iter()
                .flatten()
                .min()
                .map_or(FOLLOW, |at| at.saturating_duration_since(now));
            match messages.recv_timeout(wait) {
                Ok(Message::Changed) => debounce.changed(Instant::now()),
                Ok(Message::Coded(done)) => {
                    if self.workshop.take_coded(done)
                        && let Some(coding) = &mut coding
                    {
                        coding.publish_at = Instant::now();
                        coding.is_last = true;
                    }
                    if let Some(coding) = &mut coding {
                        coding.fresh = true;
                    }
                }
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = Instant::now();
            if coding
                .as_ref()
                .is_some_and(|coding| coding.publish_at <= now)
            {
                coding = self.publish_coded(coding.take());
            }
            let Some(source) = &mut source else { continue };
            if source.follow() || now >= next_sweep {
                debounce.changed(now);
                next_sweep = now + source.interval();
            }
            if debounce.take(now) {
                match self.look(&mut references) {
                    Look::Same => said = None,
                    Look::Next => {
                        said = None;
                        coding = self.code(sender);
                    }
                    Look::NextKept(why) => {
                        say(&mut said, why);
                        coding = self.code(sender);
                    }
                    Look::Kept(why) => {
                        say(&mut said, why);
                        // What holds it back may be mended by something that is not told.
                        next_sweep = next_sweep.min(now + FOLLOW);
                    }
                }
                if self.unsettled {
                    next_sweep = next_sweep.min(now + AGAIN);
                    debounce.changed(now + AGAIN);
                }
            }
        }
    }

    /// Looks at policy and folder, and publishes what is new.
    fn look(&mut self, references: &mut References) -> Look {
        let began = Instant::now();
        // A policy that cannot be used does not keep the site from being followed: the one before stays in force.
        let (policy, complaint) = match self.in_force.next(self.workshop.folder()) {
            Ok(policy) => (policy, None),
            Err(why) => (None, Some(why)),
        };
        let in_force = policy.as_ref().unwrap_or(&self.in_force);
        let site = match self.workshop.look(&in_force.policy) {
            Ok(site) => site,
            Err(error) => {
                return Look::Kept(format!("{}: the site as it was stays up", chain(&error)));
            }
        };
        self.unsettled = site.unsettled;
        let changes = changes(&self.files, &site.files);
        if changes == 0 && policy.is_none() && self.withheld == site.withheld {
            self.held_since = None;
            return complaint.map_or(Look::Same, Look::Kept);
        }
        let waited = self
            .held_since
            .map_or(Duration::ZERO, |since| began.duration_since(since));
        if let Some(hold) = Hold::of(&self.files, &site.files, references, waited) {
            self.held_since.get_or_insert(began);
            return Look::Kept(hold.to_string());
        }
        self.held_since = None;
        if let Some(next) = policy {
            info!("the policy changed, and is in force");
            self.in_force = next;
        }
        self.show(site, changes, began);
        complaint.map_or(Look::Next, Look::NextKept)
    }

    fn show(&mut self, site: Site, changes: usize, began: Instant) {
        self.files = site.files;
        self.withheld = site.withheld;
        for odd in site.odd.iter().filter(|odd| !self.odd.contains(odd)) {
            warn!("not served: {odd}");
        }
        self.odd = site.odd;
        self.generation = self.generation.next();
        self.publish_files();
        info!(
            generation = self.generation.0,
            "{changes} {} changed, served after {} ms",
            if changes == 1 { "file" } else { "files" },
            began.elapsed().as_millis()
        );
    }

    /// Assembles what is known and publishes it.
    fn publish_files(&mut self) {
        let mut files = self.files.clone();
        self.workshop.add_codings(&self.in_force.policy, &mut files);
        let snapshot = assemble(files, &self.in_force.policy, self.generation);
        (self.publish)(snapshot.withholding(self.withheld.clone()));
    }

    /// Starts to code what was missing when the site was last published.
    fn code(&mut self, sender: &Sender<Message>) -> Option<Coding> {
        let missing = self.workshop.missing_codings();
        if missing == 0 {
            return None;
        }
        let sender = sender.clone();
        // An error means that the keeper has stopped.
        self.workshop
            .start_coding(move |done| drop(sender.send(Message::Coded(done))));
        let now = Instant::now();
        Some(Coding {
            began: now,
            pause: FIRST_CODED,
            publish_at: now + FIRST_CODED,
            fresh: false,
            is_last: false,
            missing,
        })
    }

    fn publish_coded(&mut self, coding: Option<Coding>) -> Option<Coding> {
        let mut coding = coding?;
        if coding.fresh {
            self.generation = self.generation.next();
            self.publish_files();
            coding.fresh = false;
        }
        if coding.is_last {
            info!(
                generation = self.generation.0,
                "{} coded forms ready after {:.1} s",
                coding.missing,
                coding.began.elapsed().as_secs_f32()
            );
            return None;
        }
        coding.pause *= 2;
        coding.publish_at = Instant::now() + coding.pause;
        Some(coding)
    }
}

/// Content is being coded.
struct Coding {
    began: Instant,
    pause: Duration,
    publish_at: Instant,
    fresh: bool,
    is_last: bool,
    missing: usize,
}

/// What a look found.
enum Look {
    /// Nothing new.
    Same,
    /// Something new, which was published.
    Next,
    /// Something new, which was published, under the policy that was in force already: the next one cannot be used.
    NextKept(String),
    /// Something that cannot be published, and why.
    Kept(String),
}

/// Says why something stays as it was, once.
fn say(said: &mut Option<String>, why: String) {
    if said.as_ref() != Some(&why) {
        warn!("{why}");
        *said = Some(why);
    }
}

/// How many files are new, gone or different. One that stays on disk is different when it was read again: what is served of it is checked against
/// the stamp it had then.
fn changes(shown: &[SiteFile], next: &[SiteFile]) -> usize {
    let stored = |file: &SiteFile| match &file.content {
        Content::Held(_) => None,
        Content::Stored(stored) => Some(Arc::as_ptr(stored).cast::<()>().addr()),
    };
    let key = |file: &SiteFile| {
        (
            file.path.clone(),
            file.digest,
            file.fingerprinted,
            stored(file),
        )
    };
    let shown: std::collections::BTreeSet<_> = shown.iter().map(key).collect();
    let next: std::collections::BTreeSet<_> = next.iter().map(key).collect();
    let paths: std::collections::BTreeSet<&String> = shown
        .symmetric_difference(&next)
        .map(|(path, ..)| path)
        .collect();
    paths.len()
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
