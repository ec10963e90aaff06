//! The cache of coded content: a restart codes nothing again.
//!
//! Content-addressed: an entry is named after the digest of the content and all that its coded form depends on, and begins with the digest of the coded
//! bytes, so that an entry cut short by a crash is never believed. Entries are written beside their place and renamed into it. What has not been used
//! for a month is removed; what is served from here is in use, whether or not it is read.
//!
//! Uses: std, tracing · Never: the site's own folder

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use tracing::warn;

use super::{on_disk::OnDisk, stamp::Stamp};
use crate::{fingerprint::Digest, snapshot::Content};

/// A folder of coded content.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    written: Arc<AtomicU64>,
    /// Could the last entry not be written? That is said once, and not for each of thousands.
    is_failing: Arc<AtomicBool>,
}

/// What is known of a coded form.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// It does not pay.
    NoGain,
    /// Here it is, with the digest of the coded bytes.
    Coded(Bytes, Digest),
}

const MAGIC: &[u8; 8] = b"larder1\n";
/// Bytes before the coded ones: the magic and their digest.
const HEADER: usize = MAGIC.len() + 32;
const UNUSED_FOR: Duration = Duration::from_hours(30 * 24);
/// An entry's modification time, its last use, is brought up to date at most this often.
const USED_AGAIN_AFTER: Duration = Duration::from_hours(24);

impl Cache {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join("codings"),
            written: Arc::default(),
            is_failing: Arc::default(),
        }
    }

    /// Where the coded form `key` of the content `digest` is.
    fn place(&self, digest: &Digest, key: &str) -> PathBuf {
        let hex = digest.hex();
        self.folder
            .join(&hex[..2])
            .join(format!("{}.{key}", &hex[2..]))
    }

    /// The coded form, if it is there and whole.
    pub(super) fn get(&self, digest: &Digest, key: &str) -> Option<Known> {
        let place = self.place(digest, key);
        let mut file = File::open(&place).ok()?;
        let mut entry = Vec::new();
        file.read_to_end(&mut entry).ok()?;
        let (header, coded) = entry.split_at_checked(HEADER)?;
        let coded_digest = Digest::of(coded);
        if !header.starts_with(MAGIC) || &header[MAGIC.len()..] != coded_digest.as_bytes() {
            return None;
        }
        if let Ok(metadata) = file.metadata() {
            used(&place, &metadata);
        }
        if coded.is_empty() {
            return Some(Known::NoGain);
        }
        Some(Known::Coded(
            Bytes::from(entry).slice(HEADER..),
            coded_digest,
        ))
    }

    /// Keeps a coded form, or (with no bytes) that it does not pay. Where it cannot be written, the log says so; the form can still be used.
    pub(super) fn put(&self, digest: &Digest, key: &str, coded: &[u8]) {
        let written = self.write(digest, key, coded);
        let was_failing = self.is_failing.swap(written.is_err(), Ordering::Relaxed);
        if let Err(error) = written
            && !was_failing
        {
            let folder = self.folder.display();
            warn!(%folder, %error, "the cache of coded content cannot be written: the next start has to code again");
        }
    }

    fn write(&self, digest: &Digest, key: &str, coded: &[u8]) -> std::io::Result<()> {
        let place = self.place(digest, key);
        let folder = place.parent().expect("a place has a folder");
        fs::create_dir_all(folder)?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let beside = folder.join(format!(".new-{}-{number}", std::process::id()));
        let written = (|| {
            let mut file = File::create(&beside)?;
            file.write_all(MAGIC)?;
            file.write_all(Digest::of(coded).as_bytes())?;
            file.write_all(coded)?;
            drop(file);
            fs::rename(&beside, &place)
        })();
        if written.is_err() {
            // Nothing more can be done about a file that cannot even be removed; the next clean-up tries again.
            let _ = fs::remove_file(&beside);
        }
        written
    }

    /// The coded bytes as content that stays in the cache: for what the memory budget has no room for.
    pub(super) fn stored(&self, digest: &Digest, key: &str) -> Option<Content> {
        let place = self.place(digest, key);
        let stamp = Stamp::of(&fs::metadata(&place).ok()?);
        Some(Content::Stored(Arc::new(OnDisk::after(
            &place,
            stamp,
            HEADER as u64,
        ))))
    }

    /// Is the coded form of this length still there? What is asked for is in use, and not removed for another month.
    pub(super) fn keeps(&self, digest: &Digest, key: &str, length: u64) -> bool {
        let place = self.place(digest, key);
        let Ok(metadata) = fs::metadata(&place) else {
            return false;
        };
        used(&place, &metadata);
        metadata.is_file() && metadata.len() == HEADER as u64 + length
    }

    /// Removes what has not been used for a month, and what a crash left behind.
    pub(super) fn clean_up(&self) {
        let now = SystemTime::now();
        for entry in walkdir::WalkDir::new(&self.folder).into_iter().flatten() {
            let unused = entry
                .metadata()
                .ok()
                .and_then(|metadata| metadata.modified().ok())
                .and_then(|used| now.duration_since(used).ok())
                .is_some_and(|age| age > UNUSED_FOR);
            if unused && entry.file_type().is_file() {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Notes that the entry at `place` was used, unless that was noted a short while ago.
fn used(place: &Path, metadata: &fs::Metadata) {
    let now = SystemTime::now();
    let last_use = metadata.modified().unwrap_or(now);
    if now
        .duration_since(last_use)
        .is_ok_and(|age| age > USED_AGAIN_AFTER)
    {
        // Only keeps the entry from being removed: a failure costs one coding, later.
        let _ = File::options()
            .write(true)
            .open(place)
            .and_then(|file| file.set_modified(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache, Digest) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        (folder, cache, Digest::of(b"content"))
    }

    #[test]
    fn what_was_put_is_got() {
        let (_folder, cache, digest) = cache();
        cache.put(&digest, "br11-1", b"coded");
        let Some(Known::Coded(bytes, coded_digest)) = cache.get(&digest, "br11-1") else {
            panic!("not there")
        };
        assert_eq!(
            (&bytes[..], coded_digest),
            (&b"coded"[..], Digest::of(b"coded"))
        );
        assert!(cache.get(&digest, "br5-1").is_none());
    }

    #[test]
    fn an_entry_cut_short_is_not_believed() {
        let (_folder, cache, digest) = cache();
        cache.put(&digest, "br11-1", b"coded bytes");
        let place = cache.place(&digest, "br11-1");
        for length in 0..HEADER + 10 {
            let whole = fs::read(&place).unwrap();
            fs::write(&place, &whole[..length]).unwrap();
            assert!(
                cache.get(&digest, "br11-1").is_none(),
                "cut to {length} bytes"
            );
            fs::write(&place, whole).unwrap();
        }
    }

    #[test]
    fn that_a_form_does_not_pay_is_remembered() {
        let (_folder, cache, digest) = cache();
        cache.put(&digest, "gzip9-1", b"");
        assert!(matches!(cache.get(&digest, "gzip9-1"), Some(Known::NoGain)));
    }

    #[test]
    fn stored_content_is_what_was_put() {
        let (_folder, cache, digest) = cache();
        cache.put(&digest, "br11-1", b"coded");
        let Some(Content::Stored(stored)) = cache.stored(&digest, "br11-1") else {
            panic!("not there")
        };
        assert_eq!(stored.length(), 5);
        assert_eq!(&stored.open().unwrap().read_at(0, 5).unwrap()[..], b"coded");
    }

    #[test]
    fn an_entry_that_is_served_is_in_use_though_nobody_reads_it() {
        let (_folder, cache, digest) = cache();
        let long_ago = SystemTime::now() - UNUSED_FOR * 2;
        for key in ["br11-1", "gzip9-1"] {
            cache.put(&digest, key, b"coded");
            let entry = File::options()
                .write(true)
                .open(cache.place(&digest, key))
                .unwrap();
            entry.set_modified(long_ago).unwrap();
        }
        assert!(cache.keeps(&digest, "br11-1", 5));
        cache.clean_up();
        assert!(cache.get(&digest, "br11-1").is_some());
        assert!(cache.get(&digest, "gzip9-1").is_none(), "not in use");
        assert!(!cache.keeps(&digest, "gzip9-1", 5), "it is gone");
        assert!(!cache.keeps(&digest, "br11-1", 6), "it is another one");
    }
}
