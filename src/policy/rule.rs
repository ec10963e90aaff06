//! A rule that runs: its conditions, and the fields it sets.
//!
//! Uses: http · Never: request data

use std::sync::Arc;

use crate::http::{FieldName, FieldValue};

use super::{Conditions, Location};

/// Which rule of the policy, counted from 0 in the order they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub usize);

/// Fields for what its conditions describe.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its place among the rules.
    pub id: RuleId,
    /// Its name, unlike any other rule's.
    pub name: Arc<str>,
    /// When it applies.
    pub conditions: Conditions,
    /// What it sets.
    pub effects: Vec<Effect>,
    /// Where it was written.
    pub location: Location,
}

/// One field with its value, and where that was written.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The field.
    pub field: FieldName,
    /// Its value.
    pub value: FieldValue,
    /// Whether the value says `immutable`, which not everything may have.
    pub immutable: bool,
    /// Where it was written; `None` for a default.
    pub location: Option<Location>,
}

/// Two policies are the same if they decide the same: where something was written makes no difference.
impl PartialEq for Effect {
    fn eq(&self, other: &Self) -> bool {
        (&self.field, &self.value) == (&other.field, &other.value)
    }
}

impl Eq for Effect {}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.conditions, &self.effects)
            == (&other.name, &other.conditions, &other.effects)
    }
}

impl Eq for Rule {}
