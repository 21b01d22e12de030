//! HAProxy.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use testkit::gateway::{Gateway, Program, TokenKey, folder, free_address};
use testkit::stub::Stub;

use super::nginx::not_http;
use super::page::{Page, indented, with};
use super::steadfast::Steadfast;
use super::traffic::{Made, send};
use super::upstream::{api, text};
use crate::cast::now;

/// HAProxy with the page's frontend, and these pieces in `global` and beside it.
fn start(
    binary: &Path,
    folder: &Path,
    key: &TokenKey,
    api: &Stub,
    global: &str,
    beside: &str,
) -> (Gateway, SocketAddr) {
    let page = Page::of("haproxy");
    let address = free_address();
    let pem = folder.join("tokens.pem");
    std::fs::write(&pem, key.public_pem()).unwrap();
    let identity =
        with(&page.block("The app", "jwt_verify"), &[("/etc/haproxy/tokens.pem", &pem.display().to_string())]);
    let log = page.block("The log", "log-format");
    let configuration = format!(
        "global\n{}\n{beside}\ndefaults\n    mode http\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n\n\
         frontend api\n    bind {address}\n{}{}    default_backend api\n\nbackend api\n    server api {}\n",
        indented(global, 4),
        indented(&identity, 4),
        indented(&log, 4),
        api.address()
    );
    std::fs::write(folder.join("haproxy.cfg"), configuration).unwrap();
    (Gateway::start(binary, &["-db", "-f", "haproxy.cfg"], folder, address), address)
}

/// Sends calls with tokens; where there is no app, there is none, or one that somebody else has signed.
fn send_with_tokens(address: SocketAddr, key: &TokenKey) -> Vec<Made> {
    let in_an_hour = now().as_second() + 3600;
    let stranger = TokenKey::new().unwrap();
    let bearer = |token: String| ("Authorization".to_owned(), format!("Bearer {token}"));
    let forged = bearer(stranger.sign(&json!({"client_id": "forged", "exp": in_an_hour})));
    let tokens: Vec<_> = ["acme-erp", "billing", "com.example.app v2", "x"]
        .map(|app| (app, bearer(key.sign(&json!({"client_id": app, "exp": in_an_hour})))))
        .into();
    let old = bearer(key.sign(&json!({"client_id": "acme-erp", "exp": 1_000_000})));
    let proof = |app: Option<&str>| {
        let token = tokens.iter().find(|(known, _)| app == Some(known));
        vec![token.map_or_else(|| forged.clone(), |(_, token)| token.clone())]
    };
    let mut made = send(address, 220, &proof);
    assert!(made.iter().filter(|made| made.app.is_none()).all(|made| made.status == 401));
    for made_late in send(address, 5, &|_| vec![old.clone()]) {
        assert_eq!(made_late.status, 401);
        made.push(Made { app: Some("acme-erp".to_owned()), ..made_late });
    }
    made
}

#[test]
fn what_haproxy_sends_by_syslog_is_counted() {
    let (Some(binary), Some(key)) = (Program::HaProxy.find(), TokenKey::new()) else { return };
    let page = Page::of("haproxy");
    for way in ["udp", "tcp"] {
        let (folder, api) = (folder(), api());
        let any_port = with(&page.source("Syslog"), &[("127.0.0.1:5514", "127.0.0.1:0")]);
        let mut steadfast = Steadfast::with(&any_port);
        let there = text(steadfast.syslog(way));
        let (global, beside) = match way {
            "udp" => (with(&page.block("Syslog", "log 127.0.0.1:5514"), &[("127.0.0.1:5514", &there)]), String::new()),
            _ => {
                let ring = with(&page.block("Syslog", "ring steadfast"), &[("127.0.0.1:5514", &there)]);
                (page.block("Syslog", "log ring@"), ring)
            }
        };
        let (haproxy, address) = start(&binary, folder.path(), &key, &api, &global, &beside);
        let made = send_with_tokens(address, &key);
        not_http(address);
        // The ring is sent while it runs.
        steadfast.has_exactly("haproxy", &made, 1);
        haproxy.stop("TERM");
    }
}

#[test]
fn what_haproxy_writes_is_read_from_a_file() {
    let (Some(binary), Some(key)) = (Program::HaProxy.find(), TokenKey::new()) else { return };
    let (page, folder, api) = (Page::of("haproxy"), folder(), api());
    let (haproxy, address) = start(&binary, folder.path(), &key, &api, &page.block("File", "log stdout"), "");
    let log = folder.path().join("stdout").display().to_string();
    let steadfast = Steadfast::with(&with(&page.source("File"), &[("/var/log/haproxy/api.log", &log)]));
    let made = send_with_tokens(address, &key);
    haproxy.stop("TERM");
    steadfast.has_exactly("haproxy", &made, 0);
}
