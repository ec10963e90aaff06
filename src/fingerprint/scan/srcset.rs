//! The candidates of a `srcset` (WHATWG HTML §4.8.4.3.13, "parse a srcset attribute").
//!
//! Uses: nothing · Never: files, clock

use std::ops::Range;

/// The spans of the URLs in a `srcset`, as the standard's algorithm finds them: a URL may hold commas, but not end in one.
pub(crate) fn candidates(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0C');
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        // Step 4: skip whitespace and commas.
        while at < bytes.len() && (is_space(bytes[at]) || bytes[at] == b',') {
            at += 1;
        }
        if at == bytes.len() {
            return found;
        }
        // Step 6: the URL is everything up to whitespace.
        let start = at;
        while at < bytes.len() && !is_space(bytes[at]) {
            at += 1;
        }
        // Step 8: commas at its end belong to the list.
        let end = start + text[start..at].trim_end_matches(',').len();
        found.push(start..end);
        if end < at {
            continue;
        }
        // Step 9: descriptors, up to a comma that is not in parentheses.
        let mut depth = 0_usize;
        while at < bytes.len() {
            match bytes[at] {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b',' if depth == 0 => break,
                _ => {}
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<&str> {
        candidates(text)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn follows_the_standards_algorithm() {
        assert_eq!(
            urls("a.png 1x, b.png 2x,c.png 3x"),
            ["a.png", "b.png", "c.png"]
        );
        assert_eq!(urls("w_2,h_3/a.png 1x"), ["w_2,h_3/a.png"]);
        assert_eq!(
            urls("data:image/png;base64,AA== 1x, a.png 2x"),
            ["data:image/png;base64,AA==", "a.png"]
        );
        assert_eq!(urls("a.png, b.png"), ["a.png", "b.png"]);
        assert_eq!(urls("a.png (x,y), b.png"), ["a.png", "b.png"]);
        assert_eq!(urls(" ,, "), [""; 0]);
    }
}
