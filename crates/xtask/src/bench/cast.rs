//! The people of a whole platform: an operator, the owner of five apps, the owner of three hundred, and others who
//! only have accounts. Made as people are, through the portal, and kept beside the data with their sessions.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::http::Answer;
use super::person::Person;
use super::server::Server;
use crate::shell::{Failure, io_failure};

/// How many apps the owner of many has.
const MANY: u64 = 300;
/// How many claims and accounts are made between two starts of the server: it lets one person make ten claims in an
/// hour, and remembers that until it ends.
const CLAIMS_AT_ONCE: usize = 10;
const ACCOUNTS_AT_ONCE: usize = 8;
/// How many versions the busiest app has.
const VERSIONS: u64 = 20;

/// The busiest app, which has versions, secrets and collaborators too.
pub(super) const BUSIEST: &str = "app-1000";

/// Who looks at a page.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Operator,
    /// Owns five apps, the busiest among them.
    OwnerOfFive,
    OwnerOfMany,
}

/// The people, signed in.
pub(super) struct Cast {
    /// In the order of [`Who`].
    cookies: [String; 3],
}

impl Cast {
    /// The header that shows who asks.
    pub(super) fn header(&self, who: Who) -> String {
        self.cookies[who as usize].clone()
    }

    /// Those that were made before, if the file is there.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let text = fs::read_to_string(file).ok()?;
        let cookies: Vec<String> = text.lines().map(str::to_owned).collect();
        Some(Self { cookies: cookies.try_into().ok()? })
    }

    /// Makes them. `start` starts a server on the data, which sends its mails into the folder `mails`.
    pub(super) fn make(start: impl Fn() -> Result<Server, Failure>, mails: &Path) -> Result<Self, Failure> {
        let server = start()?;
        let operator = Person::first_operator(&server)?;
        let five = Person::sign_up(&server, "Fiona Few", mails)?;
        let many = Person::sign_up(&server, "Magnus Many", mails)?;
        let few: Vec<String> = [1_000, 1_001, 1_100, 2_000, 4_000].map(app).into();
        claim(&server, &five, &few)?;
        confirm_all(&server, &operator)?;
        furnish(&server, &five)?;
        drop(server);

        let apps: Vec<String> = (0..MANY).map(|place| app(1_002 + place * 13)).collect();
        for (round, apps) in apps.chunks(CLAIMS_AT_ONCE).enumerate() {
            let server = start()?;
            claim(&server, &many, apps)?;
            confirm_all(&server, &operator)?;
            for place in 0..ACCOUNTS_AT_ONCE {
                Person::ask_for_account(&server, &format!("Pat Number {}", round * ACCOUNTS_AT_ONCE + place))?;
            }
        }
        Ok(Self { cookies: [operator.cookie, five.cookie, many.cookie] })
    }

    /// Keeps them for the next run.
    pub(super) fn write(&self, file: &Path) -> Result<(), Failure> {
        fs::write(file, self.cookies.join("\n")).map_err(|error| io_failure("write", file, &error))
    }
}

fn app(number: u64) -> String {
    format!("app-{number}")
}

fn claim(server: &Server, by: &Person, apps: &[String]) -> Result<(), Failure> {
    for app in apps {
        let claim = json!({"app": app, "evidence": "our own client id; see the mail of last week"});
        by.send(server, "POST", "/api/v1/claims", &claim, &[])?;
    }
    Ok(())
}

fn confirm_all(server: &Server, operator: &Person) -> Result<(), Failure> {
    let open = operator.send(server, "GET", "/api/v1/platform/claims", &Value::Null, &[])?;
    for claim in open["items"].as_array().into_iter().flatten() {
        let path = format!("/api/v1/platform/claims/{}/decision", claim["id"].as_str().unwrap_or_default());
        operator.send(server, "POST", &path, &json!({"decision": "confirmed"}), &[])?;
    }
    Ok(())
}

/// Gives the busiest app versions, a secret and invitations.
fn furnish(server: &Server, owner: &Person) -> Result<(), Failure> {
    let at = |rest: &str| format!("/api/v1/apps/{BUSIEST}/{rest}");
    for number in 1..=VERSIONS {
        let draft = owner.send(server, "GET", &at("draft"), &Value::Null, &[])?;
        let based_on = format!("If-Match: \"{}\"", draft["revision"]);
        let saved = owner.send(server, "PUT", &at("draft"), &manifest(number), &[&based_on])?;
        let version = json!({"number": format!("{number}.0.0"), "revision": saved["revision"]});
        owner.send(server, "POST", &at("versions"), &version, &[])?;
    }
    owner.send(server, "POST", &at("credentials/sandbox/secrets"), &json!({}), &[])?;
    for number in 1..=10 {
        let invitation = json!({"email": format!("colleague{number}@people.example"), "role": "developer"});
        owner.send(server, "POST", &at("invitations"), &invitation, &[])?;
    }
    Ok(())
}

/// A manifest that is another one for each number.
fn manifest(number: u64) -> Value {
    json!({
        "schema_version": "1.0",
        "data_connection": {},
        "sidepanel": {
            "source_url": format!("https://{{{{company.id}}}}.roof.example.com/panel{number}/{{{{project.id}}}}"),
            "description": format!("Roof areas, edition {number}"),
            "views": ["rfi.detail"],
        },
    })
}

/// Whether the sessions of the cast are still good.
pub(super) fn is_good(server: &Server, cast: &Cast) -> bool {
    let answers = |cookie: &String| server.send("GET", "/account", std::slice::from_ref(cookie), &[]);
    cast.cookies.iter().all(|cookie| matches!(answers(cookie), Ok(Answer { status: 200, .. })))
}
