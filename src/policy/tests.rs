//! What a policy decides, the top-level policy.toml, and the look of findings.

mod decide;
mod default_file;
mod findings;
mod properties;
mod reading;
