//! The credentials of an app: client ids, secrets that are shown once, and redirect URIs, for the sandbox and for
//! production apart.

pub(crate) mod api;
pub(crate) mod pages;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
pub(crate) mod view;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use model::Environment;

use crate::fault::Fault;

/// The environment of this word.
fn environment_named(word: &str) -> Result<Environment, Fault> {
    Environment::from_key(word)
        .ok_or_else(|| Fault::NotFound(format!("there is no environment `{word}`; write `sandbox` or `production`")))
}

/// The app and the environment that a path names.
pub(crate) type InPath = Result<Path<(String, String)>, PathRejection>;

/// The app, the environment and the secret that a path names.
pub(crate) type SecretInPath = Result<Path<(String, String, String)>, PathRejection>;

fn environment_in(path: InPath) -> Result<Environment, Fault> {
    let Path((_, word)) = path.map_err(|_| not_utf8())?;
    environment_named(&word)
}

fn secret_in(path: SecretInPath) -> Result<(Environment, String), Fault> {
    let Path((_, word, secret)) = path.map_err(|_| not_utf8())?;
    Ok((environment_named(&word)?, secret))
}

fn not_utf8() -> Fault {
    Fault::BadRequest("the path is not UTF-8 once it is decoded".to_owned())
}
