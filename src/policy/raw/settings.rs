//! Reads the tables that are plain values.
//!
//! Uses: toml, diagnostic, http · Never: files, sockets

use toml::de::DeValue;

use crate::diagnostic::{Code, Sink};
use crate::http::ContentCoding;

use super::super::{Compress, FingerprintSettings, Quality, Site, Spa};
use super::node::Node;
use super::table::TableReader;
use super::value::{boolean, choice, each, globs, integer, path, size, text};

pub(super) fn site(table: &TableReader<'_>, sink: &mut Sink) -> Site {
    let site = Site {
        spa: table.with_default("spa", spa, sink).value,
        not_found: table.with_default("not-found", path, sink).value,
        clean_urls: table.with_default("clean-urls", boolean, sink).value,
        index: table.with_default("index", name, sink).value,
        symlinks: table.with_default("symlinks", boolean, sink).value,
        hidden: table.with_default("hidden", globs, sink).value,
        private: table.with_default("private", globs, sink).value,
    };
    table.finish(sink);
    site
}

fn spa(node: &Node<'_>, sink: &mut Sink) -> Option<Spa> {
    match node.value {
        DeValue::Boolean(false) => Some(Spa::Off),
        DeValue::Boolean(true) => {
            let message = "`site.spa = true` does not say which document";
            node.bad(
                Code::BadValue,
                message,
                "name it, `\"/index.html\"`, or write `\"auto\"`",
                sink,
            );
            None
        }
        DeValue::String(written) if written == "auto" => Some(Spa::Auto),
        DeValue::String(_) => path(node, sink).map(Spa::Document),
        _ => {
            node.wrong_type("`\"auto\"`, `false` or the path of a document", sink);
            None
        }
    }
}

fn name(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let name = text(node, sink)?;
    if !name.contains(['/', '\\']) && name != "." && name != ".." {
        return Some(name);
    }
    let message = format!(
        "`{}` is a name within each folder, not a path: \"{name}\"",
        node.key
    );
    node.bad(
        Code::BadValue,
        message,
        "write a name such as `\"index.html\"`",
        sink,
    );
    None
}

pub(super) fn compress(table: &TableReader<'_>, sink: &mut Sink) -> Compress {
    let compress = Compress {
        codings: table.with_default("codings", codings, sink).value,
        min_size: table.with_default("min-size", size, sink).value,
        quality: table.with_default("quality", quality, sink).value,
        cache_dir: table
            .optional("cache-dir", text, sink)
            .map(|written| written.value),
    };
    table.finish(sink);
    compress
}

fn codings(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<ContentCoding>> {
    let codings = each(node, coding, sink)?;
    let twice = (1..codings.len()).any(|place| codings[..place].contains(&codings[place]));
    if twice {
        node.bad(
            Code::BadValue,
            "`compress.codings` names a coding twice",
            "name each once, the most welcome first",
            sink,
        );
        return None;
    }
    Some(codings)
}

fn coding(node: &Node<'_>, sink: &mut Sink) -> Option<ContentCoding> {
    let words = [
        ("br", ContentCoding::Brotli),
        ("zstd", ContentCoding::Zstd),
        ("gzip", ContentCoding::Gzip),
    ];
    choice(node, &words, sink)
}

fn quality(node: &Node<'_>, sink: &mut Sink) -> Option<Quality> {
    choice(
        node,
        &[
            ("auto", Quality::Auto),
            ("fast", Quality::Fast),
            ("best", Quality::Best),
        ],
        sink,
    )
}

pub(super) fn fingerprint(table: &TableReader<'_>, sink: &mut Sink) -> FingerprintSettings {
    let settings = FingerprintSettings {
        include: table.with_default("include", globs, sink).value,
        exclude: table.with_default("exclude", globs, sink).value,
        length: table.with_default("length", length, sink).value,
        base: table.with_default("base", path, sink).value,
        origin: table
            .optional("origin", origin, sink)
            .map(|written| written.value),
        integrity: table.with_default("integrity", boolean, sink).value,
    };
    table.finish(sink);
    settings
}

/// `https://example.com`: a scheme and a host, and nothing behind them.
fn origin(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let written = text(node, sink)?;
    let host = written
        .strip_prefix("https://")
        .or_else(|| written.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' '])) {
        return Some(written);
    }
    node.bad(
        Code::BadValue,
        format!("{written:?} is not an origin"),
        "write a scheme and a host with nothing behind them, such as `\"https://example.com\"`",
        sink,
    );
    None
}

fn length(node: &Node<'_>, sink: &mut Sink) -> Option<usize> {
    let number = integer(node, 8, 64, sink)?;
    usize::try_from(number).ok()
}
