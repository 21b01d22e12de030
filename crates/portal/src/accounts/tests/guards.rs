//! What the doors must withstand.

use super::*;

#[tokio::test]
async fn answers_do_not_tell_who_has_an_account() {
    let portal = TestPortal::empty();
    Browser::new(&portal).join("known@example.com").await;
    Browser::new(&portal).sign_up("waiting@example.com").await;
    let mut pages = BTreeMap::new();
    for email in ["known@example.com", "waiting@example.com", "nobody@example.com"] {
        let browser = Browser::new(&portal);
        let up = browser.sign_up(email).await;
        let again = browser.post("/verify/again", &[("email", email)]).await;
        browser.get("/forgot").await;
        let forgot = browser.post("/forgot", &[("email", email)]).await;
        let sign_in = browser.sign_in(email, "not the password", "").await;
        for (what, answer) in [("sign up", up), ("again", again), ("forgot", forgot), ("sign in", sign_in)] {
            pages.entry(what).or_insert_with(Vec::new).push(plain(&answer, email));
        }
    }
    for (what, pages) in pages {
        assert!(pages.iter().all(|page| *page == pages[0]), "{what}: {pages:#?}");
    }
}

#[tokio::test]
async fn right_password_of_an_account_that_waits_reads_like_a_wrong_one() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.sign_up("waiting@example.com").await;
    let right = browser.sign_in("waiting@example.com", PASSWORD, "").await;
    let wrong = browser.sign_in("waiting@example.com", "not the password", "").await;
    assert_eq!(plain(&right, ""), plain(&wrong, ""));
}

#[tokio::test]
async fn a_planted_session_is_never_taken_over() {
    let portal = TestPortal::empty();
    Browser::new(&portal).join("anna@example.com").await;
    let browser = Browser::new(&portal);
    let planted = "A".repeat(43);
    browser.cookies.borrow_mut().insert("steadfast_session".to_owned(), planted.clone());
    browser.sign_in("anna@example.com", PASSWORD, "").await;
    let first = browser.cookie("steadfast_session").unwrap();
    assert_ne!(first, planted);
    // Another sign-in in the same browser: another session, and the one before is over.
    let page = browser.get("/account").await;
    browser.post("/sign-in", &[("email", "anna@example.com"), ("password", PASSWORD)]).await;
    let second = browser.cookie("steadfast_session").unwrap();
    assert_ne!(second, first);
    let thief = Browser::new(&portal);
    for worthless in [planted, first] {
        thief.cookies.borrow_mut().insert("steadfast_session".to_owned(), worthless);
        assert_eq!(thief.get("/account").await.status, StatusCode::SEE_OTHER);
    }
    let stale = browser.post_with("/account", &page.csrf(), &[("name", "x")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN, "a form from before the sign-in is not taken");
}

/// The routes of this topic that change something by a form.
fn forms() -> Vec<String> {
    let doors = ["/sign-", "/verify", "/forgot", "/reset", "/first-operator", "/account"];
    let routes = routes();
    let of_ours = routes
        .list()
        .iter()
        .filter(|(method, path)| *method == Method::POST && doors.iter().any(|door| path.starts_with(door)));
    let id = "019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e";
    of_ours.map(|(_, path)| path.replace("{session}", id).replace("{token}", id)).collect()
}

#[tokio::test]
async fn a_form_without_its_token_or_from_elsewhere_is_refused() {
    let portal = TestPortal::empty();
    let (anna, ben) = (Browser::new(&portal), Browser::new(&portal));
    anna.join("anna@example.com").await;
    ben.join("ben@example.com").await;
    let (own, foreign) = (anna.get("/account").await.csrf(), ben.get("/account").await.csrf());
    assert!(forms().len() > 15);
    for path in forms() {
        for token in ["", foreign.as_str(), "x"] {
            assert_eq!(anna.post_with(&path, token, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let form = || format!("csrf={own}");
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request =
                Request::post(&path).header(name, value).header("content-type", "application/x-www-form-urlencoded");
            let answer = anna.send(request, Body::from(form())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
        }
        let stranger = Browser::new(&portal);
        assert_eq!(stranger.post_with(&path, "", &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn signing_in_leads_to_pages_of_the_portal_alone() {
    let portal = TestPortal::empty();
    Browser::new(&portal).join("anna@example.com").await;
    for (next, expected) in [
        ("/rules", "/rules"),
        ("/apps/acme/health?as_of=2026-11-20", "/apps/acme/health?as_of=2026-11-20"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/x\r\nset-cookie: a=b", "/"),
    ] {
        let browser = Browser::new(&portal);
        let answer = browser.sign_in("anna@example.com", PASSWORD, next).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, expected), "{next:?}");
        let signed_in = browser.get(&format!("/sign-in?next={}", urls::segment(next))).await;
        assert_eq!(signed_in.location(), expected, "{next:?}, signed in already");
        portal.wait(10 * 60_000);
    }
}

#[tokio::test]
async fn links_in_mail_are_made_of_the_configured_address_alone() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.join("anna@example.com").await;
    let page = browser.get("/forgot").await;
    let cookie = format!("steadfast_session={}", browser.cookie("steadfast_session").unwrap());
    let before = portal.outbox.messages().len();
    let request = |host: &str| {
        Request::post("/forgot")
            .header("host", host)
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example")
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={}&email=anna%40example.com", page.csrf())))
            .unwrap()
    };
    let answer = portal.send(request("evil.example")).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(portal.send(request("127.0.0.1:9999")).await.status, StatusCode::OK, "another name of this machine");
    let link = link_in_mail(&portal, "anna@example.com").await;
    assert!(link.starts_with("/reset?token="));
    assert_eq!(portal.outbox.messages().len(), before + 1);
    assert!(!portal.outbox.last_to("anna@example.com").unwrap().text.contains("evil"));
}

#[tokio::test]
async fn fields_that_nobody_asked_for_change_nothing() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    browser.get("/sign-up").await;
    let mut fields = vec![("name", "Mallory"), ("email", "mallory@example.com"), ("password", PASSWORD)];
    fields.extend([
        ("platform_role", "operator"),
        ("role", "operator"),
        ("verified_at", "1"),
        ("id", "00000000-0000-0000-0000-000000000000"),
        ("is_staff", "true"),
    ]);
    browser.post("/sign-up", &fields).await;
    let email = "mallory@example.com".parse().unwrap();
    let mallory = portal.steadfast.store.person_by_email(&email).await.unwrap().unwrap();
    assert_eq!((mallory.platform_role, mallory.verified_at), (None, None));
    browser.join("mallory@example.com").await;
    browser.post("/account", &[("name", "M"), ("platform_role", "operator"), ("email", "x@example.com")]).await;
    let after = portal.steadfast.store.person(mallory.id).await.unwrap().unwrap();
    assert_eq!((after.name.as_str(), after.platform_role, after.email), ("M", None, mallory.email));
}

#[tokio::test]
async fn doors_close_after_too_many_tries() {
    let portal = TestPortal::empty();
    let browser = Browser::new(&portal);
    let mut last = browser.sign_in("anna@example.com", "wrong", "").await;
    for number in 0..30 {
        last = browser.post("/sign-in", &[("email", &format!("{number}@example.com")), ("password", "wrong")]).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.header("retry-after").parse::<u32>().unwrap() > 0);
    for (url, field) in [("/forgot", "email"), ("/verify/again", "email")] {
        let mut statuses = Vec::new();
        for _ in 0..6 {
            statuses.push(browser.post(url, &[(field, "nobody@example.com")]).await.status);
            portal.wait(1);
        }
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{url}: {statuses:?}");
    }
}

#[tokio::test]
async fn the_cookie_of_a_session_is_for_this_host_and_no_script() {
    let portal = TestPortal::empty();
    Browser::new(&portal).join("anna@example.com").await;
    let browser = Browser::new(&portal);
    let answer = browser.sign_in("anna@example.com", PASSWORD, "").await;
    let cookie = answer.header("set-cookie");
    for part in ["steadfast_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Secure"));
}

#[tokio::test]
async fn over_tls_the_cookies_are_bound_to_it() {
    use tower::ServiceExt as _;
    let portal = TestPortal::empty();
    let mut steadfast = portal.steadfast.clone();
    steadfast.accounts.public_url = "https://dev.example.com".to_owned();
    let site = Site::new("https://dev.example.com", Vec::new()).unwrap();
    let router = crate::router(Portal::new(steadfast.clone(), site));
    let link = steadfast.first_operator_link().await.unwrap().unwrap();
    let path = link.strip_prefix("https://dev.example.com").unwrap();
    let ask = |request: Request<Body>| router.clone().oneshot(request);
    let get = Request::get(path).header("host", "dev.example.com").body(Body::empty()).unwrap();
    let page = ask(get).await.unwrap();
    let visitor = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(visitor.starts_with("__Host-steadfast_visitor=") && visitor.contains("Secure"), "{visitor}");
    let secret = visitor.split(['=', ';']).nth(1).unwrap();
    let csrf = secrets::csrf_token(&steadfast.accounts.csrf_key, secret);
    let token = path.split("token=").nth(1).unwrap();
    let form = format!("csrf={csrf}&token={token}&name=Olga&email=olga%40example.com&password=nine+tall+herons+wade");
    let post = Request::post("/first-operator")
        .header("host", "dev.example.com")
        .header("cookie", format!("__Host-steadfast_visitor={secret}"))
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = ask(post.body(Body::from(form)).unwrap()).await.unwrap();
    let session = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(session.starts_with("__Host-steadfast_session=") && session.contains("Secure"), "{session}");
}

/// Anybody can sign up with anybody's address. Its owner, who opens the link in the mail, must not open an account to which
/// somebody else has chosen the password.
#[tokio::test]
async fn who_confirms_an_account_that_somebody_else_made_is_asked_for_its_password() {
    let portal = TestPortal::empty();
    let mallory = Browser::new(&portal);
    mallory.sign_up("anna@example.com").await;
    let link = link_in_mail(&portal, "anna@example.com").await;
    let token = link.split("token=").nth(1).unwrap().to_owned();
    let anna = Browser::new(&portal);
    let page = anna.get(&link).await;
    assert!(page.body.contains("type=\"password\"") && page.body.contains("/forgot"), "{}", page.body);
    for guess in [vec![("token", token.as_str())], vec![("token", &token), ("password", "what anna would choose")]] {
        let answer = anna.post("/verify", &guess).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("f-password-flaw"));
    }
    let bare = token.split('.').next().unwrap();
    assert_eq!(anna.post("/verify", &[("token", bare)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let entered = mallory.sign_in("anna@example.com", PASSWORD, "").await;
    assert_eq!(entered.status, StatusCode::UNPROCESSABLE_ENTITY, "the account stays shut");
    // She takes the way that the page offers.
    anna.get("/forgot").await;
    anna.post("/forgot", &[("email", "anna@example.com")]).await;
    let reset = link_in_mail(&portal, "anna@example.com").await;
    anna.get(&reset).await;
    let token = reset.split("token=").nth(1).unwrap();
    let set = anna.post("/reset", &[("token", token), ("password", "twelve short otters")]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    let entered = mallory.sign_in("anna@example.com", PASSWORD, "").await;
    assert_eq!(entered.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_signed_up_elsewhere_confirms_with_the_password() {
    let portal = TestPortal::empty();
    Browser::new(&portal).sign_up("anna@example.com").await;
    let link = link_in_mail(&portal, "anna@example.com").await;
    let token = link.split("token=").nth(1).unwrap();
    let phone = Browser::new(&portal);
    phone.get(&link).await;
    let answer = phone.post("/verify", &[("token", token), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
}
