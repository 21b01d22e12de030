//! The code, exchanged for what the provider says of the person (OpenID Connect Core 1.0, section 3.1.3).

use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::config::Config;
use crate::error::Error;
use crate::fetch::Fetch;
use crate::metadata::Metadata;

/// What came for the code.
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    /// For the user information; kept no longer than that takes.
    pub(crate) access_token: Option<String>,
}

#[derive(Deserialize)]
struct Granted {
    id_token: Option<String>,
    access_token: Option<String>,
    token_type: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

/// What the user information says; only `sub` must be there.
#[derive(Deserialize)]
pub(crate) struct UserInfo {
    pub(crate) sub: String,
    pub(crate) email: Option<Value>,
    pub(crate) email_verified: Option<Value>,
    pub(crate) name: Option<Value>,
}

/// Exchanges a code.
pub(crate) async fn exchange(
    fetch: &Fetch,
    config: &Config,
    metadata: &Metadata,
    [code, verifier, redirect_url]: [&str; 3],
) -> Result<Tokens, Error> {
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code)];
    fields.extend([("redirect_uri", redirect_url), ("code_verifier", verifier)]);
    if metadata.secret_in_form {
        fields.extend([("client_id", config.client_id.as_str()), ("client_secret", config.client_secret.as_str())]);
    }
    // Built in one go: a serializer that lived across the request could not move between threads.
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let authorization = (!metadata.secret_in_form).then(|| basic(config));
    let answer = fetch.form(&metadata.token, form, authorization.as_deref()).await?;
    if !answer.status.is_success() {
        // A refusal by the rules says why; anything else is judged by its status.
        if let Ok(Refused { error, error_description }) = answer.json() {
            return Err(Error::refused(&error, error_description.as_deref()));
        }
    }
    let answer = answer.succeeded()?;
    let granted: Granted = answer.json()?;
    let Some(id_token) = granted.id_token else {
        return Err(answer.unusable("it holds no `id_token`; is it an OpenID Connect provider?".into()));
    };
    let bearer = granted.token_type.is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer"));
    Ok(Tokens { id_token, access_token: granted.access_token.filter(|token| bearer && is_token(token)) })
}

/// RFC 6749, section 2.3.1: each part as in a form, then as in RFC 7617.
fn basic(config: &Config) -> String {
    let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let both = format!("{}:{}", part(&config.client_id), part(&config.client_secret));
    format!("Basic {}", BASE64.encode(both.as_bytes()))
}

/// What may stand in the header (RFC 6750, section 2.1).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
