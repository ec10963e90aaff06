//! Times of last change that lie.

use std::time::{Duration, SystemTime};

use crate::{
    documents,
    support::{Ask, Larder},
};

/// Hostile 53. Fault 15.
#[test]
fn a_time_in_the_future_is_never_told() {
    let site = documents();
    site.set_modified(
        "style.css",
        SystemTime::now() + Duration::from_hours(24 * 365),
    );
    let larder = Larder::serve(&site);
    let answer = larder.get("/style.css");
    answer.is(200);
    if let Some(modified) = answer.field("last-modified") {
        let year = |date: &str| {
            date.get(12..16)
                .and_then(|year| year.parse::<u32>().ok())
                .expect("an HTTP date has its year there")
        };
        assert!(
            year(modified) <= year(answer.field("date").expect("an answer is dated")),
            "{answer:#?}"
        );
    }
}

/// Hostile 53. Fault 16.
#[test]
fn a_time_before_1970_ends_nothing() {
    let site = documents();
    site.set_modified(
        "style.css",
        SystemTime::UNIX_EPOCH - Duration::from_hours(24 * 365),
    );
    site.set_modified("about.html", SystemTime::UNIX_EPOCH);
    let larder = Larder::serve(&site);
    larder.get("/style.css").is(200);
    larder.get("/about").is(200);
    for target in ["/style.css", "/about"] {
        let answer = larder.get(target);
        assert!(
            answer
                .field("last-modified")
                .is_none_or(|date| !date.contains("1969") && !date.contains("1970")),
            "{answer:#?}"
        );
        larder
            .ask(&Ask::get(target).with("If-None-Match", answer.tag()))
            .is(304);
    }
}

/// Fault 8.
#[test]
fn the_same_bytes_have_the_same_tag_wherever_and_whenever_they_are_served() {
    let (one, other) = (documents(), documents());
    other.set_modified("style.css", SystemTime::now() - Duration::from_hours(1000));
    let (first, second) = (Larder::serve(&one), Larder::serve(&other));
    for target in ["/", "/style.css", "/docs/"] {
        assert_eq!(
            first.get(target).tag(),
            second.get(target).tag(),
            "{target}"
        );
    }
}

/// Fault 8.
#[test]
fn the_same_bytes_deployed_again_are_a_304() {
    let site = documents();
    let larder = Larder::serve(&site);
    let tag = larder.get("/style.css").tag();
    site.replace("style.css", "body { color: teal }\n");
    site.write("marker.txt", "deployed");
    larder.until_it_serves("/marker.txt", "deployed");
    larder
        .ask(&Ask::get("/style.css").with("If-None-Match", &tag))
        .is(304);
}

/// Hostile 88.
#[test]
fn a_tag_tells_nothing_of_the_disk() {
    use std::os::unix::fs::MetadataExt;
    let site = documents();
    let larder = Larder::serve(&site);
    let tag = larder.get("/style.css").tag();
    let inode = std::fs::metadata(site.path("style.css")).unwrap().ino();
    assert!(
        !tag.contains(&format!("{inode:x}:")) && !tag.contains(&format!("{inode}-")),
        "{tag}"
    );
}
