//! People's accounts: signing up and in, second factor, forgotten passwords, tokens, the first operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use mail::{Message, Outbox};
use model::{Clock, Doer, Email, MemberRole, Person, PlatformRole, Scope, Session, UnixMillis};
use secrets::{Parameters, Passwords, TotpSecret};
use service::{
    AtProvider, CodeAnswer, Error, NewPerson, NewToken, Once, Opened, Refusal, Reset, SignIn, SignUp, Steadfast,
    TokenRefusal, Visit,
};
use store::{AuditQuery, Edit};

use crate::installation::{Installation, NOW};

mod codes;
mod doors;
mod provider;
mod tokens;

const PASSWORD: &str = "nine tall herons wade";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A clock that stands still until somebody moves it.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::Relaxed))
    }
}

/// An installation whose mails can be read and whose clock can be moved.
struct House {
    installation: Installation,
    outbox: Arc<Outbox>,
    clock: Arc<Hands>,
}

impl House {
    fn new() -> Self {
        let mut installation = Installation::new();
        let (outbox, clock) = (Arc::new(Outbox::default()), Arc::new(Hands(AtomicI64::new(NOW))));
        installation.steadfast.clock = clock.clone();
        installation.steadfast.accounts.mailer = outbox.clone();
        Self { installation, outbox, clock }
    }

    fn for_invited() -> Self {
        let mut house = Self::new();
        house.installation.steadfast.accounts.sign_up = SignUp::Invited;
        house
    }

    fn steadfast(&self) -> &Steadfast {
        &self.installation.steadfast
    }

    fn wait(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::Relaxed);
    }

    /// The mails so far, once those on their way have arrived.
    async fn mails(&self) -> Vec<Message> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        self.outbox.messages()
    }

    async fn last_mail(&self, to: &str) -> Message {
        let mails = self.mails().await;
        mails.into_iter().rev().find(|mail| mail.to.email == to).unwrap_or_else(|| panic!("no mail to {to}"))
    }

    /// What the link in the last mail to somebody carries.
    async fn link(&self, to: &str, page: &str) -> String {
        let mail = self.last_mail(to).await;
        let start = format!("http://localhost:8080{page}?token=");
        let line = mail.text.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned);
        line.unwrap_or_else(|| panic!("no link to {page} in: {}", mail.text))
    }

    async fn sign_up(&self, email: &str) {
        self.steadfast().sign_up(&new(email), &visit()).await.unwrap();
    }

    /// A person with a verified address and a session.
    async fn person(&self, name: &str) -> Opened {
        let email = format!("{name}@example.com");
        self.sign_up(&email).await;
        let link = self.link(&email, "/verify").await;
        self.steadfast().verify(&link, &visit()).await.unwrap()
    }

    async fn session(&self, opened: &Opened) -> Option<(Session, Person)> {
        self.steadfast().session_of(opened.cookie.reveal()).await.unwrap()
    }

    async fn sign_in(&self, email: &str, password: &str) -> SignIn {
        self.steadfast().sign_in(email, password, &visit()).await.unwrap()
    }

    async fn actions(&self) -> Vec<String> {
        let query = AuditQuery { limit: 1000, ..AuditQuery::default() };
        self.steadfast().store.audit(&query).await.unwrap().into_iter().map(|entry| entry.action).collect()
    }

    async fn by_email(&self, email: &str) -> Option<Person> {
        let email: Email = email.parse().unwrap();
        self.steadfast().store.person_by_email(&email).await.unwrap()
    }
}

fn new(email: &str) -> NewPerson {
    NewPerson {
        name: "Anna Lund".to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        ..NewPerson::default()
    }
}

fn visit() -> Visit {
    Visit { user_agent: "Test".to_owned(), address: "192.0.2.1".to_owned(), session: None }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?} is no refusal"),
    }
}

fn opened(outcome: SignIn) -> Opened {
    match outcome {
        SignIn::Opened(opened) => opened,
        other => panic!("{other:?}"),
    }
}
