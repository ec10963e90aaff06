//! Findings about caching: one file each, with its doc, its check and its cases.
//!
//! To add one: copy a neighbour and name it in [`CHECKS`]. The tests of `findings` fail until it has a case that raises it, a case that must
//! not, a doc with the four headings, and its line in `codes.txt`.
//!
//! Uses: the record · Never: sockets, files

mod asset_not_immutable;
mod asset_without_policy;
mod broken_reference;
mod case_collision;
mod coded_never_validated;
mod coding_broken;
mod dangling_reference;
mod deep_link_differs;
mod document_for_missing_asset;
mod document_kept;
mod document_without_policy;
mod error_kept;
mod error_without_policy;
mod fields_lost;
mod good;
mod head_differs;
mod if_range_ignored;
mod immutable_without_hash;
mod incomplete;
mod no_document;
mod no_validator;
mod not_modified_fields;
mod private_file;
pub(super) mod private_served;
mod query_differs;
mod range_wrong;
mod redirect_kept;
mod redirect_to_other_host;
mod replicas_disagree;
mod same_tag_for_codings;
mod service_worker_kept;
mod sibling_wrong;
mod source_map;
mod tag_list_ignored;
mod tag_of_time_and_size;
mod unclear_directives;
mod validation_fails;
mod vary_missing;
mod versions_differ;
mod withheld;

use super::Check;

/// All of them: within a level, findings are told in this order.
pub const CHECKS: &[&Check] = &[
    &document_for_missing_asset::CHECK,
    &error_kept::CHECK,
    &document_kept::CHECK,
    &immutable_without_hash::CHECK,
    &no_document::CHECK,
    &incomplete::CHECK,
    &broken_reference::CHECK,
    &private_file::CHECK,
    &private_served::CHECK,
    &coding_broken::CHECK,
    &vary_missing::CHECK,
    &range_wrong::CHECK,
    &if_range_ignored::CHECK,
    &validation_fails::CHECK,
    &document_without_policy::CHECK,
    &asset_without_policy::CHECK,
    &deep_link_differs::CHECK,
    &asset_not_immutable::CHECK,
    &service_worker_kept::CHECK,
    &no_validator::CHECK,
    &tag_of_time_and_size::CHECK,
    &tag_list_ignored::CHECK,
    &coded_never_validated::CHECK,
    &same_tag_for_codings::CHECK,
    &not_modified_fields::CHECK,
    &head_differs::CHECK,
    &replicas_disagree::CHECK,
    &versions_differ::CHECK,
    &redirect_kept::CHECK,
    &redirect_to_other_host::CHECK,
    &fields_lost::CHECK,
    &unclear_directives::CHECK,
    &query_differs::CHECK,
    &error_without_policy::CHECK,
    &source_map::CHECK,
    &dangling_reference::CHECK,
    &sibling_wrong::CHECK,
    &case_collision::CHECK,
    &withheld::CHECK,
    &good::CHECK,
];
