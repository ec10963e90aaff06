//! Every file of the site with its digest, read once, and read again only when it may have changed.
//!
//! Decides what is held in memory: nothing above the per-file limit, and of the rest the smallest first until the budget is spent. A file is taken
//! only if its stamp is the same before and after reading, so that no half-written state gets a digest.
//!
//! Uses: rayon, std, snapshot · Never: policy decisions

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    on_disk::OnDisk,
    stamp::Stamp,
    walk::{Found, Odd, Why},
};
use crate::{fingerprint::Digest, snapshot::Content};

/// One file that was read.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) path: String,
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

/// How many large files are kept open. The rest is opened when asked for; the common limit of 1,024 handles is for connections.
const HANDLES: usize = 256;

/// Reads `found`, taking from `previous` (sorted by path) what has not changed. Also gives whether some file was not settled, and so has to be read again.
pub(super) fn read(
    found: Vec<Found>,
    limits: Limits,
    previous: &[Entry],
) -> (Vec<Entry>, Vec<Odd>) {
    let held = what_to_hold(&found, limits);
    let handles = held.iter().filter(|held| !**held).count();
    let keep_open = handles <= HANDLES;
    let results: Vec<Result<Entry, Odd>> = found
        .into_par_iter()
        .zip(held)
        .map(|(found, hold)| {
            if let Some(known) = unchanged(previous, &found, hold) {
                return Ok(known);
            }
            read_settled(&found, hold, keep_open).map_err(|why| Odd {
                file: found.file,
                why,
            })
        })
        .collect();
    let mut entries = Vec::with_capacity(results.len());
    let mut odd = Vec::new();
    for result in results {
        match result {
            Ok(entry) => entries.push(entry),
            Err(oddity) => odd.push(oddity),
        }
    }
    (entries, odd)
}

/// Is some file's stamp too young to tell whether it will be written to again?
pub(super) fn has_unsettled(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| !entry.settled)
}

/// For each file: is it held? The smallest first, so that a budget holds as many as it can; ties go by path.
fn what_to_hold(found: &[Found], limits: Limits) -> Vec<bool> {
    let mut by_size: Vec<usize> = (0..found.len()).collect();
    by_size.sort_by_key(|&place| found[place].stamp.size());
    let mut held = vec![false; found.len()];
    let mut left = limits.total;
    for place in by_size {
        let size = found[place].stamp.size();
        if size > limits.file || size > left {
            break;
        }
        left -= size;
        held[place] = true;
    }
    held
}

fn unchanged(previous: &[Entry], found: &Found, hold: bool) -> Option<Entry> {
    let place = previous
        .binary_search_by(|entry| entry.path.as_str().cmp(&found.path))
        .ok()?;
    let known = &previous[place];
    let held_alike = matches!(known.content, Content::Held(_)) == hold;
    (known.settled && held_alike && known.stamp == found.stamp).then(|| known.clone())
}

/// How often a file that is being written to is tried again, and how long to wait in between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(25);

fn read_settled(found: &Found, hold: bool, keep_open: bool) -> Result<Entry, Why> {
    for _ in 0..TRIES {
        match read_once(&found.file, hold, keep_open) {
            Ok(Some((content, digest, stamp, settled))) => {
                return Ok(Entry {
                    path: found.path.clone(),
                    content,
                    digest,
                    public: found.public,
                    stamp,
                    settled,
                });
            }
            Ok(None) => std::thread::sleep(PAUSE),
            Err(error) => return Err(Why::Unreadable(error.to_string())),
        }
    }
    Err(Why::BeingWritten)
}

type Taken = (Content, Digest, Stamp, bool);

/// The content, or nothing when it was written to meanwhile.
fn read_once(path: &Path, hold: bool, keep_open: bool) -> io::Result<Option<Taken>> {
    // Without waiting: a FIFO that took the place of the file must not block us.
    let mut file = File::options()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("neither a file nor a folder"));
    }
    let stamp = Stamp::of(&before);
    let settled = stamp.is_settled(SystemTime::now());
    let (digest, held) = if hold {
        read_whole(&mut file, stamp.size())?
    } else {
        (read_through(&mut file)?, None)
    };
    if Stamp::of(&file.metadata()?) != stamp {
        return Ok(None);
    }
    let content = match held {
        Some(bytes) if bytes.len() as u64 == stamp.size() => Content::Held(bytes),
        Some(_) => return Ok(None),
        None => Content::Stored(Arc::new(OnDisk::new(
            path,
            stamp,
            keep_open.then_some(file),
        ))),
    };
    Ok(Some((content, digest, stamp, settled)))
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

fn read_through(file: &mut File) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Digest::from_bytes(hasher.finalize().into())),
            length => hasher.update(&buffer[..length]),
        }
    }
}
