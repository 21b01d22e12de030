//! `steadfast config check`.

use std::process::ExitCode;

use super::Outcome;
use crate::config::{Config, ConfigErrors};
use crate::term;

pub(super) fn check(config: Result<Config, ConfigErrors>) -> Outcome {
    term::print(config?.effective())?;
    Ok(ExitCode::SUCCESS)
}
