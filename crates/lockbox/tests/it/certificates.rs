use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use lockbox::{Config, Notices, ServeError, SystemClock, Tls, TlsError, Transport};
use tempfile::{TempDir, tempdir};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};

use crate::harness::{Certificate, Served, read_answer};

const HEALTH: &[u8] = b"GET /v1/sys/health HTTP/1.1\r\nHost: vault\r\n\r\n";

/// A lockbox with a certificate, and another one at hand.
struct Stage {
    folder: TempDir,
    old: Certificate,
    new: Certificate,
    tls: Tls,
    served: Served,
    told: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    async fn set(check_every: Duration) -> Result<Self> {
        let (folder, old, new) = (tempdir()?, Certificate::made_up()?, Certificate::made_up()?);
        let (certificate, key) = old.write(&folder)?;
        let tls = Tls::from_files(certificate, key)?.checked_every(check_every);
        let told = Arc::<Mutex<Vec<String>>>::default();
        let (transport, listener) = (Transport::Tls(tls.clone()), Arc::clone(&told));
        let served = Served::start(|config| {
            config.transport = transport;
            config.notices = Notices::to(move |notice| said(&listener).push(format!("{notice:?}")));
        })
        .await?;
        Ok(Self { folder, old, new, tls, served, told })
    }

    /// Asks again and again until the server shows what is wanted.
    async fn until_shown(&self, wanted: &Certificate) -> Result<()> {
        let client = Certificate::client(&[&self.old, &self.new])?;
        timeout(Duration::from_secs(20), async {
            while Certificate::shown_by(&client, &self.served).await?.1 != wanted.der {}
            anyhow::Ok(())
        })
        .await
        .context("the certificate is never shown")?
    }

    async fn until_told(&self, wanted: &str) -> Result<()> {
        let client = Certificate::client(&[&self.old, &self.new])?;
        timeout(Duration::from_secs(20), async {
            while !said(&self.told).iter().any(|told| told.contains(wanted)) {
                Certificate::shown_by(&client, &self.served).await?;
            }
            anyhow::Ok(())
        })
        .await
        .context("nobody is told")?
    }
}

fn said(told: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

const NEVER: Duration = Duration::from_secs(3600);
const OFTEN: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_new_certificate_is_for_new_connections() -> Result<()> {
    let stage = Stage::set(NEVER).await?;
    // This one would resume its session if it could, and never see the new certificate.
    let client = Certificate::client(&[&stage.old, &stage.new])?;
    let (mut open, shown) = Certificate::shown_by(&client, &stage.served).await?;
    assert_eq!(shown, stage.old.der);
    open.write_all(HEALTH).await?;
    read_answer(&mut open).await?;
    stage.new.write(&stage.folder)?;
    stage.tls.reload()?;
    let (mut fresh, shown) = Certificate::shown_by(&client, &stage.served).await?;
    assert_eq!(shown, stage.new.der);
    for stream in [&mut open, &mut fresh] {
        stream.write_all(HEALTH).await?;
        assert!(read_answer(stream).await?.starts_with("HTTP/1.1 200 "));
    }
    Ok(())
}

#[tokio::test]
async fn a_broken_certificate_leaves_the_old_one_in_use() -> Result<()> {
    let stage = Stage::set(NEVER).await?;
    let (certificate, key) = stage.old.write(&stage.folder)?;
    std::fs::write(&certificate, &stage.new.pem)?;
    assert!(matches!(stage.tls.reload(), Err(TlsError::Unusable { .. })));
    std::fs::write(&certificate, "-----BEGIN CERTIFICATE-----\nAAAA")?;
    assert!(matches!(stage.tls.reload(), Err(TlsError::Pem(..))));
    std::fs::write(&certificate, "nothing")?;
    assert!(matches!(stage.tls.reload(), Err(TlsError::NoCertificate(_))));
    std::fs::write(&certificate, &stage.old.pem)?;
    std::fs::remove_file(&key)?;
    let error = stage.tls.reload().unwrap_err();
    assert!(matches!(error, TlsError::Read(..)), "{error}");
    assert!(error.hint().contains("exist"), "{}", error.hint());
    stage.until_shown(&stage.old).await
}

#[tokio::test]
async fn changed_files_are_found_and_broken_ones_are_reported() -> Result<()> {
    let stage = Stage::set(OFTEN).await?;
    let (certificate, _) = stage.old.write(&stage.folder)?;
    std::fs::write(&certificate, "nothing")?;
    stage.until_told("CertificateKept(NoCertificate(").await?;
    stage.until_shown(&stage.old).await?;
    stage.new.write(&stage.folder)?;
    stage.until_shown(&stage.new).await?;
    stage.until_told("CertificateLoaded").await
}

#[tokio::test]
async fn who_takes_tls_for_plain_http_is_told_so() -> Result<()> {
    let stage = Stage::set(NEVER).await?;
    let mut stream = stage.served.connect().await?;
    stream.write_all(HEALTH).await?;
    let mut answer = String::new();
    timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await??;
    assert_eq!(answer, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    Ok(())
}

#[tokio::test]
async fn plain_http_beyond_loopback_is_refused_and_tls_is_not() -> Result<()> {
    let listener = TcpListener::bind("0.0.0.0:0").await?;
    let refused = Config::dev("root").build(SystemClock).await?.serve(listener, async {}).await.unwrap_err();
    assert!(matches!(refused, ServeError::PlainBeyondLoopback(_)));
    assert!(
        refused
            .to_string()
            .ends_with("is not on loopback, and a lockbox without a certificate speaks plain http")
    );
    assert_eq!(refused.hint(), "give a certificate and its key, or listen on 127.0.0.1 or [::1]");
    let (folder, certificate) = (tempdir()?, Certificate::made_up()?);
    let (certificate, key) = certificate.write(&folder)?;
    let mut config = Config::dev("root");
    config.transport = Transport::Tls(Tls::from_files(certificate, key)?);
    let listener = TcpListener::bind("0.0.0.0:0").await?;
    assert_eq!(config.build(SystemClock).await?.serve(listener, async {}).await?.cut_off, 0);
    Ok(())
}
