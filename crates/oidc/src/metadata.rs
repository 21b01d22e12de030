//! What the provider says about itself (OpenID Connect Discovery 1.0, sections 3 and 4).

use serde::Deserialize;
use url::Url;

use crate::address;
use crate::error::{Error, Flaw, shown};
use crate::fetch::Fetch;

/// The document as it comes.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// Where to ask what, checked.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    pub(crate) keys: Url,
    pub(crate) userinfo: Option<Url>,
    /// Whether the client's secret goes into the form (`client_secret_post`) instead of the header.
    pub(crate) secret_in_form: bool,
    /// Whether the redirect back always says whose it is (RFC 9207).
    pub(crate) says_issuer: bool,
}

impl Metadata {
    /// Asks an issuer, whose name was checked, for the document and reads it.
    pub(crate) async fn fetch(fetch: &Fetch, issuer: &Url, name: &str) -> Result<Self, Error> {
        let url = location(issuer);
        let document: Document = fetch.json(&url).await?;
        if document.issuer != name {
            return Err(Flaw::Issuer { found: shown(&document.issuer), expected: shown(name) }.into());
        }
        // A provider behind TLS has no business without it.
        let endpoint = |key: &str, text: &str| match address::read(text) {
            Ok(found) if found.scheme() == "https" || issuer.scheme() == "http" => Ok(found),
            Ok(_) => Err(Error::answer(&url, format!("`{key}` must begin with `https://`"))),
            Err(problem) => Err(Error::answer(&url, format!("`{key}` {problem}"))),
        };
        let userinfo = document.userinfo_endpoint.as_deref();
        let methods = document.token_endpoint_auth_methods_supported.unwrap_or_default();
        let offers = |method: &str| methods.iter().any(|offered| offered == method);
        Ok(Self {
            authorization: endpoint("authorization_endpoint", &document.authorization_endpoint)?,
            token: endpoint("token_endpoint", &document.token_endpoint)?,
            keys: endpoint("jwks_uri", &document.jwks_uri)?,
            userinfo: userinfo.map(|text| endpoint("userinfo_endpoint", text)).transpose()?,
            secret_in_form: offers("client_secret_post") && !offers("client_secret_basic"),
            says_issuer: document.authorization_response_iss_parameter_supported.unwrap_or(false),
        })
    }
}

fn location(issuer: &Url) -> Url {
    let mut url = issuer.clone();
    url.set_path(&format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_found_below_the_issuer() {
        let found = |issuer: &str| location(&Url::parse(issuer).unwrap()).to_string();
        let expected = "https://id.example.com/realms/staff/.well-known/openid-configuration";
        assert_eq!(found("https://id.example.com/realms/staff"), expected);
        assert_eq!(found("https://id.example.com/realms/staff/"), expected);
        assert_eq!(found("https://id.example.com"), "https://id.example.com/.well-known/openid-configuration");
    }
}
