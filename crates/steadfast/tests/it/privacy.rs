//! Privacy at the door: secrets stand everywhere in what gateways send, good lines and bad ones, by every way in; then
//! they lie in no file of the data directory, and neither the program nor its answers tell them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::http;
use testkit::nowhere::assert_nowhere;
use testkit::patience;
use testkit::program::Ran;

use crate::cast::{Told, days_ago, program};
use crate::people::{Portal, token};

const APP: &str = "acme-erp";

/// An address, of which the network may be kept.
const ADDRESS: &str = "198.51.100.213";
const ADDRESS_6: &str = "2001:db8:77:4d2::9f3e";

const LOG_FORMAT: &str =
    r#"$remote_addr $remote_user [$time_local] "$request" $status "$http_user_agent" "$http_x_app_id" "$http_cookie""#;

/// What looks like a name before `=` and is none: a password in padded Base64, and a person in a path.
const UNNAMED: [&str; 2] = ["YWRtaW46YWRtaW4", "joe1985"];

/// Secrets, each made once and remembered.
#[derive(Debug, Default)]
struct Secrets(Vec<String>);

impl Secrets {
    /// A new one, in which letters and digits take turns.
    fn make(&mut self) -> String {
        let number = self.0.len();
        self.0.push(format!("Zq{number}x8Kp{}v3Wm", number * 7 + 3));
        self.0[number].clone()
    }

    fn email(&mut self) -> String {
        format!("{}@example.com", self.make())
    }

    /// A call record with a secret in every place that is not counted, whose plain fields may be replaced.
    fn record(&mut self, replaced: &Value) -> Value {
        let mut record = json!({
            "time": format!("{}T12:00:00Z", days_ago(1)), "app": APP, "method": "GET", "status": 200, "company_header": "5358233",
            "path": format!("/things/1/users/{}%40example.com?token={}&page={}#{}", self.make(), self.make(), self.make(), self.make()),
            "project": self.make(), "user": self.make(), "user_agent": format!("agent {}", self.make()), "reason": self.make(),
            "request_id": self.make(), "client_ip": ADDRESS, "forwarded_for": format!("{ADDRESS_6}, {ADDRESS}"),
            "email": self.email(), "phone": "+1 415 555 013749", "key": self.make(), "name": self.make(), "value": self.make(),
            "headers": {"Authorization": format!("Bearer {}", self.make()), "X-Trace": [self.make()],
                "cookie": {"session": [self.make(), {"deep": self.make()}]}},
            "body": {"password": self.make(), "nested": [[{"note": format!("a \"{}\" \\ \u{e9}", self.make())}], self.make()]},
        });
        for (key, value) in replaced.as_object().unwrap() {
            record[key] = value.clone();
        }
        // Only the beginning of a line is kept, so that every field has to stand there in turn.
        let mut members: Vec<(String, Value)> = record.as_object().unwrap().clone().into_iter().collect();
        let first = self.0.len() % members.len();
        members.rotate_left(first);
        Value::Object(members.into_iter().collect())
    }

    /// Lines of which none can be used, each for another reason or broken in another way.
    fn bad_lines(&mut self) -> Vec<Vec<u8>> {
        let mut lines: Vec<Vec<u8>> = [
            json!({"status": 999}),
            json!({"status": self.make()}),
            json!({"status": null}),
            json!({"method": self.make()}),
            json!({"method": ""}),
            json!({"path": format!("things/{}", self.make())}),
            json!({"path": format!("{}?x={}", self.email(), self.make())}),
            json!({"time": self.make()}),
            json!({"time": "1999-01-01T00:00:00Z"}),
            json!({"time": "2999-01-01T00:00:00Z"}),
            json!({"app": {"id": self.make()}}),
            json!({"app": self.make().repeat(40)}),
            json!({"method": [self.make()]}),
        ]
        .map(|replaced| self.record(&replaced).to_string().into_bytes())
        .into();
        let good = |secrets: &mut Self| secrets.record(&json!({})).to_string();
        for length in [40, 150, 200, 300, 420, 600, 700] {
            lines.push(good(self).into_bytes()[..length].to_vec());
        }
        lines.push(good(self).replacen('"', "", 3).into_bytes());
        lines.push(good(self).replace('"', "'").into_bytes());
        lines.push(good(self).replace("\":", "\"").into_bytes());
        lines.push(good(self).replace('{', "[").into_bytes());
        lines.push(good(self).replace("GET\"", "GET").into_bytes());
        lines.push([good(self).as_bytes(), b"\xff\xfe"].concat());
        lines.push([b"\xff".as_slice(), good(self).as_bytes()].concat());
        lines.push(format!("{} {}", good(self), self.make()).into_bytes());
        lines.push(format!("\0{}", self.make()).into_bytes());
        lines.push(self.make().into_bytes());
        lines.push(
            format!("user={} password={} path=/x?{} ip={ADDRESS}", self.make(), self.make(), self.make()).into_bytes(),
        );
        lines.push(format!("POST /x/{}?q={} HTTP/1.1 {}", self.make(), self.make(), self.make()).into_bytes());
        let [password, person] = UNNAMED;
        lines.push(format!("{ADDRESS} - Basic {password}= {{Basic {password}=}} 401").into_bytes());
        lines.push(format!("GET /users/{person}/x=1 /verify/{password}= {person}=1 200").into_bytes());
        lines.push(format!("{{Basic {password}=}} GET /users/{person}/x=1").into_bytes());
        lines.push(format!("{}{}", self.make(), "x".repeat(70_000)).into_bytes());
        lines.push(format!("{{\"a\":\"{}\",\"b\":\"{}\"}}", self.make(), "y".repeat(70_000)).into_bytes());
        lines
    }

    /// A line of the log format, good if `status` is a status.
    fn log_line(&mut self, status: &str) -> String {
        let day = days_ago(1).strftime("%d/%b/%Y");
        format!(
            r#"{ADDRESS} {} [{day}:12:00:00 +0000] "GET /things/2?q={} HTTP/1.1" {status} "agent {}" "{APP}" "sid={}""#,
            self.make(),
            self.make(),
            self.make(),
            self.make()
        )
    }

    /// Attributes of a record of OTLP, with the status given.
    fn attributes(&mut self, status: &Value) -> Vec<Value> {
        let text = |key: &str, value: String| json!({"key": key, "value": {"stringValue": value}});
        vec![
            text("http.request.method", "GET".to_owned()),
            text("url.path", "/things/3".to_owned()),
            text("url.query", format!("token={}", self.make())),
            text("http.request.header.authorization", format!("Bearer {}", self.make())),
            text("user.name", self.make()),
            text("user_agent.original", self.make()),
            text("client.address", ADDRESS.to_owned()),
            text("client.id", APP.to_owned()),
            json!({"key": "http.response.status_code", "value": status}),
            json!({"key": "nested", "value": {"kvlistValue": {"values": [text("password", self.make())]}}}),
        ]
    }

    fn otlp_record(&mut self, status: &Value) -> Value {
        let nanos = format!("{}T12:00:00Z", days_ago(1)).parse::<jiff::Timestamp>().unwrap().as_nanosecond();
        json!({"timeUnixNano": nanos.to_string(), "severityText": self.make(), "body": {"stringValue": self.make()},
            "attributes": self.attributes(status)})
    }

    /// An export of one good record and of bad ones.
    fn export(&mut self) -> Value {
        let resource = json!({"attributes": [{"key": "host.ip", "value": {"stringValue": self.make()}}]});
        let records =
            [json!({"intValue": "200"}), json!({"stringValue": self.make()}), json!({"intValue": "99999"}), json!({})]
                .map(|status| self.otlp_record(&status));
        json!({"resourceLogs": [{"resource": resource, "scopeLogs": [
            {"scope": {"name": self.make(), "version": self.make()}, "logRecords": records}]}]})
    }
}

/// All that was said.
#[derive(Debug, Default)]
struct Said(String);

impl Said {
    fn ran(&mut self, ran: &Ran) {
        let _ = writeln!(self.0, "{}\n{}", ran.stdout(), ran.stderr());
    }

    fn answer(&mut self, answer: &http::Response) {
        let _ = writeln!(self.0, "{} {:?}\n{}", answer.status, answer.headers, answer.text());
    }
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect()
}

/// Files of every kind, good and bad.
fn read_files(program: &testkit::program::Program, secrets: &mut Secrets, said: &mut Said) {
    let good: Vec<Vec<u8>> = (0..30)
        .map(|n| secrets.record(&json!({"status": if n % 3 == 0 { 403 } else { 200 }})).to_string().into_bytes())
        .collect();
    program.write("good.ndjson", joined(&good));
    let ran = program.run(&["ingest", "good.ndjson"]).succeeded();
    assert_eq!((Told::by(&ran).counted, Told::by(&ran).rejected), (30, 0));
    said.ran(&ran);
    let bad = secrets.bad_lines();
    let mixed: Vec<Vec<u8>> = (0..bad.len()).flat_map(|n| [good[n % good.len()].clone(), bad[n].clone()]).collect();
    // Another file than the first.
    program.write("mixed.ndjson", [b"not a line\n".to_vec(), joined(&mixed)].concat());
    let ran = program.run(&["ingest", "mixed.ndjson", "--format", "steadfast"]);
    assert_eq!(
        (Told::by(&ran).counted, Told::by(&ran).rejected),
        (bad.len() as u64, bad.len() as u64 + 1),
        "{}",
        ran.stdout()
    );
    said.ran(&ran);
    let mut lines: String = (0..30).map(|n| secrets.log_line(if n % 2 == 0 { "200" } else { "999" }) + "\n").collect();
    let _ = writeln!(lines, "{} no such line {ADDRESS}", secrets.make());
    program.write("access.log", lines);
    let ran = program.run(&["ingest", "access.log", "--format", LOG_FORMAT]);
    assert_eq!((Told::by(&ran).counted, Told::by(&ran).rejected), (15, 16), "{}", ran.stdout());
    said.ran(&ran);
    // In the wrong format, and one that has to be guessed.
    program.write("hopeless.ndjson", joined(&secrets.bad_lines()));
    said.ran(&program.run(&["ingest", "hopeless.ndjson", "--format", "kong"]));
    said.ran(&program.run(&["ingest", "hopeless.ndjson"]));
    said.ran(&program.run_with_input(&["ingest", "-", "--format", "combined"], &joined(&secrets.bad_lines())));
    said.ran(&program.run_with_input(&["ingest", "-", "--format", "otlp"], &joined(&secrets.bad_lines())));
    let export = secrets.export();
    let record = &export["resourceLogs"][0]["scopeLogs"][0]["logRecords"];
    let records: Vec<Vec<u8>> =
        record.as_array().unwrap().iter().map(|record| record.to_string().into_bytes()).collect();
    said.ran(&program.run_with_input(&["ingest", "-", "--format", "otlp"], &joined(&records)));
}

/// Batches over HTTP, good and bad.
fn send_batches(portal: &Portal, token: &str, secrets: &mut Secrets, said: &mut Said) {
    let authorization = format!("Bearer {token}");
    let mut send = |path: &str, media_type: &str, coding: &str, body: &[u8], status: u16| {
        let headers =
            [("authorization", authorization.as_str()), ("content-type", media_type), ("content-encoding", coding)];
        let answer = http::request(portal.server.address(), "POST", path, &headers, body).expect(status);
        said.answer(&answer);
        answer
    };
    let (ndjson, json, protobuf) = ("application/x-ndjson", "application/json", "application/x-protobuf");
    let good = secrets.record(&json!({"status": 429})).to_string();
    let bad = secrets.bad_lines();
    let answer =
        send("/api/v1/calls", ndjson, "identity", &[good.as_bytes(), b"\n", &joined(&bad)].concat(), 200).json();
    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(1), &json!(bad.len())), "{answer}");
    let wrong = json!({"status": secrets.make()});
    let array = json!([secrets.record(&json!({})), secrets.record(&wrong), secrets.make()]);
    send("/api/v1/calls", json, "identity", array.to_string().as_bytes(), 200);
    send("/api/v1/calls", json, "identity", &array.to_string().as_bytes()[..500], 400);
    send("/api/v1/calls", ndjson, "gzip", secrets.make().as_bytes(), 400);
    let export = secrets.export();
    let answer = send("/v1/logs", json, "identity", export.to_string().as_bytes(), 200).json();
    assert_eq!(answer["partialSuccess"]["rejectedLogRecords"], json!("3"), "{answer}");
    send("/v1/logs", json, "identity", &export.to_string().as_bytes()[..500], 400);
    send("/v1/logs", json, "identity", format!("{{\"resourceLogs\":\"{}\"}}", secrets.make()).as_bytes(), 400);
    send("/v1/logs", protobuf, "identity", secrets.make().as_bytes(), 400);
    let (media_type, coding) = (secrets.make(), secrets.make());
    send("/v1/logs", &media_type, "identity", b"", 415);
    send("/v1/logs", json, &coding, b"", 415);
}

const CONFIGURATION: &str = r#"
[privacy]
query_parameters = ["per_page"]

[sources.followed]
paths = ["followed.ndjson"]
format = "steadfast"

[sources.edge]
listen = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"]
format = "steadfast"
"#;

/// Messages of syslog over TCP and UDP, of which none can be used.
fn send_syslog(portal: &mut Portal, secrets: &mut Secrets) {
    let told = portal.server.running().output();
    let address = |way: &str| {
        let (_, address) = told.lines().find_map(|line| line.split_once(&format!(" comes in at {way}://"))).unwrap();
        address.trim().parse::<std::net::SocketAddr>().unwrap()
    };
    let message = |line: &[u8]| [b"<134>Nov 20 13:45:12 host api: ".as_slice(), line].concat();
    let bad = |secrets: &mut Secrets| secrets.record(&json!({"status": 999})).to_string().into_bytes();
    let mut stream = std::net::TcpStream::connect(address("tcp")).unwrap();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..20 {
        stream.write_all(&[message(&bad(secrets)), b"\n".to_vec()].concat()).unwrap();
        socket.send_to(&message(&bad(secrets)), address("udp")).unwrap();
    }
    stream.write_all(format!("<999>no syslog {} {ADDRESS}\n", secrets.make()).as_bytes()).unwrap();
}

/// The rejects file, once lines of all these sources are in it.
fn kept(portal: &mut Portal, sources: &[&str]) -> String {
    let file = portal.program.data().join("rejects.ndjson");
    let read = || std::fs::read_to_string(&file).unwrap_or_default();
    let lacks = |kept: &str, source: &&&str| !kept.contains(&format!(r#"{source}","line""#));
    let all = || Some(read()).filter(|kept| !sources.iter().any(|source| lacks(kept, &source)));
    patience::retry(Duration::from_secs(60), all).unwrap_or_else(|| {
        let kept = read();
        let missing: Vec<_> = sources.iter().filter(|source| lacks(&kept, source)).collect();
        panic!("no line of {missing:?} is kept:\n{}", portal.server.running().output())
    })
}

#[test]
fn what_senders_tell_of_people_lies_nowhere() {
    let (mut secrets, mut said) = (Secrets::default(), Said::default());
    let program = program();
    program.write("steadfast.toml", CONFIGURATION);
    let good = secrets.record(&json!({"app": "followed"})).to_string();
    program.write("followed.ndjson", [good.as_bytes(), b"\n", &joined(&secrets.bad_lines())].concat());
    read_files(&program, &mut secrets, &mut said);
    let mut portal = Portal::start_on(program);
    send_syslog(&mut portal, &mut secrets);
    let mut operator = portal.operator();
    let sender = token(&mut operator, &["calls:write", "platform:read"]);
    send_batches(&portal, &sender, &mut secrets, &mut said);
    for page in
        ["/platform", "/platform/sources", "/platform/private", "/apps/acme-erp/health", "/apps/acme-erp/activity"]
    {
        said.answer(&operator.get(page).expect(200));
    }
    let kept = kept(&mut portal, &["http", "followed.ndjson", "edge"]);
    assert!(kept.lines().count() > 100, "{} lines were kept", kept.lines().count());
    for stays in [APP, "/things/", "198.51.100.0", "2001:db8:77::", "[removed]", "user_agent", "\\\"status\\\":999"] {
        assert!(kept.contains(stays), "`{stays}` helps to see what is wrong");
    }

    secrets.0.extend([ADDRESS, ADDRESS_6, "013749"].into_iter().chain(UNNAMED).map(str::to_owned));
    assert!(secrets.0.len() > 1000, "too few secrets: {}", secrets.0.len());
    assert_nowhere(&portal.program.data(), &secrets.0);
    portal.server.running().terminate();
    assert_eq!(portal.server.running().exit(Duration::from_secs(60)), Some(true));
    assert_nowhere(&portal.program.data(), &secrets.0);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("said"), said.0 + &portal.server.running().output()).unwrap();
    assert_nowhere(folder.path(), &secrets.0);
}
