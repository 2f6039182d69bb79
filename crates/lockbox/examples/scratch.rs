//! scratch
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).unwrap();
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    lockbox::Config::dev("root").build(lockbox::SystemClock).serve(listener, std::future::pending()).await
}
