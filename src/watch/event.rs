//! What an event of the watcher says about the names in it.
//!
//! Uses: notify, rustix, build · Never: files

use std::path::PathBuf;

use notify::{
    Event, EventKind,
    event::{AccessKind, AccessMode, CreateKind, MetadataKind, ModifyKind, RenameMode},
};

use super::scope::Touched;
use crate::build::Touch;

/// What the watcher has to say.
#[derive(Debug)]
pub(super) enum Signal {
    /// Something happened.
    Touched(Touched),
    /// It lost count: anything may have happened, and folders may be unwatched.
    LostCount,
    /// Folders are watched from now on, and others turned out not to be there.
    Watched {
        standing: Vec<PathBuf>,
        lost: Vec<PathBuf>,
    },
    /// It cannot go on.
    Failed(notify::Error),
}

/// Where a writer that closes its file is told of, one that has not closed it yet is waited for.
const TELLS_CLOSE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// What `event` says.
pub(super) fn signals(event: notify::Result<Event>) -> Vec<Signal> {
    let event = match event {
        Ok(event) => event,
        Err(error) => return vec![Signal::Failed(error)],
    };
    if event.need_rescan() {
        return vec![Signal::LostCount];
    }
    let writing = if TELLS_CLOSE {
        Touch::Writing
    } else {
        Touch::Unknown
    };
    let touched: fn(PathBuf, Touch) -> Touched = Touched::Name;
    let all = |touch| {
        event
            .paths
            .iter()
            .map(|name| Signal::Touched(touched(name.clone(), touch)))
            .collect()
    };
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => all(Touch::Finished),
        EventKind::Access(_) => Vec::new(),
        EventKind::Create(CreateKind::File) | EventKind::Modify(ModifyKind::Data(_)) => {
            all(writing)
        }
        // Both of its names were told on their own already, or are now.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) if TELLS_CLOSE => Vec::new(),
        EventKind::Modify(ModifyKind::Metadata(kind)) if kind != MetadataKind::WriteTime => event
            .paths
            .into_iter()
            .map(|name| Signal::Touched(Touched::Aside(name)))
            .collect(),
        _ if event.paths.is_empty() => vec![Signal::LostCount],
        _ => all(Touch::Unknown),
    }
}

/// Is it a limit of the system that stands in the way?
pub(super) fn is_limit(error: &notify::Error) -> bool {
    matches!(error.kind, notify::ErrorKind::MaxFilesWatch) || too_many_instances(error)
}

/// `EMFILE`, which `inotify_init(2)` gives for the limit of instances.
pub(super) fn too_many_instances(error: &notify::Error) -> bool {
    matches!(&error.kind, notify::ErrorKind::Io(error) if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()))
}

#[cfg(test)]
mod tests {
    use notify::event::{DataChange, Flag};

    use super::*;

    fn told(kind: EventKind) -> String {
        let event = Event::new(kind).add_path(PathBuf::from("a"));
        format!("{:?}", signals(Ok(event)))
    }

    #[test]
    fn a_closed_file_and_one_renamed_into_place_are_finished() {
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        assert!(told(closed).contains("Finished"));
        let renamed = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        assert!(told(renamed).contains("Finished"));
    }

    #[test]
    fn reading_is_nothing() {
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        assert_eq!(told(opened), "[]");
    }

    #[test]
    fn an_overflow_is_told_without_a_path_and_not_lost() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(matches!(signals(Ok(overflow))[..], [Signal::LostCount]));
    }

    #[test]
    fn written_data_is_unfinished_where_closing_is_told() {
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        assert_eq!(told(written).contains("Writing"), TELLS_CLOSE);
    }
}
