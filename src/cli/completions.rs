//! `larder completions SHELL`: prints a completion script.
//!
//! Uses: clap · Never: the site

use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print a completion script for your shell.
///
/// For bash: larder completions bash > ~/.local/share/bash-completion/completions/larder
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell to complete in.
    shell: Shell,
}

impl Completions {
    pub(super) fn run<C: CommandFactory>(&self) {
        clap_complete::generate(
            self.shell,
            &mut C::command(),
            "larder",
            &mut std::io::stdout(),
        );
    }
}
