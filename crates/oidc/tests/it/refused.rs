//! Tokens that are not the provider's word on who somebody is.

use data_encoding::BASE64URL_NOPAD;
use oidc::{Error, Flaw};
use ring::hmac;
use serde_json::json;

use crate::scripted::{SECRET, Scripted, Signer, unsigned};

fn flaw(outcome: Result<oidc::Identity, Error>) -> Flaw {
    match outcome {
        Err(Error::Untrusted(flaw)) => flaw,
        other => panic!("not found out: {other:?}"),
    }
}

#[tokio::test]
async fn a_token_in_order_is_believed() {
    let ada = Scripted::start().sign_in().await.unwrap();
    assert_eq!(
        (ada.subject.as_str(), ada.email.as_deref(), ada.email_verified),
        ("ada", Some("ada@example.com"), true)
    );
}

#[tokio::test]
async fn a_claim_that_is_not_as_expected_is_found_out() {
    let provider = Scripted::start();
    for (name, value, expected) in [
        ("nonce", json!("another"), Flaw::Nonce),
        ("nonce", json!(null), Flaw::Nonce),
        ("aud", json!("another-client"), Flaw::Audience("another-client".into())),
        ("aud", json!(["portal", "another-client"]), Flaw::Audience("portal, another-client".into())),
        ("azp", json!("another-client"), Flaw::Audience("another-client".into())),
        ("exp", json!(1_699_999_940), Flaw::Expired(model::UnixMillis(1_699_999_940_000))),
        ("nbf", json!(1_700_000_061), Flaw::NotYetValid(model::UnixMillis(1_700_000_061_000))),
    ] {
        let token = provider.signer.sign(&provider.claims_but(name, value));
        assert_eq!(flaw(provider.sign_in_with(&token).await), expected);
    }
    let token = provider.signer.sign(&provider.claims_but("iss", json!("https://evil.example.com")));
    let found = flaw(provider.sign_in_with(&token).await);
    assert!(matches!(found, Flaw::Issuer { found, .. } if found == "https://evil.example.com"));
}

#[tokio::test]
async fn what_is_not_signed_with_a_published_key_is_found_out() {
    let provider = Scripted::start();
    let claims = provider.claims();

    let none = format!("{}.", unsigned(&json!({"alg": "none"}), &claims));
    assert_eq!(flaw(provider.sign_in_with(&none).await), Flaw::Algorithm("none".into()));

    let none_of_key = format!("{}.", unsigned(&json!({"alg": "ES256", "kid": "first"}), &claims));
    assert_eq!(flaw(provider.sign_in_with(&none_of_key).await), Flaw::Signature);

    let symmetric = unsigned(&json!({"alg": "HS256", "kid": "first"}), &claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), symmetric.as_bytes());
    let symmetric = format!("{symmetric}.{}", BASE64URL_NOPAD.encode(tag.as_ref()));
    assert_eq!(flaw(provider.sign_in_with(&symmetric).await), Flaw::Algorithm("HS256".into()));

    let unknown = Signer::new("second").sign(&claims);
    assert_eq!(flaw(provider.sign_in_with(&unknown).await), Flaw::UnknownKey("second".into()));

    // The name of a known key on the signature of another.
    let forged = Signer::new("first").sign(&claims);
    assert_eq!(flaw(provider.sign_in_with(&forged).await), Flaw::Signature);
}

#[tokio::test]
async fn claims_that_were_changed_after_signing_are_found_out() {
    let provider = Scripted::start();
    let token = provider.signer.sign(&provider.claims());
    let signature = token.rsplit_once('.').unwrap().1;
    let header = json!({"alg": "ES256", "kid": "first"});
    let changed = format!("{}.{signature}", unsigned(&header, &provider.claims_but("sub", json!("root"))));
    assert_eq!(flaw(provider.sign_in_with(&changed).await), Flaw::Signature);
}

#[tokio::test]
async fn what_is_no_token_is_found_out() {
    let provider = Scripted::start();
    for bad in ["", ".", "..", "a.b.c", "\u{e9}.\u{e9}.\u{e9}", &"x.".repeat(50_000)] {
        let found = flaw(provider.sign_in_with(bad).await);
        assert!(matches!(found, Flaw::Malformed(_)), "{found:?}");
    }
}

#[tokio::test]
async fn no_error_tells_a_secret() {
    let provider = Scripted::start();
    let good = provider.signer.sign(&provider.claims());
    let wrong = provider.signer.sign(&provider.claims_but("nonce", json!("x")));
    for token in ["a.b.c", &wrong, &good[..good.len() - 4]] {
        let error = provider.sign_in_with(token).await.unwrap_err();
        let told = format!("{error} {error:?} {}", error.for_person());
        for secret in [SECRET, crate::scripted::CODE, crate::scripted::NONCE, crate::scripted::VERIFIER, token] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}
