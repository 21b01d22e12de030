//! Amazon API Gateway, of which there are samples alone: the page's log format with what its documentation says that
//! stands for each variable.

use std::process::Command;

use serde_json::json;
use testkit::encoding::to_base64;

use super::page::{Page, with};
use super::steadfast::Steadfast;
use super::traffic::Made;
use crate::cast::now;

fn made() -> Vec<Made> {
    let call = |number: usize| Made {
        app: [Some("acme-erp"), Some("key-of-billing"), None][number % 3].map(str::to_owned),
        method: ["GET", "POST"][number % 2].to_owned(),
        target: ["/rest/v1.0/projects/12/rfis/7", "/rest/v1.0/unknown/caf%C3%A9"][number / 2 % 2].to_owned(),
        status: [200, 401, 429, 504][number % 4],
        company: (!number.is_multiple_of(5)).then(|| "77".to_owned()),
    };
    (0..60).map(call).collect()
}

/// The line of a call, in the page's format. What there is not is `-`.
fn line(format: &str, made: &Made) -> String {
    let app = made.app.as_deref().unwrap_or("-");
    let (claim, key) = if app.starts_with("key") { ("-", app) } else { (app, "-") };
    with(
        format,
        &[
            ("$context.requestId", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"),
            ("$context.requestTimeEpoch", &now().as_millisecond().to_string()),
            ("$context.httpMethod", &made.method),
            ("$context.path", &made.target),
            ("$context.status", &made.status.to_string()),
            ("$context.authorizer.claims.client_id", claim),
            ("$context.identity.apiKeyId", key),
            ("$context.authorizer.company", made.company.as_deref().unwrap_or("-")),
        ],
    )
}

#[test]
fn what_firehose_puts_into_s3_is_read_from_files() {
    let (page, made) = (Page::of("aws-api-gateway"), made());
    let format = page.block("The log, and the app", "$context");
    let folder = testkit::gateway::folder();
    let place = folder.path().join("2026/11/22/00");
    std::fs::create_dir_all(&place).unwrap();
    for (number, calls) in made.chunks(25).enumerate() {
        let lines: String = calls.iter().map(|made| line(&format, made)).collect();
        let file = std::fs::File::create(place.join(format!("api-{number}.gz"))).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        std::io::Write::write_all(&mut gzip, lines.as_bytes()).unwrap();
        gzip.finish().unwrap();
    }
    let root = folder.path().display().to_string();
    let steadfast = Steadfast::with(&with(&page.source("From S3, as files"), &[("/var/log/apigateway", &root)]));
    steadfast.has_exactly("apigateway", &made, 0);
}

#[test]
fn the_page_s_function_sends_what_cloudwatch_gives_it() {
    let (page, made) = (Page::of("aws-api-gateway"), made());
    let format = page.block("The log, and the app", "$context");
    let heading = "From CloudWatch Logs, over HTTP";
    let steadfast = Steadfast::with(&page.source(heading));
    let event = |message: &Made| json!({"id": "3610", "timestamp": 1, "message": line(&format, message).trim()});
    let events: Vec<_> = made.iter().map(event).collect();
    let data = json!({"messageType": "DATA_MESSAGE", "logGroup": "api", "logEvents": events}).to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, data.as_bytes()).unwrap();
    let data = to_base64(&gzip.finish().unwrap());
    let function = page.block(heading, "def handler");
    let call = format!("{function}\nfor _ in range(2):\n    handler({{'awslogs': {{'data': '{data}'}}}}, None)\n");
    let mut python = Command::new("python3");
    python.env("STEADFAST_URL", steadfast.server.url("")).env("STEADFAST_TOKEN", steadfast.token("apigateway"));
    let ran = python.args(["-c", &call]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    steadfast.has_exactly("apigateway", &made, 0);
}
