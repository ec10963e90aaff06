//! The folder where account, key and certificate are kept between starts.
//!
//! `acme/<host of the directory>/account.json` and `<first name>.{pem,key}`: what one authority gave is not shown to another. For the server's eyes alone: the
//! folders have mode 0700, the files 0600. Each is written beside its place and renamed, so that none is ever half there; certificate and key are both
//! whole before either takes its place.
//!
//! Uses: files (these), serde · Never: the network

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use instant_acme::AccountCredentials;

use super::{
    super::{certificates::Certified, tls::TlsFiles},
    Acme, Failure,
};

/// How much certificate and key may need, in bytes.
const ROOM: usize = 32 * 1024;

/// The files of one authority and one certificate.
pub(super) struct Store {
    folder: PathBuf,
    files: TlsFiles,
}

/// Whom a stored certificate is for.
pub(super) struct Names(Vec<String>);

impl Names {
    /// Is it for all of them?
    pub(super) fn is_for(&self, domains: &[String]) -> bool {
        domains.iter().all(|domain| self.0.contains(domain))
    }
}

impl Store {
    pub(super) fn new(acme: &Acme) -> Self {
        let authority = acme
            .directory
            .trim_start_matches("https://")
            .split('/')
            .next()
            .unwrap_or_default()
            .replace(':', "_");
        let folder = acme.data.join("acme").join(authority);
        let name = acme.domains.first().map_or("certificate", String::as_str);
        let files = TlsFiles {
            certificate: folder.join(format!("{name}.pem")),
            key: folder.join(format!("{name}.key")),
        };
        Self { folder, files }
    }

    /// Where the certificate is.
    pub(super) fn place(&self) -> &Path {
        &self.files.certificate
    }

    /// The certificate, if there is one.
    pub(super) fn certificate(&self) -> Result<Option<(Certified, Names)>, Failure> {
        if !self.files.certificate.exists() {
            return Ok(None);
        }
        let certified = self.files.read().or_else(|error| {
            // Between the two renames of `keep_certificate` the certificate is still beside its place.
            match fs::rename(beside(&self.files.certificate), &self.files.certificate) {
                Ok(()) => self.files.read(),
                Err(_) => Err(error),
            }
        })?;
        let names = Names(certified.names.clone());
        Ok(Some((certified, names)))
    }

    /// A certificate and its key, as the next start would read them.
    pub(super) fn certified(&self, chain: &str, key: &str) -> Result<Certified, Failure> {
        Ok(self.files.certified(chain.as_bytes(), key.as_bytes())?)
    }

    /// Is there room for what is to be kept? Who finds out when it is too late has had an authority issue a certificate for nothing, which it counts.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        let probe = self.folder.join("probe");
        self.write_beside(&probe, &" ".repeat(ROOM))?;
        Ok(fs::remove_file(beside(&probe))?)
    }

    /// Keeps a certificate and its key.
    pub(super) fn keep_certificate(&self, chain: &str, key: &str) -> Result<(), Failure> {
        let files = [(&self.files.key, key), (&self.files.certificate, chain)];
        for (place, text) in files {
            self.write_beside(place, text)?;
        }
        for (place, _) in files {
            put(place)?;
        }
        Ok(())
    }

    /// The account, if there is one.
    pub(super) fn account(&self) -> Result<Option<AccountCredentials>, Failure> {
        match fs::read(self.account_file()) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| {
                let file = self.account_file();
                format!(
                    "{} is no account ({error}): remove it, and a new one is made",
                    file.display()
                )
                .into()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(format!("{} cannot be read: {error}", self.account_file().display()).into())
            }
        }
    }

    /// Keeps the account.
    pub(super) fn keep_account(&self, credentials: &AccountCredentials) -> Result<(), Failure> {
        let text = serde_json::to_string(credentials)?;
        let place = self.account_file();
        self.write_beside(&place, &text)?;
        Ok(put(&place)?)
    }

    fn account_file(&self) -> PathBuf {
        self.folder.join("account.json")
    }

    /// Writes what is to take `place`, so that it is on the disk.
    fn write_beside(&self, place: &Path, text: &str) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|error| with_path(&error, &self.folder))?;
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(beside(place))
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            });
        written.map_err(|error| with_path(&error, place))
    }
}

/// Where a file is written before it takes its place.
fn beside(place: &Path) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Has what was written beside `place` take it.
fn put(place: &Path) -> io::Result<()> {
    fs::rename(beside(place), place).map_err(|error| with_path(&error, place))
}

fn with_path(error: &io::Error, path: &Path) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("{} cannot be written: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    fn acme(data: &Path) -> Acme {
        Acme {
            domains: vec!["a.example".to_owned(), "b.example".to_owned()],
            contact: Vec::new(),
            directory: "https://ca.example:14000/dir".to_owned(),
            data: data.to_owned(),
            ca: None,
        }
    }

    #[test]
    fn what_is_kept_is_found_again_and_is_nobody_elses_business() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::new(&acme(data.path()));
        assert!(store.certificate().unwrap().is_none() && store.account().unwrap().is_none());
        let (chain, key) = pair();
        store.keep_certificate(&chain, &key).unwrap();
        let (_, names) = store.certificate().unwrap().unwrap();
        assert!(names.is_for(&["a.example".to_owned()]));
        assert!(!names.is_for(&acme(data.path()).domains));
        for file in fs::read_dir(&store.folder).unwrap() {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        assert!(store.folder.ends_with("acme/ca.example_14000"));
    }

    fn pair() -> (String, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["a.example".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    /// A store with a pair in it, and the key of that.
    fn kept(data: &Path) -> (Store, String) {
        let store = Store::new(&acme(data));
        let (chain, key) = pair();
        store.keep_certificate(&chain, &key).unwrap();
        (store, key)
    }

    #[test]
    fn a_pair_that_cannot_be_written_leaves_the_one_before() {
        let data = tempfile::tempdir().unwrap();
        let (store, key) = kept(data.path());
        // Nothing can be written where a folder is: the key could be, and must not be taken up alone.
        fs::create_dir(beside(&store.files.certificate)).unwrap();
        let (next_chain, next_key) = pair();
        assert!(store.keep_certificate(&next_chain, &next_key).is_err());
        assert!(store.certificate().unwrap().is_some());
        assert_eq!(fs::read_to_string(&store.files.key).unwrap(), key);
    }

    #[test]
    fn what_ended_between_the_renames_is_finished() {
        let data = tempfile::tempdir().unwrap();
        let (store, _) = kept(data.path());
        let (chain, key) = pair();
        store.write_beside(&store.files.key, &key).unwrap();
        store
            .write_beside(&store.files.certificate, &chain)
            .unwrap();
        put(&store.files.key).unwrap();
        assert!(store.certificate().unwrap().is_some());
        assert_eq!(fs::read_to_string(&store.files.certificate).unwrap(), chain);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("file");
        fs::write(&file, "").unwrap();
        let store = Store::new(&acme(&file));
        for kept in [store.keep_certificate("", ""), store.prepare()] {
            let Err(failure) = kept else {
                panic!("a file is no folder");
            };
            assert!(failure.to_string().contains("ca.example"), "{failure}");
        }
    }
}
