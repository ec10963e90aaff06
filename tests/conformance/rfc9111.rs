//! RFC 9111: what caches are told.

use crate::harness::{Case, Choice, Must, Rule, Should, Site, case, site::FINGERPRINTED};

const LONG: &str = "public, max-age=31536000, immutable";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(Choice, "rfc9111-5.2.2.4-document", "a document is validated each time: its name stays, its content changes").get("/").expect(200).has("Cache-Control", "no-cache").present("ETag"),
        case(Choice, "rfc9111-5.2.2.4-document-by-its-own-name", "under each of its names").get("/index.html").expect(200).has("Cache-Control", "no-cache"),
        case(Choice, "rfc9111-5.2.2.4-asset", "so is an asset whose name stays").get("/style.css").expect(200).has("Cache-Control", "no-cache").present("ETag"),
        case(Choice, "rfc9111-5.2.2.4-name-that-looks-hashed", "a name that only looks as if it carried a hash earns nothing").get("/assets/looks-9d8c7b6a.js").expect(200).has("Cache-Control", "no-cache"),
        case(Choice, "rfc9111-5.2.2.4-not-no-store", "a document is not no-store: going back must not load it again").get("/").expect(200).never_mentions("Cache-Control", "no-store"),
        case(Choice, "rfc9111-5.2.2.4-document-of-an-app", "the document of an app has the policy of a document under every route").on(Site::App).get("/user/ada.lovelace").navigating().expect(200).has("Cache-Control", "no-cache").has("ETag", "{tag /}"),
        case(Choice, "rfc9111-5.2.2.4-304-of-a-document", "so has its 304").on(Site::App).get("/any").navigating().with("If-None-Match", "{tag}").expect(304).has("Cache-Control", "no-cache"),
        case(Choice, "rfc9111-5.2.2.1-fingerprinted", "content that can never be another is fresh for a year").get(FINGERPRINTED).expect(200).has("Cache-Control", LONG),
        case(Must, "rfc9111-5.2.2.1-as-a-token", "max-age has no quotes").get(FINGERPRINTED).expect(200).never_mentions("Cache-Control", "\""),
        case(Choice, "rfc9111-5.2.2.1-query-changes-nothing", "the query of a request earns no lifetime and loses none").get(format!("{FINGERPRINTED}?v=2")).expect(200).has("Cache-Control", LONG),
        case(Choice, "rfc9111-5.2.2.1-query-earns-nothing", "… for a name that stays").get("/style.css?v=0123456789abcdef").expect(200).has("Cache-Control", "no-cache"),
        case(Choice, "rfc9111-5.2.2.1-by-policy", "a rule can give a lifetime").on(Site::Ruled).get("/pictures/cat.png").expect(200).mentions("Cache-Control", "max-age=600"),
        case(Choice, "rfc9111-5.2.2.5-missing-asset", "what is missing today may be there tomorrow").get("/assets/missing-9d8c7b6a.js").expect(404).has("Cache-Control", "no-store"),
        case(Choice, "rfc9111-5.2.2.5-missing-document", "so may a document").get("/missing").navigating().expect(404).has("Cache-Control", "no-store"),
        case(Choice, "rfc9111-5.2.2.5-405", "a refused method says nothing about the resource").ask("POST", "/").expect(405).has("Cache-Control", "no-store"),
        case(Choice, "rfc9111-5.2.2.9-public-only-where-due", "public is only said where it changes something (Authorization, §3.5)").get("/style.css").expect(200).never_mentions("Cache-Control", "public"),
        case(Must, "rfc9111-5.1-no-age", "an origin's reply has no Age").get("/style.css").expect(200).lacks("Age"),
        case(Choice, "rfc9111-5.3-no-expires", "Cache-Control says it all").get(FINGERPRINTED).expect(200).lacks("Expires"),
        case(Choice, "rfc9111-5.4-no-pragma", "Pragma is for requests, and deprecated").get("/missing.js").expect(404).lacks("Pragma"),
        case(Choice, "rfc9111-5.5-no-warning", "Warning is obsolete").get("/style.css").expect(200).lacks("Warning"),
        case(Should, "rfc9111-5.2.1.4-no-cache-of-a-request", "a reload is answered as any request is").get("/style.css").with("Cache-Control", "no-cache").with("Pragma", "no-cache").expect(200).whole("/style.css"),
        case(Must, "rfc9111-5.2.1.4-and-a-condition", "no-cache is for caches: an origin still answers 304").get("/style.css").with("Cache-Control", "no-cache").with("If-None-Match", "{tag}").expect(304),
        case(Must, "rfc9111-5.2.1.1-max-age-0", "so is max-age=0, which a browser's reload sends").get("/style.css").with("Cache-Control", "max-age=0").with("If-None-Match", "{tag}").expect(304),
        case(Must, "rfc9111-5.2.1.7-only-if-cached", "only-if-cached is for caches: an origin has no 504 for it").get("/style.css").with("Cache-Control", "only-if-cached").expect(200),
        case(Must, "rfc9111-4.1-selecting-fields-are-named", "what selects is in Vary").get("/style.css").with("Accept-Encoding", "gzip").expect(200).has("Vary", "Accept-Encoding"),
        case(Choice, "rfc9111-4.1-origin-does-not-select", "Origin changes nothing").get("/style.css").with("Origin", "https://evil.example").expect(200).whole("/style.css").has("Vary", "Accept-Encoding").lacks("Access-Control-Allow-Origin"),
        case(Choice, "rfc9111-4.1-cookies-do-not-select", "neither do cookies").get("/").with("Cookie", "session=1").expect(200).whole("/index.html").lacks("Set-Cookie"),
        case(Choice, "rfc9111-3.5-authorization-does-not-select", "neither does Authorization").get("/").with("Authorization", "Basic eDp5").expect(200).whole("/index.html").has("Cache-Control", "no-cache"),
        case(Choice, "rfc9111-7.1-unkeyed-fields-do-not-select", "fields that no cache has in its key change nothing: caches cannot be poisoned by them").get("/about").with("X-Original-URL", "/admin").with("X-Rewrite-URL", "/admin").with("X-HTTP-Method-Override", "DELETE").with("X-Forwarded-Host", "evil.example").expect(200).whole("/about.html"),
        case(Choice, "rfc9111-7.1-method-override", "nor does a method in a field").get("/ten.bin").with("X-HTTP-Method", "POST").with("X-Method-Override", "POST").expect(200).whole("/ten.bin"),
        case(Must, "rfc9111-4.3.4-304-can-freshen", "a 304 names the stored response it is about").get(FINGERPRINTED).with("If-None-Match", "{tag}").expect(304).has("ETag", "{tag}").has("Cache-Control", LONG),
        case(Choice, "rfc9111-5.2.2.1-error-by-policy", "a rule that names a status can give an error a lifetime").on(Site::Ruled).get("/missing.js").expect(404).has("Cache-Control", "max-age=10").lacks("ETag")
            .except(Rule::ErrorsAreNotKept, "the policy wants it kept for ten seconds"),
        case(Choice, "rfc9111-5.2.2.5-other-errors-than-the-rule-names", "… and no other error").on(Site::Ruled).get("/%zz").expect(400).has("Cache-Control", "no-store"),
        // A cache uses what it stored for every later GET of the URL (§4), so that what answers one client's conditions, ranges or refusals is
        // never to be stored, whatever lifetime the policy gives to errors.
        case(Choice, "rfc9111-3-412-of-one-is-not-for-others", "412 is about the conditions of one request, whatever errors may be kept").on(Site::Plain).get("/ten.bin").with("If-Match", "\"other\"").expect(412).has("Cache-Control", "no-store"),
        case(Choice, "rfc9111-3-416-of-one-is-not-for-others", "416 is about the range of one request").on(Site::Plain).get("/ten.bin").with("Range", "bytes=10-").expect(416).has("Cache-Control", "no-store"),
        case(Choice, "rfc9111-3-406-of-one-is-not-for-others", "406 is about what one client accepts").on(Site::Plain).get("/style.css").with("Accept-Encoding", "*;q=0").expect(406).has("Cache-Control", "no-store"),
        case(Choice, "rfc9111-3-404-may-be-kept-by-policy", "404 is the same for everybody, so it may be kept").on(Site::Plain).get("/missing.js").expect(404).has("Cache-Control", "max-age=30")
            .except(Rule::ErrorsAreNotKept, "the policy wants errors kept for half a minute"),
        case(Should, "rfc9111-3-404-of-a-fetch-is-not-for-navigations", "where a navigation would get the document, the 404 of a fetch must not be kept, or say what it varies by").on(Site::Ruled).get("/some/route").fetching().expect(404).has("Cache-Control", "no-store"),
    ]
}
