//! Samples of every format, with what each line says.

use model::UnixMillis;
use proptest::prelude::*;

use super::*;
use crate::format::sniff;

const BOUNDS: TimeBounds = TimeBounds { now: UnixMillis(1_795_200_000_000), oldest: UnixMillis(1_700_000_000_000) };

fn describe(decoded: Result<Call<'_>, Reject>) -> String {
    match decoded {
        Ok(call) => {
            let time = if call.time.0 / 1000 == 1_795_182_312 { "ok".to_owned() } else { call.time.to_string() };
            let header = if call.company.is_some() { "header" } else { "no header" };
            let app = call.app.as_deref().unwrap_or("?");
            let environment = call.environment.map_or(String::new(), |environment| format!(" {environment:?}"));
            format!(
                "{time} {app} {} {} {} {header} {:?}{environment}",
                call.method, call.path, call.status, call.principal
            )
        }
        Err(reject) => reject.reason.key().to_owned(),
    }
}

fn check(format: &str, log: &str, expected: &[&str]) {
    let decoder = format.parse::<Format>().unwrap().decoder(&FormatOptions::default()).unwrap();
    let mut decoded = Vec::new();
    decoder.decode_block(log.as_bytes(), &BOUNDS, &mut Scratch::default(), |line, call| {
        let alone = decoder.decode_line(line, &BOUNDS, &mut Scratch::default());
        assert_eq!(describe(alone), describe(call.clone()));
        decoded.push(describe(call));
    });
    assert_eq!(decoded, expected, "{format}");
    assert_eq!(sniff(log.as_bytes()).map(|sniffed| sniffed.format.to_string()).as_deref(), Some(format));
}

#[test]
fn steadfast() {
    check(
        "steadfast",
        include_str!("../../fixtures/steadfast.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/123/rfis?page=2 200 header User Production",
            "ok ? POST / 404 no header Service Sandbox",
            "bad_status",
        ],
    );
}

#[test]
fn nginx_json() {
    check(
        "nginx-json",
        include_str!("../../fixtures/nginx-json.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12?page=2 200 header User",
            "ok billing POST /rest/v1.0/projects 403 no header User",
            "missing_method",
            "ok 17 GET /café 404 header User",
            "missing_method",
            "ok acme \"erp\" \\ 2 GET /a\0b?\" 499 header User",
        ],
    );
}

#[test]
fn envoy_json() {
    check(
        "envoy-json",
        include_str!("../../fixtures/envoy-json.log"),
        &[
            "ok acme-erp GET /rest/v1.0/me 200 header User",
            "ok acme-erp DELETE /rest/v1.0/files/9 404 no header User",
            "missing_method",
            "bad_status",
            "missing_method",
            "ok acme-erp POST /rest/v1.0/projects?q=\"x\" 429 header User",
        ],
    );
}

#[test]
fn kong() {
    check(
        "kong",
        include_str!("../../fixtures/kong.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12 200 header User",
            "ok billing GET /rest/v1.0/projects/12 403 no header User",
            "ok ? PATCH /rest/v1.0/projects/12 200 header User",
            "missing_method",
            "ok c-3 GET /rest/v1.0/projects/12?a=\"b\\ 502 header User",
            "ok ? GET /a 404 no header User",
        ],
    );
}

#[test]
fn caddy() {
    check(
        "caddy",
        include_str!("../../fixtures/caddy.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12?page=2 200 header User",
            "ok billing GET /rest/v1.0/projects/12?page=2 401 no header User",
            "ok ? POST /rest/v1.0/projects/12?page=2 200 no header User",
            "bad_time",
            "ok acme-erp PURGE /a\"b\\c%0A?x 404 header User",
        ],
    );
}

#[test]
fn traefik() {
    check(
        "traefik",
        include_str!("../../fixtures/traefik.log"),
        &[
            "ok billing GET /rest/v1.0/projects/12?page=2 200 header User",
            "ok acme-erp GET /rest/v1.0/projects/12?page=2 429 no header User",
            "bad_status",
            "ok billing GET /caf%C3%A9/%FF 502 no header User",
        ],
    );
}

#[test]
fn haproxy_json() {
    check(
        "haproxy-json",
        include_str!("../../fixtures/haproxy-json.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12?page=2 200 header User",
            "ok acme-erp PUT /rest/v1.0/files/9 403 no header User",
            "ok billing GET /rest/v1.0/me 204 header User",
            "bad_time",
            "bad_method",
            "ok acme \"x\" \\ é PURGE /a\"b\\c%0A%00 200 no header User",
            "missing_method",
        ],
    );
}

#[test]
fn aws_apigateway() {
    check(
        "aws-apigateway",
        include_str!("../../fixtures/aws-apigateway.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12 200 header User",
            "ok AIDA1 POST /rest/v1.0/projects 403 no header User",
            "missing_status",
            "ok ? POST /prod/rest/v1.0/projects 401 no header User",
            "ok k8f2 GET /rest/v1.0/me 504 header User",
        ],
    );
}

#[test]
fn otlp() {
    check(
        "otlp",
        include_str!("../../fixtures/otlp.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12 200 header User",
            "ok billing GET /rest/v1.0/me?x=1 401 no header User",
            "ok ? PURGE /rest/v1.0/files/9 204 header User Sandbox",
            "missing_time",
        ],
    );
}

#[test]
fn combined() {
    check(
        "combined",
        include_str!("../../fixtures/combined.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12?page=2 200 no header User",
            "ok ? POST /café 201 no header User",
            "bad_method",
            "missing_method",
        ],
    );
}

#[test]
fn common() {
    check(
        "common",
        include_str!("../../fixtures/common.log"),
        &[
            "ok acme-erp GET /rest/v1.0/projects/12?page=2 200 no header User",
            "ok ? GET /a 400 no header User",
            "bad_path",
        ],
    );
}

#[test]
fn the_company_header_has_the_name_that_the_platform_gives_it() {
    let options = FormatOptions { company_header: "X-Tenant".to_owned(), ..FormatOptions::default() };
    let check = |format: &str, line: &str| {
        let decoder = format.parse::<Format>().unwrap().decoder(&options).unwrap();
        let call = decoder.decode_line(line.as_bytes(), &BOUNDS, &mut Scratch::default()).unwrap();
        assert!(call.company.is_some(), "{line}");
    };
    check(
        "kong",
        r#"{"started_at":1795182312345,"request":{"method":"GET","uri":"/","headers":{"x-tenant":"7"}},"response":{"status":200}}"#,
    );
    check(
        "traefik",
        r#"{"StartUTC":"2026-11-20T13:45:12Z","RequestMethod":"GET","RequestPath":"/","DownstreamStatus":200,"request_x-tenant":"7"}"#,
    );
    check("nginx-json", r#"{"msec":1795182312.345,"request":"GET / HTTP/1.1","status":200,"http_x_tenant":"7"}"#);
    check(
        "otlp",
        r#"{"time":1795182312345,"http.method":"GET","http.target":"/","http.status_code":200,"http.request.header.x_tenant":"7"}"#,
    );
    check("$msec \"$request\" $status $http_x_tenant", "1795182312.345 \"GET / HTTP/1.1\" 200 7");
}

#[test]
fn one_line_that_is_not_utf_8_spoils_no_other() {
    let good = r#"{"time":1795182312,"method":"GET","path":"/é","status":200}"#;
    let mut block = format!("\u{feff}{good}\r\n").into_bytes();
    block.extend_from_slice(b"{\"time\":1795182312,\"method\":\"GET\",\"path\":\"/\xff\",\"status\":200}\n\n");
    block.extend_from_slice(good.as_bytes());
    let mut decoded = Vec::new();
    Decoder::steadfast().decode_block(&block, &BOUNDS, &mut Scratch::default(), |_, call| decoded.push(describe(call)));
    let read = "ok ? GET /é 200 no header User";
    assert_eq!(decoded, [read, "not_utf8", "empty_line", read]);
}

#[test]
fn bytes_that_are_not_utf_8_are_percent_encoded_in_the_json_of_gateways() {
    let read = |format: &str, line: &[u8]| {
        let decoder = format.parse::<Format>().unwrap().decoder(&FormatOptions::default()).unwrap();
        let alone = describe(decoder.decode_line(line, &BOUNDS, &mut Scratch::default()));
        let mut decoded = Vec::new();
        decoder.decode_block(&[line, b"\n{}"].concat(), &BOUNDS, &mut Scratch::default(), |_, call| {
            decoded.push(describe(call));
        });
        assert_eq!(decoded, [alone.as_str(), "missing_time"]);
        alone
    };
    let nginx = |line: &[u8]| read("nginx-json", line);
    let line = |before: &[u8], path: &[u8], agent: &[u8]| {
        let start = br#"{"msec":1795182312.345,"request_method":"GET","status":200,"#;
        [start, before, br#""request_uri":""#, path, br#"","http_user_agent":""#, agent, br#""}"#].concat()
    };
    assert_eq!(nginx(&line(b"", b"/a", b"acme\xff")), "ok ? GET /a 200 no header User");
    assert_eq!(nginx(&line(b"", b"/caf\xc3\xa9/\xc3/%41\xff", b"")), "ok ? GET /café/%C3/%41%FF 200 no header User");
    assert_eq!(nginx(&line(b"\"app\":\"x\xe9\",", b"/\\u0061", b"")), "ok x%E9 GET /a 200 no header User");
    assert_eq!(nginx(&line(b"\"\xfe\":1,", b"/a", b"")), "ok ? GET /a 200 no header User");
    // Outside of strings, and as an escape, they are no JSON.
    for broken in [line(b"\xff", b"/", b""), line(b"\"app\":\xff,", b"/", b""), line(b"", b"/", b"\\\xff")] {
        assert_eq!(nginx(&broken), "not_json");
    }
    let map = "json time=msec method=request_method path=request_uri status=status";
    assert_eq!(read(map, &line(b"", b"/\xff", b"")), "ok ? GET /%FF 200 no header User");
    let record = b"{\"time\":1795182312,\"method\":\"GET\",\"path\":\"/\",\"status\":200,\"agent\":\"\xff\"}";
    assert_eq!(read("steadfast", record), "not_utf8");
}

const SAMPLES: [(&str, &str); 11] = [
    ("steadfast", include_str!("../../fixtures/steadfast.log")),
    ("nginx-json", include_str!("../../fixtures/nginx-json.log")),
    ("envoy-json", include_str!("../../fixtures/envoy-json.log")),
    ("kong", include_str!("../../fixtures/kong.log")),
    ("caddy", include_str!("../../fixtures/caddy.log")),
    ("traefik", include_str!("../../fixtures/traefik.log")),
    ("haproxy-json", include_str!("../../fixtures/haproxy-json.log")),
    ("aws-apigateway", include_str!("../../fixtures/aws-apigateway.log")),
    ("otlp", include_str!("../../fixtures/otlp.log")),
    ("combined", include_str!("../../fixtures/combined.log")),
    ("common", include_str!("../../fixtures/common.log")),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_line_of_a_damaged_log_has_an_outcome_whichever_reader_gets_it(
        sample in prop::sample::select(SAMPLES.to_vec()), reader in prop::sample::select(SAMPLES.to_vec()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..4), 0..6),
    ) {
        let mut log = sample.1.as_bytes().to_vec();
        for (at, byte, cut) in damage {
            let at = at.index(log.len());
            log.splice(at..(at + cut).min(log.len()), [byte]);
        }
        let lines = log.split(|byte| *byte == b'\n').count() - usize::from(log.last() == Some(&b'\n'));
        let decoder = reader.0.parse::<Format>().unwrap().decoder(&FormatOptions::default()).unwrap();
        let mut outcomes = 0;
        decoder.decode_block(&log, &BOUNDS, &mut Scratch::default(), |line, call| {
            let alone = decoder.decode_line(line, &BOUNDS, &mut Scratch::default());
            assert_eq!(describe(alone), describe(call));
            outcomes += 1;
        });
        prop_assert_eq!(outcomes, lines);
    }
}
