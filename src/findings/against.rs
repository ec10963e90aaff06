//! Does a deployment behave as a policy says: cell by cell, a reply and a field; redirect by redirect; and nothing private served.
//!
//! A policy decides after what was served, so that is read from the answer: its status, its media type, and whether the name looks as if
//! it carried a hash. Of a live server nobody can prove that it does, so a name that looks so may have either of two policies.
//!
//! Uses: policy, the record · Never: sockets, files

use super::{Exchange, Finding, Level, Purpose, Record, checks::private_served, fix::Lines};
use crate::{
    http::{FieldSource, TargetPath, names},
    policy::{Decision, Facts, Policy, RepresentationKind, Subject},
};

/// The code of every finding of a comparison.
const CODE: &str = "deployment/field-differs";

/// The code of a redirect that is another one, or none.
const MOVED: &str = "deployment/redirect-differs";

/// The code of what agrees.
const AGREES: &str = "deployment/as-decided";

/// One finding for each reply and field that is not as `policy` decides, and one that counts those that are.
pub fn against(record: &Record, policy: &Policy) -> Vec<Finding> {
    let (mut findings, mut agreed, mut replies) = (Vec::new(), 0_usize, 0_usize);
    let judged = record
        .exchanges
        .iter()
        .filter(|exchange| is_judged(exchange));
    for exchange in judged {
        replies += 1;
        if exchange.purpose == Purpose::Redirect {
            match moved(policy, exchange) {
                // Its fields are judged below, as those of any redirect.
                Ok(()) => agreed += 1,
                Err(finding) => {
                    findings.push(*finding);
                    continue;
                }
            }
        }
        let decisions = decisions(record, policy, exchange);
        let Some(first) = decisions.first() else {
            continue;
        };
        let best = decisions
            .iter()
            .min_by_key(|decision| differences(exchange, decision).len())
            .unwrap_or(first);
        let differing = differences(exchange, best);
        agreed += best.fields.len() - differing.len();
        findings.extend(
            differing
                .into_iter()
                .map(|name| differs(exchange, best, &name)),
        );
    }
    findings.extend(private_served::CHECK.findings(record));
    if agreed > 0 {
        let whole = findings.is_empty();
        findings.push(Finding {
            code: AGREES.to_owned(),
            level: Level::Good,
            url: record
                .exchanges
                .first()
                .map(|exchange| exchange.url().to_string())
                .unwrap_or_default(),
            message: if whole {
                "the deployment behaves as the policy says".to_owned()
            } else {
                "the rest is as the policy says".to_owned()
            },
            seen: format!("{agreed} fields of {replies} replies"),
            means: "what was decided is what caches do".to_owned(),
            fix: None,
            lines: Lines::NONE,
            spec: "RFC 9111 §5.2".to_owned(),
            policy: None,
        });
    }
    super::sort(&mut findings);
    findings
}

/// Plain requests, and those for what is missing: every cell of a policy, once.
fn is_judged(exchange: &Exchange) -> bool {
    exchange.purpose.is_plain()
        || matches!(
            exchange.purpose,
            Purpose::MissingAsset | Purpose::MissingDocument | Purpose::Folder | Purpose::Redirect
        )
}

/// Is a path sent where the policy sends it? The target is compared as a client resolves it, so it may be written with the host or without.
fn moved(policy: &Policy, exchange: &Exchange) -> Result<(), Box<Finding>> {
    let url = exchange.url();
    let Some(wanted) = TargetPath::parse(url.path())
        .ok()
        .and_then(|path| policy.redirects.find(&path, url.query()))
    else {
        return Ok(());
    };
    let sent = exchange.field(names::LOCATION);
    let target = |location: &str| url.join(location).ok();
    let is_right = exchange.answer.status == wanted.status
        && sent.as_deref().and_then(target) == target(&wanted.location);
    if is_right {
        return Ok(());
    }
    let status = exchange.answer.status;
    let seen = match sent {
        Some(location) => format!("{status}, {}: {location}", names::LOCATION),
        None => exchange.seen_status(),
    };
    Err(Box::new(Finding {
        code: MOVED.to_owned(),
        level: Level::Warning,
        url: url.to_string(),
        message: "a redirect is not what the policy says".to_owned(),
        seen,
        means: format!(
            "the policy sends it to `{}` with {}",
            wanted.location, wanted.status
        ),
        fix: Some(format!(
            "make the deployment send `{}` to `{}` with {}",
            wanted.because.from, wanted.because.to, wanted.status
        )),
        lines: Lines::NONE,
        spec: "RFC 9110 §15.4".to_owned(),
        policy: wanted
            .because
            .location
            .as_ref()
            .map(|location| format!("{location}, redirect from {}", wanted.because.from)),
    }))
}

fn decisions(record: &Record, policy: &Policy, exchange: &Exchange) -> Vec<Decision> {
    let status = exchange.answer.status;
    if status != 200 {
        return vec![policy.decide(&Subject::new(status, None))];
    }
    let media = exchange.media();
    let media_type = media.as_ref().map_or("", |media| media.essence());
    let path = served_path(exchange);
    let kinds: &[RepresentationKind] = if exchange.is_html() {
        &[RepresentationKind::Document]
    } else if record.is_hashed(&path) {
        &[RepresentationKind::Fingerprinted, RepresentationKind::Asset]
    } else {
        &[RepresentationKind::Asset]
    };
    let decide = |kind: &RepresentationKind| {
        let facts = Facts {
            path: &path,
            kind: *kind,
            media_type,
        };
        policy.decide(&Subject::new(status, Some(facts)))
    };
    kinds.iter().map(decide).collect()
}

/// The path of the file: a policy never sees the spelling of a route.
fn served_path(exchange: &Exchange) -> String {
    match exchange.path() {
        _ if exchange.purpose == Purpose::DeepLink => "/index.html".to_owned(),
        folder if folder.ends_with('/') => format!("{folder}index.html"),
        path => path.to_owned(),
    }
}

fn differences(exchange: &Exchange, decision: &Decision) -> Vec<String> {
    let fields = decision.fields.iter();
    fields
        .filter(|(name, value)| {
            let sent = exchange.answer.fields.lines(name.as_str());
            let sent: Vec<&[u8]> = sent.collect();
            normal(&sent.join(&b", "[..])) != normal(value.as_bytes())
        })
        .map(|(name, _)| name.as_str().to_owned())
        .collect()
}

/// A field value without what does not matter in lists: blanks and the case of directives.
fn normal(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    text.split(',').map(str::trim).collect::<Vec<_>>().join(",")
}

fn differs(exchange: &Exchange, decision: &Decision, name: &str) -> Finding {
    let wanted = decision
        .fields
        .get(name)
        .map(ToString::to_string)
        .unwrap_or_default();
    let reason = decision
        .because
        .iter()
        .find(|reason| reason.field.matches(name) && reason.value.as_str() == wanted);
    let policy = reason.map(|reason| match &reason.location {
        Some(location) => format!("{location}, {}", reason.source),
        None => format!("{}, by default", reason.source),
    });
    Finding {
        code: CODE.to_owned(),
        level: Level::Warning,
        url: exchange.url().to_string(),
        message: format!("{name} is not what the policy says"),
        seen: format!("{}: {}", exchange.seen_status(), exchange.seen(name)),
        means: format!("the policy decides `{wanted}` for it"),
        fix: Some(format!("make the deployment send `{name}: {wanted}`")),
        lines: Lines::NONE,
        spec: "RFC 9111 §5.2".to_owned(),
        policy,
    }
}
