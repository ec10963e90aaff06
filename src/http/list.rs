//! The small grammar that many fields share: tokens, optional whitespace, lists, quality values.
//!
//! Kept in one place because each copy of it is a chance to read `q=0` as `q=1`.
//! Lists split at commas outside quoted strings; empty members are skipped.
//!
//! RFC 9110 §5.6.1 (lists), §5.6.2 (tokens), §5.6.3 (whitespace), §5.6.4 (quoted strings), §12.4.2 (weight).
//!
//! Uses: nothing of ours · Never: allocation.

/// May this byte occur in a token?
pub(super) const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// May this character occur in a token?
pub(super) fn is_token_char(character: char) -> bool {
    u8::try_from(character).is_ok_and(is_token_byte)
}

/// Is this a token, one character or more?
pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// Without the spaces and tabs at both ends.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [b' ' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    while let [head @ .., b' ' | b'\t'] = rest {
        rest = head;
    }
    rest
}

/// Splits at `separator` outside quoted strings and trims; the empty parts are kept.
pub(super) fn split(bytes: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let part = rest?;
        // Nearly always nothing is quoted.
        let end = match part
            .iter()
            .position(|&byte| byte == separator || byte == b'"')
        {
            Some(place) if part[place] == b'"' => unquoted(part, separator),
            plain => plain,
        };
        let (head, tail) = match end {
            Some(end) => (&part[..end], Some(&part[end + 1..])),
            None => (part, None),
        };
        rest = tail;
        Some(trim(head))
    })
}

/// Where `separator` first is outside quoted strings.
fn unquoted(bytes: &[u8], separator: u8) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    bytes.iter().position(|&byte| {
        if escaped {
            escaped = false;
        } else if quoted && byte == b'\\' {
            escaped = true;
        } else if byte == b'"' {
            quoted = !quoted;
        }
        byte == separator && !quoted
    })
}

/// A weight in thousandths, 0 to 1000; `None` when it is not one.
pub(super) fn parse_weight(text: &[u8]) -> Option<u16> {
    let (whole, decimals) = match text {
        [whole] | [whole, b'.'] => (*whole, &[][..]),
        [whole, b'.', decimals @ ..] => (*whole, decimals),
        _ => return None,
    };
    if decimals.len() > 3 || !matches!(whole, b'0' | b'1') {
        return None;
    }
    let mut thousandths = 0;
    for place in 0..3 {
        let digit = decimals.get(place).copied().unwrap_or(b'0');
        if !digit.is_ascii_digit() {
            return None;
        }
        thousandths = thousandths * 10 + u16::from(digit - b'0');
    }
    match whole {
        b'0' => Some(thousandths),
        _ if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// Splits `name;a=b;q=0.5` into name and weight; other parameters are skipped.
///
/// `None` when the weight is not a weight: a member we cannot read says nothing.
pub(super) fn parse_weighted(member: &[u8]) -> Option<(&[u8], u16)> {
    let mut parts = split(member, b';');
    let name = parts.next()?;
    let mut weight = 1000;
    for parameter in parts {
        if let [b'q' | b'Q', b'=', value @ ..] = parameter {
            weight = parse_weight(value)?;
        }
    }
    Some((name, weight))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weights_have_at_most_three_decimals_and_end_at_one() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.001", Some(1)),
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("1.001", None),
            ("0.0001", None),
            ("2", None),
            ("-1", None),
            (".5", None),
            ("", None),
            ("0,5", None),
            ("0.x", None),
        ] {
            assert_eq!(parse_weight(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_comma_inside_quotes_does_not_split() {
        let parts: Vec<_> = split(br#"a="x,\",y" , ,b"#, b',').collect();
        assert_eq!(parts, [&br#"a="x,\",y""#[..], b"", b"b"]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_looked_at_only_where_there_is_a_quote(bytes in r#"[a,;"\\\\ ]{0,24}"#) {
            let bytes = bytes.as_bytes();
            let first = split(bytes, b',').next().unwrap_or_default();
            let end = unquoted(bytes, b',').unwrap_or(bytes.len());
            prop_assert_eq!(first, trim(&bytes[..end]));
        }
    }

    #[test]
    fn a_weight_may_follow_other_parameters() {
        assert_eq!(
            parse_weighted(b"text/html;level=1 ; Q=0.2"),
            Some((&b"text/html"[..], 200))
        );
        assert_eq!(parse_weighted(b"gzip;q=high"), None);
    }
}
