//! The top-level policy.toml has every key, and says the default of each.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::*;

const FILE: &str = include_str!("../../../policy.toml");

/// The text with its examples taken out of their comments.
fn with_examples() -> String {
    let is_example = |line: &&str| {
        let key = line
            .split(" = ")
            .next()
            .unwrap_or_default()
            .trim_matches('"');
        line.starts_with("[[")
            || line.starts_with("[server.")
            || (line.contains(" = ")
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    let lines = FILE
        .lines()
        .map(|line| line.strip_prefix("# ").filter(is_example).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// Every `(table, key)` of a text.
fn keys(text: &str) -> Vec<(String, String)> {
    let document = DeTable::parse(text).unwrap();
    let mut found = Vec::new();
    for (table, value) in document.get_ref() {
        keys_of(table.get_ref(), value.get_ref(), &mut found);
    }
    found
}

/// Every key of one table, and of the tables below it.
fn keys_of(table: &str, value: &DeValue<'_>, found: &mut Vec<(String, String)>) {
    let tables: Vec<_> = match value {
        DeValue::Array(items) => items.iter().map(Spanned::get_ref).collect(),
        other => vec![other],
    };
    for (key, value) in tables.iter().flat_map(|value| value.as_table().unwrap()) {
        let below = format!("{table}.{}", key.get_ref());
        if TABLES.iter().any(|known| known.name == below) {
            keys_of(&below, value.get_ref(), found);
        } else {
            found.push((table.to_string(), key.get_ref().to_string()));
        }
    }
}

#[test]
fn nothing_written_is_the_default_policy() {
    assert_eq!(compile("policy.toml", "").policy, Some(Policy::default()));
}

#[test]
fn the_file_changes_nothing() {
    let compiled = compile("policy.toml", FILE);
    assert_eq!(compiled.diagnostics, []);
    assert_eq!(compiled.policy, Some(Policy::default()));
}

#[test]
fn the_file_writes_every_key_that_has_a_default() {
    let written = keys(FILE);
    for row in KEYS.iter().filter(|row| row.default.is_some()) {
        let repeated = TABLES
            .iter()
            .any(|table| table.name == row.table && (table.repeated || table.name.contains('.')));
        let found = written
            .iter()
            .any(|(table, key)| table == row.table && key == row.key);
        assert!(
            found || repeated,
            "policy.toml does not write {}.{}",
            row.table,
            row.key
        );
    }
}

#[test]
fn the_file_shows_every_key_that_has_none() {
    let shown = keys(&with_examples());
    for row in KEYS.iter().filter(|row| !row.key.starts_with('<')) {
        let found = shown
            .iter()
            .any(|(table, key)| table == row.table && key == row.key);
        assert!(found, "policy.toml does not show {}.{}", row.table, row.key);
    }
}

#[test]
fn the_file_has_no_key_that_is_not_in_the_table() {
    for (table, key) in keys(&with_examples()) {
        let free = table == "headers";
        assert!(
            free || Directive::find(&table, &key).is_some(),
            "{table}.{key} is in no row"
        );
    }
}

#[test]
fn the_examples_of_the_file_are_good_policies() {
    let compiled = compile("policy.toml", &with_examples());
    assert_eq!(compiled.diagnostics, []);
    let policy = compiled.policy.unwrap();
    assert!(policy.rules().len() >= 4 && policy.redirects.iter().count() >= 2);
}

#[test]
fn every_key_of_the_file_has_a_comment_above_it() {
    let lines: Vec<_> = FILE.lines().collect();
    for (place, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.contains(" = ") && !line.starts_with('#'))
    {
        assert!(
            lines[place - 1].starts_with("# "),
            "nothing is said about `{line}`"
        );
    }
}

#[test]
fn every_default_of_the_table_is_what_an_empty_text_compiles_to() {
    for row in KEYS {
        let Some(default) = row.default else { continue };
        let text = match row.table {
            "redirect" => format!(
                "[[redirect]]\nfrom = \"/a\"\nto = \"/b\"\n{} = {default}",
                row.key
            ),
            "server.acme" => format!(
                "[server.acme]\ndomains = \"example.com\"\n{} = {default}",
                row.key
            ),
            table => format!("[{table}]\n{} = {default}", row.key),
        };
        let without = text.rsplit_once('\n').unwrap().0.to_owned();
        let compiled = compile("policy.toml", &text);
        assert_eq!(compiled.diagnostics, [], "{text}");
        assert_eq!(
            compiled.policy,
            compile("policy.toml", &without).policy,
            "{text}"
        );
    }
}
