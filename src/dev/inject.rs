//! Where in a document the script element goes, found by a tokenizer.
//!
//! Right behind `<head>`, so that it is there before anything can go wrong; without that tag, before the first element that is not `<html>`, which is inside
//! the head that a browser then makes (HTML §13.2.6.4.3); and at the end of a document that has no element. Never before the doctype: that would be quirks mode.
//!
//! Uses: `lol_html`, std · Never: files

use std::{cell::Cell, ops::Range};

use lol_html::{HtmlRewriter, Settings, element};

/// The element that is put into documents.
pub(super) const ELEMENT: &str = "<script src=\"/-/larder/live.js\" async></script>";
/// The same for a document that is XML.
pub(super) const XML_ELEMENT: &str = "<script xmlns=\"http://www.w3.org/1999/xhtml\" src=\"/-/larder/live.js\" async=\"async\"></script>";

/// The offset before which the element goes; nothing for a document in an encoding in which ASCII is not ASCII, nor for one in XML that has no room within its
/// root.
pub(super) fn place(document: &[u8], is_xml: bool) -> Option<usize> {
    if matches!(
        document,
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..]
    ) {
        return None;
    }
    let (found, has_root) = (Cell::new(None), Cell::new(false));
    let settings = Settings::new()
        .with_strict(false)
        .append_element_content_handler(element!("*", |element| {
            let Range { start, end } = element.source_location().bytes();
            let is_root = !has_root.replace(true);
            let name = element.tag_name();
            // With a prefix it is the same element, if that stands for the same namespace.
            let local = name.rsplit(':').next().filter(|_| is_xml).unwrap_or(&name);
            match local {
                "html" => return Ok(()),
                "head" => found.set(Some(end)),
                // Beside the root there may be no other element (XML 1.0 §2.1).
                _ if is_xml && is_root => found.set(Some(end)),
                _ => found.set(Some(start)),
            }
            // Nothing behind it makes a difference: no need to read on.
            Err("found".into())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    // The error is our own; a document that cannot be read has no place but its end.
    let _ = rewriter.write(document).and_then(|()| rewriter.end());
    let place = found.get().unwrap_or(document.len());
    let is_inside = found.get().is_some() && !document[..place].ends_with(b"/>");
    (is_inside || !is_xml).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn injected(document: &str) -> String {
        let at = place(document.as_bytes(), false).expect("it is ASCII");
        format!("{}[*]{}", &document[..at], &document[at..])
    }

    #[test]
    fn in_xml_it_stays_within_the_root() {
        for (document, before) in [
            (
                "<?xml version='1.0'?>\n<h:html xmlns:h='x'><h:head><h:title/>",
                Some("<h:title/>"),
            ),
            ("<html xmlns='x'><body><p/>", Some("<body><p/>")),
            (
                "<!DOCTYPE a [<!ENTITY b 'c'>]><a:b xmlns:a='x'>text",
                Some("text"),
            ),
            ("<a/>", None),
            ("<html xmlns='x'/>", None),
        ] {
            let at = place(document.as_bytes(), true);
            assert_eq!(at.map(|at| &document[at..]), before, "{document}");
        }
    }

    #[test]
    fn it_goes_right_behind_the_head_tag() {
        assert_eq!(
            injected("<!doctype html><html><head lang=en><title>x</title>"),
            "<!doctype html><html><head lang=en>[*]<title>x</title>"
        );
    }

    #[test]
    fn what_only_looks_like_a_head_is_not_one() {
        assert_eq!(
            injected("<!doctype html><!-- <head> --><HTML data-x='<head>'>\n<HEAD\n>x"),
            "<!doctype html><!-- <head> --><HTML data-x='<head>'>\n<HEAD\n>[*]x"
        );
        assert_eq!(
            injected("<title><head></title><header>"),
            "[*]<title><head></title><header>"
        );
    }

    #[test]
    fn without_a_head_it_goes_before_the_first_element_and_behind_the_doctype() {
        assert_eq!(
            injected("<!doctype html>\n<!-- a --><p>x"),
            "<!doctype html>\n<!-- a -->[*]<p>x"
        );
        assert_eq!(
            injected("<!doctype html><html><body>x"),
            "<!doctype html><html>[*]<body>x"
        );
    }

    #[test]
    fn a_document_without_elements_gets_it_at_the_end() {
        assert_eq!(injected("<!doctype html>hello"), "<!doctype html>hello[*]");
        assert_eq!(injected(""), "[*]");
    }

    #[test]
    fn utf_16_is_left_alone() {
        assert_eq!(place(&[0xFF, 0xFE, b'<', 0], false), None);
    }
}
