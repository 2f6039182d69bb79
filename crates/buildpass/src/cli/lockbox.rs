use std::{io, net::SocketAddr, process::ExitCode};

use clap::{Args, Subcommand};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{block_on, report::say};
use crate::failure::Failure;

/// A small vault: Vault's HTTP API in one process
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve, in memory and on loopback, until INT or TERM
    Serve {
        /// Keep everything in memory: what was written is gone when the process ends
        #[arg(long, required = true)]
        dev: bool,

        /// Where to listen; port 0 takes any that is free
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8200")]
        listen: SocketAddr,

        /// The root token
        #[arg(long, value_name = "TOKEN", default_value = "root")]
        dev_root_token_id: String,
    },
}

pub(super) fn execute(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Command::Serve { dev: _, listen, dev_root_token_id } = arguments.command;
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(
            format!("{listen} is not on loopback, and a lockbox in dev mode speaks plain http"),
            "listen on 127.0.0.1 or [::1]",
        ));
    }
    block_on(serve(listen, dev_root_token_id))?.map_err(|error| {
        Failure::usage(
            format!("lockbox cannot serve on {listen}: {error}"),
            "name another port with `--listen`",
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(listen: SocketAddr, root_token: String) -> io::Result<()> {
    // Whoever reads that we serve may tell us to end at once.
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let listener = TcpListener::bind(listen).await?;
    say(&format!("lockbox serves http://{}", listener.local_addr()?));
    let shutdown = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let lockbox = ::lockbox::Config::dev(root_token).build(::lockbox::SystemClock).await;
    lockbox.map_err(io::Error::other)?.serve(listener, shutdown).await
}
