//! RFC 9110, HTTP Semantics: one file a section.

pub(crate) mod s10_context;
pub(crate) mod s12_negotiation;
pub(crate) mod s13_conditional;
pub(crate) mod s14_range;
pub(crate) mod s15_status;
pub(crate) mod s8_representation;
pub(crate) mod s9_methods;
