//! Credentials over a real store.

use std::sync::Arc;

use model::{Credential, Environment, UnixMillis};
use service::{Error, MadeSecret, Overlap, Refusal};

use crate::installation::NOW;
use crate::manifests::{CONNECTION, World, conflict, flaws};

const HOUR: i64 = 3_600_000;

impl World {
    async fn make(&self, environment: Environment, overlap: Overlap) -> Result<MadeSecret, Error> {
        self.steadfast.make_secret(&self.app, environment, overlap, self.by(), None).await
    }

    async fn credential(&self, environment: Environment) -> Option<Credential> {
        let credentials = self.steadfast.credentials(&self.app).await.unwrap();
        credentials.into_iter().find(|credential| credential.environment == environment)
    }

    /// The same world so many hours later.
    fn wait(&mut self, hours: i64) {
        self.steadfast.clock = Arc::new(UnixMillis(NOW + hours * HOUR));
    }
}

/// An app that may have credentials in the sandbox.
async fn connected() -> World {
    let world = World::new().await;
    world.draft(CONNECTION).await;
    world.version("0.1.0").await;
    world
}

use Environment::{Production, Sandbox};

#[tokio::test]
async fn only_a_version_with_a_data_connection_needs_credentials() {
    let world = World::new().await;
    assert!(conflict(world.make(Sandbox, Overlap::None).await).contains("data connection"));
    world.draft(CONNECTION).await;
    assert!(world.make(Sandbox, Overlap::None).await.is_err(), "a draft is not enough");
    world.version("0.1.0").await;
    world.make(Sandbox, Overlap::None).await.unwrap();
}

#[tokio::test]
async fn production_has_credentials_only_after_a_promotion() {
    let world = connected().await;
    assert!(conflict(world.make(Production, Overlap::None).await).contains("promote a version"));
    let version = world.steadfast.versions(&world.app).await.unwrap().remove(0);
    world.try_promote(&version, "First").await.unwrap();
    let production = world.make(Production, Overlap::None).await.unwrap();
    let sandbox = world.make(Sandbox, Overlap::None).await.unwrap();
    assert_ne!(production.client_id, sandbox.client_id);
    assert_ne!(production.secret.unwrap().reveal(), sandbox.secret.unwrap().reveal());
}

#[tokio::test]
async fn what_is_kept_is_a_digest_and_a_hint() {
    let world = connected().await;
    let made = world.make(Sandbox, Overlap::None).await.unwrap();
    let secret = made.secret.unwrap();
    assert!(secret.reveal().starts_with("stf_cs_"));
    let credential = world.credential(Sandbox).await.unwrap();
    assert_eq!(credential.secrets[0].digest, *secret.digest().as_bytes());
    assert!(!format!("{credential:?}").contains(secret.reveal()));
    for entry in world.audited("").await {
        let told = format!("{entry:?}");
        assert!(!told.contains(secret.reveal()), "{told}");
    }
    assert_eq!(world.audited("secret.made").await.len(), 1);
}

#[tokio::test]
async fn two_secrets_are_good_at_most() {
    let world = connected().await;
    world.make(Sandbox, Overlap::UntilRemoved).await.unwrap();
    world.make(Sandbox, Overlap::UntilRemoved).await.unwrap();
    assert!(conflict(world.make(Sandbox, Overlap::UntilRemoved).await).contains("two secrets"));
    assert!(conflict(world.make(Sandbox, Overlap::Day).await).contains("two secrets"));
    let credential = world.credential(Sandbox).await.unwrap();
    assert!(credential.secrets.iter().all(|secret| secret.expires_at.is_none()), "a refusal changes nothing");
}

#[tokio::test]
async fn in_an_emergency_the_older_ones_end_at_once() {
    let world = connected().await;
    world.make(Sandbox, Overlap::UntilRemoved).await.unwrap();
    world.make(Sandbox, Overlap::UntilRemoved).await.unwrap();
    let newest = world.make(Sandbox, Overlap::None).await.unwrap();
    let left: Vec<_> = world.credential(Sandbox).await.unwrap().secrets.into_iter().map(|secret| secret.id).collect();
    assert_eq!(left, [newest.id]);
}

#[tokio::test]
async fn an_older_secret_stays_good_as_long_as_it_was_said() {
    for (overlap, hours) in [(Overlap::Hour, 1), (Overlap::Day, 24), (Overlap::Week, 168)] {
        let mut world = connected().await;
        let first = world.make(Sandbox, Overlap::None).await.unwrap();
        let second = world.make(Sandbox, overlap).await.unwrap();
        assert_eq!(first.client_id, second.client_id, "the client id stays");
        let secrets = world.credential(Sandbox).await.unwrap().secrets;
        let end = |id| secrets.iter().find(|secret| secret.id == id).unwrap().expires_at;
        assert_eq!((end(first.id), end(second.id)), (Some(UnixMillis(NOW + hours * HOUR)), None));
        world.wait(hours);
        let left: Vec<_> = world.credential(Sandbox).await.unwrap().secrets.into_iter().map(|it| it.id).collect();
        assert_eq!(left, [second.id]);
        world.make(Sandbox, overlap).await.unwrap();
    }
}

#[tokio::test]
async fn another_rotation_never_lets_a_secret_live_longer() {
    let mut world = connected().await;
    world.make(Sandbox, Overlap::None).await.unwrap();
    world.make(Sandbox, Overlap::Hour).await.unwrap();
    world.wait(1);
    world.make(Sandbox, Overlap::Week).await.unwrap();
    let secrets = world.credential(Sandbox).await.unwrap().secrets;
    assert_eq!(secrets.len(), 2);
    assert_eq!(secrets[0].expires_at, Some(UnixMillis(NOW + (1 + 168) * HOUR)));
}

#[tokio::test]
async fn a_removed_secret_is_gone_and_can_not_be_removed_again() {
    let world = connected().await;
    let made = world.make(Sandbox, Overlap::None).await.unwrap();
    let remove =
        async |environment, id: &str| world.steadfast.remove_secret(&world.app, environment, id, world.by()).await;
    let id = made.id.to_string();
    let nowhere = |result| assert!(matches!(result, Err(Error::Refused(Refusal::NotFound(_)))));
    nowhere(remove(Production, &id).await);
    nowhere(remove(Sandbox, "x").await);
    remove(Sandbox, &id).await.unwrap();
    nowhere(remove(Sandbox, &id).await);
    let credential = world.credential(Sandbox).await.unwrap();
    assert_eq!((credential.client_id, credential.secrets.len()), (made.client_id, 0));
    let again = world.make(Sandbox, Overlap::None).await.unwrap();
    assert_eq!(again.client_id, made.client_id, "the client id stays");
}

#[tokio::test]
async fn redirect_uris_are_of_one_environment_and_all_flaws_are_told() {
    let world = connected().await;
    let set = async |uris: &[&str]| {
        let uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
        world.steadfast.set_redirect_uris(&world.app, Sandbox, uris, world.by()).await
    };
    assert!(matches!(set(&["https://a.example.com/"]).await, Err(Error::Refused(Refusal::NotFound(_)))));
    world.make(Sandbox, Overlap::None).await.unwrap();
    set(&["https://a.example.com/back", "https://a.example.com/back/"]).await.unwrap();
    assert_eq!(flaws(set(&["http://a.example.com/", "https://a.example.com/#x", "y"]).await).len(), 3);
    let kept = world.credential(Sandbox).await.unwrap().redirect_uris;
    assert_eq!(kept, ["https://a.example.com/back", "https://a.example.com/back/"]);
    assert!(world.credential(Production).await.is_none());
    let entry = world.audited("redirect_uris.changed").await.remove(0);
    assert!(entry.after.unwrap().contains("https://a.example.com/back/"));
}
