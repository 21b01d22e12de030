//! Links that lead through the portal to somewhere else: they end on a page of the portal.

use testkit::encoding::to_percent;
use testkit::http::Response;

use crate::people::{PASSWORD, Portal};

const ELSEWHERE: [&str; 16] = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "HTTPS:/evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    ".evil.example",
    "@evil.example",
    "/%0d%0aLocation: https://evil.example/",
];

/// Where a browser would go from here.
fn is_here(answer: &Response) -> bool {
    let target = answer.redirect().unwrap_or("/");
    let bytes = target.as_bytes();
    bytes.first() == Some(&b'/')
        && !matches!(bytes.get(1), Some(b'/' | b'\\'))
        && bytes.iter().all(u8::is_ascii_graphic)
        && answer.all("location").len() <= 1
}

#[test]
fn nobody_is_led_elsewhere_after_signing_in() {
    let portal = Portal::start();
    let mut person = portal.person("Pia", "pia@new.example");
    for (number, next) in ELSEWHERE.iter().enumerate() {
        let query = to_percent(next);
        for path in
            [format!("/sign-in?next={query}"), format!("/account/prove?next={query}"), format!("/sign-up?next={query}")]
        {
            let answer = person.get(&path);
            assert!(is_here(&answer), "{next:?}: {path} to {:?}", answer.redirect());
            let page = answer.text();
            assert!(!page.contains("href=\"//evil") && !page.contains("href=\"https://evil"), "{next:?}: {page}");
        }
        let proved = person.post_form("/account/prove", &[("password", PASSWORD), ("next", next)]);
        assert!(is_here(&proved), "{next:?}: proof to {:?}", proved.redirect());
        // Not more often than somebody may try.
        if number % 2 == 0 {
            let mut client = portal.server.client();
            let fields = [("email", "pia@new.example"), ("password", PASSWORD), ("next", *next)];
            let answer = client.post_form("/sign-in", &fields);
            assert!([303, 429].contains(&answer.status) && is_here(&answer), "{next:?}: to {:?}", answer.redirect());
        }
    }
}

#[test]
fn a_mail_leads_elsewhere_just_as_little() {
    let portal = Portal::start();
    let mut stranger = portal.server.client();
    let fields = [("name", "Pia"), ("email", "pia@new.example"), ("password", PASSWORD), ("next", "//evil.example/")];
    stranger.post_form("/sign-up", &fields).expect(200);
    let mail = portal.mails.next_to("pia@new.example");
    assert!(!mail.text.contains("evil.example"), "{}", mail.text);
    let path = stranger.path_of(&format!("{}&next=%2F%2Fevil.example%2F", mail.link()));
    let answer = stranger.submit(&path, &[]);
    assert!(answer.status == 303 && is_here(&answer), "{:?}", answer.redirect());
}
