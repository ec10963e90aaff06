//! What to look at next: everything, or the names that a watcher told.
//!
//! A watcher can lose a change, so what it tells is where to look and never what is there.
//!
//! Uses: build · Never: clock, files

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::build::Touch;

/// What a watcher tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Something, somewhere: it lost count, or a name on the way to the site leads elsewhere.
    Everything,
    /// Something happened to this name, which is absolute.
    Name(PathBuf, Touch),
    /// Something happened to this name that makes no difference to whether its content is whole.
    Aside(PathBuf),
}

/// What has to be looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    everything: bool,
    names: BTreeMap<PathBuf, Touch>,
}

/// With more names than this, a look at everything costs less.
const MANY: usize = 4096;
/// With more names than this, a change is taken for a burst without asking about each.
const FEW: usize = 8;

/// How long nothing has to change before it is time to look.
const BURST: Duration = Duration::from_millis(60);
/// A few files whose writers have closed them: more may follow, as when a compiler writes its output.
pub(super) const SMALL_BURST: Duration = Duration::from_millis(15);

impl Scope {
    /// All there is.
    pub(super) fn everything() -> Self {
        Self {
            everything: true,
            names: BTreeMap::new(),
        }
    }

    /// Adds what a watcher told.
    pub(super) fn add(&mut self, touched: Touched) {
        match touched {
            Touched::Everything => self.everything = true,
            Touched::Name(name, touch) => {
                self.names.insert(name, touch);
            }
            Touched::Aside(name) => {
                self.names.entry(name).or_default();
            }
        }
        if self.everything || self.names.len() > MANY {
            *self = Self::everything();
        }
    }

    /// Adds names to be looked at, about which nothing is known.
    pub(super) fn add_names(&mut self, names: impl IntoIterator<Item = PathBuf>) {
        for name in names {
            self.add(Touched::Aside(name));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.everything && self.names.is_empty()
    }

    /// The names, if they are all there is to look at.
    pub(super) fn names(&self) -> Option<&BTreeMap<PathBuf, Touch>> {
        (!self.everything).then_some(&self.names)
    }

    /// How long nothing has to change before it is time to look. One file that was there before and is whole again is shown at once: a person saved it, and
    /// waits. Anything else may be the beginning of more. `is_noise` knows names that came and went.
    pub(super) fn quiet(
        &self,
        is_known: impl Fn(&Path) -> bool,
        is_noise: impl Fn(&Path) -> bool,
    ) -> Duration {
        if self.everything || self.names.len() > FEW {
            return BURST;
        }
        let mut whole = 0;
        for (name, touch) in &self.names {
            match touch {
                Touch::Finished if is_known(name) => whole += 1,
                Touch::Unknown if is_noise(name) => {}
                Touch::Finished => whole += 2,
                _ => return BURST,
            }
        }
        if whole <= 1 {
            Duration::ZERO
        } else {
            SMALL_BURST
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(touched: &[(&str, Touch)]) -> Duration {
        let mut scope = Scope::default();
        for (name, touch) in touched {
            scope.add(Touched::Name(PathBuf::from(name), *touch));
        }
        scope.quiet(
            |name| name.starts_with("known"),
            |name| name.starts_with("gone"),
        )
    }

    #[test]
    fn one_file_that_was_there_and_is_whole_again_is_looked_at_at_once() {
        assert_eq!(quiet(&[("known/a", Touch::Finished)]), Duration::ZERO);
    }

    #[test]
    fn a_name_that_came_and_went_beside_it_makes_no_difference() {
        let saved = [("known/a", Touch::Finished), ("gone/4913", Touch::Unknown)];
        assert_eq!(quiet(&saved), Duration::ZERO);
    }

    #[test]
    fn new_files_and_several_wait_for_more() {
        assert_eq!(quiet(&[("new", Touch::Finished)]), SMALL_BURST);
        let two = [("known/a", Touch::Finished), ("known/b", Touch::Finished)];
        assert_eq!(quiet(&two), SMALL_BURST);
    }

    #[test]
    fn what_is_being_written_or_went_is_a_burst() {
        assert_eq!(quiet(&[("known/a", Touch::Writing)]), BURST);
        assert_eq!(quiet(&[("known/a", Touch::Unknown)]), BURST);
    }

    #[test]
    fn the_last_word_about_a_file_counts_and_its_rights_do_not() {
        let mut scope = Scope::default();
        let name = PathBuf::from("a");
        scope.add(Touched::Name(name.clone(), Touch::Writing));
        scope.add(Touched::Name(name.clone(), Touch::Finished));
        scope.add(Touched::Aside(name.clone()));
        assert_eq!(scope.names().unwrap()[&name], Touch::Finished);
    }

    #[test]
    fn very_many_names_are_everything() {
        let mut scope = Scope::default();
        scope.add_names((0..=MANY).map(|number| PathBuf::from(number.to_string())));
        assert!(scope.names().is_none());
    }
}
