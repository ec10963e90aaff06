//! What chores write into pages that people write, too: the text between two marks, and nothing else.

use anyhow::Context;

/// The mark behind what a chore writes.
const END: &str = "<!-- end -->";

/// `page` with `text` between the mark of `chore` (`cargo xtask …`) and the next end.
pub(crate) fn splice(page: &str, chore: &str, text: &str) -> anyhow::Result<String> {
    let begin = format!("<!-- {chore} -->");
    let (before, rest) = page
        .split_once(&begin)
        .with_context(|| format!("no line {begin}"))?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("no line {END} behind {begin}"))?;
    Ok(format!(
        "{before}{begin}\n\n{}\n\n{END}{after}",
        text.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::splice;

    #[test]
    fn a_chore_writes_between_its_marks_and_nowhere_else() {
        let page = "a\n<!-- cargo xtask x -->\nold\n<!-- end -->\nz\n<!-- end -->\n";
        let new = splice(page, "cargo xtask x", "new\n").unwrap();
        assert_eq!(
            new,
            "a\n<!-- cargo xtask x -->\n\nnew\n\n<!-- end -->\nz\n<!-- end -->\n"
        );
        assert!(splice(page, "cargo xtask y", "new").is_err());
    }
}
