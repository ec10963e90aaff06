//! Texts of cases that depend on what the server calls its representations.
//!
//! | template | becomes |
//! |---|---|
//! | `{tag}` | the entity tag that the same request gets without its conditions |
//! | `{tag:br}` | the one it gets in that content coding (`identity` asks for none) |
//! | `{tag /style.css}` | the one of another resource, without any fields |
//! | `{opaque}` | the first of these without its quotes |

use super::answer::{Answer, Ask};

/// Fills in `text`; `ask` answers a request.
pub(super) fn fill(text: &str, request: &Ask, ask: &dyn Fn(&Ask) -> Option<Answer>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let name = &rest[start + 1..start + length];
        filled.push_str(&rest[..start]);
        match value(name, request, ask) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    filled + rest
}

fn value(name: &str, request: &Ask, ask: &dyn Fn(&Ask) -> Option<Answer>) -> Option<String> {
    let mut other = request.unconditional().with_method("GET");
    if let Some(coding) = name.strip_prefix("tag:") {
        other = other.without(&["Accept-Encoding"]);
        other
            .fields
            .push(("Accept-Encoding".to_owned(), coding.to_owned()));
    } else if let Some(target) = name.strip_prefix("tag ") {
        other = Ask {
            method: "GET".to_owned(),
            target: target.to_owned(),
            fields: Vec::new(),
        };
    } else if name != "tag" && name != "opaque" {
        return None;
    }
    let tag = ask(&other)?.field("etag").map_or_else(
        || format!("<no entity tag of {}>", other.target),
        str::to_owned,
    );
    Some(if name == "opaque" {
        tag.trim_matches('"').to_owned()
    } else {
        tag
    })
}
