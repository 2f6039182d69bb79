use std::process::ExitCode;

use crate::{cli::output, config::access_schema, failure::Failure};

pub(super) fn execute() -> Result<ExitCode, Failure> {
    output::print(|out| output::json(out, &access_schema()))?;
    Ok(ExitCode::SUCCESS)
}
