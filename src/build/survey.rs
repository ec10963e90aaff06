//! A look at everything that reads nothing and changes nothing, so that it can be made beside the thread that keeps the site.
//!
//! What it saw is a moment old when it is compared, so it only says where to look, as a watcher does, and never what is there.
//!
//! Uses: walk, policy, itertools, std · Never: content

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use itertools::{EitherOrBoth, Itertools as _};

use super::{
    Workshop, place_below,
    walk::{self, Walked},
};
use crate::policy::{self, Policy};

/// What it takes to look at a folder from another thread.
pub struct Surveyor {
    folder: PathBuf,
    rules: policy::Site,
}

/// What was in a folder, by name and stamp.
pub struct Survey {
    /// Nothing, if there was no folder.
    root: Option<PathBuf>,
    walked: Walked,
    took: Duration,
}

impl Surveyor {
    /// Walks the folder.
    pub fn look(self) -> Survey {
        let began = Instant::now();
        let root = fs::canonicalize(&self.folder).ok();
        let walked = root
            .as_deref()
            .map(|root| walk::walk(root, walk::Rules(&self.rules)));
        Survey {
            root,
            walked: walked.unwrap_or_default(),
            took: began.elapsed(),
        }
    }
}

impl Survey {
    /// How long it took.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// The folders that were looked into.
    pub fn folders(&self) -> &[PathBuf] {
        &self.walked.folders
    }
}

impl Workshop {
    /// Who can look at the folder beside this workshop. Nobody before its first look, nor at a release, whose manifest speaks for all of it.
    pub fn surveyor(&self, policy: &Policy) -> Option<Surveyor> {
        self.whole.as_ref().map(|_| Surveyor {
            folder: self.folder.clone(),
            rules: policy.site.clone(),
        })
    }

    /// The places, absolute, where `survey` saw something else than is known here. Nothing where that cannot be told place by place.
    pub fn differences(&self, survey: &Survey) -> Option<BTreeSet<PathBuf>> {
        let whole = self.whole.as_ref()?;
        let root = survey.root.as_ref().filter(|root| **root == whole.root)?;
        let Walked { found, odd, .. } = &survey.walked;
        // A folder that cannot be listed seems to have lost everything.
        if odd.iter().any(|odd| odd.failing().is_some()) {
            return None;
        }
        let mut different: BTreeSet<PathBuf> = self
            .entries
            .iter()
            .merge_join_by(found, |entry, found| (*entry.path).cmp(&found.path))
            .filter_map(|pair| match pair {
                EitherOrBoth::Left(gone) => Some(place_below(root, &gone.path)),
                EitherOrBoth::Right(found) => Some(found.file.clone()),
                EitherOrBoth::Both(entry, found) => {
                    (!entry.has(&found.stamp)).then(|| found.file.clone())
                }
            })
            .collect();
        let (seen, known): (BTreeSet<_>, BTreeSet<_>) =
            (odd.iter().collect(), self.odd.iter().collect());
        different.extend(
            seen.symmetric_difference(&known)
                .map(|odd| odd.file.clone()),
        );
        different.remove(root.as_path());
        Some(different)
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, thread};

    use super::*;
    use crate::build::Mode;

    /// Long enough ago for a stamp to tell.
    const SETTLES: Duration = Duration::from_millis(50);

    #[test]
    fn it_tells_what_came_went_changed_and_became_odd_and_nothing_else() {
        let folder = tempfile::tempdir().expect("there is room");
        let root = fs::canonicalize(folder.path()).expect("it is there");
        for name in ["changed.css", "gone.css", "same.css", "to/gone.css"] {
            let file = root.join(name);
            fs::create_dir_all(file.parent().expect("it has one")).expect("it is ours");
            fs::write(file, name).expect("it is ours");
        }
        let policy = Policy::default();
        let mut workshop = Workshop::new(&root, Mode::Plain, None).expect("threads start");
        assert!(workshop.surveyor(&policy).is_none(), "nothing is known");
        thread::sleep(SETTLES);
        workshop.look(&policy).expect("it can be read");
        let survey = |workshop: &Workshop| workshop.surveyor(&policy).expect("it looked").look();
        let seen = survey(&workshop);
        assert_eq!(workshop.differences(&seen), Some(BTreeSet::new()));
        assert_eq!(seen.folders(), [root.clone(), root.join("to")]);

        fs::write(root.join("changed.css"), "CHANGED.css").expect("it is ours");
        fs::remove_file(root.join("gone.css")).expect("it is ours");
        fs::remove_dir_all(root.join("to")).expect("it is ours");
        fs::write(root.join("new.css"), "new").expect("it is ours");
        symlink("nowhere", root.join("broken.css")).expect("it is ours");
        let seen = survey(&workshop);
        let expected = [
            "broken.css",
            "changed.css",
            "gone.css",
            "new.css",
            "to/gone.css",
        ];
        let expected = expected.map(|name| root.join(name)).into();
        assert_eq!(workshop.differences(&seen), Some(expected));

        thread::sleep(SETTLES);
        workshop.look(&policy).expect("it can be read");
        let seen = survey(&workshop);
        assert_eq!(
            workshop.differences(&seen),
            Some(BTreeSet::new()),
            "the oddity is known"
        );
    }

    #[test]
    fn of_a_folder_that_is_gone_or_another_one_it_can_tell_nothing() {
        let folder = tempfile::tempdir().expect("there is room");
        let name = folder.path().join("site");
        fs::create_dir(folder.path().join("one")).expect("it is ours");
        fs::create_dir(folder.path().join("other")).expect("it is ours");
        symlink("one", &name).expect("it is ours");
        let policy = Policy::default();
        let mut workshop = Workshop::new(&name, Mode::Plain, None).expect("threads start");
        workshop.look(&policy).expect("it can be read");
        let differences = |workshop: &Workshop| {
            let surveyor = workshop.surveyor(&policy).expect("it looked");
            workshop.differences(&surveyor.look())
        };
        assert_eq!(differences(&workshop), Some(BTreeSet::new()));
        fs::remove_file(&name).expect("it is ours");
        assert_eq!(differences(&workshop), None);
        symlink("other", &name).expect("it is ours");
        assert_eq!(differences(&workshop), None);
    }
}
