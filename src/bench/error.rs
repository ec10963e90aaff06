//! What keeps a measurement from being made.
//!
//! Uses: build · Never: what a server answered wrongly (that is a result)

use std::{io, path::PathBuf};

use crate::build::BuildError;

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// Not a URL.
    #[error(
        "`{text}` is neither a folder nor the URL of a server: {why}. Give a folder, or a URL such as http://127.0.0.1:8080/"
    )]
    NotAUrl {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A name without an address.
    #[error("the host {host} has no address")]
    NoAddress {
        /// The host.
        host: String,
        /// What the resolver said.
        #[source]
        source: io::Error,
    },
    /// A server elsewhere.
    #[error(
        "{url} is not on this machine. Load is for servers of your own: if this one is, say --i-own-this-host"
    )]
    NotLoopback {
        /// The URL.
        url: String,
    },
    /// Nobody answers.
    #[error("{url} does not answer: {why}")]
    NoAnswer {
        /// The URL.
        url: String,
        /// What happened instead.
        why: String,
    },
    /// The entry is not there.
    #[error(
        "{url} answers {status}: there is nothing to measure. Name a document of the site, or assets with --path"
    )]
    NoEntry {
        /// The URL.
        url: String,
        /// The status code.
        status: u16,
    },
    /// There is nothing that the scenarios could ask for.
    #[error("{what} has nothing to ask for in the scenario `{scenario}`: {why}")]
    NothingToAsk {
        /// The target.
        what: String,
        /// The scenario's name.
        scenario: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// A site cannot be read.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A file cannot be read or written.
    #[error("cannot {what} {path}", path = path.display())]
    File {
        /// Read, write, start.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The server that was to be measured did not start.
    #[error("the server for {site} did not start:\n{said}", site = site.display())]
    NotStarted {
        /// The site.
        site: PathBuf,
        /// What it said.
        said: String,
    },
    /// No process of that number.
    #[error(
        "process {pid} cannot be measured: there is none, or this system does not tell its CPU time (/proc/{pid}/stat)"
    )]
    NoProcess {
        /// Its number.
        pid: u32,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// Threads or the runtime failed.
    #[error("the load generator cannot start")]
    Generator(#[source] io::Error),
}
