//! What a release is made of: the same for the same site, complete, and a release of itself.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use super::{DOT, STYLE, Work, digest, files, fingerprinted, manifest};

#[test]
fn every_original_path_is_there_with_its_last_bytes() {
    let work = Work::classic();
    work.build().succeeds();
    let released = work.released();
    for path in files(&work.site.root()).keys() {
        assert!(released.contains_key(path), "{path} is gone");
    }
    let style = fingerprinted(&released, "css/site", "css");
    let dot = fingerprinted(&released, "image/dot", "svg");
    assert_eq!(released[&style], released["css/site.css"]);
    assert_eq!(released[&dot], DOT.as_bytes());
    let edited = STYLE.replace("dot.svg", dot.trim_start_matches("image/"));
    assert_eq!(String::from_utf8_lossy(&released[&style]), edited);
    assert!(String::from_utf8_lossy(&released["index.html"]).contains(&style));
}

#[test]
fn a_name_is_the_digest_of_its_content() {
    let work = Work::classic();
    work.build().succeeds();
    let released = work.released();
    for (stem, extension) in [("css/site", "css"), ("image/dot", "svg"), ("js/app", "js")] {
        let name = fingerprinted(&released, stem, extension);
        let digits = &digest(&released[&name])[..16];
        assert_eq!(name, format!("{stem}.{digits}.{extension}"));
    }
}

#[test]
fn the_manifest_says_what_is_at_every_url() {
    let work = Work::classic();
    work.build().succeeds();
    let (released, manifest) = (work.released(), manifest(&work.out()));
    let style = fingerprinted(&released, "css/site", "css");
    let (copy, alias) = (
        &manifest["resources"][format!("/{style}")],
        &manifest["resources"]["/css/site.css"],
    );
    assert_eq!(copy["immutable"], true);
    assert_eq!(alias["immutable"], false);
    assert_eq!(alias["alias_of"], format!("/{style}"));
    assert_eq!(copy["alias_of"], serde_json::Value::Null);
    for resource in [copy, alias] {
        assert_eq!(resource["sha256"], digest(&released["css/site.css"]));
        assert_eq!(resource["length"], released["css/site.css"].len());
        let codings = resource["codings"].as_array().expect("there are some");
        for (coding, suffix) in codings.iter().zip(["br", "zst", "gz"]) {
            let coded = &released[&format!("css/site.css.{suffix}")];
            assert_eq!(coding["sha256"], digest(coded));
            assert_eq!(coding["length"], coded.len());
        }
        assert_eq!(codings.len(), 3);
    }
    assert_eq!(
        manifest["resources"]["/robots.txt"]["codings"],
        serde_json::Value::Null
    );
}

#[test]
fn two_builds_are_equal_to_the_byte() {
    let work = Work::classic();
    work.build().succeeds();
    // Another folder, other times, another order of creation, one thread, no cache.
    let twin = Work::of::<Vec<u8>>(&[]);
    let mut copies: Vec<(String, Vec<u8>)> = files(&work.site.root()).into_iter().collect();
    copies.reverse();
    for (path, content) in copies {
        twin.site.write(&path, content);
    }
    let output = twin
        .command(&twin.site.root(), &twin.out())
        .env("RAYON_NUM_THREADS", "1")
        .env("TZ", "Pacific/Kiritimati")
        .env("LC_ALL", "tr_TR.UTF-8")
        .output()
        .expect("cargo built the program");
    assert!(output.status.success());
    assert_eq!(work.released(), twin.released());
}

#[test]
fn a_second_build_over_the_first_changes_nothing() {
    let work = Work::classic();
    work.build().succeeds();
    let first = work.released();
    work.build()
        .succeeds()
        .says("compared with an earlier release");
    assert_eq!(work.released(), first);
    assert_eq!(work.beside(), ["release"]);
}

#[test]
fn building_a_release_gives_the_release() {
    let work = Work::classic();
    work.build().succeeds();
    let again = work.site.beside("again");
    work.run(&work.out(), &again, &[]).succeeds();
    assert_eq!(files(&again), work.released());
}

#[test]
fn building_a_release_of_a_bundlers_output_gives_the_release() {
    for bundler in [
        "vite",
        "webpack",
        "angular",
        "sveltekit",
        "parcel",
        "classic",
    ] {
        let work = Work::of::<Vec<u8>>(&[]);
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/sites")
            .join(bundler);
        work.run(&root, &work.out(), &["--no-compress"]).succeeds();
        let released = work.released();
        for path in files(&root).keys().filter(|path| !path.starts_with('.')) {
            assert!(released.contains_key(path), "{bundler}: {path} is gone");
        }
        let again = work.site.beside("again");
        work.run(&work.out(), &again, &["--no-compress"]).succeeds();
        let (again, mut differing) = (files(&again), BTreeMap::new());
        for path in again.keys().chain(released.keys()) {
            if again.get(path) != released.get(path) {
                differing.insert(
                    path,
                    (again.contains_key(path), released.contains_key(path)),
                );
            }
        }
        assert!(differing.is_empty(), "{bundler}: {differing:?}");
    }
}

#[test]
fn a_changed_file_changes_its_name_and_its_referrers() {
    let work = Work::classic();
    work.build().succeeds();
    let before = work.released();
    work.site.write("image/dot.svg", DOT.replace('4', "5"));
    work.build().succeeds();
    let after = work.released();
    for (stem, extension, changes) in [
        ("image/dot", "svg", true),
        ("css/site", "css", true),
        ("js/app", "js", false),
        ("js/words", "js", false),
    ] {
        let names = [&before, &after].map(|released| fingerprinted(released, stem, extension));
        assert_eq!(names[0] != names[1], changes, "{names:?}");
    }
    assert_ne!(
        before["about/index.html"], after["about/index.html"],
        "it names the style"
    );
}

#[test]
fn hidden_files_and_the_policy_are_not_published() {
    let work = Work::classic();
    work.site.write(".env", "SECRET=1");
    work.site.write(".git/config", "[core]");
    work.site.write("policy.toml", "[site]\nspa = false\n");
    work.site.write(
        ".well-known/security.txt",
        "Contact: mailto:a@example.com\n",
    );
    work.build().succeeds();
    let released = work.released();
    assert!(
        released
            .keys()
            .all(|path| !path.starts_with(".env") && !path.starts_with(".git"))
    );
    assert!(!released.contains_key("policy.toml"));
    assert!(released.contains_key(".well-known/security.txt"));
    assert!(
        released.contains_key(".larder/policy.toml"),
        "it goes along, where nobody is served it"
    );
}

#[test]
fn what_the_policy_calls_private_is_not_published() {
    let work = Work::classic();
    work.site.write("js/app.js.map", "{\"version\":3}");
    work.site.write("drafts/next.html", "<p>not yet");
    work.site.write(
        "policy.toml",
        "[site]\nprivate = [\"*.map\", \"/drafts/**\"]\n",
    );
    work.build().succeeds();
    let released = work.released();
    let private: Vec<_> = released
        .keys()
        .filter(|path| path.contains(".map") || path.starts_with("drafts/"))
        .collect();
    assert_eq!(private, Vec::<&String>::new());
    assert!(released.contains_key("index.html"));
}

#[test]
fn names_that_are_hard_to_write_survive() {
    let long = format!("{}.css", "n".repeat(251));
    let names = [
        "a b.css",
        "a%20b.css",
        "100%.css",
        "what?.css",
        "a#b.css",
        "schöner Käse 🧀.css",
        long.as_str(),
    ];
    let mut index = "<!doctype html>\n".to_owned();
    for name in names {
        let url = name
            .replace('%', "%25")
            .replace('?', "%3F")
            .replace('#', "%23")
            .replace(' ', "%20");
        let _ = writeln!(index, "<link rel=stylesheet href=\"{url}\">");
    }
    let mut site: Vec<(&str, String)> = names
        .iter()
        .map(|name| (*name, format!("/* {name} */ {}", "a{color:red}".repeat(60))))
        .collect();
    site.push(("index.html", index));
    let work = Work::of(&site);
    work.build().succeeds();
    let released = work.released();
    for (name, content) in &site[..names.len()] {
        assert_eq!(released[*name], content.as_bytes(), "{name}");
    }
    fingerprinted(&released, "schöner Käse 🧀", "css");
    fingerprinted(&released, "a#b", "css");
    // No room for a fingerprint, nor for `.br`: the coded forms lie where only larder looks.
    assert!(
        released
            .keys()
            .any(|path| path.starts_with(".larder/coded/"))
    );
}

#[test]
fn a_dry_run_writes_nothing_and_tells_every_name() {
    let work = Work::classic();
    let told = work.build_with(&["--dry-run"]);
    told.succeeds();
    assert!(
        told.stdout.contains("/css/site.css -> /css/site."),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout.contains("/robots.txt: its kind"),
        "{}",
        told.stdout
    );
    assert_eq!(work.beside(), [""; 0]);
}

#[test]
fn explain_tells_the_reason_of_one_file() {
    let work = Work::classic();
    let told = work.build_with(&["--explain", "https://example.com/css/site.css?v=1"]);
    told.succeeds();
    assert!(
        told.stdout
            .starts_with("/css/site.css\n  also served as /css/site."),
        "{}",
        told.stdout
    );
    let about = work.build_with(&["--explain", "/about/"]);
    assert!(
        about.stdout.starts_with("/about/index.html\n  its kind"),
        "{}",
        about.stdout
    );
    work.build_with(&["--explain", "/nothing"])
        .is_refused("the site has nothing at /nothing");
    assert_eq!(work.beside(), [""; 0]);
}

#[test]
fn the_report_can_be_read_by_programs() {
    let work = Work::classic();
    let read = |arguments: &[&str]| -> serde_json::Value {
        let built = work.build_with(arguments);
        built.succeeds();
        serde_json::from_str(&built.stdout).expect("it is JSON")
    };
    let planned = read(&["--dry-run", "--json"]);
    assert_eq!(planned["published"], false);
    assert!(!work.out().exists());
    let built = read(&["--json"]);
    assert_eq!(built["published"], true);
    assert_eq!(built["files"], planned["files"]);
    assert!(
        built["files"]["/css/site.css"]["as"]
            .as_str()
            .is_some_and(|name| name.starts_with("/css/site."))
    );
    assert!(built["files"]["/robots.txt"]["as"].is_null());
    assert_eq!(built["warnings"], 0);
}

/// A site that will be mounted at `/docs/`.
fn mounted() -> Work {
    Work::of(&[
        (
            "index.html",
            "<!doctype html><link rel=stylesheet href=/docs/css/site.css><img src=image/dot.svg>",
        ),
        (
            "css/site.css",
            "body { background: url(/docs/image/dot.svg) }",
        ),
        ("image/dot.svg", super::DOT),
    ])
}

#[test]
fn the_base_is_found_where_the_references_make_it_evident() {
    let work = mounted();
    work.build_with(&["--strict"])
        .succeeds()
        .says("base:   /docs/, evident from its references");
    let released = work.released();
    let (style, dot) = (
        fingerprinted(&released, "css/site", "css"),
        fingerprinted(&released, "image/dot", "svg"),
    );
    let index = format!("<!doctype html><link rel=stylesheet href=/docs/{style}><img src={dot}>");
    assert_eq!(released["index.html"], index.as_bytes());
    let sheet = format!("body {{ background: url(/docs/{dot}) }}");
    assert_eq!(released["css/site.css"], sheet.as_bytes());
}

#[test]
fn the_base_that_is_given_counts() {
    let work = mounted();
    work.build().succeeds();
    let evident = work.released();
    for base in ["/docs/", "/docs"] {
        work.build_with(&["--base", base, "--strict"])
            .succeeds()
            .says("base:   /docs/\n");
        assert_eq!(work.released(), evident);
    }
    let read = |base: &str| -> serde_json::Value {
        let built = work.build_with(&["--base", base, "--dry-run", "--json"]);
        built.succeeds();
        serde_json::from_str(&built.stdout).expect("it is JSON")
    };
    assert_eq!(read("/docs/")["base"], "/docs/");
    // Elsewhere, `/docs/…` is somebody else's.
    let elsewhere = read("/manual/");
    assert_eq!(elsewhere["base"], "/manual/");
    assert!(elsewhere["files"]["/css/site.css"]["as"].is_null());
    assert!(elsewhere["files"]["/image/dot.svg"]["as"].is_string());

    let policy = work.site.policy("[fingerprint]\nbase = \"/docs/\"\n");
    work.build_with(&["--policy", &policy]).succeeds();
    let mut released = work.released();
    released.remove(".larder/policy.toml");
    assert_eq!(released, evident);
    work.build_with(&["--base", "docs"])
        .is_refused("give a path with a slash at its front");
}

#[test]
fn an_empty_site_is_a_release_too_and_a_warning() {
    let work = Work::of::<Vec<u8>>(&[]);
    // What wrote it may have failed, and then nobody wants to have it published.
    let strict = work.build_with(&["--strict"]);
    assert_eq!(strict.code, Some(1));
    assert!(!work.out().exists());
    let built = work.build();
    built.succeeds().says("there is no file in the site");
    assert!(!built.stderr.contains("names:"), "{}", built.stderr);
    assert_eq!(
        work.released().keys().collect::<Vec<_>>(),
        [".larder/manifest.json"]
    );
}

#[test]
fn a_large_file_is_fingerprinted_without_being_held() {
    let work = Work::of(&[
        (
            "index.html",
            b"<!doctype html><video src=film.mp4></video>".to_vec(),
        ),
        ("film.mp4", vec![7; 9_000_000]),
    ]);
    work.build().succeeds();
    let released = work.released();
    let film = fingerprinted(&released, "film", "mp4");
    assert_eq!(released[&film].len(), 9_000_000);
    let stamp = |path: &str| {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(work.out().join(path))
            .expect("it is there")
            .ino()
    };
    assert_eq!(
        stamp(&film),
        stamp("film.mp4"),
        "one copy on disk has both names"
    );
}
