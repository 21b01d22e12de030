//! What an operator says about the provider.

use std::fmt;

use url::Url;

use crate::address;
use crate::error::Error;

/// No value in the configuration is longer, in bytes.
const LONGEST: usize = 1_000;

/// The provider as the operator describes it. Its `Debug` leaves the secret out.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// The provider's own name, exactly as it writes it: `https://id.example.com/realms/staff`. `http://` only on
    /// this machine.
    pub issuer_url: String,
    /// Who we are to the provider.
    pub client_id: String,
    /// What proves it.
    pub client_secret: String,
    /// What is asked for. `openid` is always among them; with none, `profile` and `email` are asked for too.
    pub scopes: Vec<String>,
    /// What people call the provider: `Acme sign-in`.
    pub label: String,
}

impl Config {
    /// The issuer's address, once everything is in order.
    pub(crate) fn check(&self) -> Result<Url, Error> {
        let issuer = address::read(&self.issuer_url).map_err(|problem| Error::config("issuer_url", problem))?;
        if issuer.query().is_some() {
            return Err(Error::config("issuer_url", "must not have a `?…` at its end"));
        }
        for (field, value) in
            [("client_id", &self.client_id), ("client_secret", &self.client_secret), ("label", &self.label)]
        {
            if value.trim().is_empty() {
                return Err(Error::config(field, "must not be empty"));
            }
            if value.len() > LONGEST || value.chars().any(char::is_control) {
                return Err(Error::config(field, "is too long or holds a control character"));
            }
        }
        let bad = |scope: &String| scope.is_empty() || scope.len() > LONGEST || !scope.bytes().all(is_of_scope);
        if self.scopes.iter().any(bad) {
            return Err(Error::config("scopes", "must be a list of words such as `openid`, `profile`, `email`"));
        }
        Ok(issuer)
    }

    /// The scopes in the form in which they are asked for.
    pub(crate) fn scope(&self) -> String {
        if self.scopes.is_empty() {
            return "openid profile email".to_owned();
        }
        let others = self.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" ")
    }
}

/// RFC 6749, appendix A.4.
fn is_of_scope(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("issuer_url", &self.issuer_url)
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config {
            issuer_url: "https://id.example.com".into(),
            client_id: "portal".into(),
            client_secret: "very-secret".into(),
            scopes: Vec::new(),
            label: "Acme".into(),
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |change: fn(&mut Config)| {
            let mut config = config();
            change(&mut config);
            config.check().unwrap_err().to_string()
        };
        assert!(config().check().is_ok());
        assert_eq!(
            wrong(|config| config.issuer_url = "http://id.example.com".into()),
            "the identity provider's `issuer_url` must begin with `https://` (`http://` only for a provider on this \
             machine); check the configuration"
        );
        assert!(wrong(|config| config.issuer_url.push_str("?a=b")).contains("`issuer_url`"));
        assert!(wrong(|config| config.client_id.clear()).contains("`client_id` must not be empty"));
        assert!(wrong(|config| config.client_secret = " ".into()).contains("`client_secret` must not be empty"));
        assert!(wrong(|config| config.label = "a\nb".into()).contains("`label`"));
        assert!(wrong(|config| config.scopes = vec!["email profile".into()]).contains("`scopes`"));
    }

    #[test]
    fn openid_is_always_asked_for_and_once() {
        let mut config = config();
        assert_eq!(config.scope(), "openid profile email");
        config.scopes = vec!["email".into(), "openid".into()];
        assert_eq!(config.scope(), "openid email");
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", config()).contains("very-secret"));
    }
}
