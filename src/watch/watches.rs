//! The platform's watcher, and a thread that has it watch folders.
//!
//! Where one is asked to watch a folder, the answer comes between two bursts of events; while somebody writes without a pause, and faster than it reads, there
//! is no such moment. Whoever shows changes must not wait for it, so this thread does.
//!
//! Uses: notify · Never: content, what a name means

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tracing::info;

use super::event::{Signal, is_limit};

/// Watches that are set and removed in the order in which that was asked for, some time later.
#[derive(Debug)]
pub(super) struct Watches {
    orders: Sender<Order>,
    /// Nobody wants to hear of them any more.
    is_over: Arc<AtomicBool>,
    /// How many folders are not answered for yet, and since when that is so.
    unanswered: usize,
    since: Instant,
}

#[derive(Debug)]
enum Order {
    Watch(Vec<PathBuf>, Part),
    Forget(PathBuf),
}

/// What a folder is to the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One of its folders.
    Folder,
    /// All of it, with the folders below.
    Tree,
    /// A folder beside it, with a name that matters.
    Beside,
}

impl Watches {
    /// A watcher that watches nothing yet; `hear` gets what it tells, and `tell` what becomes of the folders, on other threads.
    ///
    /// # Errors
    /// When the system gives no watcher.
    pub(super) fn new(
        mut hear: impl FnMut(notify::Result<notify::Event>) + Send + 'static,
        tell: Arc<dyn Fn(Signal) + Send + Sync>,
    ) -> notify::Result<Self> {
        let is_over = Arc::new(AtomicBool::new(false));
        let (orders, ordered) = channel();
        let watcher = {
            let is_over = Arc::clone(&is_over);
            notify::recommended_watcher(move |event| {
                // It may have much to tell when it is dropped.
                if !is_over.load(Ordering::Relaxed) {
                    hear(event);
                }
            })?
        };
        let setter = Setter {
            watcher,
            tell,
            is_over: Arc::clone(&is_over),
        };
        std::thread::Builder::new()
            .name("watches".to_owned())
            .spawn(move || setter.run(&ordered))
            .map_err(notify::Error::io)?;
        Ok(Self {
            orders,
            is_over,
            unanswered: 0,
            since: Instant::now(),
        })
    }

    /// Asks for `folders` to be watched, which is answered by [`Signal::Watched`] or [`Signal::Failed`].
    pub(super) fn watch(&mut self, folders: Vec<PathBuf>, part: Part) {
        if folders.is_empty() {
            return;
        }
        if self.unanswered == 0 {
            self.since = Instant::now();
        }
        self.unanswered += 1;
        self.order(Order::Watch(folders, part));
    }

    /// A [`Signal::Watched`] has come.
    pub(super) fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.since = Instant::now();
    }

    /// Is there a folder whose watch has been asked for and has not stood for this long?
    pub(super) fn is_late(&self, by: Duration) -> bool {
        self.unanswered > 0 && self.since.elapsed() > by
    }

    /// What was watched at `folder` is something else, or gone.
    pub(super) fn forget(&self, folder: PathBuf) {
        self.order(Order::Forget(folder));
    }

    fn order(&self, order: Order) {
        // An error means that the thread has failed, and said so.
        let _ = self.orders.send(order);
    }
}

impl Drop for Watches {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// What the thread has.
struct Setter {
    watcher: RecommendedWatcher,
    tell: Arc<dyn Fn(Signal) + Send + Sync>,
    is_over: Arc<AtomicBool>,
}

impl Setter {
    fn run(mut self, ordered: &Receiver<Order>) {
        for order in ordered {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let signal = match order {
                Order::Watch(folders, part) => self.watch(folders, part),
                Order::Forget(folder) => {
                    // An error means that the system has dropped it already.
                    let _ = self.watcher.unwatch(&folder);
                    continue;
                }
            };
            let has_failed = matches!(signal, Signal::Failed(_));
            if !self.is_over.load(Ordering::Relaxed) {
                (self.tell)(signal);
            }
            if has_failed {
                return;
            }
        }
    }

    fn watch(&mut self, folders: Vec<PathBuf>, part: Part) -> Signal {
        let (mut standing, mut lost) = (Vec::with_capacity(folders.len()), Vec::new());
        let mode = match part {
            Part::Tree => RecursiveMode::Recursive,
            Part::Folder | Part::Beside => RecursiveMode::NonRecursive,
        };
        for folder in folders {
            match self.watcher.watch(&folder, mode) {
                Ok(()) => standing.push(folder),
                Err(error) if part == Part::Tree || is_limit(&error) => {
                    return Signal::Failed(error);
                }
                Err(error) => {
                    let what = match part {
                        Part::Beside => "not watched: a change there is seen a little later",
                        // It went meanwhile, which its parent's watch tells.
                        Part::Folder | Part::Tree => "not watched",
                    };
                    info!(folder = %folder.display(), %error, "{what}");
                    lost.push(folder);
                }
            }
        }
        if part == Part::Beside {
            standing.clear();
        }
        Signal::Watched { standing, lost }
    }
}
