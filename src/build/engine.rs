//! What the policy's `[fingerprint]` means to the engine.
//!
//! Uses: policy, fingerprint · Never: files

use std::sync::Arc;

use crate::{fingerprint::Settings, policy::FingerprintSettings};

/// The engine's settings. `base` takes the place of the policy's, if it is given.
pub(super) fn settings(policy: &FingerprintSettings, base: Option<&str>) -> Settings {
    let (include, exclude) = (policy.include.clone(), policy.exclude.clone());
    Settings {
        length: policy.length,
        include: Arc::new(move |path| include.written().is_empty() || include.matches(path)),
        exclude: Arc::new(move |path| exclude.matches(path)),
        base: base.unwrap_or(&policy.base).to_owned(),
        origin: policy.origin.clone(),
        integrity: policy.integrity,
    }
}
