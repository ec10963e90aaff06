//! Escapes of a JavaScript string (ECMA-262 §12.9.4), a superset of those of JSON.
//!
//! Uses: mapped · Never: files, clock

use super::{Mapped, decode};

/// Undoes the escapes between the quotes of a JavaScript or JSON string.
pub(crate) fn js<'m>(source: &'m Mapped<'m>) -> Mapped<'m> {
    if !source.text().contains('\\') {
        return source.slice(0..source.text().len());
    }
    decode(source, |rest| {
        let escaped = rest.strip_prefix('\\')?;
        let first = escaped.chars().next()?;
        let plain = |character| Some((Some(character), 1 + first.len_utf8()));
        match first {
            'n' => plain('\n'),
            't' => plain('\t'),
            'r' => plain('\r'),
            'b' => plain('\u{8}'),
            'f' => plain('\u{C}'),
            'v' => plain('\u{B}'),
            '\r' if escaped.starts_with("\r\n") => Some((None, 3)),
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some((None, 1 + first.len_utf8())),
            'x' => hexadecimal(&escaped[1..], 2)
                .and_then(char::from_u32)
                .map(|character| (Some(character), 4)),
            'u' if escaped[1..].starts_with('{') => {
                let end = escaped.find('}')?;
                let code = u32::from_str_radix(&escaped[2..end], 16).ok()?;
                Some((Some(char::from_u32(code).unwrap_or('\u{FFFD}')), 2 + end))
            }
            'u' => unit_or_pair(&escaped[1..]),
            '0'..='7' => {
                let digits = escaped
                    .bytes()
                    .take(3)
                    .take_while(|byte| (b'0'..=b'7').contains(byte))
                    .count();
                let code = u32::from_str_radix(&escaped[..digits], 8).ok()?;
                Some((char::from_u32(code), 1 + digits))
            }
            other => plain(other),
        }
    })
}

/// `\uXXXX`, or two of them that are one character.
fn unit_or_pair(digits: &str) -> Option<(Option<char>, usize)> {
    let first = hexadecimal(digits, 4)?;
    if let Some(character) = char::from_u32(first) {
        return Some((Some(character), 6));
    }
    let second = digits[4..]
        .strip_prefix("\\u")
        .and_then(|digits| hexadecimal(digits, 4))
        .filter(|unit| (0xDC00..0xE000).contains(unit));
    match second {
        Some(second) if first < 0xDC00 => {
            let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            Some((char::from_u32(code), 12))
        }
        _ => Some((Some('\u{FFFD}'), 6)),
    }
}

fn hexadecimal(text: &str, digits: usize) -> Option<u32> {
    let digits = text.get(..digits)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}
