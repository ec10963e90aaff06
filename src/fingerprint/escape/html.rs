//! Character references of HTML (WHATWG HTML §13.2.5.72) as far as URLs use them.
//!
//! Stricter than browsers: a reference must end in a semicolon, and of the 2,231 names only those of Latin-1 and the ASCII punctuation are
//! known. What is not decoded stays as it is, so that the URL resolves to nothing and is left alone.
//!
//! Uses: mapped · Never: files, clock

use super::{Mapped, decode};

/// Undoes the character references of an attribute's value, or of text.
pub(crate) fn html<'m>(source: &'m Mapped<'m>) -> Mapped<'m> {
    if !source.text().contains('&') {
        return source.slice(0..source.text().len());
    }
    decode(source, |rest| {
        let reference = rest.strip_prefix('&')?;
        let end = reference.bytes().take(12).position(|byte| byte == b';')?;
        let name = &reference[..end];
        let character = match name.strip_prefix('#') {
            Some(number) => numeric(number)?,
            None => named(name)?,
        };
        Some((Some(character), end + 2))
    })
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    // The C1 range stands for windows-1252 in HTML: not worth a table here, such a URL is left alone.
    char::from_u32(code).filter(|character| !('\u{80}'..'\u{A0}').contains(character))
}

fn named(name: &str) -> Option<char> {
    if let Some(index) = LATIN_1.iter().position(|known| *known == name) {
        return u32::try_from(index)
            .ok()
            .and_then(|index| char::from_u32(0xA0 + index));
    }
    PUNCTUATION
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, character)| *character)
}

const PUNCTUATION: &[(&str, char)] = &[
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("sol", '/'),
    ("bsol", '\\'),
    ("period", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("semi", ';'),
    ("num", '#'),
    ("quest", '?'),
    ("equals", '='),
    ("plus", '+'),
    ("percnt", '%'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lbrack", '['),
    ("rbrack", ']'),
    ("commat", '@'),
    ("excl", '!'),
    ("dollar", '$'),
    ("ast", '*'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("OElig", '\u{152}'),
    ("oelig", '\u{153}'),
    ("Scaron", '\u{160}'),
    ("scaron", '\u{161}'),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("rsquo", '\u{2019}'),
];

/// The characters U+00A0 to U+00FF, in order.
const LATIN_1: &[&str] = &[
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];
