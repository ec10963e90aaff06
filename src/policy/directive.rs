//! Every key that policy.toml may hold: one row each, with what it takes, its default and one line of doc.
//!
//! The reader takes defaults from here, the messages about unknown keys take the known ones from here, and the reference is printed from
//! here, so that none of them can drift from another. The top-level policy.toml is held against this table by a test.
//!
//! Uses: http · Never: anything else

mod reference;
mod table;

pub use reference::reference_markdown;
pub use table::{KEYS, TABLES};

use crate::http::targeted::is_targeted;

/// One table of policy.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name between the brackets.
    pub name: &'static str,
    /// Whether it may be written several times: `[[rule]]`.
    pub repeated: bool,
    /// What it is for, in a sentence or three.
    pub doc: &'static str,
}

/// One key of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The table it belongs to.
    pub table: &'static str,
    /// The key as written; with `<…>` where the author chooses the name.
    pub key: &'static str,
    /// What it takes, for people.
    pub takes: &'static str,
    /// The value that holds when it is not written, as TOML.
    pub default: Option<&'static str>,
    /// What it decides, one line.
    pub doc: &'static str,
}

impl Directive {
    /// The row of `key` in `table`.
    pub fn find(table: &str, key: &str) -> Option<&'static Self> {
        KEYS.iter().find(|row| row.table == table && row.key == key)
    }

    /// Whether `table` takes `key`, also one of those of which the author chooses the name.
    pub fn is_known(table: &str, key: &str) -> bool {
        let below = || {
            TABLES
                .iter()
                .any(|known| known.name.strip_prefix(table) == Some(&format!(".{key}")))
        };
        Self::find(table, key).is_some() || (table == "rule" && is_targeted(key)) || below()
    }

    /// The keys of `table` that can be written as they stand.
    pub fn known(table: &str) -> impl Iterator<Item = &'static str> {
        KEYS.iter()
            .filter(move |row| row.table == table && !row.key.starts_with('<'))
            .map(|row| row.key)
    }
}
