//! A certificate for this machine, made on the spot, so that a browser takes the site for a secure context.
//!
//! An authority of the developer's own is made once and kept; each start has it sign a certificate for the names and addresses that are served. The authority is
//! constrained (RFC 5280 §4.2.1.10) to names and addresses that nobody on the Internet has: whoever steals its key can pretend to be this developer's
//! machine, and no bank.
//!
//! Uses: rcgen, std · Never: sockets

use std::{
    fs, io,
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};

/// Where a certificate and its authority are.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate of the authority: what is to be trusted.
    pub authority: PathBuf,
    /// Was it made just now, so that nobody trusts it yet?
    pub is_new: bool,
    /// The certificate of this server, in PEM form.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("{path} cannot be used for the certificate", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be made, or what is kept of the authority is no good.
    #[error("the certificate cannot be made: remove {path} and start again", path = folder.display())]
    Make {
        /// Where the authority is kept.
        folder: PathBuf,
        /// Why.
        source: rcgen::Error,
    },
}

/// Names that are nobody's on the Internet (RFC 6761, RFC 6762, RFC 8375), and what is below them.
const OWN_NAMES: [&str; 5] = ["localhost", "test", "local", "internal", "home.arpa"];
/// Browsers take no longer life.
const LIFE: Duration = Duration::from_hours(397 * 24);
/// The authority's: it is trusted by hand, so not often.
const LIFE_OF_AUTHORITY: Duration = Duration::from_hours(10 * 365 * 24);
/// Clocks differ.
const SLACK: Duration = Duration::from_hours(24);

/// A certificate for `names` and `addresses`, signed by the authority that is kept in `folder`, or is made there.
///
/// # Errors
/// When the folder cannot be written to, or what is in it is broken.
pub fn certificate(
    folder: &Path,
    names: &[String],
    addresses: &[IpAddr],
) -> Result<Certificate, CertificateError> {
    let file = |name: &str| folder.join(name);
    let failed = |source| CertificateError::Make {
        folder: folder.to_owned(),
        source,
    };
    let (authority, authority_key) = (file("authority.pem"), file("authority-key.pem"));
    fs::create_dir_all(folder).map_err(at(folder))?;
    let is_new = !(authority.is_file() && authority_key.is_file());
    if is_new {
        let key = KeyPair::generate().map_err(failed)?;
        let made = authority_params().self_signed(&key).map_err(failed)?;
        write(&authority_key, &key.serialize_pem(), 0o600)?;
        write(&authority, &made.pem(), 0o644)?;
    }
    let read = |path: &PathBuf| fs::read_to_string(path).map_err(at(path));
    let key = KeyPair::from_pem(&read(&authority_key)?).map_err(failed)?;
    let issuer = Issuer::from_ca_cert_pem(&read(&authority)?, key).map_err(failed)?;
    let own = KeyPair::generate().map_err(failed)?;
    let signed = params(names, addresses)
        .and_then(|params| params.signed_by(&own, &issuer))
        .map_err(failed)?;
    // One for each process: several may start at once.
    let process = std::process::id();
    let (certificate, own_key) = (
        file(&format!("server-{process}.pem")),
        file(&format!("server-{process}-key.pem")),
    );
    write(&own_key, &own.serialize_pem(), 0o600)?;
    write(&certificate, &signed.pem(), 0o644)?;
    Ok(Certificate {
        authority,
        is_new,
        certificate,
        key: own_key,
    })
}

impl Drop for Certificate {
    fn drop(&mut self) {
        // What is left behind is of no use to anybody, and in nobody's way.
        let _ = fs::remove_file(&self.certificate);
        let _ = fs::remove_file(&self.key);
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "larder dev (this machine only)");
    name.push(DnType::OrganizationName, "larder dev");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = OWN_NAMES
        .iter()
        .map(|name| GeneralSubtree::DnsName((*name).to_owned()));
    let addresses = own_networks().into_iter().map(|(address, prefix)| {
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, prefix))
    });
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: names.chain(addresses).collect(),
        excluded_subtrees: Vec::new(),
    });
    lives(&mut params, LIFE_OF_AUTHORITY);
    params
}

/// Addresses that are nobody's on the Internet (RFC 6890).
fn own_networks() -> [(IpAddr, u8); 8] {
    let v4 = |a, b, prefix| (IpAddr::V4(Ipv4Addr::new(a, b, 0, 0)), prefix);
    let v6 = |first, prefix| {
        (
            IpAddr::V6(Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0)),
            prefix,
        )
    };
    [
        v4(127, 0, 8),
        v4(10, 0, 8),
        v4(172, 16, 12),
        v4(192, 168, 16),
        v4(169, 254, 16),
        (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
        v6(0xfc00, 7),
        v6(0xfe80, 10),
    ]
}

fn params(names: &[String], addresses: &[IpAddr]) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names.to_vec())?;
    params
        .subject_alt_names
        .extend(addresses.iter().map(|address| SanType::IpAddress(*address)));
    params
        .distinguished_name
        .push(DnType::CommonName, "larder dev");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    lives(&mut params, LIFE);
    Ok(params)
}

fn lives(params: &mut CertificateParams, life: Duration) {
    let now = SystemTime::now();
    params.not_before = (now - SLACK).into();
    params.not_after = (now - SLACK + life).into();
}

/// Is `name` one that the authority may sign for?
pub fn is_own(name: &str) -> bool {
    OWN_NAMES
        .iter()
        .any(|own| name == *own || name.ends_with(&format!(".{own}")))
}

/// Is `address` one that the authority may sign for?
pub fn is_own_address(address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    own_networks().into_iter().any(|(network, prefix)| {
        let ((address, width), (network, same)) = (bits(address), bits(network));
        width == same && (address ^ network) >> (width - u32::from(prefix)) == 0
    })
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), CertificateError> {
    let written = fs::File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CertificateError {
    let path = path.to_owned();
    move |source| CertificateError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_is_made_once_and_its_key_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let make = || {
            certificate(
                folder.path(),
                &["localhost".to_owned()],
                &[IpAddr::V4(Ipv4Addr::LOCALHOST)],
            )
            .unwrap()
        };
        let first = make();
        assert!(first.is_new);
        let authority = fs::read(&first.authority).unwrap();
        let key = fs::metadata(folder.path().join("authority-key.pem")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
        drop(first);
        let second = make();
        assert!(!second.is_new);
        assert_eq!(fs::read(&second.authority).unwrap(), authority);
    }

    #[test]
    fn only_what_nobody_else_has_is_ours_to_sign() {
        assert!(is_own("localhost") && is_own("app.test") && !is_own("example.com"));
        for (address, expected) in [
            ("127.0.0.1", true),
            ("192.168.1.2", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("8.8.8.8", false),
            ("::1", true),
            ("fd00::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(
                is_own_address(address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
    }
}
