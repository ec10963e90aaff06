//! RFC 8246: `immutable`.

use crate::harness::{Case, Choice, Must, Rule, Should, Site, case, site::FINGERPRINTED};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(
            Should,
            "rfc8246-2-fingerprinted",
            "content that will not change while it is fresh says so",
        )
        .get(FINGERPRINTED)
        .expect(200)
        .mentions("Cache-Control", "immutable"),
        case(
            Should,
            "rfc8246-2-with-a-lifetime",
            "… with a lifetime: it only holds while the response is fresh",
        )
        .get(FINGERPRINTED)
        .expect(200)
        .mentions("Cache-Control", "max-age=31536000"),
        case(Should, "rfc8246-2-on-304", "on the 304, too")
            .get(FINGERPRINTED)
            .with("If-None-Match", "{tag}")
            .expect(304)
            .mentions("Cache-Control", "immutable"),
        case(Should, "rfc8246-2-on-206", "on a part, too")
            .get(FINGERPRINTED)
            .with("Range", "bytes=0-3")
            .expect(206)
            .mentions("Cache-Control", "immutable"),
        case(Should, "rfc8246-2-in-every-coding", "in every coding")
            .get(FINGERPRINTED)
            .with("Accept-Encoding", "br")
            .expect(200)
            .mentions("Cache-Control", "immutable"),
        case(Must, "rfc8246-2-not-on-documents", "never on a document")
            .get("/")
            .expect(200)
            .never_mentions("Cache-Control", "immutable"),
        case(
            Must,
            "rfc8246-2-not-on-names-that-look-hashed",
            "never on a name that only looks hashed",
        )
        .get("/assets/looks-9d8c7b6a.js")
        .expect(200)
        .never_mentions("Cache-Control", "immutable"),
        case(Must, "rfc8246-2-not-on-404", "never on what is missing")
            .get("/assets/app-0000000000000000.js")
            .expect(404)
            .never_mentions("Cache-Control", "immutable"),
        case(Must, "rfc8246-2-not-on-412", "never on a failed condition")
            .get(FINGERPRINTED)
            .with("If-Match", "\"other\"")
            .expect(412)
            .has("Cache-Control", "no-store"),
        case(
            Must,
            "rfc8246-2-not-on-416",
            "never on a range that is none",
        )
        .get(FINGERPRINTED)
        .with("Range", "bytes=9999-")
        .expect(416)
        .has("Cache-Control", "no-store"),
        case(Must, "rfc8246-2-not-on-406", "never on a refusal")
            .get(FINGERPRINTED)
            .with("Accept-Encoding", "*;q=0")
            .expect(406)
            .has("Cache-Control", "no-store"),
        case(
            Must,
            "rfc8246-2-not-on-the-app-in-its-place",
            "a missing fingerprinted script is not the document of the app",
        )
        .on(Site::App)
        .get("/assets/app-0000000000000000.js")
        .navigating()
        .expect(404)
        .has("Cache-Control", "no-store"),
        case(
            Choice,
            "rfc8246-2-other-spelling-is-another-name",
            "a second spelling of the path is not the same name",
        )
        .get("/assets//app-3e5b7ab69fb7d67b.js")
        .expect(404),
        case(
            Must,
            "rfc8246-2-refused-by-what-it-is",
            "a rule cannot make what may change immutable: its value is refused, the default stays",
        )
        .on(Site::Ruled)
        .get("/tried/plain.js")
        .expect(200)
        .has("Cache-Control", "no-cache"),
        case(
            Should,
            "rfc8246-2-granted-by-what-it-is",
            "the same rule about a name that carries its content's hash",
        )
        .on(Site::Ruled)
        .get("/tried/app-3e5b7ab6.js")
        .expect(200)
        .has("Cache-Control", "public, max-age=3600, immutable"),
        case(
            Must,
            "rfc8246-2-refused-to-what-is-missing",
            "and about what is missing below the same folder",
        )
        .on(Site::Ruled)
        .get("/tried/missing.js")
        .expect(404)
        .has("Cache-Control", "max-age=10")
        .except(
            Rule::ErrorsAreNotKept,
            "the policy keeps 404 for ten seconds",
        ),
    ]
}
