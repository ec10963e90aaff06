mod browser;
mod lifetime;
mod properties;
mod reading;
mod reuse;
mod storage;

use super::*;
use crate::http::{FieldName, FieldValue, Fields, HttpDate};

/// Sun, 06 Nov 1994 08:49:37 GMT.
const NOW: i64 = 784_111_777;

/// So many seconds after [`NOW`].
fn at(seconds: i64) -> HttpDate {
    HttpDate::from_unix_seconds(NOW + seconds).unwrap()
}

/// Field lines, one a line.
fn fields(lines: &str) -> Fields {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (
                FieldName::parse(name).unwrap(),
                FieldValue::parse(value).unwrap(),
            )
        })
        .collect()
}

/// A 200 with these fields, received at second 0.
fn response(lines: &str) -> Response {
    Response::read(200, &fields(lines), at(0))
}

/// The same in a cache, brought by a request without fields that took no time.
fn stored(lines: &str) -> Stored {
    Stored::new(response(lines), &Fields::new(), Exchange::at(at(0)))
}
