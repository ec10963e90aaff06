//! The chores of larder's developers, in Rust so that they run wherever larder does.
//!
//! `cargo xtask` lists them. A chore is one file and one line of [`COMMANDS`]: its help, its dispatch and its place in the
//! list come from there.
//!
//! Uses: cargo, the built `larder` · Never: the library (a chore that needs it would compile it twice).

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore talks to the person who started it"
)]

mod bench_dev;
mod bench_generator;
mod bench_peers;
mod building;
mod cargo;
mod check_peers;
mod chromium;
mod commands;
mod corpus;
mod debian;
mod docs;
mod faults;
mod floor;
mod held;
mod identity;
mod instructions;
mod judges;
mod measure;
mod package;
mod peers;
mod spec_coverage;
mod splice;
mod startup;
mod strip;
mod test;
mod toolchain;
mod trained;
mod visit;

use std::process::ExitCode;

use commands::COMMANDS;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        print!("{}", commands::list());
        return ExitCode::SUCCESS;
    };
    let rest: Vec<String> = arguments.collect();
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!(
            "`{name}` is no chore of this project.\n\n{}",
            commands::list()
        );
        return ExitCode::from(2);
    };
    match (command.run)(&rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cargo xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
