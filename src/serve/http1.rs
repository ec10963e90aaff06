//! HTTP/1.1: actix's parser and dispatcher around [`adapt::answer`].
//!
//! The service is actix-http's, without actix-web's router on top: there is one handler, and it wants the request as it came.
//!
//! Uses: actix-http, adapt · Never: policy, files

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use actix_http::{Request, Response};
use actix_web::{HttpRequest, HttpResponse, dev::RequestHead, web::Data};
use arc_swap::Guard;

use super::{
    access_log,
    adapt::{self, Asked},
    content::{Body, Sending},
    state::Current,
};

/// A response on its way: at once for what is in memory, later for what has to be opened.
pub(super) enum Answering {
    Now(Option<Response<Sending>>),
    Later(Pin<Box<dyn Future<Output = Response<Sending>>>>),
}

impl Future for Answering {
    type Output = Result<Response<Sending>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Now(response) => Poll::Ready(Ok(response
                .take()
                .expect("a future is not polled after its end"))),
            Self::Later(response) => response.as_mut().poll(context).map(Ok),
        }
    }
}

/// A request of actix-http, or of actix-web on top of it.
pub(super) trait Headed {
    fn head(&self) -> &RequestHead;
}

impl Headed for Request {
    fn head(&self) -> &RequestHead {
        self.head()
    }
}

impl Headed for HttpRequest {
    fn head(&self) -> &RequestHead {
        self.head()
    }
}

/// Answers a request.
pub(super) fn answer(request: impl Headed + 'static, current: &Current) -> Answering {
    let published = current.load();
    let asked = Asked::of_actix(request.head());
    let (head, body) = adapt::answer(&published, &asked, adapt::now());
    match body {
        Body::Ready(sending) => Answering::Now(Some(finish(&request, head, sending))),
        Body::Unopened(content) => {
            let published = Guard::into_inner(published);
            Answering::Later(Box::pin(async move {
                let (head, sending) = match content.open().await {
                    Ok(sending) => (head, sending),
                    Err(error) => adapt::failure(&published, error),
                };
                finish(&request, head, sending)
            }))
        }
    }
}

fn finish(request: &impl Headed, head: Response<()>, sending: Sending) -> Response<Sending> {
    access_log::log(
        &Asked::of_actix(request.head()),
        head.status().as_u16(),
        sending.bytes(),
    );
    head.set_body(sending)
}

/// The same as a handler of actix-web.
pub(super) async fn handle(request: HttpRequest, current: Data<Current>) -> HttpResponse<Sending> {
    let Ok(response) = answer(request, &current).await;
    response.into()
}
