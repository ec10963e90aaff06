//! Does this request take a document, as a navigation does?
//!
//! The fallback of a single-page application answers only those that do: a script that asks
//! for JSON must not get a document with status 200.
//!
//! RFC 9110 §12.5.1, §12.4.2.
//!
//! Uses: nothing of ours · Never: allocation; choosing between media types.

use super::list;

/// Most bytes of `Accept` that are read, over all its field lines; browsers send some 150.
pub const MAX_LENGTH: usize = 8 * 1024;

/// Does the client take `text/html` or `application/xhtml+xml`?
///
/// Without a field line it takes everything. The most specific range decides (§12.5.1): `text/html;q=0`
/// refuses whatever `*/*` says. XHTML counts only when named, because otherwise that refusal would be in vain.
/// Of two weights for one range the lower counts.
pub fn accepts_html<'l>(lines: impl Iterator<Item = &'l [u8]>) -> bool {
    let [mut html, mut xhtml, mut text, mut any] = [None::<u16>; 4];
    let mut is_absent = true;
    let mut length = 0usize;
    for line in lines {
        length = length.saturating_add(line.len());
        if length > MAX_LENGTH {
            break;
        }
        for member in list::split(line, b',').filter(|member| !member.is_empty()) {
            is_absent = false;
            let Some((range, weight)) = list::parse_weighted(member) else {
                continue;
            };
            let slot = if range.eq_ignore_ascii_case(b"text/html") {
                &mut html
            } else if range.eq_ignore_ascii_case(b"application/xhtml+xml") {
                &mut xhtml
            } else if range.eq_ignore_ascii_case(b"text/*") {
                &mut text
            } else if range == b"*/*" {
                &mut any
            } else {
                continue;
            };
            *slot = Some(slot.map_or(weight, |known| known.min(weight)));
        }
    }
    let takes_html = html.or(text).or(any).is_some_and(|weight| weight > 0);
    is_absent || takes_html || xhtml.is_some_and(|weight| weight > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(lines: &[&str]) -> bool {
        accepts_html(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn no_field_or_an_empty_one_takes_everything() {
        assert!(accepts(&[]));
        assert!(accepts(&["", " , "]));
    }

    #[test]
    fn a_navigation_takes_a_document() {
        assert!(accepts(&[
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
        ]));
        assert!(accepts(&["*/*"]));
        assert!(accepts(&["TEXT/HTML; charset=utf-8"]));
        assert!(accepts(&["text/*;q=0.1"]));
        assert!(accepts(&["application/json", "text/html"]));
    }

    #[test]
    fn a_script_that_asks_for_json_takes_none() {
        assert!(!accepts(&["application/json"]));
        assert!(!accepts(&["image/avif,image/webp,image/*"]));
        assert!(!accepts(&["application/json, text/htmlx"]));
    }

    #[test]
    fn a_refusal_by_name_beats_the_wildcard() {
        assert!(!accepts(&["text/html;q=0, */*"]));
        assert!(!accepts(&["*/*", "text/html;q=0.000"]));
        assert!(!accepts(&["*/*;q=0"]));
        assert!(accepts(&["text/html;q=0, application/xhtml+xml"]));
    }

    #[test]
    fn of_two_weights_the_lower_counts() {
        assert!(!accepts(&["text/html, text/html;q=0"]));
        assert!(!accepts(&["text/html;q=0", "text/html"]));
    }

    #[test]
    fn what_comes_after_the_ceiling_is_not_read() {
        let long = "x".repeat(MAX_LENGTH);
        assert!(!accepts(&["application/json", &long, "text/html"]));
    }

    #[test]
    fn a_weight_that_is_none_says_nothing() {
        assert!(!accepts(&["text/html;q=2"]));
        assert!(!accepts(&["text/html;q="]));
    }
}
