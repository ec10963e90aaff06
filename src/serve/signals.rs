//! What the operator says by signals, and what the service manager is told.
//!
//! SIGTERM and SIGINT finish the replies that have begun, a second one stops at once. SIGHUP reads policy, site and certificates again.
//!
//! Uses: tokio, actix-server's handle, sd-notify · Never: requests

use std::{fmt, io, sync::Arc};

use actix_server::ServerHandle;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;
use tracing::{info, warn};

/// What to do when the operator asks for another look at everything.
#[derive(Clone, Default)]
pub struct LookAgain(Option<Arc<dyn Fn() + Send + Sync>>);

impl LookAgain {
    /// Calls `look`.
    pub fn by(look: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(look)))
    }

    fn ask(&self) {
        if let Some(look) = &self.0 {
            look();
        }
    }
}

impl fmt::Debug for LookAgain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LookAgain")
    }
}

/// Stops `server` when told to.
///
/// # Errors
/// When signals cannot be received.
pub(super) async fn stop_when_told(server: ServerHandle) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    info!("{name}: finishing the replies that have begun; a second signal stops at once");
    tell(&[NotifyState::Stopping]);
    tokio::select! {
        () = server.stop(true) => {}
        _ = terminate.recv() => server.stop(false).await,
        _ = interrupt.recv() => server.stop(false).await,
    }
    Ok(())
}

/// Asks for another look at each SIGHUP.
///
/// # Errors
/// When signals cannot be received.
pub(super) async fn look_when_told(
    look: LookAgain,
    certificates: Arc<tokio::sync::Notify>,
) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    while hangup.recv().await.is_some() {
        info!("SIGHUP: reading policy, site and certificates again");
        // Type=notify-reload waits for the second message, which may come before the site was read: what was in force stays until then.
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            tell(&[NotifyState::Reloading, now]);
        }
        look.ask();
        certificates.notify_one();
        tell(&[NotifyState::Ready]);
    }
    Ok(())
}

/// Tells the service manager that connections are accepted, and then, if it wants to know, that this thread still runs.
pub(super) fn ready(urls: &[String]) {
    let status = format!("serving {}", urls.join(" "));
    tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
    if let Some(within) = sd_notify::watchdog_enabled() {
        actix_web::rt::spawn(async move {
            loop {
                sleep(within / 2).await;
                tell(&[NotifyState::Watchdog]);
            }
        });
    }
}

/// Does nothing where no service manager listens (`NOTIFY_SOCKET`).
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!(%error, "the service manager cannot be told");
    }
}
