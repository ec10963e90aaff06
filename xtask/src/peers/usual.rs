//! How people configure these servers for a single-page app: from their tutorials, their documentation, their own examples of use.
//!
//! Not how it ought to be done. That is what `larder check` tells.

use super::{Setup, Tool};

/// What every nginx here needs to run beside others, in the foreground, without root.
const NGINX: [&str; 4] = ["-p", "{scratch}", "-c", "nginx.conf"];

macro_rules! nginx {
    ($gzip:literal, $server:literal) => {
        concat!(
            "daemon off;
pid nginx.pid;
error_log stderr;
worker_processes 1;
events {}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  gzip on;
  gzip_types text/css application/javascript image/svg+xml application/json;
",
            $gzip,
            "
  server {
    listen 127.0.0.1:{port};
    root {site};
    index index.html;
",
            $server,
            "
  }
}
"
        )
    };
}

/// All of them: the rows of the comparison.
pub(crate) const USUAL: &[Setup<'static>] = &[
    Setup {
        name: "nginx-tutorial",
        tool: Tool::Nginx,
        about: "`try_files … /index.html` everywhere, `add_header Cache-Control … immutable` for `/assets/`",
        files: &[(
            "nginx.conf",
            nginx!(
                "",
                "    add_header X-Content-Type-Options nosniff;
    location / { try_files $uri $uri/ /index.html; }
    location /assets/ {
      try_files $uri /index.html;
      add_header Cache-Control \"public, max-age=31536000, immutable\";
    }"
            ),
        )],
        arguments: &NGINX,
    },
    Setup {
        name: "nginx-careful",
        tool: Tool::Nginx,
        about: "`try_files $uri =404` for `/assets/`, `add_header … always`, `gzip_vary on`",
        files: &[(
            "nginx.conf",
            nginx!(
                "  gzip_vary on;",
                "    add_header X-Content-Type-Options nosniff always;
    location / { try_files $uri $uri/ /index.html; }
    location /assets/ {
      try_files $uri =404;
      add_header X-Content-Type-Options nosniff always;
      add_header Cache-Control \"public, max-age=31536000, immutable\" always;
    }"
            ),
        )],
        arguments: &NGINX,
    },
    Setup {
        name: "caddy",
        tool: Tool::Caddy,
        about: "`header` for `/index.html` and `/assets/*`, `try_files {path} /index.html`",
        files: &[(
            "Caddyfile",
            "{
  admin off
  auto_https off
}
http://127.0.0.1:{port} {
  root * {site}
  encode gzip
  header /index.html Cache-Control \"no-cache\"
  header /assets/* Cache-Control \"public, max-age=31536000, immutable\"
  try_files {path} /index.html
  file_server
}
",
        )],
        arguments: &["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
    },
    Setup {
        name: "lighttpd",
        tool: Tool::Lighttpd,
        about: "`url.rewrite-if-not-file` to `/index.html`, `setenv` for `/assets/`, `mod_deflate`",
        files: &[(
            "lighttpd.conf",
            "server.document-root = \"{site}\"
server.bind = \"127.0.0.1\"
server.port = {port}
server.modules = ( \"mod_rewrite\", \"mod_setenv\", \"mod_deflate\" )
index-file.names = ( \"index.html\" )
mimetype.assign = ( \".html\" => \"text/html\", \".js\" => \"text/javascript\", \".css\" => \"text/css\",
  \".svg\" => \"image/svg+xml\", \".png\" => \"image/png\", \".json\" => \"application/json\",
  \".woff2\" => \"font/woff2\", \".ico\" => \"image/x-icon\", \".txt\" => \"text/plain\" )
deflate.mimetypes = ( \"text/html\", \"text/css\", \"text/javascript\", \"image/svg+xml\" )
deflate.allowed-encodings = ( \"gzip\" )
url.rewrite-if-not-file = ( \"\" => \"/index.html\" )
$HTTP[\"url\"] =~ \"^/assets/\" {
  setenv.add-response-header = ( \"Cache-Control\" => \"public, max-age=31536000, immutable\" )
}
",
        )],
        arguments: &["-D", "-f", "lighttpd.conf"],
    },
    Setup {
        name: "h2o",
        tool: Tool::H2o,
        about: "`file.dir`, then `file.file: index.html`; `header.set` for `/assets`; `compress: ON`",
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
      /assets:
        file.dir: {site}/assets
        header.set: \"Cache-Control: public, max-age=31536000, immutable\"
      /:
        - file.dir: {site}
        - file.file: {site}/index.html
",
        )],
        arguments: &["-c", "h2o.conf"],
    },
    Setup {
        name: "static-web-server",
        tool: Tool::StaticWebServer,
        about: "`--page-fallback index.html`",
        files: &[],
        arguments: &[
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
            "--root",
            "{site}",
            "--page-fallback",
            "{site}/index.html",
        ],
    },
    Setup {
        name: "serve",
        tool: Tool::Serve,
        about: "`serve -s`",
        files: &[],
        arguments: &[
            "-s",
            "--no-clipboard",
            "--no-port-switching",
            "-l",
            "tcp://127.0.0.1:{port}",
            "{site}",
        ],
    },
    Setup {
        name: "sirv",
        tool: Tool::Sirv,
        about: "`sirv --single --etag`",
        files: &[],
        arguments: &[
            "{site}",
            "--single",
            "--etag",
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
        ],
    },
    Setup {
        name: "sirv-example",
        tool: Tool::Sirv,
        about: "`sirv -s -e -m 31536000 -i`, from its own help",
        files: &[],
        arguments: &[
            "{site}",
            "-s",
            "-e",
            "-m",
            "31536000",
            "-i",
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
        ],
    },
    Setup {
        name: "vite-preview",
        tool: Tool::Vite,
        about: "`vite preview`",
        files: &[],
        arguments: &[
            "preview",
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
            "--strictPort",
            "--outDir",
            "{site}",
        ],
    },
];
