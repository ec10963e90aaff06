//! Every input that is kept for the fuzzers, through the property it is kept for: what was found once is never found again.
//!
//! The fuzzers themselves need the nightly compiler and run on their own: see `fuzz/README.md`.

#[path = "../fuzz/properties/mod.rs"]
mod properties;

use std::{
    collections::BTreeSet,
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("it can be read").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

#[test]
fn every_input_keeps_the_property_it_is_kept_for() {
    let mut broken = Vec::new();
    for (name, _) in properties::TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let mut inputs: Vec<PathBuf> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("it can be read").path())
            .collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "{name} has no inputs");
        for input in inputs {
            let data = fs::read(&input).expect("it can be read");
            // The fault itself is printed when it happens; this says where.
            if catch_unwind(|| properties::run(name, &data)).is_err() {
                broken.push(input);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_target_has_its_property_its_program_and_its_inputs() {
    let known: BTreeSet<String> = properties::TARGETS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(names_in(&fuzz().join("fuzz_targets")), known);
    assert_eq!(names_in(&fuzz().join("corpus")), known);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("it is there");
    for name in &known {
        let program = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&program), "fuzz/Cargo.toml lacks {name}");
        let target = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs")))
            .expect("it is there");
        assert!(
            target.contains(&format!("properties::run(\"{name}\", data)")),
            "{name} tries another property"
        );
    }
}
