//! Work that is spread over the cores.
//!
//! Uses: rayon · Never: files

use rayon::prelude::*;

/// Does `work` on each of `items`, and gives what comes of it in their order. A lone one is worked on here: when somebody saved a file, waking another
/// thread takes as long as reading it.
pub fn on_all_cores<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> R + Send + Sync,
) -> Vec<R> {
    if items.len() <= 1 {
        items.into_iter().map(work).collect()
    } else {
        items.into_par_iter().map(work).collect()
    }
}
