//! Every file of the site with its digest, read once, and read again only when it may have changed.
//!
//! Decides what is held in memory: nothing above the per-file limit, and of the rest the smallest first until the budget is spent. A file is taken
//! only if its stamp is the same before and after reading, so that no half-written state gets a digest, and only if it is the file that the walk saw: what
//! may be served was decided about that one, and a link may have taken its place.
//!
//! Uses: rayon, std, snapshot · Never: policy decisions

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    on_disk::{OnDisk, open_now},
    stamp::Stamp,
    walk::{Found, Odd, Touch, Why},
};
use crate::{fingerprint::Digest, snapshot::Content};

/// One file that was read.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) path: Arc<str>,
    pub(super) content: Content,
    pub(super) digest: Digest,
    pub(super) public: bool,
    stamp: Stamp,
    /// Old enough, when it was read, that its stamp tells.
    settled: bool,
}

/// How much may be held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Bytes of one file.
    pub(super) file: u64,
    /// Bytes of all files.
    pub(super) total: u64,
}

/// Up to this many large files are kept open; if there are more, all are opened when they are asked for. The common limit of 1,024 handles is for
/// connections.
pub(super) const HANDLES: usize = 256;

/// What a look at the files gave.
pub(super) struct Reading {
    /// What was read, or was read before and still stands, sorted by path.
    pub(super) entries: Vec<Entry>,
    pub(super) odd: Vec<Odd>,
    /// Files that are still being written to, or were a moment ago, and have to be looked at again.
    pub(super) unsettled: Vec<PathBuf>,
}

/// One file of a look.
enum Looked {
    Taken(Entry, Option<PathBuf>),
    /// It was written to this very moment, so that it may be empty or half there: an earlier state of it stands, if there is one.
    StillWritten(Option<Entry>, PathBuf),
    Odd(Odd),
    /// It could be read before and the disk fails now: what was read before stands.
    Failing(Entry, Odd),
}

/// Reads `found`, the whole site, taking from `previous` (sorted by path) what has not changed.
///
/// The first look, without `previous`, takes files as they are: there is nothing better to show. Later ones wait until a file rests.
pub(super) fn read(found: Vec<Found>, limits: Limits, previous: Option<&[Entry]>) -> Reading {
    let sizes: Vec<u64> = found.iter().map(|found| found.stamp.size()).collect();
    let held = what_to_hold(&sizes, limits);
    read_as(found, &held, previous)
}

/// Reads `found`, a few files of a site whose other files hold `others` bytes.
pub(super) fn read_some(
    found: Vec<Found>,
    limits: Limits,
    previous: &[Entry],
    others: u64,
) -> Reading {
    let left = Limits {
        total: limits.total.saturating_sub(others),
        ..limits
    };
    let sizes: Vec<u64> = found.iter().map(|found| found.stamp.size()).collect();
    read_as(found, &what_to_hold(&sizes, left), Some(previous))
}

fn read_as(found: Vec<Found>, held: &[bool], previous: Option<&[Entry]>) -> Reading {
    let keep_open = held.iter().filter(|held| !**held).count() <= HANDLES;
    let look = |(found, hold): (Found, &bool)| look(found, *hold, keep_open, previous);
    // When somebody saved a file, waking another thread takes as long as reading it.
    let looked: Vec<Looked> = if found.len() == 1 {
        found.into_iter().zip(held).map(look).collect()
    } else {
        found.into_par_iter().zip(held).map(look).collect()
    };
    let mut reading = Reading {
        entries: Vec::with_capacity(looked.len()),
        odd: Vec::new(),
        unsettled: Vec::new(),
    };
    for looked in looked {
        match looked {
            Looked::Taken(entry, unsettled) => {
                reading.unsettled.extend(unsettled);
                reading.entries.push(entry);
            }
            Looked::StillWritten(entry, file) => {
                reading.unsettled.push(file);
                reading.entries.extend(entry);
            }
            Looked::Odd(odd) => {
                if odd.why == Why::BeingWritten {
                    reading.unsettled.push(odd.file.clone());
                }
                reading.odd.push(odd);
            }
            Looked::Failing(entry, odd) => {
                reading.entries.push(entry);
                reading.odd.push(odd);
            }
        }
    }
    reading
}

fn look(found: Found, hold: bool, keep_open: bool, previous: Option<&[Entry]>) -> Looked {
    let known = previous.and_then(|previous| find(previous, &found.path));
    if let Some(known) = known.filter(|known| known.is_unchanged(&found, hold)) {
        return Looked::Taken(known.clone(), None);
    }
    let rests = |stamp: &Stamp| {
        previous.is_none()
            || stamp.is_older_than(rest(known, stamp, found.touch), SystemTime::now())
    };
    if !rests(&found.stamp) {
        return Looked::StillWritten(known.cloned(), found.file);
    }
    match read_settled(&found, hold, keep_open) {
        // Written to since the walk saw it.
        Ok(entry) if !rests(&entry.stamp) => Looked::StillWritten(known.cloned(), found.file),
        Ok(entry) => {
            let unsettled = (!entry.settled).then_some(found.file);
            Looked::Taken(entry, unsettled)
        }
        Err(why) => {
            let file = found.file;
            without(known, Odd { file, why })
        }
    }
}

/// What becomes of a file that could not be read, of which `known` was read before.
fn without(known: Option<&Entry>, odd: Odd) -> Looked {
    match known {
        // Written to at each try: that it cannot be had whole is no reason to take away what was whole.
        Some(known) if odd.why == Why::BeingWritten => {
            Looked::StillWritten(Some(known.clone()), odd.file)
        }
        Some(known) if odd.failing().is_some() => Looked::Failing(known.clone(), odd),
        _ => Looked::Odd(odd),
    }
}

/// A kernel stamps times by its clock tick, 1 to 10 ms. A file stamped this recently could be written to again under the same stamp.
const TICK: Duration = Duration::from_millis(20);
/// How long a file with this stamp must not have been written to before it is taken to be whole.
fn rest(known: Option<&Entry>, stamp: &Stamp, touch: Touch) -> Duration {
    let before = known.map_or(0, |known| known.content.length());
    let in_place = known.is_some_and(|known| known.stamp.is_same_inode(stamp));
    rest_of(before, stamp.size(), in_place, touch)
}

/// The same of any file, which had the length `before` and has the length `now`.
pub(super) fn rest_of(before: u64, now: u64, in_place: bool, touch: Touch) -> Duration {
    let emptied = before > 0 && now == 0;
    // What is there now may be the first part of as much as there was.
    let is_long = now.max(before) > ONE_WRITE;
    match touch {
        _ if emptied => REST_IF_EMPTIED,
        Touch::Writing => REST_IF_OPEN,
        // Also when its writer was seen to close it: what was told may be about the time before, when the next writer is half through.
        _ if in_place && is_long => REST_IN_PLACE,
        Touch::Finished => Duration::ZERO,
        Touch::Unknown => REST,
    }
}

/// New files, replaced ones, and small ones.
const REST: Duration = Duration::from_millis(50);
/// Content that takes several writes to the file that holds it: its writer may be stopped between two.
const REST_IN_PLACE: Duration = Duration::from_millis(250);
/// A file that had content and has none is most likely about to be written: whoever writes in place empties it first.
const REST_IF_EMPTIED: Duration = Duration::from_secs(2);
/// A file that somebody was seen to write to and not to close: a writer that pauses is waited for this long.
const REST_IF_OPEN: Duration = Duration::from_secs(1);
/// Content of up to this length, in bytes, is commonly written in one go.
const ONE_WRITE: u64 = 128 * 1024;

/// For each file: is it held? The smallest first, so that a budget holds as many as it can; ties go by path.
pub(super) fn what_to_hold(sizes: &[u64], limits: Limits) -> Vec<bool> {
    let mut by_size: Vec<usize> = (0..sizes.len()).collect();
    by_size.sort_by_key(|&place| sizes[place]);
    let mut held = vec![false; sizes.len()];
    let mut left = limits.total;
    for place in by_size {
        let size = sizes[place];
        if size > limits.file || size > left {
            break;
        }
        left -= size;
        held[place] = true;
    }
    held
}

/// What was read of the file at `path`, in a list sorted by path.
pub(super) fn find<'e>(entries: &'e [Entry], path: &str) -> Option<&'e Entry> {
    let place = entries
        .binary_search_by(|entry| (*entry.path).cmp(path))
        .ok()?;
    Some(&entries[place])
}

impl Entry {
    /// How many bytes of it are held in memory.
    pub(super) fn held(&self) -> u64 {
        match &self.content {
            Content::Held(bytes) => bytes.len() as u64,
            Content::Stored(_) => 0,
        }
    }

    /// Was it read under this stamp, which tells that it has not been written to since?
    pub(super) fn has(&self, stamp: &Stamp) -> bool {
        self.settled && self.stamp == *stamp
    }

    fn is_unchanged(&self, found: &Found, hold: bool) -> bool {
        let held_alike = matches!(self.content, Content::Held(_)) == hold;
        held_alike && self.has(&found.stamp)
    }
}

/// How often a file that is being written to is tried again, and how long to wait in between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(25);

fn read_settled(found: &Found, hold: bool, keep_open: bool) -> Result<Entry, Why> {
    for _ in 0..TRIES {
        match read_once(found, hold, keep_open) {
            Ok(Once::Whole(content, digest, stamp, settled)) => {
                return Ok(Entry {
                    path: found.path.as_str().into(),
                    content,
                    digest,
                    public: found.public,
                    stamp,
                    settled,
                });
            }
            Ok(Once::Written) => std::thread::sleep(PAUSE),
            // Only the next walk can tell whether this one may be served.
            Ok(Once::Replaced) => break,
            Err(error) => return Err(Why::of(&error)),
        }
    }
    Err(Why::BeingWritten)
}

/// What came of reading a file once.
enum Once {
    /// The content with its digest, its stamp, and whether that is old enough to tell.
    Whole(Content, Digest, Stamp, bool),
    /// It was written to meanwhile.
    Written,
    /// It is another file than the one that the walk saw: its name may lead out of the site by now.
    Replaced,
}

fn read_once(found: &Found, hold: bool, keep_open: bool) -> io::Result<Once> {
    let mut file = open_now(&found.file)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("neither a file nor a folder"));
    }
    let stamp = Stamp::of(&before);
    if !stamp.is_same_inode(&found.stamp) {
        return Ok(Once::Replaced);
    }
    let settled = stamp.is_older_than(TICK, SystemTime::now());
    let (digest, whole) = if hold {
        read_whole(&mut file, stamp.size())?
    } else {
        (read_through(&mut file)?, None)
    };
    if Stamp::of(&file.metadata()?) != stamp {
        return Ok(Once::Written);
    }
    let content = match whole {
        Some(bytes) if bytes.len() as u64 == stamp.size() => Content::Held(bytes),
        Some(_) => return Ok(Once::Written),
        None => Content::Stored(Arc::new(OnDisk::new(
            &found.file,
            stamp,
            keep_open.then_some(file),
        ))),
    };
    Ok(Once::Whole(content, digest, stamp, settled))
}

fn read_whole(file: &mut File, size: u64) -> io::Result<(Digest, Option<Bytes>)> {
    let size = usize::try_from(size).map_err(io::Error::other)?;
    let mut read = vec![0; size];
    let mut filled = 0;
    while filled < size {
        match file.read(&mut read[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    read.truncate(filled);
    Ok((Digest::of(&read), Some(read.into())))
}

pub(super) fn read_through(file: &mut File) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Digest::from_bytes(hasher.finalize().into())),
            length => hasher.update(&buffer[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, path::Path};

    use super::*;

    fn found(file: &Path) -> Found {
        let name = file.file_name().expect("it has one").to_string_lossy();
        Found {
            path: format!("/{name}"),
            file: file.to_owned(),
            public: true,
            stamp: Stamp::of(&file.metadata().expect("it is there")),
            touch: Touch::Unknown,
        }
    }

    #[test]
    fn what_was_whole_stands_while_it_is_written_to_and_while_the_disk_fails() {
        let folder = tempfile::tempdir().expect("there is room");
        let file = folder.path().join("log.txt");
        std::fs::write(&file, "whole").expect("it is ours");
        let limits = Limits { file: 9, total: 9 };
        let read = read(vec![found(&file)], limits, None).entries;
        let odd = |why| Odd {
            file: file.clone(),
            why,
        };
        let stands = |why| match without(read.first(), odd(why)) {
            Looked::StillWritten(entry, _) => entry.is_some(),
            Looked::Failing(..) => true,
            Looked::Odd(_) | Looked::Taken(..) => false,
        };
        assert!(stands(Why::BeingWritten));
        assert!(stands(Why::Failing("EIO".to_owned())));
        assert!(!stands(Why::Unreadable("EACCES".to_owned())));
        assert!(matches!(
            without(None, odd(Why::BeingWritten)),
            Looked::Odd(_)
        ));
    }

    #[test]
    fn what_took_the_place_of_a_file_since_the_walk_is_not_read_and_a_link_that_it_saw_is() {
        let folder = tempfile::tempdir().expect("there is room");
        let (file, link) = (folder.path().join("a.txt"), folder.path().join("b.txt"));
        let secret = folder.path().join("secret");
        std::fs::write(&file, "whole").expect("it is ours");
        std::fs::write(&secret, "taken").expect("it is ours");
        symlink("a.txt", &link).expect("it is ours");
        let limits = Limits { file: 9, total: 9 };
        let walked = || vec![found(&file), found(&link)];
        let before = read(walked(), limits, None).entries;
        assert_eq!(before.len(), 2, "both are as the walk saw them");

        let walked = walked();
        std::fs::remove_file(&file).expect("it is ours");
        symlink(&secret, &file).expect("it is ours");
        let first = read_as(walked, &[true, true], None);
        assert!(first.entries.is_empty());
        assert_eq!(first.unsettled, [file.clone(), link]);
        assert!(first.odd.iter().all(|odd| odd.why == Why::BeingWritten));
    }

    #[test]
    fn the_first_part_of_a_long_file_that_is_written_anew_is_waited_for_as_the_whole_is() {
        let folder = tempfile::tempdir().expect("there is room");
        let file = folder.path().join("app.js");
        let limits = Limits {
            file: u64::MAX,
            total: u64::MAX,
        };
        let write = |length: u64| {
            let length = usize::try_from(length).expect("it is short");
            std::fs::write(&file, vec![b'x'; length]).expect("it is ours");
            found(&file)
        };
        let waited = |before: u64, now: u64| {
            let known = read(vec![write(before)], limits, None).entries;
            rest(known.first(), &write(now).stamp, Touch::Finished)
        };
        assert_eq!(waited(ONE_WRITE, ONE_WRITE), Duration::ZERO);
        assert_eq!(waited(ONE_WRITE, ONE_WRITE + 1), REST_IN_PLACE);
        assert_eq!(waited(ONE_WRITE + 1, 1), REST_IN_PLACE);
        assert_eq!(waited(ONE_WRITE, 0), REST_IF_EMPTIED);
    }
}
