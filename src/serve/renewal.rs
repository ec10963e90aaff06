//! Takes up certificates whose files have changed, while connections go on.
//!
//! Certificate and key are two files, and one is written before the other: a pair that does not go together is what the middle of a change looks like. So it is
//! looked at again before anything is said, and the certificate in force stays until there is a better one.
//!
//! Uses: tls, certificates, metrics, tokio's timer · Never: requests

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::sleep};
use tracing::{error, info};

use super::{
    certificates::{Certificates, Source},
    error::{ServeError, chain},
    metrics::{self, Reload},
    tls::{self, Stamp, TlsFiles},
};

/// How often the files are looked at: two system calls for each.
const LOOK: Duration = Duration::from_secs(1);

/// How many looks in a row may find a pair that cannot be used before it is called an error.
const PATIENCE: u32 = 3;

/// Keeps `certificates` as the files are. `look_now` asks for a look at once, as for SIGHUP.
pub(super) async fn keep(
    files: Vec<TlsFiles>,
    certificates: Arc<Certificates>,
    look_now: Arc<Notify>,
) {
    let stamps = || files.iter().map(TlsFiles::stamp).collect::<Vec<Stamp>>();
    let mut taken = stamps();
    let mut in_vain = 0;
    loop {
        let was_asked = tokio::select! {
            () = sleep(LOOK) => false,
            () = look_now.notified() => true,
        };
        let now = stamps();
        if now == taken && !was_asked {
            continue;
        }
        match tls::read_all(&files) {
            Ok(all) => {
                certificates.replace(Source::Files, all);
                taken = now;
                in_vain = 0;
                metrics::reloaded(Reload::Certificate);
                info!("certificates: read again, in force for new connections");
            }
            Err(error) => {
                in_vain += 1;
                if in_vain == PATIENCE || was_asked {
                    complain(&error);
                }
            }
        }
    }
}

fn complain(error: &ServeError) {
    metrics::reload_failed(Reload::Certificate);
    error!("{}: the certificate before stays in force", chain(error));
}
