//! Which fields of a request select a stored response, and whether another request has the same.
//!
//! Compared as written but for the whitespace around members and lines: a cache that knew more about a field could find more requests
//! alike (RFC 9111 §4.1), and none has to.
//!
//! Implements RFC 9110 §12.5.5, RFC 9111 §4.1.
//!
//! Uses: `fields`, `list` · Never: negotiation itself

use crate::http::{FieldSource, list, names};

/// The value of `Vary`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Vary {
    /// It is not there: every request gets this response.
    #[default]
    Nothing,
    /// These fields select it; lower case, each once, in the order they were named.
    Fields(Vec<String>),
    /// `*`: something else does, too, so that no later request can be known to match.
    Anything,
}

impl Vary {
    /// Reads all lines of `Vary`.
    pub fn read(fields: &impl FieldSource) -> Self {
        let mut selecting: Vec<String> = Vec::new();
        for line in fields.lines(names::VARY) {
            for member in list::split(line, b',').filter(|member| !member.is_empty()) {
                if member == b"*" {
                    return Self::Anything;
                }
                let name = String::from_utf8_lossy(member).to_ascii_lowercase();
                if !selecting.contains(&name) {
                    selecting.push(name);
                }
            }
        }
        if selecting.is_empty() {
            Self::Nothing
        } else {
            Self::Fields(selecting)
        }
    }
}

/// What a request said in the fields that select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selecting(Vec<(String, Vec<Vec<u8>>)>);

impl Selecting {
    /// Of the request that brought a response with this `vary`.
    pub fn of(vary: &Vary, request: &impl FieldSource) -> Self {
        let names: &[String] = match vary {
            Vary::Fields(names) => names,
            Vary::Nothing | Vary::Anything => &[],
        };
        Self(
            names
                .iter()
                .map(|name| (name.clone(), members(request, name)))
                .collect(),
        )
    }

    /// The first selecting field in which `request` differs.
    pub fn difference(&self, request: &impl FieldSource) -> Option<&str> {
        let Self(selecting) = self;
        selecting
            .iter()
            .find(|(name, known)| *known != members(request, name))
            .map(|(name, _)| name.as_str())
    }
}

/// The members of all lines, in order; a field that is not there is unlike an empty one only to those who care.
fn members(request: &impl FieldSource, name: &str) -> Vec<Vec<u8>> {
    request
        .lines(name)
        .flat_map(|line| list::split(line, b','))
        .filter(|member| !member.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}
