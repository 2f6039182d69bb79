use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode};

use ::lockbox::{Condition, Config, Lockbox, RootKey, SystemClock};
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{key_file, unopened::unopened};
use crate::{
    cli::{block_on, report::say},
    failure::Failure,
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
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(
            format!("{listen} is not on loopback, and a lockbox without a certificate speaks plain http"),
            "listen on 127.0.0.1 or [::1]",
        ));
    }
    block_on(async {
        let lockbox = open(&arguments).await?;
        serve(lockbox, listen).await.map_err(|error| {
            Failure::usage(
                format!("lockbox cannot serve on {listen}: {error}"),
                "name another port with `--listen`",
            )
        })
    })??;
    Ok(ExitCode::SUCCESS)
}

async fn open(arguments: &Arguments) -> Result<Lockbox, Failure> {
    let Some(file) = &arguments.contents.file else {
        let token = arguments.dev_root_token_id.as_deref().unwrap_or("root");
        let lockbox = Config::dev(token).build(SystemClock).await;
        return lockbox.map_err(|error| Failure::bug("a lockbox in memory cannot be made", &error));
    };
    let key: Option<RootKey> = arguments.unseal_key_file.as_deref().map(key_file::read).transpose()?;
    if key.is_some() && !file.exists() {
        return Err(Failure::usage(
            format!("there is no lockbox at {}", file.display()),
            format!("make it: buildpass lockbox init --file {} --unseal-key-file NEW", file.display()),
        ));
    }
    let lockbox = Config::file(file).build(SystemClock).await.map_err(|error| unopened(file, &error))?;
    if let Some(key) = key {
        lockbox.unseal(key).await.map_err(|error| unopened(file, &error))?;
    }
    Ok(lockbox)
}

async fn serve(lockbox: Lockbox, listen: SocketAddr) -> io::Result<()> {
    // Whoever reads that we serve may tell us to end at once.
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let listener = TcpListener::bind(listen).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let condition = lockbox.condition().map_err(io::Error::other)?;
    say(&format!("lockbox serves {address}"));
    match condition {
        Condition::New => say(&format!("it is new: `bao operator init -address={address}` makes its keys")),
        Condition::Sealed => say(&format!("it is sealed: `bao operator unseal -address={address}` opens it")),
        Condition::Open => {}
    }
    let shutdown = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    lockbox.serve(listener, shutdown).await.map(drop).map_err(io::Error::other)
}
