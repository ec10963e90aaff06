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
mod http1;
mod http2;
mod limits;
mod line;
mod listen;
mod records;
mod state;
mod tls;
mod worker;

use std::{fmt, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use actix_http::{
    Extensions, HttpService, Protocol, Request, Response,
    body::{BoxBody, MessageBody},
};
use actix_server::{GracefulShutdownSignal, Server, ServerHandle};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactoryExt, fn_factory, fn_service, map_config,
};
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
use worker::Worker;

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
        .default_service(web::to(http1::handle))
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
    let http2 = Arc::clone(&current);
    let http1 = move || {
        let current = Arc::clone(&current);
        fn_service(move |request: Request| http1::answer(request, &current))
    };
    serve(options, http1, Some(&http2), ready)
}

/// The same for an application of actix-web's: each worker gets one of `application`. It speaks HTTP/1.1 only.
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
    let http1 = move || {
        let application = application()
            .into_factory()
            .map(Response::from)
            .map_err(|error| error.error_response());
        map_config(application, |()| AppConfig::default())
    };
    serve(options, http1, None, ready)
}

fn serve<F, S, B>(
    options: &Options,
    http1: F,
    http2: Option<&Arc<Current>>,
    ready: impl FnOnce(&[String]),
) -> Result<(), ServeError>
where
    F: Fn() -> S + Clone + Send + 'static,
    S: Http1<B>,
    B: MessageBody + 'static,
{
    rt::System::new().block_on(async {
        let protocols = tls::protocols(http2.is_some());
        let tls = options
            .tls
            .as_ref()
            .map(|files| tls::acceptor(files, protocols))
            .transpose()?;
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
                http1: http1.clone(),
                http2: http2.cloned(),
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
    http1: F,
    http2: Option<Arc<Current>>,
    keep_alive: Duration,
    stopping: GracefulShutdownSignal,
}

/// What answers the requests of HTTP/1.1, for each worker.
trait Http1<B>:
    ServiceFactory<
        Request,
        Config = (),
        Response = Response<B>,
        Error: Into<Response<BoxBody>>,
        InitError: fmt::Debug,
        Future: 'static,
        Service: 'static,
    > + 'static
{
}

impl<B, S> Http1<B> for S where
    S: ServiceFactory<
            Request,
            Config = (),
            Response = Response<B>,
            Error: Into<Response<BoxBody>>,
            InitError: fmt::Debug,
            Future: 'static,
            Service: 'static,
        > + 'static
{
}

impl<F> Connections<F> {
    /// The layers, from the socket up: the [`Door`], then HTTP/2 or the [`Gate`] and actix's HTTP/1.1 over a [`Line`].
    fn factory<S, B>(self) -> impl ServiceFactory<TcpStream, Config = (), InitError = ()>
    where
        F: Fn() -> S,
        S: Http1<B>,
        B: MessageBody + 'static,
    {
        let Self {
            door,
            http1,
            http2,
            keep_alive,
            stopping,
        } = self;
        let gate = Gate {
            inner: http1(),
            limits: door.limits.clone(),
        };
        let worker = http2.map(|current| {
            let limits = door.limits.clone();
            Rc::new(Worker::new(current, limits, keep_alive, stopping.clone()))
        });
        let http1 = HttpService::build()
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
            .h1(gate);
        fn_factory(move || {
            let (door, worker) = (door.clone(), worker.clone());
            let http1 = http1.new_service(());
            async move {
                let http1 = Rc::new(http1.await?);
                Ok::<_, ()>(fn_service(move |stream| {
                    let (door, worker) = (door.clone(), worker.clone());
                    let http1 = Rc::clone(&http1);
                    async move {
                        let (line, protocol, client) = door.enter(stream).await?;
                        match (protocol, worker) {
                            (Protocol::Http2, Some(worker)) => {
                                http2::serve(line, client, worker).await;
                                Ok(())
                            }
                            _ => http1.call((line, client)).await,
                        }
                    }
                }))
            }
        })
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
