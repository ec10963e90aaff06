//! Sets of bytes: the characters that a rule of a grammar names.
//!
//! Every byte of a target and of a host is asked whether it may stand there, so membership is one look into a table, made when larder is compiled.
//!
//! RFC 3986 §2.2, §2.3.
//!
//! Uses: nothing of ours · Never: characters beyond a byte.

/// A set of bytes.
///
/// # Examples
/// ```
/// use larder::http::ByteSet;
/// const SCHEME: ByteSet = ByteSet::ALPHANUMERIC.with(b"+-.");
/// assert!(SCHEME.has_all(b"coap+tcp"));
/// assert!(!SCHEME.has(b':'));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSet([bool; 256]);

impl ByteSet {
    /// The letters and digits of ASCII.
    pub const ALPHANUMERIC: Self = Self([false; 256])
        .with_range(b'0', b'9')
        .with_range(b'A', b'Z')
        .with_range(b'a', b'z');

    /// What stands for itself wherever in a URL it stands (RFC 3986 §2.3).
    pub const UNRESERVED: Self = Self::ALPHANUMERIC.with(b"-._~");

    /// What is visible in ASCII: `!` to `~`.
    pub const VISIBLE: Self = Self([false; 256]).with_range(b'!', b'~');

    /// These, and `bytes`.
    #[must_use]
    pub const fn with(self, bytes: &[u8]) -> Self {
        self.set(bytes, true)
    }

    /// These, but not `bytes`.
    #[must_use]
    pub const fn without(self, bytes: &[u8]) -> Self {
        self.set(bytes, false)
    }

    /// Is `byte` one of them?
    pub const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// Are all of `bytes`?
    pub fn has_all(&self, bytes: &[u8]) -> bool {
        bytes.iter().all(|&byte| self.has(byte))
    }

    const fn set(mut self, bytes: &[u8], is_in: bool) -> Self {
        let mut rest = bytes;
        while let [byte, others @ ..] = rest {
            self.0[*byte as usize] = is_in;
            rest = others;
        }
        self
    }

    const fn with_range(mut self, first: u8, last: u8) -> Self {
        let mut byte = first;
        while byte <= last {
            self.0[byte as usize] = true;
            byte += 1;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn a_set_has_what_it_was_made_of() {
        for byte in 0..=u8::MAX {
            let has = |set: ByteSet| set.has(byte);
            assert_eq!(has(ByteSet::ALPHANUMERIC), byte.is_ascii_alphanumeric());
            assert_eq!(has(ByteSet::VISIBLE), byte.is_ascii_graphic());
            let is_mark = b"-._~".contains(&byte);
            assert_eq!(
                has(ByteSet::UNRESERVED),
                byte.is_ascii_alphanumeric() || is_mark
            );
            assert_eq!(
                has(ByteSet::VISIBLE.without(b"-._~")),
                byte.is_ascii_graphic() && !is_mark
            );
        }
    }
}
