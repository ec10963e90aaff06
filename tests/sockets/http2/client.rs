//! HTTP/2 by the book: several requests at once on one connection, each with what became of it.
//!
//! RFC 9113 §5, §8.

use std::{net::SocketAddr, sync::Arc};

use actix_web::rt::{self, Runtime, net::TcpStream};
use h2::client::{self, ResponseFuture};
use http::{HeaderMap, Request};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio_rustls::TlsConnector;

use crate::support::secure::Pair;

/// A whole reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) fields: HeaderMap,
    pub(crate) content: Vec<u8>,
}

/// Sends `method` for all `targets` before it waits for any reply; an error for each that was not answered whole.
pub(crate) fn ask(
    address: SocketAddr,
    pair: &Pair,
    method: &str,
    targets: &[&str],
) -> Vec<Result<Reply, h2::Error>> {
    let runtime = Runtime::new().expect("a runtime can be started");
    let client = pair.client(&["h2"]).into();
    runtime.block_on(all(address, client, method, targets))
}

async fn all(
    address: SocketAddr,
    client: Arc<ClientConfig>,
    method: &str,
    targets: &[&str],
) -> Vec<Result<Reply, h2::Error>> {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let name = ServerName::try_from("larder.test").expect("a host name");
    let stream = TlsConnector::from(client).connect(name, stream).await;
    let stream = stream.expect("the certificate is trusted");
    let (mut sender, driver) = client::handshake(stream).await.expect("it speaks HTTP/2");
    rt::spawn(async move {
        // What goes wrong is seen by whoever waits for a reply.
        let _ = driver.await;
    });
    let mut asked = Vec::new();
    for target in targets {
        let request = Request::builder().method(method);
        let request = request.uri(format!("https://larder.test{target}"));
        let request = request.body(()).expect("a method and a target");
        sender = sender.ready().await.expect("the connection is open");
        asked.push(sender.send_request(request, true).map(|(reply, _)| reply));
    }
    let mut replies = Vec::new();
    for reply in asked {
        replies.push(match reply {
            Ok(reply) => whole(reply).await,
            Err(error) => Err(error),
        });
    }
    replies
}

async fn whole(reply: ResponseFuture) -> Result<Reply, h2::Error> {
    let (head, mut data) = reply.await?.into_parts();
    let mut content = Vec::new();
    while let Some(part) = data.data().await {
        let part = part?;
        data.flow_control().release_capacity(part.len())?;
        content.extend_from_slice(&part);
    }
    Ok(Reply {
        status: head.status.as_u16(),
        fields: head.headers,
        content,
    })
}
