//! Real tools within `run`, with no change to them: cargo, npm and pip fetch a private git dependency with a token that is for git alone.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Finished, REPOSITORY, SecurityGroup, Vault};

/// A wheel by hand, so that pip downloads nothing to build it.
const BACKEND: &str = r#"
import zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "inner-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel_directory + "/" + name, "w") as wheel:
        wheel.writestr("inner.py", "")
        about = "inner-1.0.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: inner\nVersion: 1.0\n")
        wheel.writestr(about + "WHEEL", "Wheel-Version: 1.0\nGenerator: inner\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(about + "RECORD", "inner.py,,\n" + about + "METADATA,,\n" + about + "WHEEL,,\n" + about + "RECORD,,\n")
    return name
"#;

/// A private repository that is a package for each of the three.
fn package() -> SecurityGroup {
    let group = SecurityGroup::start();
    let files = json!({
        "Cargo.toml": "[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n", "src/lib.rs": "",
        "package.json": "{\"name\": \"inner\", \"version\": \"1.0.0\"}\n",
        "pyproject.toml": "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n", "backend.py": BACKEND,
    });
    group.sandbox.commit("gitlab-org/security/gitlab-shell", files);
    group.sandbox.admin("DELETE", "/-/sandbox/requests", &Value::Null);
    group
}

/// Runs a shell script in a job; no registry of packages can be reached.
fn run(vault: &Vault, group: &SecurityGroup, more: &[(&str, &str)], script: &str) -> Finished {
    group.deploy(vault);
    let config = format!(
        "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
         [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{BUILD_TOKEN_PATH}/token@ci\"\nto = \"git\"\n\
         [[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
        vault.address,
        group.realm(),
    );
    let url = url::Url::parse(&group.sandbox.url).unwrap();
    let mut job = Buildpass::new()
        .file("buildpass.toml", &config)
        .env("VAULT_ID_TOKEN", &group.sandbox.id_token(&vault.address, json!({})))
        .env("CI_SERVER_HOST", url.host_str().unwrap())
        .env("CI_SERVER_PORT", &url.port().unwrap().to_string())
        .env("URL", &format!("{}/{REPOSITORY}", group.sandbox.url))
        .env("npm_config_registry", "http://127.0.0.1:1/")
        .env("PIP_NO_INDEX", "1")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    for (name, value) in more {
        job = job.env(name, value);
    }
    let finished = job.args(["run", "--", "sh", "-ec", script]).run();
    assert!(!finished.stderr.contains("was not started"), "{}", finished.stderr);
    finished
}

/// The tool fetched the package, and the token went to its repository and nowhere else.
fn fetched(group: &SecurityGroup, finished: &Finished) {
    assert_eq!(finished.code, Some(0), "{}{}", finished.stdout, finished.stderr);
    assert!(finished.stdout.ends_with("there\n"), "{}", finished.stdout);
    let seen = group.sandbox.credentials_seen();
    assert!(
        !seen.is_empty() && seen.iter().all(|path| path.starts_with(&format!("/{REPOSITORY}"))),
        "{seen:?}"
    );
}

/// The program itself: a shim of a version manager wants the home that it was installed in.
fn real(program: &str, arguments: &[&str]) -> Option<String> {
    let found = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    if found.is_none() {
        println!("skipped: there is no {program}");
    }
    found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
fn cargo_fetches_a_private_dependency() {
    const SCRIPT: &str = r#"
mkdir -p app/src && cd app && touch src/lib.rs
printf '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ninner = { git = "%s" }\n' "$URL" > Cargo.toml
cargo fetch --quiet && test -e "$HOME"/.cargo/git/checkouts/*/*/src/lib.rs && echo there
"#;
    let toolchain = Path::new(env!("CARGO")).parent().unwrap().display().to_string();
    let path = format!("{toolchain}:{}", std::env::var("PATH").unwrap());
    let group = package();
    let vault = Vault::lockbox();
    let finished = run(&vault, &group, &[("PATH", &path)], SCRIPT);
    fetched(&group, &finished);

    let vault = Vault::lockbox();
    let by_itself = [("PATH", path.as_str()), ("CARGO_NET_GIT_FETCH_WITH_CLI", "false")];
    let refused = run(&vault, &group, &by_itself, SCRIPT);
    assert_ne!(refused.code, Some(0), "cargo's own git asks nobody: {}", refused.stdout);
}

#[test]
fn npm_fetches_a_private_dependency() {
    if real("npm", &["--version"]).is_none() {
        return;
    }
    let group = package();
    let script = "mkdir app && cd app && echo '{}' > package.json && \
                  npm install --silent --no-audit --no-fund --ignore-scripts \"git+$URL\" && test -e node_modules/inner/package.json && echo there";
    let vault = Vault::lockbox();
    let finished = run(&vault, &group, &[], script);
    fetched(&group, &finished);
}

#[test]
fn pip_fetches_a_private_dependency() {
    let Some(python) = real("python3", &["-c", "import sys, pip; print(sys.executable)"]) else { return };
    let group = package();
    let script = "\"$PYTHON\" -m pip install --quiet --no-deps --no-build-isolation --target out \"git+$URL\" && test -e out/inner.py && echo there";
    let vault = Vault::lockbox();
    let finished = run(&vault, &group, &[("PYTHON", &python)], script);
    fetched(&group, &finished);
}
