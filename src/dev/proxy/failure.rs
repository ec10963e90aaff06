//! What is answered when the back end does not: what was tried, why it failed, what to do.
//!
//! Implements RFC 9110 §15.6.3 (502), §15.6.5 (504).
//!
//! Uses: policy (where to), actix-web · Never: what the client sent

use std::io;

use actix_web::{HttpResponse, http::StatusCode};

use crate::{
    dev::{inject::ELEMENT, server::unkept},
    policy::Proxy,
};

/// Why there is no answer to pass on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Nobody listens there.
    #[error("{0}")]
    Unreachable(#[source] io::Error),
    /// It took too long.
    #[error("it took too long to {0}")]
    Silent(&'static str),
    /// The connection ended early, or what came is not HTTP.
    #[error("{0}")]
    Broken(#[source] hyper::Error),
    /// The request cannot be said in the back end's terms.
    #[error("the request has a target or a method that cannot be forwarded")]
    NotForwardable,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Silent(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable(_) | Self::Broken(_) => StatusCode::BAD_GATEWAY,
            Self::NotForwardable => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer. As a page it reloads itself with the site.
    pub(super) fn page(&self, proxy: &Proxy, as_html: bool) -> HttpResponse {
        let status = self.status();
        let Proxy { prefix, authority } = proxy;
        let text = format!(
            "{status}: the back end at http://{authority} did not answer.\n\nReason: {self}.\n\n\
             larder forwards {prefix} and all below it there, because [dev] proxy in policy.toml says so. \
             See whether your server runs and listens at that address, then try again.\n"
        );
        if !as_html {
            return unkept(status)
                .content_type("text/plain; charset=utf-8")
                .body(text);
        }
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        unkept(status)
            .content_type("text/html; charset=utf-8")
            .body(format!(
                "<!doctype html><html lang=en><head>{ELEMENT}<meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
                 <title>{status}</title></head><body style=\"font:16px/1.6 system-ui,sans-serif;max-width:42em;margin:12vh auto;padding:0 1em\">\
                 <p style=\"white-space:pre-line\">{text}</p></body></html>\n"
            ))
    }
}
