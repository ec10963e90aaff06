//! What the last part of a name looks like: which alphabet, how long, how likely a word.
//!
//! A pattern alone never decides (`-[A-Za-z0-9_-]{8}` matches `baby-carriage.svg`); it only says whose digest could be meant and
//! whether people would write it. The tools' alphabets: webpack, Parcel, rspack, Hugo, Django write lower-case hexadecimal; Rollup,
//! Vite, `SvelteKit` eight of base64url; esbuild and Angular eight of base32; Turbopack thirteen of base 36.
//!
//! Uses: std · Never: files, clock

/// How a token is set off from the name before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Separator {
    /// `index-DSXtc1GT`.
    Dash,
    /// `main.617c794d`.
    Dot,
    /// `main_617c794d`.
    Underscore,
    /// The token is the whole name: `DO4tG7m0.js`.
    Bare,
}

/// The narrowest alphabet that a token can be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alphabet {
    /// `0-9a-f`, 8 to 128 of them.
    Hex,
    /// `A-Z2-7`, eight of them.
    Base32,
    /// `A-Za-z0-9_-`, eight of them.
    Base64Url,
}

/// How much a token looks like a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A word, a date, a number: `carriage`, `20210304`. A random token is one of these about once in 300 times.
    Word,
    /// Two words run together: `stawOqaz`, `darkMode`; or, in upper case, letters only: `QQDLEFRH`.
    Camel,
    /// Neither word nor clearly random.
    Weak,
    /// Nobody would write this by hand.
    Strong,
}

/// The last part of a name that could be a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'n> {
    pub(super) text: &'n str,
    pub(super) separator: Separator,
    pub(super) alphabet: Alphabet,
    pub(super) strength: Strength,
}

/// How many characters esbuild and Rollup put into a name.
const SHORT: usize = 8;

/// Finds the last part of `stem` that could be a fingerprint.
pub(super) fn parse_token(stem: &str) -> Option<Token<'_>> {
    hex_token(stem).or_else(|| short_token(stem))
}

fn hex_token(stem: &str) -> Option<Token<'_>> {
    let bytes = stem.as_bytes();
    let start = bytes
        .iter()
        .rposition(|byte| !is_hex(*byte))
        .map_or(0, |position| position + 1);
    let text = &stem.get(start..)?;
    let separator = match start.checked_sub(1).map(|position| bytes[position]) {
        None => Separator::Bare,
        Some(b'-') => Separator::Dash,
        Some(b'.') => Separator::Dot,
        Some(b'_') => Separator::Underscore,
        Some(_) => return None,
    };
    (SHORT..=128).contains(&text.len()).then(|| Token {
        text,
        separator,
        alphabet: Alphabet::Hex,
        strength: hex_strength(text),
    })
}

fn short_token(stem: &str) -> Option<Token<'_>> {
    let start = stem.len().checked_sub(SHORT)?;
    let text = stem.get(start..)?;
    let separator = match start
        .checked_sub(1)
        .map(|position| stem.as_bytes()[position])
    {
        None => Separator::Bare,
        Some(b'-') => Separator::Dash,
        Some(b'.') => Separator::Dot,
        Some(_) => return None,
    };
    let (alphabet, strength) = if text.bytes().all(is_base32) {
        (Alphabet::Base32, base32_strength(text))
    } else if text.bytes().all(is_base64_url) {
        (Alphabet::Base64Url, base64_url_strength(text))
    } else {
        return None;
    };
    Some(Token {
        text,
        separator,
        alphabet,
        strength,
    })
}

/// Whether `text` is what Turbopack ends its names with: thirteen of `0-9a-z` and, since Next 16, `.~_-`, with a digit and a letter.
pub(super) fn is_turbopack(text: &str) -> bool {
    text.len() == 13
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_~.".contains(&byte)
        })
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn is_base32(byte: u8) -> bool {
    byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte)
}

fn is_base64_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// `12345678`, `deadbeef`, and, when short, `1234567a` or `face2024` read like numbers and words.
fn hex_strength(text: &str) -> Strength {
    let letters = text.bytes().filter(u8::is_ascii_lowercase).count();
    if letters == 0 {
        return if is_date(text) || text.len() > SHORT * 2 {
            Strength::Word
        } else {
            Strength::Weak
        };
    }
    if letters == text.len() {
        return Strength::Word;
    }
    let changes = class_changes(text);
    if text.len() == SHORT && changes == 1 {
        Strength::Weak
    } else {
        Strength::Strong
    }
}

/// `20210304` and `2021030415…`: a year from 1900 to 2099, a month, a day.
fn is_date(text: &str) -> bool {
    let number =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let (year_first, day_first) = (
        (number(0, 4), number(4, 6), number(6, 8)),
        (number(4, 8), number(2, 4), number(0, 2)),
    );
    [year_first, day_first].iter().any(|(year, month, day)| {
        year.is_some_and(|year| (1900..2100).contains(&year))
            && month.is_some_and(|month| (1..=12).contains(&month))
            && day.is_some_and(|day| (1..=31).contains(&day))
    })
}

/// Letters only may be a word in capitals; letters, then digits (`RELEASE2`), a name with a number.
fn base32_strength(text: &str) -> Strength {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == text.len() {
        Strength::Word
    } else if digits == 0 {
        Strength::Camel
    } else if class_changes(text) == 1 && text.as_bytes()[0].is_ascii_uppercase() {
        Strength::Weak
    } else {
        Strength::Strong
    }
}

fn base64_url_strength(text: &str) -> Strength {
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = text.bytes().any(|byte| byte.is_ascii_lowercase());
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if let Some(humps) = word_humps(text) {
        return if humps == 0 {
            Strength::Word
        } else {
            Strength::Camel
        };
    }
    let changes = class_changes(text);
    if !upper || !lower {
        // People join words of one case: `a-two-word`, `v2-extra`, `UPPER_12`, `mp4video`.
        let mixed = if upper {
            digit && changes >= 2
        } else {
            digit && changes >= 3 && !text.contains(['-', '_'])
        };
        return if mixed {
            Strength::Camel
        } else {
            Strength::Word
        };
    }
    if text
        .split(['-', '_'])
        .all(|part| word_humps(part) == Some(0) && part.len() > 1)
    {
        return Strength::Camel;
    }
    if (digit && changes >= 3) || changes >= 4 {
        Strength::Strong
    } else {
        Strength::Weak
    }
}

/// How many humps `part` has if it reads like `word`, `Word`, `word2`, `2024` (none), `darkMode2`, `OsStrExt` or `RELEASE2` (some);
/// `None` if it reads like nothing of that kind.
fn word_humps(part: &str) -> Option<usize> {
    let word = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let humps = word.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
    let last_is_upper = word.len() > 1
        && word
            .bytes()
            .last()
            .is_some_and(|byte| byte.is_ascii_uppercase());
    let two_uppers = word
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_uppercase() && pair[1].is_ascii_uppercase());
    let all_uppers = word.bytes().all(|byte| byte.is_ascii_uppercase());
    (all_uppers || !two_uppers && !last_is_upper).then_some(humps)
}

/// How often the kind of character (upper, lower, digit, sign) changes along `text`.
fn class_changes(text: &str) -> usize {
    let class = |byte: u8| match byte {
        b'A'..=b'Z' => 0,
        b'a'..=b'z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    text.as_bytes()
        .windows(2)
        .filter(|pair| class(pair[0]) != class(pair[1]))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strength(stem: &str) -> Option<Strength> {
        parse_token(stem).map(|token| token.strength)
    }

    #[test]
    fn each_tools_alphabet_is_told_from_the_others() {
        for (stem, alphabet, separator) in [
            ("index-DSXtc1GT", Alphabet::Base64Url, Separator::Dash),
            ("index-BeUAedO-", Alphabet::Base64Url, Separator::Dash),
            ("index.DormvYxC", Alphabet::Base64Url, Separator::Dot),
            ("DO4tG7m0", Alphabet::Base64Url, Separator::Bare),
            ("main-ULGI2YV6", Alphabet::Base32, Separator::Dash),
            ("main.617c794d", Alphabet::Hex, Separator::Dot),
            ("2761.e939d06e46aa348f", Alphabet::Hex, Separator::Dot),
            (
                "logo_b7c2ba6fa07daa69a954",
                Alphabet::Hex,
                Separator::Underscore,
            ),
        ] {
            let token = parse_token(stem).expect(stem);
            assert_eq!(
                (token.alphabet, token.separator),
                (alphabet, separator),
                "{stem}"
            );
            assert_eq!(token.strength, Strength::Strong, "{stem}");
        }
    }

    #[test]
    fn words_dates_and_numbers_are_not_strong() {
        for stem in [
            "baby-carriage",
            "photo-20210304",
            "photo-04032021",
            "itz-greyscale",
            "Inter-Variable",
            "cobol-stawOqaz",
            "icon-darkMode",
            "chunk-QQDLEFRH",
            "4028.24118451",
            "face2face.deadbeef",
            "notes-RELEASE2",
            "x.474626241",
            "chair2.025380764646",
            "JetBrainsMono-SemiBold",
            "a-two-word",
        ] {
            assert_ne!(strength(stem), Some(Strength::Strong), "{stem}");
        }
    }

    #[test]
    fn a_plain_word_is_weaker_than_a_hump() {
        assert_eq!(strength("baby-carriage"), Some(Strength::Word));
        assert_eq!(strength("Inter-Variable"), Some(Strength::Word));
        assert_eq!(strength("cobol-stawOqaz"), Some(Strength::Camel));
        assert_eq!(strength("photo-20210304"), Some(Strength::Word));
        assert_eq!(strength("trait.OsStrExt"), Some(Strength::Camel));
        assert_eq!(strength("a.C1JORDN2"), Some(Strength::Camel));
        assert_eq!(strength("4028.24118451"), Some(Strength::Weak));
    }

    #[test]
    fn turbopack_tokens_hold_digits_and_letters() {
        assert!(is_turbopack("0etltfi-08v6i"));
        assert!(!is_turbopack("dashboardpage"));
    }
}
