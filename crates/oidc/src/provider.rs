//! One sign-in, from the button to the person: [`Provider::begin`] says where to send the browser, [`Provider::finish`]
//! who came back.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use model::{Random, UnixMillis};
use ring::digest;
use tokio::sync::Mutex;
use url::Url;

use crate::claims::{self, Claims, Expected};
use crate::config::Config;
use crate::error::{Error, Flaw, shown};
use crate::fetch::Fetch;
use crate::identity::{About, Identity};
use crate::jws::Jws;
use crate::kept::Kept;
use crate::keys::{self, Keys};
use crate::metadata::Metadata;
use crate::token::{self, Tokens, UserInfo};

/// The company's identity provider. Cheap to make: it is asked when somebody signs in, so that one that is down keeps
/// nothing from starting. Its `Debug` leaves the secret out.
#[derive(Debug)]
pub struct Provider {
    config: Config,
    issuer: Url,
    fetch: Fetch,
    // Held while the provider is asked: who comes meanwhile waits for the same answer.
    metadata: Mutex<Kept<Metadata>>,
    keys: Mutex<Kept<Keys>>,
}

/// A sign-in that has begun. The caller keeps all but the address, tied to the browser, once and not for long (ten
/// minutes), until the browser comes back with the same state.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where to send the browser.
    pub authorization_url: String,
    /// What the browser must bring back. 43 characters.
    pub state: String,
    /// What ties the answer to this sign-in, for [`Callback::nonce`]. 43 characters.
    pub nonce: String,
    /// What proves that the code was asked for by us, for [`Callback::pkce_verifier`]. 43 characters.
    pub pkce_verifier: String,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

/// What the browser brought back, and what was kept for it. The caller has found the latter by the former's state.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// The parameter `code`.
    pub code: &'a str,
    /// The parameter `iss` (RFC 9207), if there was one.
    pub issuer: Option<&'a str>,
    /// As in [`Begun`].
    pub nonce: &'a str,
    /// As in [`Begun`].
    pub pkce_verifier: &'a str,
    /// As it was given to [`Provider::begin`].
    pub redirect_url: &'a str,
}

impl fmt::Debug for Callback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("redirect_url", &self.redirect_url).finish_non_exhaustive()
    }
}

impl Provider {
    /// A provider that will be discovered when it is first needed. Asks nothing yet.
    ///
    /// # Errors
    /// When the configuration can't be used, or this machine's trusted certificates can't be read.
    pub fn discover(config: Config) -> Result<Self, Error> {
        let issuer = config.check()?;
        let fetch = Fetch::new(&issuer)?;
        Ok(Self { config, issuer, fetch, metadata: Mutex::default(), keys: Mutex::default() })
    }

    /// What people call it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.config.label
    }

    /// Its own name: the issuer of every [`Identity`] it tells of.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.config.issuer_url
    }

    /// Begins a sign-in. `redirect_url` is our address to which the browser comes back, as the provider knows it.
    ///
    /// # Errors
    /// When the provider can't be reached or says something unusable about itself, or `redirect_url` is no address.
    pub async fn begin(&self, redirect_url: &str, random: &dyn Random, now: UnixMillis) -> Result<Begun, Error> {
        if Url::parse(redirect_url).map_or(true, |url| url.cannot_be_a_base() || url.fragment().is_some()) {
            return Err(Error::config("redirect_url", "must be an address such as `https://portal.example.com/back`"));
        }
        let metadata = self.metadata(now).await?;
        let secret = || BASE64URL_NOPAD.encode(&random.bytes::<32>());
        let (state, nonce, pkce_verifier) = (secret(), secret(), secret());
        let mut url = metadata.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", redirect_url)
            .append_pair("scope", &self.config.scope())
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge(&pkce_verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(Begun { authorization_url: url.into(), state, nonce, pkce_verifier })
    }

    /// Finishes a sign-in: exchanges the code and believes the answer once its signature, issuer, audience, time and
    /// nonce are right. Asks for the user information when the token tells no e-mail address.
    ///
    /// # Errors
    /// When the provider can't be reached, refuses, or gives an answer that can't be used or trusted.
    pub async fn finish(&self, callback: &Callback<'_>, now: UnixMillis) -> Result<Identity, Error> {
        let metadata = self.metadata(now).await?;
        self.check_issuer(callback.issuer, &metadata)?;
        let parts = [callback.code, callback.pkce_verifier, callback.redirect_url];
        let tokens = token::exchange(&self.fetch, &self.config, &metadata, parts).await?;
        let claims = self.believe(&metadata, &tokens.id_token, callback.nonce, now).await?;
        let about = self.about(&metadata, &tokens, &claims).await?;
        let About { email, email_verified, name } = about;
        Ok(Identity { issuer: self.config.issuer_url.clone(), subject: claims.subject, email, email_verified, name })
    }

    /// RFC 9207, section 2.4, before anything is sent: the code of another provider is not for this one to see.
    fn check_issuer(&self, found: Option<&str>, metadata: &Metadata) -> Result<(), Flaw> {
        match found {
            Some(found) if found == self.config.issuer_url => Ok(()),
            Some(found) => Err(Flaw::Issuer { found: shown(found), expected: shown(&self.config.issuer_url) }),
            None if metadata.says_issuer => Err(Flaw::NoIssuer),
            None => Ok(()),
        }
    }

    async fn believe(
        &self,
        metadata: &Metadata,
        id_token: &str,
        nonce: &str,
        now: UnixMillis,
    ) -> Result<Claims, Error> {
        let jws = Jws::read(id_token)?;
        let mut payload = self.keys(metadata, now, false).await?.verify(&jws);
        if matches!(payload, Err(Flaw::UnknownKey(_))) {
            payload = self.keys(metadata, now, true).await?.verify(&jws);
        }
        let (issuer, client_id) = (self.config.issuer_url.as_str(), self.config.client_id.as_str());
        Ok(claims::check(&payload?, &Expected { issuer, client_id, nonce, now })?)
    }

    /// By the rules of the standard a provider may tell name and address by the user information alone.
    async fn about(&self, metadata: &Metadata, tokens: &Tokens, claims: &Claims) -> Result<About, Error> {
        let mut about = claims.about.clone();
        let (None, Some(url), Some(token)) = (&about.email, &metadata.userinfo, &tokens.access_token) else {
            return Ok(about);
        };
        let info: UserInfo = self.fetch.json_as(url, token).await?;
        if info.sub != claims.subject {
            return Err(Flaw::Subject.into());
        }
        let told = About::read(info.email.as_ref(), info.email_verified.as_ref(), info.name.as_ref());
        (about.email, about.email_verified) = (told.email, told.email_verified);
        about.name = about.name.or(told.name);
        Ok(about)
    }

    async fn metadata(&self, now: UnixMillis) -> Result<Arc<Metadata>, Error> {
        let mut kept = self.metadata.lock().await;
        if let Some(known) = kept.known(now) {
            return known;
        }
        let outcome = Metadata::fetch(&self.fetch, &self.issuer, &self.config.issuer_url).await;
        if let Err(error) = &outcome {
            tracing::warn!(issuer = self.config.issuer_url, %error, "the identity provider can't be discovered");
        }
        kept.keep(now, outcome)
    }

    /// The provider's keys; anew when one is not among those known, though at most once a minute.
    async fn keys(&self, metadata: &Metadata, now: UnixMillis, anew: bool) -> Result<Arc<Keys>, Error> {
        let mut kept = self.keys.lock().await;
        if let Some(known) = kept.known(now).filter(|_| !anew || !kept.may_ask_again(now)) {
            return known;
        }
        let outcome = self.fetch.json::<keys::Document>(&metadata.keys).await.map(Keys::from);
        let outcome = match outcome {
            Ok(keys) if keys.is_empty() => Err(Error::answer(&metadata.keys, "it holds no key for signatures")),
            outcome => outcome,
        };
        if let Err(error) = &outcome {
            tracing::warn!(issuer = self.config.issuer_url, %error, "the identity provider's keys can't be had");
        }
        kept.keep(now, outcome)
    }
}

/// RFC 7636, section 4.2.
fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
