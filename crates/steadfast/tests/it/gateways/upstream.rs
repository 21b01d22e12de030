//! What stands behind a gateway: the platform's API, which answers as it is told, and the service that checks keys.

use std::net::SocketAddr;

use testkit::stub::{Request, Stub};

/// Keys and their apps.
pub(super) const KEYS: [(&str, &str); 4] =
    [("k-4f1c0e", "acme-erp"), ("k-9b27aa", "billing"), ("k-space", "com.example.app v2"), ("k-x", "x")];

/// The API: it answers with the status that the header `X-Answer` says.
pub(super) fn api() -> Stub {
    Stub::start(|request: &Request| {
        let status = request.header("x-answer").and_then(|status| status.parse().ok()).unwrap_or(200);
        Stub::answer(status, &[], "")
    })
}

/// The service that checks keys: it knows a call's app by `X-Api-Key`, and refuses calls without.
pub(super) fn verifier() -> Stub {
    Stub::start(|request: &Request| {
        let app = KEYS.iter().find(|(key, _)| request.header("x-api-key") == Some(key));
        match app {
            Some((_, app)) => Stub::answer(200, &[("X-App-Id", app)], ""),
            None => Stub::answer(401, &[], ""),
        }
    })
}

/// An address without its scheme.
pub(super) fn text(address: SocketAddr) -> String {
    address.to_string()
}
