//! `larder bench`: measures what caching costs a server and a visitor.
//!
//! Uses: its subcommands · Never: measuring

mod load;
mod load_text;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::error::CliError;

/// Measure what caching costs: a server under load.
#[derive(Debug, Args)]
pub(super) struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Load(Box<load::Load>),
}

impl Bench {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        match self.command {
            Command::Load(load) => load.run(),
        }
    }
}
