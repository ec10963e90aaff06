//! The folder where account, key and certificate are kept between starts.
//!
//! `acme/<host of the directory>/account.json` and `<first name>.{pem,key}`: what one authority gave is not shown to another. For the server's eyes alone: the
//! folders have mode 0700, the files 0600. Each is written beside its place and renamed, so that none is ever half there.
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
        let certified = self.files.read()?;
        let names = Names(certified.names.clone());
        Ok(Some((certified, names)))
    }

    /// Keeps a certificate and its key, and reads them as the next start will.
    pub(super) fn keep_certificate(&self, chain: &str, key: &str) -> Result<Certified, Failure> {
        self.write(&self.files.key, key)?;
        self.write(&self.files.certificate, chain)?;
        Ok(self.files.read()?)
    }

    /// The account, if there is one.
    pub(super) fn account(&self) -> Result<Option<AccountCredentials>, Failure> {
        match fs::read(self.account_file()) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the account.
    pub(super) fn keep_account(&self, credentials: &AccountCredentials) -> Result<(), Failure> {
        let text = serde_json::to_string(credentials)?;
        Ok(self.write(&self.account_file(), &text)?)
    }

    fn account_file(&self) -> PathBuf {
        self.folder.join("account.json")
    }

    fn write(&self, place: &Path, text: &str) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(|error| with_path(&error, &self.folder))?;
        let beside = place.with_extension("new");
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&beside, place));
        written.map_err(|error| with_path(&error, place))
    }
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
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["a.example".to_owned()]).unwrap();
        store
            .keep_certificate(&cert.pem(), &signing_key.serialize_pem())
            .unwrap();
        let (_, names) = store.certificate().unwrap().unwrap();
        assert!(names.is_for(&["a.example".to_owned()]));
        assert!(!names.is_for(&acme(data.path()).domains));
        for file in fs::read_dir(&store.folder).unwrap() {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        assert!(store.folder.ends_with("acme/ca.example_14000"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("file");
        fs::write(&file, "").unwrap();
        let store = Store::new(&acme(&file));
        let Err(failure) = store.keep_certificate("", "") else {
            panic!("a file is no folder");
        };
        assert!(failure.to_string().contains("ca.example"), "{failure}");
    }
}
