//! Certificates from an authority, for real: Debian's `pebble` signs, larder proves, a client looks.
//!
//! Needs `pebble` and `pebble-challtestsrv`, so `cargo test` leaves them out; `cargo xtask test` installs them where it may.

#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use support::{Ask, Connection, Larder, Site, eventually, holds};

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago: pebble has to be told where larder will listen before either runs.
fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    socket.local_addr().expect("it is bound").port()
}

/// A certification authority on the loopback address, for which every name leads to 127.0.0.1.
struct Authority {
    directory: String,
    _pebble: Running,
    _names: Running,
}

impl Authority {
    fn start(folder: &Path, tls: u16, http: u16) -> Self {
        Self::with_lifetime(folder, tls, http, Duration::from_hours(90 * 24))
    }

    /// One whose certificates are good for this long.
    fn with_lifetime(folder: &Path, tls: u16, http: u16, lifetime: Duration) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()])
                .expect("what the test needs can be had");
        let (certificate, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        fs::write(&certificate, cert.pem()).expect("what the test needs can be had");
        fs::write(&key, signing_key.serialize_pem()).expect("what the test needs can be had");
        let (listen, names, management) = (free_port(), free_port(), free_port());
        let config = folder.join("pebble.json");
        let text = format!(
            "{{\"pebble\": {{\"listenAddress\": \"127.0.0.1:{listen}\", \"managementListenAddress\": \"\", \
             \"certificate\": \"{}\", \"privateKey\": \"{}\", \"httpPort\": {http}, \"tlsPort\": {tls}, \
             \"ocspResponderURL\": \"\", \"externalAccountBindingRequired\": false, \"certificateValidityPeriod\": {}}}}}",
            certificate.display(),
            key.display(),
            lifetime.as_secs(),
        );
        fs::write(&config, text).expect("what the test needs can be had");
        let names_at = format!("127.0.0.1:{names}");
        let mut resolver = Command::new("pebble-challtestsrv");
        resolver
            .args(["-dns01", &names_at, "-management"])
            .arg(format!("127.0.0.1:{management}"))
            .args([
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
            ]);
        let mut pebble = Command::new("pebble");
        pebble
            .arg("-config")
            .arg(&config)
            .args(["-strict", "-dnsserver", &names_at])
            .env("PEBBLE_VA_NOSLEEP", "1");
        let authority = Self {
            directory: format!("https://localhost:{listen}/dir"),
            _names: start(resolver),
            _pebble: start(pebble),
        };
        for port in [listen, management] {
            holds("it listens", || {
                TcpStream::connect(("127.0.0.1", port)).is_ok()
            });
        }
        authority
    }
}

fn start(mut command: Command) -> Running {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Running(
        command
            .spawn()
            .expect("pebble is installed: `apt-get install pebble`"),
    )
}

/// What a server shows, whoever signed it.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The status line of a GET to `host`, and the issuer and the names of the certificate.
fn visit(address: SocketAddr, host: &str) -> Option<(String, String, Vec<u8>)> {
    let config = ClientConfig::builder_with_provider(default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("what the test needs can be had")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).expect("what the test needs can be had");
    let session =
        ClientConnection::new(Arc::new(config), name).expect("what the test needs can be had");
    let mut stream = StreamOwned::new(session, TcpStream::connect(address).ok()?);
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: text/html\r\n\r\n"
    )
    .ok()?;
    let mut said = Vec::new();
    stream.read_to_end(&mut said).ok()?;
    let own = stream.conn.peer_certificates()?.first()?.clone();
    let (_, parsed) = x509_parser::parse_x509_certificate(&own).ok()?;
    let status = String::from_utf8_lossy(&said).lines().next()?.to_owned();
    Some((status, parsed.issuer().to_string(), own.to_vec()))
}

fn obtains_and_keeps_a_certificate(by_http: bool) {
    let site = Site::of(&[("index.html", "<title>x</title>")]);
    let folder = site.beside("");
    let (tls, http) = (free_port(), free_port());
    let authority = Authority::start(&folder, tls, http);
    let redirect = if by_http {
        format!("redirect-http = \"127.0.0.1:{http}\"\n")
    } else {
        String::new()
    };
    let policy = site.policy(&format!(
        "[server]\n{redirect}[server.acme]\ndomains = [\"larder.test\", \"www.larder.test\"]\ncontact = [\"ops@larder.test\"]\n\
         directory = {:?}\nca = \"{}\"\ndata = \"{}\"\n",
        authority.directory,
        folder.join("ca.pem").display(),
        folder.join("data").display(),
    ));
    let listen = format!("127.0.0.1:{tls}");
    let arguments = ["--policy", policy.as_str(), "--listen", listen.as_str()];
    let larder = Larder::with(&site, &arguments);
    let (status, issuer, certificate) = eventually("a certificate of the authority", || {
        visit(larder.address(), "www.larder.test")
    });
    assert!(status.contains("200"), "{status}");
    assert!(issuer.contains("Pebble"), "{issuer}");
    assert!(larder.log().contains("in force for"), "{}", larder.log());
    if by_http {
        let plain: SocketAddr = format!("127.0.0.1:{http}")
            .parse()
            .expect("what the test needs can be had");
        Connection::open(plain)
            .ask(&Ask::get("/").with("Host", "larder.test"))
            .is(308);
    }

    // The authority is gone: what was kept is enough.
    drop(larder);
    drop(authority);
    let larder = Larder::with(&site, &arguments);
    let (_, _, again) = eventually("the certificate that was kept", || {
        visit(larder.address(), "larder.test")
    });
    assert_eq!(again, certificate);
    assert!(!larder.log().contains("asking"), "{}", larder.log());
}

#[test]
#[ignore = "needs pebble: cargo xtask test"]
fn a_certificate_is_obtained_over_tls_and_kept() {
    obtains_and_keeps_a_certificate(false);
}

#[test]
#[ignore = "needs pebble: cargo xtask test"]
fn a_certificate_is_obtained_over_plain_http_and_kept() {
    obtains_and_keeps_a_certificate(true);
}

#[test]
#[ignore = "needs pebble: cargo xtask test"]
fn what_the_authority_objects_to_is_in_the_log() {
    let site = Site::of(&[("index.html", "<title>x</title>")]);
    let folder = site.beside("");
    // The authority looks for the proof where nobody listens.
    let authority = Authority::start(&folder, free_port(), free_port());
    let larder = Larder::under(&site, &policy(&authority, &folder));
    holds("the reason is in the log", || {
        let log = larder.log();
        log.contains("no certificate for larder.test")
            && log.contains("Failed to connect")
            && log.contains("the next attempt is in 1 min")
    });
    let failures = "larder_reload_failures_total{what=\"certificate\"}";
    assert_eq!(larder.metric(failures), 1);
}

/// The policy of a site that gets its certificates from `authority`.
fn policy(authority: &Authority, folder: &Path) -> String {
    format!(
        "[server]\nadmin = \"127.0.0.1:0\"\n[server.acme]\ndomains = \"larder.test\"\ndirectory = {:?}\nca = \"{}\"\ndata = \"{}\"\n",
        authority.directory,
        folder.join("ca.pem").display(),
        folder.join("data").display(),
    )
}

/// Certificates that live for seconds are renewed as those that live for months are: when two thirds of their life are over, and not before.
#[test]
#[ignore = "needs pebble: cargo xtask test"]
fn a_certificate_is_renewed_before_its_end_and_not_all_the_time() {
    const LIFETIME: Duration = Duration::from_secs(15);
    let site = Site::of(&[("index.html", "<title>x</title>")]);
    let folder = site.beside("");
    let tls = free_port();
    let authority = Authority::with_lifetime(&folder, tls, free_port(), LIFETIME);
    let policy = site.policy(&policy(&authority, &folder));
    let listen = format!("127.0.0.1:{tls}");
    let start = Instant::now();
    let larder = Larder::with(&site, &["--policy", &policy, "--listen", &listen]);
    let (_, _, first) = eventually("a certificate of the authority", || {
        visit(larder.address(), "larder.test")
    });
    let (status, _, second) = eventually("the next one", || {
        visit(larder.address(), "larder.test").filter(|(_, _, certificate)| *certificate != first)
    });
    assert!(status.contains("200"), "{status}");
    let end = |certificate: &[u8]| {
        let (_, parsed) = x509_parser::parse_x509_certificate(certificate)
            .expect("what the test needs can be had");
        parsed.validity().not_after.timestamp()
    };
    assert!(end(&second) > end(&first));
    // One at the start, and one more whenever ten seconds have passed.
    let most = 1 + start.elapsed().as_secs() / (LIFETIME.as_secs() * 2 / 3);
    let asked = larder.log().matches("asking https://").count() as u64;
    assert!(
        (2..=most).contains(&asked),
        "{asked} of {most}: {}",
        larder.log()
    );
    assert_eq!(
        larder.metric("larder_reload_failures_total{what=\"certificate\"}"),
        0
    );
}
