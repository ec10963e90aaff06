//! The next generation: looks again when something changed, and publishes what it finds.
//!
//! One thread keeps the site: it waits for changes, for coded content and for the end. What it publishes is always whole; what cannot be published — a
//! broken policy, a folder that is gone, a deploy in its middle — is said once, and the site as it was stays up.
//!
//! Uses: build, snapshot, policy, notify, std · Never: requests

mod backlog;
mod coding;
mod debounce;
mod event;
mod hold;
mod in_force;
mod keeper;
mod news;
mod scope;
mod source;
mod watches;

use std::{
    collections::BTreeSet,
    convert::Infallible,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tracing::{error, warn};

use crate::build::{Done, Survey, Touch};
use backlog::Backlog;
use coding::Coding;
use debounce::Debounce;
use event::Signal;
use scope::{Scope, Touched};
use source::Source;

pub use hold::{Hold, Patience};
pub use in_force::{InForce, Refused};
pub use keeper::{Dress, Keeper};
pub use news::{Audience, Complaint, News};
pub use source::Watching;

enum Message {
    Signal(Signal),
    Coded(Done),
    Surveyed(Survey),
    Look,
    Stop,
}

/// A thread that keeps a site; stops it when asked.
pub struct Kept {
    sender: Sender<Message>,
    thread: JoinHandle<()>,
    /// Hears nothing, but that the thread has ended.
    end: Receiver<Infallible>,
}

impl Kept {
    /// What asks for a look at policy and folder, now, whether or not changes are followed.
    pub fn asker(&self) -> impl Fn() + Send + Sync + use<> {
        let sender = self.sender.clone();
        // An error means that the keeper has stopped.
        move || drop(sender.send(Message::Look))
    }

    /// Stops, and waits until it has, but not for a look that takes long: the process is about to end, and what the thread writes, it writes beside its place.
    pub fn stop(self) {
        // An error means that it has stopped already.
        let _ = self.sender.send(Message::Stop);
        if self.end.recv_timeout(STOPS_WITHIN) == Err(RecvTimeoutError::Timeout) {
            warn!("stopped in the middle of a look at the folder, which takes long");
        } else if self.thread.join().is_err() {
            error!(
                "the thread that keeps the site up to date had died: changes were no longer seen"
            );
        }
    }
}

/// How long the end of the process waits for what the thread is doing.
const STOPS_WITHIN: Duration = Duration::from_secs(1);
/// How often to see whether the folder's name leads elsewhere, where no watcher says so.
const FOLLOW: Duration = Duration::from_secs(2);
/// How long after the first watches stand to look for what changed before: nobody tells of a writer that is in the middle of it.
const STARTED: Duration = Duration::from_secs(1);
/// How many messages are taken before something is done about them: somebody who writes without a pause sends them faster than they are read.
const AT_ONCE: usize = 1000;
/// How long to wait before looking again at a file that was written to while it was read.
const AGAIN: Duration = Duration::from_millis(100);

impl Keeper {
    /// Keeps the site on a thread of its own, following its changes in the way `watching` says, or only coding what is there.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(
        self,
        watching: Option<Watching>,
        audience: impl Audience + 'static,
    ) -> std::io::Result<Kept> {
        let (sender, messages) = channel();
        let own = sender.clone();
        let (lives, end) = channel();
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || {
                // Dropped last, however the thread ends.
                let _lives = lives;
                let backlog = Arc::new(Backlog::default());
                let source = watching.map(|how| {
                    let (sender, backlog) = (own.clone(), Arc::clone(&backlog));
                    let tell = move |signal| {
                        if !matches!(signal, Signal::Touched(_)) || backlog.admit() {
                            // An error means that the keeper has stopped.
                            let _ = sender.send(Message::Signal(signal));
                        }
                    };
                    Source::new(self.folder(), self.named_policy(), how, tell)
                });
                let mut watch = Watch {
                    keeper: self,
                    audience,
                    sender: own,
                    source,
                    backlog,
                    scope: Scope::default(),
                    writing: BTreeSet::new(),
                    debounce: Debounce::default(),
                    coding: None,
                    next_sweep: Instant::now(),
                    sweep: Sweep::None,
                    is_starting: false,
                    is_deaf: false,
                    is_asked: false,
                };
                watch.run(&messages);
            })?;
        Ok(Kept {
            sender,
            thread,
            end,
        })
    }
}

/// The thread's state: who tells, what was told, and when to do something about it.
struct Watch<A> {
    keeper: Keeper,
    audience: A,
    sender: Sender<Message>,
    source: Option<Source>,
    /// What it told and what has not been heard yet.
    backlog: Arc<Backlog>,
    scope: Scope,
    /// Files that somebody was seen to write to, and not to close.
    writing: BTreeSet<PathBuf>,
    debounce: Debounce,
    coding: Option<Coding>,
    next_sweep: Instant,
    sweep: Sweep,
    /// Do the first watches not stand yet?
    is_starting: bool,
    /// Did the last sweep find what nobody had told, nor told of since?
    is_deaf: bool,
    /// Did somebody ask for a look?
    is_asked: bool,
}

/// A look at everything beside the thread.
enum Sweep {
    None,
    /// Somebody is out who looks.
    Out,
    Back(Survey),
}

impl Sweep {
    /// What came of it, once.
    fn take(&mut self) -> Option<Survey> {
        match std::mem::replace(self, Self::None) {
            Self::Back(survey) => Some(survey),
            other => {
                *self = other;
                None
            }
        }
    }
}

impl<A: Audience> Watch<A> {
    fn run(&mut self, messages: &Receiver<Message>) {
        self.code();
        // What changed between the first look and the watcher's first moment was told by nobody.
        let folders = self.keeper.take_folders();
        self.is_starting = self.cover(&folders);
        if self.is_starting {
            self.next_sweep = Instant::now() + FOLLOW;
        } else {
            self.everything();
        }
        loop {
            let wait = self.wake().saturating_duration_since(Instant::now());
            let mut next = messages.recv_timeout(wait);
            // All that has come, before anything is done about it.
            for taken in 1.. {
                match next {
                    Ok(Message::Signal(signal)) => self.signal(signal),
                    Ok(Message::Coded(done)) => self.coded(done),
                    Ok(Message::Surveyed(survey)) => {
                        self.sweep = Sweep::Back(survey);
                    }
                    Ok(Message::Look) => {
                        self.is_asked = true;
                        self.everything();
                    }
                    Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => break,
                }
                if taken == AT_ONCE {
                    break;
                }
                next = messages.try_recv().map_err(|_| RecvTimeoutError::Timeout);
            }
            if self.backlog.take_short() {
                self.lost_count();
            }
            self.publish_coded();
            if self.looks() {
                self.follow();
            }
        }
    }

    /// Is there a reason to look at what changes?
    fn looks(&self) -> bool {
        self.source.is_some() || self.is_asked
    }

    /// Is it for this thread to begin a sweep?
    fn sweeps(&self) -> bool {
        self.source.is_some() && !matches!(self.sweep, Sweep::Out)
    }

    /// When there is something to do, if no message comes.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let looks = self.sweeps().then_some(self.next_sweep);
        let change = self.looks().then(|| self.debounce.due(self.quiet()));
        [
            change.flatten(),
            self.coding.as_ref().map(Coding::due),
            self.keeper.again(),
            looks,
        ]
        .into_iter()
        .flatten()
        .fold(now + FOLLOW, Instant::min)
    }

    fn quiet(&self) -> Duration {
        let keeper = &self.keeper;
        let quiet = self.scope.quiet(
            |name| keeper.knows(name),
            |name| !keeper.knows(name) && std::fs::symlink_metadata(name).is_err(),
        );
        if self.debounce.is_calm(Instant::now()) {
            quiet
        } else {
            quiet.max(scope::SMALL_BURST)
        }
    }

    fn everything(&mut self) {
        self.scope = Scope::everything();
        self.debounce.changed(Instant::now());
    }

    /// Something was told that nobody heard, the end of a writing among it perhaps.
    fn lost_count(&mut self) {
        self.writing.clear();
        self.everything();
    }

    fn signal(&mut self, signal: Signal) {
        let Some(source) = &mut self.source else {
            return;
        };
        let now = Instant::now();
        self.is_deaf &= matches!(signal, Signal::Watched { .. });
        match signal {
            Signal::Touched(touched) => {
                self.backlog.heard();
                if let Touched::Name(name, _) | Touched::Aside(name) = &touched {
                    if self.keeper.overlooks(name) {
                        return;
                    }
                    source.touched(name);
                }
                match &touched {
                    Touched::Name(name, Touch::Writing) => {
                        self.writing.insert(name.clone());
                    }
                    Touched::Name(name, _) => {
                        self.writing.remove(name);
                    }
                    Touched::Aside(_) | Touched::Everything => {}
                }
                self.scope.add(touched);
                self.debounce.told(now);
            }
            Signal::LostCount => {
                source.start();
                self.lost_count();
            }
            Signal::Watched { standing, lost } => {
                source.answered(&lost);
                // Something may have come before the watch stood.
                if standing.iter().any(|folder| source.is_root(folder)) {
                    if std::mem::take(&mut self.is_starting) {
                        // By then it is told of whoever has been writing since.
                        self.next_sweep = now + STARTED;
                    } else {
                        self.everything();
                    }
                } else if !standing.is_empty() {
                    self.scope.add_names(standing);
                    self.debounce.changed(now);
                }
            }
            Signal::Failed(error) => {
                source.give_up(&error);
                self.everything();
            }
        }
    }

    /// Looks, if it is time to.
    fn follow(&mut self) {
        self.hurry_if_stuck();
        let now = Instant::now();
        let moved = self.source.as_mut().is_some_and(Source::follow);
        let mut is_sweep = false;
        if let Some(survey) = self.sweep.take() {
            is_sweep = self.scope.is_empty();
            self.compare(&survey);
        }
        let is_due = self.sweeps() && now >= self.next_sweep;
        if moved || is_due && !self.send_surveyor() {
            is_sweep = is_due && self.scope.is_empty();
            self.everything();
            self.next_sweep = now + FOLLOW;
        }
        if self.keeper.again().is_some_and(|again| again <= now) {
            for name in self.keeper.take_again() {
                self.untold(name);
            }
            if self.keeper.take_policy_again(now) {
                self.scope = Scope::everything();
            }
            // It was waited for already.
            self.debounce.changed(now.checked_sub(AGAIN).unwrap_or(now));
        }
        // What was found only now is due as well.
        let now = Instant::now();
        let quiet = if is_sweep || self.is_asked {
            Duration::ZERO
        } else {
            self.quiet()
        };
        let Some(since) = self.debounce.take(now, quiet) else {
            return;
        };
        let scope = std::mem::take(&mut self.scope);
        let before = self.keeper.pending();
        self.keeper.look(&scope, &self.writing);
        // What was written to just now is looked at again, for whoever asked, too.
        self.is_asked = self.source.is_none() && self.keeper.again().is_some();
        let took = now.elapsed();
        let folders = self.keeper.take_folders();
        self.cover(&folders);
        if is_sweep {
            let found = self.keeper.pending() != before;
            if found && self.is_deaf {
                self.distrust();
            }
            self.is_deaf = found;
        }
        if self.keeper.decide(since, now, &mut self.audience) {
            self.code();
        }
        if scope.names().is_none() {
            self.swept(took);
        }
        self.hurry_if_stuck();
    }

    /// Looks at everything beside this thread, so that a save need not wait for it, where that can be done.
    fn send_surveyor(&mut self) -> bool {
        let sender = self.sender.clone();
        let sent = self.keeper.surveyor().is_some_and(|surveyor| {
            let thread = std::thread::Builder::new().name("surveyor".to_owned());
            // An error means that the keeper has stopped.
            let survey = move || drop(sender.send(Message::Surveyed(surveyor.look())));
            thread.spawn(survey).is_ok()
        });
        if sent {
            self.sweep = Sweep::Out;
        }
        sent
    }

    /// Looks where a survey saw something else than is known.
    fn compare(&mut self, survey: &Survey) {
        self.swept(survey.took());
        self.hurry_if_stuck();
        self.cover(survey.folders());
        match self.keeper.differences(survey) {
            Some(names) if names.is_empty() => self.is_deaf = false,
            Some(names) => {
                for name in names {
                    self.untold(name);
                }
                self.debounce.changed(Instant::now());
            }
            None => self.everything(),
        }
    }

    /// Everything has been looked at, which took so long.
    fn swept(&mut self, took: Duration) {
        if let Some(source) = &self.source {
            self.next_sweep = Instant::now() + source.interval(took);
        }
    }

    /// What holds the site back may be mended by something that is not told, and in a folder that is not watched yet nothing is.
    fn hurry_if_stuck(&mut self) {
        let is_late = self.source.as_ref().is_some_and(Source::is_late);
        if is_late || self.keeper.is_stuck() {
            self.next_sweep = self.next_sweep.min(Instant::now() + FOLLOW);
        }
    }

    /// Something is to be looked at that no watcher told of now.
    fn untold(&mut self, name: PathBuf) {
        self.scope.add(if self.writing.contains(&name) {
            Touched::Name(name, Touch::Writing)
        } else {
            Touched::Aside(name)
        });
    }

    /// Asks for folders that are new to be watched. Are there any?
    fn cover(&mut self, folders: &[PathBuf]) -> bool {
        let source = self.source.as_mut();
        source.is_some_and(|source| source.cover(folders))
    }

    /// Two sweeps in a row found what nobody had told, and nobody told of anything in between.
    fn distrust(&mut self) {
        if let Some(source) = self.source.as_mut().filter(|source| source.is_told()) {
            warn!(
                "changes come here that the system does not tell of: from now on the folder is looked at again and again"
            );
            source.distrust();
            self.next_sweep = Instant::now();
        }
    }

    /// Starts to code what was missing when the site was last published.
    fn code(&mut self) {
        let sender = self.sender.clone();
        // An error means that the keeper has stopped.
        let tell = move |done| drop(sender.send(Message::Coded(done)));
        self.coding = self
            .keeper
            .code(tell)
            .map(|forms| Coding::new(forms, Instant::now()));
    }

    fn coded(&mut self, done: Done) {
        let is_last = self.keeper.take_coded(done);
        if let Some(coding) = &mut self.coding {
            coding.came(is_last, Instant::now());
        }
    }

    fn publish_coded(&mut self) {
        let now = Instant::now();
        let Some(coding) = self.coding.as_mut().filter(|coding| coding.due() <= now) else {
            return;
        };
        if coding.take_fresh() {
            self.keeper.publish_again(&mut self.audience);
        }
        if let Some(took) = coding.took(now) {
            self.audience.hear(News::Coded {
                generation: self.keeper.generation(),
                forms: coding.forms,
                took,
            });
            self.coding = None;
        } else {
            coding.wait(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::SyncSender;

    use super::*;
    use crate::{
        build::{Mode, PolicyText, Workshop},
        policy::Policy,
        snapshot::Snapshot,
    };

    /// Says that it hears something, and then keeps the thread until the test ends.
    struct Stuck {
        hears: SyncSender<()>,
        until: Receiver<()>,
    }

    impl Audience for Stuck {
        fn publish(&mut self, _: Arc<Snapshot>) {
            self.hears.send(()).expect("the test waits for it");
            // An error means that the test has ended.
            let _ = self.until.recv();
        }

        fn hear(&mut self, _: News<'_>) {}
    }

    #[test]
    fn a_look_that_does_not_end_does_not_keep_the_process_from_ending() {
        let site = tempfile::tempdir().unwrap();
        let in_force = InForce {
            policy: Policy::default(),
            text: PolicyText::default(),
            named: None,
            adapt: |policy| policy,
        };
        let workshop = Workshop::new(site.path(), Mode::Plain, None).unwrap();
        let keeper = Keeper::new(workshop, in_force, Patience::SERVING, None).unwrap();
        let (hears, has_heard) = std::sync::mpsc::sync_channel(0);
        let (still_stuck, until) = channel();
        let kept = keeper.start(None, Stuck { hears, until }).unwrap();
        std::fs::write(site.path().join("new.html"), "new").unwrap();
        kept.asker()();
        has_heard.recv().expect("it shows the new file");
        kept.stop();
        still_stuck.send(()).expect("it is stuck to the end");
    }
}
