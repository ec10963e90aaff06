//! Which browsers are connected, and what they are told.
//!
//! A browser that connects late gets what it missed: what is wrong now, and what changed while its page was loading.
//!
//! Uses: snapshot, tokio (channels) · Never: sockets

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{
    message::{Message, about},
    problem::Problem,
};
use crate::snapshot::{Change, Snapshot};

/// How many messages may wait for one browser. One that reads so slowly is disconnected; it comes back and reloads.
const WAITING: usize = 64;
/// For how long changes are remembered, for pages that take long to load.
const REMEMBERED: Duration = Duration::from_mins(2);

/// What became of an announcement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many browsers were told.
    pub browsers: usize,
    /// Do they reload, or swap what changed?
    pub reloads: bool,
}

/// All connected browsers.
#[derive(Debug)]
pub struct Hub {
    as_deployed: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    mark: String,
    problems: Vec<Problem>,
    browsers: Vec<Sender<Arc<str>>>,
    recent: VecDeque<(Instant, Vec<Message>)>,
}

impl Hub {
    /// A hub for a site that `snapshot` is served of; `as_deployed` if production's caching is in force.
    pub fn new(snapshot: &Snapshot, as_deployed: bool) -> Self {
        Self {
            as_deployed,
            state: Mutex::new(State {
                mark: snapshot.mark().to_string(),
                problems: Vec::new(),
                browsers: Vec::new(),
                recent: VecDeque::new(),
            }),
        }
    }

    /// `snapshot` is served from now on, with these changes: tells all browsers.
    pub fn changed(&self, snapshot: &Snapshot, changes: &[Change]) -> Told {
        let mut state = self.state();
        state.mark = snapshot.mark().to_string();
        let messages = about(changes, &state.mark);
        let now = Instant::now();
        while state
            .recent
            .front()
            .is_some_and(|(when, _)| now.duration_since(*when) > REMEMBERED)
        {
            state.recent.pop_front();
        }
        for message in &messages {
            state.tell(message);
        }
        let told = Told {
            browsers: if messages.is_empty() {
                0
            } else {
                state.browsers.len()
            },
            reloads: matches!(messages[..], [Message::Reload { .. }]),
        };
        if !messages.is_empty() {
            state.recent.push_back((now, messages));
        }
        told
    }

    /// This is all that is wrong now.
    pub fn problems(&self, problems: Vec<Problem>) {
        let mut state = self.state();
        if state.problems == problems {
            return;
        }
        state.problems = problems;
        let message = state.overlay();
        state.tell(&message);
    }

    /// Has every browser load its page again. Tells how many there are.
    pub fn reload(&self) -> usize {
        let mut state = self.state();
        state.tell(&Message::Reload { paths: Vec::new() });
        state.browsers.len()
    }

    /// How many browsers are connected.
    pub fn browsers(&self) -> usize {
        self.state()
            .browsers
            .iter()
            .filter(|browser| !browser.is_closed())
            .count()
    }

    /// A browser whose page has been loading for `age`: gives what it is to be told, until it goes or the hub does.
    pub(super) fn join(&self, age: Duration) -> Receiver<Arc<str>> {
        let (sender, receiver) = channel(WAITING);
        let mut state = self.state();
        let hello = Message::Hello {
            snapshot: state.mark.clone(),
            as_deployed: self.as_deployed,
        };
        let now = Instant::now();
        let missed = state
            .recent
            .iter()
            .filter(|(when, _)| now.duration_since(*when) <= age)
            .flat_map(|(_, messages)| messages);
        let overlay = (!state.problems.is_empty()).then(|| state.overlay());
        for message in [&hello].into_iter().chain(missed).chain(&overlay) {
            // The channel is empty, and what does not fit comes to a page that reloads anyway.
            let _ = sender.try_send(message.to_text().into());
        }
        state.browsers.retain(|browser| !browser.is_closed());
        state.browsers.push(sender);
        receiver
    }

    /// A panic elsewhere leaves nothing half done here.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&mut self, message: &Message) {
        let text: Arc<str> = message.to_text().into();
        self.browsers
            .retain(|browser| browser.try_send(Arc::clone(&text)).is_ok());
    }

    fn overlay(&self) -> Message {
        if self.problems.is_empty() {
            Message::Clear
        } else {
            Message::Overlay {
                problems: self.problems.clone(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::Policy,
        snapshot::{Difference, Generation, assemble},
    };

    fn hub() -> (Hub, Snapshot) {
        let snapshot = assemble(Vec::new(), &Policy::default(), Generation(1));
        (Hub::new(&snapshot, false), snapshot)
    }

    fn change(path: &str) -> Change {
        Change {
            path: path.into(),
            difference: Difference::Changed,
        }
    }

    fn all(receiver: &mut Receiver<Arc<str>>) -> Vec<String> {
        std::iter::from_fn(|| receiver.try_recv().ok())
            .map(|text| text.to_string())
            .collect()
    }

    #[test]
    fn every_browser_is_told_and_one_that_left_is_not_counted() {
        let (hub, snapshot) = hub();
        let mut first = hub.join(Duration::ZERO);
        drop(hub.join(Duration::ZERO));
        let told = hub.changed(&snapshot, &[change("/a.css")]);
        assert_eq!((told.browsers, told.reloads), (1, false));
        assert!(all(&mut first)[1].contains("/a.css"));
    }

    #[test]
    fn a_page_that_was_loading_while_something_changed_is_told_when_it_comes() {
        let (hub, snapshot) = hub();
        hub.changed(&snapshot, &[change("/a.js")]);
        let mut late = hub.join(Duration::from_mins(1));
        assert!(all(&mut late)[1].contains("reload"));
        let mut later = hub.join(Duration::ZERO);
        assert_eq!(all(&mut later).len(), 1, "only the greeting");
    }

    #[test]
    fn a_browser_that_comes_late_learns_what_is_wrong_now() {
        let (hub, _) = hub();
        hub.problems(vec![Problem::plain("it is broken")]);
        let mut browser = hub.join(Duration::ZERO);
        assert!(all(&mut browser)[1].contains("it is broken"));
        hub.problems(Vec::new());
        assert_eq!(all(&mut browser), [r#"{"type":"clear"}"#]);
    }
}
