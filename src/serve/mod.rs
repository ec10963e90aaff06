//! The edge to the network: actix-web in front of the origin.
//!
//! Uses: origin, snapshot, http, actix-web, rustls · Never: policy, fingerprint, files (but certificate and key)

mod access_log;
mod adapt;
mod complaint;
mod content;
mod error;
mod state;
mod tls;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse},
    rt,
    web::{self, Data},
};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info};

pub use access_log::TARGET as ACCESS_LOG_TARGET;
pub use error::ServeError;
pub use state::Current;
pub use tls::TlsFiles;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; at least one address.
    pub listen: Vec<SocketAddr>,
    /// How many threads answer; `None` for one per core.
    pub workers: Option<usize>,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long replies that have begun may take to end after the signal to stop.
    pub shutdown_timeout: Duration,
    /// TLS for all addresses, or none.
    pub tls: Option<TlsFiles>,
}

/// The application: everything is answered by the origin.
///
/// Public so that it can be run without a socket, by actix's own test server.
pub fn app(
    current: Arc<Current>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(Data::from(current))
        .default_service(web::to(adapt::answer))
}

/// Serves until it is told to stop by SIGTERM or SIGINT; replies that have begun are finished. Calls `ready` with the URL of each listener once
/// connections are accepted.
///
/// # Errors
/// When an address cannot be listened on or the certificate cannot be used.
pub fn run(
    options: &Options,
    current: Arc<Current>,
    ready: impl FnOnce(&[String]),
) -> Result<(), ServeError> {
    rt::System::new().block_on(async {
        let tls = options.tls.as_ref().map(tls::configure).transpose()?;
        let mut server = HttpServer::new(move || app(Arc::clone(&current)))
            // Without it, the last small segment of a reply waits for an acknowledgement of the one before: 40 ms a round over TLS.
            .tcp_nodelay(true)
            .keep_alive(options.keep_alive)
            .shutdown_timeout(whole_seconds(options.shutdown_timeout))
            .disable_signals();
        if let Some(workers) = options.workers {
            server = server.workers(workers);
        }
        for &address in &options.listen {
            server = match tls.clone() {
                Some(tls) => server.bind_rustls_0_23(address, tls),
                None => server.bind(address),
            }
            .map_err(|source| ServeError::Listen { address, source })?;
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let urls: Vec<String> = server
            .addrs()
            .iter()
            .map(|address| format!("{scheme}://{address}/"))
            .collect();
        let server = server.run();
        let handle = server.handle();
        rt::spawn(async move {
            if let Err(error) = stop_when_told(handle).await {
                error!(%error, "signals cannot be received: only SIGKILL will stop the server");
            }
        });
        ready(&urls);
        server.await.map_err(ServeError::Runtime)
    })
}

/// Rounded up: half a second is not none.
fn whole_seconds(duration: Duration) -> u64 {
    duration
        .as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}

async fn stop_when_told(server: ServerHandle) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    info!("{name}: finishing the replies that have begun; a second signal stops at once");
    tokio::select! {
        () = server.stop(true) => {}
        _ = terminate.recv() => server.stop(false).await,
        _ = interrupt.recv() => server.stop(false).await,
    }
    Ok(())
}
