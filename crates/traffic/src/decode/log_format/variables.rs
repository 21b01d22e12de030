//! What the variables of a log format mean for a call.

use super::super::header_names::as_variable;
use super::template::Template;
use crate::format::FormatError;

/// Which variables hold what nginx has no variable of its own for; without a `$`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables {
    /// The name of the company header.
    pub(crate) company_header: String,
    /// The app's id.
    pub(crate) app: Option<String>,
    /// The environment.
    pub(crate) environment: Option<String>,
    /// The principal.
    pub(crate) principal: Option<String>,
}

/// Where the app is looked for unless a variable is given, the best first.
const APP_VARIABLES: [&str; 12] = [
    "app",
    "app_id",
    "client_id",
    "oauth_client_id",
    "jwt_claim_client_id",
    "consumer",
    "http_x_app_id",
    "http_x_app",
    "http_x_client_id",
    "http_x_consumer_username",
    "http_x_consumer_id",
    "remote_user",
];

/// What a variable is to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Ignored,
    Time(TimeKind),
    Request,
    Method,
    Path(PathKind),
    Status,
    CompanyHeader,
    Environment,
    Principal,
    /// With its rank among those where the app is looked for.
    App(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeKind {
    Unix,
    Iso8601,
    Local,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathKind {
    /// As the client sent it.
    Raw,
    /// Decoded, without its query.
    Decoded,
}

/// How many variables can hold the app.
pub(super) const MAX_APPS: usize = APP_VARIABLES.len();

/// The role of each variable of a template. Of several times, paths and so on the most exact is read.
pub(super) fn roles(template: &Template, variables: &Variables) -> Result<Vec<Role>, FormatError> {
    let company_header = format!("http_{}", as_variable(&variables.company_header));
    let has = |name: &str| template.variables.iter().any(|variable| variable.name == name);
    let pick = |names: &[&'static str]| names.iter().copied().find(|name| has(name));
    let time = pick(&["msec", "time_iso8601", "time_local"]);
    let path = pick(&["request_uri", "request", "uri", "document_uri"]);
    let method = pick(&["request_method", "request"]);
    let status = pick(&["status"]);
    for (found, what, names) in [
        (time, "time", "`$time_iso8601`, `$msec` or `$time_local`"),
        (method, "method", "`$request_method` or `$request`"),
        (path, "path", "`$request_uri`, `$request` or `$uri`"),
        (status, "status", "`$status`"),
    ] {
        if found.is_none() {
            return Err(FormatError::new(format!("the log format has no {what}; add {names}")));
        }
    }
    for wanted in [&variables.app, &variables.environment, &variables.principal].into_iter().flatten() {
        if !has(wanted) {
            return Err(FormatError::new(format!(
                "the log format has no `${wanted}`; add it, or name a variable that is there"
            )));
        }
    }
    let app_rank = |name: &str| match &variables.app {
        Some(app) => (app == name).then_some(0),
        None => APP_VARIABLES.iter().position(|known| *known == name),
    };
    let named = |wanted: &Option<String>, defaults: &[&str], name: &str| match wanted {
        Some(wanted) => wanted == name,
        None => defaults.contains(&name),
    };
    let role = |name: &str| {
        let is = |choice: Option<&str>| choice == Some(name);
        if is(time) {
            return Role::Time(match name {
                "msec" => TimeKind::Unix,
                "time_iso8601" => TimeKind::Iso8601,
                _ => TimeKind::Local,
            });
        }
        if name == "request" && (is(path) || is(method)) {
            return Role::Request;
        }
        if is(path) {
            return Role::Path(if name == "request_uri" { PathKind::Raw } else { PathKind::Decoded });
        }
        if let Some(rank) = app_rank(name) {
            return Role::App(rank);
        }
        match name {
            _ if is(method) => Role::Method,
            "status" => Role::Status,
            _ if name == company_header => Role::CompanyHeader,
            _ if named(&variables.environment, &["environment", "env"], name) => Role::Environment,
            _ if named(&variables.principal, &["principal"], name) => Role::Principal,
            _ => Role::Ignored,
        }
    };
    Ok(template.variables.iter().map(|variable| role(&variable.name)).collect())
}
