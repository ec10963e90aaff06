//! A server that speaks HTTP/1.1 and, to whoever begins with its preface, HTTP/2 without TLS (RFC 9113 §3.3).

use std::net::{SocketAddr, TcpListener, TcpStream};

use bytes::Bytes;

use crate::crooked;

/// Its thread ends with the test program.
pub(crate) struct Both {
    address: SocketAddr,
}

impl Both {
    /// Gives `cache_control` with each answer in HTTP/2; what HTTP/1.1 gets is [`crooked::FOREVER`].
    pub(crate) fn start(cache_control: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let mut first = [0; 3];
                    let is_http2 = stream.peek(&mut first).is_ok() && &first == b"PRI";
                    if is_http2 {
                        serve(stream, cache_control);
                    } else {
                        crooked::serve(stream);
                    }
                });
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn serve(stream: TcpStream, cache_control: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        stream.set_nonblocking(true).expect("a socket");
        let stream = tokio::net::TcpStream::from_std(stream).expect("a socket");
        let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            let head = http::Response::builder()
                .header("content-type", "text/html")
                .header("etag", format!("\"{}\"", crooked::PAGE.len()))
                .header("cache-control", cache_control)
                .body(())
                .expect("a head");
            let mut content = respond.send_response(head, false).expect("a stream");
            content
                .send_data(Bytes::from_static(crooked::PAGE.as_bytes()), true)
                .expect("a stream");
        }
    });
}
