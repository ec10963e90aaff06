//! Where the site can be reached: from this machine, from a phone on the same network, with and without TLS.
//!
//! Uses: dev (certificate), if-addrs, qrcode, std · Never: listening

use std::{
    net::{IpAddr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use qrcode::{QrCode, render::unicode::Dense1x2};

use crate::{
    cli::error::CliError,
    dev::{self, Certificate},
};

/// Where to begin to look for a free port, and how many to try.
const PORTS: std::ops::Range<u16> = 8080..8100;

/// An address with the first of some ports that nobody listens on; the first of all if they are all taken, so that the error names it.
pub(super) fn free(address: IpAddr) -> SocketAddr {
    let port = PORTS
        .into_iter()
        .find(|port| TcpListener::bind((address, *port)).is_ok())
        .unwrap_or(PORTS.start);
    SocketAddr::new(address, port)
}

/// The addresses that other machines know this one by.
pub(super) fn on_the_network() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(if_addrs::Interface::ip)
        .filter(IpAddr::is_ipv4)
        .collect();
    // A home network before the bridges of virtual machines and containers.
    addresses.sort_by_key(|address| match address {
        IpAddr::V4(address) => match address.octets() {
            [192, 168, ..] => 0,
            [10, ..] => 1,
            [172, ..] => 3,
            _ => 2,
        },
        IpAddr::V6(_) => 4,
    });
    addresses
}

/// The URLs to print for those that are listened on: an address that stands for all is no address to go to.
pub(super) fn reachable(urls: &[String]) -> Vec<String> {
    let mut places = Vec::new();
    for url in urls {
        let Some(rest) = url
            .split_once("://0.0.0.0:")
            .or_else(|| url.split_once("://[::]:"))
        else {
            places.push(url.clone());
            continue;
        };
        let (scheme, port) = rest;
        places.push(format!("{scheme}://localhost:{port}"));
        places.extend(
            on_the_network()
                .into_iter()
                .map(|address| format!("{scheme}://{}", SocketAddr::new(address, 0)))
                .map(|place| place.trim_end_matches('0').to_owned() + port),
        );
    }
    places.dedup();
    places
}

/// `url` in a form for the camera of a phone.
pub(super) fn code(url: &str) -> Option<QrCode> {
    QrCode::new(url).ok()
}

/// `code` in cells, dark on light or the other way round.
pub(super) fn picture(code: &QrCode, light_on_dark: bool) -> String {
    let mut renderer = code.render::<Dense1x2>();
    if light_on_dark {
        renderer
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark);
    }
    renderer.build()
}

/// A certificate for the names and addresses that are served.
pub(super) fn certificate(
    names: &[String],
    listen: &[SocketAddr],
) -> Result<Certificate, CliError> {
    let names: Vec<String> = ["localhost".to_owned()]
        .into_iter()
        .chain(names.iter().map(|name| match name.strip_prefix('.') {
            Some(name) => format!("*.{name}"),
            None => name.clone(),
        }))
        .filter(|name| dev::is_own(name))
        .collect();
    let mut addresses: Vec<IpAddr> = listen.iter().map(SocketAddr::ip).collect();
    addresses.extend([
        IpAddr::from([127, 0, 0, 1]),
        IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
    ]);
    if listen.iter().any(|address| address.ip().is_unspecified()) {
        addresses.extend(on_the_network());
    }
    addresses.retain(|address| dev::is_own_address(*address));
    addresses.sort_unstable();
    addresses.dedup();
    let folder = data_folder().ok_or(CliError::NoCertificateFolder)?;
    Ok(dev::certificate(&folder, &names, &addresses)?)
}

/// Where the user's data are kept.
fn data_folder() -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    variable("XDG_DATA_HOME")
        .or_else(|| variable("HOME").map(|folder| folder.join(".local/share")))
        .map(|folder| folder.join("larder/dev"))
}

/// How to make browsers trust the authority.
pub(super) fn how_to_trust(certificate: &Certificate) -> String {
    let file = quoted(&certificate.authority);
    format!(
        "The certificate is signed by an authority of your own, which can sign for this machine and private networks only. To trust it, once:
  Chrome on Linux   mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n larder-dev -i {file}
                    (certutil is in the package libnss3-tools, elsewhere nss-tools or nss; then start Chrome again)
  curl, Node, …     sudo cp {file} /usr/local/share/ca-certificates/larder-dev.crt && sudo update-ca-certificates
  macOS             security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {file}
  Firefox           Settings, Privacy & Security, View Certificates, Authorities, Import: {file}
  a phone           open /-/larder/authority.pem there, install it, and trust it in the settings
To see this again, or to be rid of the authority: take it out of where you put it, and remove {folder}.",
        folder = quoted(certificate.authority.parent().unwrap_or(&certificate.authority))
    )
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+@".contains(letter);
    if path.chars().all(is_plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_stands_for_all_becomes_some_to_go_to() {
        let places = reachable(&["https://0.0.0.0:8443/".to_owned()]);
        assert_eq!(places[0], "https://localhost:8443/");
        for place in &places[1..] {
            assert!(place.ends_with(":8443/"), "{place}");
            assert!(
                place.starts_with("https://") && !place.contains("0.0.0.0"),
                "{place}"
            );
        }
        let own = "http://127.0.0.1:8080/".to_owned();
        assert_eq!(reachable(std::slice::from_ref(&own)), [own]);
    }

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(quoted(Path::new("/home/a/x.pem")), "/home/a/x.pem");
        assert_eq!(quoted(Path::new("/it's a/x")), r"'/it'\''s a/x'");
    }

    #[test]
    fn a_url_becomes_a_picture() {
        let code = code("http://192.168.1.20:8080/").unwrap();
        let (picture, other) = (picture(&code, true), picture(&code, false));
        assert_ne!(picture, other);
        let lines: Vec<&str> = picture.lines().collect();
        assert!(lines.len() > 10, "{picture}");
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() == lines[0].chars().count())
        );
    }
}
