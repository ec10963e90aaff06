//! Where the strings of a JSON text are, and under which keys.
//!
//! Our own, because editing needs spans and every byte outside them unchanged; iterative, because data may be nested to any depth.
//!
//! Uses: nothing · Never: files, clock

use std::ops::Range;

/// One step of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The key of an object, undecoded.
    Key(String),
    /// Any element of an array.
    Element,
}

impl Step {
    /// The key, if it is one.
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Element => None,
        }
    }
}

/// A string: a value, or a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonString {
    /// Between the quotes.
    pub(crate) span: Range<usize>,
    /// The keys that lead to it; for a key, to the object it is in.
    pub(crate) path: Vec<Step>,
    pub(crate) is_key: bool,
}

/// Deeper than any manifest or import map; the way to a string is copied for each.
const DEEPEST: usize = 64;

/// The strings of `text` in order, or none if it is not JSON (the check is not complete: numbers and names are not looked at).
pub(crate) fn strings(text: &str) -> Option<Vec<JsonString>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut path: Vec<Step> = Vec::new();
    // For each open bracket: are we in an object, waiting for a key?
    let mut waiting_for_key: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => {
                path.push(Step::Key(String::new()));
                waiting_for_key.push(true);
            }
            b'[' => {
                path.push(Step::Element);
                waiting_for_key.push(false);
            }
            b'}' | b']' => {
                path.pop()?;
                waiting_for_key.pop()?;
            }
            b',' => {
                if let (Some(Step::Key(_)), Some(waiting)) =
                    (path.last(), waiting_for_key.last_mut())
                {
                    *waiting = true;
                }
            }
            b'"' => {
                let end = end_of_string(bytes, at + 1)?;
                let span = at + 1..end;
                let is_key = waiting_for_key.last().copied().unwrap_or_default();
                let depth = path.len() - usize::from(is_key);
                found.push(JsonString {
                    span: span.clone(),
                    path: path[..depth].to_vec(),
                    is_key,
                });
                if is_key {
                    *path.last_mut()? = Step::Key(text[span].to_owned());
                    *waiting_for_key.last_mut()? = false;
                }
                at = end;
            }
            _ => {}
        }
        if path.len() > DEEPEST {
            return None;
        }
        at += 1;
    }
    path.is_empty().then_some(found)
}

/// The inside of the string value of `key` in the outermost object.
pub(crate) fn top_level_string(text: &str, key: &str) -> Option<Range<usize>> {
    strings(text)?
        .into_iter()
        .find(|string| {
            !string.is_key && matches!(string.path.as_slice(), [Step::Key(own)] if own == key)
        })
        .map(|string| string.span)
}

/// The offset of the quote that ends the string whose inside begins at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_know_the_way_to_them() {
        let text = r#"{"icons":[{"src":"\/i.png","n":1}],"a":{"b":"c"}}"#;
        let found: Vec<String> = strings(text)
            .expect("JSON")
            .into_iter()
            .filter(|string| !string.is_key)
            .map(|string| {
                let keys: Vec<&str> = string
                    .path
                    .iter()
                    .map(|step| step.key().unwrap_or("*"))
                    .collect();
                format!("{}={}", keys.join("."), &text[string.span])
            })
            .collect();
        assert_eq!(found, [r"icons.*.src=\/i.png", "a.b=c"]);
    }

    #[test]
    fn what_is_not_closed_is_not_json() {
        assert_eq!(strings(r#"{"a":"b"#), None);
        assert_eq!(strings("{"), None);
        assert_eq!(strings("]"), None);
    }
}
