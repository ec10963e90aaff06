//! What has to hold whatever bytes come: one property for each fuzz target.
//!
//! Shared by the targets, which look for bytes that break it, and by `tests/fuzz_corpus.rs`, which tries those that once did.

mod fields;
mod head;
mod origin;
mod policy;
mod scanners;
mod site;

/// A property: it panics if the bytes break it.
pub(crate) type Property = fn(&[u8]);

/// Every target: a file of `fuzz_targets`, a binary of `Cargo.toml`, a folder of `corpus`.
pub(crate) const TARGETS: &[(&str, Property)] = &[
    ("accept_encoding", fields::accepted_codings),
    ("byte_range", fields::byte_range),
    ("cache_control", fields::cache_control),
    ("css", scanners::css),
    ("entity_tag_list", fields::entity_tag_list),
    ("host", fields::host),
    ("html", scanners::html),
    ("http_date", fields::http_date),
    ("import_map", scanners::import_map),
    ("js", scanners::js),
    ("json", scanners::json),
    ("policy_toml", policy::compiles_or_says_why),
    ("request_head", head::is_read_as_actix_reads_it),
    ("respond", origin::respond_keeps_the_rules),
    ("site", site::survives),
    ("source_map", scanners::source_map),
    ("srcset", scanners::srcset),
    ("svg", scanners::svg),
    ("target_path", fields::target_path),
    ("web_manifest", scanners::web_manifest),
];

/// Tries the property of the target `name`.
pub(crate) fn run(name: &str, data: &[u8]) {
    let (_, property) = TARGETS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("it is one of TARGETS");
    property(data);
}
