//! Globs over the path of a representation.
//!
//! Uses: globset · Never: files

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Why a glob cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadGlob {
    /// It is no glob, for this reason.
    Syntax(String),
    /// It has a slash but does not begin with one, as every path does.
    NotAbsolute,
    /// It is empty.
    Empty,
}

/// A list of globs; a path matches if any of them does.
///
/// `*` and `?` stay within a segment, `**` crosses segments, `[…]` and `{…,…}` choose. A glob without any slash is about the name in any
/// folder: `*.woff2` is `/**/*.woff2`. Case matters.
#[derive(Clone, Debug)]
pub struct PathGlobs {
    written: Vec<String>,
    set: GlobSet,
}

impl PathGlobs {
    /// Reads the globs.
    ///
    /// # Errors
    /// The place of the first glob that cannot be read, from 0, and why.
    pub fn parse<S: AsRef<str>>(globs: &[S]) -> Result<Self, (usize, BadGlob)> {
        let mut builder = GlobSetBuilder::new();
        for (index, glob) in globs.iter().enumerate() {
            let pattern = absolute(glob.as_ref()).map_err(|bad| (index, bad))?;
            let glob = GlobBuilder::new(&pattern)
                .literal_separator(true)
                .backslash_escape(true)
                .build()
                .map_err(|error| (index, BadGlob::Syntax(error.kind().to_string())))?;
            builder.add(glob);
        }
        let set = builder
            .build()
            .map_err(|error| (0, BadGlob::Syntax(error.kind().to_string())))?;
        Ok(Self {
            written: globs.iter().map(|glob| glob.as_ref().to_owned()).collect(),
            set,
        })
    }

    /// Whether any glob matches the path (absolute, decoded).
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// The globs as written.
    pub fn written(&self) -> &[String] {
        &self.written
    }
}

impl PartialEq for PathGlobs {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for PathGlobs {}

fn absolute(glob: &str) -> Result<String, BadGlob> {
    if glob.is_empty() {
        Err(BadGlob::Empty)
    } else if glob.starts_with('/') || glob.starts_with("**/") {
        Ok(glob.to_owned())
    } else if glob.contains('/') {
        Err(BadGlob::NotAbsolute)
    } else {
        Ok(format!("/**/{glob}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(glob: &str) -> PathGlobs {
        PathGlobs::parse(&[glob]).unwrap()
    }

    #[test]
    fn one_star_stays_within_a_segment() {
        assert!(globs("/assets/*.js").matches("/assets/app.js"));
        assert!(!globs("/assets/*.js").matches("/assets/deep/app.js"));
        assert!(globs("/assets/**").matches("/assets/deep/app.js"));
        assert!(globs("/assets/**/*.js").matches("/assets/app.js"));
    }

    #[test]
    fn a_glob_without_a_slash_is_about_the_name_anywhere() {
        assert!(globs("*.woff2").matches("/a.woff2"));
        assert!(globs("*.woff2").matches("/fonts/x/a.woff2"));
        assert!(!globs("*.woff2").matches("/a.woff2/b"));
    }

    #[test]
    fn case_matters_as_it_does_in_paths() {
        assert!(!globs("*.JS").matches("/a.js"));
    }

    #[test]
    fn what_could_never_match_is_refused() {
        assert_eq!(
            PathGlobs::parse(&["/ok", "assets/**"]).unwrap_err(),
            (1, BadGlob::NotAbsolute)
        );
        assert_eq!(PathGlobs::parse(&[""]).unwrap_err(), (0, BadGlob::Empty));
        assert!(matches!(
            PathGlobs::parse(&["/[a"]).unwrap_err(),
            (0, BadGlob::Syntax(_))
        ));
    }
}
