//! Requests of all kinds, and what nginx answers to them.

use serde_json::json;

/// Ids that end so are answered so.
pub(super) const ANSWERS: [(&str, u16); 4] = [("~ 401$", 401), ("~ 403$", 403), ("~ 404$", 404), ("~ 429$", 429)];

/// A request that is to be sent, with what must be found of it.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) status: u16,
    caller: Caller,
    company: Option<&'static str>,
    agent: &'static str,
}

/// How a request names its app.
#[derive(Clone, Copy, Debug)]
enum Caller {
    /// In the header `X-App-Id`.
    Header(&'static str),
    /// As the user of `Authorization: Basic`: the user's name, and the header's value.
    User(&'static str, &'static str),
    Nobody,
}

const CALLERS: [Caller; 7] = [
    Caller::Header("acme-erp"),
    Caller::Header("acme \"erp\" \\ 2"),
    Caller::Header("com.example.app"),
    Caller::Header("日本"),
    Caller::Header("x"),
    Caller::User("by-user", "Basic YnktdXNlcjpwYXNz"),
    Caller::Nobody,
];

const METHODS: [&str; 7] = ["GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"];

const COMPANIES: [Option<&str>; 5] = [Some("5358233"), None, Some("a \"b\" \\c"), Some(""), Some("-")];

const AGENTS: [&str; 6] = [
    "acme/2.3",
    "",
    "a \"quoted\" agent",
    "back\\slash \\x22 \\\" \\u0041",
    "café {\"json\":true} [20/Nov/2026:13:45:12 +0000]",
    "\" 200 5 \"-\" \"-",
];

/// Targets of requests, before the id that decides the answer.
const TARGETS: [&str; 14] = [
    "/rest/v1.0/projects/12/rfis/",
    "/rest/v1.0/projects/a%20b/rfis/7",
    "/rest/v1.0/projects/%E6%97%A5%E6%9C%AC/rfis/a%2Fb-",
    "/rest/v1.0//projects//7/rfis/",
    "/rest/v1.0/projects/12/files/plan.pdf",
    "/rest/v1.0/projects/12/files/a%2Fb%22.pdf?v=",
    "/rest/v1.0/companies?per_page=",
    "/rest/v1.0/companies/",
    "/rest/v1.0/hooks",
    "/rest/v1.0/hooks?q=\"\\x22%20%zz&r=a#",
    "/rest/v1.0/unknown/caf%C3%A9/",
    "/rest/v1.0/unknown/caf\u{e9}\"'/x-",
    "/rest/v1.0/unknown/%FF%FE/%0A%1B/",
    "/",
];

/// A few hundred requests, no two of the same kind.
pub(super) fn several_hundred() -> Vec<Request> {
    (0..420).map(request).collect()
}

fn request(number: usize) -> Request {
    let target = TARGETS[number % TARGETS.len()];
    let status = [200, 401, 200, 403, 404, 200, 429, 200, 200][number % 9];
    let takes_id = target.ends_with(['/', '-', '7']) && target != "/" && !target.contains("companies/");
    let status = if takes_id { status } else { 200 };
    let id = if takes_id { (number % 5 * 1_000 + usize::from(status)).to_string() } else { String::new() };
    Request {
        method: METHODS[number / 2 % METHODS.len()],
        target: format!("{target}{id}"),
        status,
        caller: CALLERS[number / 3 % CALLERS.len()],
        company: COMPANIES[number / 4 % COMPANIES.len()],
        agent: AGENTS[number / 5 % AGENTS.len()],
    }
}

impl Request {
    pub(super) fn headers(&self) -> Vec<(&str, &str)> {
        let mut headers = vec![("User-Agent", self.agent), ("Referer", "https://a/\"b\"?\\")];
        match self.caller {
            Caller::Header(app) => headers.push(("X-App-Id", app)),
            Caller::User(_, credentials) => headers.push(("Authorization", credentials)),
            Caller::Nobody => {}
        }
        headers.extend(self.company.map(|company| ("Procore-Company-Id", company)));
        headers
    }

    pub(super) fn body(&self) -> &'static [u8] {
        if matches!(self.method, "POST" | "PUT") { b"{\"a\":1}" } else { b"" }
    }

    /// The call that nginx is to log, as one line of the `steadfast` format.
    pub(super) fn line(&self, time: i64) -> String {
        let app = match self.caller {
            Caller::Header(app) | Caller::User(app, _) => Some(app),
            Caller::Nobody => None,
        };
        let record = json!({
            "time": time,
            "app": app,
            "method": self.method,
            "path": self.target,
            "status": self.status,
            "company_header": self.company,
        });
        format!("{record}\n")
    }
}
