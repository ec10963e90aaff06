//! The last look before anything is published: is every edited resource exactly its original, but for the names?
//!
//! It trusts nothing of the plan but the names. The output is scanned anew, against the inventory of the output: it must hold the same
//! references in the same order, each to where its target is now; and with all fingerprints and renewed digests taken out again, it must be
//! the original, byte for byte.
//!
//! Uses: scan, plan · Never: files, clock

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use super::decide::Decision;
use super::plan::Plan;
use super::reference::{IntegrityRecord, Scanned};
use super::scan::scan_known;
use super::site::{FileId, Site};
use super::source_map::same_but_columns;
use super::splice::{Edit, normalise, splice};

/// What is wrong with an output: it must not be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The output has other references than the original.
    References {
        /// The resource.
        path: String,
        /// How many the original has.
        before: usize,
        /// How many the output has.
        after: usize,
    },
    /// A reference leads elsewhere than before.
    Target {
        /// The resource.
        path: String,
        /// Where it should lead.
        expected: String,
        /// Where it leads.
        found: String,
    },
    /// Something else than names and digests changed.
    Bytes {
        /// The resource.
        path: String,
    },
    /// The output can no longer be read.
    Unreadable {
        /// The resource.
        path: String,
    },
}

impl Fault {
    /// The resource at fault.
    pub fn path(&self) -> &str {
        match self {
            Self::References { path, .. }
            | Self::Target { path, .. }
            | Self::Bytes { path }
            | Self::Unreadable { path } => path,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::References {
                path,
                before,
                after,
            } => {
                write!(
                    formatter,
                    "{path} had {before} references and has {after} after editing"
                )
            }
            Self::Target {
                path,
                expected,
                found,
            } => {
                write!(
                    formatter,
                    "a reference in {path} leads to {found} instead of {expected}"
                )
            }
            Self::Bytes { path } => {
                write!(formatter, "bytes of {path} outside its references changed")
            }
            Self::Unreadable { path } => write!(formatter, "{path} cannot be read after editing"),
        }
    }
}

/// Compares outputs with originals. May be shared between threads.
pub struct Verifier<'p> {
    plan: &'p Plan,
    output: Site,
}

impl<'p> Verifier<'p> {
    /// A verifier of what `plan` renders.
    pub fn new(plan: &'p Plan) -> Self {
        let site = plan.site();
        let renamed = site
            .ids()
            .filter_map(|file| plan.renamed(file))
            .map(str::to_owned);
        Self {
            plan,
            output: site.with(renamed),
        }
    }

    /// Is `rendered` what `original`, the content of `file`, should have become?
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn verify(&self, file: FileId, original: &Bytes, rendered: &Bytes) -> Result<(), Fault> {
        if original == rendered && !self.plan.has_edits(file) {
            return Ok(());
        }
        let path = self.plan.site().path(file).to_owned();
        if matches!(
            self.plan.decision(file),
            Decision::Foreign(_) | Decision::Locked(_)
        ) {
            // Equal names promise equal bytes; these were promised by somebody else.
            return if original == rendered {
                Ok(())
            } else {
                Err(Fault::Bytes { path })
            };
        }
        if self.plan.is_patched_map(file) {
            return if same_but_columns(original, rendered) {
                Ok(())
            } else {
                Err(Fault::Bytes { path })
            };
        }
        let before = self.plan.scanned(file);
        let Some(id) = self.output.find(&path) else {
            return Err(Fault::Unreadable { path });
        };
        // Its digest is not compared: the bytes are.
        let after = scan_known(&self.output, id, rendered, before.digest);
        if after.unreadable != before.unreadable {
            return Err(Fault::Unreadable { path });
        }
        let mut undo = self.references(before, &after, rendered)?;
        undo.extend(self.records(before, &after, rendered));
        undo.extend(policies(before, &after, original));
        if splice(rendered, &normalise(undo, rendered.len())) == original {
            Ok(())
        } else {
            Err(Fault::Bytes { path })
        }
    }

    /// Compares the references, and gives the edits that take the fingerprints out.
    fn references(
        &self,
        before: &Scanned,
        after: &Scanned,
        rendered: &Bytes,
    ) -> Result<Vec<Edit>, Fault> {
        let path = || self.plan.site().path(before.file).to_owned();
        if before.references.len() != after.references.len() {
            return Err(Fault::References {
                path: path(),
                before: before.references.len(),
                after: after.references.len(),
            });
        }
        let mut undo = Vec::new();
        for ((old, renamed), new) in self.plan.renamed_references(before).zip(&after.references) {
            let expected = renamed.map_or(self.plan.site().path(old.target), |(path, _)| path);
            let found = self.output.path(new.target);
            if found != expected || old.place != new.place {
                return Err(Fault::Target {
                    path: path(),
                    expected: expected.to_owned(),
                    found: found.to_owned(),
                });
            }
            if let Some((_, fingerprint)) = renamed {
                let span: Range<usize> =
                    new.insert.saturating_sub(fingerprint.len() + 1)..new.insert;
                let inserted = rendered
                    .get(span.clone())
                    .and_then(|bytes| bytes.strip_prefix(b"."));
                if inserted != Some(fingerprint.as_bytes()) {
                    return Err(Fault::Bytes { path: path() });
                }
                undo.push(Edit {
                    span,
                    text: String::new(),
                });
            }
        }
        Ok(undo)
    }

    /// The edits that put the old integrity records back, and take away those that were added.
    fn records(&self, before: &Scanned, after: &Scanned, rendered: &Bytes) -> Vec<Edit> {
        let attribute = b" integrity=\"";
        let mut old = before.integrity.iter().peekable();
        after
            .integrity
            .iter()
            .filter_map(|new| {
                let same = |old: &&IntegrityRecord| {
                    old.value == new.value || self.plan.renewed(old) == Some(new.value.as_str())
                };
                if let Some(old) = old.next_if(same) {
                    return Some(Edit {
                        span: new.span.clone(),
                        text: old.raw.clone(),
                    });
                }
                // A digest in a policy that comes to be that of an added record was there before.
                let start = new.span.start.checked_sub(attribute.len())?;
                (rendered.get(start..new.span.start)? == attribute).then(|| Edit {
                    span: start..new.span.end + 1,
                    text: String::new(),
                })
            })
            .collect()
    }
}

/// The edits that put the old digests of inline scripts back into policies.
fn policies(before: &Scanned, after: &Scanned, original: &Bytes) -> Vec<Edit> {
    before
        .inline
        .iter()
        .zip(&after.inline)
        .map(|(old, new)| Edit {
            span: new.span.clone(),
            text: String::from_utf8_lossy(&original[old.span.clone()]).into_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{Settings, scan};

    const SITE: &[(&str, &str)] = &[
        ("/a.css", "@import 'b.css';a{b:url(c.png)}"),
        ("/b.css", "b{}"),
        ("/c.png", "png"),
        ("/d.png", "other"),
        (
            "/i.html",
            "<link rel=stylesheet href=a.css><img src=c.png><img src=d.png><script type=module>import './m.js'</script>",
        ),
        ("/m.js", "1"),
    ];

    fn plan() -> Plan {
        let settings = Settings::default();
        let site = Site::new(SITE.iter().map(|(path, _)| (*path).to_owned()), &settings);
        let content = |path: &str| {
            SITE.iter()
                .find(|(own, _)| *own == path)
                .map(|(_, text)| Bytes::from(*text))
        };
        let scanned = site
            .ids()
            .map(|file| scan(&site, file, &content(site.path(file)).expect("there")))
            .collect();
        Plan::new(site, scanned, &settings, &content)
    }

    fn check(path: &str, fault: impl Fn(&str) -> String) -> Result<(), Fault> {
        let plan = plan();
        let file = plan.site().find(path).expect("there");
        let original = Bytes::from(SITE.iter().find(|(own, _)| *own == path).expect("there").1);
        let rendered = plan.render(file, &original);
        let text = String::from_utf8(rendered.to_vec()).expect("UTF-8");
        Verifier::new(&plan).verify(file, &original, &Bytes::from(fault(&text)))
    }

    #[test]
    fn what_was_planned_passes() {
        for (path, _) in SITE {
            assert_eq!(check(path, str::to_owned), Ok(()), "{path}");
        }
    }

    #[test]
    fn a_file_that_was_never_scanned_keeps_its_name() {
        let settings = Settings::default();
        let site = Site::new(
            ["/a.css", "/b.png", "/i.html"].map(str::to_owned),
            &settings,
        );
        let html = b"<link rel=stylesheet href=a.css><img src=b.png>";
        let id = |path: &str| site.find(path).expect("there");
        let scanned = vec![
            scan(&site, id("/i.html"), html),
            scan(&site, id("/b.png"), b""),
        ];
        let plan = Plan::new(site, scanned, &settings, &|_| None);
        let id = |path: &str| plan.site().find(path).expect("there");
        assert_eq!(plan.renamed(id("/a.css")), None);
        assert!(plan.renamed(id("/b.png")).is_some());
        let rendered = plan.render(id("/i.html"), &Bytes::from_static(html));
        assert!(rendered.starts_with(b"<link rel=stylesheet href=a.css><img src=b."));
    }

    #[test]
    fn an_injected_fault_is_caught() {
        let plan = plan();
        let name = |path: &str| {
            plan.renamed(plan.site().find(path).expect("there"))
                .expect("renamed")[1..]
                .to_owned()
        };
        assert!(matches!(
            check("/i.html", |text| text.replace("<img", "<IMG")),
            Err(Fault::Bytes { .. })
        ));
        assert!(matches!(
            check("/i.html", |text| text.replace(&name("/c.png"), "c.png")),
            Err(Fault::Target { .. })
        ));
        assert!(matches!(
            check("/i.html", |text| text
                .replace(&name("/c.png"), &name("/d.png"))),
            Err(Fault::Target { .. })
        ));
        assert!(matches!(
            check("/a.css", |text| text.replace("url(", "nope(")),
            Err(Fault::References { .. })
        ));
        assert!(matches!(
            check("/a.css", |text| format!("{text} ")),
            Err(Fault::Bytes { .. })
        ));
        assert!(check("/i.html", |text| text.replace("import '", "import x = '")).is_err());
    }
}
