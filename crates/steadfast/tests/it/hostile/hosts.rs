//! Names of hosts that a request makes up: none of them gets into a page or a mail.

use testkit::http;

use crate::people::{PASSWORD, Portal};

const MADE_UP: [(&str, &str); 6] = [
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Server", "evil.example"),
    ("X-Host", "evil.example"),
    ("X-Original-Url", "http://evil.example/"),
    ("Forwarded", "host=evil.example;proto=https"),
    ("Referer", "http://evil.example/reset"),
];

#[test]
fn a_request_for_another_host_is_refused_whatever_it_asks() {
    let portal = Portal::start();
    let address = portal.server.address();
    for (method, path) in
        [("GET", "/sign-in"), ("POST", "/forgot"), ("GET", "/api/v1/openapi.json"), ("POST", "/api/v1/calls")]
    {
        for host in ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1@evil.example", ""] {
            let answer = http::request(address, method, path, &[("Host", host)], &[]);
            assert!([400, 421].contains(&answer.status), "{method} {path} for `{host}`: {}", answer.status);
            assert!(answer.redirect().is_none() && !answer.text().contains("evil.example"), "{}", answer.text());
        }
        let own = address.to_string();
        let two = http::request(address, method, path, &[("Host", &own), ("Host", "evil.example")], &[]);
        assert!([400, 421].contains(&two.status), "{method} {path} for two hosts: {}", two.status);
        let absolute = format!("http://evil.example{path}");
        let answer = http::request(address, method, &absolute, &[("Host", &own)], &[]);
        assert!([400, 421].contains(&answer.status), "{method} {absolute}: {}", answer.status);
    }
}

#[test]
fn links_in_mail_lead_to_the_portal_whatever_the_request_says() {
    let portal = Portal::start_with("[portal]\npublic_url = \"http://portal.localhost:8080\"\n");
    let mut poisoner = portal.server.client();
    let token = poisoner.csrf("/sign-up").unwrap();
    let sign_up = [("name", "Pia"), ("email", "pia@new.example"), ("password", PASSWORD), ("csrf", token.as_str())];
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let body = testkit::encoding::to_form(&sign_up);
    let headers: Vec<(&str, &str)> = MADE_UP.into_iter().chain([form]).collect();
    poisoner.send("POST", "/sign-up", &headers, body.as_bytes()).expect(200);
    let verify = portal.mails.next_to("pia@new.example");
    let mut person = portal.server.client();
    let path = verify.link().strip_prefix("http://portal.localhost:8080").unwrap().to_owned();
    person.fill_in(&path, &[("password", PASSWORD)]).expect(200);
    let body = testkit::encoding::to_form(&[("email", "pia@new.example"), ("csrf", token.as_str())]);
    let evil: Vec<(&str, &str)> = headers.iter().copied().chain([("Host", "evil.example")]).collect();
    assert_eq!(poisoner.send("POST", "/forgot", &evil, body.as_bytes()).status, 421);
    poisoner.send("POST", "/forgot", &headers, body.as_bytes()).expect(200);
    let reset = portal.mails.next_to("pia@new.example");
    for mail in [verify, reset] {
        assert!(!String::from_utf8_lossy(&mail.source).contains("evil"), "{}", mail.text);
        assert!(mail.links().iter().all(|link| link.starts_with("http://portal.localhost:8080")), "{:?}", mail.links());
    }
}

#[test]
fn a_link_for_a_new_password_is_good_once_and_only_the_last_one() {
    let portal = Portal::start();
    let email = "pia@new.example";
    let _account = portal.person("Pia", email);
    let mut client = portal.server.client();
    let paths = [(); 2].map(|()| {
        client.fill_in("/forgot", &[("email", email)]).expect(200);
        client.path_of(&portal.mails.next_to(email).link())
    });
    assert_eq!(client.get(&paths[0]).status, 404, "an older link");
    let answer = client.submit(&paths[1], &[("password", "eleven blue lanterns hum")]);
    assert_eq!(answer.status, 303);
    let mut again = portal.server.client();
    assert_eq!(again.get(&paths[1]).status, 404, "a used link");
    let token = paths[1].split("token=").nth(1).unwrap();
    let answer = again.post_form("/reset", &[("token", token), ("password", "forty grey herons wade")]);
    assert_eq!(answer.status, 404);
}
