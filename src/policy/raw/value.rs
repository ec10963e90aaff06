//! Readers of single values: text, paths, globs, sizes, durations, choices.
//!
//! Uses: toml, diagnostic · Never: anything else

use std::time::Duration;

use toml::de::DeValue;

use crate::diagnostic::{Code, Sink};

use super::super::units::{parse_duration, parse_size};
use super::super::{BadGlob, PathGlobs};
use super::node::Node;
use super::table::Read;

pub(super) fn text(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    match node.value {
        DeValue::String(text) if !text.is_empty() => Some(text.clone().into_owned()),
        DeValue::String(_) => {
            node.bad(
                Code::BadValue,
                format!("`{}` is empty", node.key),
                "write some text, or leave the key out",
                sink,
            );
            None
        }
        _ => {
            node.wrong_type("text in quotes", sink);
            None
        }
    }
}

pub(super) fn boolean(node: &Node<'_>, sink: &mut Sink) -> Option<bool> {
    if let DeValue::Boolean(yes) = node.value {
        return Some(*yes);
    }
    node.wrong_type("`true` or `false`, without quotes", sink);
    None
}

/// A whole number within bounds.
pub(super) fn integer(node: &Node<'_>, min: u64, max: u64, sink: &mut Sink) -> Option<u64> {
    let DeValue::Integer(number) = node.value else {
        node.wrong_type("a whole number, without quotes", sink);
        return None;
    };
    let value = u64::from_str_radix(number.as_str(), number.radix()).ok();
    let value = value.filter(|value| (min..=max).contains(value));
    if value.is_none() {
        let help = format!("write a number from {min} to {max}");
        node.bad(
            Code::BadValue,
            format!("`{}` cannot be {number}", node.key),
            help,
            sink,
        );
    }
    value
}

/// A path of the site, absolute and decoded.
pub(super) fn path(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let path = text(node, sink)?;
    if path.starts_with('/') && !path.starts_with("//") && !path.contains(['?', '#', '\\']) {
        return Some(path);
    }
    let help = format!(
        "begin with one slash, without query or fragment: `\"/{}\"`",
        path.trim_start_matches('/')
    );
    node.bad(
        Code::BadValue,
        format!("`{}` is not a path of this site: \"{path}\"", node.key),
        help,
        sink,
    );
    None
}

/// A number of bytes, or text with a unit.
pub(super) fn size(node: &Node<'_>, sink: &mut Sink) -> Option<u64> {
    match node.value {
        DeValue::Integer(_) => integer(node, 0, i64::MAX.unsigned_abs(), sink),
        DeValue::String(written) => {
            let bytes = parse_size(written);
            if bytes.is_none() {
                let message = format!("`{}` is no size: \"{written}\"", node.key);
                node.bad(
                    Code::BadValue,
                    message,
                    "write bytes as a number, or text with B, KiB, MiB or GiB: `\"1MiB\"`",
                    sink,
                );
            }
            bytes
        }
        _ => {
            node.wrong_type("a number of bytes, or text such as `\"1MiB\"`", sink);
            None
        }
    }
}

/// Text with a unit of time.
pub(super) fn duration(node: &Node<'_>, sink: &mut Sink) -> Option<Duration> {
    const FORM: &str = "text with ms, s, m or h: `\"5s\"`, `\"500ms\"`";
    let DeValue::String(written) = node.value else {
        node.wrong_type(FORM, sink);
        return None;
    };
    let duration = parse_duration(written);
    if duration.is_none() {
        node.bad(
            Code::BadValue,
            format!("`{}` is no duration: \"{written}\"", node.key),
            format!("write {FORM}, thirty days (`\"720h\"`) at most"),
            sink,
        );
    }
    duration
}

/// One of a few words.
pub(super) fn choice<T: Copy>(node: &Node<'_>, words: &[(&str, T)], sink: &mut Sink) -> Option<T> {
    let names = || super::list(words.iter().map(|(word, _)| *word));
    let DeValue::String(written) = node.value else {
        node.wrong_type(&format!("one of {}, in quotes", names()), sink);
        return None;
    };
    let found = words.iter().find(|(word, _)| word == written);
    if found.is_none() {
        let near = super::nearest(written, words.iter().map(|(word, _)| *word));
        let help = near.map_or_else(
            || format!("write one of {}", names()),
            |near| format!("the nearest is `\"{near}\"`"),
        );
        node.bad(
            Code::BadValue,
            format!("`{}` cannot be \"{written}\"", node.key),
            help,
            sink,
        );
    }
    found.map(|(_, value)| *value)
}

/// Every item of a list, or a single one; all problems are reported, and then nothing is taken.
pub(super) fn each<T>(node: &Node<'_>, read: Read<T>, sink: &mut Sink) -> Option<Vec<T>> {
    let items = node.items();
    let values: Vec<T> = items.iter().filter_map(|item| read(item, sink)).collect();
    (values.len() == items.len()).then_some(values)
}

/// Globs over paths, one or a list.
pub(super) fn globs(node: &Node<'_>, sink: &mut Sink) -> Option<PathGlobs> {
    let globs = each(node, glob, sink)?;
    PathGlobs::parse(&globs).ok()
}

fn glob(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let DeValue::String(written) = node.value else {
        node.wrong_type("globs, as text in quotes", sink);
        return None;
    };
    let Err((_, bad)) = PathGlobs::parse(&[written]) else {
        return Some(written.clone().into_owned());
    };
    let (why, help) = match bad {
        BadGlob::Empty => ("is empty and matches nothing".to_owned(), "write a glob such as `\"/assets/**\"`".to_owned()),
        BadGlob::NotAbsolute => (
            "can never match: every path begins with a slash".to_owned(),
            format!("write `\"/{written}\"` for that folder of the root, or `\"**/{written}\"` for it anywhere"),
        ),
        BadGlob::Syntax(why) => (
            format!("cannot be read: {why}"),
            "`*` stays within a segment, `**` crosses, `[ab]` and `{a,b}` choose; put `\\\\` before a character meant as itself".to_owned(),
        ),
    };
    node.bad(
        Code::BadGlob,
        format!("the glob \"{written}\" {why}"),
        help,
        sink,
    );
    None
}
