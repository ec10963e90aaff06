//! The sample of this project, `site/`, served by the command of the README.

use std::path::Path;

use crate::{chromium::Chromium, support::Larder};

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn the_sample_works_on_every_kind_of_visit() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let policy = root.join("policy.toml").display().to_string();
    let larder = Larder::folder(&root.join("site"), &["--build", "--policy", &policy]);
    larder.until_coded();
    let chromium = Chromium::start();

    let mut tab = chromium.tab();
    tab.visit(&larder.url("/")).is_clean();
    tab.until("document.body.innerText.trim().length > 0");
    drop(tab);

    let mut tab = chromium.tab();
    tab.visit(&larder.url("/"))
        .is_clean()
        .revalidates_what_may_change("/");
    tab.reload(false)
        .is_clean()
        .revalidates_what_may_change("/");
    tab.visit(&larder.url("/no/such.route")).is_clean();
    tab.until("document.body.innerText.trim().length > 0");
}
