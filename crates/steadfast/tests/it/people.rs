//! A portal and its people, who come in as people do: by links of mails, and by the one that the program prints.

use std::time::Duration;

use testkit::client::Client;
use testkit::http::Response;
use testkit::mail::{Outbox, outbox};
use testkit::program::{Program, Server};

use crate::cast::program;

/// Everybody's password, unless it is said otherwise.
pub(crate) const PASSWORD: &str = "seven brown kettles sing";

/// The address of the first operator.
pub(crate) const OPERATOR: &str = "olga@platform.example";

/// The password of everybody in the demonstration.
pub(crate) const DEMO_PASSWORD: &str = "steadfast demonstration";

/// The operator of the demonstration.
pub(crate) const DEMO_OPERATOR: &str = "olive@plotline.example";

/// All scopes of a personal token.
pub(crate) const SCOPES: [&str; 8] = [
    "apps:read",
    "apps:write",
    "credentials:write",
    "people:read",
    "people:write",
    "platform:read",
    "platform:write",
    "calls:write",
];

/// A portal that nobody has used yet, with a data directory and a folder of mails of its own.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) server: Server,
    pub(crate) mails: Outbox,
    pub(crate) program: Program,
    /// The link that makes the first operator.
    pub(crate) first_link: String,
}

impl Portal {
    /// With the usual configuration.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// With this configuration.
    pub(crate) fn start_with(configuration: &str) -> Self {
        let program = program();
        program.write("steadfast.toml", configuration);
        Self::start_on(program)
    }

    /// With what a program's directory holds already.
    pub(crate) fn start_on(program: Program) -> Self {
        let mut server = program.serve(&["serve", "--listen", "127.0.0.1:0"]);
        let link = |line: &str| line.contains("/first-operator?token=").then(|| line.trim().to_owned());
        let first_link = server.running().find(Duration::from_secs(30), link).unwrap();
        let mails = outbox(program.directory().join("data.mail"));
        Self { server, mails, program, first_link }
    }

    /// Makes the first operator, who is signed in then.
    pub(crate) fn operator(&self) -> Client {
        let mut client = self.server.client();
        let path = client.path_of(&self.first_link);
        let fields =
            [("name", "Olga Operator"), ("email", OPERATOR), ("password", PASSWORD), ("organisation", "The platform")];
        client.fill_in(&path, &fields).expect(200);
        client
    }

    /// Somebody signs up and follows the link of the mail: signed in then.
    pub(crate) fn person(&self, name: &str, email: &str) -> Client {
        let mut client = self.server.client();
        let fields = [("name", name), ("email", email), ("password", PASSWORD)];
        client.fill_in("/sign-up", &fields).expect(200);
        let path = client.path_of(&self.mails.next_to(email).link());
        client.fill_in(&path, &[]).expect(200);
        assert!(client.cookie("steadfast_session").is_some(), "{name} is not signed in");
        client
    }
}

/// Signs somebody in.
pub(crate) fn sign_in(server: &Server, email: &str, password: &str) -> Client {
    let mut client = server.client();
    client.fill_in("/sign-in", &[("email", email), ("password", password)]).expect(200);
    assert!(client.cookie("steadfast_session").is_some(), "{email} is not signed in");
    client
}

/// Makes a personal token in the portal and reads it off the page that shows it once.
pub(crate) fn token(client: &mut Client, scopes: &[&str]) -> String {
    let fields: Vec<(&str, &str)> =
        std::iter::once(("name", "tests")).chain(scopes.iter().map(|scope| ("scopes", *scope))).collect();
    let token = shown(&client.fill_in("/account/tokens/new", &fields).expect(200), "token");
    assert!(token.starts_with("stf_p_"), "{token}");
    token
}

/// The text of the element with an id, in an answer's page.
pub(crate) fn shown(page: &Response, id: &str) -> String {
    let text = page.text();
    let rest = text.split_once(&format!("id=\"{id}\"")).and_then(|(_, rest)| rest.split_once('>'));
    let (_, rest) = rest.unwrap_or_else(|| panic!("no `{id}` on the page: {text}"));
    testkit::html::unescape(rest.split('<').next().unwrap().trim())
}

/// Makes an app in the organisation of a person and returns its id.
pub(crate) fn app(client: &mut Client, name: &str) -> String {
    let page = client.fill_in("/new-app", &[("name", name)]).expect(200);
    shown(&page, "app-id")
}

/// The code that an authenticator app with this secret, written in base32, shows now.
pub(crate) fn code(text: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        bits = bits << 5 & 0x1fff | u32::try_from(LETTERS.find(letter).unwrap()).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    let now = model::UnixMillis(crate::cast::now().as_millisecond());
    secrets::TotpSecret::from_bytes(&bytes).unwrap().code_at(now)
}
