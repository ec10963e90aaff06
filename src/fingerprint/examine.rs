//! What is wrong with one file of a site, as far as its text tells: it names what is not there, or it does not parse.
//!
//! Uses: scan, site · Never: files

use super::{
    reference::{Position, Scanned, Unreadable},
    scan::scan,
    settings::Settings,
    site::Site,
};

/// Something wrong, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The line and the column.
    pub position: Position,
    /// What it is.
    pub wrong: Wrong,
}

/// What can be wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It names this path of the site, and nothing is there.
    Missing(String),
    /// It does not parse, for this reason.
    Syntax(String),
}

/// What is wrong with the file at `path`. `is_there` knows the paths of the site.
pub fn examine(path: &str, content: &[u8], is_there: impl Fn(&str) -> bool) -> Vec<Trouble> {
    let site = Site::new([path.to_owned()], &Settings::default());
    let Some(file) = site.find(path) else {
        return Vec::new();
    };
    let Scanned {
        missing,
        trouble,
        unreadable,
        ..
    } = scan(&site, file, content);
    let syntax = trouble
        .filter(|_| unreadable == Some(Unreadable::Syntax))
        .map(|(position, reason)| Trouble {
            position,
            wrong: Wrong::Syntax(reason),
        });
    let missing = missing
        .into_iter()
        .filter(|missing| !is_there(&missing.path))
        .map(|missing| Trouble {
            position: missing.position,
            wrong: Wrong::Missing(missing.path),
        });
    let mut troubles: Vec<Trouble> = syntax.into_iter().chain(missing).collect();
    troubles.sort_by_key(|trouble| trouble.position);
    troubles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, content: &str) -> Vec<String> {
        examine(path, content.as_bytes(), |path| path == "/here.css")
            .into_iter()
            .map(|trouble| {
                let Position { line, column } = trouble.position;
                match trouble.wrong {
                    Wrong::Missing(path) => format!("{line}:{column} no {path}"),
                    Wrong::Syntax(_) => format!("{line}:{column} syntax"),
                }
            })
            .collect()
    }

    #[test]
    fn a_missing_script_is_told_with_its_place() {
        let document = "<!doctype html>\n<link rel=stylesheet href=here.css>\n<script src=\"gone.js\"></script>";
        assert_eq!(told("/index.html", document), ["3:14 no /gone.js"]);
    }

    #[test]
    fn a_module_that_does_not_parse_is_told_with_its_place() {
        assert_eq!(told("/a.js", "const a = 1;\nconst = 2;\n"), ["2:7 syntax"]);
    }

    #[test]
    fn what_is_right_is_not_told() {
        let document =
            "<!doctype html><link rel=stylesheet href=here.css><a href=elsewhere.html>x</a>";
        assert_eq!(told("/index.html", document), [""; 0]);
        assert_eq!(told("/a.mjs", "import 'bare'; export default 1;"), [""; 0]);
    }
}
