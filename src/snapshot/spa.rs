//! Which document answers history-API routes, and why.
//!
//! Uses: policy · Never: the request (whether a request is a navigation is `origin`'s question)

use std::fmt;

use crate::policy::Spa;

/// What was found out about history-API routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpaChoice {
    /// The policy names the document.
    Named(String),
    /// The policy names a document that the site does not have.
    NamedButMissing(String),
    /// The site has a `/200.html`, the field's name for such a document.
    TwoHundred,
    /// `/index.html` is the only document.
    OnlyDocument,
    /// The policy switches it off.
    SwitchedOff,
    /// Several documents and no `/200.html`: an ordinary site.
    SeveralDocuments(usize),
    /// No document at `/index.html`.
    NoDocument,
}

impl SpaChoice {
    /// Chooses among `documents`, the sorted paths of all documents of a site.
    pub fn of(setting: &Spa, documents: &[&str]) -> Self {
        let has = |path: &str| documents.binary_search(&path).is_ok();
        match setting {
            Spa::Off => Self::SwitchedOff,
            Spa::Document(path) if has(path) => Self::Named(path.clone()),
            Spa::Document(path) => Self::NamedButMissing(path.clone()),
            Spa::Auto if has("/200.html") => Self::TwoHundred,
            Spa::Auto if documents == ["/index.html"] => Self::OnlyDocument,
            Spa::Auto if !has("/index.html") => Self::NoDocument,
            Spa::Auto => Self::SeveralDocuments(documents.len()),
        }
    }

    /// The path of the document, if there is one.
    pub fn document(&self) -> Option<&str> {
        match self {
            Self::Named(path) => Some(path),
            Self::TwoHundred => Some("/200.html"),
            Self::OnlyDocument => Some("/index.html"),
            _ => None,
        }
    }
}

impl fmt::Display for SpaChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(path) => write!(
                formatter,
                "history-API routes get {path} (policy: site.spa)"
            ),
            Self::NamedButMissing(path) => write!(
                formatter,
                "site.spa names {path}, which the site does not have: unknown routes get 404"
            ),
            Self::TwoHundred => write!(
                formatter,
                "single-page app: history-API routes get /200.html"
            ),
            Self::OnlyDocument => write!(
                formatter,
                "single-page app: /index.html is the only document, so history-API routes get it"
            ),
            Self::SwitchedOff => write!(
                formatter,
                "unknown routes get 404 (policy: site.spa = false)"
            ),
            Self::SeveralDocuments(count) => write!(
                formatter,
                "{count} documents, so not taken for a single-page app: unknown routes get 404 (site.spa names a document to change that)"
            ),
            Self::NoDocument => write!(
                formatter,
                "no document at /index.html: unknown routes get 404"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_index_is_a_single_page_app() {
        assert_eq!(
            SpaChoice::of(&Spa::Auto, &["/index.html"]).document(),
            Some("/index.html")
        );
    }

    #[test]
    fn a_second_document_makes_an_ordinary_site() {
        let choice = SpaChoice::of(&Spa::Auto, &["/about.html", "/index.html"]);
        assert_eq!(choice, SpaChoice::SeveralDocuments(2));
        assert_eq!(choice.document(), None);
    }

    #[test]
    fn a_200_html_wins_over_the_index() {
        assert_eq!(
            SpaChoice::of(&Spa::Auto, &["/200.html", "/index.html"]).document(),
            Some("/200.html")
        );
    }

    #[test]
    fn a_lone_document_elsewhere_is_no_app() {
        assert_eq!(
            SpaChoice::of(&Spa::Auto, &["/docs/index.html"]).document(),
            None
        );
    }

    #[test]
    fn a_named_document_must_exist() {
        let setting = Spa::Document("/app.html".to_owned());
        assert_eq!(
            SpaChoice::of(&setting, &["/app.html", "/index.html"]).document(),
            Some("/app.html")
        );
        assert_eq!(
            SpaChoice::of(&setting, &["/index.html"]),
            SpaChoice::NamedButMissing("/app.html".to_owned())
        );
    }
}
