//! Asking the provider: TLS with rustls and ring, no redirects, ten seconds, and no more bytes than an answer needs.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{RequestBuilder, StatusCode};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use serde::de::DeserializeOwned;
use url::Url;

use crate::address;
use crate::error::{Error, shown};

/// From the first packet to the last.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const LARGEST: usize = 256 * 1024;

/// Asks one provider.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    client: reqwest::Client,
}

/// What the provider answered, whatever the status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
    url: Url,
}

impl Fetch {
    pub(crate) fn new(issuer: &Url) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(issuer)?)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(TIMEOUT)
            .user_agent(concat!("Steadfast/", env!("CARGO_PKG_VERSION")));
        if address::is_loopback(issuer) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| Error::config("issuer_url", reason(error)))?;
        Ok(Self { client })
    }

    /// A document in JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, url: &Url) -> Result<T, Error> {
        self.send(url, self.client.get(url.clone())).await?.succeeded()?.json()
    }

    /// A document in JSON that only the bearer of a token may see.
    pub(crate) async fn json_as<T: DeserializeOwned>(&self, url: &Url, access_token: &str) -> Result<T, Error> {
        let request = self.client.get(url.clone()).header(AUTHORIZATION, format!("Bearer {access_token}"));
        self.send(url, request).await?.succeeded()?.json()
    }

    /// The answer to a form.
    pub(crate) async fn form(&self, url: &Url, form: String, authorization: Option<&str>) -> Result<Answer, Error> {
        let mut request = self.client.post(url.clone()).body(form);
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        self.send(url, request).await
    }

    async fn send(&self, url: &Url, request: RequestBuilder) -> Result<Answer, Error> {
        let unreachable = |error| Error::Unreachable { url: shown(url.as_str()), reason: reason(error) };
        let mut response = request.header(ACCEPT, "application/json").send().await.map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Error::answer(url, format!("it is larger than {LARGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status(), body, url: url.clone() })
    }
}

impl Answer {
    /// The same, if the status is 200.
    pub(crate) fn succeeded(self) -> Result<Self, Error> {
        match self.status {
            StatusCode::OK => Ok(self),
            status if status.is_redirection() => {
                Err(self.unusable(format!("{status}, but redirects are not followed; check `issuer_url`")))
            }
            status => Err(self.unusable(format!("{status}; check `issuer_url`, and the provider's own log"))),
        }
    }

    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // What exactly is wrong may quote the body, and the body may hold a token: the place is enough.
        serde_json::from_slice(&self.body).map_err(|error| {
            let problem = if error.is_data() {
                "it lacks something or holds something of another kind"
            } else {
                "it is not JSON"
            };
            self.unusable(format!("{problem}, line {} column {}", error.line(), error.column()))
        })
    }

    pub(crate) fn unusable(&self, problem: String) -> Error {
        Error::answer(&self.url, problem)
    }
}

/// The certificates that this machine trusts; none are needed where nothing leaves it.
fn tls(issuer: &Url) -> Result<ClientConfig, Error> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let unusable = |error: rustls::Error| {
        Error::config("issuer_url", format!("needs this machine's trusted certificates, but {error}; install them"))
    };
    let builder = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions().map_err(unusable)?;
    let builder = match issuer.scheme() {
        "http" => builder.with_root_certificates(RootCertStore::empty()),
        _ => builder.with_platform_verifier().map_err(unusable)?,
    };
    Ok(builder.with_no_client_auth())
}

/// The whole chain of causes, without the address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reasons = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(next) = cause {
        reasons.push(next.to_string());
        cause = next.source();
    }
    reasons.dedup();
    shown(&reasons.join(": "))
}
