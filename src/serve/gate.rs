//! Between actix's HTTP/1.1 and the application: what is asked of every request before it is looked at, and of every reply until it is sent.
//!
//! - A connection that there is no room for gets 503, and when to try again.
//! - Replies under way are counted for each connection, and one more than its limit gets the same.
//! - A target that is too long gets 414, a head that is too large 431.
//! - A panic takes the request that it happened in, and nothing else.
//! - `hsts` of `[server]` goes out over TLS, and never without (RFC 6797 §7.2).
//!
//! Uses: actix-http, connection, metrics · Never: policy, files, the snapshot

use std::{
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_http::{
    ConnectionType, Request, Response,
    body::{BodySize, BoxBody, MessageBody},
    header::{HeaderValue, STRICT_TRANSPORT_SECURITY},
};
use actix_service::{Service, ServiceFactory};
use bytes::Bytes;
use pin_project_lite::pin_project;

use super::{
    connection::{Connection, UnderWay},
    instead::Instead,
    limits::Limits,
    metrics,
};

/// A gate in front of `S`.
pub(super) struct Gate<S> {
    pub(super) inner: S,
    pub(super) limits: Limits,
    pub(super) hsts: Option<HeaderValue>,
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
        let (limits, hsts) = (self.limits.clone(), self.hsts.clone());
        Box::pin(async move {
            let inner = inner.await?;
            Ok(Gate {
                inner,
                limits,
                hsts,
            })
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
        let hsts = connection
            .filter(|connection| connection.is_secure())
            .and_then(|_| self.hsts.clone());
        if let Some(connection) = connection
            && let Some(why) = self.objection(connection, &request)
        {
            return Answering::Instead { why, hsts };
        }
        let under_way = connection.map(Connection::reply);
        // actix asks the request that it read last, which behind this one may be another.
        let is_last = request.head().connection_type() == ConnectionType::Close;
        // A service may do all of its work in `call`.
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(future) => Answering::Asked {
                future,
                under_way,
                hsts,
                is_last,
                content: PhantomData,
            },
            Err(_) => Answering::Instead {
                why: Instead::Panic,
                hsts,
            },
        }
    }
}

impl<S> Gate<S> {
    fn objection(&self, connection: &Connection, request: &Request) -> Option<Instead> {
        connection.request();
        if connection.is_refused() {
            return Some(Instead::NoRoom);
        }
        if connection.under_way() >= self.limits.max_streams {
            return Some(Instead::TooManyStreams);
        }
        let (target, fields) = (target_size(request), fields_size(request));
        let most = self.limits.max_head_size;
        if target > most {
            Some(Instead::TargetTooLong)
        } else {
            (target + fields > most).then_some(Instead::HeadTooLarge)
        }
    }
}

fn target_size(request: &Request) -> usize {
    let target = request.uri().path_and_query();
    target.map_or(0, |target| target.as_str().len())
}

/// The fields, as HTTP/1.1 would write them.
fn fields_size(request: &Request) -> usize {
    let fields = request.head().headers().iter();
    fields
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum()
}

pin_project! {
    /// An answer that is being made.
    #[project = AnsweringProjection]
    pub(super) enum Answering<F, B> {
        /// By the application.
        Asked { #[pin] future: F, under_way: Option<UnderWay>, hsts: Option<HeaderValue>, is_last: bool, content: PhantomData<B> },
        /// By the gate.
        Instead { why: Instead, hsts: Option<HeaderValue> },
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
        let (future, under_way, hsts, is_last) = match self.project() {
            AnsweringProjection::Instead { why, hsts } => {
                return Poll::Ready(Ok(instead(*why, hsts.take())));
            }
            AnsweringProjection::Asked {
                future,
                under_way,
                hsts,
                is_last,
                ..
            } => (future, under_way, hsts, *is_last),
        };
        let Ok(polled) = catch_unwind(AssertUnwindSafe(|| future.poll(context))) else {
            return Poll::Ready(Ok(instead(Instead::Panic, hsts.take())));
        };
        let mut answer = ready!(polled).map_err(Into::into)?;
        if let Some(hsts) = hsts.take() {
            answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, hsts);
        }
        if is_last {
            answer.head_mut().set_connection_type(ConnectionType::Close);
        }
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
                    metrics::panicked();
                    return Poll::Ready(Some(Err("the content cannot be made".into())));
                };
                polled.map_err(Into::into)
            }
            PassingProjection::Text { text } if text.is_empty() => Poll::Ready(None),
            PassingProjection::Text { text } => Poll::Ready(Some(Ok(std::mem::take(text)))),
        }
    }
}

/// The gate's own reply. A browser that is told to come by TLS only is told so by an error, too (RFC 6797 §8.1).
fn instead<B>(why: Instead, hsts: Option<HeaderValue>) -> Response<Passing<B>> {
    metrics::instead(why);
    let (mut head, text): (Response<()>, Bytes) = why.reply();
    if let Some(hsts) = hsts {
        head.headers_mut().insert(STRICT_TRANSPORT_SECURITY, hsts);
    }
    if why == Instead::NoRoom {
        head.head_mut().set_connection_type(ConnectionType::Close);
    }
    head.set_body(Passing::Text { text })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use actix_http::test::TestRequest;
    use actix_service::fn_service;
    use actix_web::rt::System;

    use super::*;

    #[test]
    fn a_panic_takes_its_own_request_and_no_other() {
        let application = fn_service(|request: Request| async move {
            assert_ne!(request.path(), "/defect", "a defect, for this test");
            let answer = Response::ok().set_body(Bytes::from_static(b"fine"));
            Ok::<_, Infallible>(answer)
        });
        let gate = Gate {
            inner: application,
            limits: Limits::default(),
            hsts: None,
        };
        System::new().block_on(async {
            for (path, status) in [("/", 200), ("/defect", 500), ("/", 200)] {
                let request = TestRequest::with_uri(path).finish();
                let Ok(answer) = gate.call(request).await else {
                    panic!("the gate always answers")
                };
                assert_eq!(answer.status(), status, "{path}");
                let is_kept = answer.headers().get("cache-control").is_none();
                assert_eq!(is_kept, status == 200, "{path}");
            }
        });
    }
}
