//! Where findings are collected until everything has been read.
//!
//! Uses: std · Never: anything else

use super::{Diagnostic, Severity};

/// Collects findings in the order they are made, and hands them out in the order of the source.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Whether any finding so far is an error.
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether nothing was found so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many were found so far.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// The findings as made.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// The findings in the order of their places; those without a place first, of one place the heavier first, equal ones once.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|one, other| {
            (&one.file, one.span())
                .cmp(&(&other.file, other.span()))
                .then(other.severity.cmp(&one.severity))
                .then(one.code.cmp(&other.code))
        });
        self.found.dedup();
        self.found
    }
}

impl<'s> IntoIterator for &'s Sink {
    type Item = &'s Diagnostic;
    type IntoIter = std::slice::Iter<'s, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<Diagnostic> for Sink {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.found.extend(diagnostics);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Span};
    use super::*;

    fn at(start: usize, severity: Severity) -> Diagnostic {
        Diagnostic::new(Code::BadValue, severity, "x").label(Span::new(start, start + 1), "")
    }

    #[test]
    fn findings_come_in_the_order_of_the_source_and_once() {
        let mut sink = Sink::new();
        sink.push(at(9, Severity::Error));
        sink.push(at(2, Severity::Warning));
        sink.push(at(2, Severity::Error));
        sink.push(at(9, Severity::Error));
        let order: Vec<_> = sink
            .sorted()
            .iter()
            .map(|diagnostic| {
                (
                    diagnostic.span().map(|span| span.start),
                    diagnostic.severity,
                )
            })
            .collect();
        assert_eq!(
            order,
            [
                (Some(2), Severity::Error),
                (Some(2), Severity::Warning),
                (Some(9), Severity::Error)
            ]
        );
    }

    #[test]
    fn warnings_are_not_errors() {
        let mut sink = Sink::new();
        sink.push(at(0, Severity::Warning));
        assert!(!sink.has_errors());
        sink.push(at(0, Severity::Error));
        assert!(sink.has_errors());
    }
}
