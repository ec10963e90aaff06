//! The layers of each listener, put on each other: door, HTTP over a line, gate, application.
//!
//! HTTP/1.1 is actix's. Where the origin itself is the application, plain requests are answered before they come to it, and HTTP/2 is ours on the h2
//! crate.
//!
//! Uses: actix-http, actix-service, door, gate, direct, http2, admin, `to_https` · Never: sockets, the snapshot

use std::{convert::Infallible, fmt, rc::Rc, sync::Arc, time::Duration};

use ::http::HeaderValue;
use actix_http::{
    Extensions, HttpService, Protocol, Request, Response,
    body::{BoxBody, MessageBody},
};
use actix_server::GracefulShutdownSignal;
use actix_service::{Service, ServiceFactory, fn_factory, fn_service};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::{
    admin::Admin,
    certificates::Certificates,
    direct,
    door::Door,
    gate::Gate,
    http2,
    line::Line,
    room::Room,
    state::{Current, actix_value},
    to_https::ToHttps,
    worker::{Worker, stopped_since},
};

/// How long a closing connection may take to close.
pub(super) const CLOSING: Duration = Duration::from_secs(1);

/// What the layers are made of.
#[derive(Clone)]
pub(super) struct Stack {
    pub(super) door: Door,
    pub(super) stopping: GracefulShutdownSignal,
    pub(super) hsts: Option<HeaderValue>,
}

/// What answers the requests of HTTP/1.1, for each worker.
pub(super) trait Http1<B>:
    ServiceFactory<
        Request,
        Config = (),
        Response = Response<B>,
        Error: Into<Response<BoxBody>>,
        InitError: fmt::Debug,
        Future: 'static,
        Service: Service<Request, Future: 'static> + 'static,
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
            Service: Service<Request, Future: 'static> + 'static,
        > + 'static
{
}

impl Stack {
    /// The same over TLS.
    pub(super) fn over(mut self, tls: Option<TlsAcceptor>) -> Self {
        self.door.tls = tls;
        self
    }

    /// The same with places of another room.
    pub(super) fn in_room(mut self, room: Arc<Room>) -> Self {
        self.door.room = room;
        self
    }

    /// For the site: `http1` answers HTTP/1.1. With the snapshots of `site`, HTTP/2 and plain requests are answered directly.
    pub(super) fn site<S, B>(
        self,
        http1: S,
        site: Option<Arc<Current>>,
    ) -> impl ServiceFactory<TcpStream, Config = (), InitError = ()> + use<S, B>
    where
        S: Http1<B>,
        B: MessageBody + 'static,
    {
        let Self {
            door,
            stopping,
            hsts,
        } = self;
        let gate = Gate {
            inner: http1,
            limits: door.limits.clone(),
            hsts: hsts.as_ref().map(actix_value),
        };
        let worker = site.map(|current| {
            let limits = door.limits.clone();
            Rc::new(Worker::new(current, limits, hsts, stopping.clone()))
        });
        let signal = stopping.clone();
        let http1 = HttpService::build()
            .keep_alive(door.limits.keep_alive)
            .client_request_timeout(door.limits.head_timeout)
            .client_disconnect_timeout(CLOSING)
            .graceful_shutdown_signal(move || {
                let stopping = signal.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(|line: &Line, data: &mut Extensions| {
                data.insert(Rc::clone(line.connection()));
            })
            .h1(gate);
        fn_factory(move || {
            let (door, worker, stopping) = (door.clone(), worker.clone(), stopping.clone());
            let http1 = http1.new_service(());
            async move {
                let http1 = Rc::new(http1.await?);
                Ok::<_, ()>(fn_service(move |stream| {
                    let (door, worker, stopping) = (door.clone(), worker.clone(), stopping.clone());
                    let http1 = Rc::clone(&http1);
                    // Each stage but the usual one in a box of its own: side by side they are 10 KiB, which every connection would keep to its end.
                    async move {
                        let (line, protocol, client) = tokio::select! {
                            biased;
                            entered = Box::pin(door.enter(stream)) => entered?,
                            // Who has not come in by now has asked for nothing yet.
                            () = Box::pin(stopped_since(&stopping, CLOSING)) => return Ok(()),
                        };
                        let left = match (protocol, worker) {
                            (Protocol::Http2, Some(worker)) => {
                                Box::pin(http2::serve(line, client, worker)).await;
                                None
                            }
                            (_, Some(worker)) => direct::serve(line, client, &worker).await?,
                            (_, None) => Some(line),
                        };
                        match left {
                            Some(line) => Box::pin(http1.call((line, client))).await,
                            None => Ok(()),
                        }
                    }
                }))
            }
        })
    }

    /// For plain HTTP beside a site that is over TLS.
    pub(super) fn beside_https<S, B>(
        self,
        http1: S,
        certificates: Arc<Certificates>,
        port: u16,
    ) -> impl ServiceFactory<TcpStream, Config = (), InitError = ()> + use<S, B>
    where
        S: Http1<B>,
        B: MessageBody + 'static,
    {
        let to_https = ToHttps {
            inner: http1,
            certificates,
            port,
        };
        self.site(to_https, None)
    }

    /// For the operator.
    pub(super) fn admin(
        self,
        admin: Admin,
    ) -> impl ServiceFactory<TcpStream, Config = (), InitError = ()> {
        let answer = move |request: Request| {
            let answer = admin.answer(&request);
            async move { Ok::<_, Infallible>(answer) }
        };
        self.site(fn_service(answer), None)
    }
}
