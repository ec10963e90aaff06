//! Undoing the escapes of the languages a URL is written in, keeping every byte's origin.
//!
//! Uses: mapped · Never: files, clock

mod css;
mod html;
mod js;

pub(crate) use css::css;
pub(crate) use html::html;
pub(crate) use js::js;

use super::mapped::{Builder, Mapped};

/// JSON strings have a subset of the escapes of JavaScript's.
pub(crate) use js as json;

/// Runs `decode_at` over the text; it returns the character written at an offset, and how many bytes it took.
fn decode<'m>(
    source: &'m Mapped<'m>,
    decode_at: impl Fn(&str) -> Option<(Option<char>, usize)>,
) -> Mapped<'m> {
    let text = source.text();
    let mut builder = Builder::new(source);
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((character, length)) = decode_at(rest) {
            if let Some(character) = character {
                builder.push(character, at);
            }
            at += length.max(1);
        } else if let Some(character) = rest.chars().next() {
            builder.push(character, at);
            at += character.len_utf8();
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(decode: impl for<'m> Fn(&'m Mapped<'m>) -> Mapped<'m>, text: &str) -> String {
        let source = Mapped::plain(text, 0);
        let mapped = decode(&source);
        mapped.text().to_owned()
    }

    #[test]
    fn undoes_each_language() {
        assert_eq!(
            decoded(html, "a&amp;b&#x2e;c&#46;caf&eacute;&nope;&"),
            "a&b.c.café&nope;&"
        );
        assert_eq!(
            decoded(
                css,
                r"a\.p\6e g\
x\"
            ),
            "a.pngx\u{FFFD}"
        );
        assert_eq!(
            decoded(js, r"./\u0061\x62\u{63}\/\n\d\uD83D\uDE00\"),
            "./abc/\nd😀\\"
        );
    }

    #[test]
    fn every_decoded_byte_knows_where_it_was_written() {
        let source = Mapped::plain("caf&eacute;.png", 10);
        let mapped = html(&source);
        assert_eq!(mapped.text(), "café.png");
        assert_eq!(mapped.raw("café".len()), 10 + "caf&eacute;".len());
        assert_eq!(mapped.raw(mapped.text().len()), 10 + source.text().len());
    }
}
