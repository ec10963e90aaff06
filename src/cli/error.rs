//! What ends the program: printed once, with its causes, exit code 2.
//!
//! Uses: audit, bench, build, dev, serve · Never: diagnostics' wording (a policy's errors were rendered already)

use std::{io, path::PathBuf};

use crate::{
    audit::AuditError,
    bench::BenchError,
    build::{BuildError, PolicyUnreadable, release::ReleaseError},
    client::ClientError,
    dev::CertificateError,
    serve::ServeError,
};

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The policy has errors; the text shows them all.
    #[error("{rendered}\nNothing is served under a policy with errors: mend {path} and start again", path = path.display())]
    Policy {
        /// Where it is written.
        path: PathBuf,
        /// All diagnostics, rendered.
        rendered: String,
    },
    /// The policy cannot be read.
    #[error(transparent)]
    PolicyUnreadable(#[from] PolicyUnreadable),
    /// There can be no access log.
    #[error(
        "the access log that [server] access-log asks for needs a thread of its own, and there can be no more threads"
    )]
    AccessLog(#[source] io::Error),
    /// The site cannot be read.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The release cannot be made.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// There is nothing to explain.
    #[error("the site has nothing at {url}: --dry-run lists what it has")]
    NoSuchPath {
        /// What was asked for.
        url: String,
    },
    /// The measurement cannot be made.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// There is nothing to judge.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A URL that is none.
    #[error("{text} is no URL")]
    BadUrl {
        /// What was given.
        text: String,
        /// Why not.
        #[source]
        source: url::ParseError,
    },
    /// A folder where only a live site makes sense.
    #[error(
        "{target} is no URL: --against-policy compares a running server, such as https://example.com/, with a policy"
    )]
    NotAUrl {
        /// What was given.
        target: String,
    },
    /// A file that was named cannot be read.
    #[error("cannot read {path}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The server cannot run.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The certificate of a development server cannot be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// There is no place to keep it.
    #[error("there is no folder for the certificate: set HOME or XDG_DATA_HOME")]
    NoCertificateFolder,
    /// There is no place for what an authority gives.
    #[error(
        "there is no folder for the account and the certificates of [server.acme]: name one with `data = \"…\"`"
    )]
    NoDataFolder,
    /// Nothing to explain was named.
    #[error("which PATH? write one after the folder, such as: larder explain dist /index.html")]
    NoPath,
    /// A URL and a path.
    #[error("a URL has its path already: write no second one")]
    TwoPaths,
    /// The server answered, and did not explain.
    #[error(
        "{url} answers, but does not explain: `larder dev` does, and `larder serve --explain` (or with `explain = true` under `[server]` of its policy), each on its own machine; `larder check {url}` tells of any server what can be seen from outside"
    )]
    NotExplaining {
        /// What was asked.
        url: String,
    },
    /// A server cannot be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A thread cannot be started.
    #[error("cannot start a thread")]
    Thread(#[source] io::Error),
}

impl CliError {
    /// What to do about it, where the message does not say so itself.
    pub(super) fn advice(&self) -> Option<String> {
        match self {
            Self::Client(error) | Self::Audit(AuditError::NoAnswer { source: error, .. }) => {
                error.advice().map(str::to_owned)
            }
            Self::Build(BuildError::NoSuchFolder { path, .. })
            | Self::Release(ReleaseError::Site(BuildError::NoSuchFolder { path, .. })) => {
                Some(in_place_of(&path.to_string_lossy()))
            }
            _ => None,
        }
    }
}

/// What may have been meant by what is no folder.
fn in_place_of(named: &str) -> String {
    if named.contains("://") {
        return "of URLs, those that begin with http:// or https:// can be asked".to_owned();
    }
    let host = named.split('/').next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let has_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_host =
        has_port || name == "localhost" || (name.contains('.') && !named.starts_with('.'));
    if is_host {
        format!("if a server is meant, write its URL: http://{named}")
    } else {
        "give the folder that holds the finished site, such as dist".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::in_place_of;

    #[test]
    fn what_is_no_folder_may_be_a_server() {
        for (named, said) in [
            ("localhost:8080", "http://localhost:8080"),
            ("example.com/docs/", "http://example.com/docs/"),
            ("127.0.0.1", "http://127.0.0.1"),
            ("ftp://example.com/", "begin with http://"),
            ("dits", "such as dist"),
            ("../dits", "such as dist"),
            ("./a.b", "such as dist"),
        ] {
            assert!(in_place_of(named).contains(said), "{named}");
        }
    }
}
