//! Credentials: how an app presents itself, in the sandbox and in production apart.

mod manage;
mod redirect;

pub use self::manage::{MadeSecret, Overlap};
pub use self::redirect::{RedirectProblem, check_redirect_uri};
