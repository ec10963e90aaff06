//! Reads `[[redirect]]`.
//!
//! Uses: toml, diagnostic · Never: anything else

use crate::diagnostic::{Code, Sink, Span};

use super::super::redirect::{BadPattern, BadTarget, Pattern, STATUSES, Target};
use super::node::Node;
use super::table::TableReader;
use super::value::{integer, text};

/// A redirect as written.
#[derive(Clone, Debug)]
pub(in super::super) struct RawRedirect {
    pub(in super::super) from: Pattern,
    pub(in super::super) to: Target,
    pub(in super::super) status: u16,
    /// Of `from`.
    pub(in super::super) span: Span,
    /// Of `to`.
    pub(in super::super) to_span: Span,
}

pub(super) fn redirects(tables: &[TableReader<'_>], sink: &mut Sink) -> Vec<RawRedirect> {
    tables
        .iter()
        .filter_map(|table| redirect(table, sink))
        .collect()
}

fn redirect(table: &TableReader<'_>, sink: &mut Sink) -> Option<RawRedirect> {
    let from = table.required("from", pattern, sink);
    let to = table.required("to", text, sink);
    let status = table.with_default("status", status, sink).value;
    table.finish(sink);
    let from = from?;
    let target = target(&table.find("to")?, &to?.value, &from.value, sink)?;
    let whole = table.span.unwrap_or(Span::new(0, 0));
    Some(RawRedirect {
        from: from.value,
        to: target,
        status,
        span: from.span.unwrap_or(whole),
        to_span: table.find("to")?.span.unwrap_or(whole),
    })
}

fn pattern(node: &Node<'_>, sink: &mut Sink) -> Option<Pattern> {
    let written = text(node, sink)?;
    let bad = match Pattern::parse(&written) {
        Ok(pattern) => return Some(pattern),
        Err(bad) => bad,
    };
    let (why, help) = match bad {
        BadPattern::NotAbsolute => (
            "it does not begin with a slash, as every path does",
            format!("write `\"/{written}\"`"),
        ),
        BadPattern::StarNotLast => (
            "`*` is only understood as the whole last segment",
            "write `\"/blog/*\"`, or `:name` for one segment".to_owned(),
        ),
        BadPattern::Name => (
            "a `:` needs a name of its own, of letters, digits and `_` (and `splat` is what `*` is called)",
            "write `\"/u/:id\"`".to_owned(),
        ),
        BadPattern::NotAPath => (
            "no request has such a path: it is matched decoded, without query, fragment, empty or dot segments",
            "write the path as people read it: `\"/my page\"`".to_owned(),
        ),
    };
    node.bad(
        Code::BadValue,
        format!("\"{written}\" can never match: {why}"),
        help,
        sink,
    );
    None
}

fn target(node: &Node<'_>, written: &str, from: &Pattern, sink: &mut Sink) -> Option<Target> {
    let bad = match Target::parse(written, from) {
        Ok(target) => return Some(target),
        Err(bad) => bad,
    };
    let (code, why, help) = match bad {
        BadTarget::Neither => (
            Code::BadValue,
            "is neither a path of this site nor an `https://` URL".to_owned(),
            "write `\"/new\"` or `\"https://example.com/new\"`".to_owned(),
        ),
        BadTarget::LooksLikeAHost => (
            Code::OpenRedirect,
            "would be read by browsers as another host".to_owned(),
            "begin with exactly one slash and write no backslash".to_owned(),
        ),
        BadTarget::OpenHost => (
            Code::OpenRedirect,
            "would let whoever writes a link choose the host".to_owned(),
            "write the host out: `\"https://example.com/:splat\"`".to_owned(),
        ),
        BadTarget::BadHost => (
            Code::BadValue,
            "has no host that could exist".to_owned(),
            "write a name in ASCII, with its port if it has one: `\"https://example.com/new\"`"
                .to_owned(),
        ),
        BadTarget::Star => (
            Code::UnknownPlaceholder,
            "has a `*`, which stands for nothing here".to_owned(),
            "write `:splat` for what `*` stood for".to_owned(),
        ),
        BadTarget::UnknownPlace(name) => {
            let names = from.names();
            let help = if names.is_empty() {
                format!("add `:{name}` to `from`, or write `%3A{name}` for a plain colon")
            } else {
                format!(
                    "`from` fills {}; write `%3A{name}` for a plain colon",
                    names
                        .iter()
                        .map(|name| format!("`:{name}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            };
            (
                Code::UnknownPlaceholder,
                format!("uses `:{name}`, which `{from}` does not fill"),
                help,
            )
        }
    };
    node.bad(code, format!("\"{written}\" {why}"), help, sink);
    None
}

fn status(node: &Node<'_>, sink: &mut Sink) -> Option<u16> {
    let number = integer(node, 200, 599, sink)?;
    let status = STATUSES
        .into_iter()
        .find(|status| u64::from(*status) == number);
    if status.is_none() {
        node.bad(
            Code::BadValue,
            format!("{number} is no redirect"),
            "write 301, 302, 303, 307 or 308",
            sink,
        );
    }
    status
}
