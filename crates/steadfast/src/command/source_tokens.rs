//! `steadfast sources token`: tokens of sources, made and revoked at the machine itself. Each is a short transaction, so they
//! work beside a running `steadfast serve`.

use std::path::Path;
use std::process::ExitCode;

use model::{Doer, PlatformZone, SourceToken, UnixMillis};
use serde_json::{Value, json};
use service::{NewSourceToken, Steadfast};

use super::{Outcome, open_beside, open_existing};
use crate::cli::{Output, SourceTokenAdd, SourceTokenCommand, SourceTokenList, SourceTokenRevoke};
use crate::config::Config;
use crate::term::{self, Painter, pad, printable};

pub(super) async fn run(command: SourceTokenCommand, config: Config) -> Outcome {
    match command {
        SourceTokenCommand::Add(arguments) => add(arguments, config).await,
        SourceTokenCommand::List(arguments) => list(arguments, config).await,
        SourceTokenCommand::Revoke(arguments) => revoke(arguments, config).await,
    }
}

async fn add(arguments: SourceTokenAdd, config: Config) -> Outcome {
    let SourceTokenAdd { source, apps, environments, expires, data } = arguments;
    let steadfast: Steadfast = open_beside(Path::new(&data.path), config)?;
    let expires = expires.map(|day| day.to_string()).unwrap_or_default();
    let new = NewSourceToken { source: source.to_string(), apps, environments, expires };
    let made = steadfast.make_source_token(None, &new, None).await?;
    let token = &made.token;
    term::tell(&format!(
        "The token {} of `{}` ({}, {}, {}) is shown this once:",
        token.id,
        token.source,
        apps_of(token),
        environments_of(token),
        expiry_of(token, &steadfast.platform.zone).map_or("does not expire".to_owned(), |it| format!("expires {it}")),
    ));
    if let Some(secret) = made.secret {
        term::print(format!("{}\n", secret.reveal()))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(arguments: SourceTokenList, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let tokens = match &arguments.source {
        Some(source) => steadfast.source_tokens_of(source).await?,
        None => steadfast.source_tokens().await?,
    };
    let now = steadfast.clock.now();
    term::print(match arguments.format {
        Output::Json => {
            let tokens: Vec<Value> = tokens.iter().map(wire).collect();
            json!({ "tokens": tokens }).to_string() + "\n"
        }
        Output::Table => table(&tokens, now, &steadfast.platform.zone, &Painter::stdout()),
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn revoke(arguments: SourceTokenRevoke, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let token = steadfast.revoke_source_token(Doer::System, arguments.id).await?;
    term::tell(&format!("The token {} of `{}` is revoked.", token.hint, token.source));
    Ok(ExitCode::SUCCESS)
}

fn wire(token: &SourceToken) -> Value {
    let environments: Vec<&str> = token.environments.iter().map(|environment| environment.key()).collect();
    json!({
        "id": token.id.to_string(),
        "source": token.source.as_str(),
        "hint": token.hint,
        "apps": token.apps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "environments": environments,
        "created_at": token.created_at.to_string(),
        "expires_at": token.expires_at.map(|at| at.to_string()),
        "last_used_at": token.last_used_at.map(|at| at.to_string()),
    })
}

fn table(tokens: &[SourceToken], now: UnixMillis, zone: &PlatformZone, paint: &Painter) -> String {
    if tokens.is_empty() {
        return "No token yet: `steadfast sources token add SOURCE` makes one.\n".to_owned();
    }
    let row = |cells: [&str; 6]| {
        let [source, id, hint, limits, expires, used] = cells;
        format!("{} {} {} {} {} {used}", pad(source, 20), pad(id, 37), pad(hint, 14), pad(limits, 36), pad(expires, 21))
    };
    let mut text = paint.bold(&row(["SOURCE", "ID", "TOKEN", "MAY SEND", "EXPIRES", "LAST USED"])) + "\n";
    for token in tokens {
        let limits = format!("{}, {}", apps_of(token), environments_of(token));
        let expires = match expiry_of(token, zone) {
            _ if !token.is_good(now) => "expired".to_owned(),
            expiry => expiry.unwrap_or_else(|| "never".to_owned()),
        };
        let used = token.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let id = token.id.to_string();
        text += &row([token.source.as_str(), &id, &token.hint, &printable(&limits), &expires, &used]);
        text += "\n";
    }
    text
}

fn apps_of(token: &SourceToken) -> String {
    match token.apps.as_slice() {
        [] => "all apps".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn environments_of(token: &SourceToken) -> String {
    match token.environments.as_slice() {
        [only] => only.key().to_owned(),
        _ => "both environments".to_owned(),
    }
}

/// `after 2027-12-31`: the last day, as it was asked for.
fn expiry_of(token: &SourceToken, zone: &PlatformZone) -> Option<String> {
    token.last_instant().map(|at| format!("after {}", zone.day_of(at)))
}
