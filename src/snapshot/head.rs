//! Field sections that many replies share, made once per snapshot.
//!
//! A site of 50,000 files has a dozen distinct sets of fields; only the entity tag differs from one representation to the next. Each distinct set
//! is kept once, under a [`HeadId`], so that a server can turn it into its own header type when the snapshot is published, not per request.
//!
//! Uses: http · Never: policy decisions (they are made in `assemble`)

use std::collections::HashMap;

use crate::http::Fields;

/// The place of a field section in [`Heads`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeadId(u32);

impl HeadId {
    /// The index of this section in [`Heads::all`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All distinct field sections of a snapshot, without the fields that differ per representation (`ETag`) or per reply (`Content-Length`, `Date`).
#[derive(Clone, Debug, Default)]
pub struct Heads {
    all: Vec<Fields>,
    known: HashMap<Vec<(String, String)>, HeadId>,
}

impl Heads {
    /// The id of `fields`, which are added when they are new.
    pub(super) fn intern(&mut self, fields: &Fields) -> HeadId {
        let key: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_ascii_lowercase(),
                    value.as_str().to_owned(),
                )
            })
            .collect();
        *self.known.entry(key).or_insert_with(|| {
            let id =
                u32::try_from(self.all.len()).expect("far fewer than 2^32 distinct field sections");
            self.all.push(fields.clone());
            HeadId(id)
        })
    }

    /// The section `id`.
    pub fn get(&self, id: HeadId) -> &Fields {
        &self.all[id.index()]
    }

    /// All sections, in the order of their ids.
    pub fn all(&self) -> &[Fields] {
        &self.all
    }
}
