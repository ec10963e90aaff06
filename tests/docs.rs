//! The reference documentation is what the program says, printed: `docs/reference`.
//!
//! A fact stands in one place, beside the code that makes it true. `cargo xtask docs` prints it anew; this test fails when
//! somebody forgot to.

use std::{env, fs, path::Path};

use larder::{cli, findings, policy};

/// Set by `cargo xtask docs`: write instead of comparing.
const WRITE: &str = "LARDER_WRITE_DOCS";

/// A generated document: its place, and how it is made.
type Document = (&'static str, fn() -> String);

/// All of them. Another one is another line here.
const DOCUMENTS: [Document; 4] = [
    ("docs/reference/policy.md", policy::reference_markdown),
    ("docs/reference/lints.md", policy::lint::reference_markdown),
    ("docs/reference/findings.md", findings::reference_markdown),
    ("docs/reference/cli.md", command_line),
];

#[test]
fn every_generated_document_says_what_the_program_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut outdated = Vec::new();
    for (path, print) in DOCUMENTS {
        let (file, text) = (root.join(path), print());
        if env::var_os(WRITE).is_some() {
            fs::write(&file, text).expect("the document can be written");
        } else if fs::read_to_string(&file).unwrap_or_default() != text {
            outdated.push(path);
        }
    }
    assert!(
        outdated.is_empty(),
        "no longer what the program says: {outdated:?}; run `cargo xtask docs`"
    );
}

/// The command line, as `--help` explains it.
fn command_line() -> String {
    let mut larder = cli::definition().term_width(100);
    larder.build();
    let mut text =
        String::from("# The command line\n\nPrinted from `src/cli/`; edit that, not this text.\n");
    text.push_str(&help(&mut larder, "larder"));
    let names: Vec<String> = larder
        .get_subcommands()
        .map(|subcommand| subcommand.get_name().to_owned())
        .collect();
    for name in names.iter().filter(|name| *name != "help") {
        let subcommand = larder
            .find_subcommand_mut(name)
            .expect("it was just listed");
        let name = format!("larder {name}");
        text.push_str(&help(subcommand, &name));
        for inner in subcommand
            .get_subcommands_mut()
            .filter(|inner| inner.get_name() != "help")
        {
            let name = format!("{name} {}", inner.get_name());
            text.push_str(&help(inner, &name));
        }
    }
    text
}

fn help(command: &mut clap::Command, name: &str) -> String {
    let help = command.render_long_help().to_string();
    // Trailing blanks would be lost in the first editor that tidies them up.
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    format!("\n## `{name}`\n\n```text\n{}\n```\n", lines.join("\n"))
}
