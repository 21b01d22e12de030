//! What is sent through gateways, and what must be found of it.

use std::net::SocketAddr;

use serde_json::json;
use testkit::http;
use testkit::reference::{self, Expected};
use testkit::{Case, Config};

use crate::cast::{days_ago, now};
use crate::nginx::catalog;

/// How a call proves its app.
pub(super) type Proof<'a> = dyn Fn(Option<&str>) -> Vec<(String, String)> + 'a;

/// The apps that call; `None` for whoever can't prove one.
pub(super) const APPS: [Option<&str>; 5] =
    [Some("acme-erp"), Some("billing"), Some("com.example.app v2"), None, Some("x")];

const METHODS: [&str; 7] = ["GET", "POST", "GET", "DELETE", "PUT", "HEAD", "OPTIONS"];

const STATUSES: [u16; 8] = [200, 201, 403, 200, 404, 429, 500, 204];

const COMPANIES: [Option<&str>; 4] = [Some("5358233"), None, Some("a b"), Some("77")];

/// Targets that every gateway passes on and logs as they are.
const TARGETS: [&str; 11] = [
    "/rest/v1.0/projects/12/rfis/7",
    "/rest/v1.0/projects/a%20b/rfis/7?page=2&q=%22x%22",
    "/rest/v1.0/projects/%E6%97%A5%E6%9C%AC/rfis/8",
    "/rest/v1.0/projects/12/files/plan.pdf",
    "/rest/v1.0/companies?per_page=100",
    "/rest/v1.0/hooks",
    "/rest/v1.0/unknown/caf%C3%A9/9",
    "/rest/v1.0/unknown/a'b;c=(d)~e",
    "/rest/v1.0/unknown/%FF%FE",
    "/?a={b}&c=[d]|e",
    "/",
];

const AGENTS: [&str; 5] =
    ["acme/2.3", "a \"quoted\" agent", "back\\slash \\x22 \\u0041", "caf\u{e9} {\"status\":500}", "\" 200 5 \"-\" \"-"];

/// A call that was made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) app: Option<String>,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) status: u16,
    pub(super) company: Option<String>,
}

/// Sends a few hundred requests through a gateway. The app of each is what its proof tells, whatever `X-App-Id` says.
pub(super) fn send(gateway: SocketAddr, count: usize, proof: &Proof<'_>) -> Vec<Made> {
    (0..count).map(|number| one(gateway, number, proof)).collect()
}

fn one(gateway: SocketAddr, number: usize, proof: &Proof<'_>) -> Made {
    let app = APPS[number % APPS.len()];
    let method = METHODS[number / 2 % METHODS.len()];
    let target = TARGETS[number % TARGETS.len()];
    let company = COMPANIES[number / 3 % COMPANIES.len()];
    let answer = STATUSES[number % STATUSES.len()].to_string();
    let mut headers = proof(app);
    headers.push(("X-Answer".to_owned(), answer));
    headers.push(("User-Agent".to_owned(), AGENTS[number / 5 % AGENTS.len()].to_owned()));
    if number.is_multiple_of(3) {
        headers.push(("X-App-Id".to_owned(), "forged".to_owned()));
    }
    headers.extend(company.map(|company| ("Procore-Company-Id".to_owned(), company.to_owned())));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body: &[u8] = if matches!(method, "POST" | "PUT") { b"{\"a\":1}" } else { b"" };
    let response = http::request(gateway, method, target, &headers, body);
    Made {
        app: app.map(str::to_owned),
        method: method.to_owned(),
        target: target.to_owned(),
        status: response.status,
        company: company.map(str::to_owned),
    }
}

/// What is to be found of these calls, as of tomorrow.
pub(super) fn expected(made: &[Made]) -> Expected {
    let now = now().as_millisecond();
    let line = |made: &Made| {
        let record = json!({
            "time": now,
            "app": made.app,
            "method": made.method,
            "path": made.target,
            "status": made.status,
            "company_header": made.company,
        });
        format!("{record}\n")
    };
    reference::read(&Case {
        seed: 0,
        documents: Vec::new(),
        catalog: catalog(),
        config: Config::default(),
        lines: made.iter().map(line).collect::<String>().into_bytes(),
        now,
        as_of: days_ago(-1),
    })
}

/// The key of an app as a header, for gateways that ask a service.
pub(super) fn key(app: Option<&str>) -> Vec<(String, String)> {
    let key = super::upstream::KEYS.iter().find(|(_, known)| app == Some(known));
    key.map(|(key, _)| ("X-Api-Key".to_owned(), (*key).to_owned())).into_iter().collect()
}
