//! larder, the program.

use std::process::ExitCode;

/// Of all allocations nearly every one is small and freed by the thread that made it, which is what this one is best at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    larder::cli::run()
}
