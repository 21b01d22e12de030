//! The sections `[providers.NAME]`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// An identity provider, as configured.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    pub(crate) label: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.issuer).field("client_id", &self.client_id).finish()
    }
}

/// Tells what is wrong with the providers.
pub(super) fn check(providers: &BTreeMap<String, Provider>, wrong: &mut impl FnMut(&str, String)) {
    for name in providers.keys() {
        if !is_provider_name(name) {
            wrong("providers", format!("`{name}` becomes part of a URL; name it with letters, digits and `-`"));
        }
    }
}

fn is_provider_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
