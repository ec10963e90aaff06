//! actix's application, asked by actix's own test client: routing, the adapter, the content type, and no socket.
//!
//! `Content-Length` is not yet a field here: actix writes it when it encodes a reply, from the size of the content.

use std::sync::{Arc, LazyLock};

use actix_web::{
    body::{self, BodySize, MessageBody},
    http::{
        Method, Uri,
        header::{HeaderName, HeaderValue},
    },
    rt::Runtime,
    test,
};
use larder::serve::{self, Current};

use super::{Answer, Ask, Site};

static CURRENT: LazyLock<Vec<Arc<Current>>> = LazyLock::new(|| {
    Site::ALL
        .iter()
        .map(|site| Arc::new(Current::new(site.snapshot().clone())))
        .collect()
});

thread_local! {
    static RUNTIME: Runtime = Runtime::new().expect("a runtime can be started");
}

/// `None` for a target or a method that actix's request type cannot hold: a server refuses those before it looks for an application.
pub(super) fn ask(site: Site, ask: &Ask) -> Option<Answer> {
    let uri: Uri = ask.target.parse().ok()?;
    let method: Method = ask.method.parse().ok()?;
    let request = || {
        let request = test::TestRequest::default()
            .uri(&uri.to_string())
            .method(method.clone());
        ask.fields.iter().fold(request, |request, (name, value)| {
            let name: HeaderName = name.parse().expect("cases have names of fields");
            request.append_header((
                name,
                HeaderValue::from_bytes(value.as_bytes()).expect("cases have values of fields"),
            ))
        })
    };
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let app = test::init_service(serve::app(Arc::clone(&CURRENT[site.index()]))).await;
            let response = test::call_service(&app, request().to_request()).await;
            let status = response.status().as_u16();
            let mut fields: Vec<(String, String)> = response
                .headers()
                .iter()
                .map(|(name, value)| {
                    (
                        name.as_str().to_owned(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect();
            let body = response.into_body();
            if let BodySize::Sized(length) = body.size() {
                fields.push(("content-length".to_owned(), length.to_string()));
            }
            let content = body::to_bytes(body)
                .await
                .unwrap_or_else(|_| panic!("content of the suite is held in memory"));
            Some(Answer {
                status,
                fields,
                content: content.to_vec(),
            })
        })
    })
}
