//! Runs cases: each on every engine, with GET and with HEAD, all of them before any fails.

use std::env;

use super::{
    Case, Engine,
    answer::{Answer, Ask},
    invariants, judge, replies, template,
};

/// Runs `cases`.
///
/// # Panics
/// When any differs from what it expects, with all differences of all cases.
#[track_caller]
pub(crate) fn run(cases: &[Case]) {
    let chosen = env::var("LARDER_CASE").unwrap_or_default();
    let mut failures = Vec::new();
    for case in cases.iter().filter(|case| case.id.starts_with(&chosen)) {
        for engine in Engine::ALL {
            if !case.not_on.iter().any(|(not, _)| *not == engine) {
                let mut found = Vec::new();
                on_engine(case, engine, &mut found);
                match case.deviates.iter().find(|(known, _)| *known == engine) {
                    None => failures.extend(found),
                    Some((_, why)) if found.is_empty() => failures.push(format!(
                        "{} · {engine:?} · is right now, and was known not to be: {why}",
                        case.id
                    )),
                    Some(_) => {}
                }
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} differences:\n{}\n",
        failures.len(),
        failures.join("\n")
    );
}

fn on_engine(case: &Case, engine: Engine, failures: &mut Vec<String>) {
    let ask = |ask: &Ask| engine.ask(case.site, ask);
    let fill = |text: &str| template::fill(text, &case.ask, &ask);
    let mut request = case.ask.clone();
    for (_, value) in &mut request.fields {
        *value = fill(value);
    }
    let Some(answer) = ask(&request) else { return };
    if engine == Engine::Socket {
        replies::note(&case.id, &request, &answer);
    }
    let method = if request.method == "HEAD" {
        "GET"
    } else {
        &request.method
    };
    let unconditional = ask(&request.unconditional().with_method(method))
        .expect("fields do not decide whether an engine can be asked");
    let mut report = |method: &str, differences: Vec<String>| {
        let says = &case.says;
        failures.extend(differences.into_iter().map(|what| {
            format!(
                "{} · {engine:?} · {method} {} · {what} · {says}",
                case.id, request.target
            )
        }));
    };
    report(
        &request.method,
        judge::differences(case, &answer, &unconditional, &fill),
    );
    report(
        &request.method,
        invariants::broken(case, engine, &request, &answer, &unconditional),
    );

    if request.method == "GET" {
        // Ranges are for GET alone: HEAD is answered as the GET without them (RFC 9110 §14.2).
        let whole = ask(&request.without_range())
            .expect("fields do not decide whether an engine can be asked");
        let head = ask(&request.with_method("HEAD")).expect("HEAD can be asked where GET can");
        if engine == Engine::Socket {
            replies::note(&case.id, &request.with_method("HEAD"), &head);
        }
        report("HEAD", head_differs(&whole, &head));
        report(
            "HEAD",
            invariants::broken(
                case,
                engine,
                &request.with_method("HEAD"),
                &head,
                &unconditional,
            ),
        );
    }
}

/// HEAD is GET less content (RFC 9110 §9.3.2).
fn head_differs(get: &Answer, head: &Answer) -> Vec<String> {
    let mut differences = Vec::new();
    if head.status != get.status {
        differences.push(format!(
            "status {}, and {} for GET",
            head.status, get.status
        ));
    }
    if head.lasting() != get.lasting() {
        differences.push(format!(
            "fields {:?}, and {:?} for GET",
            head.lasting(),
            get.lasting()
        ));
    }
    if !head.content.is_empty() {
        differences.push(format!("{} bytes of content", head.content.len()));
    }
    differences
}
