//! Writes down every distinct reply of the suite, for judges who did not write it: `LARDER_REPLIES=FILE cargo test --test conformance`.
//!
//! One JSON object on each line. Replies that differ in nothing but their date are one.

use std::{
    collections::HashSet,
    env,
    fs::File,
    io::Write as _,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::answer::{Answer, Ask};

static KNOWN: Mutex<Option<HashSet<Kind>>> = Mutex::new(None);

/// Method, whether a condition was asked, status, fields: what a linter looks at.
type Kind = (String, Vec<String>, u16, Vec<(String, String)>, usize);

/// Notes a reply, if it is asked for and new.
pub(super) fn note(id: &str, ask: &Ask, answer: &Answer) {
    let Some(path) = env::var_os("LARDER_REPLIES") else {
        return;
    };
    let names = ask.fields.iter().map(|(name, _)| name.clone()).collect();
    let kind = (
        ask.method.clone(),
        names,
        answer.status,
        answer.lasting(),
        answer.content.len(),
    );
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if !known.get_or_insert_default().insert(kind) {
        return;
    }
    let line = serde_json::json!({
        "id": id,
        "method": ask.method,
        "target": ask.target,
        "asked": ask.fields,
        "status": answer.status,
        "fields": answer.fields,
        "content": BASE64_STANDARD.encode(&answer.content),
    });
    let file = File::options().append(true).create(true).open(path);
    let mut file = file.expect("LARDER_REPLIES is a file that can be written");
    writeln!(file, "{line}").expect("there is room for it");
}
