//! The pages of accounts with and without something on them, for looking and for what every page holds to.

use access::{Actor, Proof};
use model::{ApiToken, Person, PersonId, PlatformRole, Scope, Session, SessionId, TokenId, TokenOwner, UnixMillis};
use secrets::{QrPicture, SecretKind, TotpSecret};
use service::{Flaw, NewPerson, NewToken, SecondFactorSetup, Security, Steadfast, WaysToProve};

use super::account::{self, ConfirmView, chrome, side};
use super::door::{self, DoorView, code, password as password_line};
use super::moments::Moment;
use super::second_factor::{self, CodesView, SetupView};
use super::security::{self, SecurityView};
use super::sessions::{self, SessionsView};
use super::tokens::{self, MadeTokenView, NewTokenView, TokensView};
use super::{first_operator, password, prove, sign_in, sign_up};
use crate::Portal;
use crate::access::{BySession, Caller};
use crate::testing::TestPortal;
use crate::urls;

const HOSTILE: &str = "<script>alert(\"1\")</script> & averyveryverylongnamewithoutanyspaceswhatsoeverthatmustwrap";

fn session(number: u8, now: UnixMillis, user_agent: &str) -> Session {
    let used = now.plus_millis(-i64::from(number) * 5_000_000);
    Session {
        id: SessionId::from_bytes([number; 16]),
        person: PersonId::from_bytes([1; 16]),
        digest: [number; 32],
        user_agent: user_agent.to_owned(),
        address: if number == 1 { "192.0.2.17".to_owned() } else { "2001:db8:85a3::8a2e:370:7334".to_owned() },
        created_at: used.plus_millis(-86_400_000),
        last_used_at: used,
        proven_at: used,
        expires_at: now.plus_millis(86_400_000),
    }
}

fn anna(portal: &Portal, name: &str, role: Option<PlatformRole>) -> BySession {
    let now = portal.steadfast.clock.now();
    let person = Person {
        id: PersonId::from_bytes([1; 16]),
        email: "anna.lund@example.com".parse().unwrap(),
        name: name.to_owned(),
        platform_role: role,
        verified_at: Some(now),
        disabled_at: None,
        created_at: now,
    };
    let session = session(1, now, "Firefox/140.0 (Windows)");
    let proof = Proof::Session(session.id);
    let caller = Caller {
        actor: Actor::Person { id: person.id, platform_role: role, proof },
        person: Some(person.clone()),
        session: Some(session.clone()),
        csrf: "0123456789abcdef".to_owned(),
        ..Caller::stranger()
    };
    BySession { caller, person, session }
}

fn token(number: u8, now: UnixMillis, name: &str, days: i64) -> ApiToken {
    let owner = PersonId::from_bytes([1; 16]);
    ApiToken {
        id: TokenId::from_bytes([number; 16]),
        owner: TokenOwner::Person(owner),
        created_by: owner,
        name: name.to_owned(),
        digest: [number; 32],
        hint: "stf_p_a1…9xYz".to_owned(),
        scopes: Scope::ALL.iter().copied().take(usize::from(number)).collect(),
        created_at: now,
        expires_at: now.plus_millis(days * 86_400_000),
        last_used_at: (number > 1).then_some(now),
        revoked_at: None,
    }
}

/// The pages by file name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let test = TestPortal::empty();
    let portal = test.portal();
    let mut pages = doors(&portal);
    pages.extend(own(&portal));
    pages
}

fn doors(portal: &Portal) -> Vec<(&'static str, String)> {
    let caller = Caller { csrf: "0123456789abcdef".to_owned(), ..Caller::stranger() };
    let page = |view: &DoorView| door::render(view).unwrap();
    let new = NewPerson { name: HOSTILE.to_owned(), email: "anna".to_owned(), ..NewPerson::default() };
    let flaws = || vec![Flaw::new("email", "write an e-mail address"), Flaw::new("password", "write a longer one")];
    let mut sign_in_page = sign_in::form_page(portal, &caller, "anna@example.com", "/rules", vec![Flaw::new("", "no")]);
    sign_in_page.providers = vec![("Acme".to_owned(), urls::sign_in_with("acme", None))];
    vec![
        ("sign-up.html", page(&sign_up::form_page(portal, &caller, &NewPerson::default(), "", Vec::new()))),
        ("sign-up-flaws.html", page(&sign_up::form_page(portal, &caller, &new, "/invitations/x", flaws()))),
        ("sign-up-sent.html", page(&sign_up::mail_sent(portal, &caller, "anna.lund@example.com"))),
        ("sign-link.html", page(&sign_up::bad_link(portal, &caller))),
        ("sign-in.html", page(&sign_in::form_page(portal, &caller, "", "", Vec::new()))),
        ("sign-in-no.html", page(&sign_in_page)),
        ("sign-in-code.html", page(&sign_in::code_page(portal, &caller, "abc", "", Vec::new()))),
        ("sign-reset.html", page(&password::reset_page(portal, &caller, "anna@example.com", "abc", flaws()))),
        (
            "sign-operator.html",
            page(&first_operator::form_page(portal, &caller, &NewPerson::default(), "abc", Vec::new())),
        ),
    ]
}

fn own(portal: &Portal) -> Vec<(&'static str, String)> {
    let by = anna(portal, "Anna Lund", None);
    let hostile = anna(portal, HOSTILE, Some(PlatformRole::Operator));
    let chrome = || chrome(portal, &by.caller);
    let (now, zone) = (portal.steadfast.clock.now(), &portal.steadfast.platform.zone);
    let random = &*portal.steadfast.random;
    let secret = TotpSecret::generate(random);
    let setup = SecondFactorSetup {
        text: secret.text(),
        picture: QrPicture::of(&secret.uri("Keystone developer portal", "anna.lund@example.com")).ok(),
        sealed: "c2VhbGVk".to_owned(),
    };
    let security = |on: bool| Security {
        password: true,
        second_factor: on.then_some(now),
        recovery_codes: if on { 2 } else { 0 },
        providers: if on { vec!["https://id.example.com/realms/staff".to_owned()] } else { Vec::new() },
    };
    let sessions = [
        session(1, now, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"),
        session(2, now, "Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1"),
        session(200, now, HOSTILE),
    ];
    let tokens = vec![token(1, now, "ci", 30), token(5, now, HOSTILE, 365), token(2, now, "old", -1)];
    let wrong = NewToken { name: HOSTILE.to_owned(), scopes: vec!["apps:read".to_owned()], days: 30 };
    let wrong_flaws = vec![Flaw::new("scopes", "choose at least one scope"), Flaw::new("name", "write a name")];
    let ways = WaysToProve { password: true, code: true };
    let scopes = Steadfast::scopes_for(&by.person);
    let made = MadeTokenView {
        chrome: chrome(),
        side: side(urls::TOKENS),
        secret: secrets::generate(SecretKind::PersonalToken, random),
        name: "ci".to_owned(),
        scopes: vec![Scope::AppsRead, Scope::AppsWrite],
        expires: Moment::new(now.plus_millis(90 * 86_400_000), now, zone),
    };
    let confirm = ConfirmView {
        chrome: chrome(),
        side: side(urls::SECURITY),
        title: "Switch off the second factor".to_owned(),
        lead: vec!["From then on your password alone signs in.".to_owned()],
        action: urls::SECOND_FACTOR_OFF.to_owned(),
        inputs: vec![password_line(), code("")],
        button: "Switch off",
        is_danger: true,
        back: urls::SECURITY.to_owned(),
        ..ConfirmView::default()
    };
    let of = |sessions: &[Session]| SessionsView::new(chrome(), sessions, by.session.id, now, zone);
    let new_token = NewToken { days: 90, ..NewToken::default() };
    vec![
        ("account.html", account::render(&account::view(portal, &by, "Anna Lund", Vec::new())).unwrap()),
        ("account-hostile.html", account::render(&account::view(portal, &hostile, HOSTILE, Vec::new())).unwrap()),
        (
            "account-security.html",
            security::render(&SecurityView::new(portal, &by, security(false), Vec::new())).unwrap(),
        ),
        (
            "account-security-on.html",
            security::render(&SecurityView::new(portal, &by, security(true), Vec::new())).unwrap(),
        ),
        ("account-factor.html", second_factor::render(&SetupView::new(chrome(), setup, Vec::new())).unwrap()),
        (
            "account-codes.html",
            second_factor::render_codes(&CodesView::new(chrome(), secrets::recovery_codes(random))).unwrap(),
        ),
        ("account-confirm.html", account::render_confirm(&confirm).unwrap()),
        ("account-sessions.html", sessions::render(&of(&sessions)).unwrap()),
        ("account-session.html", sessions::render(&of(&sessions[..1])).unwrap()),
        ("account-tokens.html", tokens::render(&TokensView::new(chrome(), tokens, now, zone)).unwrap()),
        ("account-tokens-none.html", tokens::render(&TokensView::new(chrome(), Vec::new(), now, zone)).unwrap()),
        (
            "account-token-new.html",
            tokens::render_new(&NewTokenView::new(chrome(), &scopes, &new_token, Vec::new())).unwrap(),
        ),
        (
            "account-token-flaws.html",
            tokens::render_new(&NewTokenView::new(chrome(), &Scope::ALL, &wrong, wrong_flaws)).unwrap(),
        ),
        ("account-token-made.html", tokens::render_made(&made).unwrap()),
        ("account-prove.html", door::render(&prove::form_page(portal, &by, ways, "/", Vec::new())).unwrap()),
    ]
}
