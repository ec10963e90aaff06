//! Content that is held, once more as a file in memory: the kernel sends its pages as they are, where it would have to copy bytes of this process.
//!
//! Only TCP without TLS can do so, and only for long content does it pay (docs/adr/0020). A file is made when its content is first asked for in this way, and
//! sealed: nobody can write to it, so that it is the content for as long as there is one.
//!
//! Uses: rustix, bytes · Never: files of the site (they may change while they are sent)

use std::{
    collections::{HashMap, hash_map::Entry},
    fs::File,
    future::poll_fn,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;

use super::line::Line;

/// From how many bytes on content is sent from a file: with less, the copy costs no more than the way around it.
const LONG: usize = 256 * 1024;

/// How many files there may be. Each takes a descriptor.
pub(super) const MOST: usize = 32;

/// How many bytes they may have together, unless an eighth of the memory budget is less.
const ROOM: u64 = 64 * 1024 * 1024;

/// The files of one snapshot.
#[derive(Debug)]
pub(super) struct Sealed(Mutex<Files>);

#[derive(Debug)]
struct Files {
    /// By the address of the content, which stays where it is: the file is kept together with it.
    by_address: HashMap<usize, (Bytes, Option<Arc<File>>)>,
    room: u64,
}

impl Sealed {
    /// None yet, and no more than fit beside content of up to `memory_budget` bytes.
    pub(super) fn within(memory_budget: u64) -> Self {
        Self(Mutex::new(Files {
            by_address: HashMap::new(),
            room: ROOM.min(memory_budget / 8),
        }))
    }

    /// The file that has the bytes of `content`, which a snapshot holds; `None` where there is none, and the bytes themselves have to be sent.
    pub(super) fn file(&self, content: &Bytes) -> Option<Arc<File>> {
        if content.len() < LONG {
            return None;
        }
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Files { by_address, room } = &mut *files;
        let has_place = by_address.len() < MOST;
        match by_address.entry(content.as_ptr().addr()) {
            Entry::Occupied(known) => {
                let (held, file) = known.get();
                file.clone().filter(|_| held.len() == content.len())
            }
            Entry::Vacant(place) => {
                let left = room.checked_sub(content.len() as u64);
                *room = left.filter(|_| has_place)?;
                // A system that has no such files, or none left, is not asked again.
                let file = kernel::seal(content).ok().map(Arc::new);
                place.insert((content.clone(), file)).1.clone()
            }
        }
    }
}

/// Sends `head`, and behind it `content` out of the `file` that has its bytes.
///
/// # Errors
/// When the client is gone, or does not take what it is owed.
pub(super) async fn send(
    line: &mut Line,
    mut head: &[u8],
    content: &Bytes,
    file: &File,
) -> io::Result<()> {
    while !head.is_empty() {
        let action = |socket: &_| kernel::send_before_more(socket, head);
        match poll_fn(|context| line.poll_socket(context, action)).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            taken => head = &head[taken..],
        }
    }
    let mut sent = 0;
    while sent < content.len() {
        let action = |socket: &_| kernel::send_file(socket, file, sent, content.len() - sent);
        match poll_fn(|context| line.poll_socket(context, action)).await {
            Ok(taken @ 1..) => sent += taken,
            Err(error) if !is_refusal(&error) => return Err(error),
            // A sandbox that forbids it, or a kernel that cannot: the bytes are here, too.
            Ok(0) | Err(_) => return line.write_all(&content[sent..]).await,
        }
    }
    Ok(())
}

/// Does the system not do this at all?
fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported
    )
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::{fs::File, io::Write as _, os::fd::AsFd};

    use rustix::{
        fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create, sendfile},
        io,
        net::{SendFlags, send},
    };

    /// A file in memory that has these bytes, and will have no others.
    pub(super) fn seal(content: &[u8]) -> std::io::Result<File> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut file = File::from(memfd_create("larder-content", flags)?);
        file.write_all(content)?;
        let all = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        fcntl_add_seals(&file, all)?;
        Ok(file)
    }

    /// Sends what begins a packet that more bytes are for.
    pub(super) fn send_before_more(socket: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
        send(socket, bytes, SendFlags::MORE | SendFlags::NOSIGNAL)
    }

    pub(super) fn send_file(
        socket: impl AsFd,
        file: &File,
        offset: usize,
        length: usize,
    ) -> io::Result<usize> {
        sendfile(socket, file, Some(&mut (offset as u64)), length)
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use std::{fs::File, os::fd::AsFd};

    use rustix::{
        io::{Errno, Result},
        net::{SendFlags, send},
    };

    pub(super) fn seal(_: &[u8]) -> std::io::Result<File> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    pub(super) fn send_before_more(socket: impl AsFd, bytes: &[u8]) -> Result<usize> {
        send(socket, bytes, SendFlags::empty())
    }

    pub(super) fn send_file(_: impl AsFd, _: &File, _: usize, _: usize) -> Result<usize> {
        Err(Errno::INVAL)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{io::Write as _, os::unix::fs::FileExt as _};

    use super::*;

    fn long(byte: u8, more: usize) -> Bytes {
        vec![byte; LONG + more].into()
    }

    fn has(file: &File, content: &Bytes) -> bool {
        let mut read = vec![0; content.len()];
        file.read_exact_at(&mut read, 0).is_ok() && read == content[..]
    }

    #[test]
    fn a_file_has_the_content_for_good_and_is_made_once() {
        let sealed = Sealed::within(u64::MAX);
        let content = long(b'a', 7);
        let file = sealed.file(&content).expect("Linux has such files");
        assert!(has(&file, &content));
        assert!((&*file).write(b"b").is_err() && file.set_len(1).is_err());
        let again = sealed.file(&content.clone()).expect("it is there");
        assert!(Arc::ptr_eq(&file, &again));
        let same_bytes_elsewhere = sealed.file(&long(b'a', 7)).expect("there is room");
        assert!(!Arc::ptr_eq(&file, &same_bytes_elsewhere));
    }

    #[test]
    fn short_content_and_a_part_of_long_content_have_none() {
        let sealed = Sealed::within(u64::MAX);
        let content = long(b'a', 7);
        assert!(sealed.file(&content.slice(..LONG - 1)).is_none());
        assert!(sealed.file(&content).is_some());
        assert!(
            sealed.file(&content.slice(..LONG)).is_none(),
            "a part that begins where the whole begins is not the whole"
        );
    }

    #[test]
    fn there_are_no_more_than_there_is_room_and_descriptors_for() {
        let two = 2 * LONG as u64;
        let sealed = Sealed::within(8 * two);
        let contents = [0, 0, 0].map(|more| long(b'a', more));
        let made = contents.each_ref().map(|content| sealed.file(content));
        assert_eq!(made.map(|file| file.is_some()), [true, true, false]);
        assert!(sealed.file(&contents[1]).is_some(), "it is there still");

        let sealed = Sealed::within(u64::MAX);
        let contents: Vec<Bytes> = (0..=MOST).map(|_| long(b'a', 0)).collect();
        let made = contents.iter().filter_map(|content| sealed.file(content));
        assert_eq!(made.count(), MOST);
    }
}
