//! Who is told of an app's health, when, and that they are told once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use mail::{MailError, Mailer, Message, Outbox};
use model::{AppId, Counts, Doer, Environment, Person, PersonId, PlatformRole, RouteKey, UnixMillis};
use service::{AlertChanges, AlertChoice, Steadfast};
use store::{Edit, IngestCommit, TallyDelta};

use crate::installation::{Installation, NOW};
use crate::meddler::Meddler;

const DAY: i64 = 86_400_000;

/// A mail server that can be down.
#[derive(Default)]
struct Server {
    outbox: Outbox,
    down: AtomicBool,
}

#[async_trait]
impl Mailer for Server {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        if self.down.load(Ordering::Relaxed) {
            let (host, to) = ("mail.example".to_owned(), message.to.email.clone());
            return Err(MailError::Later { host, to, answer: "450 busy".to_owned() });
        }
        self.outbox.send(message).await
    }
}

struct World {
    installation: Installation,
    server: Arc<Server>,
    app: AppId,
}

impl World {
    async fn new() -> Self {
        let mut installation = Installation::new();
        let server = Arc::new(Server::default());
        installation.steadfast.accounts.mailer = server.clone();
        let world = Self { installation, server, app: "acme/erp".parse().unwrap() };
        for n in 1..=13 {
            world.calls(n, 200, 500).await;
        }
        world
    }

    fn steadfast(&self) -> &Steadfast {
        &self.installation.steadfast
    }

    /// Counts calls, so many days before the present of the tests.
    async fn calls(&self, days_ago: i32, status: u16, calls: u64) {
        let today = Installation::new().steadfast.today();
        let commit = IngestCommit {
            apps: vec![self.app.clone()],
            routes: vec![RouteKey { documented: false, text: "/:other".to_owned() }],
            methods: vec!["OPTIONS".to_owned()],
            tallies: vec![TallyDelta {
                app: 0,
                environment: Environment::Production,
                day: today.plus(-days_ago),
                route: 0,
                method: 0,
                status,
                counts: Counts { calls, ..Counts::default() },
            }],
            ..IngestCommit::empty(UnixMillis(0))
        };
        self.steadfast().store.commit_ingest(commit).await.unwrap();
    }

    /// Somebody of the platform's staff, who sees every app.
    async fn somebody(&self, n: u8) -> PersonId {
        let person = Person {
            id: PersonId::from_bytes([n; 16]),
            email: format!("p{n}@example.com").parse().unwrap(),
            name: format!("Person {n}"),
            platform_role: Some(PlatformRole::Reviewer),
            verified_at: Some(UnixMillis(NOW)),
            disabled_at: None,
            created_at: UnixMillis(NOW),
        };
        self.steadfast().store.change(vec![Edit::AddPerson(person)]).await.unwrap();
        PersonId::from_bytes([n; 16])
    }

    async fn choose(&self, person: PersonId, changes: Option<AlertChanges>, weekly: bool) {
        let choice = AlertChoice { changes, weekly };
        self.steadfast().choose_alerts(&self.app, person, choice, Doer::Person(person)).await.unwrap();
        assert_eq!(self.steadfast().alert_choice(&self.app, person).await.unwrap(), choice);
    }

    /// The time becomes so many days later.
    fn wait_days(&mut self, days: i64) {
        let now = self.steadfast().clock.now();
        self.installation.steadfast.clock = Arc::new(UnixMillis(now.0 + days * DAY));
    }

    async fn tell(&self) -> usize {
        self.steadfast().upkeep().await.unwrap();
        self.server.outbox.messages().len()
    }

    fn last(&self) -> Message {
        self.server.outbox.messages().pop().unwrap()
    }
}

#[tokio::test]
async fn a_change_is_told_once_with_the_reason_and_the_way_to_stop_it() {
    let world = World::new().await;
    let anna = world.somebody(1).await;
    world.choose(anna, Some(AlertChanges::Worse), false).await;
    assert_eq!(world.tell().await, 0);

    world.calls(1, 403, 5_000).await;
    assert_eq!(world.tell().await, 1);
    let mail = world.last();
    assert_eq!(mail.to.email, "p1@example.com");
    assert!(mail.subject.starts_with("acme/erp: Needs Attention"), "{}", mail.subject);
    for part in [
        "Hello Person 1",
        "It was Healthy",
        "403 Forbidden Responses: Needs Attention. Critical on",
        "http://localhost:8080/apps/acme%2Ferp/health",
        "http://localhost:8080/apps/acme%2Ferp/alerts",
    ] {
        assert!(mail.text.contains(part), "{part} is missing in {}", mail.text);
    }
    for _ in 0..3 {
        assert_eq!(world.tell().await, 1);
    }
}

#[tokio::test]
async fn who_wants_to_know_of_worse_alone_is_spared_the_rest() {
    let mut world = World::new().await;
    let (worse, any, none) = (world.somebody(1).await, world.somebody(2).await, world.somebody(3).await);
    world.calls(1, 403, 5_000).await;
    world.choose(worse, Some(AlertChanges::Worse), false).await;
    world.choose(any, Some(AlertChanges::Any), false).await;
    world.choose(none, Some(AlertChanges::Any), false).await;
    world.choose(none, None, false).await;
    world.wait_days(8);
    assert_eq!(world.tell().await, 1);
    assert_eq!(world.last().to.email, "p2@example.com");
    assert!(world.last().subject.contains("Review Recommended"), "{}", world.last().subject);
    // Worse again: both are told, from what each of them knows.
    world.calls(-7, 403, 5_000).await;
    assert_eq!(world.tell().await, 3);
}

#[tokio::test]
async fn what_the_mail_server_does_not_take_now_is_sent_later_and_once() {
    let world = World::new().await;
    let anna = world.somebody(1).await;
    world.choose(anna, Some(AlertChanges::Any), false).await;
    world.calls(1, 403, 5_000).await;
    world.server.down.store(true, Ordering::Relaxed);
    assert_eq!((world.tell().await, world.tell().await), (0, 0));
    world.server.down.store(false, Ordering::Relaxed);
    assert_eq!((world.tell().await, world.tell().await), (1, 1));
}

#[tokio::test]
async fn mail_that_waited_for_days_is_history() {
    let mut world = World::new().await;
    let anna = world.somebody(1).await;
    world.choose(anna, Some(AlertChanges::Worse), false).await;
    world.calls(1, 403, 5_000).await;
    world.server.down.store(true, Ordering::Relaxed);
    world.tell().await;
    world.server.down.store(false, Ordering::Relaxed);
    world.wait_days(4);
    assert_eq!(world.tell().await, 0);
}

#[tokio::test]
async fn who_may_no_longer_see_the_app_is_told_nothing() {
    let world = World::new().await;
    let anna = world.somebody(1).await;
    world.choose(anna, Some(AlertChanges::Any), true).await;
    let mut person = world.steadfast().store.person(anna).await.unwrap().unwrap();
    person.platform_role = None;
    world.steadfast().store.change(vec![Edit::SavePerson(person)]).await.unwrap();
    world.calls(1, 403, 5_000).await;
    assert_eq!(world.tell().await, 0);
    assert!(world.steadfast().store.due_alerts(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_week_is_told_on_monday_once() {
    // The present is a Friday.
    let mut world = World::new().await;
    let anna = world.somebody(1).await;
    world.choose(anna, None, true).await;
    world.wait_days(2);
    assert_eq!(world.tell().await, 0);
    world.wait_days(1);
    assert_eq!((world.tell().await, world.tell().await), (1, 1));
    let mail = world.last();
    assert!(mail.subject.starts_with("acme/erp: the week, Healthy"), "{}", mail.subject);
    assert!(
        mail.text.contains("Production calls on the last 7 days: 2000. On the 7 days before: 3500."),
        "{}",
        mail.text
    );
    world.wait_days(6);
    assert_eq!(world.tell().await, 1);
    world.wait_days(1);
    assert_eq!(world.tell().await, 2);
}

#[tokio::test]
async fn a_mail_about_incomplete_days_says_so() {
    let mut world = World::new().await;
    let reader = world.somebody(1).await;
    world.calls(1, 403, 500).await;
    world.calls(2, 403, 500).await;
    world.choose(reader, Some(AlertChanges::Any), true).await;
    // Good calls again, of which some are lost.
    let day = world.steadfast().today().plus(3);
    let lost = world.steadfast().platform.zone.start_of(day);
    let source = model::SourceName::files();
    let reason = model::LossReason::CutShort;
    world.steadfast().record_loss(&source, lost, lost.plus_millis(1), reason, "access.log.gz").await.unwrap();
    world.wait_days(15);
    world.calls(-14, 200, 500).await;
    assert!(world.tell().await > 0);
    let mails: Vec<String> =
        world.server.outbox.messages().iter().map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect();
    let told = |part: &str| mails.iter().filter(|mail| mail.contains(part)).count();
    assert!(told("Healthy, data incomplete") > 0, "{mails:?}");
    assert_eq!(told(&format!("The data of {day} is incomplete")), mails.len(), "{mails:?}");
}

#[tokio::test]
async fn what_can_not_be_decided_keeps_no_mail_that_is_due() {
    let world = World::new().await;
    let anna = world.somebody(1).await;
    world.choose(anna, Some(AlertChanges::Any), false).await;
    world.calls(1, 403, 5_000).await;
    world.server.down.store(true, Ordering::Relaxed);
    assert_eq!(world.tell().await, 0);
    world.calls(2, 200, 1).await;
    drop(Meddler::new(&world.installation, "UPDATE mark_log SET body = x''"));
    world.server.down.store(false, Ordering::Relaxed);
    assert!(world.steadfast().tell().await.unwrap_err().to_string().contains("restore the file from a backup"));
    assert_eq!(world.server.outbox.messages().len(), 1);
}

#[tokio::test]
async fn nothing_is_told_of_an_app_with_damaged_counts_and_all_of_others() {
    let mut world = World::new().await;
    let anna = world.somebody(1).await;
    let sound = world.app.clone();
    world.choose(anna, Some(AlertChanges::Any), false).await;
    world.calls(1, 403, 5_000).await;
    // Its mails come before those of the other.
    world.app = "aaa".parse().unwrap();
    world.calls(9, 200, 500).await;
    world.choose(anna, Some(AlertChanges::Any), false).await;
    world.calls(1, 403, 5_000).await;
    world.server.down.store(true, Ordering::Relaxed);
    assert_eq!(world.steadfast().tell().await.unwrap(), 0);
    let due = async |world: &World| {
        let due = world.steadfast().store.due_alerts(9).await.unwrap();
        due.into_iter().map(|due| due.app).collect::<Vec<_>>()
    };
    assert_eq!(due(&world).await, [world.app.clone(), sound.clone()]);
    world.server.down.store(false, Ordering::Relaxed);
    let newest = "SELECT max(id) FROM count_page WHERE family = 0";
    drop(Meddler::new(&world.installation, &format!("UPDATE count_page SET body = x'00' WHERE id = ({newest})")));
    world.calls(1, 200, 1).await;
    assert!(world.steadfast().tell().await.is_err());
    assert_eq!(world.server.outbox.messages().len(), 1);
    assert!(world.last().subject.starts_with(sound.as_str()), "{}", world.last().subject);
    assert_eq!(due(&world).await, [world.app.clone()]);
    // Its days before look better and better. Nobody knows whether they are.
    world.wait_days(16);
    assert_eq!(world.steadfast().tell().await.unwrap(), 1);
    assert!(world.last().subject.starts_with(sound.as_str()), "{}", world.last().subject);
    assert_eq!(due(&world).await, []);
}
