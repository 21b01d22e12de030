//! Traefik.

use std::net::SocketAddr;
use std::path::Path;

use testkit::gateway::{Gateway, Program, folder, free_address};

use super::page::{Page, indented, with};
use super::steadfast::Steadfast;
use super::traffic::{Made, key, send};
use super::upstream::{api, text, verifier};

const ROUTER: &str = "  routers:
    api:
      rule: PathPrefix(`/`)
      service: api
      middlewares: [clean, identity]
  services:
    api:
      loadBalancer:
        servers:
          - url: http://API
";

/// What the page says of calls that the service refuses.
const CLEAN: &str = "clean: {headers: {customRequestHeaders: {X-App-Id: \"\"}}}\n";

fn start(binary: &Path, folder: &Path, log: &str, api: SocketAddr, verifier: SocketAddr) -> (Gateway, SocketAddr) {
    let address = free_address();
    let dynamic = with(&Page::of("traefik").block("The app", "forwardAuth"), &[("127.0.0.1:9100", &text(verifier))]);
    let dynamic = format!("{dynamic}{}{}", indented(CLEAN, 4), with(ROUTER, &[("API", &text(api))]));
    std::fs::write(folder.join("dynamic.yml"), dynamic).unwrap();
    let file = folder.join("dynamic.yml");
    let fixed = format!(
        "entryPoints:\n  web:\n    address: \"{address}\"\nproviders:\n  file:\n    filename: {}\n{log}",
        file.display()
    );
    std::fs::write(folder.join("traefik.yml"), fixed).unwrap();
    (Gateway::start(binary, &["--configFile=traefik.yml"], folder, address), address)
}

/// A call of nobody to `/`.
fn at_root(method: &str, status: u16) -> Made {
    Made { app: None, method: method.to_owned(), target: "/".to_owned(), status, company: None }
}

#[test]
fn what_traefik_logs_into_a_file_is_followed() {
    let Some(binary) = Program::Traefik.find() else { return };
    let (page, folder, api, verifier) = (Page::of("traefik"), folder(), api(), verifier());
    let path = folder.path().join("access.log").display().to_string();
    let log = with(&page.block("File", "accessLog"), &[("/var/log/traefik/access.log", &path)]);
    let (traefik, address) = start(&binary, folder.path(), &log, api.address(), verifier.address());
    ready_after(address);
    // What was asked until it was ready goes with the log so far.
    std::fs::remove_file(&path).unwrap();
    traefik.signal("USR1");
    assert!(
        testkit::patience::retry(std::time::Duration::from_secs(30), || Path::new(&path).exists().then_some(()))
            .is_some()
    );
    let steadfast = Steadfast::with(&with(&page.source("File"), &[("/var/log/traefik/access.log", &path)]));
    let made = send(address, 220, &key);
    traefik.stop("TERM");
    steadfast.has_exactly("traefik", &made, 0);
}

#[test]
fn what_traefik_exports_to_steadfast_is_counted() {
    let Some(binary) = Program::Traefik.find() else { return };
    let (page, folder, api, verifier) = (Page::of("traefik"), folder(), api(), verifier());
    let steadfast = Steadfast::with(&page.source("HTTP"));
    let others =
        [("127.0.0.1:7300", &*text(steadfast.server.address())), ("STEADFAST_TOKEN", &*steadfast.token("traefik"))];
    let log = with(&page.block("HTTP", "otlp"), &others);
    let (traefik, address) = start(&binary, folder.path(), &log, api.address(), verifier.address());
    let early = ready_after(address);
    let mut made = send(address, 220, &key);
    made.push(Made { app: Some("x".to_owned()), ..at_root("POST", 200) });
    // It sends what it has before it ends, and what is taken is counted.
    traefik.stop("TERM");
    let logged = usize::try_from(steadfast.received("traefik").0).unwrap() - made.len();
    assert!(logged <= early, "{logged} of {early}");
    made.extend(std::iter::repeat_n(at_root("POST", 404), logged));
    steadfast.has_exactly("traefik", &made, 0);
}

/// Waits until it knows its routes. How many requests that took, which were answered with 404; not all of them are logged.
fn ready_after(address: SocketAddr) -> usize {
    let mut early = 0;
    let ready = testkit::patience::retry(std::time::Duration::from_secs(30), || {
        let answer = testkit::http::request(address, "POST", "/", &[("X-Api-Key", "k-x")], &[]);
        early += usize::from(answer.status == 404);
        (answer.status == 200).then_some(())
    });
    assert!(ready.is_some());
    early
}
