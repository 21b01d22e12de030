//! nginx.

use std::net::SocketAddr;
use std::path::Path;

use testkit::gateway::{Gateway, Program, folder, free_address};
use testkit::stub::Stub;

use super::page::{Page, with};
use super::steadfast::Steadfast;
use super::traffic::{APPS, Made, key, send};
use super::upstream::{KEYS, api, text, verifier};

/// nginx with these pieces in its `http` and its `server` block.
fn start(binary: &Path, folder: &Path, http: &str, server: &str) -> (Gateway, SocketAddr) {
    let address = free_address();
    let at = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = temporary.map(|kind| format!("{kind}_temp_path {at}/{kind};\n")).concat();
    let configuration = format!(
        "daemon off;\npid {at}/nginx.pid;\nerror_log {at}/error.log;\nevents {{}}\nhttp {{\n{temporary}{http}\n\
         server {{\nlisten {address};\n{server}\n}}\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), configuration).unwrap();
    let file = folder.join("nginx.conf").display().to_string();
    let prefix = at.to_string();
    (Gateway::start(binary, &["-p", &prefix, "-c", &file], folder, address), address)
}

/// The page's two locations, with real services behind them.
fn locations(page: &Page, api: &Stub, verifier: &Stub) -> String {
    let others = [("127.0.0.1:9000", &*text(api.address())), ("127.0.0.1:9100", &*text(verifier.address()))];
    with(&page.block("The app", "auth_request"), &others)
}

#[test]
fn what_nginx_logs_into_a_file_is_followed() {
    let Some(binary) = Program::Nginx.find() else { return };
    let (page, folder) = (Page::of("nginx"), folder());
    let log = folder.path().join("api.log").display().to_string();
    let (api, verifier) = (api(), verifier());
    let http = with(&page.block("File", "log_format"), &[("/var/log/nginx/api.log", &log)]);
    let (nginx, address) = start(&binary, folder.path(), &http, &locations(&page, &api, &verifier));
    let steadfast = Steadfast::with(&with(&page.source("File"), &[("/var/log/nginx/api.log", &log)]));
    let made = send(address, 330, &key);
    assert!(made.iter().any(|made| made.status == 401) && made.iter().any(|made| made.status == 429));
    nginx.stop("QUIT");
    // What started it was a connection that said nothing.
    steadfast.has_exactly("nginx", &made, 0);
}

#[test]
fn what_nginx_sends_by_syslog_over_udp_is_counted() {
    let Some(binary) = Program::Nginx.find() else { return };
    let (page, folder, api) = (Page::of("nginx"), folder(), api());
    let any_port = with(&page.source("Syslog"), &[("127.0.0.1:5514", "127.0.0.1:0")]);
    let mut steadfast = Steadfast::with(&any_port);
    let log = folder.path().join("api.log").display().to_string();
    let map = page.block("The app", "map $http_x_api_key");
    let format = with(&page.block("File", "log_format"), &[("/var/log/nginx/api.log", &log)]);
    let syslog = with(&page.block("Syslog", "syslog:"), &[("127.0.0.1:5514", &text(steadfast.syslog("udp")))]);
    let server = format!("location / {{ proxy_pass http://{}; }}", api.address());
    let (nginx, address) = start(&binary, folder.path(), &format!("{map}{format}{syslog}"), &server);
    let mut made = send(address, 330, &key);
    // The page's map knows the first two keys alone.
    assert_eq!((KEYS[0].1, KEYS[1].1, APPS.len()), ("acme-erp", "billing", 5));
    for made in &mut made {
        made.app = made.app.take().filter(|app| app == "acme-erp" || app == "billing");
    }
    made.push(odd(address));
    not_http(address);
    nginx.stop("QUIT");
    steadfast.has_exactly("nginx", &made, 1);
}

/// A request with bytes that are no UTF-8.
fn odd(address: SocketAddr) -> Made {
    let request =
        b"GET /rest/v1.0/odd/\xff\xfe HTTP/1.1\r\nHost: a\r\nUser-Agent: \xff\"\\\r\nConnection: close\r\n\r\n";
    let answer = raw(address, request);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let target = "/rest/v1.0/odd/%FF%FE".to_owned();
    Made { app: None, method: "GET".to_owned(), target, status: 200, company: None }
}

/// Something that is no request at all.
pub(super) fn not_http(address: SocketAddr) {
    let answer = raw(address, b"\x16\x03\x01\x02\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

/// Sends bytes, and gives what comes back until the other side ends.
pub(super) fn raw(address: SocketAddr, request: &[u8]) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    // Whether it ends politely is its own affair.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
