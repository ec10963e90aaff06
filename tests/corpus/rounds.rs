//! Visits a site before and after, again if need be: what differs only sometimes is not larder's doing.

use std::panic;

use crate::{
    difference::{Difference, differences},
    release::Release,
    seen::Seen,
    visitor::Visitor,
};

/// A difference has to show in each of so many rounds; the first round without one ends the matter.
const ROUNDS: usize = 3;

/// What comparing a site with its release gave.
pub(crate) struct Compared {
    /// What differs, every time.
    pub(crate) differences: Vec<Difference>,
    /// What differed in some rounds only: a race, or a script that draws lots.
    pub(crate) now_and_then: Vec<Difference>,
    /// The last crawl of the release.
    pub(crate) after: Seen,
    /// How many documents were visited.
    pub(crate) documents: usize,
    /// How many rounds it took.
    pub(crate) rounds: usize,
}

/// Compares; `others` are visited besides `entry`, or what that links to if there are none.
///
/// # Errors
/// When the browser did not get through.
pub(crate) fn compare(
    release: &Release,
    entry: &str,
    others: &[String],
) -> Result<Compared, String> {
    let mut found: Option<Compared> = None;
    let mut trouble = String::new();
    for round in 1..=ROUNDS {
        let crawled = panic::catch_unwind(|| one_round(release, entry, others));
        let (now, after, documents) = match crawled {
            Ok(crawled) => crawled,
            Err(panicked) => {
                trouble = panicked
                    .downcast_ref::<String>()
                    .cloned()
                    .unwrap_or_else(|| "the browser gave up".to_owned());
                continue;
            }
        };
        let (differences, now_and_then) = match found {
            Some(before) => {
                let (kept, gone): (Vec<_>, Vec<_>) = before
                    .differences
                    .into_iter()
                    .partition(|difference| now.contains(difference));
                (kept, [before.now_and_then, gone].concat())
            }
            None => (now, Vec::new()),
        };
        let is_settled = differences.is_empty();
        found = Some(Compared {
            differences,
            now_and_then,
            after,
            documents,
            rounds: round,
        });
        if is_settled {
            break;
        }
    }
    found.ok_or(trouble)
}

fn one_round(release: &Release, entry: &str, others: &[String]) -> (Vec<Difference>, Seen, usize) {
    let larder = release.serve_before();
    let (before, others) = Visitor::to(&larder, None).crawl(entry, others, &release.documents());
    drop(larder);
    let larder = release.serve_after();
    let (after, _) = Visitor::to(&larder, Some(&release.names)).crawl(entry, &others, &[]);
    (differences(&before, &after), after, 1 + others.len())
}
