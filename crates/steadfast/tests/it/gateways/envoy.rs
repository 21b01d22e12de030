//! Envoy.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use testkit::gateway::{Gateway, Program, TokenKey, folder, free_address};

use super::nginx::not_http;
use super::page::{Page, indented, with};
use super::steadfast::Steadfast;
use super::traffic::{Made, send};
use super::upstream::{api, text};
use crate::cast::now;

const FRAME: &str = r#"static_resources:
  listeners:
    - address: { socket_address: { address: 127.0.0.1, port_value: PORT } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: api
ACCESS_LOG                route_config:
                  virtual_hosts:
                    - name: api
                      domains: ["*"]
                      routes: [{ match: { prefix: "/" }, route: { cluster: api } }]
                http_filters:
IDENTITY                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
"#;

fn cluster(name: &str, address: SocketAddr) -> String {
    format!(
        "    - name: {name}\n      type: STATIC\n      load_assignment: {{ cluster_name: {name}, endpoints: [{{ lb_endpoints: \
         [{{ endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {} }} }} }} }}] }}] }}\n",
        address.port()
    )
}

fn start(
    binary: &Path,
    folder: &Path,
    key: &TokenKey,
    log: &str,
    api: SocketAddr,
    steadfast: SocketAddr,
) -> (Gateway, SocketAddr) {
    let address = free_address();
    let jwks = folder.join("jwks.json");
    std::fs::write(&jwks, key.jwks()).unwrap();
    let identity = Page::of("envoy").block("The app", "jwt_authn");
    let identity = with(&identity, &[("/etc/envoy/jwks.json", &jwks.display().to_string())]);
    let port = address.port().to_string();
    let (log, identity) = (indented(log, 16), indented(&identity, 18));
    let frame = with(FRAME, &[("PORT", &port), ("ACCESS_LOG", &log), ("IDENTITY", &identity)]);
    let configuration = format!("{frame}{}{}", cluster("api", api), cluster("steadfast", steadfast));
    std::fs::write(folder.join("envoy.yaml"), configuration).unwrap();
    let arguments =
        ["-c", "envoy.yaml", "--concurrency", "1", "--disable-hot-restart", "--file-flush-interval-msec", "1000"];
    (Gateway::start(binary, &arguments, folder, address), address)
}

/// Sends calls with tokens; where there is no app, there is none, or one that somebody else has signed.
fn send_with_tokens(address: SocketAddr, key: &TokenKey) -> Vec<Made> {
    let claims =
        |app: &str| json!({"iss": "https://id.example.com", "client_id": app, "exp": now().as_second() + 3600});
    let bearer = |token: String| ("Authorization".to_owned(), format!("Bearer {token}"));
    let forged = bearer(TokenKey::new().unwrap().sign(&claims("forged")));
    let tokens = ["acme-erp", "billing", "com.example.app v2", "x"].map(|app| (app, bearer(key.sign(&claims(app)))));
    let proof = |app: Option<&str>| {
        let token = tokens.iter().find(|(known, _)| app == Some(known));
        vec![token.map_or_else(|| forged.clone(), |(_, token)| token.clone())]
    };
    let made = send(address, 220, &proof);
    assert!(made.iter().filter(|made| made.app.is_none()).all(|made| made.status == 401));
    made
}

#[test]
fn what_envoy_logs_into_a_file_is_followed() {
    let (Some(binary), Some(key)) = (Program::Envoy.find(), TokenKey::new()) else { return };
    let (page, folder, api) = (Page::of("envoy"), folder(), api());
    let path = folder.path().join("api.log").display().to_string();
    let log = with(&page.block("File", "FileAccessLog"), &[("/var/log/envoy/api.log", &path)]);
    let steadfast = Steadfast::with(&with(&page.source("File"), &[("/var/log/envoy/api.log", &path)]));
    let (envoy, address) = start(&binary, folder.path(), &key, &log, api.address(), steadfast.server.address());
    let made = send_with_tokens(address, &key);
    not_http(address);
    envoy.stop("TERM");
    steadfast.has_exactly("envoy", &made, 1);
}

#[test]
fn what_envoy_exports_to_steadfast_is_counted() {
    let (Some(binary), Some(key)) = (Program::Envoy.find(), TokenKey::new()) else { return };
    let (page, folder, api) = (Page::of("envoy"), folder(), api());
    let steadfast = Steadfast::with(&page.source("HTTP"));
    let others =
        [("127.0.0.1:7300", &*text(steadfast.server.address())), ("STEADFAST_TOKEN", &*steadfast.token("envoy"))];
    let log = with(&page.block("HTTP", "open_telemetry"), &others);
    let (envoy, address) = start(&binary, folder.path(), &key, &log, api.address(), steadfast.server.address());
    let made = send_with_tokens(address, &key);
    // What it has not sent yet goes with it.
    steadfast.has_exactly("envoy", &made, 0);
    envoy.stop("TERM");
}
