//! Very many files.

use std::{fs, path::Path};

use crate::support::{Larder, Site};

const FILES: usize = 100_000;

/// Fault 34.
#[test]
#[ignore = "writes 100,000 files"]
fn a_hundred_thousand_files_are_whole_when_the_url_is_told_and_take_bounded_memory() {
    let site = Site::in_memory(&[
        ("index.html", "<title>x</title>"),
        ("about.html", "<title>y</title>"),
    ]);
    for folder in 0..100 {
        let path = site.path(&format!("{folder}"));
        fs::create_dir(&path).expect("it is new");
        fill(&path, folder);
    }
    let larder = Larder::serve(&site);
    // The first request after the URL was told: whatever it asks for is there.
    for folder in [99, 0, 50] {
        let last = format!("/{folder}/{}.css", FILES / 100 - 1);
        larder
            .get(&last)
            .is(200)
            .says(content(folder, FILES / 100 - 1));
    }
    let per_file = larder.memory() / FILES as u64;
    assert!(per_file < 8 * 1024, "{per_file} bytes for each file");
}

fn fill(folder: &Path, number: usize) {
    for file in 0..FILES / 100 {
        fs::write(folder.join(format!("{file}.css")), content(number, file))
            .expect("there is room");
    }
}

fn content(folder: usize, file: usize) -> String {
    format!(".f{folder}-{file} {{ order: {file} }}\n")
}
