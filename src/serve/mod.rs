//! The edge to the network: sockets, TLS and protocols in front of the origin.
//!
//! From the socket up: `listen` has the sockets; `door` lets a connection in, if there is `room`, and does TLS with one of the `certificates`; `line` is
//! the stream of its bytes, with the `patience` that there is for it. Over it `direct` answers plain requests of HTTP/1.1, `http2` those of HTTP/2, and actix
//! all others, of which `gate` sees every request before, and every reply after, the application. Each asks the origin by way of `adapt`. `stack` puts
//! them on each other. Beside them, on listeners of their own: `admin` and `to_https`.
//!
//! Uses: origin, snapshot, http, actix, rustls · Never: policy, fingerprint, files (but certificates and keys)

pub mod access_log;
mod acme;
mod adapt;
mod admin;
mod certificates;
mod complaint;
mod connection;
mod content;
mod direct;
mod door;
mod error;
mod explained;
mod gate;
mod http1;
mod http2;
mod instead;
mod limits;
mod line;
mod listen;
pub mod metrics;
mod patience;
mod records;
mod renewal;
mod room;
mod sealed;
mod signals;
mod stack;
mod state;
mod tls;
mod to_https;
mod worker;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use ::http::HeaderValue;
use actix_http::{Request, Response, body::MessageBody};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    dev::{AppConfig, ServiceFactory, ServiceRequest, ServiceResponse},
    rt,
    web::{self, Data},
};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tracing::{error, info};

pub use acme::Acme;
pub use direct::Plain;
pub use error::ServeError;
pub use explained::{EXPLAIN, Explain, MEDIA_TYPE as EXPLANATION};
pub use limits::Limits;
pub use listen::{Inherited, Purpose};
pub use signals::LookAgain;
pub use state::{Current, field_value};
pub use tls::TlsFiles;

use admin::Admin;
use certificates::{Certificates, Source};
use door::Door;
use room::Room;
use stack::{Http1, Stack};

/// How to serve.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where to listen; at least one address, or a socket in `inherited`.
    pub listen: Vec<SocketAddr>,
    /// How many threads answer; `None` for one per core.
    pub workers: Option<usize>,
    /// How long replies that have begun may take to end after the signal to stop.
    pub shutdown_timeout: Duration,
    /// What clients are granted.
    pub limits: Limits,
    /// The certificates of `listen`, the one for clients that name nobody first; none is plain HTTP.
    pub tls: Vec<TlsFiles>,
    /// From whom to get another certificate.
    pub acme: Option<Acme>,
    /// Where plain HTTP is sent to HTTPS.
    pub redirect_http: Vec<SocketAddr>,
    /// The value of `Strict-Transport-Security`; it goes out over TLS only.
    pub hsts: Option<HeaderValue>,
    /// Where health and metrics are told.
    pub admin: Option<SocketAddr>,
    /// Sockets that were handed over; they take the place of the addresses that they are for.
    pub inherited: Vec<Inherited>,
    /// What SIGHUP asks for beside the certificates.
    pub look_again: LookAgain,
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

/// How many pieces of files one worker reads at the same time; further ones wait for their turn.
///
/// Each needs a thread. With as many as tokio allows, a hundred streams of one HTTP/2 connection that took nothing made a hundred threads, and 290 MiB that
/// their heaps kept.
const READERS: usize = 16;

/// Serves until it is told to stop by SIGTERM or SIGINT; replies that have begun are finished. Calls `ready` with the URL of each listener of the site
/// once connections are accepted.
///
/// # Errors
/// When an address cannot be listened on or a certificate cannot be used.
pub fn run(
    options: &Options,
    current: &Arc<Current>,
    ready: impl FnOnce(&[String]),
) -> Result<(), ServeError> {
    let shown = Arc::clone(current);
    let http1 = move || {
        let current = Arc::clone(&shown);
        fn_service(move |request: Request| http1::answer(request, &current))
    };
    serve(options, current, http1, true, ready)
}

/// The same for an application of actix-web's: each worker gets one of `application`. It speaks HTTP/1.1 only. What the admin listener tells is about
/// `current`.
///
/// # Errors
/// When an address cannot be listened on or a certificate cannot be used.
pub fn run_application<F, A, S, B>(
    options: &Options,
    current: &Arc<Current>,
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
    serve(options, current, http1, false, ready)
}

fn serve<F, S, B>(
    options: &Options,
    current: &Arc<Current>,
    http1: F,
    has_http2: bool,
    ready: impl FnOnce(&[String]),
) -> Result<(), ServeError>
where
    F: Fn() -> S + Clone + Send + 'static,
    S: Http1<B>,
    B: MessageBody + 'static,
{
    rt::System::new().block_on(async {
        let certificates = Arc::new(Certificates::default());
        certificates.replace(Source::Files, tls::read_all(&options.tls)?);
        let limits = options.limits.clone().within_descriptors();
        let room = Arc::new(Room::new(&limits));
        // Visitors that take all the room there is must not keep the operator out.
        let operators = Arc::new(Room::new(&Limits::default()));
        let mut server = Server::build()
            .shutdown_timeout(whole_seconds(options.shutdown_timeout))
            // Of each worker, for all its listeners: whoever may come in anywhere must fit in one.
            .max_concurrent_connections(room.capacity() + operators.capacity())
            .worker_max_blocking_threads(READERS)
            .disable_signals();
        if let Some(workers) = options.workers {
            server = server.workers(workers);
        }
        let sockets = |purpose, addresses| listen::sockets(purpose, &options.inherited, addresses);
        let stack = Stack {
            door: Door {
                limits,
                room,
                tls: None,
            },
            stopping: server.graceful_shutdown_signal(),
            hsts: options.hsts.clone(),
        };

        let tls = site_tls(options, &certificates, has_http2)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut site = Vec::new();
        for socket in sockets(Purpose::Site, &options.listen)? {
            let address = socket.local_addr().map_err(ServeError::Runtime)?;
            site.push((format!("{scheme}://{address}/"), address.port()));
            let stack = stack.clone().over(tls.clone());
            let (http1, http2) = (http1.clone(), has_http2.then(|| Arc::clone(current)));
            server = server
                .listen(address.to_string(), socket, move || {
                    stack.clone().site(http1(), http2.clone())
                })
                .map_err(Purpose::Site.failed(address))?;
        }
        let port = https_port(&site);
        let plain = sockets(Purpose::ToHttps, &options.redirect_http)?;
        let by_http = !plain.is_empty();
        for socket in plain {
            let address = socket.local_addr().map_err(ServeError::Runtime)?;
            info!("plain HTTP at http://{address}/ is sent to HTTPS");
            let (stack, http1) = (stack.clone(), http1.clone());
            let certificates = Arc::clone(&certificates);
            server = server
                .listen(address.to_string(), socket, move || {
                    stack
                        .clone()
                        .beside_https(http1(), Arc::clone(&certificates), port)
                })
                .map_err(Purpose::ToHttps.failed(address))?;
        }
        for socket in sockets(Purpose::Admin, options.admin.as_slice())? {
            let address = socket.local_addr().map_err(ServeError::Runtime)?;
            info!("health and metrics at http://{address}/-/metrics");
            let admin = Admin {
                current: Arc::clone(current),
                room: Arc::clone(&stack.door.room),
                max_connections: stack.door.limits.max_connections,
                certificates: Arc::clone(&certificates),
                started: SystemTime::now(),
            };
            let stack = stack.clone().in_room(Arc::clone(&operators));
            server = server
                .listen(address.to_string(), socket, move || {
                    stack.clone().admin(admin.clone())
                })
                .map_err(Purpose::Admin.failed(address))?;
        }

        let server = server.run();
        let look_now = Arc::new(Notify::new());
        if let Some(acme) = &options.acme {
            let certificates = Arc::clone(&certificates);
            rt::spawn(acme::keep(acme.clone(), certificates, by_http));
        }
        if !options.tls.is_empty() {
            let files = options.tls.clone();
            rt::spawn(renewal::keep(files, certificates, Arc::clone(&look_now)));
        }
        let look = signals::look_when_told(options.look_again.clone(), look_now);
        let stop = signals::stop_when_told(server.handle());
        for signals in [Box::pin(look) as Signals, Box::pin(stop)] {
            rt::spawn(async move {
                if let Err(error) = signals.await {
                    error!(%error, "signals cannot be received: only SIGKILL will stop the server");
                }
            });
        }
        let urls: Vec<String> = site.into_iter().map(|(url, _)| url).collect();
        // Those who wait for signals begin to: one that comes as soon as the URL is known would end the process.
        tokio::task::yield_now().await;
        ready(&urls);
        signals::ready(&urls);
        server.await.map_err(ServeError::Runtime)
    })
}

/// TLS for the site, if there is a certificate or one is to be had.
fn site_tls(
    options: &Options,
    certificates: &Arc<Certificates>,
    has_http2: bool,
) -> Result<Option<TlsAcceptor>, ServeError> {
    let answers_challenges = options.acme.is_some();
    if options.tls.is_empty() && !answers_challenges {
        return Ok(None);
    }
    tls::acceptor(certificates, has_http2, answers_challenges)
        .map(Some)
        .map_err(ServeError::Cryptography)
}

/// Something that waits for signals.
type Signals = std::pin::Pin<Box<dyn Future<Output = std::io::Result<()>>>>;

/// The port that clients reach HTTPS at: its own, if the site is there at all.
fn https_port(site: &[(String, u16)]) -> u16 {
    let first = site.first().map_or(443, |(_, port)| *port);
    if site.iter().any(|(_, port)| *port == 443) {
        443
    } else {
        first
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
