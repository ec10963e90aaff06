//! Findings that are right as they are, and why: `xtask/judges.toml`.

use std::fs;

use anyhow::{Context, ensure};

use crate::cargo::root;

/// So many characters of what a finding is about are printed.
const LINE: usize = 120;

/// What a judge found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Its short name, as the judge calls it.
    pub(crate) code: String,
    /// What it is about: a case, a URL.
    pub(crate) about: String,
    /// What the judge says.
    pub(crate) says: String,
}

/// One explanation.
struct Explanation {
    judge: String,
    code: String,
    /// The finding is explained where this text is part of what it is about, or of what is said.
    about: String,
    section: String,
    why: String,
}

/// All of them.
pub(crate) struct Explained(Vec<Explanation>);

impl Explained {
    /// Reads the file.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let path = root().join("xtask/judges.toml");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let table: toml::Table = text.parse()?;
        let list = table.get("explained").and_then(toml::Value::as_array);
        let explanations = list.into_iter().flatten().map(|entry| {
            let key = |name: &str| {
                let value = entry.get(name).and_then(toml::Value::as_str);
                value
                    .map(str::to_owned)
                    .with_context(|| format!("an explanation without `{name}`: {entry}"))
            };
            let explanation = Explanation {
                judge: key("judge")?,
                code: key("code")?,
                about: key("about")?,
                section: key("section")?,
                why: key("why")?,
            };
            ensure!(
                !explanation.why.is_empty(),
                "an explanation that explains nothing: {entry}"
            );
            Ok(explanation)
        });
        Ok(Self(explanations.collect::<anyhow::Result<_>>()?))
    }

    /// Prints what one judge found; says how much of it is not explained, or explained without need.
    pub(crate) fn report(&self, judge: &str, findings: &[Finding]) -> usize {
        let mine: Vec<&Explanation> = self.0.iter().filter(|known| known.judge == judge).collect();
        let mut failed = 0;
        for finding in findings {
            if !mine.iter().any(|known| known.explains(finding)) {
                // Some targets are 9 KiB long, which is what they are about.
                let about: String = finding.about.chars().take(LINE).collect();
                println!("✗ {} · {about} · {}", finding.code, finding.says);
                failed += 1;
            }
        }
        for known in &mine {
            let count = findings
                .iter()
                .filter(|finding| known.explains(finding))
                .count();
            if count == 0 {
                println!(
                    "✗ {} · {} · explained, and found no more: remove it",
                    known.code, known.about
                );
                failed += 1;
            } else {
                println!(
                    "  {} × {} ({}): {}",
                    known.code, count, known.section, known.why
                );
            }
        }
        println!(
            "{judge}: {} found, {failed} left unexplained",
            findings.len()
        );
        failed
    }
}

impl Explanation {
    fn explains(&self, finding: &Finding) -> bool {
        self.code == finding.code
            && (finding.about.contains(&self.about) || finding.says.contains(&self.about))
    }
}
