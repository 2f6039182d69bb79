use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::lockbox::{Config, Initialised, Split, SystemClock};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Args;
use serde::Serialize;
use zeroize::Zeroizing;

use super::unopened::unopened;
use crate::{
    cli::{
        block_on,
        output::{self, Format},
        private_file::{PrivateFiles, folder_of, new_in, put, unwritten},
        report::say,
    },
    failure::Failure,
};

/// Make a new lockbox, and print once what opens it
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to make
    #[arg(long, value_name = "FILE")]
    file: PathBuf,

    /// Into how many shares the unseal key is split [default: 5]
    #[arg(long, value_name = "N", requires = "threshold")]
    shares: Option<i64>,

    /// How many of them open it [default: 3]
    #[arg(long, value_name = "M", requires = "shares")]
    threshold: Option<i64>,

    /// Write the whole unseal key to this new file, mode 0600, for `lockbox serve`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["shares", "threshold"])]
    unseal_key_file: Option<PathBuf>,

    /// Write the root token to this new file, mode 0600, instead of stdout
    #[arg(long, value_name = "FILE")]
    root_token_file: Option<PathBuf>,

    /// How to print: for people or for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What is printed, and where the rest of it was written.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    unseal_keys_b64: Option<Vec<Zeroizing<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unseal_keys_hex: Option<Vec<Zeroizing<String>>>,
    unseal_shares: u8,
    unseal_threshold: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    unseal_key_file: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_token_file: Option<&'a Path>,
}

pub(super) fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let split = split(arguments)?;
    let file = &arguments.file;
    if file.symlink_metadata().is_ok() {
        return Err(Failure::usage(
            format!("{} is there already", file.display()),
            "nothing is overwritten: name another file, or serve this one if it is a lockbox",
        ));
    }
    let unnamed = new_in(folder_of(file)).map_err(|error| unwritten(file, &error))?;
    let keys = block_on(make(unnamed.path(), split))?.map_err(|error| unopened(file, &error))?;
    let mut written = PrivateFiles::default();
    if let Some(path) = &arguments.unseal_key_file {
        written.write(path, &keys.root_key.to_base64())?;
    }
    if let Some(path) = &arguments.root_token_file {
        written.write(path, &keys.root_token)?;
    }
    // A lockbox whose keys nobody has seen would be lost: it gets its name last.
    print(arguments, split, &keys).map_err(|error| {
        Failure::usage(
            format!("what opens the lockbox cannot be written to stdout: {error}"),
            "nothing was made: give stdout a place where there is room",
        )
    })?;
    put(unnamed, file).map_err(|error| unwritten(file, &error))?;
    written.keep();
    tell(arguments, split);
    Ok(ExitCode::SUCCESS)
}

fn split(arguments: &Arguments) -> Result<Split, Failure> {
    match (arguments.shares, arguments.threshold) {
        _ if arguments.unseal_key_file.is_some() => Ok(Split::WHOLE),
        (Some(shares), Some(threshold)) => Split::new(shares, threshold).map_err(|error| {
            Failure::usage(
                format!("the unseal key cannot be split like that: {error}"),
                "for example `--shares 5 --threshold 3`",
            )
        }),
        _ => Ok(Split::USUAL),
    }
}

async fn make(path: &Path, split: Split) -> Result<Initialised, ::lockbox::OpenError> {
    Config::file(path).build(SystemClock).await?.initialise(split).await
}

fn print(arguments: &Arguments, split: Split, keys: &Initialised) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let shares = arguments.unseal_key_file.is_none().then_some(&keys.shares);
    let token = arguments.root_token_file.is_none().then_some(keys.root_token.as_str());
    match arguments.format {
        Format::Json => {
            let in_form = |form: fn(&[u8]) -> String| {
                shares.map(|shares| shares.iter().map(|share| Zeroizing::new(form(share))).collect())
            };
            let printed = Printed {
                unseal_keys_b64: in_form(|share| STANDARD.encode(share)),
                unseal_keys_hex: in_form(hex),
                unseal_shares: split.shares(),
                unseal_threshold: split.threshold(),
                unseal_key_file: arguments.unseal_key_file.as_deref(),
                root_token: token,
                root_token_file: arguments.root_token_file.as_deref(),
            };
            output::json(&mut stdout, &printed)?;
        }
        Format::Text => {
            for (share, number) in shares.into_iter().flatten().zip(1..) {
                let share = Zeroizing::new(STANDARD.encode(share));
                writeln!(stdout, "Unseal Key {number}: {}", share.as_str())?;
            }
            match (shares, token) {
                (Some(_), Some(token)) => writeln!(stdout, "\nInitial Root Token: {token}")?,
                (None, Some(token)) => writeln!(stdout, "{token}")?,
                (_, None) => {}
            }
        }
    }
    stdout.flush()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn tell(arguments: &Arguments, split: Split) {
    let file = arguments.file.display();
    match &arguments.unseal_key_file {
        Some(key) => say(&format!(
            "lockbox {file} was made; {} opens it: keep a copy of the key elsewhere, nobody can make another",
            key.display()
        )),
        None => say(&format!(
            "lockbox {file} was made; {} of its {} keys open it: nobody can show them again",
            split.threshold(),
            split.shares()
        )),
    }
}
