//! The certificates of the server: which there are, whom they are for, and which one a client gets.
//!
//! The table is replaced whole when a file changes or the authority sends a new one; connections that are open keep what they were begun with, and the
//! tickets of their sessions stay good.
//!
//! RFC 6066 §3 (server name), RFC 6125 §6.4.3 (wildcards), RFC 8737 (TLS-ALPN-01).
//!
//! Uses: rustls, x509-parser, arc-swap · Never: files, requests

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use rustls::{
    pki_types::CertificateDer,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use x509_parser::{
    extensions::GeneralName,
    prelude::{FromDer, X509Certificate},
};

/// What a certification authority offers by ALPN when it asks for the certificate of a challenge (RFC 8737 §6.2).
pub(super) const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";

/// A certificate with its key, and what is to be known about it.
#[derive(Clone, Debug)]
pub(super) struct Certified {
    pub(super) key: Arc<CertifiedKey>,
    /// The hosts it is for, as in a URL: names in lower case, `*.example.com` for every name one label longer, and addresses.
    pub(super) names: Vec<String>,
    /// From when on it is good, in seconds of Unix time.
    pub(super) not_before: i64,
    /// When it expires, in seconds of Unix time.
    pub(super) not_after: i64,
}

impl Certified {
    /// # Errors
    /// A text, when the certificate is none of X.509's.
    pub(super) fn new(key: CertifiedKey) -> Result<Self, String> {
        let own = key.cert.first().ok_or("there is no certificate in it")?;
        let (names, not_before, not_after) = names_and_life(own)?;
        Ok(Self {
            key: Arc::new(key),
            names,
            not_before,
            not_after,
        })
    }

    /// When to ask for the next one, in seconds of Unix time: when two thirds of its life are over, be that a quarter of a year or six days.
    pub(super) fn renewal(&self) -> i64 {
        let life = self.not_after.saturating_sub(self.not_before);
        self.not_after.saturating_sub(life / 3)
    }
}

fn names_and_life(certificate: &CertificateDer<'_>) -> Result<(Vec<String>, i64, i64), String> {
    let (_, certificate) =
        X509Certificate::from_der(certificate).map_err(|error| error.to_string())?;
    let alternatives = certificate
        .subject_alternative_name()
        .map_err(|error| error.to_string())?;
    let names = alternatives
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(octets) => address(octets).map(host_of),
            _ => None,
        })
        .collect();
    let validity = certificate.validity();
    let (begin, end) = (
        validity.not_before.timestamp(),
        validity.not_after.timestamp(),
    );
    Ok((names, begin, end))
}

/// The address of these octets (RFC 5280 §4.2.1.6).
fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let v6 = || <[u8; 16]>::try_from(octets).map(IpAddr::from);
    v4.or_else(|_| v6()).ok()
}

/// The address as the host of a URL (RFC 3986 §3.2.2), in the one spelling that is compared.
pub(super) fn host_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Where certificates come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Files,
    Authority,
}

/// All certificates of a server.
#[derive(Debug, Default)]
pub(super) struct Certificates {
    table: ArcSwap<Table>,
    /// Those from files, and those from an authority; a client that names nobody gets the first.
    sources: Mutex<[Vec<Certified>; 2]>,
    /// What is shown to the authority that asks for the proof of a name.
    challenges: Mutex<HashMap<String, Arc<CertifiedKey>>>,
    /// What is answered to it over HTTP: token and key authorisation (RFC 8555 §8.3).
    tokens: Mutex<HashMap<String, String>>,
}

/// The certificates in force, the favourite first.
#[derive(Debug, Default)]
struct Table {
    all: Vec<Certified>,
    by_name: HashMap<String, usize>,
}

impl Certificates {
    /// Takes `all` into force, in place of those that came from there before.
    pub(super) fn replace(&self, source: Source, all: Vec<Certified>) {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources[source as usize] = all;
        let all = sources.concat();
        let mut by_name = HashMap::new();
        for (place, certified) in all.iter().enumerate() {
            for name in &certified.names {
                by_name.entry(name.clone()).or_insert(place);
            }
        }
        self.table.store(Arc::new(Table { all, by_name }));
    }

    /// Those that came from there.
    pub(super) fn of(&self, source: Source) -> Vec<Certified> {
        let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        sources[source as usize].clone()
    }

    /// The names and the end of each.
    pub(super) fn ends(&self) -> Vec<(Vec<String>, i64)> {
        let table = self.table.load();
        table
            .all
            .iter()
            .map(|certified| (certified.names.clone(), certified.not_after))
            .collect()
    }

    /// Is any certificate for `host`?
    pub(super) fn is_for(&self, host: &str) -> bool {
        self.table.load().find(host).is_some()
    }

    pub(super) fn challenges(&self) -> MutexGuard<'_, HashMap<String, Arc<CertifiedKey>>> {
        self.challenges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tokens(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn find(&self, host: &str) -> Option<&Certified> {
        let place = self.by_name.get(host).or_else(|| {
            let (_, parent) = host.split_once('.')?;
            self.by_name.get(&format!("*.{parent}"))
        })?;
        Some(&self.all[*place])
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_ascii_lowercase);
        let mut offered = hello.alpn().into_iter().flatten();
        if offered.any(|protocol| protocol == CHALLENGE_PROTOCOL) {
            return self.challenges().get(&name?).cloned();
        }
        let table = self.table.load();
        let found = name.and_then(|name| table.find(&name));
        // A client that names nobody, or somebody else, sees by the names in it whom it has reached.
        found
            .or(table.all.first())
            .map(|certified| Arc::clone(&certified.key))
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Generated, generate_simple_self_signed};
    use rustls::{crypto::aws_lc_rs::default_provider, pki_types::PrivateKeyDer};

    use super::*;

    fn certified(names: &[&str]) -> Certified {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let Generated { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let chain = vec![cert.der().clone()];
        Certified::new(CertifiedKey::from_der(chain, key, &default_provider()).unwrap()).unwrap()
    }

    #[test]
    fn a_host_finds_the_certificate_that_is_for_it() {
        let certificates = Certificates::default();
        certificates.replace(
            Source::Files,
            vec![
                certified(&["example.com", "www.example.com"]),
                certified(&["*.example.org", "Example.ORG"]),
                certified(&["192.0.2.1", "2001:db8::1"]),
            ],
        );
        let table = certificates.table.load();
        let first = |host: &str| table.find(host).map(|found| found.names[0].as_str());
        assert_eq!(first("www.example.com"), Some("example.com"));
        assert_eq!(first("a.example.org"), Some("*.example.org"));
        assert_eq!(first("example.org"), Some("*.example.org"));
        assert_eq!(first("192.0.2.1"), Some("192.0.2.1"));
        assert_eq!(first("[2001:db8::1]"), Some("192.0.2.1"));
        for nobody in [
            "a.b.example.org",
            "a.example.com",
            "com",
            "",
            "evil.example",
            "192.0.2.2",
            "2001:db8::1",
        ] {
            assert_eq!(first(nobody), None, "{nobody}");
            assert!(!certificates.is_for(nobody));
        }
    }

    #[test]
    fn the_next_one_is_asked_for_when_two_thirds_of_its_life_are_over() {
        const DAY: i64 = 86_400;
        let with_life = |not_before, not_after| Certified {
            not_before,
            not_after,
            ..certified(&["example.com"])
        };
        assert_eq!(with_life(0, 90 * DAY).renewal(), 60 * DAY);
        assert_eq!(with_life(30 * DAY, 36 * DAY).renewal(), 34 * DAY);
        // What no authority gives: it is due, and nothing overflows.
        assert_eq!(
            with_life(i64::MAX, i64::MIN).renewal(),
            i64::MIN + i64::MAX / 3
        );
    }

    #[test]
    fn the_end_of_a_certificate_is_read_from_it() {
        let certificates = Certificates::default();
        assert_eq!(certificates.ends(), []);
        certificates.replace(Source::Files, vec![certified(&["example.com"])]);
        let [(names, end)] = &certificates.ends()[..] else {
            panic!("one certificate");
        };
        // rcgen's defaults: from 1975 to the year 4096.
        assert_eq!(names, &["example.com"]);
        assert_eq!(*end, 67_090_118_400);
    }
}
