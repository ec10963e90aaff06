//! The servers, each set up for a static site with gzip as its own documentation shows, and larder with nothing at all.

use std::{net::SocketAddr, path::Path};

use crate::{
    judges::server::Server,
    peers::{Running, Setup, Tool},
};

/// A server to be started.
pub(super) struct Peer {
    /// Starts it for a folder.
    pub(super) start: fn(&Path) -> anyhow::Result<Started>,
}

/// One that runs.
pub(super) enum Started {
    Larder(Server),
    Peer(Running),
}

impl Started {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Larder(_) => "larder",
            Self::Peer(running) => &running.name,
        }
    }

    pub(super) fn version(&self) -> &str {
        match self {
            Self::Larder(_) => "of this commit",
            Self::Peer(running) => &running.version,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Larder(server) => server.authority().parse().expect("larder told its address"),
            Self::Peer(running) => running.address,
        }
    }
}

/// larder first.
pub(super) fn all() -> Vec<Peer> {
    vec![
        Peer {
            start: |site| Ok(Started::Larder(Server::serve_folder(site, &[])?)),
        },
        Peer {
            start: |site| NGINX.start(site).map(Started::Peer),
        },
        Peer {
            start: |site| CADDY.start(site).map(Started::Peer),
        },
        Peer {
            start: |site| H2O.start(site).map(Started::Peer),
        },
        Peer {
            start: |site| LIGHTTPD.start(site).map(Started::Peer),
        },
        Peer {
            start: |site| STATIC_WEB_SERVER.start(site).map(Started::Peer),
        },
    ]
}

const NGINX: Setup<'static> = Setup {
    name: "nginx",
    tool: Tool::Nginx,
    about: "gzip on",
    files: &[(
        "nginx.conf",
        "daemon off;
pid nginx.pid;
error_log stderr;
worker_processes 1;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  gzip on;
  gzip_vary on;
  gzip_types text/css application/javascript image/svg+xml;
  server { listen 127.0.0.1:{port}; root {site}; index index.html; }
}
",
    )],
    arguments: &["-p", "{scratch}", "-c", "nginx.conf"],
};

const CADDY: Setup<'static> = Setup {
    name: "caddy",
    tool: Tool::Caddy,
    about: "encode gzip, file_server",
    files: &[(
        "Caddyfile",
        "{
  admin off
  auto_https off
}
http://:{port} {
  bind 127.0.0.1
  root * {site}
  encode gzip
  file_server
}
",
    )],
    arguments: &["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
};

const H2O: Setup<'static> = Setup {
    name: "h2o",
    tool: Tool::H2o,
    about: "compress: ON, file.dir",
    files: &[(
        "h2o.conf",
        "listen:
  host: 127.0.0.1
  port: {port}
user: {user}
compress: ON
hosts:
  default:
    paths:
      /:
        file.dir: {site}
",
    )],
    arguments: &["-c", "h2o.conf"],
};

const LIGHTTPD: Setup<'static> = Setup {
    name: "lighttpd",
    tool: Tool::Lighttpd,
    about: "mod_deflate",
    files: &[(
        "lighttpd.conf",
        "server.document-root = \"{site}\"
server.bind = \"127.0.0.1\"
server.port = {port}
server.modules = ( \"mod_deflate\" )
index-file.names = ( \"index.html\" )
mimetype.assign = ( \".html\" => \"text/html\", \".css\" => \"text/css\", \".bin\" => \"application/octet-stream\", \".txt\" => \"text/plain\" )
deflate.mimetypes = ( \"text/html\", \"text/css\" )
deflate.allowed-encodings = ( \"gzip\" )
",
    )],
    arguments: &["-D", "-f", "lighttpd.conf"],
};

const STATIC_WEB_SERVER: Setup<'static> = Setup {
    name: "static-web-server",
    tool: Tool::StaticWebServer,
    about: "its defaults",
    files: &[],
    arguments: &[
        "--host",
        "127.0.0.1",
        "--port",
        "{port}",
        "--root",
        "{site}",
    ],
};
