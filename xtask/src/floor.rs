//! The floor of `benches/floor`, running.
//!
//! Uses: what cargo built · Never: building

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, ensure};

/// Stopped when dropped.
pub(crate) struct Floor {
    child: Child,
    url: String,
}

impl Floor {
    /// Starts `program`, with more arguments than where to listen.
    pub(crate) fn start(program: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let url = line.trim().trim_end_matches('/').to_owned();
        ensure!(!url.is_empty(), "the floor does not start");
        Ok(Self { child, url })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// How many requests it has answered since it was last asked: over HTTP/1.1.
    pub(crate) fn count(&self) -> anyhow::Result<u64> {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /count HTTP/1.1\r\n\r\n")?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        let count = reply.rsplit("\r\n\r\n").next().unwrap_or_default();
        count
            .parse()
            .with_context(|| format!("the floor's count: {count}"))
    }

    /// Waits until it has ended, which `/end` makes it do.
    pub(crate) fn ended(mut self) -> anyhow::Result<()> {
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the floor ended with {ended}");
        Ok(())
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
