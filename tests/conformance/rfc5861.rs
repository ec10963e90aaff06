//! RFC 5861: stale responses that may be used.

use crate::harness::{Case, Choice, May, Must, Site, case, site::FINGERPRINTED};

const STALE: &str = "max-age=600, stale-while-revalidate=86400, stale-if-error=604800";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(
            May,
            "rfc5861-3-by-policy",
            "stale-while-revalidate is sent where the policy says it",
        )
        .on(Site::Ruled)
        .get("/pictures/cat.png")
        .expect(200)
        .has("Cache-Control", STALE),
        case(
            Must,
            "rfc5861-3-on-304",
            "the 304 of such a reply says it again",
        )
        .on(Site::Ruled)
        .get("/pictures/cat.png")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .has("Cache-Control", STALE),
        case(Must, "rfc5861-3-on-206", "so does a part")
            .on(Site::Ruled)
            .get("/pictures/cat.png")
            .with("Range", "bytes=0-0")
            .expect(206)
            .has("Cache-Control", STALE),
        case(
            Choice,
            "rfc5861-3-not-by-default",
            "nothing stale is allowed where nobody said so",
        )
        .get(FINGERPRINTED)
        .expect(200)
        .never_mentions("Cache-Control", "stale"),
        case(
            May,
            "rfc5861-4-by-policy",
            "stale-if-error is sent where the policy says it",
        )
        .on(Site::Ruled)
        .get("/pictures/cat.png")
        .expect(200)
        .mentions("Cache-Control", "stale-if-error=604800"),
        case(
            Must,
            "rfc5861-4-not-on-errors",
            "an error below the same folder does not inherit it",
        )
        .on(Site::Ruled)
        .get("/pictures/%zz.png")
        .expect(400)
        .has("Cache-Control", "no-store"),
    ]
}
