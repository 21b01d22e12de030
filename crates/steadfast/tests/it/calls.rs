//! Calls sent over HTTP, as gateways send them: well, badly, slowly, and all at once.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::http::{Connection, Response, request};
use testkit::program::{Program, Server};

use crate::cast::{Call, program};

const PATIENCE: Duration = Duration::from_secs(60);

/// A portal with a gateway that has the token of a source.
struct Gateway {
    program: Program,
    server: Server,
    token: String,
}

impl Gateway {
    fn start(configuration: &str) -> Self {
        let program = program();
        program.write("steadfast.toml", configuration);
        let server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
        let token = token(&program, &["kong"]);
        Self { program, server, token }
    }

    fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Sends a batch with these headers beside the token.
    fn send(&self, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let all: Vec<(&str, &str)> =
            std::iter::once(("Authorization", &*bearer)).chain(headers.iter().copied()).collect();
        request(self.address(), "POST", "/api/v1/calls", &all, body)
    }

    /// Sends lines of call records.
    fn send_lines(&self, lines: &str) -> Response {
        self.send(&[NDJSON], lines.as_bytes())
    }

    /// Begins a request with these lines of a head and what is there of a body.
    fn begin(&self, head: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let start = format!(
            "POST /api/v1/calls HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{head}",
            self.address(),
            self.token
        );
        stream.write_all(&[start.as_bytes(), body].concat()).unwrap();
        stream
    }

    /// The calls of an app in the report.
    fn counted(&self, app: &str) -> u64 {
        let report = self.program.run(&["report", app, "--days", "40"]);
        let text = report.stdout();
        let number = |line: &str| line.rsplit(',').next().and_then(|text| text.trim().parse::<u64>().ok());
        text.lines().skip(1).filter_map(number).sum()
    }
}

const NDJSON: (&str, &str) = ("Content-Type", "application/x-ndjson");

/// Makes a token of a source, beside the running portal.
fn token(program: &Program, arguments: &[&str]) -> String {
    let arguments: Vec<&str> = ["sources", "token", "add"].iter().chain(arguments).copied().collect();
    let token = program.run(&arguments).succeeded().stdout().trim().to_owned();
    assert!(token.starts_with("stf_s_") && !token.contains(char::is_whitespace), "{token}");
    token
}

/// All that a server sends before it closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn accepted(answer: &Response) -> (Value, Value) {
    let told = answer.json();
    (told["accepted"].clone(), told["duplicate"].clone())
}

#[test]
fn a_token_made_at_the_command_line_works_at_once_and_until_it_is_revoked() {
    let gateway = Gateway::start("");
    assert_eq!(gateway.send_lines(&Call::default().lines(3)).expect(200).json()["accepted"], json!(3));
    let list = gateway.program.run(&["sources", "token", "list", "--format", "json"]).succeeded().json();
    let known = &list["tokens"][0];
    assert_eq!((&known["source"], &known["apps"]), (&json!("kong"), &json!([])), "{list}");
    assert!(known["last_used_at"].is_string() && !list.to_string().contains(&gateway.token), "{list}");
    let refused = request(
        gateway.address(),
        "GET",
        "/api/v1/apps",
        &[("Authorization", &format!("Bearer {}", gateway.token))],
        &[],
    );
    assert_eq!(refused.status, 403, "{}", refused.text());
    let _ = gateway.program.run(&["sources", "token", "revoke", known["id"].as_str().unwrap()]).succeeded();
    assert_eq!(gateway.send_lines(&Call::default().lines(1)).status, 401);
    let again = gateway.program.run(&["sources", "token", "revoke", known["id"].as_str().unwrap()]);
    assert_eq!(again.code, Some(1), "{}", again.stderr());
    assert_eq!(gateway.counted("acme-erp"), 3);
}

#[test]
fn a_token_may_be_limited() {
    let gateway = Gateway::start("");
    let limits = ["edge", "--app", "acme-erp", "--environment", "production", "--expires", "2099-12-31"];
    let limited = token(&gateway.program, &limits);
    let gateway = Gateway { token: limited, ..gateway };
    let body = [
        Call::default().lines(2),
        Call { app: "other", ..Call::default() }.lines(3),
        Call { environment: "sandbox", ..Call::default() }.lines(4),
    ];
    let told = gateway.send_lines(&body.concat()).expect(200).json();
    assert_eq!(told["reasons"], json!({"app_not_allowed": 3, "environment_not_allowed": 4}), "{told}");
    assert_eq!(gateway.counted("acme-erp"), 2);
    let list = gateway.program.run(&["sources", "token", "list", "edge"]).succeeded().stdout();
    assert!(list.contains("acme-erp, production") && list.contains(" after 2099-12-31 "), "{list}");
    let wrong = gateway.program.run(&["sources", "token", "add", "edge", "--environment", "moon"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr().contains("`production` or `sandbox`"), "{}", wrong.stderr());
    let reserved = gateway.program.run(&["sources", "token", "add", "files", "--app", "acme-erp"]);
    assert_eq!(reserved.code, Some(1));
    assert!(reserved.stderr().contains("choose another name"), "{}", reserved.stderr());
}

#[test]
fn lines_of_a_source_are_read_in_its_format() {
    let gateway = Gateway::start("[sources.kong]\nformat = \"combined\"\n");
    let day = crate::cast::days_ago(1).strftime("%d/%b/%Y").to_string();
    let line = format!("192.0.2.1 - acme-erp [{day}:12:00:00 +0000] \"GET /things/1 HTTP/1.1\" 200 5 \"-\" \"-\"\n");
    let told = gateway.send(&[("Content-Type", "text/plain")], line.repeat(5).as_bytes()).expect(200).json();
    assert_eq!((&told["accepted"], &told["rejected"]), (&json!(5), &json!(0)), "{told}");
    let wrong = gateway.send(&[("Content-Type", "application/json")], b"[]");
    assert_eq!(wrong.status, 415, "{}", wrong.text());
    assert_eq!(gateway.counted("acme-erp"), 5);
}

#[test]
fn a_batch_that_is_sent_again_is_acknowledged_and_counted_once() {
    let mut gateway = Gateway::start("");
    let body = Call::default().lines(10);
    let headers = [NDJSON, ("Idempotency-Key", "batch-1")];
    let first = gateway.send(&headers, body.as_bytes()).expect(200);
    assert_eq!(accepted(&first), (json!(10), json!(false)));
    // Also by another process: that it was counted is durable.
    gateway.server.running().kill();
    gateway.server = gateway.program.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(accepted(&gateway.send(&headers, body.as_bytes()).expect(200)), (json!(10), json!(true)));
    assert_eq!(accepted(&gateway.send(&[NDJSON], body.as_bytes()).expect(200)), (json!(10), json!(true)));
    let other = gateway.send(&headers, Call::default().lines(11).as_bytes());
    assert_eq!(other.status, 409, "{}", other.text());
    assert_eq!(gateway.counted("acme-erp"), 10);
}

#[test]
fn an_array_may_come_in_chunks() {
    let gateway = Gateway::start("");
    let records = Call::default().lines(2000);
    let array = format!("[\n{}]", records.trim_end().replace('\n', ",\n"));
    let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let mut stream = gateway.begin(head, b"");
    for chunk in array.as_bytes().chunks(10_007) {
        stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).unwrap();
        stream.write_all(chunk).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"accepted\":2000"), "{answer}");
    assert_eq!(gateway.counted("acme-erp"), 2000);
}

#[test]
fn a_body_that_ends_too_early_counts_nothing() {
    let gateway = Gateway::start("");
    let body = Call::default().lines(5000);
    for head in [
        format!("Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n", body.len() + 1),
        format!("Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len()),
    ] {
        let stream = gateway.begin(&head, body.as_bytes());
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = rest(stream);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    assert_eq!(gateway.send_lines(&Call::default().lines(1)).status, 200);
    assert_eq!(gateway.counted("acme-erp"), 1);
}

#[test]
fn a_sender_of_a_byte_a_second_is_told_and_cut_off() {
    let gateway = Gateway::start("[limits]\nbody_grace_seconds = 1\nhead_seconds = 1\nidle_seconds = 2\n");
    let head = "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n";
    let started = Instant::now();
    let answer = rest(gateway.begin(head, b"{"));
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("application/problem+json"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close") && answer.contains("came too slowly"), "{answer}");
    // A head without end, and nothing at all.
    assert_eq!(rest(gateway.begin("X-Slow: ", b"")), "");
    let mut connection = TcpStream::connect(gateway.address()).unwrap();
    connection.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", gateway.address()).as_bytes()).unwrap();
    assert!(rest(connection).starts_with("HTTP/1.1 200"), "it is answered, and ends by itself");
    assert_eq!(rest(TcpStream::connect(gateway.address()).unwrap()), "");
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    assert_eq!(gateway.send_lines(&Call::default().lines(1)).status, 200);
}

#[test]
fn idle_connections_make_room_for_others() {
    let gateway = Gateway::start("[limits]\nconnections = 8\n");
    let idle: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(gateway.address()).unwrap()).collect();
    for number in 1..=10 {
        assert_eq!(gateway.send_lines(&Call::default().lines(number)).status, 200, "{number}");
    }
    drop(idle);
    assert_eq!(gateway.counted("acme-erp"), 55);
}

#[test]
fn what_is_under_way_is_answered_when_the_portal_is_told_to_end() {
    let mut gateway = Gateway::start("");
    let body = Call::default().lines(1000);
    let head = format!("Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n", body.len());
    let (begun, left) = body.as_bytes().split_at(body.len() / 2);
    let mut stream = gateway.begin(&head, begun);
    // The half has come for sure once a request that was sent after it is answered.
    assert_eq!(gateway.server.get("/healthz").status, 200);
    gateway.server.running().terminate();
    stream.write_all(left).unwrap();
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"accepted\":1000"), "{answer}");
    assert_eq!(gateway.server.running().exit(PATIENCE), Some(true));
    assert_eq!(gateway.counted("acme-erp"), 1000);
}

/// The most memory that a process has had, in MB.
fn peak(server: &mut Server) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.running().child().id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes / 1000)
}

#[test]
fn many_senders_at_once_are_counted_exactly_in_bounded_memory() {
    const SENDERS: usize = 200;
    const BATCHES: usize = 3;
    let mut gateway = Gateway::start("[limits]\nbatch_memory_mib = 16\n");
    let (acknowledged, refused) = (AtomicU64::new(0), AtomicUsize::new(0));
    let sender = |number: usize| {
        let bearer = format!("Bearer {}", gateway.token);
        let path = format!("/things/{number}/of");
        let mut connection = Connection::open(gateway.address());
        for batch in 0..BATCHES {
            let body = Call { path: &path, ..Call::default() }.lines(400 + batch);
            let key = format!("{number}-{batch}");
            let headers = [("Authorization", &*bearer), NDJSON, ("Idempotency-Key", &*key)];
            let started = Instant::now();
            loop {
                let answer = connection.send("POST", "/api/v1/calls", &headers, body.as_bytes());
                match answer.status {
                    200 => {
                        let accepted = answer.json()["accepted"].as_u64().unwrap();
                        acknowledged.fetch_add(accepted, Ordering::Relaxed);
                        break;
                    }
                    429 | 503 => {
                        assert!(answer.header("retry-after").is_some(), "{:?}", answer.headers);
                        assert!(started.elapsed() < PATIENCE, "never any room");
                        refused.fetch_add(1, Ordering::Relaxed);
                        std::thread::park_timeout(Duration::from_millis(200));
                    }
                    other => panic!("{other}: {}", answer.text()),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for number in 0..SENDERS {
            scope.spawn(move || sender(number));
        }
    });
    let sent = (SENDERS * (3 * 400 + 1 + 2)) as u64;
    assert_eq!(acknowledged.into_inner(), sent);
    if let Some(peak) = peak(&mut gateway.server) {
        assert!(peak < 200, "{peak} MB with {} refused", refused.into_inner());
    }
    assert_eq!(gateway.counted("acme-erp"), sent);
}
