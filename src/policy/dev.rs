//! `[dev]`: what `larder dev` is to know of a developer's machine.
//!
//! Uses: std · Never: files, sockets

/// `[dev]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dev {
    /// `proxy`: what other servers answer, the longest prefix first.
    pub proxy: Vec<Proxy>,
    /// `hosts`: names that are answered to besides localhost and addresses.
    pub hosts: Vec<String>,
}

/// Paths that another server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// The path, and all below it.
    pub prefix: String,
    /// The host and the port of that server.
    pub authority: String,
}

impl Proxy {
    /// Is `path` the prefix, or below it? `/api` is about `/api/users` and not about `/apiary`.
    pub fn covers(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_about_whole_segments() {
        let proxy = Proxy {
            prefix: "/api".to_owned(),
            authority: "127.0.0.1:3000".to_owned(),
        };
        assert!(proxy.covers("/api") && proxy.covers("/api/users"));
        assert!(!proxy.covers("/apiary") && !proxy.covers("/"));
    }
}
