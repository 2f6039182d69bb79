use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use hyper::{
    header::{CONNECTION, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time,
};
use tokio_rustls::TlsAcceptor;

use super::{crowd::Place, door::Inside, handler::Handler, observed::Observed, progress::Phase};
use crate::{
    Tls, Transport,
    api::{Ends, Payload},
};

/// One connection, from its first byte to its last.
pub(super) async fn serve<H: Handler>(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    inside: Arc<Inside<H>>,
) {
    // Without it small answers wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    // A client that says nothing costs this much: no buffer, no TLS.
    let mut first = [0];
    let (Ok(1..), Ok(local)) = (stream.peek(&mut first).await, stream.local_addr()) else { return };
    let ends = Ends { local, peer };
    match &inside.transport {
        Transport::Plain => Box::pin(http(stream, ends, place, &inside)).await,
        Transport::Tls(tls) if first == TLS_HANDSHAKE => {
            Box::pin(https(stream, tls, ends, place, &inside)).await;
        }
        Transport::Tls(_) => Box::pin(refuse_plain(stream)).await,
    }
}

async fn https<H: Handler>(stream: TcpStream, tls: &Tls, ends: Ends, place: Place, inside: &Inside<H>) {
    let Ok(stream) = TlsAcceptor::from(tls.config()).accept(stream).await else { return };
    // The time for a header begins now.
    if place.advance(Phase::Silent, &[Phase::Silent]).is_ok() {
        http(stream, ends, place, inside).await;
    }
}

async fn refuse_plain(mut stream: TcpStream) {
    if stream.write_all(PLAIN_TO_TLS).await.is_ok() {
        close(stream).await;
    }
}

async fn http<S, H>(stream: S, ends: Ends, place: Place, inside: &Inside<H>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Handler,
{
    let place = Arc::new(place);
    let service = service_fn(|request| {
        let begun =
            place.advance(Phase::Request, &[Phase::Silent, Phase::Header, Phase::Idle, Phase::Answer]);
        let place = &place;
        async move {
            begun?;
            let mut response = inside.handler.answer(request, ends).await;
            if inside.draining.load(Ordering::Relaxed) {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            // One that comes in pieces is under way until its connection ends.
            if matches!(response.body(), Payload::Whole(_)) {
                place.advance(Phase::Answer, &[Phase::Request])?;
            }
            Ok::<_, io::Error>(response)
        }
    });
    let served = http1::Builder::new()
        // The crowd sees to it, for all connections in one round.
        .header_read_timeout(None)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(Observed::new(stream, Arc::clone(&place))), service)
        .without_shutdown()
        .await;
    // A client that went away, or that speaks no HTTP, is its own affair.
    if let Ok(parts) = served {
        close(parts.io.into_inner()).await;
    }
}

/// Ends a connection so that the client sees its last answer: what it sent and nobody read would make the system
/// forget that answer.
async fn close<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = [0; 1024];
    let read = async { while !matches!(stream.read(&mut rest).await, Ok(0) | Err(_)) {} };
    // Who sends for longer does not want to know.
    let _ = time::timeout(LINGER_FOR, read).await;
}

/// How a TLS connection begins.
const TLS_HANDSHAKE: [u8; 1] = [0x16];
/// What Go's server says to a client that took it for a plain one.
const PLAIN_TO_TLS: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
const LINGER_FOR: Duration = Duration::from_millis(500);
