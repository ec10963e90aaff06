//! Looking at a site: a live one, or a folder as larder would serve it. What comes of it is judged elsewhere.
//!
//! Uses: findings, client, build · Never: judgement, printing

mod folder;
mod live;

pub use folder::{Folder, folder};
pub use live::{AuditError, Progress, live};
