//! What a browser is told, as JSON; and what it has to do about a change.
//!
//! Uses: snapshot, http, serde · Never: sockets

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::{
    http::MediaType,
    snapshot::{Change, Difference},
};

/// A message to a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Message {
    /// The first one: what is served now.
    #[serde(rename_all = "camelCase")]
    Hello {
        /// The mark of the snapshot: a browser that knows another one reloads.
        snapshot: String,
        /// Is production's caching in force?
        as_deployed: bool,
    },
    /// Style sheets changed.
    Css {
        /// Their paths, decoded.
        paths: Vec<String>,
        /// The mark of the snapshot that has them.
        snapshot: String,
    },
    /// Images changed.
    Image {
        /// Their paths, decoded.
        paths: Vec<String>,
        /// The mark of the snapshot that has them.
        snapshot: String,
    },
    /// Something changed that a page cannot take up while it stands.
    Reload {
        /// What it was.
        paths: Vec<String>,
    },
    /// Something is wrong.
    Overlay {
        /// All that is.
        problems: Vec<Problem>,
    },
    /// Nothing is wrong any more.
    Clear,
}

/// The only message of a browser: for how long it has been loading, or shown, before it could be told of changes, in milliseconds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Greeting {
    pub(super) age: f64,
}

impl Message {
    /// The text that is sent.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }
}

/// What a page can do about a change of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Css,
    Image,
    Reload,
    Nothing,
}

fn kind(change: &Change) -> Kind {
    if change.path.ends_with(".map") {
        return Kind::Nothing;
    }
    // A page whose style or script went away would only be worse off after a reload; what it misses is told by the overlay.
    if change.difference == Difference::Removed {
        return Kind::Nothing;
    }
    match MediaType::of_path(&change.path).essence() {
        "text/css" => Kind::Css,
        essence if essence.starts_with("image/") => Kind::Image,
        _ => Kind::Reload,
    }
}

/// What to tell about `changes`, after which the snapshot `mark` is served.
pub(super) fn about(changes: &[Change], mark: &str) -> Vec<Message> {
    let of = |wanted: Kind| -> Vec<String> {
        changes
            .iter()
            .filter(|change| kind(change) == wanted)
            .map(|change| change.path.to_string())
            .collect()
    };
    let reload = of(Kind::Reload);
    if !reload.is_empty() {
        return vec![Message::Reload {
            paths: reload.into_iter().take(NAMED).collect(),
        }];
    }
    let snapshot = mark.to_owned();
    let css = Message::Css {
        paths: of(Kind::Css),
        snapshot: snapshot.clone(),
    };
    let image = Message::Image {
        paths: of(Kind::Image),
        snapshot,
    };
    [css, image]
        .into_iter()
        .filter(|message| match message {
            Message::Css { paths, .. } | Message::Image { paths, .. } => !paths.is_empty(),
            _ => false,
        })
        .collect()
}

/// How many paths are named as the reason of a reload.
const NAMED: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(changes: &[(&str, Difference)]) -> Vec<String> {
        let changes: Vec<Change> = changes
            .iter()
            .map(|(path, difference)| Change {
                path: (*path).into(),
                difference: *difference,
            })
            .collect();
        about(&changes, "1").iter().map(Message::to_text).collect()
    }

    #[test]
    fn style_sheets_and_images_are_swapped() {
        let changes = [
            ("/a.css", Difference::Changed),
            ("/b.png", Difference::Changed),
        ];
        assert_eq!(
            told(&changes),
            [
                r#"{"type":"css","paths":["/a.css"],"snapshot":"1"}"#,
                r#"{"type":"image","paths":["/b.png"],"snapshot":"1"}"#
            ]
        );
    }

    #[test]
    fn a_script_among_them_reloads_the_page() {
        let changes = [
            ("/a.css", Difference::Changed),
            ("/b.js", Difference::Added),
        ];
        assert_eq!(told(&changes), [r#"{"type":"reload","paths":["/b.js"]}"#]);
    }

    #[test]
    fn nothing_is_told_of_source_maps_and_of_what_is_gone() {
        let changes = [
            ("/a.js.map", Difference::Changed),
            ("/index.html", Difference::Removed),
        ];
        assert_eq!(told(&changes), [""; 0]);
    }
}
