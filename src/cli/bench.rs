//! `larder bench`: measures what caching costs a server and a visitor.
//!
//! Uses: its subcommands · Never: measuring

mod load;
mod load_text;
mod place;
mod visitors;
mod visitors_text;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::error::CliError;

/// Measure what caching costs: a server under load, a visitor's browser.
#[derive(Debug, Args)]
pub(super) struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Load(Box<load::Load>),
    Visitors(Box<visitors::Visitors>),
}

impl Bench {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        match self.command {
            Command::Load(load) => load.run(),
            Command::Visitors(visitors) => visitors.run(),
        }
    }
}
