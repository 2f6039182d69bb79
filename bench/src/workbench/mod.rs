//! OpenBao over http and https, filled as the reference deployment is, and the ID token of a job that may read.

mod administrator;

mod authority;

mod openbao;

mod sandbox;

mod scripted;

use std::{path::PathBuf, time::Duration};

use anyhow::ensure;

pub(crate) use administrator::{Administrator, ROLE, ROOT, SECRET_FIELD, SECRET_PATH, SECRET_VALUE};
pub(crate) use sandbox::{ADMIN, PROJECT, Sandbox};

use self::{authority::Authority, openbao::OpenBao, scripted::Scripted};
use crate::programs::Programs;

/// Everything that runs while something is measured; it ends when this is dropped.
pub(crate) struct Workbench<'a> {
    pub(crate) programs: &'a Programs,
    /// The job's empty home, and its working directory.
    pub(crate) home: tempfile::TempDir,
    /// The system's authorities, and ours behind them.
    pub(crate) bundle: PathBuf,
    pub(crate) plain: Place,
    pub(crate) tls: Place,
    /// Answers as the vault does, at once and without doing anything.
    pub(crate) scripted: Place,
    pub(crate) sandbox: Sandbox,
    pub(crate) administrator: Administrator,
    _openbao: OpenBao,
    _runtime: tokio::runtime::Runtime,
}

/// An address, and the ID token that is for it.
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) id_token: String,
}

impl<'a> Workbench<'a> {
    pub(crate) fn build(programs: &'a Programs) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let home = tempfile::tempdir()?;
        let authority = Authority::build(home.path())?;
        let sandbox = Sandbox::start(&runtime, home.path(), &programs.search_path)?;
        let openbao = OpenBao::start(&programs.bao, home.path(), &authority)?;
        let scripted = Scripted::start()?;
        let administrator = Administrator::build(&runtime, &openbao.plain, ROOT)?;
        administrator.deploy(&sandbox.url, &[&openbao.plain, &openbao.tls])?;
        let place = |address: &str| -> anyhow::Result<Place> {
            let id_token = sandbox.id_token(&administrator, address)?;
            Ok(Place { address: address.to_owned(), id_token })
        };
        Ok(Self {
            programs,
            bundle: authority.bundle.clone(),
            plain: place(&openbao.plain)?,
            tls: place(&openbao.tls)?,
            scripted: place(&scripted.address)?,
            sandbox,
            administrator,
            home,
            _openbao: openbao,
            _runtime: runtime,
        })
    }

    /// Every contender gives its session back: none is alive.
    pub(crate) fn no_session_is_left(&self) -> anyhow::Result<()> {
        let left = self.administrator.sessions()?;
        ensure!(left == 0, "{left} sessions were not given back");
        Ok(())
    }
}

/// No wait here is without an end.
const PATIENCE: Duration = Duration::from_secs(30);
