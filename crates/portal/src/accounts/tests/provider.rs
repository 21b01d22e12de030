//! Signing in through an identity provider: a real one, run by Node, where it is installed.

use oidc::{Config, Provider};
use testkit::oidc_provider::OidcProvider;
use tower::ServiceExt as _;

use super::*;

#[tokio::test]
async fn without_a_provider_there_is_no_such_page() {
    let portal = TestPortal::empty();
    assert_eq!(portal.get("/sign-in/provider/acme").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.get("/sign-in/provider/acme/back?code=a&state=b").await.status, StatusCode::NOT_FOUND);
    assert!(!portal.get("/sign-in").await.body.contains("Sign in with"));
}

/// A browser without a portal of its own: cookies and nothing else.
async fn ask(router: &axum::Router, url: &str, cookies: &mut BTreeMap<String, String>) -> Answer {
    let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::get(url).header("host", "localhost:8080").header("cookie", line.join("; "));
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    for line in parts.headers.get_all("set-cookie") {
        let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }
    let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_with_a_real_one() {
    let back = format!("{PUBLIC_URL}/sign-in/provider/acme/back");
    let Some(real) = tokio::task::block_in_place(|| OidcProvider::start(&[&back])) else { return };
    let mut portal = TestPortal::empty();
    // A real provider's tokens are of now.
    portal.steadfast.clock = std::sync::Arc::new(model::UnixMillis(present()));
    let config = Config {
        issuer_url: real.issuer_url.clone(),
        client_id: real.client_id.clone(),
        client_secret: real.client_secret.clone(),
        scopes: Vec::new(),
        label: "Acme".to_owned(),
    };
    let provider = Provider::discover(config).unwrap();
    let router = crate::router(portal.portal().with_providers(vec![("acme".to_owned(), provider)]));

    let mut cookies = BTreeMap::new();
    let page = ask(&router, "/sign-in?next=%2Frules", &mut cookies).await;
    assert!(page.body.contains("href=\"/sign-in/provider/acme?next=%2Frules\">Sign in with Acme"), "{}", page.body);
    let begun = ask(&router, "/sign-in/provider/acme?next=%2Frules", &mut cookies).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    assert!(begun.header("set-cookie").contains("HttpOnly"));
    let away = begun.location().to_owned();
    let returned = tokio::task::block_in_place(|| real.sign_in(&away, "ada"));
    let path = returned.strip_prefix(PUBLIC_URL).unwrap();

    let thief = ask(&router, path, &mut BTreeMap::new()).await;
    assert_eq!(thief.status, StatusCode::BAD_REQUEST, "only the browser that began can finish");
    let finished = ask(&router, path, &mut cookies).await;
    assert_eq!((finished.status, finished.location()), (StatusCode::SEE_OTHER, "/rules"), "{}", finished.body);
    let account = ask(&router, "/account", &mut cookies).await;
    assert!(account.body.contains("ada@example.com"));
    let again = ask(&router, path, &mut cookies).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "an answer is good once");

    let begun = ask(&router, "/sign-in/provider/acme", &mut cookies).await;
    let away = begun.location().to_owned();
    let cancelled = tokio::task::block_in_place(|| real.cancel(&away));
    let answer = ask(&router, cancelled.strip_prefix(PUBLIC_URL).unwrap(), &mut cookies).await;
    assert!(answer.body.contains("cancelled or not permitted"), "{}", answer.body);
}

/// The present, which a real provider lives in.
#[expect(clippy::disallowed_methods, reason = "a real provider's tokens are of the real present")]
fn present() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
