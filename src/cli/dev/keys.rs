//! Single keys at the terminal: reload, open, quit.
//!
//! The terminal is told to hand over each key at once and not to show it; Ctrl+C goes on to be a signal, and what is printed stays as it is. When the command
//! ends, the terminal is as it was.
//!
//! Uses: rustix, output · Never: the site

use std::{
    io::{BufReader, IsTerminal, Read, stderr, stdin},
    thread,
};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::cli::output;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Reload,
    Open,
    Quit,
}

/// The terminal with its keys; as it was again when dropped.
pub(super) struct Keys(Termios);

/// What the keys do.
pub(super) const HELP: &str = "  r reload all browsers · o open one · q quit · ? this help";

impl Keys {
    /// Listens to keys, if a person sits at the terminal.
    pub(super) fn listen(act: impl Fn(Key) + Send + 'static) -> Option<Self> {
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return None;
        }
        let before = tcgetattr(stdin()).ok()?;
        let mut raw = before.clone();
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin(), OptionalActions::Now, &raw).ok()?;
        // It ends with the process: nothing else wakes it.
        let started = thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || {
                for key in BufReader::new(stdin()).bytes().map_while(Result::ok) {
                    match key {
                        b'r' | b'R' => act(Key::Reload),
                        b'o' | b'O' => act(Key::Open),
                        b'q' | b'Q' => act(Key::Quit),
                        b'?' | b'h' => output::line(HELP),
                        _ => {}
                    }
                }
            });
        let keys = Self(before);
        started.is_ok().then_some(keys)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
    }
}
