//! Between actix's protocols and the application: what is asked of every request before it is looked at, and of every reply until it is sent.
//!
//! - Replies under way are counted for each connection, and one more than its limit is refused. actix sets none for HTTP/2: 10,000 streams on one
//!   connection cost 676 MiB without this, 43 MiB with it.
//! - A panic takes the request that it happened in, and nothing else.
//!
//! Uses: actix-http · Never: policy, files, the snapshot

use std::{
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_http::{
    Request, Response, StatusCode,
    body::{BodySize, BoxBody, MessageBody},
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS},
};
use actix_service::{Service, ServiceFactory};
use bytes::Bytes;
use pin_project_lite::pin_project;

use super::{
    connection::{Connection, UnderWay},
    limits::Limits,
};

/// How long a client that was refused should wait, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// A gate in front of `S`.
pub(super) struct Gate<S> {
    pub(super) inner: S,
    pub(super) limits: Limits,
}

impl<S> ServiceFactory<Request> for Gate<S>
where
    S: ServiceFactory<Request, Config = ()>,
    S::Future: 'static,
    S::Service: 'static,
    S::InitError: 'static,
    Gate<S::Service>: Service<Request>,
{
    type Response = <Gate<S::Service> as Service<Request>>::Response;
    type Error = <Gate<S::Service> as Service<Request>>::Error;
    type Config = ();
    type Service = Gate<S::Service>;
    type InitError = S::InitError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Service, Self::InitError>>>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let inner = self.inner.new_service(());
        let limits = self.limits.clone();
        Box::pin(async move {
            let inner = inner.await?;
            Ok(Gate { inner, limits })
        })
    }
}

impl<S, B> Service<Request> for Gate<S>
where
    S: Service<Request, Response = Response<B>>,
    S::Error: Into<Response<BoxBody>>,
    B: MessageBody,
{
    type Response = Response<Passing<B>>;
    type Error = Response<BoxBody>;
    type Future = Answering<S::Future, B>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&self, request: Request) -> Self::Future {
        let connection = request.conn_data::<Rc<Connection>>();
        if connection.is_some_and(|connection| connection.under_way() >= self.limits.max_streams) {
            return Answering::Refused;
        }
        let under_way = connection.map(Connection::reply);
        // A service may do all of its work in `call`.
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(future) => Answering::Asked {
                future,
                under_way,
                content: PhantomData,
            },
            Err(_) => Answering::Panicked,
        }
    }
}

pin_project! {
    /// An answer that is being made.
    #[project = AnsweringProjection]
    pub(super) enum Answering<F, B> {
        /// By the application.
        Asked { #[pin] future: F, under_way: Option<UnderWay>, content: PhantomData<B> },
        /// Not at all: too much is under way.
        Refused,
        /// Not any more.
        Panicked,
    }
}

impl<F, E, B> Future for Answering<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<Response<BoxBody>>,
    B: MessageBody,
{
    type Output = Result<Response<Passing<B>>, Response<BoxBody>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (future, under_way) = match self.project() {
            AnsweringProjection::Refused => return Poll::Ready(Ok(overloaded())),
            AnsweringProjection::Panicked => return Poll::Ready(Ok(broken())),
            AnsweringProjection::Asked {
                future, under_way, ..
            } => (future, under_way),
        };
        let Ok(polled) = catch_unwind(AssertUnwindSafe(|| future.poll(context))) else {
            return Poll::Ready(Ok(broken()));
        };
        let answer = ready!(polled).map_err(Into::into)?;
        let under_way = under_way.take();
        Poll::Ready(Ok(
            answer.map_body(|_, content| Passing::Content { content, under_way })
        ))
    }
}

pin_project! {
    /// Content on its way out.
    #[project = PassingProjection]
    pub(super) enum Passing<B> {
        /// The application's. The reply is under way until this is dropped.
        Content { #[pin] content: B, under_way: Option<UnderWay> },
        /// A text of ours.
        Text { text: Bytes },
    }
}

impl<B: MessageBody> MessageBody for Passing<B> {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        match self {
            Self::Content { content, .. } => content.size(),
            Self::Text { text } => text.size(),
        }
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        match self.project() {
            PassingProjection::Content { content, .. } => {
                let polled = catch_unwind(AssertUnwindSafe(|| content.poll_next(context)));
                let Ok(polled) = polled else {
                    return Poll::Ready(Some(Err("the content cannot be made".into())));
                };
                polled.map_err(Into::into)
            }
            PassingProjection::Text { text } if text.is_empty() => Poll::Ready(None),
            PassingProjection::Text { text } => Poll::Ready(Some(Ok(std::mem::take(text)))),
        }
    }
}

/// 503, and when to come back (RFC 9110 §15.6.4).
fn overloaded<B>() -> Response<Passing<B>> {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "Too busy; try again.\n");
    let fields = response.headers_mut();
    fields.insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    response
}

/// 500: the request met a mistake of ours.
fn broken<B>() -> Response<Passing<B>> {
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        "This request could not be answered.\n",
    )
}

fn text<B>(status: StatusCode, text: &'static str) -> Response<Passing<B>> {
    let text = Bytes::from_static(text.as_bytes());
    let mut response = Response::with_body(status, Passing::Text { text });
    let fields = response.headers_mut();
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
