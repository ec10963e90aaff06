//! What is in packaging/ says what it should, as far as it can be told without a service manager.

use std::{fs, path::Path, process::Command};

fn unit(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packaging/systemd")
        .join(name);
    fs::read_to_string(path).expect("the unit is there")
}

#[test]
fn the_command_line_of_the_unit_is_one_that_larder_takes() {
    let unit = unit("larder.service");
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/larder "))
        .expect("the unit starts larder");
    // The site and the policy are those of this package: with --help the arguments are read, and nothing is served.
    let said = Command::new(env!("CARGO_BIN_EXE_larder"))
        .args(line.split(' '))
        .arg("--help")
        .output()
        .unwrap();
    assert!(said.status.success(), "{said:?}");
    let missing = Command::new(env!("CARGO_BIN_EXE_larder"))
        .args(line.split(' '))
        .output()
        .unwrap();
    // Read as far as the policy, which is not on this machine: no complaint about the command line.
    let text = String::from_utf8_lossy(&missing.stderr);
    assert!(text.contains("/etc/larder/policy.toml"), "{text}");
}

/// Runs systemd-analyze on the units, or says that it is not here.
fn analyze(arguments: &[&str]) -> Option<(bool, String)> {
    let said = Command::new("systemd-analyze").args(arguments).output();
    let Ok(said) = said else {
        #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
        {
            eprintln!("not run: there is no systemd-analyze here");
        }
        return None;
    };
    let text = [said.stdout, said.stderr].concat();
    Some((
        said.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["larder.service", "larder.socket", "larder-http.socket"] {
        // systemd looks whether the program is there.
        let text = unit(name).replace("/usr/local/bin/larder", env!("CARGO_BIN_EXE_larder"));
        fs::write(folder.path().join(name), text).unwrap();
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (service, socket, http) = (
        path("larder.service"),
        path("larder.socket"),
        path("larder-http.socket"),
    );
    let Some((is_good, said)) = analyze(&["verify", "--man=no", &service, &socket, &http]) else {
        return;
    };
    let ours: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("larder"))
        .collect();
    assert!(is_good && ours.is_empty(), "{said}");
}

#[test]
fn systemd_calls_the_service_safe() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd/larder.service");
    let path = path.display().to_string();
    // At most 2.0 of 10 points of exposure.
    let Some((is_safe, said)) = analyze(&["security", "--offline=yes", "--threshold=20", &path])
    else {
        return;
    };
    assert!(is_safe, "{said}");
}
