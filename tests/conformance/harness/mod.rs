//! What turns tables of cases into answers and answers into failures.

mod answer;
mod case;
mod engine;
mod invariants;
mod judge;
mod red;
mod replies;
mod run;
pub(crate) mod site;
mod template;

pub(crate) use case::{
    Case, Level,
    Level::{Choice, May, Must, Should},
    case,
};
pub(crate) use engine::Engine;
pub(crate) use invariants::Rule;
pub(crate) use run::run;
pub(crate) use site::Site;
