//! How deeply source text may be nested, for a parser that recurses.
//!
//! A parser of JavaScript that descends recursively would exhaust any stack on ten million open brackets, and a process cannot survive that.
//! The estimate errs on the deep side: it looks into strings and comments too.
//!
//! Uses: nothing · Never: files, clock

/// Open brackets; real programs stay far below a thousand.
const DEEPEST: usize = 8_000;

/// Operators and statements that nest to one side without a bracket: long sums, `else if`, chains of members.
const LONGEST: usize = 40_000;

/// The stack that one bracket and one link of a chain take in a debug build, in bytes, with a good margin.
const BRACKET: usize = 32 << 10;
const LINK: usize = 8 << 10;

/// Words that may be repeated without end before an operand.
const PREFIXES: &[&[u8]] = &[
    b"else", b"typeof", b"void", b"await", b"new", b"delete", b"yield", b"do", b"extends",
];

/// How much stack, in bytes, a parser and a visitor of `source` may need; none if that is more than anybody should give.
pub(crate) fn stack_for(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    // The links of the chain at hand, of those around the open brackets, and of each of these.
    let (mut links, mut around, mut outer) = (0_usize, 0_usize, Vec::new());
    let (mut deepest, mut total) = (0, 0);
    // Every `else` may continue one before it, whatever stands between them.
    let mut elses = 0_usize;
    let mut before = b' ';
    for (at, &byte) in bytes.iter().enumerate() {
        elses += usize::from(byte == b'e' && bytes[..=at].ends_with(b"else"));
        // Inside a word, as most of any program is, nothing begins.
        if is_name(byte) && before != b')' {
            before = byte;
            continue;
        }
        let is_link = is_link(bytes, at, byte, before);
        links += usize::from(is_link);
        match byte {
            b'(' | b'[' | b'{' => {
                outer.push(links);
                around += std::mem::take(&mut links);
                total += BRACKET;
            }
            b')' | b']' | b'}' => {
                links = outer.pop().unwrap_or_default();
                around -= links;
            }
            b',' | b';' => links = 0,
            _ => {}
        }
        total += usize::from(is_link) * LINK;
        deepest = deepest.max(outer.len() * BRACKET + (around + links + elses) * LINK);
        if outer.len() > DEEPEST || around + links > LONGEST || elses > LONGEST {
            return None;
        }
        before = byte;
    }
    // A bracket in a string can close one of the code and hide how deep it is: a good part of what could be hidden is given anyway.
    Some((128 << 10) + deepest.max(total.min(64 << 20)))
}

/// A byte of a word.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// May something begin here that nests to one side without a bracket?
fn is_link(bytes: &[u8], at: usize, byte: u8, before: u8) -> bool {
    let starts = match byte {
        // Prefix operators, ternaries, labels, assignments, arrows, powers.
        b'!' | b'~' | b'-' | b'+' | b'?' | b':' | b'=' | b'*' | b'&' | b'|' => true,
        // Chains of members, calls, indices and templates.
        b'.' => bytes
            .get(at + 1)
            .is_some_and(|next| is_name(*next) && !next.is_ascii_digit()),
        b'(' | b'[' | b'`' => matches!(before, b')' | b']' | b'`'),
        // `if(a)if(b)`, `for(;;)for(;;)`.
        _ => before == b')' && is_name(byte),
    };
    let ends_word = before.is_ascii_lowercase() && !is_name(byte);
    starts || ends_word && PREFIXES.iter().any(|word| bytes[..at].ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shallow(source: &str) -> bool {
        stack_for(source).is_some()
    }

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
        for piece in [
            "(",
            "[",
            "!",
            "a.",
            "a=>",
            "typeof ",
            "()()",
            "a?b:",
            "for(;;)",
            "if(a);else ",
            "a:",
            "1+",
            "if(a)",
        ] {
            assert!(!is_shallow(&piece.repeat(100_000)), "{piece}");
        }
    }

    #[test]
    fn what_is_hidden_in_strings_is_given_room_for() {
        let needed = stack_for(&"[\")\",".repeat(1_000)).expect("shallow as it seems");
        assert!(needed > 1_000 * BRACKET);
    }
}
