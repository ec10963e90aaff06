//! What is answered when the back end does not: what was tried, why it failed, what to do.
//!
//! Implements RFC 9110 §15.6.3 (502), §15.6.5 (504).
//!
//! Uses: policy (where to), actix-web · Never: what the client sent

use std::io;

use actix_web::{HttpResponse, http::StatusCode};

use crate::{
    dev::{page, server::unkept},
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
    /// It answers under a certificate that is not trusted, or does not speak TLS.
    #[error("no TLS with it: {0}")]
    NotTrusted(#[source] io::Error),
    /// It takes connections, and says nothing to the first words of TLS.
    #[error("it took too long to begin with TLS")]
    NoHandshake,
    /// Nobody can be trusted.
    #[error("there is no certificate to trust it by: {0}")]
    NoTrust(String),
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
            Self::Silent(_) | Self::NoHandshake => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable(_) | Self::NotTrusted(_) | Self::NoTrust(_) | Self::Broken(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::NotForwardable => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer. As a page it reloads itself with the site.
    pub(super) fn page(&self, proxy: &Proxy, as_html: bool) -> HttpResponse {
        let status = self.status();
        let (prefix, origin) = (&proxy.prefix, proxy.origin());
        let text = format!(
            "{status}: the back end at {origin} did not answer.\n\nReason: {self}.\n\n\
             larder forwards {prefix} and all below it there, because [dev] proxy in policy.toml says so. {}\n",
            self.what_to_do()
        );
        if !as_html {
            return unkept(status)
                .content_type("text/plain; charset=utf-8")
                .body(text);
        }
        unkept(status)
            .content_type(page::TYPE)
            .body(page::of(status, &text))
    }

    fn what_to_do(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::Broken(_) => {
                "See whether your server runs and listens at that address, then try again."
            }
            Self::Silent(_) => {
                "See what your server is busy with; [dev] proxy-timeout says how long it is waited for."
            }
            Self::NotTrusted(_) | Self::NoTrust(_) | Self::NoHandshake => {
                "If it signed its certificate itself, name that, or its authority's, with `proxy-ca = \"file.pem\"` in [dev] of policy.toml; \
                 if it speaks no TLS, write http:// instead of https://."
            }
            Self::NotForwardable => "Ask for something that HTTP has words for.",
        }
    }
}
