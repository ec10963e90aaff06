//! Coded content that is something else.
//!
//! Implements: RFC 9110 §8.4.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::decode::decode;
use super::super::{Check, Exchange, Found, Level, Purpose, Record, fix};
use crate::http::{ContentCoding, DirectiveName};

pub(super) const CHECK: Check = Check {
    code: "reply/coding-broken",
    doc: DOC,
    spec: "RFC 9110 §8.4",
    fix: fix::Fix::only(
        "make coded siblings (.br, .gz, .zst) in the same step as the files, and remove those of the build before",
    ),
    examine: check,
    raises: &["start GET / -> 200

hello
---
gzip GET / -> 200
content-encoding: gzip

not gzip"],
    passes: &[
        "start GET / -> 200

hello
---
gzip GET / -> 200

hello",
        "start GET / -> 200
cache-control: no-store

hello 1
---
br GET / -> 200
content-encoding: br

{br:hello}",
        "start GET / -> 200

hello
---
br GET / -> 200
content-encoding: br

{br:hello}",
    ],
};

const DOC: &str = "
# What
Content in a coding does not decode to the plain content, or does not decode at all.

# Why
Servers that send `.br` and `.gz` files from beside the original do not look whether they are of the same build. Most visitors get the old
content, and everybody who tests with a plain client sees the new one.

# Example
`app.js.br` of the last release beside `app.js` of this one.

# Spec
RFC 9110 §8.4.
";

/// Is the content another one each time it is asked for? Then nothing follows from a difference.
fn is_made_anew(record: &Record, plain: &Exchange) -> bool {
    plain.control().has(DirectiveName::NoStore)
        || record
            .of(Purpose::Again)
            .filter(|again| again.url() == plain.url() && again.answer.status == 200)
            .any(|again| again.answer.content != plain.answer.content)
}

fn check(record: &Record, found: &mut Found) {
    for purpose in [Purpose::Gzip, Purpose::Brotli, Purpose::Zstd] {
        for (plain, coded) in record.pairs(purpose) {
            if !plain.is_whole() || !coded.is_whole() || is_made_anew(record, plain) {
                continue;
            }
            let coding = coded
                .coding()
                .and_then(|name| ContentCoding::parse(name.trim()));
            let Some(coding) = coding else { continue };
            let decoded = decode(coding, &coded.answer.content);
            let plain = plain.decoded();
            if decoded.as_deref() != Some(&*plain) {
                let seen = match decoded {
                    Some(decoded) => format!(
                        "{} bytes plain, {} bytes decoded from {}",
                        plain.len(),
                        decoded.len(),
                        coding.as_str()
                    ),
                    None => format!("it says {} and is not", coding.as_str()),
                };
                let means =
                    "browsers, which all accept codings, show other content than the file has";
                let message = "the coded content is not that of the file";
                found.add(Level::Error, coded.url().as_str(), message, seen, means);
            }
        }
    }
}
