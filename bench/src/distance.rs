use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// A server as it is seen from so far away: what is sent arrives half a round trip later, and a connection is there after a whole one.
pub(crate) async fn serve(listener: TcpListener, server: String, round_trip: Duration) {
    while let Ok((client, _)) = listener.accept().await {
        let server = server.clone();
        tokio::spawn(async move {
            let Ok(upstream) = TcpStream::connect(server).await else { return };
            for stream in [&client, &upstream] {
                let _ = stream.set_nodelay(true);
            }
            let (client_reads, client_writes) = client.into_split();
            let (upstream_reads, upstream_writes) = upstream.into_split();
            // Whoever connects may send when the answer to the first packet is back.
            let connected = Instant::now() + round_trip;
            tokio::join!(
                carry(client_reads, upstream_writes, round_trip / 2, connected),
                carry(upstream_reads, client_writes, round_trip / 2, connected),
            );
        });
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
    connected: Instant,
) {
    let (sent, mut arriving) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let send = async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let at = Instant::now().max(connected) + delay;
            if sent.send((at, buffer[..count].to_vec())).is_err() {
                return;
            }
        }
    };
    let arrive = async move {
        while let Some((at, bytes)) = arriving.recv().await {
            sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(send, arrive);
}
