//! Escapes of CSS (CSS Syntax 3 §4.3.7, and the escaped newline of a string).
//!
//! Uses: mapped · Never: files, clock

use super::{Mapped, decode};

/// Undoes the escapes in a CSS string, identifier or unquoted `url()`.
pub(crate) fn css<'m>(source: &'m Mapped<'m>) -> Mapped<'m> {
    if !source.text().contains('\\') {
        return source.slice(0..source.text().len());
    }
    decode(source, |rest| {
        let escaped = rest.strip_prefix('\\')?;
        let digits = escaped
            .bytes()
            .take(6)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        if digits > 0 {
            let code = u32::from_str_radix(&escaped[..digits], 16).unwrap_or(0);
            let character = char::from_u32(code)
                .filter(|c| *c != '\0')
                .unwrap_or('\u{FFFD}');
            let space = match escaped.as_bytes()[digits..] {
                [b'\r', b'\n', ..] => 2,
                [b' ' | b'\t' | b'\n' | b'\r' | b'\x0C', ..] => 1,
                _ => 0,
            };
            return Some((Some(character), 1 + digits + space));
        }
        match escaped.chars().next() {
            None => Some((Some('\u{FFFD}'), 1)),
            Some('\r') if escaped.starts_with("\r\n") => Some((None, 3)),
            Some('\n' | '\r' | '\x0C') => Some((None, 2)),
            Some(character) => Some((Some(character), 1 + character.len_utf8())),
        }
    })
}
