//! How many instructions a request takes in the pure parts, counted by callgrind and compared with what is written down.
//!
//! Times on a shared machine are noise; the count is the same each time. What is written down is `benches/instructions.txt`: a
//! case, and its instructions per request. A case that takes a tenth more fails; so does one that nobody wrote down.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, bail, ensure};

use crate::{
    cargo::{benchmark_in, root, target},
    debian,
};

/// Where the counts are written down.
const WRITTEN: &str = "benches/instructions.txt";

/// How many more instructions than written down are too many, in percent; how many fewer ask for new figures.
const TOLERANCE: u64 = 10;

/// The function that is counted in, as callgrind's patterns have it.
const COUNTED: &str = "instructions::counted*";

/// `cargo xtask instructions [--write]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let write = match arguments {
        [] => false,
        [flag] if flag == "--write" => true,
        _ => bail!("`--write`, or nothing"),
    };
    let counts = count()?;
    if write {
        let lines: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let lines = lines.join("\n") + "\n";
        fs::write(root().join(WRITTEN), lines)?;
        println!("{WRITTEN}: {} cases", counts.len());
        return Ok(ExitCode::SUCCESS);
    }
    Ok(if compare(&written()?, &counts) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The step of `cargo xtask test`: is every case within what is written down?
pub(crate) fn check() -> anyhow::Result<bool> {
    Ok(compare(&written()?, &count()?))
}

type Counts = BTreeMap<String, u64>;

/// Counts each case, in a process of its own.
fn count() -> anyhow::Result<Counts> {
    let valgrind = debian::find_or_install("valgrind", &["valgrind"])?;
    let program = benchmark_in("counts", "instructions")?;
    let listed = Command::new(&program).output()?;
    ensure!(listed.status.success(), "the cases cannot be listed");
    let listed = String::from_utf8(listed.stdout)?;
    let mut counts = Counts::new();
    for line in listed.lines() {
        let (name, times) = line.split_once(' ').context("`NAME TIMES`")?;
        let total = callgrind(&valgrind, &program, name)?;
        counts.insert(name.to_owned(), total / times.parse::<u64>()?);
    }
    ensure!(!counts.is_empty(), "there are no cases");
    Ok(counts)
}

/// Instructions in [`COUNTED`] while the case `name` is asked.
fn callgrind(valgrind: &Path, program: &Path, name: &str) -> anyhow::Result<u64> {
    let out = target()?.join("tmp").join("callgrind.out");
    fs::create_dir_all(out.parent().expect("it was joined"))?;
    let output = Command::new(valgrind)
        .arg("--tool=callgrind")
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .arg(name)
        // Where the environment lies in memory moves the stack, and with it alignment: none, then.
        .env_clear()
        .stdin(Stdio::null())
        .output()?;
    ensure!(
        output.status.success(),
        "callgrind failed on {name}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let total = total(&fs::read_to_string(&out)?).context("callgrind wrote no total")?;
    ensure!(total > 0, "callgrind found no function {COUNTED}");
    Ok(total)
}

/// The line `totals: N` of what callgrind wrote.
fn total(out: &str) -> Option<u64> {
    let line = out.lines().find_map(|line| line.strip_prefix("totals: "))?;
    line.trim().parse().ok()
}

fn written() -> anyhow::Result<Counts> {
    let text = fs::read_to_string(root().join(WRITTEN))
        .with_context(|| format!("{WRITTEN}: `cargo xtask instructions --write` makes it"))?;
    text.lines()
        .map(|line| {
            let (name, count) = line.split_once(' ').context("`NAME COUNT`")?;
            Ok((name.to_owned(), count.parse()?))
        })
        .collect()
}

/// Prints both side by side; says whether all is well.
fn compare(written: &Counts, counts: &Counts) -> bool {
    let mut well = true;
    println!("{:<24} {:>9} {:>9}", "instructions", "written", "now");
    for (name, now) in counts {
        let (before, verdict) = match written.get(name) {
            None => (String::from("-"), Verdict::Unknown),
            Some(before) => (before.to_string(), verdict(*before, *now)),
        };
        well &= !matches!(verdict, Verdict::TooMany | Verdict::Unknown);
        println!("{name:<24} {before:>9} {now:>9}  {}", verdict.says());
    }
    for name in written.keys().filter(|name| !counts.contains_key(*name)) {
        println!("{name}: written down, and no case any more");
        well = false;
    }
    if !well {
        println!(
            "If this is meant: `cargo xtask instructions --write`, and the reason in the commit"
        );
    }
    well
}

enum Verdict {
    Same,
    Fewer,
    TooMany,
    Unknown,
}

impl Verdict {
    fn says(&self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Fewer => "fewer: write it down, so that they stay away",
            Self::TooMany => "TOO MANY",
            Self::Unknown => "NOT WRITTEN DOWN",
        }
    }
}

fn verdict(before: u64, now: u64) -> Verdict {
    if now * 100 > before * (100 + TOLERANCE) {
        Verdict::TooMany
    } else if now * 100 < before * (100 - TOLERANCE) {
        Verdict::Fewer
    } else {
        Verdict::Same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, u64)]) -> Counts {
        of.iter()
            .map(|(name, count)| ((*name).to_owned(), *count))
            .collect()
    }

    #[test]
    fn a_tenth_more_is_too_many() {
        let written = counts(&[("found", 1000)]);
        assert!(compare(&written, &counts(&[("found", 1100)])));
        assert!(!compare(&written, &counts(&[("found", 1101)])));
        assert!(compare(&written, &counts(&[("found", 1)])));
    }

    #[test]
    fn a_case_is_written_down_and_what_is_written_down_is_a_case() {
        let (one, two) = (counts(&[("a", 1)]), counts(&[("a", 1), ("b", 1)]));
        assert!(!compare(&one, &two));
        assert!(!compare(&two, &one));
    }

    #[test]
    fn callgrinds_total_is_read() {
        assert_eq!(total("events: Ir\n0 1\ntotals: 1234\n"), Some(1234));
        assert_eq!(total("events: Ir\n"), None);
    }
}
