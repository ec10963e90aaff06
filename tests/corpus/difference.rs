//! What somebody could tell a release from its site by.

use std::{collections::BTreeSet, fmt};

use crate::{
    picture::{self, Likeness},
    seen::{Outcome, Seen},
};

/// One difference. Two are the same if they are about the same thing.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    kind: Kind,
    what: String,
    detail: String,
}

/// What a difference is about, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A request fails that did not fail, or was not made.
    Failed,
    /// One document evaluates a script under more URLs than before.
    EvaluatedTwice,
    /// A script is evaluated before or after, not both.
    Scripts,
    /// A URL is asked for before or after, not both.
    Requests,
    /// The console.
    Console,
    /// The text of a document.
    Text,
    /// The entry document, painted.
    Picture,
}

impl PartialEq for Difference {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.what) == (other.kind, &other.what)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?}: {} ({})",
            self.kind, self.what, self.detail
        )
    }
}

/// Everything in which `after` differs from `before`.
pub(crate) fn differences(before: &Seen, after: &Seen) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |kind, what: &str, detail: String| {
        found.push(Difference {
            kind,
            what: what.to_owned(),
            detail,
        });
    };
    for (url, outcome) in &after.requests {
        let was = before.requests.get(url).copied();
        if outcome.is_failure() && !was.is_some_and(Outcome::is_failure) {
            add(Kind::Failed, url, format!("{outcome:?}, was {was:?}"));
        }
    }
    for (script, urls) in &after.scripts {
        let was = before.scripts.get(script).map_or(1, BTreeSet::len);
        if urls.len() > was {
            add(Kind::EvaluatedTwice, script, format!("{urls:?}"));
        }
    }
    for (kind, before, after) in [
        (
            Kind::Scripts,
            before.scripts.keys().collect::<BTreeSet<_>>(),
            after.scripts.keys().collect::<BTreeSet<_>>(),
        ),
        (
            Kind::Requests,
            before.requests.keys().collect(),
            after.requests.keys().collect(),
        ),
        (
            Kind::Console,
            before.console.iter().collect(),
            after.console.iter().collect(),
        ),
    ] {
        for gone in before.difference(&after) {
            add(kind, gone, "only before".to_owned());
        }
        for new in after.difference(&before) {
            add(kind, new, "only after".to_owned());
        }
    }
    for (path, text) in &after.texts {
        let was = before.texts.get(path).map_or("", String::as_str);
        if was != text {
            add(Kind::Text, path, first_difference(was, text));
        }
    }
    if let Likeness::Different(how) = picture::compare(&before.picture, &after.picture) {
        add(Kind::Picture, "the entry document", how);
    }
    found
}

fn first_difference(before: &str, after: &str) -> String {
    let (mut old, mut new) = (before.lines(), after.lines());
    loop {
        match (old.next(), new.next()) {
            (Some(old), Some(new)) if old == new => {}
            (old, new) => return format!("{old:?} is now {new:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Seen, differences};

    fn shown(before: &Seen, after: &Seen) -> Vec<String> {
        let found = differences(before, after);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_request_that_fails_only_after_is_a_difference() {
        let mut seen = [Seen::default(), Seen::default()];
        let [before, after] = &mut seen;
        before.requests.insert("/a.png".to_owned(), Outcome::Had);
        after
            .requests
            .insert("/a.png".to_owned(), Outcome::Refused(404));
        assert_eq!(
            shown(before, after),
            ["Failed: /a.png (Refused(404), was Some(Had))"]
        );
        assert!(shown(after, before).is_empty(), "mended is no harm");
    }

    #[test]
    fn a_module_under_two_urls_is_a_difference() {
        let mut seen = [Seen::default(), Seen::default()];
        let [before, after] = &mut seen;
        let module = "module /a.js".to_owned();
        before
            .scripts
            .insert(module.clone(), ["/a.js".to_owned()].into());
        after
            .scripts
            .insert(module, ["/a.js".to_owned(), "/a.0.js".to_owned()].into());
        assert_eq!(
            shown(before, after),
            [r#"EvaluatedTwice: module /a.js ({"/a.0.js", "/a.js"})"#]
        );
    }

    #[test]
    fn a_message_of_either_side_is_a_difference() {
        let mut seen = [Seen::default(), Seen::default()];
        seen[0].console.insert("log: hello".to_owned());
        assert_eq!(
            shown(&seen[0], &seen[1]),
            ["Console: log: hello (only before)"]
        );
        assert_eq!(
            shown(&seen[1], &seen[0]),
            ["Console: log: hello (only after)"]
        );
    }
}
