//! RFC 9213: fields for one class of caches.

use crate::harness::{Case, Choice, Must, Rule, Site, case};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(
            Must,
            "rfc9213-2-beside-cache-control",
            "a targeted field stands beside Cache-Control, which others read",
        )
        .on(Site::Ruled)
        .get("/data/prices.json")
        .expect(200)
        .has("CDN-Cache-Control", "max-age=60")
        .has("Cache-Control", "no-cache"),
        case(
            Must,
            "rfc9213-2.1-is-a-dictionary",
            "a structured dictionary: lower case, no quotes around numbers",
        )
        .on(Site::Ruled)
        .get("/data/prices.json")
        .expect(200)
        .never_mentions("CDN-Cache-Control", "\""),
        case(
            Must,
            "rfc9213-2.2-on-304",
            "the 304 has it too, or the cache would forget it",
        )
        .on(Site::Ruled)
        .get("/data/prices.json")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .has("CDN-Cache-Control", "max-age=60"),
        case(Must, "rfc9213-2.2-on-206", "so has a part")
            .on(Site::Ruled)
            .get("/data/prices.json")
            .with("Range", "bytes=0-3")
            .expect(206)
            .has("CDN-Cache-Control", "max-age=60"),
        case(Must, "rfc9213-2.2-in-every-coding", "so has every coding")
            .on(Site::Ruled)
            .get("/data/prices.json")
            .with("Accept-Encoding", "br")
            .expect(200)
            .has("CDN-Cache-Control", "max-age=60"),
        case(
            Must,
            "rfc9213-3.1-not-on-errors",
            "what is missing in the same folder has none",
        )
        .on(Site::Ruled)
        .get("/data/missing.json")
        .expect(404)
        .lacks("CDN-Cache-Control")
        .except(
            Rule::ErrorsAreNotKept,
            "the policy keeps 404 for ten seconds",
        ),
        case(
            Must,
            "rfc9213-3.1-not-on-416",
            "nor has a range that is none",
        )
        .on(Site::Ruled)
        .get("/data/prices.json")
        .with("Range", "bytes=99999-")
        .expect(416)
        .lacks("CDN-Cache-Control"),
        case(
            Choice,
            "rfc9213-3.1-not-by-default",
            "nobody is addressed unless the policy does",
        )
        .get("/style.css")
        .expect(200)
        .lacks("CDN-Cache-Control")
        .lacks("Surrogate-Control"),
    ]
}
