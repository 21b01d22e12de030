//! Every answer, of whatever kind, tells the browser what it may do with it.

use testkit::http::{self, Response};

use crate::people::{Portal, app};

#[test]
fn every_kind_of_answer_can_neither_be_framed_nor_guessed_at_nor_kept() {
    let portal = Portal::start();
    let mut person = portal.person("Pia", "pia@new.example");
    let app = app(&mut person, "Framed");
    let mut stranger = portal.server.client();
    let foreign = http::request(portal.server.address(), "GET", "/", &[("Host", "evil.example")], &[]);
    let token = stranger.clone().with_token("stf_p_none").get("/api/v1/me");
    let kinds: Vec<(&str, u16, Response)> = vec![
        ("page", 200, person.get("/account")),
        ("page of a stranger", 200, stranger.get("/sign-in")),
        ("redirect", 303, stranger.get("/account")),
        ("no page", 404, stranger.get("/no/such/page")),
        ("somebody else's", 403, person.get("/platform")),
        ("forged", 403, person.post_exactly("/account", &[("name", "x")])),
        ("flaws", 422, person.submit("/new-app", &[("name", "")])),
        ("wrong parameter", 400, person.get("/?as_of=yesterday")),
        ("JSON", 200, person.get("/api/v1/me")),
        ("CSV", 200, person.get(&format!("/api/v1/apps/{app}/activity.csv"))),
        ("OpenAPI", 200, stranger.get("/api/v1/openapi.json")),
        ("problem", 401, stranger.get("/api/v1/me")),
        ("bad token", 401, token),
        ("no such call", 404, stranger.get("/api/v1/nothing")),
        ("wrong method", 405, portal.server.client().send("DELETE", "/api/v1/openapi.json", &[], &[])),
        ("other host", 421, foreign),
        ("health", 200, stranger.get("/healthz")),
        ("icon", 200, stranger.get("/favicon.ico")),
    ];
    for (kind, status, answer) in kinds {
        assert_eq!(answer.status, status, "{kind}: {}", answer.text());
        let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{kind}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{kind}: {policy}");
        assert_eq!(header("x-frame-options"), "DENY", "{kind}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{kind}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{kind}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{kind}");
        assert_eq!(header("referrer-policy"), "same-origin", "{kind}");
        assert!(kind == "icon" || header("cache-control") == "no-store", "{kind}: {}", header("cache-control"));
        assert!(answer.header("access-control-allow-origin").is_none(), "{kind} is for every site");
        assert!(
            answer.header("server").is_none() && answer.header("x-powered-by").is_none(),
            "{kind}: {:?}",
            answer.headers
        );
    }
}
