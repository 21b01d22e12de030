//! Providers that are down for a while, and keys that change.

use std::sync::Arc;

use oidc::{Config, Error, Flaw, Provider};
use serde_json::json;
use testkit::stub::Stub;

use crate::Counter;
use crate::scripted::{BACK, NOW, Scripted, Signer, finish};

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn a_provider_that_is_down_keeps_nothing_from_starting() {
    // Nothing listens there.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = Config { issuer_url: format!("http://{nowhere}"), ..Scripted::start().config() };
    let provider = Provider::discover(config).unwrap();
    let error = provider.begin(BACK, &Counter::default(), NOW).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { reason, .. } if reason.contains("refused")), "{error}");
    assert_eq!(error.for_person(), "The sign-in service does not answer. Try again in a few minutes.");
}

#[test]
fn a_provider_is_made_before_there_is_a_runtime() {
    let scripted = Scripted::start();
    for issuer_url in [scripted.issuer.clone(), "https://id.example.com".to_owned()] {
        let provider = Provider::discover(Config { issuer_url: issuer_url.clone(), ..scripted.config() }).unwrap();
        assert_eq!((provider.issuer(), provider.label()), (issuer_url.as_str(), "Scripted"));
    }
}

#[tokio::test]
async fn what_only_claims_to_speak_tls_is_not_reached() {
    let scripted = Scripted::start();
    let issuer_url = scripted.issuer.replace("http://", "https://");
    let provider = Provider::discover(Config { issuer_url, ..scripted.config() }).unwrap();
    let error = provider.begin(BACK, &Counter::default(), NOW).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_failure_is_answered_for_five_seconds_then_asked_anew() {
    let scripted = Scripted::start();
    let provider = scripted.client();
    scripted.answers_raw(DISCOVERY, Stub::answer(503, &[], ""));
    let first = provider.begin(BACK, &Counter::default(), NOW).await.unwrap_err();
    scripted.says(DISCOVERY, &scripted.metadata());
    let second = provider.begin(BACK, &Counter::default(), NOW.plus_millis(4_999)).await.unwrap_err();
    assert_eq!((first, scripted.asked(DISCOVERY).len()), (second, 1));
    provider.begin(BACK, &Counter::default(), NOW.plus_millis(5_000)).await.unwrap();
}

#[tokio::test]
async fn many_who_come_at_once_ask_once() {
    let scripted = Scripted::start();
    let provider = Arc::new(scripted.client());
    let visits: Vec<_> = (0..20)
        .map(|_| {
            let provider = Arc::clone(&provider);
            tokio::spawn(async move { provider.begin(BACK, &Counter::default(), NOW).await })
        })
        .collect();
    for visit in visits {
        visit.await.unwrap().unwrap();
    }
    assert_eq!(scripted.asked(DISCOVERY).len(), 1);
    finish(&provider, NOW.plus_millis(3_600_000 - 1)).await.unwrap_err();
    assert_eq!(scripted.asked(DISCOVERY).len(), 1);
    provider.begin(BACK, &Counter::default(), NOW.plus_millis(3_600_000)).await.unwrap();
    assert_eq!(scripted.asked(DISCOVERY).len(), 2);
}

#[tokio::test]
async fn a_new_key_is_fetched_at_most_once_a_minute() {
    let scripted = Scripted::start();
    let provider = scripted.client();
    finish(&provider, NOW).await.unwrap();
    finish(&provider, NOW).await.unwrap();
    assert_eq!(scripted.asked("/keys").len(), 1);

    let second = Signer::new("second");
    scripted.says_token(&second.sign(&scripted.claims()));
    let soon = finish(&provider, NOW.plus_millis(59_999)).await;
    assert_eq!(soon, Err(Flaw::UnknownKey("second".into()).into()));
    assert_eq!(scripted.asked("/keys").len(), 1);

    scripted.says("/keys", &json!({"keys": [scripted.signer.jwk(), second.jwk()]}));
    finish(&provider, NOW.plus_millis(60_000)).await.unwrap();
    assert_eq!(scripted.asked("/keys").len(), 2);

    // A signature that is wrong by a known key is no reason to ask.
    scripted.says_token(&Signer::new("second").sign(&scripted.claims()));
    assert_eq!(finish(&provider, NOW.plus_millis(130_000)).await, Err(Flaw::Signature.into()));
    assert_eq!(scripted.asked("/keys").len(), 2);
}

#[tokio::test]
async fn a_key_that_is_withdrawn_is_trusted_for_an_hour_at_most() {
    let scripted = Scripted::start();
    let provider = scripted.client();
    let claims = scripted.claims_but("exp", json!(1_700_010_000));
    scripted.says_token(&scripted.signer.sign(&claims));
    finish(&provider, NOW).await.unwrap();
    scripted.says("/keys", &json!({"keys": [Signer::new("second").jwk()]}));
    let later = finish(&provider, NOW.plus_millis(3_600_000)).await;
    assert_eq!(later, Err(Flaw::UnknownKey("first".into()).into()));
}
