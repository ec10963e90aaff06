//! Where a document in XML has to be cut, so that a tokenizer of HTML reads it as it is meant.
//!
//! `<script src="a.js"/>` is a whole element in XML. In HTML it is the beginning of one, and all the rest of the document its text.
//!
//! Uses: nothing · Never: files, clock

use std::ops::Range;

/// The elements whose content HTML takes for text.
const TEXT: [&str; 10] = [
    "script",
    "style",
    "title",
    "textarea",
    "iframe",
    "noscript",
    "noframes",
    "noembed",
    "xmp",
    "plaintext",
];

/// The pieces of `source`, together all of it: each but the last ends behind an empty element that HTML would leave open.
pub(super) fn pieces(source: &str) -> Vec<Range<usize>> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(tag) = source[at..].find('<').map(|found| at + found) {
        let rest = &source[tag..];
        let skip = |end: &str| rest.find(end).map(|found| tag + found + end.len());
        let next = if rest.starts_with("<!--") {
            skip("-->")
        } else if rest.starts_with("<![CDATA[") {
            skip("]]>")
        } else if rest.starts_with("<?") {
            skip("?>")
        } else if rest.starts_with("<!") || rest.starts_with("</") {
            skip(">")
        } else {
            let Some(end) = end_of_tag(source, tag) else {
                break;
            };
            let name_end =
                rest[1..].find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
            let name = &rest[1..=name_end.unwrap_or(0)];
            let holds_text = TEXT.iter().any(|text| name.eq_ignore_ascii_case(text));
            let is_empty = source[..end].ends_with("/>");
            if holds_text && is_empty {
                pieces.push(start..end);
                start = end;
            }
            if holds_text && !is_empty {
                // What looks like a tag in it is text to the tokenizer.
                let close = format!("</{name}");
                source[end..].find(&close).map(|found| end + found)
            } else {
                Some(end)
            }
        };
        let Some(next) = next else { break };
        at = next;
    }
    pieces.push(start..source.len());
    pieces
}

/// Where the tag that begins at `tag` ends; a `>` in a quoted value does not end it.
fn end_of_tag(source: &str, tag: usize) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in source.bytes().enumerate().skip(tag) {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at + 1),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(source: &str) -> Vec<&str> {
        pieces(source)
            .into_iter()
            .map(|range| &source[range])
            .collect()
    }

    #[test]
    fn a_document_is_cut_behind_empty_elements_that_html_would_leave_open() {
        assert_eq!(
            cut("<p/><script src='a>.js' /><title/><style>a{}</style><br/>"),
            [
                "<p/><script src='a>.js' />",
                "<title/>",
                "<style>a{}</style><br/>"
            ]
        );
    }

    #[test]
    fn what_is_no_tag_cuts_nothing() {
        for source in [
            "<!-- <script/> --><p/>",
            "<![CDATA[<script/>]]><p/>",
            "<script>'<script/>'</script>",
            "<?x <script/> ?>",
            "<p title='<script/>'/>",
            "<script src='a.js'",
            "<script",
            "<",
            "",
        ] {
            assert_eq!(cut(source), [source]);
        }
    }
}
