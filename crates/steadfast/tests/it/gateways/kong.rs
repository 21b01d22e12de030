//! Kong, of which there are samples alone: what its plugins send, as its documentation and its source have it.

use std::io::Write;
use std::net::{TcpStream, UdpSocket};

use serde_json::{Value, json};
use testkit::http;

use super::page::{Page, with};
use super::steadfast::Steadfast;
use super::traffic::Made;
use crate::cast::now;

/// What Kong logs of these calls.
fn entries(made: &[Made]) -> Vec<Value> {
    let entry = |(number, made): (usize, &Made)| {
        let (path, query) = made.target.split_once('?').unwrap_or((&made.target, ""));
        let mut headers = json!({"host": "api.example.com", "user-agent": "a \"b\" \\", "authorization": "REDACTED"});
        if let Some(company) = &made.company {
            headers["procore-company-id"] = json!(company);
        }
        let mut entry = json!({
            "request": {"id": format!("{number:032x}"), "headers": headers, "uri": made.target,
                "url": format!("http://api.example.com:8000{path}"), "method": made.method, "size": 120,
                "querystring": {"q": query}, "tls": null},
            "upstream_uri": path, "upstream_status": "200", "workspace": "default", "source": "upstream",
            "response": {"headers": {"content-type": "application/json"}, "status": made.status, "size": 934},
            "tries": [], "latencies": {"kong": 2, "proxy": 30, "request": 33, "receive": 0},
            "client_ip": "203.0.113.7", "route": {"id": "r", "paths": ["/rest"]}, "service": {"id": "s"},
            "started_at": now().as_millisecond(),
        });
        // An app is named by what its consumer has, the best first.
        if let Some(app) = &made.app {
            entry["authenticated_entity"] = json!({"id": "k-1"});
            entry["consumer"] = match number % 3 {
                0 => json!({"id": "c-1", "username": "somebody", "custom_id": app}),
                1 => json!({"id": "c-1", "username": app, "custom_id": null}),
                _ => json!({"id": app}),
            };
        }
        entry
    };
    made.iter().enumerate().map(entry).collect()
}

fn made() -> Vec<Made> {
    let targets = ["/rest/v1.0/projects/12/rfis/7?page=2", "/rest/v1.0/companies", "/rest/v1.0/unknown/caf%C3%A9/9"];
    let call = |number: usize| Made {
        app: super::traffic::APPS[number % 5].map(str::to_owned),
        method: ["GET", "POST", "PATCH"][number / 4 % 3].to_owned(),
        target: targets[number % 3].to_owned(),
        status: [200, 403, 429, 502][number / 2 % 4],
        company: (!number.is_multiple_of(4)).then(|| "77".to_owned()),
    };
    (0..120).map(call).collect()
}

#[test]
fn batches_of_http_log_are_counted_and_counted_once_when_sent_again() {
    let page = Page::of("kong");
    let plugin = page.block("HTTP", "http-log");
    assert!(plugin.contains("max_batch_size: 1000") && plugin.contains("/api/v1/calls"), "{plugin}");
    let (steadfast, made) = (Steadfast::with(&page.source("HTTP")), made());
    let token = steadfast.token("kong");
    let authorization = format!("Bearer {token}");
    // With `max_batch_size` above 1 it sends arrays, with 1 single objects.
    let (many, few) = made.split_at(100);
    let array = serde_json::to_vec(&entries(many)).unwrap();
    let single = entries(few).into_iter().map(|entry| serde_json::to_vec(&entry).unwrap());
    for body in [array.clone(), array].into_iter().chain(single) {
        let headers = [("Content-Type", "application/json"), ("Authorization", &*authorization)];
        http::request(steadfast.server.address(), "POST", "/api/v1/calls", &headers, &body).expect(200);
    }
    steadfast.has_exactly("kong", &made, 0);
}

#[test]
fn entries_of_tcp_log_and_udp_log_are_counted() {
    let (page, made) = (Page::of("kong"), made());
    let mut steadfast = Steadfast::with(&with(&page.source("Syslog"), &[("127.0.0.1:5514", "127.0.0.1:0")]));
    let mut tcp = TcpStream::connect(steadfast.syslog("tcp")).unwrap();
    let (udp, there) = (UdpSocket::bind("127.0.0.1:0").unwrap(), steadfast.syslog("udp"));
    for (number, entry) in entries(&made).iter().enumerate() {
        if number.is_multiple_of(2) {
            tcp.write_all(format!("{entry}\n").as_bytes()).unwrap();
        } else {
            udp.send_to(entry.to_string().as_bytes(), there).unwrap();
        }
    }
    steadfast.has_exactly("kong", &made, 0);
}
