//! larder, the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    larder::cli::run()
}
