//! What the edges ask of the fingerprinting engine, in memory and for a release alike, so that both serve the same.
//!
//! Uses: policy, fingerprint · Never: files

use std::sync::Arc;

use crate::{
    fingerprint::{Class, Decision, FileId, Plan, Settings},
    http::names,
    policy::Policy,
};

/// The engine's settings. `base` takes the place of the policy's, if it is given.
pub(super) fn settings(whole: &Policy, base: Option<&str>) -> Settings {
    let policy = &whole.fingerprint;
    let sent = whole.values_of(names::CONTENT_SECURITY_POLICY);
    let (include, exclude) = (policy.include.clone(), policy.exclude.clone());
    Settings {
        length: policy.length,
        include: Arc::new(move |path| include.written().is_empty() || include.matches(path)),
        exclude: Arc::new(move |path| exclude.matches(path)),
        base: base.unwrap_or(&policy.base).to_owned(),
        origin: policy.origin.clone(),
        integrity: policy.integrity,
        sent_policies: sent.map(ToString::to_string).collect(),
    }
}

/// Content of a kind without references is not read into memory from here on, in bytes: its digest is all that is asked of it.
const LARGE: u64 = 1024 * 1024;

/// Does the engine ask for no more than the digest of this content?
pub(super) fn is_only_named(class: Class, length: u64) -> bool {
    length > LARGE && matches!(class, Class::Asset | Class::SourceMap | Class::Other)
}

/// A path under which a file is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) path: String,
    /// May it be served as immutable?
    pub(super) immutable: bool,
}

/// The paths under which `file` is served: its own, and before it the fingerprinted one if it has one.
pub(super) fn names(plan: &Plan, file: FileId) -> (Option<Name>, Name) {
    let name = |path: &str, immutable| Name {
        path: path.to_owned(),
        immutable,
    };
    let is_immutable =
        matches!(plan.decision(file), Decision::Foreign(foreign) if foreign.immutable);
    (
        plan.renamed(file).map(|path| name(path, true)),
        name(plan.site().path(file), is_immutable),
    )
}
