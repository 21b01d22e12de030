//! The doors of the portal as a browser meets them, over a real store.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use model::{PlatformRole, Scope};
use secrets::TotpSecret;
use serde_json::json;

use crate::router::routes;
use crate::testing::{Answer, PUBLIC_URL, TestPortal};
use crate::{Portal, Site, urls};

mod api;
mod guards;
mod journeys;
mod provider;

const PASSWORD: &str = "nine tall herons wade";

/// A browser: it keeps cookies, and sends with a form what the page gave it.
struct Browser<'a> {
    portal: &'a TestPortal,
    cookies: RefCell<BTreeMap<String, String>>,
    csrf: RefCell<String>,
}

impl<'a> Browser<'a> {
    fn new(portal: &'a TestPortal) -> Self {
        Self { portal, cookies: RefCell::default(), csrf: RefCell::default() }
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    async fn get(&self, url: &str) -> Answer {
        self.send(Request::get(url), Body::empty()).await
    }

    /// Sends a form with the token of the last page.
    async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.borrow().clone();
        self.post_with(url, &csrf, fields).await
    }

    async fn post_with(&self, url: &str, csrf: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", csrf).extend_pairs(fields);
        let request =
            Request::post(url).header("origin", PUBLIC_URL).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.finish())).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("host", "localhost:8080").header("user-agent", "Firefox/140.0 (Windows)");
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) };
        let answer = self.portal.send(request.body(body).unwrap()).await;
        for line in answer.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        if answer.body.contains("name=\"csrf\"") {
            *self.csrf.borrow_mut() = answer.csrf();
        }
        answer
    }

    async fn sign_up(&self, email: &str) -> Answer {
        self.get("/sign-up").await;
        self.post("/sign-up", &[("name", "Anna Lund"), ("email", email), ("password", PASSWORD)]).await
    }

    async fn sign_in(&self, email: &str, password: &str, next: &str) -> Answer {
        self.get("/sign-in").await;
        self.post("/sign-in", &[("email", email), ("password", password), ("next", next)]).await
    }

    /// Signs up, verifies, and is signed in.
    async fn join(&self, email: &str) {
        self.sign_up(email).await;
        let link = link_in_mail(self.portal, email).await;
        self.get(&link).await;
        let token = link.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let answer = self.post("/verify", &[("token", &token)]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
        self.get("/account").await;
    }
}

/// The path of the link in the last mail to somebody.
async fn link_in_mail(portal: &TestPortal, email: &str) -> String {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    let mail = portal.outbox.last_to(email).unwrap_or_else(|| panic!("no mail to {email}"));
    let link = mail.text.lines().find_map(|line| line.strip_prefix(PUBLIC_URL).filter(|path| path.contains("token=")));
    link.unwrap_or_else(|| panic!("no link in: {}", mail.text)).to_owned()
}

/// The page without what differs for each browser and each address.
fn plain(answer: &Answer, email: &str) -> (StatusCode, String) {
    let body = answer.body.replace(email, "ADDRESS");
    let mut plain = String::new();
    for (index, part) in body.split("name=\"csrf\" value=\"").enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('"').unwrap().1 });
    }
    (answer.status, plain)
}
