//! The command line: one file per subcommand.
//!
//! Uses: everything · Never: being used by anything but `main`

mod bench;
mod build;
mod build_json;
mod build_summary;
mod check;
mod completions;
mod dev;
mod error;
mod explain;
mod output;
mod policy_file;
mod serve;
mod site;
mod summary;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;

/// A web server for single-page apps and static sites that knows what keeps and what goes off.
///
/// Documents are revalidated, files whose names carry a hash of their content are cached for a year, errors are not cached, and a missing asset is a
/// 404 and never the page. No configuration is needed; a policy.toml beside the site changes what you want changed.
#[derive(Debug, Parser)]
#[command(name = "larder", version, max_term_width = 100, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  larder serve dist                  serve what a bundler built
  larder dev site                    save a file, see it in the browser
  larder serve --build site          fingerprint a hand-written site in memory, then serve it
  larder build site -o release       the same on disk, for any server; then: larder serve release
  larder explain dist /app.js        why this path gets its fields, and what caches do with it
  larder check https://example.com   what is wrong with the caching of a site, whichever server it is on
  larder serve dist --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Dev(dev::Dev),
    Build(build::Build),
    Explain(explain::Explain),
    Bench(bench::Bench),
    Check(check::Check),
    Completions(completions::Completions),
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(serve) => serve.run().map(|()| ExitCode::SUCCESS),
        Command::Dev(dev) => dev.run().map(|()| ExitCode::SUCCESS),
        Command::Build(build) => build.run(),
        Command::Explain(explain) => explain.run(),
        Command::Bench(bench) => bench.run(),
        Command::Check(check) => check.run(),
        Command::Completions(completions) => {
            completions.run::<Arguments>();
            Ok(ExitCode::SUCCESS)
        }
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}

/// The definition of the command line, for the generated reference.
pub fn definition() -> clap::Command {
    use clap::CommandFactory;
    Arguments::command()
}
