//! What is known of a folder beyond what it answers.
//!
//! Uses: std · Never: files (an edge looks)

/// Facts about the files of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The paths that are served, sorted.
    pub paths: Vec<String>,
    /// What documents and styles name and the site does not have: who names it, what.
    pub dangling: Vec<(String, String)>,
    /// Coded forms that lie beside a file.
    pub siblings: Vec<Sibling>,
    /// What is in the folder and for nobody, as the policy has it.
    pub private: Vec<String>,
    /// What else is in the folder and not served, with the reason.
    pub withheld: Vec<(String, String)>,
}

/// A `.br`, `.gz` or `.zst` beside a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sibling {
    /// Its path.
    pub path: String,
    /// What is wrong with it, if anything is.
    pub fault: Option<String>,
}
