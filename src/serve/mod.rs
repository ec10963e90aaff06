//! The edge to the network: actix-web in front of the origin.
//!
//! Uses: origin, snapshot, http, actix-web, rustls · Never: policy, fingerprint, files (but certificate and key)

mod access_log;
mod adapt;
mod complaint;
mod connection;
mod content;
mod door;
mod error;
mod gate;
mod limits;
mod line;
mod listen;
mod state;
mod tls;

use std::{net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use actix_http::{Extensions, HttpService, Request, body::MessageBody};
use actix_server::{GracefulShutdownSignal, Server, ServerHandle};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    dev::{AppConfig, ServiceFactory, ServiceRequest, ServiceResponse},
    rt,
    web::{self, Data},
};
use tokio::{
    net::TcpStream,
    signal::unix::{SignalKind, signal},
};
use tracing::{error, info};

pub use access_log::TARGET as ACCESS_LOG_TARGET;
pub use error::ServeError;
pub use limits::Limits;
pub use state::Current;
pub use tls::TlsFiles;

use door::Door;
use gate::Gate;
use line::Line;

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
    /// What clients are granted.
    pub limits: Limits,
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
        Response = ServiceResponse<impl MessageBody>,
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
    run_application(options, move || app(Arc::clone(&current)), ready)
}

/// The same for any application of actix-web's: each worker gets one of `application`.
///
/// # Errors
/// When an address cannot be listened on or the certificate cannot be used.
pub fn run_application<F, A, S, B>(
    options: &Options,
    application: F,
    ready: impl FnOnce(&[String]),
) -> Result<(), ServeError>
where
    F: Fn() -> A + Clone + Send + 'static,
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    rt::System::new().block_on(async {
        let tls = options.tls.as_ref().map(tls::acceptor).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut server = Server::build()
            .shutdown_timeout(whole_seconds(options.shutdown_timeout))
            .disable_signals();
        if let Some(workers) = options.workers {
            server = server.workers(workers);
        }
        let mut urls = Vec::new();
        for &address in &options.listen {
            let listener = listen::on(address)?;
            let failed = |source| ServeError::Listen { address, source };
            let address = listener.local_addr().map_err(failed)?;
            let url = format!("{scheme}://{address}/");
            let service = Connections {
                door: Door {
                    limits: options.limits.clone(),
                    tls: tls.clone(),
                },
                application: application.clone(),
                keep_alive: options.keep_alive,
                stopping: server.graceful_shutdown_signal(),
            };
            server = server
                .listen(&url, listener, move || service.clone().factory())
                .map_err(failed)?;
            urls.push(url);
        }
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

/// What becomes of the connections of one listener.
#[derive(Clone)]
struct Connections<F> {
    door: Door,
    application: F,
    keep_alive: Duration,
    stopping: GracefulShutdownSignal,
}

impl<F> Connections<F> {
    /// The layers, from the socket up: the [`Door`], actix's HTTP/1.1 and HTTP/2 over a [`Line`], the [`Gate`], the application.
    fn factory<A, S, B>(self) -> impl ServiceFactory<TcpStream, Config = (), InitError = ()>
    where
        F: Fn() -> A,
        A: IntoServiceFactory<S, Request>,
        S: ServiceFactory<
                Request,
                Config = AppConfig,
                Response = ServiceResponse<B>,
                Error = actix_web::Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let Self {
            door,
            application,
            keep_alive,
            stopping,
        } = self;
        let application = application()
            .into_factory()
            .map_err(|error| error.error_response());
        let gate = Gate {
            inner: map_config(application, |()| AppConfig::default()),
            limits: door.limits.clone(),
        };
        let http = HttpService::build()
            .keep_alive(keep_alive)
            .client_request_timeout(door.limits.head_timeout)
            .client_disconnect_timeout(Duration::from_secs(1))
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(|line: &Line, data: &mut Extensions| {
                data.insert(Rc::clone(line.connection()));
            })
            .finish(gate);
        fn_service(move |stream| door.clone().enter(stream)).and_then(http)
    }
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
