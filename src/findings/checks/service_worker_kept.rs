//! A service worker that caches keep.
//!
//! Implements: RFC 9111 §4.2; Service Workers §Soft Update.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/service-worker-kept",
    doc: DOC,
    spec: "RFC 9111 §4.2",
    fix: fix::Fix {
        text: "send the service worker with `no-cache`, under a name that never changes",
        lines: super::super::Lines {
            larder: "[cache]\nasset = \"no-cache\"",
            nginx: "location = /sw.js { add_header Cache-Control \"no-cache\"; }",
            caddy: "header /sw.js Cache-Control no-cache",
        },
    },
    examine: check,
    raises: &["service-worker GET /sw.js -> 200
content-type: text/javascript
cache-control: max-age=31536000"],
    passes: &[
        "service-worker GET /sw.js -> 200
content-type: text/javascript
cache-control: no-cache",
        "service-worker GET /sw.js -> 404",
        "service-worker GET /sw.js -> 200
content-type: text/html
cache-control: max-age=60",
    ],
};

const DOC: &str = "
# What
A script that browsers register as a service worker has a lifetime.

# Why
The worker decides what every later visit sees. Browsers bypass their cache for it, up to a day's exceptions; CDNs do not. A worker that is
kept cannot be replaced, not even by the one that mends it.

# Example
`/sw.js` with `max-age=31536000`, because its suffix is that of a script.

# Spec
RFC 9111 §4.2; Service Workers §Soft Update.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.of(Purpose::ServiceWorker) {
        let keeps = record.keeps_shared(exchange);
        if exchange.answer.status == 200 && !exchange.is_html() && keeps.is_kept() {
            let means = format!(
                "caches on the way serve the old worker for up to {}, and with it the old site",
                keeps.spelt()
            );
            let message = "a service worker may be kept";
            found.add(
                Level::Warning,
                exchange.url().as_str(),
                message,
                exchange.seen_control(),
                means,
            );
        }
    }
}
