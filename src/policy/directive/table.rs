//! The rows. To add a key: a row here, a reader in `raw/`, a line in policy.toml; the tests name whichever is missing.
//!
//! Uses: std · Never: anything else

use super::{Directive, Table};

/// The tables, in the order of the reference.
pub const TABLES: &[Table] = &[
    Table {
        name: "site",
        repeated: false,
        doc: "Which representation a path finds.",
    },
    Table {
        name: "cache",
        repeated: false,
        doc: "`Cache-Control` by what was served. It is chosen after the representation and the status are known, so a URL can neither earn a \
              long lifetime nor lose one by its spelling.",
    },
    Table {
        name: "rule",
        repeated: true,
        doc: "A change to what `[cache]` says, for what its conditions describe. All conditions of a rule have to hold. Rules are read from \
              top to bottom: each rule that matches sets the fields it names, and where two name the same field the lower one wins. A rule \
              without `status` is about successes only (200, and the 206 and 304 made from it), or about redirects if its `kind` says so: \
              an error is never touched by accident.",
    },
    Table {
        name: "redirect",
        repeated: true,
        doc: "Sends a path elsewhere. The first one that matches is taken. The target is either a path of this site or the fixed host that \
              is written here: no part of a request can choose the host.",
    },
    Table {
        name: "headers",
        repeated: false,
        doc: "Fields for every reply, errors included, as `\"Name\" = \"value\"`: the place for security fields of your choice. \
              `X-Content-Type-Options: nosniff` is always there and need not be written.",
    },
    Table {
        name: "compress",
        repeated: false,
        doc: "Which content codings are made, once, before they are asked for.",
    },
    Table {
        name: "server",
        repeated: false,
        doc: "How larder listens and what it may hold. Flags of the command line win over these.",
    },
    Table {
        name: "fingerprint",
        repeated: false,
        doc: "What gets its fingerprint into its name when the site is built (`serve --build`).",
    },
];

const fn row(
    table: &'static str,
    key: &'static str,
    takes: &'static str,
    default: Option<&'static str>,
    doc: &'static str,
) -> Directive {
    Directive {
        table,
        key,
        takes,
        default,
        doc,
    }
}

/// All keys, in the order of the reference.
pub const KEYS: &[Directive] = &[
    row(
        "site",
        "spa",
        "`\"auto\"`, `false` or a path",
        Some("\"auto\""),
        "The document that answers navigations to paths which have none of their own. `\"auto\"`: `/200.html` if there is one, else `/index.html` if it is the only document.",
    ),
    row(
        "site",
        "not-found",
        "a path",
        Some("\"/404.html\""),
        "The document that people see with a 404, if the site has it.",
    ),
    row(
        "site",
        "clean-urls",
        "`true` or `false`",
        Some("true"),
        "Whether `/about` finds `/about.html` or `/about/index.html`.",
    ),
    row(
        "site",
        "index",
        "a name",
        Some("\"index.html\""),
        "The document of a folder.",
    ),
    row(
        "site",
        "symlinks",
        "`true` or `false`",
        Some("false"),
        "Whether links that lead out of the site's folder are followed.",
    ),
    row(
        "site",
        "hidden",
        "globs",
        Some("[]"),
        "Names beginning with a dot that are served all the same; `/.well-known/` always is.",
    ),
    row(
        "cache",
        "document",
        "cache directives",
        Some("\"no-cache\""),
        "HTML documents, wherever they are served.",
    ),
    row(
        "cache",
        "fingerprinted",
        "cache directives",
        Some("\"public, max-age=31536000, immutable\""),
        "Whatever is known to carry a fingerprint of its content in its name. The only place for `immutable`.",
    ),
    row(
        "cache",
        "asset",
        "cache directives",
        Some("\"no-cache\""),
        "Everything else that is served: a name that stays while the content changes.",
    ),
    row(
        "cache",
        "redirect",
        "cache directives",
        Some("\"no-cache\""),
        "Redirects, those of `[[redirect]]` and those for tidy paths.",
    ),
    row(
        "cache",
        "error",
        "cache directives",
        Some("\"no-store\""),
        "Every 4xx and 5xx, whatever comes with it.",
    ),
    row(
        "rule",
        "name",
        "text",
        None,
        "Required, and unlike every other rule's: `explain` and the findings call the rule by it.",
    ),
    row(
        "rule",
        "paths",
        "glob or list of globs",
        None,
        "Condition: the path of the representation that was served, not the one that was asked for. `*` stays within a segment, `**` crosses; a glob without a slash (`*.woff2`) means that name in any folder.",
    ),
    row(
        "rule",
        "kind",
        "kind or list of kinds",
        None,
        "Condition: `document`, `fingerprinted`, `asset`, `redirect` or `error`.",
    ),
    row(
        "rule",
        "media",
        "media type or list of media types",
        None,
        "Condition: the media type, such as `\"text/css\"` or `\"image/*\"`.",
    ),
    row(
        "rule",
        "status",
        "status or list of statuses",
        None,
        "Condition: the status, such as `404` or `\"5xx\"`. `200` includes the 206 and 304 that are made from it.",
    ),
    row(
        "rule",
        "cache-control",
        "cache directives",
        None,
        "Effect: `Cache-Control`.",
    ),
    row(
        "rule",
        "cdn-cache-control",
        "cache directives",
        None,
        "Effect: `CDN-Cache-Control`, for the CDN alone (RFC 9213).",
    ),
    row(
        "rule",
        "<name>-cache-control",
        "cache directives",
        None,
        "Effect: the targeted field of that name (RFC 9213), such as `cloudflare-cdn-cache-control`.",
    ),
    row(
        "rule",
        "headers",
        "table of fields",
        None,
        "Effect: other fields, as `{ \"Name\" = \"value\" }`.",
    ),
    row(
        "redirect",
        "from",
        "path pattern",
        None,
        "Required. `/old`, with `:name` for one segment and a last `*` for the rest: `/u/:id`, `/blog/*`.",
    ),
    row(
        "redirect",
        "to",
        "path or `https://` URL",
        None,
        "Required. May use `:name` and `:splat` (what `*` stood for) in its path and query.",
    ),
    row(
        "redirect",
        "status",
        "301, 302, 303, 307 or 308",
        Some("308"),
        "308 and 307 keep the method, 308 and 301 are permanent.",
    ),
    row(
        "headers",
        "<Field-Name>",
        "text",
        None,
        "One field of every reply.",
    ),
    row(
        "compress",
        "codings",
        "list of `\"br\"`, `\"zstd\"`, `\"gzip\"`",
        Some("[\"br\", \"zstd\", \"gzip\"]"),
        "What is made, the most welcome first where a client likes several equally. `[]` makes none.",
    ),
    row(
        "compress",
        "min-size",
        "size",
        Some("256"),
        "Content smaller than this is left as it is.",
    ),
    row(
        "compress",
        "quality",
        "`\"auto\"`, `\"fast\"` or `\"best\"`",
        Some("\"auto\""),
        "How hard to try: `\"auto\"` is `\"best\"` unless there is very much to compress.",
    ),
    row(
        "compress",
        "cache-dir",
        "a folder",
        None,
        "Where compressed content is kept between starts; without it, the user's cache folder.",
    ),
    row(
        "server",
        "listen",
        "list of `address:port`",
        Some("[\"127.0.0.1:8080\"]"),
        "Where to listen; port 0 takes a free one.",
    ),
    row(
        "server",
        "workers",
        "whole number",
        Some("0"),
        "Threads that answer; 0 means one a core.",
    ),
    row(
        "server",
        "keep-alive",
        "duration",
        Some("\"5s\""),
        "How long an idle connection is kept.",
    ),
    row(
        "server",
        "shutdown-timeout",
        "duration",
        Some("\"30s\""),
        "How long answers under way may take once the server was told to stop.",
    ),
    row(
        "server",
        "max-file-in-memory",
        "size",
        Some("\"1MiB\""),
        "Content larger than this is read from disk while it is sent.",
    ),
    row(
        "server",
        "memory-budget",
        "size",
        Some("\"512MiB\""),
        "How much content may be held in memory; what goes beyond is read from disk.",
    ),
    row(
        "server",
        "watch",
        "`true` or `false`",
        Some("true"),
        "Whether a change of the site or of this policy is taken up without a restart.",
    ),
    row(
        "server",
        "access-log",
        "`\"off\"`, `\"combined\"` or `\"json\"`",
        Some("\"off\""),
        "One line a request, on stderr.",
    ),
    row(
        "server",
        "tls-cert",
        "a file",
        None,
        "The certificate chain, PEM; together with `tls-key` it turns on TLS and HTTP/2.",
    ),
    row("server", "tls-key", "a file", None, "The private key, PEM."),
    row(
        "fingerprint",
        "include",
        "globs",
        Some("[]"),
        "Only what these match gets a new name; empty means everything that can be renamed safely.",
    ),
    row(
        "fingerprint",
        "exclude",
        "globs",
        Some("[]"),
        "What keeps its name, because somebody outside refers to it; wins over `include`.",
    ),
    row(
        "fingerprint",
        "length",
        "8 to 64",
        Some("16"),
        "Hexadecimal digits of the fingerprint in a name.",
    ),
    row(
        "fingerprint",
        "base",
        "a path",
        Some("\"/\""),
        "Where the site will be mounted, such as `/docs/`: references below it mean this site's files. Found by itself where it is evident.",
    ),
    row(
        "fingerprint",
        "origin",
        "an origin",
        None,
        "The site's own origin, such as `https://example.com`: absolute URLs there are this site's too.",
    ),
    row(
        "fingerprint",
        "integrity",
        "true or false",
        Some("false"),
        "Add `integrity` to the scripts and style sheets of documents. Where it stands already it is always kept right.",
    ),
];
