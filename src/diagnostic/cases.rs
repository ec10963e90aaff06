//! What every kind of finding has to bring along, of a policy or of a site: cases that raise it, cases that only look like it, and a doc.
//!
//! Uses: std · Never: anything else

use std::fmt::{Debug, Display};

/// One kind of finding, as its tests see it.
pub(crate) struct Kind<'k, C> {
    pub(crate) code: C,
    pub(crate) doc: &'k str,
    pub(crate) raises: &'k [&'k str],
    pub(crate) passes: &'k [&'k str],
}

impl<C: Copy + PartialEq + Debug + Display> Kind<'_, C> {
    /// All that is missing or wrong, if anything is. `codes` are those of what is found in a case.
    pub(crate) fn faults(&self, codes: impl Fn(&str) -> Vec<C>) -> Vec<String> {
        let code = self.code;
        let mut faults = Vec::new();
        if self.raises.is_empty() {
            faults.push(format!("{code} has no case that raises it"));
        }
        if self.passes.is_empty() {
            faults.push(format!("{code} has no case that must not raise it"));
        }
        for case in self.raises {
            let found = codes(case);
            if !found.contains(&code) {
                faults.push(format!("{code} is not raised by:\n{case}\nbut {found:?}"));
            }
        }
        for case in self.passes {
            if codes(case).contains(&code) {
                faults.push(format!("{code} is raised by:\n{case}"));
            }
        }
        let headings = self.doc.lines().filter(|line| line.starts_with("# "));
        let headings: Vec<_> = headings.collect();
        if headings != ["# What", "# Why", "# Example", "# Spec"] {
            faults.push(format!("{code} has a doc with the headings {headings:?}"));
        }
        faults
    }
}

/// A kind that finds the word `bad` is whole; without any one of its parts it is not.
#[test]
fn a_finding_without_a_case_or_with_a_wrong_one_is_told() {
    const DOC: &str = "# What\n# Why\n# Example\n# Spec\n";
    let codes = |case: &str| Vec::from_iter(case.contains("bad").then_some("bad"));
    let faults = |raises: &[&str], passes: &[&str], doc: &str| {
        let kind = Kind {
            code: "bad",
            doc,
            raises,
            passes,
        };
        kind.faults(codes).len()
    };
    assert_eq!(faults(&["bad"], &["good"], DOC), 0);
    for (raises, passes, doc) in [
        (&[][..], &["good"][..], DOC),
        (&["bad"], &[], DOC),
        (&["good"], &["good"], DOC),
        (&["bad"], &["bad"], DOC),
        (&["bad"], &["good"], "# What\n# Why\n"),
    ] {
        assert_eq!(
            faults(raises, passes, doc),
            1,
            "{raises:?} {passes:?} {doc}"
        );
    }
}
