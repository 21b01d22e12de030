//! `steadfast serve`: what a browser, a supervisor and a second process meet.

use std::time::Duration;

use testkit::http::{self, Response};
use testkit::patience;
use testkit::program::{Program, Server};

use crate::cast::{Call, program};
use crate::people::{Portal, token};

const PATIENCE: Duration = Duration::from_secs(60);

fn serve(program: &Program) -> Server {
    program.serve(&["serve", "--listen", "127.0.0.1:0"])
}

#[test]
fn a_supervisor_learns_that_it_lives_and_is_ready_and_ends_it_cleanly() {
    let program = program();
    let mut server = serve(&program);
    for path in ["/healthz", "/readyz"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    server.running().terminate();
    assert_eq!(server.running().exit(PATIENCE), Some(true), "{}", server.running().output());
    assert!(!server.running().output().contains("panicked"), "{}", server.running().output());
}

#[test]
fn one_process_serves_a_data_directory_at_a_time() {
    let program = program();
    let mut first = serve(&program);
    let second = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{}", second.stderr());
    let holder = format!("in use by process {}, `steadfast serve`, since", first.running().child().id());
    assert!(second.stderr().contains(&holder), "{}", second.stderr());
    first.running().kill();
    // A lock of a process that is gone holds nobody up.
    serve(&program).running().terminate();
}

#[test]
fn a_connection_that_is_kept_open_does_not_keep_it_from_ending() {
    let program = program();
    let mut server = serve(&program);
    let mut connection = http::Connection::open(server.address());
    assert_eq!(connection.send("GET", "/rules", &[], &[]).status, 200);
    server.running().terminate();
    assert_eq!(server.running().exit(PATIENCE), Some(true), "{}", server.running().output());
}

#[test]
fn what_is_followed_shows_up_on_the_page() {
    let program = program();
    program.write("steadfast.toml", "[sources.log]\npaths = [\"calls.ndjson\"]\nformat = \"steadfast\"\n");
    let portal = Portal::start_on(program);
    let mut operator = portal.operator();
    assert!(operator.get("/platform").text().contains("No apps yet"));
    assert_eq!(operator.get("/apps/acme-erp/health").status, 404);

    let program = &portal.program;
    program.write("calls.ndjson", Call { status: 403, ..Call::default() }.lines(100));
    let shown = || {
        let page = operator.get("/apps/acme-erp/health");
        (page.status == 200 && page.text().contains("Needs Attention")).then_some(page)
    };
    assert!(patience::retry(PATIENCE, shown).is_some());
    assert!(operator.get("/platform").text().contains("/apps/acme-erp"));
    let mut reader = portal.server.client().with_token(&token(&mut operator, &["apps:read"]));
    let report = program.run(&["report", "acme-erp"]).stdout;
    assert_eq!(reader.get("/api/v1/apps/acme-erp/activity.csv").body, report);
    assert_eq!(operator.get("/api/v1/apps/acme-erp/activity.csv").body, report);
    let json = program.run(&["health", "acme-erp", "--format", "json"]).succeeded().stdout();
    assert_eq!(reader.get("/api/v1/apps/acme-erp/health").text().trim_end(), json.trim_end());
}

#[test]
fn requests_for_another_host_are_refused() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(3));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    let server = serve(&program);
    let ask = |host: &str, path: &str| http::request(server.address(), "GET", path, &[("Host", host)], &[]);
    for (path, status) in [("/", 303), ("/rules", 200), ("/api/v1/openapi.json", 200)] {
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1"] {
            let answer = ask(host, path);
            assert_eq!(answer.status, 421, "{host}{path}");
            assert!(!answer.text().contains("acme"), "{host}{path}: {}", answer.text());
        }
        for host in ["localhost", "127.0.0.1:80", "[::1]:7300", "portal.localhost"] {
            assert_eq!(ask(host, path).status, status, "{host}{path}");
        }
    }
    // What load balancers ask by address.
    assert_eq!(ask("10.0.0.1", "/readyz").status, 200);
}

#[test]
fn every_answer_tells_the_browser_what_it_may_do() {
    let program = program();
    let server = serve(&program);
    let foreign = http::request(server.address(), "GET", "/", &[("Host", "evil.example")], &[]);
    let wrong = http::request(server.address(), "DELETE", "/api/v1/openapi.json", &[], &[]);
    assert_eq!(wrong.status, 405);
    for answer in [server.get("/"), server.get("/rules"), server.get("/no/such/page"), foreign, wrong] {
        let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cache-control"), "no-store");
    }
}

#[test]
fn faults_are_told_in_the_form_that_fits() {
    let program = program();
    program.write("calls.ndjson", Call::default().lines(3));
    let _counted = program.run(&["ingest", "calls.ndjson"]).succeeded();
    let portal = Portal::start_on(program);
    let mut operator = portal.operator();
    let is_problem = |answer: &Response| answer.header("content-type") == Some("application/problem+json");
    for (path, status) in [
        ("/no/such/page", 404),
        ("/apps/nobody/health", 404),
        ("/?as_of=yesterday", 400),
        ("/api/v1/apps/nobody/health", 404),
        ("/api/v1/apps/acme-erp/health?as_of=2026-02-30", 400),
        ("/api/v1/apps/acme-erp/health?asof=2026-02-03", 400),
        ("/api/v1/apps/acme-erp/activity.csv?days=0", 400),
    ] {
        let answer = operator.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(is_problem(&answer), path.starts_with("/api/"), "{path}: {:?}", answer.headers);
    }
}

#[test]
fn beyond_this_machine_it_listens_only_where_it_knows_its_own_address() {
    let program = program();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7300"] {
        let ran = program.run(&["serve", "--listen", address]);
        assert_eq!((ran.code, ran.stdout()), (Some(1), String::new()), "{address}");
        assert!(ran.stderr().contains(address) && ran.stderr().contains("portal.public_url"), "{}", ran.stderr());
    }
    assert!(!program.data().exists(), "it made something before it refused");
}

#[test]
fn beyond_this_machine_it_is_served_under_its_own_address_and_no_other() {
    let program = program();
    program.write("steadfast.toml", "[portal]\npublic_url = \"https://developers.example.com\"\n");
    let server = program.serve(&["serve", "--listen", "0.0.0.0:0"]);
    let ask = |host: &str| {
        let local = std::net::SocketAddr::from(([127, 0, 0, 1], server.address().port()));
        http::request(local, "GET", "/sign-in", &[("Host", host)], &[])
    };
    let page = ask("developers.example.com").expect(200);
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
    for host in ["localhost", "127.0.0.1", "evil.example", "developers.example.com.evil.example"] {
        assert_eq!(ask(host).status, 421, "{host}");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let program = program();
    let server = serve(&program);
    let ran = program.run(&["serve", "--data", "other", "--listen", &server.address().to_string()]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr().contains(&server.address().to_string()) && ran.stderr().contains("--listen"),
        "{}",
        ran.stderr()
    );
}
