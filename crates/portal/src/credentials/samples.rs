//! The sample pages of credentials.

use model::{ClientId, ClientSecret, Credential, Environment, SecretId, UnixMillis};
use secrets::SecretKind;
use service::{Flaw, MadeSecret};

use super::pages::{render, render_made};
use super::view::{CredentialsView, Known, MadeView, Tried};
use crate::components::samples::{app, setting};

/// When the samples are seen.
const NOW: UnixMillis = UnixMillis(1_795_182_312_000);
const DAY: i64 = 86_400_000;

/// Randomness of which samples need none.
struct Same;

impl model::Random for Same {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0x5a);
    }
}

fn secret(byte: u8, days_ago: i64, expires_at: Option<UnixMillis>) -> ClientSecret {
    ClientSecret {
        id: SecretId::from_bytes([byte; 16]),
        digest: [byte; 32],
        hint: format!("stf_cs_{byte}f…9xYz"),
        created_at: NOW.plus_millis(-days_ago * DAY),
        expires_at,
    }
}

fn credential(environment: Environment, secrets: Vec<ClientSecret>, uris: &[&str]) -> Credential {
    Credential {
        app: app().id,
        environment,
        client_id: ClientId::from_bytes([0x2c; 16]),
        redirect_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(),
        created_at: NOW.plus_millis(-40 * DAY),
        secrets,
    }
}

/// The sample pages.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let (setting, app) = (setting(), app());
    let place = (setting, &app, NOW);
    let known = |environment, credential: Option<Credential>, obstacle| Known {
        environment,
        credential,
        obstacle,
        is_visible: true,
    };
    let rotating = credential(
        Environment::Production,
        vec![secret(3, 40, Some(NOW.plus_millis(DAY))), secret(4, 0, None)],
        &[
            "https://app.sitecam.example.com/callback",
            "https://app.sitecam.example.com/callback/a/very/long/path/that/has/no/end/at/all?with=query",
        ],
    );
    let sandbox = credential(Environment::Sandbox, vec![secret(1, 30, None)], &["http://localhost:3000/callback"]);
    let both = [
        known(Environment::Sandbox, Some(sandbox.clone()), None),
        known(Environment::Production, Some(rotating.clone()), None),
    ];
    let obstacle = "save a version with a data connection first; only that needs credentials";
    let none =
        [known(Environment::Sandbox, None, Some(obstacle)), known(Environment::Production, None, Some(obstacle))];
    let first = [
        known(Environment::Sandbox, None, None),
        known(Environment::Production, None, Some("promote a version with a data connection first")),
    ];
    let wrong = Tried {
        environment: Some(Environment::Sandbox),
        uris: Some("http://a.example.com/\n<script>alert(1)</script>\"'".to_owned()),
        flaws: vec![
            Flaw::new("redirect_uris", "line 1, `http://a.example.com/`: use `https://`"),
            Flaw::new("redirect_uris", "line 2, `<script>alert(1)</script>\"'`: write an absolute URL"),
        ],
    };
    let page = |known: &[Known], tried: &Tried, may: bool| {
        render(&CredentialsView::new(place, known, tried, may, None)).unwrap()
    };
    let made = MadeSecret {
        client_id: ClientId::from_bytes([0x2c; 16]),
        id: SecretId::from_bytes([4; 16]),
        secret: Some(secrets::generate(SecretKind::ClientSecret, &Same)),
    };
    let made = MadeView::new((setting, &app), Environment::Production, &made, Some(&rotating)).unwrap();
    vec![
        ("credentials.html", page(&both, &Tried::default(), true)),
        ("credentials-read.html", page(&both, &Tried::default(), false)),
        ("credentials-none.html", page(&none, &Tried::default(), true)),
        ("credentials-first.html", page(&first, &Tried::default(), true)),
        ("credentials-wrong.html", page(&both, &wrong, true)),
        ("credentials-made.html", render_made(&made).unwrap()),
    ]
}
