//! Hostile and merely odd request targets: nothing outside the site, nothing twice, nothing that ends the server.

use crate::{
    SHELL, documents,
    support::{Answer, Ask, Connection, Larder, Site, eventually},
};

const SECRET: &str = "the secret beside the site";

/// A site with a secret in every place that a traversal may reach, and hidden ones inside.
fn guarded(site: Site) -> Site {
    std::fs::write(site.beside("secret.txt"), SECRET).expect("the folder is there");
    std::fs::create_dir(site.beside("www_example")).expect("the folder is there");
    std::fs::write(site.beside("www_example/secret.txt"), SECRET).expect("the folder is there");
    for hidden in [".env", ".git/config", ".htpasswd", "docs/.secret"] {
        site.write(hidden, SECRET);
    }
    site
}

/// Asks as a script and as an address bar would, and asserts that nothing leaked and nothing of an error is stored.
#[track_caller]
fn refused(larder: &Larder, target: impl AsRef<[u8]>, statuses: &[u16]) {
    let target = target.as_ref();
    for ask in [Ask::get(target), Ask::get(target).navigating()] {
        let answer = larder.ask(&ask);
        let shown = String::from_utf8_lossy(&target[..target.len().min(100)]);
        assert!(
            statuses.contains(&answer.status),
            "{shown}: {} and not one of {statuses:?}",
            answer.status
        );
        assert!(
            !answer.text().contains("secret"),
            "{shown}: {}",
            answer.text()
        );
        if answer.status >= 400 && answer.field("connection") != Some("close") {
            answer.is_error(answer.status);
        }
        if let Some(location) = answer.field("location") {
            assert!(is_path_absolute(location), "{shown}: Location: {location}");
        }
    }
}

/// `/…`, and not `//host` or `/\host`, which browsers take for another host.
fn is_path_absolute(location: &str) -> bool {
    location.starts_with('/') && !location[1..].starts_with(['/', '\\'])
}

/// Hostile 1, 9, 10.
#[test]
fn no_spelling_of_dots_leaves_the_site() {
    let site = guarded(documents());
    let larder = Larder::serve(&site);
    for target in [
        "/../secret.txt",
        "/../../../../etc/passwd",
        "/docs/../../secret.txt",
        "/..%2fsecret.txt",
        "/..%2Fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/.%2e/secret.txt",
        "/%2e./secret.txt",
        "/%2E%2E/secret.txt",
        "/docs/..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/%5c..%5csecret.txt",
        "/..;/secret.txt",
        "/..%3b/secret.txt",
        "/../www_example/secret.txt",
        "/..www_example/secret.txt",
        "/....//secret.txt",
        "/.../secret.txt",
        "/docs/....//....//secret.txt",
    ] {
        refused(&larder, target, &[400, 404]);
    }
}

/// Hostile 2.
#[test]
fn a_path_is_decoded_once() {
    let site = guarded(documents());
    let larder = Larder::serve(&site);
    for target in [
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/%252eenv",
        "/style%252ecss",
    ] {
        refused(&larder, target, &[404]);
    }
    // `%%` is not an octet, so this is malformed and not a second decoding.
    refused(&larder, "/%%32%65%%32%65/secret.txt", &[400]);
}

/// Hostile 3.
#[test]
fn bytes_that_are_not_utf_8_are_no_path() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/%ff",
        "/caf%e9",
        "/%ed%a0%80",
    ] {
        refused(&larder, target, &[400, 404]);
    }
}

/// Hostile 4.
#[test]
fn control_characters_are_a_bad_request() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/%00",
        "/style.css%00.png",
        "/%0d",
        "/%0a",
        "/%0d%0aX-Injected:%201",
        "/%1b",
        "/%7f",
        "/%09",
    ] {
        refused(&larder, target, &[400]);
    }
}

/// Hostile 5.
#[test]
fn malformed_percent_encoding_is_a_bad_request() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/%",
        "/%2",
        "/%zz",
        "/%u002e%u002e/secret.txt",
        "/style.css%",
        "/%2%65nv",
        "/% 20",
    ] {
        refused(&larder, target, &[400]);
    }
}

/// Hostile 6.
#[test]
fn a_backslash_is_an_ordinary_character() {
    let site = guarded(documents());
    let larder = Larder::serve(&site);
    for target in [
        "/docs%5cindex.html",
        "/docs\\index.html",
        "/%5cstyle.css",
        "/\\style.css",
    ] {
        refused(&larder, target, &[400, 404]);
    }
}

/// Hostile 7.
#[test]
fn a_semicolon_begins_no_parameter() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/index.html;x.css",
        "/style.css;v=1",
        "/style.css%3bv=1",
        "/about;x",
        "/;/style.css",
    ] {
        refused(&larder, target, &[404]);
    }
}

/// Hostile 8.
#[test]
fn a_resource_has_one_url() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "//style.css",
        "///style.css",
        "/./style.css",
        "/%2fstyle.css",
        "/%2f%2fstyle.css",
        "/docs//index.html",
        "/docs/./index.html",
        "/docs/../style.css",
        "/%2e/style.css",
        "/docs%2findex.html",
        "/style.css/",
        "//",
    ] {
        refused(&larder, target, &[301, 308, 400, 404]);
    }
    // Needless encoding of an unreserved character names the same resource (RFC 3986 §6.2.2.2), with the same fields.
    let (plain, encoded) = (larder.get("/style.css"), larder.get("/%73tyle.css"));
    if encoded.status == 200 {
        assert_eq!(encoded.tag(), plain.tag());
        assert_eq!(encoded.field("cache-control"), plain.field("cache-control"));
    } else {
        refused(&larder, "/%73tyle.css", &[301, 308, 404]);
    }
}

/// Hostile 11, 12.
#[test]
fn names_that_mean_something_on_another_system_are_only_names() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/C:/Windows/win.ini",
        "/c%3a%5cwindows%5cwin.ini",
        "/%5c%5chost%5cshare",
        "/file:///etc/passwd",
        "/NUL",
        "/CON",
        "/aux.css",
        "/COM1",
        "/style.css::$DATA",
        "/style.css%3a%3a$DATA",
        "/style.css:stream",
        "/docs::$INDEX_ALLOCATION/index.html",
        "/STYLE~1.CSS",
        "/style.css.",
        "/style.css%20",
        "/style.css%2e",
    ] {
        refused(&larder, target, &[400, 404]);
    }
}

/// Hostile 13.
#[test]
fn names_are_compared_with_their_case() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/STYLE.CSS",
        "/Style.css",
        "/Docs/",
        "/.ENV",
        "/.Git/config",
        "/About",
    ] {
        refused(&larder, target, &[404]);
    }
}

/// Hostile 14.
#[test]
fn a_file_is_no_folder() {
    let larder = Larder::serve(&guarded(documents()));
    for target in [
        "/style.css/",
        "/style.css/x",
        "/style.css%2f",
        "/style.css/../about.html",
        "/style.css/index.html",
    ] {
        refused(&larder, target, &[301, 308, 400, 404]);
    }
    larder.get("/style.css/x").is_error(404);
    // No document stands in for what is below a file either.
    let larder = Larder::serve(&crate::app());
    for target in ["/assets/plain.css/", "/assets/plain.css/x", "/index.html/x"] {
        larder.navigate(target).is_error(404);
    }
    larder.navigate("/assets/x").is(200);
}

/// Hostile 15.
#[test]
fn enormous_paths_are_refused_and_hurt_nobody() {
    let larder = Larder::serve(&guarded(documents()));
    let long_name = format!("/{}", "a".repeat(300));
    let long_path = format!("/{}", "a".repeat(60_000));
    let deep_path = "/a".repeat(5000);
    let dots = format!("{}/secret.txt", "/..".repeat(5000));
    for target in [long_name, long_path, deep_path, dots] {
        refused(&larder, target, &[400, 404, 414, 431]);
    }
    larder.get("/style.css").is(200);
}

/// Hostile 16.
#[test]
fn hidden_files_are_as_absent_as_any_other() {
    let larder = Larder::serve(&guarded(documents()));
    let absent = larder.get("/nothing.txt");
    absent.is_error(404);
    for target in [
        "/.env",
        "/%2eenv",
        "/.git/",
        "/.git/config",
        "/.git",
        "/.htpasswd",
        "/docs/.secret",
        "/.env%20",
    ] {
        refused(&larder, target, &[404]);
        assert_eq!(
            larder.get(target).content,
            absent.content,
            "{target} tells that it exists"
        );
        assert_eq!(
            larder.get(target).stable_fields(),
            absent.stable_fields(),
            "{target} tells that it exists"
        );
    }
    for target in ["/x/../.env", "/.env/", "/./.env"] {
        refused(&larder, target, &[400, 404]);
    }
}

/// Hostile 16.
#[test]
fn a_hidden_path_is_no_route_of_an_app() {
    let site = guarded(Site::of(&[(
        "index.html",
        SHELL.replace("assets", "a").as_str(),
    )]));
    let larder = Larder::serve(&site);
    larder.navigate("/a/route").is(200);
    for target in [
        "/.env",
        "/.git/config",
        "/.git/",
        "/.aws/credentials",
        "/docs/.secret",
    ] {
        refused(&larder, target, &[404]);
    }
}

#[test]
fn what_the_policy_calls_private_is_there_for_nobody() {
    let site = Site::of(&[
        ("index.html", SHELL.replace("assets", "a").as_str()),
        ("a/app.js", "let a;\n//# sourceMappingURL=app.js.map"),
        ("a/app.js.map", "{\"version\":3}"),
        ("a/app.js.map.gz", "its content, too"),
        ("drafts/next.txt", "not yet"),
        ("plans/index.html", "<title>plans</title>"),
        ("plans/spring.html", "<title>spring</title>"),
    ]);
    let private =
        "[site]\nspa = \"/index.html\"\nprivate = [\"*.map\", \"/drafts\", \"/plans/**\"]\n";
    let larder = Larder::under(&site, private);
    larder.get("/a/app.js").is(200);
    larder.navigate("/a/route").is(200);
    for target in [
        "/a/app.js.map",
        "/a/app.js.map.gz",
        "/drafts/next.txt",
        "/drafts/",
        "/plans",
        "/plans/",
        "/plans/spring",
        "/plans/spring/",
        "/plans/spring.html",
    ] {
        refused(&larder, target, &[404]);
        larder.navigate(target).is_error(404);
    }
    // The same holds for what comes later, and nothing is said of it.
    site.write("a/later.js.map", "{\"version\":3}");
    site.write("a/later.js", "let later;");
    eventually("the new script", || {
        (larder.get("/a/later.js").status == 200).then_some(())
    });
    larder.get("/a/later.js.map").is_error(404);
    assert!(!larder.log().contains("later.js.map"), "{}", larder.log());
}

/// Hostile 16.
#[test]
fn well_known_resources_are_served() {
    let site = documents();
    site.write(
        ".well-known/security.txt",
        "Contact: mailto:security@example.org\n",
    );
    let larder = Larder::serve(&site);
    larder
        .get("/.well-known/security.txt")
        .is(200)
        .says("Contact: mailto:security@example.org\n");
}

/// Hostile 17.
#[test]
fn backups_that_editors_leave_are_not_served() {
    let site = documents();
    for name in [
        "index.html~",
        "config.js.bak",
        "style.css.swp",
        "style.css.orig",
    ] {
        site.write(name, SECRET);
    }
    let larder = Larder::serve(&site);
    for target in [
        "/index.html~",
        "/config.js.bak",
        "/style.css.swp",
        "/style.css.orig",
    ] {
        refused(&larder, target, &[404]);
    }
}

/// Hostile 18.
#[test]
fn odd_but_honest_names_are_served() {
    let names = [
        ("a b.txt", "/a%20b.txt"),
        ("a+b.txt", "/a+b.txt"),
        ("100%.txt", "/100%25.txt"),
        ("a#b.txt", "/a%23b.txt"),
        ("a?b.txt", "/a%3Fb.txt"),
        ("a;b.txt", "/a;b.txt"),
        ("dots..txt", "/dots..txt"),
        ("caf\u{e9}.txt", "/caf%C3%A9.txt"),
        ("cafe\u{301}.txt", "/cafe%CC%81.txt"),
        ("日本語.txt", "/%E6%97%A5%E6%9C%AC%E8%AA%9E.txt"),
        ("[id].txt", "/%5Bid%5D.txt"),
        ("a&b='c'.txt", "/a&b='c'.txt"),
        ("@scope/x.txt", "/@scope/x.txt"),
        ("~user.txt", "/~user.txt"),
    ];
    let site = documents();
    for (name, _) in names {
        site.write(name, name);
    }
    let larder = Larder::serve(&site);
    for (name, target) in names {
        larder.get(target).is(200).says(name);
    }
}

/// Hostile 18.
#[test]
fn the_two_forms_of_an_accent_are_two_names() {
    let site = documents();
    site.write("caf\u{e9}.txt", "composed");
    let larder = Larder::serve(&site);
    larder.get("/caf%C3%A9.txt").is(200);
    larder.get("/cafe%CC%81.txt").is_error(404);
}

#[test]
fn no_bad_target_ends_the_connection_for_the_next_request_with_an_unframed_answer() {
    let larder = Larder::serve(&documents());
    for target in ["/%zz", "/%00", "/../x", "/nothing"] {
        let mut connection = Connection::open(larder.address());
        let first: Answer = connection.ask(&Ask::get(target));
        assert!(first.is_whole());
        if first.field("connection") == Some("close") {
            assert!(connection.is_closed(), "{target}");
        } else {
            connection
                .ask(&Ask::get("/style.css"))
                .is(200)
                .says("body { color: teal }\n");
        }
    }
}
