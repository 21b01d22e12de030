//! Providers that say unusable things about themselves, answer too much, or lead elsewhere.

use oidc::{Error, Flaw};
use serde_json::json;
use testkit::stub::Stub;
use url::Url;

use crate::Counter;
use crate::scripted::{BACK, CODE, NOW, SECRET, Scripted, VERIFIER};

fn problem(outcome: Result<oidc::Identity, Error>) -> String {
    match outcome {
        Err(Error::Answer { problem, .. }) => problem,
        other => panic!("not found out: {other:?}"),
    }
}

#[tokio::test]
async fn the_browser_is_sent_off_with_everything_that_protects_the_way_back() {
    let provider = Scripted::start();
    let begun = provider.client().begin(BACK, &Counter::default(), NOW).await.unwrap();
    let url = Url::parse(&begun.authorization_url).unwrap();
    let told: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [
        // The provider's own comes first.
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", "portal"),
        ("redirect_uri", BACK),
        ("scope", "openid email"),
        ("state", &begun.state),
        ("nonce", &begun.nonce),
    ];
    assert_eq!(told[..7], expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!((told[7].0.as_str(), told[7].1.len()), ("code_challenge", 43));
    assert_eq!(told[8], ("code_challenge_method".to_owned(), "S256".to_owned()));
    let secrets = [&begun.state, &begun.nonce, &begun.pkce_verifier];
    assert!(secrets.iter().all(|secret| secret.len() == 43));
    assert!(!begun.authorization_url.contains(&begun.pkce_verifier));
    assert_ne!(begun.state, begun.nonce);
    assert!(!format!("{begun:?}").contains(&begun.state));
    for bad in ["", "/back", "mailto:ada@example.com", "https://portal.example.com/#x"] {
        let error = provider.client().begin(bad, &Counter::default(), NOW).await.unwrap_err();
        assert!(error.to_string().contains("`redirect_url`"), "{error}");
    }
}

#[tokio::test]
async fn the_secret_goes_where_the_provider_takes_it() {
    let provider = Scripted::start();
    provider.sign_in().await.unwrap();
    let mut metadata = provider.metadata();
    metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_post", "private_key_jwt"]);
    provider.says("/.well-known/openid-configuration", &metadata);
    provider.sign_in().await.unwrap();
    let [header, form] = &provider.asked("/token")[..] else { panic!("asked twice") };
    assert_eq!(header.header("authorization"), Some("Basic cG9ydGFsOnRoZS1jbGllbnQtc2VjcmV0"));
    assert!(!header.text().contains(SECRET));
    assert_eq!(form.header("authorization"), None);
    assert!(form.text().ends_with(&format!("&client_id=portal&client_secret={SECRET}")));
    let grant =
        format!("grant_type=authorization_code&code={CODE}&redirect_uri=https%3A%2F%2Fportal.example.com%2Fback");
    assert_eq!(header.text(), format!("{grant}&code_verifier={VERIFIER}"));
}

#[tokio::test]
async fn a_provider_by_another_name_is_not_the_one() {
    let provider = Scripted::start();
    let mut metadata = provider.metadata();
    metadata["issuer"] = json!("https://evil.example.com");
    provider.says("/.well-known/openid-configuration", &metadata);
    let error = provider.sign_in().await.unwrap_err();
    assert!(matches!(&error, Error::Untrusted(Flaw::Issuer { .. })), "{error}");
    assert!(error.to_string().contains("write it as `issuer_url`"), "{error}");
}

#[tokio::test]
async fn no_secret_goes_to_an_address_without_tls() {
    for key in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for address in ["http://id.example.com/x", "javascript:alert(1)", "/relative", ""] {
            let provider = Scripted::start();
            let mut metadata = provider.metadata();
            metadata[key] = json!(address);
            provider.says("/.well-known/openid-configuration", &metadata);
            let problem = problem(provider.sign_in().await);
            assert!(problem.starts_with(&format!("`{key}` ")), "{problem}");
        }
    }
}

#[tokio::test]
async fn answers_that_can_t_be_used_are_named() {
    let json = [("Content-Type", "application/json")];
    for (path, answer, expected) in [
        ("/.well-known/openid-configuration", Stub::answer(404, &[], ""), "404 Not Found; check `issuer_url`"),
        ("/.well-known/openid-configuration", Stub::answer(200, &[], "<html>"), "it is not JSON, line 1 column 1"),
        ("/.well-known/openid-configuration", Stub::answer(200, &json, "{}"), "it lacks something"),
        ("/keys", Stub::answer(200, &json, r#"{"keys": []}"#), "it holds no key for signatures"),
        ("/keys", Stub::answer(200, &json, &"[".repeat(100_000)), "it is"),
        ("/token", Stub::answer(200, &json, "{}"), "it holds no `id_token`"),
        ("/token", Stub::answer(500, &[], "oh"), "500 Internal Server Error"),
        ("/token", Stub::answer(302, &[("Location", "http://127.0.0.1:9/")], ""), "302 Found, but redirects are not"),
        ("/token", Stub::answer(200, &json, &" ".repeat(300_000)), "it is larger than 262144 bytes"),
    ] {
        let provider = Scripted::start();
        provider.answers_raw(path, answer);
        let found = problem(provider.sign_in().await);
        assert!(found.contains(expected), "{path}: {found}");
    }
}

#[tokio::test]
async fn a_refusal_by_the_rules_is_told_with_its_reason() {
    let provider = Scripted::start();
    let body = json!({"error": "invalid_grant", "error_description": "code has expired"}).to_string();
    provider.answers_raw("/token", Stub::answer(400, &[], &body));
    let error = provider.sign_in().await.unwrap_err();
    assert_eq!(error, Error::refused("invalid_grant", Some("code has expired")));
    assert!(error.to_string().ends_with("let the person sign in again"), "{error}");
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for_and_must_be_about_the_same_person() {
    let provider = Scripted::start();
    provider.sign_in().await.unwrap();
    assert!(provider.asked("/userinfo").is_empty(), "the token has told everything");

    provider
        .says("/userinfo", &json!({"sub": "ada", "email": "ada@example.org", "email_verified": "true", "name": "Ada"}));
    let token = provider.signer.sign(&provider.claims_but("email", json!(null)));
    let ada = provider.sign_in_with(&token).await.unwrap();
    assert_eq!((ada.email.as_deref(), ada.email_verified), (Some("ada@example.org"), true));
    assert_eq!(ada.name.as_deref(), Some("Ada"));
    assert_eq!(provider.asked("/userinfo")[0].header("authorization"), Some("Bearer the-access-token"));

    provider.says("/userinfo", &json!({"sub": "root", "email": "root@example.org", "email_verified": true}));
    assert_eq!(provider.sign_in().await, Err(Flaw::Subject.into()));
}
