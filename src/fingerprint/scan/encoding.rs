//! Bytes as text of the same length, so that offsets in one are offsets in the other.
//!
//! Every byte that is not UTF-8 becomes a letter; the collector refuses a URL that holds such a byte. Encodings in which a byte of a longer
//! character can be a backslash, or in which ASCII is not ASCII, are not read at all.
//!
//! Uses: nothing · Never: files, clock

use std::borrow::Cow;

use crate::fingerprint::reference::Unreadable;

/// The stand-in for a byte that is not UTF-8: a letter, as browsers take such bytes for parts of words.
const STAND_IN: char = 'x';

/// For languages in which a backslash escapes.
pub(crate) fn strict(content: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = lenient(content)?;
    if matches!(text, Cow::Owned(_)) && has_backslash_in_character(content) {
        return Err(Unreadable::Encoding);
    }
    Ok(text)
}

/// For HTML, whose syntax uses no byte that may occur inside a character of the common encodings.
pub(crate) fn lenient(content: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let utf_16 = matches!(
        content,
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..]
    );
    let start = &content[..content.len().min(1024)];
    let iso_2022 = start
        .windows(2)
        .any(|pair| matches!(pair, [0x1B, b'$' | b'(']));
    if utf_16 || iso_2022 {
        return Err(Unreadable::Encoding);
    }
    match std::str::from_utf8(content) {
        Ok(text) => Ok(text.into()),
        Err(_) => Ok(same_length(content).into()),
    }
}

fn same_length(content: &[u8]) -> String {
    let mut text = String::with_capacity(content.len());
    for chunk in content.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| STAND_IN));
    }
    text
}

/// `Shift_JIS`, GBK and Big5 have characters whose second byte is a backslash.
pub(crate) fn has_backslash_in_character(content: &[u8]) -> bool {
    content
        .windows(2)
        .any(|pair| pair[0] >= 0x80 && pair[1] == b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_survive_what_is_not_utf_8() {
        let text = lenient(b"a\xE9b\xC3\xA9\xFF").expect("read");
        assert_eq!(text, "axbéx");
        assert_eq!(text.len(), 6);
    }

    #[test]
    fn encodings_that_would_confuse_us_are_refused() {
        assert!(lenient(b"\xFF\xFEa\0").is_err());
        assert!(strict(b"/* \x95\\ */").is_err());
        assert!(strict("/* é\\ */".as_bytes()).is_ok());
    }
}
