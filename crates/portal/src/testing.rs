//! The cast of the portal's tests: an installation over a real store, with a clock that can be moved, people who are signed in, and
//! programs with tokens.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use mail::Outbox;
use model::{
    ApiToken, App, AppId, AppRole, Clock, Collaborator, Component, Counts, Day, Distribution, Environment, Member,
    MemberRole, Organisation, OrganisationId, Person, PersonId, PlatformRole, PlatformZone, Random, Registration,
    RouteKey, Scope, Session, SessionId, TokenId, TokenOwner, UnixMillis,
};
use secrets::{CsrfKey, Parameters, Passwords, SealKey, SecretKind};
use serde_json::Value;
use service::{
    Accounts, Batches, BoardCache, Doors, NewSourceToken, OverviewCache, Platform, RejectsFile, SignUp, SourceBook,
    Steadfast, SurfaceCache,
};
use store::sqlite::SqliteStore;
use store::{Edit, IngestCommit, TallyDelta};
use tower::ServiceExt as _;

use crate::{Portal, Site, router};

/// Where the portal of the tests is found.
pub(crate) const PUBLIC_URL: &str = "http://localhost:8080";

const TODAY: &str = "2026-11-20";
const DAY_MILLIS: i64 = 86_400_000;

/// The day on which the tests begin.
pub(crate) fn today() -> Day {
    TODAY.parse().unwrap()
}

/// A clock that stands still until somebody moves it.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::Relaxed))
    }
}

/// Bytes from a counter: different at every call, the same in every run.
struct TestRandom(AtomicU64);

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A portal over an installation of its own.
pub(crate) struct TestPortal {
    pub(crate) steadfast: Steadfast,
    /// The mails that were sent.
    pub(crate) outbox: Arc<Outbox>,
    clock: Arc<TestClock>,
    service: OnceLock<Router>,
    _data: tempfile::TempDir,
}

/// An answer of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is no JSON: {}", self.status, self.body))
    }

    /// The token that the forms of the page carry.
    pub(crate) fn csrf(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

/// Who asks: a stranger, somebody in their browser, or a program with a token.
pub(crate) trait Asks {
    /// A request with what proves who asks.
    fn sign(&self, request: Builder) -> Builder;

    /// What forms have to carry.
    fn csrf(&self) -> String {
        String::new()
    }
}

/// Nobody known.
pub(crate) struct Stranger;

impl Asks for Stranger {
    fn sign(&self, request: Builder) -> Builder {
        request
    }
}

/// A person with an account, signed in.
#[derive(Clone, Debug)]
pub(crate) struct TestPerson {
    pub(crate) person: Person,
    /// The value of the session's cookie.
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl TestPerson {
    pub(crate) fn id(&self) -> PersonId {
        self.person.id
    }

    pub(crate) fn email(&self) -> &str {
        self.person.email.as_str()
    }
}

impl Asks for TestPerson {
    fn sign(&self, request: Builder) -> Builder {
        request.header("cookie", format!("steadfast_session={}", self.cookie)).header("x-csrf-token", &self.csrf)
    }

    fn csrf(&self) -> String {
        self.csrf.clone()
    }
}

/// A program with a token.
#[derive(Clone, Debug)]
pub(crate) struct TestToken {
    /// The token itself.
    pub(crate) text: String,
}

impl Asks for TestToken {
    fn sign(&self, request: Builder) -> Builder {
        request.header("authorization", format!("Bearer {}", self.text))
    }
}

impl TestPortal {
    /// A portal where nobody is and nothing was counted.
    pub(crate) fn empty() -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(i64::from(today().epoch_days()) * DAY_MILLIS + 1000)));
        let outbox = Arc::new(Outbox::default());
        let steadfast = Steadfast {
            platform: Platform {
                name: "Keystone <Build>".to_owned(),
                zone: PlatformZone::utc(),
                company_header: "Procore-Company-Id".to_owned(),
                company_header_exceptions: Vec::new(),
                manifest_rules: Arc::default(),
            },
            rules: health::Rules::default(),
            retention_days: 400,
            store: Arc::new(SqliteStore::open(&data.path().join("steadfast.sqlite")).unwrap()),
            rejects: RejectsFile::within(data.path()),
            clock: clock.clone(),
            random: Arc::new(TestRandom(AtomicU64::new(1))),
            surfaces: SurfaceCache::default(),
            overviews: OverviewCache::default(),
            boards: BoardCache::default(),
            batches: Batches::default(),
            source_book: SourceBook::default(),
            accounts: Accounts {
                public_url: PUBLIC_URL.to_owned(),
                sign_up: SignUp::Open,
                passwords: Passwords::new(Parameters::WEAK).unwrap(),
                seal_key: SealKey::from_bytes([1; 32]),
                csrf_key: CsrfKey::from_bytes([2; 32]),
                doors: Doors::default(),
                mailer: outbox.clone(),
            },
        };
        Self { steadfast, outbox, clock, service: OnceLock::new(), _data: data }
    }

    /// With a discovered app that had `calls` calls a day with status 403 for the last three days.
    pub(crate) async fn with_refusals(app: &str, calls: u64) -> Self {
        let portal = Self::empty();
        portal.refusals(app, calls).await;
        portal
    }

    /// Counts `calls` calls a day with status 403 of an app, for the last three days.
    pub(crate) async fn refusals(&self, app: &str, calls: u64) {
        self.counts(app, false, "/a/<b>/:id", 403, calls).await;
    }

    /// Counts `calls` calls a day of an app to a route, for the last three days.
    pub(crate) async fn counts(&self, app: &str, documented: bool, route: &str, status: u16, calls: u64) {
        let tally = |days_ago: i32| TallyDelta {
            app: 0,
            environment: Environment::Production,
            day: today().plus(-days_ago),
            route: 0,
            method: 0,
            status,
            counts: Counts { calls, ..Counts::default() },
        };
        let commit = IngestCommit {
            apps: vec![app.parse().unwrap()],
            routes: vec![RouteKey { documented, text: route.to_owned() }],
            methods: vec!["GET".to_owned()],
            tallies: (1..=3).map(tally).collect(),
            ..IngestCommit::empty(self.now())
        };
        self.steadfast.store.commit_ingest(commit).await.unwrap();
        self.steadfast.judge().await.unwrap();
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// Moves the clock on.
    pub(crate) fn wait(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::Relaxed);
    }

    /// Moves the clock on by whole days.
    pub(crate) fn wait_days(&self, days: i64) {
        self.wait(days * DAY_MILLIS);
    }

    /// Changes the registry by hand.
    pub(crate) async fn db_change(&self, edits: Vec<Edit>) {
        self.steadfast.store.change(edits).await.unwrap();
    }

    fn random(&self) -> &dyn Random {
        &*self.steadfast.random
    }

    /// A person `NAME@example.com` without any role, signed in.
    pub(crate) async fn person(&self, name: &str) -> TestPerson {
        self.person_as(name, None).await
    }

    /// A person with a role on the platform, signed in.
    pub(crate) async fn staff(&self, name: &str, role: PlatformRole) -> TestPerson {
        self.person_as(name, Some(role)).await
    }

    /// An operator, signed in.
    pub(crate) async fn operator(&self) -> TestPerson {
        self.staff("olga", PlatformRole::Operator).await
    }

    async fn person_as(&self, name: &str, platform_role: Option<PlatformRole>) -> TestPerson {
        let now = self.now();
        let person = Person {
            id: PersonId::new(now, self.random()),
            email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")).parse().unwrap(),
            name: name.to_owned(),
            platform_role,
            verified_at: Some(now),
            disabled_at: None,
            created_at: now,
        };
        self.db_change(vec![Edit::AddPerson(person.clone())]).await;
        self.signed_in(person).await
    }

    /// A new session of a person.
    pub(crate) async fn signed_in(&self, person: Person) -> TestPerson {
        let now = self.now();
        let cookie = secrets::random_text(self.random());
        let session = Session {
            id: SessionId::new(now, self.random()),
            person: person.id,
            digest: *cookie.digest().as_bytes(),
            user_agent: "Test".to_owned(),
            address: "127.0.0.1".to_owned(),
            created_at: now,
            last_used_at: now,
            proven_at: now,
            expires_at: now.plus_millis(30 * DAY_MILLIS),
        };
        self.db_change(vec![Edit::AddSession(session.clone())]).await;
        let cookie = cookie.reveal().to_owned();
        let csrf = secrets::csrf_token(&self.steadfast.accounts.csrf_key, &cookie);
        TestPerson { person, cookie, csrf }
    }

    /// An organisation with these members.
    pub(crate) async fn organisation(&self, name: &str, members: &[(&TestPerson, MemberRole)]) -> OrganisationId {
        let now = self.now();
        let id = OrganisationId::new(now, self.random());
        let mut edits = vec![Edit::AddOrganisation(Organisation { id, name: name.to_owned(), created_at: now })];
        edits.extend(members.iter().map(|(person, role)| {
            Edit::AddMember(Member { organisation: id, person: person.id(), role: *role, since: now })
        }));
        self.db_change(edits).await;
        id
    }

    /// A registered app, a Custom data connection, with these collaborators; one of them has to be its owner.
    pub(crate) async fn app(
        &self,
        id: &str,
        organisation: OrganisationId,
        collaborators: &[(&TestPerson, AppRole)],
    ) -> AppId {
        let now = self.now();
        let app: AppId = id.parse().unwrap();
        let owner = collaborators.iter().find(|(_, role)| *role == AppRole::Owner).unwrap().0;
        let known = App {
            id: app.clone(),
            name: format!("{id} app"),
            components: vec![Component::DataConnection],
            distribution: Some(Distribution::Custom),
            discovered: false,
        };
        let registration = Registration {
            app: app.clone(),
            organisation,
            description: String::new(),
            created_at: now,
            created_by: owner.id(),
        };
        let mut edits = vec![Edit::Register(known, registration)];
        edits.extend(collaborators.iter().map(|(person, role)| {
            Edit::AddCollaborator(Collaborator { app: app.clone(), person: person.id(), role: *role, since: now })
        }));
        edits.push(Edit::ExpectOneOwner(app.clone()));
        self.db_change(edits).await;
        app
    }

    /// A token of a person with these scopes.
    pub(crate) async fn token(&self, of: &TestPerson, scopes: &[Scope]) -> TestToken {
        self.token_of(TokenOwner::Person(of.id()), of.id(), scopes).await
    }

    /// A token of an organisation with these scopes.
    pub(crate) async fn organisation_token(
        &self,
        of: OrganisationId,
        made_by: &TestPerson,
        scopes: &[Scope],
    ) -> TestToken {
        self.token_of(TokenOwner::Organisation(of), made_by.id(), scopes).await
    }

    /// A token of a source, limited to these apps and environments; to none where there are none.
    pub(crate) async fn source_token(&self, source: &str, apps: &[&str], environments: &[&str]) -> TestToken {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let new = NewSourceToken {
            source: source.to_owned(),
            apps: texts(apps),
            environments: texts(environments),
            expires: String::new(),
        };
        let made = self.steadfast.make_source_token(None, &new, None).await.unwrap();
        TestToken { text: made.secret.unwrap().reveal().to_owned() }
    }

    async fn token_of(&self, owner: TokenOwner, created_by: PersonId, scopes: &[Scope]) -> TestToken {
        let now = self.now();
        let kind = match owner {
            TokenOwner::Person(_) => SecretKind::PersonalToken,
            TokenOwner::Organisation(_) => SecretKind::OrganisationToken,
        };
        let secret = secrets::generate(kind, self.random());
        let token = ApiToken {
            id: TokenId::new(now, self.random()),
            owner,
            created_by,
            name: "test".to_owned(),
            digest: *secret.digest().as_bytes(),
            hint: secrets::hint(&secret),
            scopes: scopes.to_vec(),
            created_at: now,
            expires_at: now.plus_millis(30 * DAY_MILLIS),
            last_used_at: None,
            revoked_at: None,
        };
        self.db_change(vec![Edit::AddToken(token)]).await;
        TestToken { text: secret.reveal().to_owned() }
    }

    /// The last mail to this address, once it has been sent: mails go out behind the request's back.
    pub(crate) async fn mail_to(&self, email: &str) -> String {
        for _ in 0..1000 {
            if let Some(message) = self.outbox.last_to(email) {
                return message.text;
            }
            tokio::task::yield_now().await;
        }
        panic!("no mail went to {email}");
    }

    /// The portal itself.
    pub(crate) fn portal(&self) -> Portal {
        Portal::new(self.steadfast.clone(), Site::new(PUBLIC_URL, Vec::new()).unwrap())
    }

    /// Sends any request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let service = self.service.get_or_init(|| router(self.portal())).clone();
        let response = service.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 10_000_000).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// A stranger opens a page.
    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.get_as(&Stranger, url).await
    }

    /// Somebody opens a page.
    pub(crate) async fn get_as(&self, who: &impl Asks, url: &str) -> Answer {
        let request = who.sign(Request::get(url).header("host", "localhost:8080"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Somebody sends a form, with the token that forms of their pages carry.
    pub(crate) async fn post_as(&self, who: &impl Asks, url: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &who.csrf()).extend_pairs(fields);
        let request = Request::post(url)
            .header("host", "localhost:8080")
            .header("origin", PUBLIC_URL)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(who.sign(request).body(Body::from(form.finish())).unwrap()).await
    }

    /// A program calls the API, with a JSON body or without.
    pub(crate) async fn api(&self, who: &impl Asks, method: Method, url: &str, body: Option<Value>) -> Answer {
        let request = who.sign(Request::builder().method(method).uri(url).header("host", "localhost:8080"));
        let request = match body {
            Some(json) => request.header("content-type", "application/json").body(Body::from(json.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// A program asks for something to be made, in a request that it may send again.
    pub(crate) async fn post_once(&self, who: &impl Asks, url: &str, key: &str, body: Value) -> Answer {
        let request = who
            .sign(Request::post(url).header("host", "localhost:8080"))
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }
}
