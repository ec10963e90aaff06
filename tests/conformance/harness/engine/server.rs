//! A server of the library's own, on a free port of the loopback address, until the suite ends.

use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use larder::serve::{self, Current, Limits, Options, TlsFiles};

use super::Site;

/// Starts one for `site` and says where it listens.
pub(super) fn start(site: Site, tls: Option<TlsFiles>) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let options = Options {
            listen: vec![([127, 0, 0, 1], 0).into()],
            workers: Some(1),
            shutdown_timeout: Duration::ZERO,
            tls: tls.into_iter().collect(),
            // Connections are kept by the suite for as long as it runs.
            limits: Limits {
                keep_alive: Duration::from_hours(1),
                http2_keep_alive: Duration::from_hours(1),
                ..Limits::default()
            },
            ..Options::default()
        };
        let current = Arc::new(Current::new(site.snapshot().clone()));
        serve::run(&options, &current, |urls| {
            tell.send(urls[0].clone()).expect("the suite waits for it");
        })
    });
    let url = told
        .recv_timeout(Duration::from_secs(30))
        .expect("the server starts");
    let (_, authority) = url
        .trim_end_matches('/')
        .split_once("://")
        .expect("the first line is a URL");
    authority
        .parse()
        .expect("the URL of a listener is its address")
}
