//! What no RFC decides and larder did: what an app's routes get, which URLs a document has, what is hidden.

use crate::harness::{Case, Choice, Rule, Site, case, site::FINGERPRINTED};

/// Routes of an app: paths that nobody has and that name no asset.
const ROUTES: &[(&str, &str)] = &[
    ("plain", "/settings"),
    ("deep", "/user/42/posts/7"),
    ("dotted", "/user/ada.lovelace"),
    ("domain", "/site/example.com"),
    ("version", "/docs/v1.2.3"),
    ("trailing-slash", "/settings/"),
    ("encoded", "/search/a%20b"),
    ("unicode", "/stra%C3%9Fe"),
    ("html-suffix", "/settings.html"),
    ("email", "/u/ada@example.org"),
    ("query", "/search?q=app.js"),
];

/// Assets that an app does not have.
const MISSING: &[(&str, &str)] = &[
    ("script", "/assets/missing.js"),
    ("hashed-script", "/assets/missing-9d8c7b6a.js"),
    ("style-below-a-route", "/account/profile.css"),
    ("picture", "/logo.png"),
    ("font", "/fonts/a.woff2"),
    ("map", "/assets/app.js.map"),
    ("json", "/api/users.json"),
    ("upper-case-suffix", "/LOGO.PNG"),
    ("icon", "/apple-touch-icon.png"),
    ("wasm", "/app.wasm"),
    ("manifest", "/site.webmanifest"),
    ("robots", "/robots.txt"),
    ("encoded-dot", "/account/x%2Ecss"),
    ("parameters", "/index.html;x.css"),
    ("encoded-parameters", "/index.html%3Bx.css"),
    ("encoded-hash", "/account%23.css"),
    ("encoded-question-mark", "/account%3F.css"),
];

/// What is never served, whoever asks.
const HIDDEN: &[(&str, &str)] = &[
    ("env", "/.env"),
    ("env-encoded", "/%2eenv"),
    ("env-below", "/docs/.env"),
    ("env-as-a-folder", "/.env/"),
    ("env-with-a-space", "/.env%20"),
    ("git", "/.git/config"),
    ("git-head", "/.git/HEAD"),
    ("htpasswd", "/.htpasswd"),
    ("ds-store", "/.DS_Store"),
    ("well-known-below", "/docs/.well-known/x"),
    ("hidden-in-well-known", "/.well-known/.env"),
    ("tilde", "/index.html~"),
    ("bak", "/index.html.bak"),
    ("swp", "/.index.html.swp"),
    ("orig", "/index.html.orig"),
    ("bak-in-upper-case", "/index.html.BAK"),
];

/// Well-known names that a site does not have: with no document in their place, whatever they look like (RFC 8615).
const WELL_KNOWN: &[(&str, &str)] = &[
    ("json", "/.well-known/missing.json"),
    ("challenge", "/.well-known/acme-challenge/x"),
    ("page", "/.well-known/change-password"),
    ("encoded", "/%2Ewell-known/acme-challenge/x"),
    ("folder", "/.well-known/"),
    ("root", "/.well-known"),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(app());
    cases.extend(documents());
    for (name, target) in HIDDEN {
        let hidden = |id: String, site| {
            case(
                Choice,
                id,
                "hidden and left-over files are missing, for navigations too",
            )
            .on(site)
            .get(*target)
            .navigating()
            .expect(404)
            .has("Cache-Control", "no-store")
        };
        cases.push(hidden(format!("choice-hidden-{name}"), Site::Ordinary));
        cases.push(hidden(format!("choice-hidden-{name}-in-an-app"), Site::App));
    }
    cases.extend([case(
        Choice,
        "choice-hidden-well-known",
        ".well-known is for everybody (RFC 8615)",
    )
    .get("/.well-known/security.txt")
    .expect(200)
    .whole("/.well-known/security.txt")]);
    for (name, target) in WELL_KNOWN {
        for site in [Site::App, Site::Prerendered] {
            let missing = |id: String| {
                let says = "what is missing there is missing: a client asks it for facts";
                case(Choice, id, says)
                    .on(site)
                    .get(*target)
                    .expect(404)
                    .has("Cache-Control", "no-store")
            };
            let id = format!("choice-hidden-well-known-{name}-of-{site:?}").to_lowercase();
            cases.push(missing(format!("{id}-navigated-to")).navigating());
            cases.push(missing(id));
        }
    }
    cases
}

fn app() -> Vec<Case> {
    let route =
        |id: String, says: &str, target: &str| case(Choice, id, says).on(Site::App).get(target);
    let document = |case: Case| {
        case.expect(200)
            .has("Cache-Control", "no-cache")
            .has("ETag", "{tag /}")
            .whole("/index.html")
    };
    let mut cases: Vec<Case> = ROUTES
        .iter()
        .map(|(name, target)| {
            document(
                route(
                    format!("choice-spa-route-{name}"),
                    "a navigation to a route gets the document",
                    target,
                )
                .navigating(),
            )
        })
        .collect();
    cases.extend(MISSING.iter().flat_map(|(name, target)| {
        let missing = |id: String| route(id, "a missing asset is missing, whoever asks", target);
        [
            missing(format!("choice-spa-asset-{name}"))
                .with("Accept", "*/*")
                .with("Sec-Fetch-Dest", "script")
                .expect(404)
                .has("Cache-Control", "no-store")
                .has("Content-Type", "text/plain; charset=utf-8"),
            missing(format!("choice-spa-asset-{name}-navigated-to"))
                .navigating()
                .expect(404)
                .has("Cache-Control", "no-store"),
        ]
    }));
    cases.extend([
        route(
            "choice-spa-fetch-of-a-route".into(),
            "a script's fetch is not a navigation",
            "/api/users",
        )
        .fetching()
        .expect(404)
        .has("Cache-Control", "no-store"),
        route(
            "choice-spa-json-of-a-route".into(),
            "nor is a request that takes no HTML",
            "/api/users",
        )
        .with("Accept", "application/json")
        .expect(404),
        route(
            "choice-spa-picture-of-a-route".into(),
            "nor is a picture's",
            "/avatar/42",
        )
        .with("Accept", "image/avif,image/webp,*/*;q=0.8")
        .with("Sec-Fetch-Dest", "image")
        .with("Sec-Fetch-Mode", "no-cors")
        .expect(404),
        route(
            "choice-spa-script-of-a-route".into(),
            "nor is a script's",
            "/entry",
        )
        .with("Accept", "*/*")
        .with("Sec-Fetch-Dest", "script")
        .with("Sec-Fetch-Mode", "cors")
        .expect(404),
        route(
            "choice-spa-worker-of-a-route".into(),
            "nor is a service worker's",
            "/sw",
        )
        .with("Accept", "*/*")
        .with("Sec-Fetch-Dest", "serviceworker")
        .with("Sec-Fetch-Mode", "same-origin")
        .expect(404),
        route(
            "choice-spa-html-refused".into(),
            "nor is one that refuses HTML by name",
            "/route",
        )
        .with("Accept", "text/html;q=0, */*")
        .expect(404),
        document(route(
            "choice-spa-plain-client".into(),
            "a client that says nothing takes everything",
            "/route",
        )),
        document(
            route("choice-spa-curl".into(), "curl takes everything", "/route")
                .with("Accept", "*/*"),
        ),
        document(
            route(
                "choice-spa-accept-alone".into(),
                "an old browser says it with Accept",
                "/route",
            )
            .with("Accept", "text/html,*/*;q=0.8"),
        ),
        document(
            route(
                "choice-spa-accept-on-two-lines".into(),
                "on whichever line",
                "/route",
            )
            .with("Accept", "application/json")
            .with("Accept", "text/html"),
        ),
        document(
            route(
                "choice-spa-frame".into(),
                "a frame shows a document",
                "/route",
            )
            .with("Accept", "text/html")
            .with("Sec-Fetch-Dest", "iframe")
            .with("Sec-Fetch-Mode", "navigate"),
        ),
        document(
            route(
                "choice-spa-prefetch".into(),
                "a prefetch of a document is one",
                "/route",
            )
            .navigating()
            .with("Sec-Purpose", "prefetch"),
        ),
        route(
            "choice-spa-route-is-coded".into(),
            "in the coding that was asked for",
            "/route",
        )
        .navigating()
        .with("Accept-Encoding", "zstd")
        .expect(200)
        .has("Content-Encoding", "zstd")
        .has("Vary", "Accept-Encoding"),
        route(
            "choice-spa-varies-by-nothing-else".into(),
            "the path decides before any field does, so that Vary stays short",
            "/route",
        )
        .navigating()
        .expect(200)
        .has("Vary", "Accept-Encoding"),
        route(
            "choice-spa-validated-under-another-route".into(),
            "one document, one validator",
            "/one/route",
        )
        .navigating()
        .with("If-None-Match", "{tag /}")
        .expect(304),
        document(route(
            "choice-spa-own-name".into(),
            "its own name is no redirect",
            "/index.html",
        )),
        route(
            "choice-spa-asset-that-is-there".into(),
            "what is there is served, whatever Accept says",
            "/assets/plain.css",
        )
        .navigating()
        .expect(200)
        .whole("/assets/plain.css"),
        route(
            "choice-spa-fingerprinted".into(),
            "a fingerprinted script keeps its lifetime",
            FINGERPRINTED,
        )
        .expect(200)
        .has("Cache-Control", "public, max-age=31536000, immutable"),
        route(
            "choice-spa-folder-is-a-route".into(),
            "a folder without a document is a route",
            "/assets/",
        )
        .navigating()
        .expect(200)
        .whole("/index.html"),
        case(
            Choice,
            "choice-spa-not-with-several-documents",
            "a site of several documents is none",
        )
        .get("/missing")
        .navigating()
        .expect(404),
        case(
            Choice,
            "choice-spa-200-html",
            "/200.html answers the routes of a prerendered app",
        )
        .on(Site::Prerendered)
        .get("/missing")
        .navigating()
        .expect(200)
        .whole("/200.html")
        .has("ETag", "{tag /200.html}"),
        case(
            Choice,
            "choice-spa-prerendered-documents-first",
            "documents that are there come first",
        )
        .on(Site::Prerendered)
        .get("/about")
        .navigating()
        .expect(200)
        .whole("/about.html"),
        case(
            Choice,
            "choice-spa-named",
            "the policy can name the document",
        )
        .on(Site::Ruled)
        .get("/some/route")
        .navigating()
        .expect(200)
        .whole("/index.html"),
        case(
            Choice,
            "choice-spa-switched-off",
            "the policy can switch it off",
        )
        .on(Site::Plain)
        .get("/missing")
        .navigating()
        .expect(404)
        .except(
            Rule::ErrorsAreNotKept,
            "the policy keeps errors for half a minute",
        ),
    ]);
    cases
}

fn documents() -> Vec<Case> {
    let ordinary = |id: &str, says: &str, target: &str| {
        case(Choice, format!("choice-urls-{id}"), says).get(target)
    };
    let plain = |id: &str, says: &str, target: &str| {
        case(Choice, format!("choice-urls-{id}"), says)
            .on(Site::Plain)
            .get(target)
    };
    let kept = |case: Case| {
        case.except(
            Rule::ErrorsAreNotKept,
            "the policy keeps errors for half a minute",
        )
    };
    vec![
        ordinary("root", "the index of the root", "/")
            .expect(200)
            .whole("/index.html"),
        ordinary(
            "index-by-its-name",
            "the index by its own name",
            "/index.html",
        )
        .expect(200)
        .whole("/index.html"),
        ordinary("folder", "the index of a folder", "/docs/")
            .expect(200)
            .whole("/docs/index.html"),
        ordinary(
            "folder-without-slash",
            "a folder without its slash: references inside need it",
            "/docs",
        )
        .expect(301)
        .has("Location", "/docs/")
        .has("Cache-Control", "no-cache"),
        ordinary("folder-keeps-query", "with the query", "/docs?x=1")
            .expect(301)
            .has("Location", "/docs/?x=1"),
        ordinary("clean", "a document without its suffix", "/about")
            .expect(200)
            .whole("/about.html"),
        ordinary("clean-by-its-name", "and with it", "/about.html")
            .expect(200)
            .whole("/about.html"),
        ordinary("clean-below", "in a folder", "/docs/guide")
            .expect(200)
            .whole("/docs/guide.html"),
        ordinary("clean-with-slash", "one slash too many", "/about/")
            .expect(301)
            .has("Location", "/about"),
        ordinary(
            "document-beside-folder",
            "a document beside a folder of its name",
            "/both",
        )
        .expect(200)
        .whole("/both.html"),
        ordinary("folder-beside-document", "and the folder", "/both/")
            .expect(200)
            .whole("/both/index.html"),
        ordinary(
            "no-listing",
            "a folder without a document is not listed",
            "/assets/",
        )
        .expect(404)
        .never_says("app-"),
        ordinary("no-listing-without-slash", "and is no redirect", "/assets").expect(404),
        ordinary(
            "index-without-suffix",
            "index is a clean URL like any other",
            "/docs/index",
        )
        .expect(200)
        .whole("/docs/index.html"),
        plain(
            "unclean-document",
            "without clean URLs a document has its own name",
            "/about.html",
        )
        .expect(200)
        .whole("/about.html"),
        kept(plain("unclean", "… and no other", "/about").expect(404)),
        plain(
            "unclean-index",
            "folders have an index all the same",
            "/docs/",
        )
        .expect(200)
        .whole("/docs/index.html"),
        plain("unclean-folder", "and lead to it", "/docs")
            .expect(301)
            .has("Location", "/docs/"),
        case(
            Choice,
            "choice-errors-document",
            "a person gets the site's own document",
        )
        .on(Site::Prerendered)
        .get("/404.html")
        .expect(200)
        .has("Cache-Control", "no-cache"),
        case(Choice, "choice-errors-asset-gets-text", "a script does not")
            .on(Site::Prerendered)
            .get("/missing.js")
            .expect(404)
            .has("Content-Type", "text/plain; charset=utf-8"),
        case(
            Choice,
            "choice-headers-on-success",
            "fields of the policy are on every reply",
        )
        .on(Site::Ruled)
        .get("/")
        .expect(200)
        .has("Referrer-Policy", "no-referrer"),
        case(Choice, "choice-headers-on-errors", "on errors")
            .on(Site::Ruled)
            .get("/%zz")
            .expect(400)
            .has("Referrer-Policy", "no-referrer"),
        case(Choice, "choice-headers-on-redirects", "on redirects")
            .on(Site::Ruled)
            .get("/old")
            .expect(308)
            .has("Referrer-Policy", "no-referrer"),
        case(Choice, "choice-headers-on-405", "on refused methods")
            .on(Site::Ruled)
            .ask("POST", "/")
            .expect(405)
            .has("Referrer-Policy", "no-referrer"),
        case(
            Choice,
            "choice-headers-by-media",
            "a rule about a media type is about nothing else",
        )
        .on(Site::Ruled)
        .get("/")
        .expect(200)
        .lacks("X-Kind"),
    ]
}
