//! RFC 9110 §10: fields about the context of a message.

use crate::harness::{Case, Choice, May, Must, Rule, Should, Site, case};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(
            Must,
            "rfc9110-10.2.1-allow-with-405",
            "405 lists the methods that are allowed",
        )
        .ask("DELETE", "/")
        .expect(405)
        .has("Allow", "GET, HEAD, OPTIONS"),
        case(
            Must,
            "rfc9110-10.2.2-folder",
            "Location is a reference to the target: a path of this host",
        )
        .get("/docs")
        .expect(301)
        .has("Location", "/docs/"),
        case(
            Must,
            "rfc9110-10.2.2-keeps-the-query",
            "the query of the request is kept",
        )
        .get("/docs?a=1&b=2")
        .expect(301)
        .has("Location", "/docs/?a=1&b=2"),
        case(
            Must,
            "rfc9110-10.2.2-of-a-policy",
            "a redirect of the policy",
        )
        .on(Site::Ruled)
        .get("/old")
        .expect(308)
        .has("Location", "/about"),
        case(
            Must,
            "rfc9110-10.2.2-fills-in-the-rest",
            "what `*` stood for",
        )
        .on(Site::Ruled)
        .get("/blog/2026/may")
        .expect(301)
        .has("Location", "/articles/2026/may"),
        case(
            Must,
            "rfc9110-10.2.2-is-encoded",
            "what a request gives to Location is percent-encoded again",
        )
        .on(Site::Ruled)
        .get("/blog/a%20b%3Fc")
        .expect(301)
        .has("Location", "/articles/a%20b%3Fc"),
        case(
            Must,
            "rfc9110-10.2.2-names-stay-segments",
            "a name stands for one segment",
        )
        .on(Site::Ruled)
        .get("/u/ada")
        .expect(302)
        .has("Location", "/users/ada"),
        case(
            May,
            "rfc9110-10.2.2-another-host-by-policy",
            "only a policy can name another host",
        )
        .on(Site::Ruled)
        .get("/away/x")
        .expect(302)
        .has("Location", "https://elsewhere.example/x")
        .except(Rule::LocationIsAPath, "the policy names this host"),
        case(
            Must,
            "rfc9110-10.2.2-splat-chooses-no-host",
            "what is filled in never becomes a host",
        )
        .on(Site::Ruled)
        .get("/away/%2Fevil.example")
        .expect(404)
        .except(
            Rule::ErrorsAreNotKept,
            "the policy keeps 404 for ten seconds",
        ),
        case(
            Must,
            "rfc9110-10.2.2-no-host-of-the-request",
            "Location is not made of Host",
        )
        .get("/docs")
        .with("Host", "evil.example")
        .expect(301)
        .has("Location", "/docs/"),
        case(
            Must,
            "rfc9110-10.2.2-no-forwarded-host",
            "nor of what a proxy may have been told",
        )
        .get("/docs")
        .with("X-Forwarded-Host", "evil.example")
        .with("X-Forwarded-Proto", "gopher")
        .with("Forwarded", "host=evil.example")
        .expect(301)
        .has("Location", "/docs/"),
        case(
            Choice,
            "rfc9110-10.2.4-no-server-field",
            "nobody needs to know which program answers",
        )
        .get("/")
        .expect(200)
        .lacks("Server"),
        case(
            Should,
            "rfc9110-10.1.5-user-agent-changes-nothing",
            "content does not depend on User-Agent",
        )
        .get("/style.css")
        .with("User-Agent", "curl/1")
        .expect(200)
        .whole("/style.css"),
        case(
            Should,
            "rfc9110-10.1.3-referer-changes-nothing",
            "content does not depend on Referer",
        )
        .get("/style.css")
        .with("Referer", "https://evil.example/")
        .expect(200)
        .whole("/style.css"),
        case(
            Choice,
            "rfc9110-10.2.2-301-has-no-heuristic-lifetime",
            "a redirect is checked each time, or a folder could never become a file again",
        )
        .get("/docs")
        .expect(301)
        .has("Cache-Control", "no-cache"),
    ]
}
