//! Whole ways through the pages.

use super::*;

#[tokio::test]
async fn from_sign_up_to_sign_out() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    assert_eq!(browser.get("/account").await.location(), "/sign-in?next=%2Faccount");
    let sent = browser.sign_up("anna@example.com").await;
    assert!(sent.status == StatusCode::OK && sent.body.contains("Look into your mailbox"));
    let link = link_in_mail(&portal, "anna@example.com").await;
    for _ in 0..2 {
        let page = browser.get(&link).await;
        assert!(page.status == StatusCode::OK && page.body.contains("Confirm and sign in"), "looking changes nothing");
    }
    let token = link.split("token=").nth(1).unwrap();
    let answer = browser.post("/verify", &[("token", token)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    let account = browser.get("/account").await;
    assert!(account.body.contains("anna@example.com") && account.body.contains("Anna Lund"));
    assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND, "the link is good once");
    let session = browser.cookie("steadfast_session").unwrap();
    browser.get("/account").await;
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-out");
    assert_eq!(browser.cookie("steadfast_session").unwrap(), "");
    browser.cookies.borrow_mut().insert("steadfast_session".to_owned(), session);
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "the cookie is worth nothing any more");
}

#[tokio::test]
async fn an_invited_person_comes_back_to_the_invitation() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.get("/sign-up?next=%2Finvitations%2Fabc").await;
    let fields = [("name", "Ben"), ("email", "ben@example.com"), ("password", PASSWORD), ("next", "/invitations/abc")];
    browser.post("/sign-up", &fields).await;
    let link = link_in_mail(&portal, "ben@example.com").await;
    let page = browser.get(&link).await.body;
    assert!(page.contains("name=\"next\" value=\"/invitations/abc\""), "{page}");
    let token = link.split("token=").nth(1).unwrap().split('&').next().unwrap();
    let answer = browser.post("/verify", &[("token", token), ("next", "/invitations/abc")]).await;
    assert_eq!(answer.location(), "/invitations/abc");
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew() {
    let portal = TestPortal::empty();
    Browser::new(&portal).join("anna@example.com").await;
    let browser = Browser::new(&portal);
    browser.get("/forgot").await;
    browser.post("/forgot", &[("email", "anna@example.com")]).await;
    let link = link_in_mail(&portal, "anna@example.com").await;
    let page = browser.get(&link).await;
    assert!(page.body.contains("For anna@example.com"));
    let token = link.split("token=").nth(1).unwrap();
    let weak = browser.post("/reset", &[("token", token), ("password", "short")]).await;
    assert!(weak.status == StatusCode::UNPROCESSABLE_ENTITY && weak.body.contains("f-password-flaw"));
    let set = browser.post("/reset", &[("token", token), ("password", "twelve short otters")]).await;
    assert_eq!((set.status, set.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_second_factor_is_switched_on_and_asked_for() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.join("anna@example.com").await;
    let page = browser.get(urls::SECOND_FACTOR).await.body;
    assert!(page.contains("<svg class=\"qr\"") && page.contains("<path class=\"qr-dark\" d=\"M"));
    let between = |start: &str, end: &str| page.split(start).nth(1).unwrap().split(end).next().unwrap().to_owned();
    let (text, sealed) = (between("<code id=\"totp-text\">", "<"), between("name=\"sealed\" value=\"", "\""));
    let wrong = browser.post(urls::SECOND_FACTOR, &[("sealed", &sealed), ("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains(&text), "the same secret is shown again");
    let secret = secret_of(&text);
    let code = secret.code_at(portal.now());
    let on = browser.post(urls::SECOND_FACTOR, &[("sealed", &sealed), ("code", &code)]).await;
    assert!(on.status == StatusCode::OK && on.body.contains("Your recovery codes"), "{}", on.body);
    let codes = on.body.split("<pre id=\"codes\" class=\"codes\">").nth(1).unwrap().split("</pre>").next().unwrap();
    assert_eq!(codes.split_whitespace().count(), 10, "{codes}");
    let security = browser.get("/account/security").await.body;
    assert!(security.contains("10 recovery codes are left") && !security.contains(codes.trim()));

    let other = Browser::new(&portal);
    let asked = other.sign_in("anna@example.com", PASSWORD, "/account").await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("Type your code"));
    assert!(other.cookie("steadfast_session").is_none());
    let state = asked.body.split("name=\"state\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let wrong = other.post("/sign-in/code", &[("state", &state), ("code", &code), ("next", "/account")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is good once");
    portal.wait(60_000);
    let code = secret.code_at(portal.now());
    let right = other.post("/sign-in/code", &[("state", &state), ("code", &code), ("next", "/account")]).await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/account"));

    let off = browser.post(urls::SECOND_FACTOR_OFF, &[("password", "wrong")]).await;
    assert_eq!(off.status, StatusCode::UNPROCESSABLE_ENTITY);
    let off = browser.post(urls::SECOND_FACTOR_OFF, &[("password", PASSWORD)]).await;
    assert_eq!(off.location(), "/account/security?done=off");
}

/// What an authenticator app makes of the text.
fn secret_of(text: &str) -> TotpSecret {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    TotpSecret::from_bytes(&data_encoding::BASE32_NOPAD.decode(plain.as_bytes()).unwrap()).unwrap()
}

#[tokio::test]
async fn what_matters_most_asks_who_it_is_after_a_while() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.join("anna@example.com").await;
    assert_eq!(browser.get(urls::NEW_TOKEN).await.status, StatusCode::OK);
    portal.wait(15 * 60_000);
    for page in [urls::NEW_TOKEN, urls::SECOND_FACTOR] {
        assert_eq!(browser.get(page).await.location(), urls::prove(page));
    }
    let late = browser.post(urls::TOKENS, &[("name", "ci"), ("scopes", "apps:read"), ("days", "30")]).await;
    assert_eq!(late.location(), urls::prove(urls::NEW_TOKEN));
    browser.get(&urls::prove(urls::NEW_TOKEN)).await;
    let wrong = browser.post(urls::PROVE, &[("password", "wrong"), ("next", urls::NEW_TOKEN)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = browser.post(urls::PROVE, &[("password", PASSWORD), ("next", urls::NEW_TOKEN)]).await;
    assert_eq!(right.location(), urls::NEW_TOKEN);
    assert_eq!(browser.get(urls::NEW_TOKEN).await.status, StatusCode::OK);
    let elsewhere = browser.post(urls::PROVE, &[("password", PASSWORD), ("next", "//evil.example")]).await;
    assert_eq!(elsewhere.location(), urls::SECURITY);
}

#[tokio::test]
async fn a_token_is_shown_once_and_revoked_after_a_question() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.join("anna@example.com").await;
    browser.get(urls::NEW_TOKEN).await;
    let bad = browser.post(urls::TOKENS, &[("name", ""), ("scopes", "calls:write"), ("days", "3")]).await;
    assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.body.contains("id=\"scopes-flaw\""));
    assert!(!bad.body.contains("value=\"calls:write\""), "scopes of staff are not offered");
    let fields = [("name", "nightly <b>"), ("scopes", "apps:read"), ("scopes", "apps:write"), ("days", "30")];
    let made = browser.post(urls::TOKENS, &fields).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, "no-store"));
    let token = made.body.split("<code id=\"token\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(token.starts_with("stf_p_"));
    let list = browser.get(urls::TOKENS).await.body;
    assert!(!list.contains(&token) && list.contains("nightly &#60;b&#62;") && list.contains("apps:write"));
    let revoke = list.split("href=\"").find(|url| url.contains("/revoke")).unwrap().split('"').next().unwrap();
    assert!(browser.get(revoke).await.body.contains("Revoke the token"));
    assert_eq!(browser.post(revoke, &[]).await.location(), "/account/tokens?done=revoked");
    let request = Request::get("/api/v1/me").header("host", "localhost:8080");
    let request = request.header("authorization", format!("Bearer {token}"));
    assert_eq!(portal.send(request.body(Body::empty()).unwrap()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn sessions_are_listed_in_peoples_words_and_ended() {
    let portal = TestPortal::empty();
    let (one, two) = (Browser::new(&portal), Browser::new(&portal));
    one.join("anna@example.com").await;
    two.sign_in("anna@example.com", PASSWORD, "").await;
    let list = one.get(urls::SESSIONS).await.body;
    assert_eq!(list.matches("Firefox on Windows</b>").count(), 2);
    assert_eq!(list.matches("this one").count(), 1);
    let end = list.split("action=\"").find(|url| url.contains("/end\"")).unwrap().split('"').next().unwrap();
    assert_eq!(one.post(end, &[]).await.location(), "/account/sessions?done=ended");
    assert_eq!(two.get("/account").await.status, StatusCode::SEE_OTHER);
    two.sign_in("anna@example.com", PASSWORD, "").await;
    one.get(urls::SESSIONS).await;
    one.post(urls::END_OTHER_SESSIONS, &[]).await;
    assert_eq!(two.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(one.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn changing_name_and_password() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.join("anna@example.com").await;
    let hostile = "<script>alert(1)</script>\"'";
    assert_eq!(browser.post("/account", &[("name", hostile)]).await.location(), "/account?done=name");
    for page in ["/account", "/account/security", "/account/sessions", "/account/tokens"] {
        let page = browser.get(page).await.body;
        assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;alert(1)"), "{page}");
    }
    let wrong = [("present", "wrong"), ("password", "twelve short otters")];
    let answer = browser.post(urls::CHANGE_PASSWORD, &wrong).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("f-present-flaw"));
    assert!(!answer.body.contains("otters"), "what was typed is not shown again");
    let right = [("present", PASSWORD), ("password", "twelve short otters")];
    assert_eq!(browser.post(urls::CHANGE_PASSWORD, &right).await.location(), "/account/security?done=password");
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_first_operator_comes_by_a_link() {
    let portal = TestPortal::empty();
    let link = portal.steadfast.first_operator_link().await.unwrap().unwrap();
    let path = link.strip_prefix(PUBLIC_URL).unwrap();
    let browser = Browser::new(&portal);
    assert_eq!(browser.get("/first-operator?token=guessed").await.status, StatusCode::NOT_FOUND);
    assert!(browser.get(path).await.body.contains("Become the operator"));
    let token = path.split("token=").nth(1).unwrap();
    let fields = [("token", token), ("name", "Olga"), ("email", "olga@example.com"), ("password", PASSWORD)];
    assert_eq!(browser.post("/first-operator", &fields).await.location(), "/platform");
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!(me["platform_role"], "operator");
    assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.steadfast.first_operator_link().await.unwrap(), None);
}
