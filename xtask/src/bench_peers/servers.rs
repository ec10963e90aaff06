//! The servers that are compared: each as its own documentation has it made fast, with one worker and without an access log.
//!
//! They serve the same folder with the same fields as far as they can: `Cache-Control`, a validator, `nosniff`.

use std::path::Path;

use anyhow::Context;

use crate::{
    identity::Identity,
    peers::{Running, Setup, Tool},
};

/// The name of the least that could be a server.
pub(crate) const FLOOR: &str = "floor";

/// The name of ours.
pub(crate) const LARDER: &str = "larder";

/// A server twice: for HTTP/1.1, and for HTTP/2 over TLS if it has that.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) plain: Running,
    pub(crate) tls: Option<Running>,
}

/// How a server is configured.
struct Recipe {
    name: &'static str,
    tool: Tool,
    about: &'static str,
    /// The configuration's file, if it needs one, and its text: for HTTP/1.1, and for HTTP/2 over TLS.
    file: &'static str,
    plain: &'static str,
    tls: Option<&'static str>,
    arguments: &'static [&'static str],
    /// More of them under TLS.
    arguments_tls: &'static [&'static str],
}

macro_rules! nginx {
    ($listen:literal) => {
        concat!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr; user root;
worker_processes 1;
events { worker_connections 16384; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on; tcp_nopush on;
  keepalive_requests 1000000000; http2_max_concurrent_streams 128;
  open_file_cache max=100000 inactive=60s;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:{port} ",
            $listen,
            "
    root {site};
    add_header Cache-Control no-cache;
    add_header X-Content-Type-Options nosniff;
    location / { try_files $uri $uri/ /index.html; }
    location /assets/ { try_files $uri =404; add_header Cache-Control no-cache; add_header X-Content-Type-Options nosniff; }
  }
}
"
        )
    };
}

macro_rules! h2o {
    ($listen:literal) => {
        concat!(
            "user: root
num-threads: 1
max-connections: 16384
listen:
  host: 127.0.0.1
  port: {port}
",
            $listen,
            "hosts:
  default:
    paths:
      /:
        file.dir: {site}
        header.set: \"Cache-Control: no-cache\"
        header.add: \"X-Content-Type-Options: nosniff\"
"
        )
    };
}

macro_rules! caddy {
    ($scheme:literal, $tls:literal) => {
        concat!(
            "{
  admin off
  auto_https off
}
",
            $scheme,
            "://127.0.0.1:{port} {
",
            $tls,
            "  root * {site}
  header Cache-Control no-cache
  header X-Content-Type-Options nosniff
  file_server
}
"
        )
    };
}

const RECIPES: &[Recipe] = &[
    Recipe {
        name: "nginx",
        tool: Tool::Nginx,
        about: "sendfile, open_file_cache",
        file: "nginx.conf",
        plain: nginx!(";"),
        tls: Some(nginx!("ssl http2; ssl_certificate {scratch}/chain.pem; ssl_certificate_key {scratch}/key.pem;")),
        arguments: &["-p", "{scratch}", "-c", "nginx.conf"],
        arguments_tls: &[],
    },
    Recipe {
        name: "h2o",
        tool: Tool::H2o,
        about: "one thread",
        file: "h2o.conf",
        plain: h2o!(""),
        tls: Some(h2o!(
            "  ssl:
    certificate-file: {scratch}/chain.pem
    key-file: {scratch}/key.pem
"
        )),
        arguments: &["-c", "h2o.conf"],
        arguments_tls: &[],
    },
    Recipe {
        name: "lighttpd",
        tool: Tool::Lighttpd,
        about: "HTTP/1.1 only here",
        file: "lighttpd.conf",
        plain: "server.document-root = \"{site}\"
server.bind = \"127.0.0.1\"
server.port = {port}
server.max-keep-alive-requests = 1000000000
server.max-connections = 16384
server.max-fds = 32768
server.modules = ( \"mod_setenv\" )
setenv.set-response-header = ( \"Cache-Control\" => \"no-cache\", \"X-Content-Type-Options\" => \"nosniff\" )
index-file.names = ( \"index.html\" )
mimetype.assign = ( \".html\" => \"text/html\", \".js\" => \"text/javascript\", \".bin\" => \"application/octet-stream\" )
",
        tls: None,
        arguments: &["-D", "-f", "lighttpd.conf"],
        arguments_tls: &[],
    },
    Recipe {
        name: "Caddy",
        tool: Tool::Caddy,
        about: "GOMAXPROCS as it chooses",
        file: "Caddyfile",
        plain: caddy!("http", ""),
        tls: Some(caddy!("https", "  tls {scratch}/chain.pem {scratch}/key.pem\n")),
        arguments: &["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
        arguments_tls: &[],
    },
    Recipe {
        name: "static-web-server",
        tool: Tool::StaticWebServer,
        about: "in-memory cache off, as it comes",
        file: "",
        plain: "",
        tls: Some(""),
        arguments: &[
            "--host", "127.0.0.1", "--port", "{port}", "--root", "{site}", "--threads-multiplier", "1",
            "--log-level", "error", "--compression", "false",
        ],
        arguments_tls: &[
            "--tls", "--http2", "true", "--tls-cert", "{scratch}/chain.pem", "--tls-key", "{scratch}/key.pem",
        ],
    },
    Recipe {
        name: LARDER,
        tool: Tool::Larder,
        about: "as it comes",
        file: "policy.toml",
        plain: "",
        tls: Some(""),
        arguments: &["serve", "{site}", "--policy", "policy.toml", "--listen", "127.0.0.1:{port}", "--workers", "1"],
        arguments_tls: &["--tls-cert", "{scratch}/chain.pem", "--tls-key", "{scratch}/key.pem"],
    },
    Recipe {
        name: "larder, access log on",
        tool: Tool::Larder,
        about: "combined, into a file",
        file: "policy.toml",
        plain: "[server]\naccess-log = \"combined\"\n",
        tls: Some("[server]\naccess-log = \"combined\"\n"),
        arguments: &["serve", "{site}", "--policy", "policy.toml", "--listen", "127.0.0.1:{port}", "--workers", "1"],
        arguments_tls: &["--tls-cert", "{scratch}/chain.pem", "--tls-key", "{scratch}/key.pem"],
    },
    Recipe {
        name: FLOOR,
        tool: Tool::Floor,
        about: "a bare epoll loop that sends a canned reply; over HTTP/2 one on the h2 crate (benches/floor)",
        file: "",
        plain: "",
        tls: Some(""),
        arguments: &["--listen", "127.0.0.1:{port}"],
        arguments_tls: &["--tls-cert", "{scratch}/chain.pem", "--tls-key", "{scratch}/key.pem"],
    },
];

/// Starts all of them, or those that are named.
pub(crate) fn start(
    site: &Path,
    identity: &Identity,
    only: &[String],
) -> anyhow::Result<Vec<Server>> {
    let wanted = |recipe: &&Recipe| only.is_empty() || only.iter().any(|name| name == recipe.name);
    RECIPES
        .iter()
        .filter(wanted)
        .map(|recipe| recipe.start(site, identity).with_context(|| recipe.name))
        .collect()
}

impl Recipe {
    fn start(&self, site: &Path, identity: &Identity) -> anyhow::Result<Server> {
        let one = |text: &str, more: &[&str]| {
            let mut files = vec![
                ("chain.pem", identity.certificate.as_str()),
                ("key.pem", identity.key.as_str()),
            ];
            if !self.file.is_empty() {
                files.push((self.file, text));
            }
            let setup = Setup {
                name: self.name,
                tool: self.tool,
                about: self.about,
                files: &files,
                arguments: &[self.arguments, more].concat(),
            };
            setup.start(site)
        };
        Ok(Server {
            name: self.name,
            about: self.about,
            plain: one(self.plain, &[])?,
            tls: self
                .tls
                .map(|text| one(text, self.arguments_tls))
                .transpose()?,
        })
    }
}
