//! A look at a few names instead of everything: what a watcher saw change, and nothing else.
//!
//! Walking 50,000 files costs tenths of a second; asking about one costs microseconds. What a part cannot tell is left to a look at the whole: a release, whose
//! manifest is about all of it, and a folder with links or second names in it, where a change under one name is not told under the other.
//!
//! Uses: walk, inventory, policy · Never: judgement of names (it is the whole site's)

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use super::{
    Mode, Odd, Site, Workshop, inventory, limits, mark_negotiable, plain,
    release::layout::OWN,
    walk::{self, Touch, is_hidden, site_path},
    withheld,
};
use crate::{policy::Policy, snapshot::SiteFile};

/// What is remembered of a look at everything.
pub(super) struct Whole {
    pub(super) root: PathBuf,
    pub(super) has_aliases: bool,
    /// How many bytes its files hold in memory, as it is known now: counted anew, 50,000 files take half the time of a look at one.
    pub(super) held: u64,
}

/// What a look at a few names gave.
pub enum Seen {
    /// The site, judged anew.
    Whole(Site),
    /// Only what was looked at, where each file stands for itself.
    Part(Part),
}

/// A part of a site.
pub struct Part {
    /// What is at each path that was looked at, or known to be there before: a file, or nothing.
    pub files: Vec<(Arc<str>, Option<SiteFile>)>,
    /// All that is there and not served.
    pub odd: Vec<Odd>,
    /// The paths of that.
    pub withheld: Vec<String>,
    /// Files that have to be looked at again.
    pub unsettled: Vec<PathBuf>,
    /// The folders that were looked into.
    pub folders: Vec<PathBuf>,
}

impl Workshop {
    /// Looks at `names`, absolute and below the canonical folder, and at what is below them. Gives nothing where that would not do: then everything has to be
    /// looked at.
    pub fn look_at(&mut self, policy: &Policy, names: &BTreeMap<PathBuf, Touch>) -> Option<Seen> {
        let began = Instant::now();
        let whole = self.whole.as_ref().filter(|whole| !whole.has_aliases)?;
        let (root, held) = (whole.root.clone(), whole.held);
        let rules = walk::Rules(&policy.site);
        let (mut found, mut odd, mut folders) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (name, touch) in names {
            if *name == root || !name.starts_with(&root) {
                return None;
            }
            let mut walked = walk::walk_at(&root, name, rules);
            if walked.has_aliases {
                return None;
            }
            if let [file] = walked.found.as_mut_slice()
                && file.file == *name
            {
                file.touch = *touch;
            }
            odd.append(&mut walked.odd);
            folders.append(&mut walked.folders);
            for file in walked.found {
                found.insert(file.path.clone(), file);
            }
        }
        // A folder that cannot be listed has lost nothing. The look at everything says so.
        if odd.iter().any(|odd| odd.failing().is_some()) {
            return None;
        }
        let known = self.known_at(&root, names.keys());
        let mut touched: BTreeSet<Arc<str>> = known.iter().cloned().collect();
        touched.extend(found.keys().map(|path| path.as_str().into()));

        debug_assert_eq!(
            held,
            self.entries.iter().map(inventory::Entry::held).sum::<u64>()
        );
        let at: u64 = touched
            .iter()
            .filter_map(|path| self.entry(path))
            .map(inventory::Entry::held)
            .sum();
        let others = held - at;
        let found = found.into_values().collect();
        let reading = inventory::read_some(found, limits(policy), &self.entries, others);
        odd.extend(reading.odd);
        self.odd
            .retain(|odd| !names.keys().any(|name| odd.file.starts_with(name)));
        self.odd.extend(odd);
        self.odd.sort();
        self.odd.dedup();
        let fresh: u64 = reading.entries.iter().map(inventory::Entry::held).sum();
        self.put(&touched, reading.entries);
        if let Some(whole) = &mut self.whole {
            whole.held = others + fresh;
        }

        if self.mode != Mode::Plain {
            return Some(Seen::Whole(self.site(
                policy,
                root,
                folders,
                reading.unsettled,
                began,
            )));
        }
        let files = touched.into_iter().map(|path| {
            let entry = self.entry(&path).filter(|entry| entry.public);
            let mut file = entry.map(|entry| plain(entry, false));
            mark_negotiable(policy, file.as_mut_slice());
            (path, file)
        });
        Some(Seen::Part(Part {
            files: files.collect(),
            withheld: withheld(&root, &self.odd, &self.entries),
            odd: self.odd.clone(),
            unsettled: reading.unsettled,
            folders,
        }))
    }

    /// Is there a file that was read at this place?
    pub fn knows(&self, name: &Path) -> bool {
        let path = self
            .whole
            .as_ref()
            .and_then(|whole| site_path(&whole.root, name));
        path.is_some_and(|path| self.entry(&path).is_some())
    }

    /// Can what happens at this place make no difference, because it is hidden, or a backup?
    pub fn overlooks(&self, policy: &Policy, name: &Path) -> bool {
        let Some(path) = self
            .whole
            .as_ref()
            .and_then(|whole| site_path(&whole.root, name))
        else {
            return false;
        };
        is_hidden(&path)
            && !walk::is_evidence(&path)
            && !policy.site.hidden.matches(&path)
            && !path.starts_with(OWN)
    }

    fn entry(&self, path: &str) -> Option<&inventory::Entry> {
        inventory::find(&self.entries, path)
    }

    /// The paths of what is known at `names` and below.
    fn known_at<'n>(&self, root: &Path, names: impl Iterator<Item = &'n PathBuf>) -> Vec<Arc<str>> {
        let mut known = Vec::new();
        for path in names.filter_map(|name| site_path(root, name)) {
            known.extend(self.entry(&path).map(|entry| entry.path.clone()));
            let below = format!("{path}/");
            let first = self.entries.partition_point(|entry| *entry.path < *below);
            let below = self.entries[first..]
                .iter()
                .take_while(|entry| entry.path.starts_with(&below));
            known.extend(below.map(|entry| entry.path.clone()));
        }
        known
    }

    /// Puts `fresh` in the place of whatever was at `touched`.
    fn put(&mut self, touched: &BTreeSet<Arc<str>>, fresh: Vec<inventory::Entry>) {
        let stands =
            fresh.len() == touched.len() && touched.iter().all(|path| self.entry(path).is_some());
        if stands {
            for entry in fresh {
                if let Ok(place) = self
                    .entries
                    .binary_search_by(|known| known.path.cmp(&entry.path))
                {
                    self.entries[place] = entry;
                }
            }
        } else {
            self.entries.retain(|entry| !touched.contains(&entry.path));
            self.entries.extend(fresh);
            // Two sorted runs: the sort only merges them.
            self.entries.sort_by(|one, other| one.path.cmp(&other.path));
        }
    }
}
