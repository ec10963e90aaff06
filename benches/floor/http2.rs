//! The same over HTTP/2 and TLS: what `h2`, rustls and tokio cost when nothing is decided. What one turn of a connection writes is sent at once, as larder
//! does; without that it would be three times as dear.

use std::{
    cell::RefCell,
    error::Error,
    future::{Future, poll_fn},
    io::{self, Write as _},
    net::SocketAddr,
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_LENGTH};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    task::{LocalSet, spawn_local},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// The canned replies.
struct Replies {
    fields: HeaderMap,
    sized: [(&'static str, Bytes); 3],
}

impl Replies {
    fn new() -> Self {
        let lines = super::FIELDS
            .lines()
            .filter_map(|line| line.split_once(": "));
        let fields = lines.map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        Self {
            fields: fields.collect(),
            sized: super::SIZES.map(|(path, length)| (path, vec![b'x'; length].into())),
        }
    }

    fn get(&self, path: &str) -> (Response<()>, Option<Bytes>) {
        let sized = self.sized.iter().find(|(known, _)| *known == path);
        let mut head = Response::new(());
        *head.headers_mut() = self.fields.clone();
        *head.status_mut() = match sized {
            Some(_) => StatusCode::OK,
            None => StatusCode::NOT_MODIFIED,
        };
        if let Some((_, content)) = sized {
            head.headers_mut()
                .insert(CONTENT_LENGTH, content.len().into());
        }
        (head, sized.map(|(_, content)| content.clone()))
    }
}

/// Serves until it is stopped. Whatever is not one of the sizes is a 304.
pub(super) fn run(address: SocketAddr, certificate: &str, key: &str) -> Result<(), Box<dyn Error>> {
    let certificates = CertificateDer::pem_file_iter(certificate)?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(config));
    let replies = Rc::new(Replies::new());
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async move {
        let listener = TcpListener::bind(address).await?;
        let mut stdout = io::stdout();
        writeln!(stdout, "https://{}/", listener.local_addr()?)?;
        stdout.flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            spawn_local(serve(stream, tls.clone(), Rc::clone(&replies)));
        }
    })
}

async fn serve(stream: TcpStream, tls: TlsAcceptor, replies: Rc<Replies>) {
    let Ok(stream) = tls.accept(stream).await else {
        return;
    };
    let line = Rc::new(RefCell::new(Gathered {
        stream,
        unsent: Vec::new(),
    }));
    let mut conversation = pin!(converse(Unflushed(Rc::clone(&line)), &replies));
    poll_fn(|context| {
        let turn = conversation.as_mut().poll(context);
        match line.borrow_mut().poll_send(context) {
            Poll::Ready(Err(_)) => Poll::Ready(()),
            Poll::Ready(Ok(())) | Poll::Pending => turn.map(drop),
        }
    })
    .await;
}

async fn converse(line: Unflushed, replies: &Replies) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(line).await?;
    while let Some(request) = connection.accept().await {
        let (request, mut respond) = request?;
        let path = request.uri().path();
        if path == "/end" {
            super::end();
        }
        let (head, content) = replies.get(path);
        let mut stream = respond.send_response(head, content.is_none())?;
        if let Some(content) = content {
            stream.send_data(content, true)?;
        }
    }
    Ok(())
}

/// A stream, and what waits for the end of the turn.
struct Gathered {
    stream: TlsStream<TcpStream>,
    unsent: Vec<u8>,
}

impl Gathered {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &self.unsent))?;
            self.unsent.drain(..sent);
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }
}

/// From how many bytes on the stream has to take them first.
const MOST: usize = 128 * 1024;

struct Unflushed(Rc<RefCell<Gathered>>);

impl AsyncRead for Unflushed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0.borrow_mut().stream).poll_read(context, into)
    }
}

impl AsyncWrite for Unflushed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut line = self.0.borrow_mut();
        if line.unsent.len() >= MOST {
            ready!(line.poll_send(context))?;
        }
        line.unsent.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0.borrow_mut().stream).poll_shutdown(context)
    }
}
