//! Other servers, started for real: what larder is compared with.
//!
//! A [`Setup`] is a tool with a configuration. [`USUAL`] holds the ones that people copy for a single-page app; a chore that wants
//! another one writes its own. [`Setup::start`] serves a folder on a free port of the loopback address, until the [`Running`] is dropped.
//!
//! ```ignore
//! let nginx = peers::usual("nginx-tutorial")?.start(Path::new("dist"))?;
//! println!("{} is {}, at {}", nginx.name, nginx.version, nginx.url("/"));
//! ```

pub(crate) mod ask;
pub(crate) mod chore;
mod running;
mod tool;
mod usual;

use std::path::Path;

use anyhow::Context;

pub(crate) use running::Running;
pub(crate) use tool::Tool;
pub(crate) use usual::USUAL;

/// A server and how it is configured. In every text `{site}`, `{port}`, `{scratch}` and `{user}` stand for the folder that is served,
/// the port to listen on, a folder of the server's own, and the user who runs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup<'t> {
    /// Such as `nginx-careful`.
    pub(crate) name: &'t str,
    /// The program.
    pub(crate) tool: Tool,
    /// What the configuration is about, for a table.
    pub(crate) about: &'t str,
    /// Files to be written into the scratch folder first: name and text.
    pub(crate) files: &'t [(&'t str, &'t str)],
    /// The arguments.
    pub(crate) arguments: &'t [&'t str],
}

impl Setup<'_> {
    /// Starts it, installing the tool if it is not there, and waits until it accepts connections.
    ///
    /// # Errors
    /// When the tool cannot be had, or the server ends or says nothing: with what it wrote.
    pub(crate) fn start(&self, site: &Path) -> anyhow::Result<Running> {
        let tool = self.tool.find_or_install()?;
        Running::start(self, &tool, site)
            .with_context(|| format!("{} cannot be started", self.name))
    }
}

/// The usual setup of this name.
///
/// # Errors
/// When there is none: with those that there are.
pub(crate) fn usual(name: &str) -> anyhow::Result<&'static Setup<'static>> {
    let names = || {
        USUAL
            .iter()
            .map(|setup| setup.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    USUAL
        .iter()
        .find(|setup| setup.name == name)
        .with_context(|| format!("there is no setup `{name}`: there are {}", names()))
}
