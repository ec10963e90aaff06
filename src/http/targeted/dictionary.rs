//! The part of structured dictionaries that targeted fields need.
//!
//! Members are read with their spans; parameters and inner lists are checked and
//! skipped, because no directive gives them a meaning.
//!
//! Narrower than the RFC: decimals, byte sequences, dates and display strings
//! are recognised by their first character and kept as text, not decoded.
//!
//! RFC 9651 §3.1.2, §3.2, §3.3, §4.2.
//!
//! Uses: nothing of ours · Never: repair; the first error ends it, as the RFC demands.

use std::fmt;
use std::ops::Range;

/// One member of the dictionary.
#[derive(Debug)]
pub(super) struct Member<'t> {
    pub(super) key: &'t str,
    pub(super) value: BareItem,
    pub(super) span: Range<usize>,
}

/// A member's value without its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BareItem {
    Integer(i64),
    Boolean(bool),
    String(String),
    /// Tokens, and the types no directive takes, as they were written.
    Other(String),
}

impl fmt::Display for BareItem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(formatter),
            Self::Boolean(truth) => formatter.write_str(if *truth { "?1" } else { "?0" }),
            Self::String(text) | Self::Other(text) => formatter.write_str(text),
        }
    }
}

/// Why the text is not a dictionary, and from which byte on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotADictionary {
    pub(super) reason: &'static str,
    pub(super) at: usize,
}

/// Every member in order, duplicates included.
pub(super) fn parse(text: &str) -> Result<Vec<Member<'_>>, NotADictionary> {
    let mut reader = Reader { text, at: 0 };
    let mut members = Vec::new();
    reader.skip(b" ");
    while reader.peek().is_some() {
        members.push(reader.member()?);
        reader.skip(b" \t");
        if reader.peek().is_none() {
            break;
        }
        if !reader.eat(b',') {
            return Err(reader.error("members of a targeted field are separated by commas"));
        }
        reader.skip(b" \t");
        if reader.peek().is_none() {
            return Err(reader.error("a targeted field must not end with a comma"));
        }
    }
    Ok(members)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip(&mut self, bytes: &[u8]) {
        self.take_while(|byte| bytes.contains(&byte));
    }

    fn take_while(&mut self, accept: impl Fn(u8) -> bool) -> &'t str {
        let start = self.at;
        while self.peek().is_some_and(&accept) {
            self.at += 1;
        }
        // Only ASCII is ever accepted, so both ends are character boundaries.
        &self.text[start..self.at]
    }

    fn error(&self, reason: &'static str) -> NotADictionary {
        NotADictionary {
            reason,
            at: self.at,
        }
    }

    fn key(&mut self) -> Result<&'t str, NotADictionary> {
        if !self
            .peek()
            .is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'*')
        {
            return Err(
                self.error("a directive of a targeted field begins with a lower-case letter")
            );
        }
        let key = self.take_while(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)
        });
        if self.peek().is_some_and(|byte| byte.is_ascii_uppercase()) {
            return Err(self.error("directives of a targeted field are lower case"));
        }
        Ok(key)
    }

    fn member(&mut self) -> Result<Member<'t>, NotADictionary> {
        let start = self.at;
        let key = self.key()?;
        let value = if self.eat(b'=') {
            self.value()?
        } else {
            BareItem::Boolean(true)
        };
        self.parameters()?;
        Ok(Member {
            key,
            value,
            span: start..self.at,
        })
    }

    fn parameters(&mut self) -> Result<(), NotADictionary> {
        while self.eat(b';') {
            self.skip(b" ");
            self.key()?;
            if self.eat(b'=') {
                self.bare_item()?;
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<BareItem, NotADictionary> {
        let start = self.at;
        if !self.eat(b'(') {
            return self.bare_item();
        }
        loop {
            self.skip(b" ");
            if self.eat(b')') {
                return Ok(BareItem::Other(self.text[start..self.at].to_owned()));
            }
            self.bare_item()?;
            self.parameters()?;
            if !matches!(self.peek(), Some(b' ' | b')')) {
                return Err(self.error("an inner list does not end"));
            }
        }
    }

    fn bare_item(&mut self) -> Result<BareItem, NotADictionary> {
        let start = self.at;
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') => self.string(),
            Some(b'?') => {
                self.at += 1;
                match self.peek() {
                    Some(digit @ (b'0' | b'1')) => {
                        self.at += 1;
                        Ok(BareItem::Boolean(digit == b'1'))
                    }
                    _ => Err(self.error("a boolean is `?0` or `?1`")),
                }
            }
            Some(b':') => {
                self.at += 1;
                self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
                if !self.eat(b':') {
                    return Err(self.error("a byte sequence does not end"));
                }
                Ok(BareItem::Other(self.text[start..self.at].to_owned()))
            }
            Some(b'@') => {
                self.at += 1;
                self.number()?;
                Ok(BareItem::Other(self.text[start..self.at].to_owned()))
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'*' => {
                let token = self.take_while(|byte| {
                    super::super::list::is_token_byte(byte) || byte == b':' || byte == b'/'
                });
                Ok(BareItem::Other(token.to_owned()))
            }
            _ => Err(self.error("there is no value after `=`")),
        }
    }

    fn number(&mut self) -> Result<BareItem, NotADictionary> {
        let start = self.at;
        self.eat(b'-');
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        if digits.is_empty() || digits.len() > 15 {
            return Err(self.error("an integer has 1 to 15 digits"));
        }
        if self.eat(b'.') {
            let decimals = self.take_while(|byte| byte.is_ascii_digit());
            if digits.len() > 12 || decimals.is_empty() || decimals.len() > 3 {
                return Err(self.error("a decimal has 1 to 12 digits and 1 to 3 decimals"));
            }
            return Ok(BareItem::Other(self.text[start..self.at].to_owned()));
        }
        let number = self.text[start..self.at]
            .parse()
            .map_err(|_| self.error("an integer has 1 to 15 digits"))?;
        Ok(BareItem::Integer(number))
    }

    fn string(&mut self) -> Result<BareItem, NotADictionary> {
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(BareItem::String(value));
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(escaped @ (b'"' | b'\\')) => value.push(char::from(escaped)),
                        _ => return Err(self.error("only `\"` and `\\` are escaped in a string")),
                    }
                }
                Some(byte @ b' '..=b'~') => value.push(char::from(byte)),
                _ => return Err(self.error("a string does not end")),
            }
            self.at += 1;
        }
    }
}
