//! A real nginx in front of a platform: what it logs, as JSON and as a line, is exactly what was sent to it.

mod requests;

use std::path::Path;

use testkit::nginx::{LOG_FORMAT, Logs, Nginx};
use testkit::program::Program;
use testkit::reference::Expected;
use testkit::{Case, Config, Operation, Template, compare, reference};

use crate::cast::{Told, app_ids, days_ago, now, program};
use requests::Request;

pub(crate) const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"T","version":"1"},"servers":[{"url":"https://api.example/rest/v1.0"}],"paths":{
    "/projects/{project_id}/rfis/{id}":{"get":{},"put":{},"post":{}},
    "/projects/{project_id}/files/{name}.pdf":{"get":{},"head":{}},
    "/companies":{"get":{}},
    "/hooks":{"post":{"x-company-scoped":false},"options":{}}}}"#;

/// The document's templates, as the reference reads them.
pub(crate) fn catalog() -> Vec<Template> {
    let template = |path: &str, methods: &[&str]| Template {
        path: format!("/rest/v1.0{path}"),
        operations: methods.iter().map(|method| Operation::plain(method)).collect(),
    };
    let mut catalog = vec![
        template("/projects/{project_id}/rfis/{id}", &["GET", "PUT", "POST"]),
        template("/projects/{project_id}/files/{name}.pdf", &["GET", "HEAD"]),
        template("/companies", &["GET"]),
        template("/hooks", &["POST", "OPTIONS"]),
    ];
    catalog[3].operations[0].company_scoped = false;
    catalog
}

/// How the log is given to `ingest`.
enum As<'a> {
    Format(&'a Path, &'a str),
    Guessed(&'a Path),
    Source,
}

#[test]
fn nginx_logs_exactly_the_calls_that_were_sent() {
    let requests = requests::several_hundred();
    let Some(nginx) = Nginx::start(&requests::ANSWERS) else { return };
    send(&nginx, &requests);
    let logs = nginx.stop();
    let expected = expected(&requests);
    assert!(requests.len() > 300 && expected.apps.len() == 7, "{} requests", requests.len());
    assert!(headerless(&expected, "acme-erp") > 0 && headerless(&expected, "by-user") > 0);
    for given in [
        As::Format(&logs.json(), "nginx-json"),
        As::Guessed(&logs.json()),
        As::Format(&logs.plain(), LOG_FORMAT),
        As::Source,
    ] {
        let program = program();
        program.write("api.json", DOCUMENT);
        let _imported = program.run(&["catalog", "import", "api.json"]).succeeded();
        ingest(&program, &given, &logs, requests.len());
        check(&program, &expected);
    }
}

fn send(nginx: &Nginx, requests: &[Request]) {
    let mut connection = nginx.connect();
    for request in requests {
        let response = connection.send(request.method, &request.target, &request.headers(), request.body());
        assert_eq!(response.status, request.status, "{request:?}");
    }
}

/// What is to be found, as of tomorrow.
fn expected(requests: &[Request]) -> Expected {
    let now = now().as_millisecond();
    let case = Case {
        seed: 0,
        documents: Vec::new(),
        catalog: catalog(),
        config: Config::default(),
        lines: requests.iter().map(|request| request.line(now)).collect::<String>().into_bytes(),
        now,
        as_of: days_ago(-1),
    };
    reference::read(&case)
}

/// How many of an app's calls lack the company header.
fn headerless(expected: &Expected, app: &str) -> u64 {
    let observation = &expected.apps[app].health["observations"][4];
    assert_eq!(observation["key"], "missing_company_header");
    observation["days"].as_array().unwrap().iter().map(|day| day["affected"].as_u64().unwrap()).sum()
}

fn ingest(program: &Program, given: &As<'_>, logs: &Logs, sent: usize) {
    let ran = match given {
        As::Format(log, format) => program.run(&["ingest", "--format", format, log.to_str().unwrap()]),
        As::Guessed(log) => program.run(&["ingest", log.to_str().unwrap()]),
        As::Source => {
            // The directive as it stands in `nginx.conf`.
            program.write(
                "steadfast.toml",
                format!(
                    "[sources.gateway]\npaths = [{:?}]\nformat = '''log_format api '{LOG_FORMAT}';'''\n",
                    logs.plain()
                ),
            );
            program.run(&["ingest", "--source", "gateway"])
        }
    };
    let told = Told::by(&ran.clone().succeeded());
    assert_eq!((told.lines, told.counted), (sent as u64, sent as u64), "{}", ran.stdout());
    let guessed = ran.stdout().contains("format    nginx-json (guessed");
    assert_eq!(guessed, matches!(given, As::Guessed(_)), "{}", ran.stdout());
}

pub(crate) fn check(program: &Program, expected: &Expected) {
    let mut apps = app_ids(program);
    apps.sort();
    assert!(apps.iter().eq(expected.apps.keys()), "{apps:?}");
    let tomorrow = days_ago(-1).to_string();
    for (app, expected) in &expected.apps {
        let report = program.run(&["report", app, "--as-of", &tomorrow]).succeeded().stdout;
        assert_eq!(compare::text_difference(&expected.report_csv, &report), None, "report of `{app}`");
        let health = program.run(&["health", app, "--as-of", &tomorrow, "--format", "json"]).json();
        let difference = compare::json_difference(&expected.health, &compare::without_reasons(health));
        assert_eq!(difference, None, "health of `{app}`");
    }
}
