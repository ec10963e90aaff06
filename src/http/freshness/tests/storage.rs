use super::super::Allowed as Yes;
use super::super::Refused as No;
use super::*;

fn of(cache: Cache, status: u16, request: &str, control: &str) -> Storage {
    let lines = match control {
        "" => Fields::new(),
        control => fields(&format!("Cache-Control: {control}")),
    };
    let response = Response::read(status, &lines, at(0));
    super::super::storage(cache, "GET", &fields(request), &response)
}

/// Whose cache, the status, the request's fields, the response's: what follows.
const TABLE: &[(Cache, u16, &str, &str, Storage)] = &[
    (PRIVATE, 200, "", "", Storage::Allowed(Yes::Status)),
    (SHARED, 404, "", "", Storage::Allowed(Yes::Status)),
    (SHARED, 200, "", "public", Storage::Allowed(Yes::Public)),
    (PRIVATE, 302, "", "private", Storage::Allowed(Yes::Private)),
    (SHARED, 302, "", "max-age=0", Storage::Allowed(Yes::MaxAge)),
    (
        SHARED,
        302,
        "",
        "s-maxage=9",
        Storage::Allowed(Yes::SMaxage),
    ),
    (
        PRIVATE,
        302,
        "",
        "s-maxage=9",
        Storage::Refused(No::NothingAllows),
    ),
    (PRIVATE, 302, "", "", Storage::Refused(No::NothingAllows)),
    (PRIVATE, 103, "", "", Storage::Refused(No::Interim)),
    (PRIVATE, 206, "", "max-age=9", Storage::Refused(No::Part)),
    (
        PRIVATE,
        304,
        "",
        "max-age=9",
        Storage::Refused(No::NotModified),
    ),
    (
        PRIVATE,
        299,
        "",
        "must-understand, max-age=9",
        Storage::Refused(No::NotUnderstood),
    ),
    (
        PRIVATE,
        200,
        "",
        "must-understand, no-store, max-age=9",
        Storage::Allowed(Yes::MaxAge),
    ),
    (
        PRIVATE,
        200,
        "",
        "no-store, max-age=9",
        Storage::Refused(No::NoStore),
    ),
    (
        PRIVATE,
        200,
        "Cache-Control: no-store",
        "max-age=9",
        Storage::Refused(No::RequestNoStore),
    ),
    (
        SHARED,
        200,
        "",
        "private, max-age=9",
        Storage::Refused(No::Private),
    ),
    (
        SHARED,
        200,
        "",
        "private=\"Set-Cookie\", max-age=9",
        Storage::Allowed(Yes::MaxAge),
    ),
    (
        SHARED,
        200,
        CREDENTIALS,
        "max-age=9",
        Storage::Refused(No::Credentials),
    ),
    (
        PRIVATE,
        200,
        CREDENTIALS,
        "max-age=9",
        Storage::Allowed(Yes::MaxAge),
    ),
    (
        SHARED,
        200,
        CREDENTIALS,
        "max-age=9, must-revalidate",
        Storage::Allowed(Yes::MaxAge),
    ),
];
const PRIVATE: Cache = Cache::Private;
const SHARED: Cache = Cache::Shared;
const CREDENTIALS: &str = "Authorization: Basic eA==";

#[test]
fn every_reason_has_its_case() {
    for (cache, status, request, lines, expected) in TABLE {
        assert_eq!(
            of(*cache, *status, request, lines),
            *expected,
            "{cache:?} {status} {request} | {lines}"
        );
    }
}

#[test]
fn only_answers_to_get_are_stored() {
    let response = response("Cache-Control: max-age=9");
    for method in ["HEAD", "POST", "get"] {
        assert_eq!(
            super::super::storage(Cache::Private, method, &Fields::new(), &response),
            Storage::Refused(No::Method)
        );
    }
}

#[test]
fn every_refusal_says_why_and_where_it_is_written() {
    for refused in [
        No::Method,
        No::Interim,
        No::Part,
        No::NotModified,
        No::NotUnderstood,
        No::NoStore,
        No::RequestNoStore,
        No::Private,
        No::Credentials,
        No::NothingAllows,
    ] {
        assert!(!refused.reason().is_empty());
        assert_eq!(refused.section().rfc, 9111);
    }
}

#[test]
fn a_change_that_took_place_drops_what_is_stored() {
    for (method, status, expected) in [
        ("POST", 200, true),
        ("PUT", 204, true),
        ("DELETE", 303, true),
        ("PURGE", 200, true),
        ("POST", 404, false),
        ("PUT", 500, false),
        ("GET", 200, false),
        ("HEAD", 200, false),
        ("OPTIONS", 204, false),
    ] {
        assert_eq!(invalidates(method, status), expected, "{method} {status}");
    }
}

#[test]
fn a_date_of_expiry_is_permission_even_one_that_is_none() {
    let response = Response::read(302, &fields("Expires: 0"), at(0));
    assert_eq!(
        super::super::storage(Cache::Private, "GET", &Fields::new(), &response),
        Storage::Allowed(Yes::Expires)
    );
}
