//! Takes up certificates whose files have changed, while connections go on.
//!
//! Certificate and key are two files, and one is written before the other: a pair that does not go together is what the middle of a change looks like. So it is
//! looked at again before anything is said, and the certificate in force stays until there is a better one. One pair that stays broken keeps no other from
//! being renewed.
//!
//! Uses: tls, certificates, metrics, tokio's timer · Never: requests

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::sleep};
use tracing::{error, info};

use super::{
    certificates::{Certificates, Certified, Source},
    error::{ServeError, chain},
    metrics::{self, Reload},
    tls::{Stamp, TlsFiles},
};

/// How often the files are looked at: two system calls for each.
const LOOK: Duration = Duration::from_secs(1);

/// How many looks in a row may find a pair that cannot be used before it is called an error.
const PATIENCE: u32 = 3;

/// After so many more looks it is said again: an hour. The certificate before expires some day.
const AGAIN: u32 = 3600;

/// Keeps `certificates` as the files are, which were read into it in this order. `look_now` asks for a look at once, as for SIGHUP.
pub(super) async fn keep(
    files: Vec<TlsFiles>,
    certificates: Arc<Certificates>,
    look_now: Arc<Notify>,
) {
    let mut in_force = certificates.of(Source::Files);
    let mut pairs: Vec<Pair> = files.into_iter().map(Pair::new).collect();
    loop {
        let was_asked = tokio::select! {
            () = sleep(LOOK) => false,
            () = look_now.notified() => true,
        };
        let mut is_new = false;
        for (pair, certified) in pairs.iter_mut().zip(&mut in_force) {
            match pair.look(was_asked) {
                Some(Ok(next)) => {
                    *certified = next;
                    is_new = true;
                }
                Some(Err(error)) => complain(&error),
                None => {}
            }
        }
        if is_new {
            certificates.replace(Source::Files, in_force.clone());
            metrics::reloaded(Reload::Certificate);
            info!("certificates: read again, in force for new connections");
        }
    }
}

/// A certificate with its key, as files.
struct Pair {
    files: TlsFiles,
    /// How they looked when they were last taken into force.
    taken: Stamp,
    /// How many looks in a row found them unusable.
    in_vain: u32,
}

impl Pair {
    /// One that is in force.
    fn new(files: TlsFiles) -> Self {
        Self {
            taken: files.stamp(),
            files,
            in_vain: 0,
        }
    }

    /// What the files hold, where they have changed or somebody asks; why they cannot be used, when it is time to say so.
    fn look(&mut self, was_asked: bool) -> Option<Result<Certified, ServeError>> {
        let stamp = self.files.stamp();
        if stamp == self.taken && !was_asked {
            self.in_vain = 0;
            return None;
        }
        match self.files.read() {
            Ok(certified) => {
                self.taken = stamp;
                self.in_vain = 0;
                Some(Ok(certified))
            }
            Err(error) => {
                self.in_vain = self.in_vain.saturating_add(1);
                let is_due = self
                    .in_vain
                    .checked_sub(PATIENCE)
                    .is_some_and(|more| more % AGAIN == 0);
                (is_due || was_asked).then_some(Err(error))
            }
        }
    }
}

fn complain(error: &ServeError) {
    metrics::reload_failed(Reload::Certificate);
    error!("{}: the certificate before stays in force", chain(error));
}
