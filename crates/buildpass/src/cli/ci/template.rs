use std::{fs, path::PathBuf, process::ExitCode};

use clap::{Args, ValueEnum};

use crate::{
    cli::{Surroundings, output},
    config::Stated,
    failure::Failure,
    run::{Delivery, Wanted},
    vault::Engine,
};

/// Write the templates by which a job opts in, from buildpass.toml
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// GitLab's edition: the Community Edition refuses `secrets:`
    #[arg(long, value_name = "EDITION", default_value = "ee")]
    edition: Edition,

    /// Write a component of the CI/CD catalog instead
    #[arg(long)]
    component: bool,

    /// Write the files into this folder, and not to stdout
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,

    /// Replace files that are there
    #[arg(long, requires = "into")]
    force: bool,
}

/// An edition of GitLab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Edition {
    /// The Enterprise Edition, on any tier.
    Ee,
    /// The Community Edition.
    Ce,
}

/// A file and what stands in it.
struct Written {
    path: &'static str,
    text: String,
}

const DEFAULT_TOKEN: &str = "VAULT_ID_TOKEN";

/// Which project is the one that may have the secrets, where `when` does not say.
const DEFAULT_WHEN: &str = "$SECURITY_PROJECT_PATH && $CI_PROJECT_PATH == $SECURITY_PROJECT_PATH";

const HEAD: &str = "# Written by `buildpass ci template`.\n";

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let files = match arguments.component {
        true => vec![component(arguments.edition)],
        false => {
            templates(arguments.edition, &Stated::load(&surroundings.flags, &surroundings.environment)?)?
        }
    };
    let Some(into) = &arguments.into else {
        output::print(|out| {
            for Written { path, text } in &files {
                write!(out, "# {path}\n{text}\n")?;
            }
            Ok(())
        })?;
        return Ok(ExitCode::SUCCESS);
    };
    let into = surroundings.environment.working_directory().join(into);
    let there = files.iter().map(|file| into.join(file.path)).find(|path| path.exists());
    if let Some(path) = there.filter(|_| !arguments.force) {
        return Err(Failure::usage(
            format!("`{}` is there already", path.display()),
            "nothing was written; `--force` replaces files",
        ));
    }
    for Written { path, text } in &files {
        let path = into.join(path);
        let folder = path.parent().unwrap_or(&into);
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|error| {
            Failure::usage(
                format!("`{}` cannot be written: {error}", path.display()),
                "name a folder that this user can write to",
            )
        })?;
        crate::cli::report::say(&format!("wrote {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn templates(edition: Edition, stated: &Stated) -> Result<Vec<Written>, Failure> {
    let Some(audience) = stated.audiences.last() else {
        return Err(Failure::usage(
            "no vault is configured, so whom the ID token is for is not known",
            "set `[vault] address` in buildpass.toml, or say `--address`",
        ));
    };
    if stated.secrets.is_empty() {
        return Err(Failure::usage("no secret is configured", "add a `[[secret]]` to buildpass.toml"));
    }
    let token = stated.id_token.as_deref().unwrap_or(DEFAULT_TOKEN);
    let integration =
        format!("{HEAD}.vault-integration:\n  id_tokens:\n    {token}:\n      aud: {}\n", quoted(audience));
    let public = format!("{HEAD}.with-build-token:\n  extends: .vault-integration\n");
    if edition == Edition::Ce {
        let advice = "# A job that extends `.with-build-token` runs `buildpass run -- CMD`; buildpass.toml says what it may have.\n";
        let template = "\n.with-build-token:\n  extends: .vault-integration\n";
        return Ok(vec![Written {
            path: "ci/vault-integration.yml",
            text: format!("{integration}{advice}{template}"),
        }]);
    }
    let when = when(stated)?;
    let includes = format!(
        "\ninclude:\n  - local: /ci/vault-security-secrets.yml\n    rules:\n      - if: {when}\n  \
         - local: /ci/vault-public-secrets.yml\n    rules:\n      - if: {when}\n        when: never\n      - when: always\n",
        when = quoted(&when)
    );
    let secrets: String = stated.secrets.iter().map(|(secret, _)| entry(secret, token)).collect();
    Ok(vec![
        Written { path: "ci/vault-integration.yml", text: integration + &includes },
        Written { path: "ci/vault-security-secrets.yml", text: format!("{public}  secrets:\n{secrets}") },
        Written { path: "ci/vault-public-secrets.yml", text: public },
    ])
}

/// One condition for all: an include is taken or left out as a whole.
fn when(stated: &Stated) -> Result<String, Failure> {
    let mut all: Vec<&str> = stated.secrets.iter().filter_map(|(_, when)| when.as_deref()).collect();
    all.dedup();
    match all[..] {
        [] => Ok(DEFAULT_WHEN.to_owned()),
        [one] => Ok(one.to_owned()),
        _ => Err(Failure::usage(
            "the secrets of buildpass.toml have different conditions",
            "a template has one: give all of them the same `when`, or write one by hand",
        )),
    }
}

fn entry(secret: &Wanted, token: &str) -> String {
    let path = &secret.from.path;
    let engine = match path.engine {
        Engine::KvV2 => "kv-v2",
        Engine::KvV1 => "kv-v1",
        Engine::Generic => "generic",
    };
    let file = secret.to == Delivery::File;
    format!(
        "    {}:\n      file: {file}\n      token: ${token}\n      vault:\n        engine: {{name: {engine}, path: {}}}\n        \
         path: {}\n        field: {}\n",
        secret.name,
        quoted(&path.mount),
        quoted(&path.path),
        quoted(&secret.from.field),
    )
}

/// In YAML's single quotes, which nothing but themselves can end.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn component(edition: Edition) -> Written {
    let secrets = match edition {
        Edition::Ee => include_str!("../../../../../templates/build-token.yml"),
        Edition::Ce => include_str!("../../../../../templates/build-token-ce.yml"),
    };
    let path = match edition {
        Edition::Ee => "templates/build-token.yml",
        Edition::Ce => "templates/build-token-ce.yml",
    };
    Written { path, text: secrets.to_owned() }
}
