//! The reference of policy.toml as Markdown, printed from the table.
//!
//! Uses: std · Never: anything else

use std::fmt::Write as _;

use super::{KEYS, TABLES};

/// The text of `docs/reference/policy.md`.
pub fn reference_markdown() -> String {
    let mut out = String::from(
        "# policy.toml\n\nPrinted from `src/policy/directive/table.rs`; edit the table, not this text.\n",
    );
    for table in TABLES {
        let (open, close) = if table.repeated {
            ("[[", "]]")
        } else {
            ("[", "]")
        };
        write!(
            out,
            "\n## `{open}{}{close}`\n\n{}\n\n",
            table.name, table.doc
        )
        .expect("a string takes any text");
        out.push_str("| key | takes | default | |\n|---|---|---|---|\n");
        for row in KEYS.iter().filter(|row| row.table == table.name) {
            let default = row
                .default
                .map_or_else(|| "–".to_owned(), |default| format!("`{default}`"));
            writeln!(
                out,
                "| `{}` | {} | {default} | {} |",
                row.key, row.takes, row.doc
            )
            .expect("a string takes any text");
        }
    }
    out.push_str(UNITS);
    out
}

const UNITS: &str = "\n## Units\n\n\
- A size is a whole number of bytes, or text with a unit: `\"256B\"`, `\"64KiB\"`, `\"1MiB\"`, `\"2GiB\"`.\n\
- A duration is text with a unit: `\"500ms\"`, `\"5s\"`, `\"2m\"`, `\"1h\"`; thirty days (`\"720h\"`) at most.\n\
- A path begins with `/` and is written decoded: `/my page.html`, not `/my%20page.html`.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_names_every_key() {
        let text = reference_markdown();
        for row in KEYS {
            assert!(text.contains(&format!("| `{}` |", row.key)), "{}", row.key);
        }
    }

    #[test]
    fn every_row_belongs_to_a_table() {
        for row in KEYS {
            assert!(
                TABLES.iter().any(|table| table.name == row.table),
                "{}",
                row.table
            );
        }
    }
}
