//! Whether source text is shallow enough for a parser that recurses.
//!
//! A parser of JavaScript that descends recursively would exhaust any stack on ten million open brackets, and a process cannot survive that.
//! The estimate errs on the deep side: it looks into strings and comments too.
//!
//! Uses: nothing · Never: files, clock

/// Real programs stay far below; one level takes up to 3 KiB of stack in a debug build.
const DEEPEST: usize = 20_000;

/// The same for what nests without brackets, in one statement.
const LONGEST: usize = 60_000;

/// Words that may be repeated without end before an operand.
const PREFIXES: &[&[u8]] = &[
    b"else", b"typeof", b"void", b"await", b"new", b"delete", b"yield",
];

/// Can `source` be parsed without fear for the stack?
pub(crate) fn is_shallow(source: &str) -> bool {
    // The shortest nesting takes a byte a level.
    if source.len() < DEEPEST {
        return true;
    }
    let bytes = source.as_bytes();
    let (mut brackets, mut chain) = (0_usize, 0_usize);
    let mut before = b' ';
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        let nests = match byte {
            b';' | b'{' | b'}' => {
                chain = 0;
                false
            }
            // Prefix operators, ternaries, assignments, arrows.
            b'!' | b'~' | b'-' | b'+' | b'?' | b'=' => true,
            // Chains of members, calls, indices and templates.
            b'.' => bytes
                .get(at + 1)
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'_' | b'$')),
            b'(' | b'[' | b'`' => matches!(before, b')' | b']' | b'`'),
            b' ' | b'\n' => PREFIXES.iter().any(|word| bytes[..at].ends_with(word)),
            _ => false,
        };
        chain += usize::from(nests);
        before = byte;
        if brackets > DEEPEST || chain > LONGEST {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_shallow() {
        assert!(is_shallow(
            &"function a(){return b.c(1)[2]?3:4};".repeat(10_000)
        ));
        assert!(is_shallow(&format!(
            "x=[{}]",
            "1.5,-2.25,".repeat(50_000).replace('-', "")
        )));
    }

    #[test]
    fn towers_are_not() {
        for piece in ["(", "[", "!", "a.", "a=>", "typeof ", "()()", "a?b:"] {
            assert!(!is_shallow(&piece.repeat(100_000)), "{piece}");
        }
    }
}
