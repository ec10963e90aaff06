//! HTTP to the letter, as data: every rule larder follows is a case with the section it comes from, and every case runs on every engine.
//!
//! A case says what is asked and what has to be answered. It is asked of the pure origin, of actix in process and of a server behind a real
//! socket over HTTP/1.1 and HTTP/2, with GET and with HEAD; every reply, whatever its case is about, is also held against the rules that no reply may break
//! (`harness/invariants.rs`). A failing case names itself, the engine, the method and the difference, and all cases run before any fails.
//!
//! `LARDER_CASE=rfc9110-13 cargo test --test conformance` runs the cases whose id begins so.
//!
//! Covers RFC 9110, RFC 9111, RFC 9112 and RFC 9113, RFC 8246, RFC 5861, RFC 9213, as far as `sections.rs` claims them.

#![expect(
    clippy::too_many_lines,
    reason = "a table is as long as the section it is about"
)]

#[path = "../support/mod.rs"]
mod support;

mod choices;
mod harness;
mod rfc3986;
mod rfc5861;
mod rfc8246;
mod rfc9110;
mod rfc9111;
mod rfc9112;
mod rfc9213;
mod sections;

use harness::{Case, run};

/// All cases, with the name of the table they stand in.
fn tables() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("rfc3986", rfc3986::cases()),
        ("rfc9110 §8", rfc9110::s8_representation::cases()),
        ("rfc9110 §9", rfc9110::s9_methods::cases()),
        ("rfc9110 §10", rfc9110::s10_context::cases()),
        ("rfc9110 §12", rfc9110::s12_negotiation::cases()),
        ("rfc9110 §13", rfc9110::s13_conditional::cases()),
        ("rfc9110 §14", rfc9110::s14_range::cases()),
        ("rfc9110 §15", rfc9110::s15_status::cases()),
        ("rfc9111", rfc9111::cases()),
        ("rfc9112", rfc9112::cases()),
        ("rfc8246", rfc8246::cases()),
        ("rfc5861", rfc5861::cases()),
        ("rfc9213", rfc9213::cases()),
        ("choices", choices::cases()),
    ]
}

#[test]
fn paths_are_read_as_rfc3986_says() {
    run(&rfc3986::cases());
}

#[test]
fn representations_are_described_as_rfc9110_section_8_says() {
    run(&rfc9110::s8_representation::cases());
}

#[test]
fn methods_are_answered_as_rfc9110_section_9_says() {
    run(&rfc9110::s9_methods::cases());
}

#[test]
fn context_is_given_as_rfc9110_section_10_says() {
    run(&rfc9110::s10_context::cases());
}

#[test]
fn representations_are_negotiated_as_rfc9110_section_12_says() {
    run(&rfc9110::s12_negotiation::cases());
}

#[test]
fn conditions_are_evaluated_as_rfc9110_section_13_says() {
    run(&rfc9110::s13_conditional::cases());
}

#[test]
fn ranges_are_answered_as_rfc9110_section_14_says() {
    run(&rfc9110::s14_range::cases());
}

#[test]
fn statuses_are_chosen_as_rfc9110_section_15_says() {
    run(&rfc9110::s15_status::cases());
}

#[test]
fn caches_are_told_what_rfc9111_lets_them_do() {
    run(&rfc9111::cases());
}

#[test]
fn messages_are_framed_as_rfc9112_and_rfc9113_say() {
    run(&rfc9112::cases());
}

#[test]
fn immutable_is_said_as_rfc8246_says() {
    run(&rfc8246::cases());
}

#[test]
fn staleness_is_allowed_as_rfc5861_says() {
    run(&rfc5861::cases());
}

#[test]
fn single_classes_of_caches_are_addressed_as_rfc9213_says() {
    run(&rfc9213::cases());
}

#[test]
fn where_the_rfcs_leave_a_choice_it_is_ours() {
    run(&choices::cases());
}
