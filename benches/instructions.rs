//! Asks for one of the cases a fixed number of times, for callgrind to count: `cargo xtask instructions` runs it and compares.
//!
//! Without the name of a case it lists them.

#![expect(clippy::print_stdout, reason = "a program of its own, read by a chore")]

mod cases;

use cases::CASES;

/// How often: enough for the rest of the program to disappear, few enough for callgrind.
const TIMES: u32 = 1000;

fn main() {
    let name = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let Some(name) = name else {
        for case in CASES.iter() {
            println!("{} {TIMES}", case.name);
        }
        return;
    };
    let case = CASES.iter().find(|case| case.name == name);
    counted(&case.expect("one of those that are listed").ready());
}

/// What callgrind counts in: it looks for this name.
#[inline(never)]
fn counted(ask: &dyn Fn() -> u16) {
    for _ in 0..TIMES {
        std::hint::black_box(ask());
    }
}
