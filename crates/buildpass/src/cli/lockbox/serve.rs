use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode};

use ::lockbox::{
    Condition, Config, Listeners, Lockbox, Notice, Notices, RootKey, SystemClock, Tls, Transport,
};
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{self, SignalKind},
};

use super::{key_file, limiting::Limiting, unopened::unopened};
use crate::{
    cli::{block_on, report::say},
    failure::{Blame, Failure},
};

/// Serve a lockbox until INT or TERM
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    contents: Contents,

    /// The file with the unseal key; without it, shares are shown by `bao operator unseal`
    #[arg(long, value_name = "FILE", requires = "file")]
    unseal_key_file: Option<PathBuf>,

    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8200")]
    listen: SocketAddr,

    /// The certificate, as PEM, with which TLS is spoken; a new one is taken when the file changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Where to show figures in Prometheus' format, on `/metrics`
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,

    /// Where to log every request and its answer; HUP goes on in a new file
    #[arg(long, value_name = "FILE")]
    audit_file: Option<PathBuf>,

    #[command(flatten)]
    limiting: Limiting,

    /// The root token in memory [default: root]
    #[arg(long, value_name = "TOKEN", requires = "dev")]
    dev_root_token_id: Option<String>,
}

/// Where everything is kept.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Contents {
    /// The lockbox; a file that is not there is made, and `bao operator init` makes its keys
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Keep everything in memory: what was written is gone when the process ends
    #[arg(long)]
    dev: bool,
}

pub(super) fn execute(arguments: Arguments) -> Result<ExitCode, Failure> {
    let listen = arguments.listen;
    if arguments.tls_cert.is_none()
        && let Some(far) =
            [Some(listen), arguments.metrics_listen].into_iter().flatten().find(|it| !it.ip().is_loopback())
    {
        return Err(Failure::usage(
            format!("{far} is not on loopback, and a lockbox without a certificate speaks plain http"),
            "give `--tls-cert` and `--tls-key`, or listen on 127.0.0.1 or [::1]",
        ));
    }
    block_on(async {
        let lockbox = open(&arguments).await?;
        serve(lockbox, &arguments).await
    })??;
    Ok(ExitCode::SUCCESS)
}

/// What holds for a lockbox in memory and in a file alike.
fn configured(config: Config, arguments: &Arguments) -> Result<Config, Failure> {
    let transport = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => {
            let tls = Tls::from_files(certificate, key);
            Transport::Tls(
                tls.map_err(|error| Failure::of(&error, Some(error.hint().to_owned()), Blame::Usage))?,
            )
        }
        _ => Transport::Plain,
    };
    let notices = Notices::to(|notice| match notice {
        Notice::CertificateLoaded => say("new connections get the new certificate"),
        Notice::CertificateKept(error) => say(&format!("the old certificate stays: {error}")),
        _ => {}
    });
    let (audit_file, limits) = (arguments.audit_file.clone(), arguments.limiting.limits());
    Ok(Config { audit_file, transport, limits, notices, ..config })
}

async fn open(arguments: &Arguments) -> Result<Lockbox, Failure> {
    let Some(file) = &arguments.contents.file else {
        let token = arguments.dev_root_token_id.as_deref().unwrap_or("root");
        let lockbox = configured(Config::dev(token), arguments)?.build(SystemClock).await;
        return lockbox.map_err(|error| Failure::bug("a lockbox in memory cannot be made", &error));
    };
    let key: Option<RootKey> = arguments.unseal_key_file.as_deref().map(key_file::read).transpose()?;
    if key.is_some() && !file.exists() {
        return Err(Failure::usage(
            format!("there is no lockbox at {}", file.display()),
            format!("make it: buildpass lockbox init --file {} --unseal-key-file NEW", file.display()),
        ));
    }
    let config = configured(Config::file(file), arguments)?;
    let lockbox = config.build(SystemClock).await.map_err(|error| unopened(file, &error))?;
    if let Some(key) = key {
        lockbox.unseal(key).await.map_err(|error| unopened(file, &error))?;
    }
    Ok(lockbox)
}

async fn serve(lockbox: Lockbox, arguments: &Arguments) -> Result<(), Failure> {
    // Whoever reads that we serve may tell us to end at once.
    let mut signals =
        Signals::install().map_err(|error| Failure::bug("no signal can be waited for", &error))?;
    let listener = bind(arguments.listen, "--listen").await?;
    let scheme = if arguments.tls_cert.is_some() { "https" } else { "http" };
    let address = address(scheme, &listener)?;
    let mut listeners = Listeners::from(listener);
    let condition = lockbox.condition().map_err(|error| Failure::bug("a lockbox cannot be read", &error))?;
    if let Some(metrics) = arguments.metrics_listen {
        let metrics = bind(metrics, "--metrics-listen").await?;
        say(&format!("its figures are at {}/metrics", self::address(scheme, &metrics)?));
        listeners = listeners.with_metrics(metrics);
    }
    say(&format!("lockbox serves {address}"));
    match condition {
        Condition::New => say(&format!("it is new: `bao operator init -address={address}` makes its keys")),
        Condition::Sealed => say(&format!("it is sealed: `bao operator unseal -address={address}` opens it")),
        Condition::Open => {}
    }
    let logged = lockbox.clone();
    let shutdown = async move {
        while signals.next().await == Signal::HangUp {
            if let Err(error) = logged.reopen_audit_log() {
                say(&format!("the old audit log stays in use: {error}"));
            }
        }
    };
    let served = lockbox.serve(listeners, shutdown).await;
    let drained =
        served.map_err(|error| Failure::bug(&format!("lockbox cannot serve on {address}"), &error))?;
    if drained.cut_off > 0 {
        say(&format!("{} requests were under way still at the deadline, and were cut off", drained.cut_off));
    }
    Ok(())
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let what = format!("lockbox cannot serve on {address}: {error}");
        Failure::usage(what, format!("name another port with `{flag}`"))
    })
}

fn address(scheme: &str, listener: &TcpListener) -> Result<String, Failure> {
    let address = listener.local_addr().map_err(|error| Failure::bug("a listener has no address", &error))?;
    Ok(format!("{scheme}://{address}"))
}

/// What its owner tells a server.
struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hang_up: unix::Signal,
}

#[derive(PartialEq, Eq)]
enum Signal {
    End,
    HangUp,
}

impl Signals {
    fn install() -> io::Result<Self> {
        Ok(Self {
            interrupt: unix::signal(SignalKind::interrupt())?,
            terminate: unix::signal(SignalKind::terminate())?,
            hang_up: unix::signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::End,
            _ = self.terminate.recv() => Signal::End,
            _ = self.hang_up.recv() => Signal::HangUp,
        }
    }
}
