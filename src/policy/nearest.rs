//! The known word nearest to an unknown one, for "did you mean".
//!
//! Uses: std · Never: anything else

/// The candidate that takes the fewest edits to reach from `word`, if that is few enough to be a slip of the keyboard.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&fold(word), &fold(candidate)), candidate))
        .filter(|&(edits, _)| edits <= limit)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// Case, and `_` for `-`, are no difference worth an edit.
fn fold(word: &str) -> Vec<char> {
    word.chars()
        .map(|c| {
            if c == '_' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

/// Edits (insert, remove, replace, swap two neighbours) from one word to the other.
pub(crate) fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, &a) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, &b) in to.iter().enumerate() {
            let mut edits = (last[column] + usize::from(a != b))
                .min(last[column + 1] + 1)
                .min(next[column] + 1);
            if row > 0 && column > 0 && a == to[column - 1] && from[row - 1] == b {
                edits = edits.min(before[column - 1] + 1);
            }
            next.push(edits);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_the_word() {
        let known = ["cache-control", "paths", "status"];
        assert_eq!(nearest("chache-control", known), Some("cache-control"));
        assert_eq!(nearest("cache_control", known), Some("cache-control"));
        assert_eq!(nearest("Path", known), Some("paths"));
        assert_eq!(nearest("sattus", known), Some("status"));
    }

    #[test]
    fn other_words_find_nothing() {
        assert_eq!(nearest("colour", ["paths", "status"]), None);
        assert_eq!(nearest("x", ["paths"]), None);
    }
}
