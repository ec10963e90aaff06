//! Errors as a page that goes away by itself: with the script element, so that it reloads when the site changes.
//!
//! Production's error replies are plain texts. A developer who has such a text before them makes the file that is missing, and expects to see it. So what a
//! navigation gets is a document here, with the same status, the same fields and the same words.
//!
//! Uses: inject, actix-web · Never: the request's own words

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{CONTENT_TYPE, HeaderValue},
    },
    middleware::Next,
};

use super::{inject::ELEMENT, proxy::wants_html};

/// The media type of what [`of`] gives.
pub(super) const TYPE: &str = "text/html; charset=utf-8";

/// The page for `status`, with this text.
pub(super) fn of(status: StatusCode, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=en><head>{ELEMENT}<meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <meta name=color-scheme content=\"light dark\"><title>{status}</title></head>\
         <body data-larder-error style=\"font:16px/1.6 system-ui,sans-serif;max-width:42em;margin:12vh auto;padding:0 1em;overflow-wrap:anywhere\">\
         <p style=\"white-space:pre-line\">{text}</p>\
         <p style=\"opacity:.65;font-size:14px\">This page loads itself again as soon as a file of the site changes.</p></body></html>\n"
    )
}

/// Set on requests whose answers are somebody else's words, to be passed on as they are.
pub(super) struct NotOurs;

/// Makes pages of the origin's error replies to navigations.
pub(super) async fn of_errors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_navigation = request.method() == Method::GET && wants_html(request.headers());
    let response = next.call(request).await?.map_into_boxed_body();
    let is_text = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
    let is_ours = !response.request().extensions().contains::<NotOurs>();
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !(is_navigation && is_error && is_text && is_ours) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut response, content) = response.into_parts();
    // A text of ours is short, and in memory.
    let text = to_bytes(content).await.unwrap_or_default();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(TYPE));
    let page = of(status, &String::from_utf8_lossy(&text));
    Ok(ServiceResponse::new(
        request,
        response.set_body(BoxBody::new(page)),
    ))
}
