//! `cargo xtask peers SITE [NAME]…`: starts them to be looked at, until Enter is pressed.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, bail};

use super::{Running, USUAL, usual};

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let [site, names @ ..] = arguments else {
        bail!("which site? `cargo xtask peers dist`, or `cargo xtask peers dist caddy sirv`")
    };
    let setups = if names.is_empty() {
        USUAL.iter().collect()
    } else {
        names
            .iter()
            .map(|name| usual(name))
            .collect::<anyhow::Result<Vec<_>>>()?
    };
    let mut running: Vec<Running> = Vec::new();
    for setup in setups {
        let server = setup.start(Path::new(site))?;
        println!(
            "{:<18} {:<14} {:<28} {}",
            server.name,
            server.version,
            server.url("/"),
            setup.about
        );
        running.push(server);
    }
    println!("\nEnter stops them.");
    std::io::stdin()
        .read_line(&mut String::new())
        .context("nobody is there to press Enter")?;
    Ok(ExitCode::SUCCESS)
}
