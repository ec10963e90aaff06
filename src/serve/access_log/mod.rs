//! One line per request, for those who want it: combined or JSON.
//!
//! Who answers only adds its line to those that wait; a thread of its own writes them, many at once. Switched off, it costs the look at one pointer.
//!
//! As with the metrics, the log is that of the process.
//!
//! Uses: adapt's requests, metrics, arc-swap, std · Never: the reply's content

mod line;

use std::{
    cell::RefCell,
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwapOption;

pub use self::line::Format;
use self::line::Line;
use super::{
    adapt::{Asked, FieldMap},
    metrics,
};

/// How long the first line of some waits for others. Who follows the log sees no delay, and a busy server writes 20 times a second.
const GATHERED_FOR: Duration = Duration::from_millis(50);

/// How many bytes of lines do not wait any longer.
const ENOUGH: usize = 64 * 1024;

/// How many bytes of lines may wait for a disk or a pipe that is too slow: no request waits for its line.
const MOST: usize = 8 * 1024 * 1024;

/// How long the end of the log waits for the last lines to be taken.
const LEAVING: Duration = Duration::from_secs(1);

static LOG: ArcSwapOption<Waiting> = ArcSwapOption::const_empty();

thread_local! {
    static MINE: RefCell<Line> = const { RefCell::new(Line::new()) };
}

/// Lines that are not written yet.
#[derive(Debug)]
struct Waiting {
    format: Format,
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Lines {
    text: Vec<u8>,
    is_over: bool,
}

/// The log that is written: when it is dropped, the last lines are, and there are no more.
#[derive(Debug)]
#[must_use = "the log ends when this is dropped"]
pub struct AccessLog {
    waiting: Arc<Waiting>,
    is_written: mpsc::Receiver<()>,
}

/// Has every request from now on logged to `to`, whole lines at a time.
///
/// # Errors
/// When there can be no thread that writes them.
pub fn start(format: Format, to: impl Write + Send + 'static) -> io::Result<AccessLog> {
    let waiting = Arc::new(Waiting::new(format));
    let (written, is_written) = mpsc::channel();
    let lines = Arc::clone(&waiting);
    thread::Builder::new()
        .name("access-log".to_owned())
        .spawn(move || {
            lines.write_to(to);
            // Whoever ended the log may have stopped waiting.
            let _ = written.send(());
        })?;
    LOG.store(Some(Arc::clone(&waiting)));
    Ok(AccessLog {
        waiting,
        is_written,
    })
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        LOG.store(None);
        self.waiting.lines().is_over = true;
        self.waiting.changed.notify_all();
        // A pipe that nobody reads must not keep the process.
        let _ = self.is_written.recv_timeout(LEAVING);
    }
}

/// Logs a request and its reply.
pub(super) fn log<M: FieldMap>(asked: &Asked<'_, M>, status: u16, bytes: u64) {
    let log = LOG.load();
    let Some(waiting) = &*log else {
        return;
    };
    MINE.with_borrow_mut(|line| {
        line.write(waiting.format, asked, status, bytes, SystemTime::now());
        waiting.add(line.text());
    });
}

impl Waiting {
    fn new(format: Format) -> Self {
        Self {
            format,
            lines: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8]) {
        let mut lines = self.lines();
        let before = lines.text.len();
        if before + line.len() > MOST {
            drop(lines);
            metrics::lines_lost(1);
            return;
        }
        lines.text.extend_from_slice(line);
        let is_enough = before < ENOUGH && lines.text.len() >= ENOUGH;
        drop(lines);
        if before == 0 || is_enough {
            self.changed.notify_one();
        }
    }

    /// Writes lines until there are no more.
    fn write_to(&self, mut to: impl Write) {
        let mut text = Vec::new();
        while self.take(&mut text) {
            if to.write_all(&text).and_then(|()| to.flush()).is_err() {
                metrics::lines_lost(memchr::memchr_iter(b'\n', &text).count() as u64);
            }
        }
    }

    /// Waits for lines, and puts them in place of `text`; `false` when the log is over.
    fn take(&self, text: &mut Vec<u8>) -> bool {
        text.clear();
        text.shrink_to(2 * ENOUGH);
        let mut lines = self
            .changed
            .wait_while(self.lines(), |lines| {
                lines.text.is_empty() && !lines.is_over
            })
            .unwrap_or_else(PoisonError::into_inner);
        (lines, _) = self
            .changed
            .wait_timeout_while(lines, GATHERED_FOR, |lines| {
                lines.text.len() < ENOUGH && !lines.is_over
            })
            .unwrap_or_else(PoisonError::into_inner);
        mem::swap(&mut lines.text, text);
        !text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_has_an_end_and_what_does_not_fit_is_no_half_line() {
        let waiting = Waiting::new(Format::Combined);
        let line = [b'a'; 1000];
        for _ in 0..MOST / line.len() + 10 {
            waiting.add(&line);
        }
        let mut text = Vec::new();
        assert!(waiting.take(&mut text));
        assert_eq!(text.len(), MOST / line.len() * line.len());
        waiting.add(b"later\n");
        assert!(waiting.take(&mut text));
        assert_eq!(text, b"later\n");
    }

    #[test]
    fn the_last_lines_are_written_before_the_end() {
        let waiting = Waiting::new(Format::Combined);
        waiting.add(b"one\n");
        waiting.add(b"two\n");
        waiting.lines().is_over = true;
        let mut written = Vec::new();
        waiting.write_to(&mut written);
        assert_eq!(written, b"one\ntwo\n");
    }
}
