//! Caddy: Debian's, and today's.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use testkit::encoding::to_base64;
use testkit::gateway::{Gateway, Program, folder, free_address};

use super::page::{Page, with};
use super::steadfast::Steadfast;
use super::traffic::{key, send};
use super::upstream::{api, text, verifier};

const GLOBAL: &str = "{\n    admin off\n    auto_https off\n}\n\n";

fn start(binary: &Path, folder: &Path, site: &str) -> (Gateway, SocketAddr) {
    let address = free_address();
    let site = with(site, &[(":8080 {", &format!("http://{address} {{"))]);
    std::fs::write(folder.join("Caddyfile"), format!("{GLOBAL}{site}")).unwrap();
    let arguments = ["run", "--config", "Caddyfile", "--adapter", "caddyfile"];
    (Gateway::start(binary, &arguments, folder, address), address)
}

/// The password of every app.
const PASSWORD: &str = "s3cret";

/// Names and passwords, in place of the page's example.
fn users(binary: &Path, site: &str) -> String {
    let hash = Command::new(binary).args(["hash-password", "--plaintext", PASSWORD]).output().unwrap().stdout;
    let hash = String::from_utf8(hash).unwrap().trim().to_owned();
    let example = site.lines().find(|line| line.contains("acme-erp ")).unwrap();
    let users = ["acme-erp", "billing", "\"com.example.app v2\"", "x"].map(|app| format!("        {app} {hash}"));
    with(site, &[(example, &users.join("\n"))])
}

fn basic(app: Option<&str>) -> Vec<(String, String)> {
    let proof = app.map(|app| to_base64(format!("{app}:{PASSWORD}").as_bytes()));
    proof.map(|proof| ("Authorization".to_owned(), format!("Basic {proof}"))).into_iter().collect()
}

/// Steadfast with the page's source, whose pattern means this log and what Caddy renames it to.
fn following(source: &str, log: &str) -> Steadfast {
    let pattern = with(log, &[("/api.log", "/api*.log*")]);
    Steadfast::with(&with(source, &[("/var/log/caddy/api*.log*", &pattern)]))
}

#[test]
fn what_debian_s_caddy_logs_into_a_file_is_followed() {
    let Some(binary) = Program::Caddy.find() else { return };
    let (page, folder, api) = (Page::of("caddy"), folder(), api());
    let log = folder.path().join("api.log").display().to_string();
    let site = users(&binary, &page.block("File", "basicauth"));
    let others = [("/var/log/caddy/api.log", &*log), ("127.0.0.1:9000", &*text(api.address()))];
    let (caddy, address) = start(&binary, folder.path(), &with(&site, &others));
    let steadfast = following(&page.source("File"), &log);
    let made = send(address, 110, &basic);
    caddy.stop("TERM");
    steadfast.has_exactly("caddy", &made, 0);
}

#[test]
fn what_debian_s_caddy_sends_by_syslog_is_counted() {
    let Some(binary) = Program::Caddy.find() else { return };
    let page = Page::of("caddy");
    for way in ["tcp", "udp"] {
        let (folder, api) = (folder(), api());
        let mut steadfast = Steadfast::with(&with(&page.source("Syslog"), &[("127.0.0.1:5514", "127.0.0.1:0")]));
        let there = text(steadfast.syslog(way));
        let output = page.block("Syslog", "output net").trim().to_owned();
        let output = with(&output, &[("tcp/127.0.0.1:5514", &format!("{way}/{there}"))]);
        let site = users(&binary, &page.block("File", "basicauth"));
        let others = [("output file /var/log/caddy/api.log", &*output), ("127.0.0.1:9000", &*text(api.address()))];
        let (caddy, address) = start(&binary, folder.path(), &with(&site, &others));
        let made = send(address, 110, &basic);
        caddy.stop("TERM");
        steadfast.has_exactly("caddy", &made, 0);
    }
}

#[test]
fn what_a_service_answers_is_the_app_and_not_what_the_client_says() {
    let Some(binary) = Program::NewCaddy.find() else { return };
    let (page, folder, api, verifier) = (Page::of("caddy"), folder(), api(), verifier());
    let log = folder.path().join("api.log").display().to_string();
    let others = [
        ("/var/log/caddy/api.log", &*log),
        ("127.0.0.1:9000", &*text(api.address())),
        ("127.0.0.1:9100", &*text(verifier.address())),
    ];
    let (caddy, address) = start(&binary, folder.path(), &with(&page.block("The app", "forward_auth"), &others));
    let steadfast = following(&page.source("The app"), &log);
    let made = send(address, 220, &key);
    caddy.stop("TERM");
    steadfast.has_exactly("caddy", &made, 0);
}
