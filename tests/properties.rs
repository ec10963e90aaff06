//! Properties of the pure origin, over random sites, policies and requests: what has to hold whatever a site looks like and whatever is asked.
//!
//! The conformance cases say what one reply has to be; these say how replies go together. A failure is shrunk to a small site, a short policy and
//! a short request, and its seed is kept beside this file.
//!
//! RFC 9110 §8.8, §9.3.2, §14, §15.3.7, §15.4.5; RFC 8246 §2.

use bytes::Bytes;
use larder::{
    explain::{By, explain},
    fingerprint::Digest,
    http::{ContentCoding, FieldName, FieldSource, FieldValue, Fields, HttpDate, MediaType},
    origin::{Request, respond},
    policy::{Policy, compile},
    snapshot::{CodedContent, Content, Generation, SiteFile, Snapshot, assemble},
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select, subsequence},
    test_runner::FileFailurePersistence,
};

// ── sites ──

const NAMES: [&str; 16] = [
    "/index.html",
    "/200.html",
    "/404.html",
    "/about.html",
    "/docs/index.html",
    "/docs/guide.html",
    "/docs.html",
    "/app.js",
    "/style.css",
    "/data.json",
    "/assets/app-3e5b7ab69fb7d67b.js",
    "/logo.png",
    "/a b.txt",
    "/é.txt",
    "/.well-known/x",
    "/no-suffix",
];

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        vec(any::<u8>(), 1..4),
        vec(any::<u8>(), 4..600)
    ]
}

fn date() -> impl Strategy<Value = Option<HttpDate>> {
    option::of(
        (0_i64..4_000_000_000).prop_map(|seconds| {
            HttpDate::from_unix_seconds(seconds).expect("before the year 9999")
        }),
    )
}

fn file(path: &'static str) -> impl Strategy<Value = SiteFile> {
    (
        content(),
        any::<bool>(),
        subsequence(ContentCoding::ALL.to_vec(), 0..=3),
        any::<bool>(),
        date(),
    )
        .prop_map(
            move |(content, fingerprinted, codings, negotiable, last_modified)| SiteFile {
                path: path.into(),
                digest: Digest::of(&content),
                fingerprinted,
                coded: codings
                    .into_iter()
                    .map(|coding| coded(coding, &content))
                    .collect(),
                content: Content::Held(content.into()),
                negotiable,
                last_modified,
            },
        )
}

/// What a coder might make of `content`; the origin never looks inside.
fn coded(coding: ContentCoding, content: &[u8]) -> CodedContent {
    let bytes = [coding.as_str().as_bytes(), content].concat();
    CodedContent {
        coding,
        digest: Digest::of(&bytes),
        content: Content::Held(bytes.into()),
    }
}

fn files() -> impl Strategy<Value = Vec<SiteFile>> {
    subsequence(NAMES.to_vec(), 0..NAMES.len())
        .prop_flat_map(|names| names.into_iter().map(file).collect::<Vec<_>>())
}

// ── policies ──

const RULES: [&str; 9] = [
    "[[rule]]\nname = \"a\"\npaths = \"/docs/**\"\ncache-control = \"max-age=600, stale-while-revalidate=60\"\n",
    "[[rule]]\nname = \"b\"\nstatus = 404\ncache-control = \"max-age=10\"\n",
    "[[rule]]\nname = \"c\"\nkind = \"asset\"\ncdn-cache-control = \"max-age=60\"\n",
    "[[rule]]\nname = \"d\"\nmedia = \"text/*\"\nheaders = { \"X-Text\" = \"yes\" }\n",
    "[[rule]]\nname = \"e\"\nkind = \"fingerprinted\"\ncache-control = \"public, max-age=60, immutable\"\n",
    "[[rule]]\nname = \"f\"\nstatus = 200\nheaders = { \"X-Fine\" = \"yes\" }\n",
    "[[rule]]\nname = \"g\"\npaths = \"/**\"\ncache-control = \"public, max-age=3600, immutable\"\n",
    "[[redirect]]\nfrom = \"/old/*\"\nto = \"/docs/:splat\"\n",
    "[[redirect]]\nfrom = \"/u/:name\"\nto = \"/about?who=:name\"\nstatus = 302\n",
];

fn policy() -> impl Strategy<Value = Policy> {
    let site = (
        select(vec![
            "\"auto\"",
            "false",
            "\"/index.html\"",
            "\"/app.html\"",
        ]),
        any::<bool>(),
    );
    let cache = (
        select(vec!["no-cache", "max-age=60", "no-store"]),
        select(vec!["no-store", "max-age=30"]),
    );
    (site, cache, subsequence(RULES.to_vec(), 0..=RULES.len()), any::<bool>()).prop_map(|((spa, clean), (document, error), rules, headers)| {
        let headers = if headers { "[headers]\n\"Referrer-Policy\" = \"no-referrer\"\n" } else { "" };
        let text = format!(
            "[site]\nspa = {spa}\nclean-urls = {clean}\n[cache]\ndocument = \"{document}\"\nerror = \"{error}\"\n{headers}{}",
            rules.concat()
        );
        let compiled = compile("policy.toml", &text);
        compiled.policy.unwrap_or_else(|| panic!("{text}\n{:?}", compiled.diagnostics))
    })
}

fn site() -> impl Strategy<Value = Snapshot> {
    (files(), policy()).prop_map(|(files, policy)| assemble(files, &policy, Generation(1)))
}

/// A site, and a request for something that it has.
fn found() -> impl Strategy<Value = (Snapshot, Ask)> {
    (files(), policy(), ask(), any::<Index>()).prop_filter_map(
        "a site of no files",
        |(files, policy, ask, one)| {
            let file = (!files.is_empty()).then(|| one.get(&files))?;
            let path = file.path.replace(' ', "%20").replace('é', "%C3%A9");
            let ask = Ask {
                method: "GET".to_owned(),
                path,
                ..ask
            };
            Some((assemble(files, &policy, Generation(1)), ask))
        },
    )
}

// ── requests ──

#[derive(Clone, Debug)]
struct Ask {
    method: String,
    path: String,
    query: Option<String>,
    fields: Vec<(&'static str, Vec<u8>)>,
}

impl FieldSource for Ask {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.fields
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }
}

impl Ask {
    fn get(path: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: None,
            fields: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.fields.push((name, value.as_ref().to_vec()));
        self
    }

    fn without(mut self, names: &[&str]) -> Self {
        self.fields.retain(|(name, _)| !names.contains(name));
        self
    }

    fn unconditional(&self) -> Self {
        self.clone().without(&CONDITIONS)
    }
}

const CONDITIONS: [&str; 6] = [
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "If-Range",
    "Range",
];

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec![
            "/", "/index.html", "/about", "/about.html", "/about/", "/docs", "/docs/", "/docs/guide", "/docs.html", "/app.js", "/style.css", "/data.json",
            "/assets/app-3e5b7ab69fb7d67b.js", "/logo.png", "/a%20b.txt", "/%C3%A9.txt", "/.well-known/x", "/no-suffix", "/missing.js", "/some/route",
            "/user/ada.lovelace", "/old/x", "/u/ada", "/.env", "/%zz", "//app.js", "/../x", "*",
        ]).prop_map(str::to_owned),
        1 => "/[a-z%./;0-9]{0,12}",
        1 => "\\PC{0,12}",
    ]
}

/// A value of one of the fields that matter; `{tag}` becomes a tag of the site.
fn field() -> impl Strategy<Value = (&'static str, String)> {
    let of = |name: &'static str, values: Vec<&'static str>| {
        select(values).prop_map(move |value| (name, value.to_owned()))
    };
    let tags = || {
        vec![
            "{tag}",
            "W/{tag}",
            "\"x\", {tag}",
            "*",
            "\"x\"",
            "{tag",
            "",
            "\"x\" {tag}",
        ]
    };
    let dates = || {
        vec![
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Wed, 12 Mar 2025 08:30:00 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT",
            "Wednesday, 12-Mar-25 08:30:00 GMT",
            "yesterday",
        ]
    };
    prop_oneof![
        of(
            "Accept",
            vec!["*/*", "text/html", "application/json", "text/html;q=0, */*"]
        ),
        of(
            "Accept-Encoding",
            vec![
                "br",
                "gzip",
                "zstd",
                "br, gzip;q=0.5",
                "*",
                "*;q=0",
                "identity;q=0",
                "identity, br;q=0.5",
                ",;q="
            ]
        ),
        of("Sec-Fetch-Mode", vec!["navigate", "cors", "no-cors"]),
        of(
            "Sec-Fetch-Dest",
            vec!["document", "empty", "script", "iframe"]
        ),
        of("If-None-Match", tags()),
        of("If-Match", tags()),
        of("If-Range", tags()),
        of("If-Range", dates()),
        of("If-Modified-Since", dates()),
        of("If-Unmodified-Since", dates()),
        of(
            "Range",
            vec![
                "bytes=0-",
                "bytes=0-0",
                "bytes=-1",
                "bytes=1-3,5-9",
                "bytes=0-1,300-301",
                "bytes=5-4",
                "bytes=9999-",
                "seconds=1-2",
                "bytes=0-0,0-0,0-0"
            ]
        ),
        "[ -~]{0,30}".prop_map(|value| ("Range", value)),
        "[ -~]{0,30}".prop_map(|value| ("If-None-Match", value)),
        "[ -~]{0,30}".prop_map(|value| ("Accept-Encoding", value)),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let method = prop_oneof![8 => Just("GET".to_owned()), 2 => select(vec!["HEAD", "OPTIONS", "POST", "get", ""]).prop_map(str::to_owned), 1 => "[A-Z]{1,8}"];
    (method, path(), option::of("[ -~]{0,8}"), vec(field(), 0..5)).prop_map(
        |(method, path, query, fields)| {
            let fields = fields
                .into_iter()
                .map(|(name, value)| (name, value.into_bytes()))
                .collect();
            Ask {
                method,
                path,
                query,
                fields,
            }
        },
    )
}

// ── answers ──

#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: u16,
    fields: Fields,
    content: Vec<u8>,
}

impl Answer {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(larder::http::FieldValue::as_str)
    }
}

fn now() -> HttpDate {
    HttpDate::from_unix_seconds(1_780_272_000).expect("a time in this millennium")
}

fn answer(site: &Snapshot, ask: &Ask) -> Answer {
    let tag = ask
        .fields
        .iter()
        .any(|(_, value)| value.windows(5).any(|window| window == b"{tag}"))
        .then(|| answer(site, &ask.unconditional()));
    let tag = tag
        .and_then(|answer| answer.field("ETag").map(str::to_owned))
        .unwrap_or_default();
    let mut ask = ask.clone();
    for (_, value) in &mut ask.fields {
        *value = String::from_utf8_lossy(value)
            .replace("{tag}", &tag)
            .into_bytes();
    }
    let request = Request {
        method: &ask.method,
        path: &ask.path,
        query: ask.query.as_deref(),
        fields: &ask,
    };
    let reply = respond(site, &request, now());
    let mut content = Vec::new();
    for piece in reply.content.pieces() {
        let Content::Held(bytes) = &piece.content else {
            panic!("everything is held")
        };
        let at = |place: u64| usize::try_from(place).expect("small");
        content.extend_from_slice(&bytes[at(piece.offset)..at(piece.offset + piece.length)]);
    }
    Answer {
        status: reply.status,
        fields: reply.fields(site),
        content,
    }
}

fn tag_of(site: &Snapshot, path: &str, coding: &str) -> Option<String> {
    answer(site, &Ask::get(path).with("Accept-Encoding", coding))
        .field("ETag")
        .map(str::to_owned)
}

// ── properties ──

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    /// `respond` is total, and what it says about its content is so.
    #[test]
    fn every_request_has_a_well_formed_answer(site in site(), ask in ask()) {
        let answer = answer(&site, &ask);
        prop_assert!([200, 204, 206, 301, 302, 304, 308, 400, 404, 405, 406, 412, 414, 416].contains(&answer.status), "{}", answer.status);
        prop_assert_eq!(answer.field("X-Content-Type-Options"), Some("nosniff"));
        match (ask.method.as_str(), answer.status) {
            (_, 204 | 304) => prop_assert!(answer.field("Content-Length").is_none() && answer.content.is_empty()),
            ("HEAD", _) => prop_assert!(answer.field("Content-Length").is_some() && answer.content.is_empty()),
            _ => prop_assert_eq!(answer.field("Content-Length").unwrap_or_default(), answer.content.len().to_string()),
        }
        if answer.status >= 400 {
            for name in ["ETag", "Last-Modified", "Content-Encoding", "Accept-Ranges"] {
                prop_assert_eq!(answer.field(name), None, "{} on {}", name, answer.status);
            }
        }
        for (name, value) in &answer.fields {
            if name.as_str().to_ascii_lowercase().ends_with("cache-control") && value.contains("immutable") {
                prop_assert!(matches!(answer.status, 200 | 206 | 304));
            }
        }
        prop_assert_eq!(answer.field("Allow").is_some(), matches!(answer.status, 204 | 405));
        if let Some(location) = answer.field("Location") {
            prop_assert!(location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"), "{}", location);
        }
    }

    /// What is explained is what is answered, field by field, and each field has somebody who set it.
    #[test]
    fn an_explanation_says_what_is_answered(site in site(), ask in ask(), tagged in any::<bool>()) {
        let tag = answer(&site, &ask.unconditional()).field("ETag").filter(|_| tagged).unwrap_or_default().to_owned();
        let lines = ask.fields.iter().filter_map(|(name, value)| {
            let value = String::from_utf8_lossy(value).replace("{tag}", &tag);
            Some((FieldName::from_static(name), FieldValue::parse(&value).ok()?))
        });
        let fields: Fields = lines.collect();
        let target = ask.query.as_ref().map_or(ask.path.clone(), |query| format!("{}?{query}", ask.path));
        let (path, query) = target.split_once('?').map_or((&*target, None), |(path, query)| (path, Some(query)));
        let request = Request { method: &ask.method, path, query, fields: &fields };
        let reply = respond(&site, &request, now());
        let explanation = explain(&site, &ask.method, &target, &fields, now());

        prop_assert_eq!(explanation.status, reply.status);
        prop_assert_eq!(explanation.content_bytes, reply.content.length());
        let mut expected = reply.fields(&site);
        expected.set(FieldName::from_static("Date"), now().field_value());
        let said: Fields = explanation.fields.iter().map(|field| {
            let name = FieldName::parse(&field.name).expect("it is a field's");
            (name, FieldValue::parse(&field.value).expect("it is a field's"))
        }).collect();
        prop_assert_eq!(said, expected);
        let named: Vec<&str> = site.policy().rules().iter().map(|rule| &*rule.name).collect();
        for field in &explanation.fields {
            let because = &field.because;
            prop_assert_eq!(because.by == By::Rule, because.rule.as_deref().is_some_and(|rule| named.contains(&rule)));
            prop_assert_eq!(because.file.is_some(), because.line.is_some());
        }
        // Each rule either had its say or missed, and never both.
        for name in named {
            let had_its_say = explanation.fields.iter().any(|field| field.because.rule.as_deref() == Some(name))
                || explanation.lost.iter().any(|lost| lost.because.rule.as_deref() == Some(name));
            let missed = explanation.near_misses.iter().any(|miss| miss.rule == name);
            prop_assert!(had_its_say != missed, "{}", name);
        }
        let text = serde_json::to_string(&explanation).expect("strings and numbers");
        prop_assert_eq!(serde_json::from_str::<larder::explain::Explanation>(&text).expect("the same"), explanation);
    }

    /// RFC 9110 §9.3.2, §14.2.
    #[test]
    fn head_is_get_less_content(site in site(), ask in ask()) {
        let get = answer(&site, &Ask { method: "GET".to_owned(), ..ask.clone() }.without(&["Range", "If-Range"]));
        let head = answer(&site, &Ask { method: "HEAD".to_owned(), ..ask });
        prop_assert_eq!(head, Answer { content: Vec::new(), ..get });
    }

    /// RFC 9110 §15.4.5.
    #[test]
    fn a_304_has_no_field_that_its_200_lacks((site, ask) in found(), tag in select(vec!["{tag}", "W/{tag}", "*", "\"x\", {tag}"])) {
        let ask = ask.without(&["If-Match", "If-None-Match"]).with("If-None-Match", tag);
        let answered = answer(&site, &ask);
        prop_assume!(answered.status == 304);
        let whole = answer(&site, &ask.unconditional());
        prop_assert_eq!(whole.status, 200);
        for (name, value) in &answered.fields {
            prop_assert_eq!(whole.field(name.as_str()), Some(value.as_str()), "{}", name);
        }
        for name in ["ETag", "Cache-Control", "Vary", "Content-Location", "Expires"] {
            prop_assert_eq!(answered.field(name), whole.field(name), "{}", name);
        }
    }

    /// RFC 9110 §14.2, §15.3.7: whoever downloads in pieces has the whole in the end.
    #[test]
    fn parts_make_up_the_whole((site, ask) in found(), cuts in vec(any::<Index>(), 0..5)) {
        let ask = ask.unconditional();
        let whole = answer(&site, &ask);
        prop_assume!(whole.status == 200 && !whole.content.is_empty());
        let length = whole.content.len();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(length)).chain([0, length]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut together = Vec::new();
        for ends in cuts.windows(2) {
            let part = answer(&site, &ask.clone().with("Range", format!("bytes={}-{}", ends[0], ends[1] - 1)).with("If-Range", "{tag}"));
            prop_assert_eq!(part.status, 206);
            prop_assert_eq!(part.field("Content-Range").unwrap_or_default(), format!("bytes {}-{}/{length}", ends[0], ends[1] - 1));
            for name in ["ETag", "Cache-Control", "Vary", "Content-Type", "Content-Encoding"] {
                prop_assert_eq!(part.field(name), whole.field(name), "{}", name);
            }
            together.extend(part.content);
        }
        prop_assert_eq!(together, whole.content);
    }

    /// An answer to several ranges costs about twice the whole at most (RFC 9110 §17.15).
    #[test]
    fn no_range_set_costs_more_than_about_twice_the_whole((site, ask) in found(), ranges in vec((0_u16..300, 0_u16..30), 2..16)) {
        let set: Vec<String> = ranges.iter().map(|(first, more)| format!("{first}-{}", first + more)).collect();
        let ask = ask.unconditional();
        let whole = answer(&site, &ask);
        let parts = answer(&site, &ask.with("Range", format!("bytes={}", set.join(","))));
        // A 200 is the whole itself, and a 416 says less than that.
        let costs = parts.status == 206;
        prop_assert!(!costs || parts.content.len() <= whole.content.len() * 2 + 128, "{} of {}", parts.content.len(), whole.content.len());
    }

    /// The document of an app has one set of fields and one validator.
    #[test]
    fn an_app_answers_every_route_alike(index in file("/index.html"), routes in vec("/[a-z]{1,8}(/[a-z0-9]{1,8}){0,3}", 2..6), coding in select(vec!["br", "gzip", "identity", "zstd, br"])) {
        let script = file_of("/app.js", b"script", &[]);
        let site = assemble(vec![index, script], &Policy::default(), Generation(1));
        let ask = |path: &str| answer(&site, &Ask::get(path).with("Accept-Encoding", coding).with("Sec-Fetch-Mode", "navigate").with("Sec-Fetch-Dest", "document"));
        let own = ask("/index.html");
        prop_assert_eq!(own.status, 200);
        for route in routes {
            prop_assert_eq!(&ask(&route), &own);
        }
    }

    /// A snapshot is a function of a set of files, not of a walk.
    #[test]
    fn the_order_of_files_does_not_matter(files in files().prop_flat_map(|files| (Just(files.clone()), Just(files).prop_shuffle())), policy in policy(), asks in vec(ask(), 1..8)) {
        let (one, other) = (assemble(files.0, &policy, Generation(1)), assemble(files.1, &policy, Generation(1)));
        for ask in asks {
            prop_assert_eq!(answer(&one, &ask), answer(&other, &ask));
        }
    }

    /// Replicas, rebuilds and roll-backs agree on validators: same bytes, same tag.
    #[test]
    fn the_same_content_has_the_same_tag_on_every_site(content in content(), policies in (policy(), policy()), others in files()) {
        let alone = assemble(vec![file_of("/x.txt", &content, &ContentCoding::ALL)], &policies.0, Generation(1));
        let among = assemble(others.into_iter().chain([file_of("/x.txt", &content, &ContentCoding::ALL)]).collect(), &policies.1, Generation(7));
        for coding in ["identity", "br", "zstd", "gzip"] {
            let tag = tag_of(&alone, "/x.txt", coding);
            prop_assert!(tag.is_some());
            prop_assert_eq!(tag, tag_of(&among, "/x.txt", coding));
        }
    }

    /// RFC 9110 §8.8.1, §8.8.3.3: one strong tag, one sequence of bytes in one coding, as one media type.
    #[test]
    fn different_representations_have_different_tags(one in content(), other in content(), paths in subsequence(vec!["/x.txt", "/x.css", "/x.bin"], 2)) {
        let of = |path: &str, content: &[u8]| assemble(vec![file_of(path, content, &ContentCoding::ALL)], &Policy::default(), Generation(1));
        // The worst of coders: what it makes of the content is the content, and only the coding differs.
        let mut unchanged = file_of(paths[0], &one, &ContentCoding::ALL);
        for coded in &mut unchanged.coded {
            coded.content = unchanged.content.clone();
            coded.digest = unchanged.digest;
        }
        let site = assemble(vec![unchanged], &Policy::default(), Generation(1));
        let tags: Vec<_> = ["identity", "br", "zstd", "gzip"].map(|coding| tag_of(&site, paths[0], coding)).into();
        for (place, tag) in tags.iter().enumerate() {
            prop_assert!(!tags[..place].contains(tag), "two codings share {:?}", tag);
        }
        prop_assert!(MediaType::of_path(paths[0]) != MediaType::of_path(paths[1]));
        prop_assert!(tag_of(&of(paths[1], &one), paths[1], "identity") != tags[0], "two media types share a tag");
        prop_assert_eq!(tag_of(&of(paths[0], &other), paths[0], "identity") == tags[0], one == other);
    }

    /// RFC 8246 §2: whatever the policy says, only a name that carries its content's hash is immutable.
    #[test]
    fn immutable_is_earned_under_every_policy(files in files(), policy in policy()) {
        let site = assemble(files.clone(), &policy, Generation(1));
        for file in files.iter().filter(|file| !file.fingerprinted) {
            let path = file.path.replace(' ', "%20").replace('é', "%C3%A9");
            let answer = answer(&site, &Ask::get(&path));
            prop_assert_eq!(answer.status, 200);
            prop_assert!(!answer.field("Cache-Control").unwrap_or_default().contains("immutable"));
        }
    }
}

fn file_of(path: &str, content: &[u8], codings: &[ContentCoding]) -> SiteFile {
    SiteFile {
        path: path.into(),
        content: Content::Held(Bytes::copy_from_slice(content)),
        digest: Digest::of(content),
        fingerprinted: false,
        coded: codings
            .iter()
            .map(|coding| coded(*coding, content))
            .collect(),
        negotiable: false,
        last_modified: None,
    }
}
