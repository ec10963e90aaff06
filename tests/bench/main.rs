//! `larder bench`, as a person or a script runs it: against larder, and against servers that lie.

#[path = "../support/mod.rs"]
mod support;

mod liar;
mod load;
mod visitors;
