//! What is reported while reading, by code; how it looks is in `findings`.

use super::super::*;
use crate::diagnostic::Code;

fn codes(text: &str) -> Vec<Code> {
    compile("policy.toml", text)
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

fn help(text: &str) -> String {
    let found = compile("policy.toml", text).diagnostics;
    assert_eq!(found.len(), 1, "{found:#?}");
    found[0].help.clone().unwrap()
}

#[test]
fn unknown_keys_and_tables_name_the_nearest_known_one() {
    assert_eq!(
        help("[site]\nclean-url = true"),
        "the nearest known key is `clean-urls`"
    );
    assert_eq!(
        help("[sites]\nspa = false"),
        "the nearest known table is `[site]`"
    );
    assert_eq!(
        help("[server]\nclean-urls = true"),
        "`clean-urls` belongs in `[site]`"
    );
    assert_eq!(help("spa = false"), "`spa` belongs under `[site]`");
    assert_eq!(codes("spa = false"), [Code::StrayKey]);
    assert!(help("[site]\nxyzzy = 1").starts_with("the keys are `spa`"));
}

#[test]
fn one_run_reports_every_problem() {
    let text = "[site]\nspa = 3\nindx = \"a\"\n[cache]\nasset = \"max-age=x\"\n[server]\nlisten = [\"localhost\", 8080]\n";
    assert_eq!(
        codes(text),
        [
            Code::WrongType,
            Code::UnknownKey,
            Code::UnreadableDirective,
            Code::BadValue,
            Code::WrongType
        ]
    );
}

#[test]
fn a_syntax_error_does_not_hide_the_rest() {
    let found = codes("[site]\nspa = \nindx = 1\n[server]\nworkers = -1\n");
    assert!(
        found.contains(&Code::Syntax)
            && found.contains(&Code::UnknownKey)
            && found.contains(&Code::BadValue),
        "{found:?}"
    );
}

#[test]
fn values_out_of_bounds_are_reported() {
    for text in [
        "[fingerprint]\nlength = 7",
        "[fingerprint]\nlength = 65",
        "[server]\nworkers = 99999999999999999999",
        "[server]\nkeep-alive = \"5\"",
        "[server]\nlisten = []",
        "[server]\naccess-log = \"Json\"",
        "[compress]\nmin-size = \"1MB\"",
        "[compress]\ncodings = [\"deflate\"]",
        "[compress]\ncodings = [\"br\", \"br\"]",
        "[site]\nnot-found = \"404.html\"",
        "[site]\nspa = true",
        "[site]\nindex = \"a/b.html\"",
        "[site]\nindex = \"\"",
        "[[redirect]]\nfrom = \"/a\"\nto = \"/b\"\nstatus = 200",
        "[[redirect]]\nfrom = \"/a\"\nto = \"b\"",
        "[[rule]]\nname = \"a\"\nstatus = 99\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = \"html\"\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nmedia = \"css\"\ncache-control = \"no-cache\"",
    ] {
        assert_eq!(codes(text), [Code::BadValue], "{text}");
    }
}

#[test]
fn values_of_another_type_are_reported() {
    for text in [
        "site = 1",
        "rule = 1",
        "[rule]\nname = \"a\"",
        "rule = [1]",
        "[site]\nclean-urls = \"yes\"",
        "[cache]\nasset = 60",
        "[server]\nkeep-alive = 5",
        "[server]\nworkers = 1.5",
        "[headers]\nX = 1",
        "[site]\nhidden = [1]",
    ] {
        assert_eq!(codes(text), [Code::WrongType], "{text}");
    }
}

#[test]
fn rules_need_a_name_of_their_own_a_condition_and_an_effect() {
    assert_eq!(
        codes("[[rule]]\nkind = \"asset\"\ncache-control = \"no-cache\""),
        [Code::MissingKey]
    );
    assert_eq!(
        codes("[[rule]]\nname = \"a\"\ncache-control = \"no-cache\""),
        [Code::RuleWithoutCondition]
    );
    assert_eq!(
        codes("[[rule]]\nname = \"a\"\nkind = \"asset\""),
        [Code::RuleWithoutEffect]
    );
    let twins = "[[rule]]\nname = \"a\"\nkind = \"asset\"\nheaders = { X = \"1\" }\n[[rule]]\nname = \"a\"\nkind = \"document\"\nheaders = { X = \"1\" }";
    assert_eq!(codes(twins), [Code::DuplicateRuleName]);
    assert_eq!(codes("[[redirect]]\nfrom = \"/a\""), [Code::MissingKey]);
}

#[test]
fn fields_need_names_and_values_that_can_be_sent() {
    assert_eq!(codes("[headers]\n\"X Y\" = \"1\""), [Code::BadFieldName]);
    assert_eq!(
        codes("[headers]\nX = \"a\\r\\nSet-Cookie: b\""),
        [Code::BadFieldValue]
    );
    assert_eq!(
        codes("[headers]\nX-A = \"1\"\nx-a = \"2\""),
        [Code::BadFieldName]
    );
}

#[test]
fn globs_that_cannot_match_are_reported_with_what_to_write() {
    assert!(
        help("[[rule]]\nname = \"a\"\npaths = \"assets/**\"\ncache-control = \"no-cache\"")
            .starts_with("write `\"/assets/**\"`")
    );
    assert_eq!(codes("[site]\nhidden = [\"/[\"]"), [Code::BadGlob]);
}

#[test]
fn a_certificate_needs_its_key() {
    assert_eq!(codes("[server]\ntls-cert = \"a.pem\""), [Code::MissingKey]);
    assert_eq!(
        codes("[server]\ntls-cert = \"a.pem\"\ntls-key = \"b.pem\""),
        []
    );
}

#[test]
fn redirects_that_could_lead_anywhere_are_refused() {
    assert_eq!(
        codes("[[redirect]]\nfrom = \"/go/:host\"\nto = \"https://:host/\""),
        [Code::OpenRedirect]
    );
    assert_eq!(
        codes("[[redirect]]\nfrom = \"/go/*\"\nto = \"//:splat\""),
        [Code::OpenRedirect]
    );
    assert_eq!(
        codes("[[redirect]]\nfrom = \"/go\"\nto = \"/:splat\""),
        [Code::UnknownPlaceholder]
    );
}

#[test]
fn settings_are_read_as_written() {
    let text = "[site]\nspa = \"/app.html\"\n[server]\nlisten = \"[::1]:0\"\nworkers = 2\nkeep-alive = \"500ms\"\nmemory-budget = 1024\n[compress]\ncodings = []\n";
    let policy = compile("policy.toml", text).policy.unwrap();
    assert_eq!(policy.site.spa, Spa::Document("/app.html".to_owned()));
    assert_eq!(policy.server.listen, ["[::1]:0".parse().unwrap()]);
    assert_eq!(
        (policy.server.workers, policy.server.memory_budget),
        (Some(2), 1024)
    );
    assert_eq!(
        policy.server.keep_alive,
        std::time::Duration::from_millis(500)
    );
    assert_eq!(policy.compress.codings, []);
}
