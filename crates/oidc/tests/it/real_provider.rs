//! Sign-in with a real, certified provider that runs on this machine.

use model::UnixMillis;
use oidc::{Begun, Callback, Config, Error, Flaw, Provider};
use testkit::browser::Browser;
use testkit::oidc_provider::{Manner, OidcProvider};
use testkit::stub::Stub;
use url::Url;

use crate::Counter;

const BACK: &str = "http://127.0.0.1:9/sign-in/back?with=query";

#[expect(clippy::disallowed_methods, reason = "the provider under test runs by the machine's clock too")]
fn now() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UnixMillis(i64::try_from(since.as_millis()).unwrap())
}

fn client(real: &OidcProvider) -> Provider {
    Provider::discover(Config {
        issuer_url: real.issuer_url.clone(),
        client_id: real.client_id.clone(),
        client_secret: real.client_secret.clone(),
        scopes: Vec::new(),
        label: "Test sign-in".into(),
    })
    .unwrap()
}

async fn begin(provider: &Provider) -> Begun {
    provider.begin(BACK, &Counter::default(), now()).await.unwrap()
}

/// A parameter of the address to which the browser came back.
fn parameter(back: &str, name: &str) -> Option<String> {
    assert!(back.starts_with(BACK), "{back}");
    Url::parse(back).unwrap().query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

async fn finish(provider: &Provider, begun: &Begun, back: &str) -> Result<oidc::Identity, Error> {
    let (code, issuer) = (parameter(back, "code").unwrap(), parameter(back, "iss"));
    let callback = Callback {
        code: &code,
        issuer: issuer.as_deref(),
        nonce: &begun.nonce,
        pkce_verifier: &begun.pkce_verifier,
        redirect_url: BACK,
    };
    provider.finish(&callback, now()).await
}

#[tokio::test]
async fn somebody_signs_in_however_the_provider_signs_and_tells() {
    for algorithm in ["RS256", "PS256", "ES256"] {
        let claims_in_token = algorithm == "ES256";
        let Some(real) = OidcProvider::start_with(&[BACK], Manner { algorithm, claims_in_token }) else { return };
        let provider = client(&real);
        let begun = begin(&provider).await;
        let back = real.sign_in(&begun.authorization_url, "ada");
        assert_eq!(parameter(&back, "state").as_ref(), Some(&begun.state));
        assert_eq!(parameter(&back, "iss").as_ref(), Some(&real.issuer_url));
        let ada = finish(&provider, &begun, &back).await.unwrap();
        assert_eq!((ada.issuer.as_str(), ada.subject.as_str()), (real.issuer_url.as_str(), "ada"));
        assert_eq!((ada.email.as_deref(), ada.email_verified), (Some("ada@example.com"), true));
        assert_eq!(ada.name.as_deref(), Some("ada"));
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_for_who_asked_for_it() {
    let Some(real) = OidcProvider::start(&[BACK]) else { return };
    let provider = client(&real);
    let (mine, other) = (begin(&provider).await, begin(&provider).await);

    // Somebody else's code, pushed into my browser: the verifier is not the one.
    let back = real.sign_in(&other.authorization_url, "mallory");
    let swapped = Begun { pkce_verifier: "a".repeat(43), ..mine.clone() };
    let refused = finish(&provider, &swapped, &back).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused { error, .. } if error == "invalid_grant"), "{refused}");

    let back = real.sign_in(&mine.authorization_url, "ada");
    finish(&provider, &mine, &back).await.unwrap();
    let again = finish(&provider, &mine, &back).await.unwrap_err();
    assert!(matches!(&again, Error::Refused { error, .. } if error == "invalid_grant"), "{again}");

    // The right code and verifier with another sign-in's nonce.
    let back = real.sign_in(&mine.authorization_url, "ada");
    let swapped = Begun { nonce: "other".into(), ..mine };
    assert_eq!(finish(&provider, &swapped, &back).await, Err(Flaw::Nonce.into()));
}

#[tokio::test]
async fn this_provider_always_says_who_it_is() {
    let Some(real) = OidcProvider::start(&[BACK]) else { return };
    let provider = client(&real);
    let begun = begin(&provider).await;
    let back = real.sign_in(&begun.authorization_url, "ada");
    let code = parameter(&back, "code").unwrap();
    let (nonce, pkce_verifier) = (begun.nonce.as_str(), begun.pkce_verifier.as_str());
    let callback = Callback { code: &code, issuer: None, nonce, pkce_verifier, redirect_url: BACK };
    assert_eq!(provider.finish(&callback, now()).await, Err(Flaw::NoIssuer.into()));
    let callback = Callback { issuer: Some("https://evil.example.com"), ..callback };
    let error = provider.finish(&callback, now()).await.unwrap_err();
    assert!(matches!(error, Error::Untrusted(Flaw::Issuer { .. })), "{error}");
}

#[tokio::test]
async fn who_cancels_comes_back_with_a_refusal() {
    let Some(real) = OidcProvider::start(&[BACK]) else { return };
    let begun = begin(&client(&real)).await;
    let back = real.cancel(&begun.authorization_url);
    assert_eq!(parameter(&back, "state"), Some(begun.state));
    let error = parameter(&back, "error").unwrap();
    let refused = Error::refused(&error, parameter(&back, "error_description").as_deref());
    assert_eq!(error, "access_denied");
    assert!(refused.for_person().contains("cancelled"), "{refused}");
}

#[tokio::test]
async fn a_wrong_secret_is_the_operator_s_to_mend() {
    let Some(real) = OidcProvider::start(&[BACK]) else { return };
    let provider = Provider::discover(Config {
        issuer_url: real.issuer_url.clone(),
        client_id: real.client_id.clone(),
        client_secret: "not-the-secret".into(),
        scopes: vec!["email".into()],
        label: "Test sign-in".into(),
    })
    .unwrap();
    let begun = begin(&provider).await;
    let back = real.sign_in(&begun.authorization_url, "ada");
    let error = finish(&provider, &begun, &back).await.unwrap_err();
    assert!(error.to_string().contains("check `client_id` and `client_secret`"), "{error}");
    for shown in [format!("{error:?} {error}"), format!("{provider:?}")] {
        assert!(!shown.contains("not-the-secret"), "{shown}");
    }
}

#[tokio::test]
async fn somebody_signs_in_with_a_browser_and_the_keyboard_alone() {
    let portal = Stub::start(|_| Stub::answer(200, &[("Content-Type", "text/html")], "<title>Back</title>"));
    let back = format!("http://{}/back", portal.address());
    let Some(real) = OidcProvider::start(&[&back]) else { return };
    let Some(browser) = Browser::start(1280, 800, false) else { return };
    let provider = client(&real);
    let begun = provider.begin(&back, &Counter::default(), now()).await.unwrap();
    browser.goto(&begun.authorization_url);
    browser.type_into("Enter any login", "ada");
    browser.type_into("and password", "any");
    browser.enter("Sign-in");
    browser.wait_for_text("Continue");
    browser.enter("Continue");
    browser.wait_for_url("/back?code=");
    let arrived = Url::parse(&browser.url()).unwrap();
    let told = |name: &str| arrived.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    let (code, issuer) = (told("code").unwrap(), told("iss"));
    let (nonce, pkce_verifier) = (begun.nonce.as_str(), begun.pkce_verifier.as_str());
    let callback = Callback { code: &code, issuer: issuer.as_deref(), nonce, pkce_verifier, redirect_url: &back };
    assert_eq!(provider.finish(&callback, now()).await.unwrap().email.as_deref(), Some("ada@example.com"));
    let elsewhere: Vec<_> =
        browser.console().into_iter().filter(|message| !message.starts_with(&real.issuer_url)).collect();
    assert_eq!(elsewhere, Vec::<String>::new(), "its pages ask nobody else for anything");
}
