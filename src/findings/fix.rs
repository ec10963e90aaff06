//! What to write instead: for larder, for nginx, for Caddy.
//!
//! The same few mendings belong to many findings, so they stand here once.
//!
//! Uses: std · Never: anything else

/// What to do about a finding.
#[derive(Clone, Copy, Debug)]
pub struct Fix {
    /// One sentence.
    pub text: &'static str,
    /// The lines that do it.
    pub lines: Lines,
}

/// Lines of configuration; empty where there is nothing to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// For `policy.toml`.
    pub larder: &'static str,
    /// For nginx.
    pub nginx: &'static str,
    /// For Caddy.
    pub caddy: &'static str,
}

impl Lines {
    /// None.
    pub const NONE: Self = Self {
        larder: "",
        nginx: "",
        caddy: "",
    };
}

impl Fix {
    /// Nothing to mend: for what is right.
    pub(crate) const NONE: Self = Self::only("");

    /// A sentence, and no lines that would do for everybody.
    pub(crate) const fn only(text: &'static str) -> Self {
        Self {
            text,
            lines: Lines::NONE,
        }
    }
}

const MISSING_NGINX: &str = "location /assets/ {
  try_files $uri @missing;
  add_header Cache-Control \"public, max-age=31536000, immutable\";  # no `always`
}
location @missing { add_header Cache-Control \"no-store\" always; return 404; }";

const MISSING_CADDY: &str = "handle /assets/* {
  @there file
  header @there Cache-Control \"public, max-age=31536000, immutable\"
  file_server
}
handle {
  header Cache-Control no-cache
  try_files {path} /index.html
  file_server
}
handle_errors {
  header Cache-Control no-store
  respond \"{err.status_code}\"
}";

/// A missing asset is a 404 that nobody keeps.
pub(crate) const MISSING: Fix = Fix {
    text: "answer 404 with `no-store` for what is missing below the folders of assets, and the document for routes only",
    lines: Lines {
        larder: "# nothing: larder never answers a missing asset with a document\n[cache]\nerror = \"no-store\"",
        nginx: MISSING_NGINX,
        caddy: MISSING_CADDY,
    },
};

/// Documents are validated each time.
pub(crate) const DOCUMENT: Fix = Fix {
    text: "send documents with `Cache-Control: no-cache`, under whatever route they are served",
    lines: Lines {
        larder: "[cache]\ndocument = \"no-cache\"",
        nginx: "location / {\n  try_files $uri $uri/ /index.html;\n  add_header Cache-Control \"no-cache\";\n}",
        caddy: "route {\n  try_files {path} /index.html\n  header /index.html Cache-Control no-cache\n  file_server\n}",
    },
};

/// Hashed names are immutable, others are validated.
pub(crate) const ASSET: Fix = Fix {
    text: "`immutable` and a year where the name carries a hash of the content, `no-cache` where it does not",
    lines: Lines {
        larder: "[cache]\nfingerprinted = \"public, max-age=31536000, immutable\"\nasset = \"no-cache\"",
        nginx: "location /assets/ {  # only what the bundler names by content\n  try_files $uri =404;\n  add_header Cache-Control \"public, max-age=31536000, immutable\";\n}",
        caddy: "@hashed {\n  path /assets/*\n  file\n}\nheader @hashed Cache-Control \"public, max-age=31536000, immutable\"",
    },
};

/// Codings are kept apart.
pub(crate) const VARY: Fix = Fix {
    text: "send `Vary: Accept-Encoding` with every answer that has a coded form, the plain one included",
    lines: Lines {
        larder: "# nothing: larder says Vary wherever there is a coded form",
        nginx: "gzip_vary on;",
        caddy: "header Vary Accept-Encoding",
    },
};

/// Validators come from the content.
pub(crate) const TAG: Fix = Fix {
    text: "make the entity tag from the content, one for each coding; where the server cannot, serve changed content under a changed name",
    lines: Lines {
        larder: "# nothing: a tag of larder is a digest of the coded content",
        nginx: "# nginx has no such tag: give every build new times (find dist -exec touch {} +)",
        caddy: "# Caddy takes the tag of app.js from app.js.etag:\nfile_server {\n  etag_file_extensions .etag\n}",
    },
};

/// Conditions are evaluated as the RFC has them.
pub(crate) const CONDITION: Fix = Fix::only(
    "compare every member of `If-None-Match` weakly, and make the 304 from the 200 by leaving out only what describes content; where the server cannot, put one before it that can",
);

/// Redirects are not kept for ever.
pub(crate) const REDIRECT: Fix = Fix {
    text: "give redirects a lifetime of their own, and a target that no request can choose",
    lines: Lines {
        larder: "[cache]\nredirect = \"no-cache\"",
        nginx: "absolute_redirect off;\nadd_header Cache-Control \"no-cache\" always;",
        caddy: "header Cache-Control no-cache\nredir /old /new 308",
    },
};

/// Errors are not kept.
pub(crate) const ERROR: Fix = Fix {
    text: "send errors with `Cache-Control: no-store`",
    lines: Lines {
        larder: "[cache]\nerror = \"no-store\"",
        nginx: "# `add_header … always` reaches errors, too: leave `always` out for lifetimes\nerror_page 404 @missing;\nlocation @missing { add_header Cache-Control \"no-store\" always; return 404; }",
        caddy: "handle_errors {\n  header Cache-Control no-store\n}",
    },
};

/// What is for nobody is not there.
pub(crate) const PRIVATE: Fix = Fix {
    text: "leave it out of the deploy, or let the server answer 404 for it",
    lines: Lines {
        larder: "[site]\nprivate = [\"*.map\"]  # globs of what is for nobody",
        nginx: "location ~ \\.map$ { return 404; }",
        caddy: "@private path *.map\nrespond @private 404",
    },
};

/// Fields for every answer.
pub(crate) const INHERIT: Fix = Fix {
    text: "repeat the fields of the server wherever a location adds one of its own",
    lines: Lines {
        larder: "[headers]\n\"Strict-Transport-Security\" = \"max-age=31536000\"  # in every answer; nosniff always is",
        nginx: "# one add_header in a location drops all those of the server: repeat them, or (1.29.3)\nadd_header_inherit merge;",
        caddy: "header X-Content-Type-Options nosniff",
    },
};
