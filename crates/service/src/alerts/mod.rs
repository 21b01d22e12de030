//! Mail about the health of an app, for those who ask for it: when its status changes, and once a week.
//!
//! What somebody knows is kept beside their choice. A change is decided and noted in one transaction with the mail that
//! tells it (`watch.rs`); the mail stays due until it is sent (`send.rs`). So nothing is told twice, and nothing is lost
//! where the program or the mail server fails in between.

mod mails;
mod send;
mod watch;

use model::{AppId, Day, Doer, PersonId, Status};
use serde_json::json;
use store::{Alert, AlertEdit, Edit};

pub use store::AlertChanges;

use crate::audit::Deed;
use crate::{Error, Steadfast};

/// What somebody wants to be told of an app by mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertChoice {
    /// Of which changes of its status; `None` of none.
    pub changes: Option<AlertChanges>,
    /// Whether of its week, on Mondays.
    pub weekly: bool,
}

impl Steadfast {
    /// What a person wants to be told of an app.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn alert_choice(&self, app: &AppId, person: PersonId) -> Result<AlertChoice, Error> {
        let alert = self.store.alert(app, person).await?;
        Ok(alert.map(|Alert { changes, weekly, .. }| AlertChoice { changes, weekly }).unwrap_or_default())
    }

    /// Sets what a person wants to be told of an app. They are told of changes from now on.
    ///
    /// # Errors
    /// When there is no such app, or the store fails.
    pub async fn choose_alerts(
        &self,
        app: &AppId,
        person: PersonId,
        choice: AlertChoice,
        by: Doer,
    ) -> Result<(), Error> {
        self.known(app).await?;
        let today = self.today();
        let before = self.store.alert(app, person).await?;
        let status = self.overview(today).await?.app(app).and_then(|app| app.overview.status);
        let alert = chosen(app, person, choice, before.as_ref(), status, monday(today));
        let told = |alert: &Alert| json!({"changes": alert.changes.map(AlertChanges::key), "weekly": alert.weekly});
        let organisation = self.store.registration(app).await?.map(|registration| registration.organisation);
        let deed = Deed {
            action: "alerts.choose",
            target: app.to_string(),
            organisation,
            before: before.as_ref().map(told),
            after: Some(told(&alert)),
        };
        let edits = vec![Edit::Alerts(AlertEdit::Choose(alert)), self.audited(by, deed)];
        Ok(self.store.change(edits).await?)
    }

    /// Tells by mail what has to be told. Returns how many mails went out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tell(&self) -> Result<usize, Error> {
        let watched = self.watch().await;
        // What was decided before does not wait for what can't be decided now.
        let sent = self.send_due().await;
        watched.and(sent)
    }
}

/// A choice with what its person knows: what they knew already, if they were told before, so that no change is
/// swallowed by choosing again; else how things are now.
fn chosen(
    app: &AppId,
    person: PersonId,
    choice: AlertChoice,
    before: Option<&Alert>,
    status: Option<Status>,
    monday: Day,
) -> Alert {
    let told = before.filter(|alert| alert.changes.is_some()).map_or(status, |alert| alert.told);
    let digest_of = before.filter(|alert| alert.weekly).map_or(monday, |alert| alert.digest_of);
    Alert { app: app.clone(), person, changes: choice.changes, weekly: choice.weekly, told, digest_of }
}

/// The Monday of a day's week.
fn monday(day: Day) -> Day {
    day.plus(-i32::from(day.date().weekday().to_monday_zero_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let monday_of = |text: &str| monday(text.parse().unwrap()).to_string();
        assert_eq!(monday_of("2026-11-20"), "2026-11-16");
        assert_eq!(monday_of("2026-11-16"), "2026-11-16");
        assert_eq!(monday_of("2026-11-15"), "2026-11-09");
    }

    #[test]
    fn choosing_again_swallows_no_change() {
        let (app, person) = (AppId::unidentified(), PersonId::from_bytes([1; 16]));
        let (monday, last) = ("2026-11-16".parse().unwrap(), "2026-11-09".parse().unwrap());
        let choice = AlertChoice { changes: Some(AlertChanges::Any), weekly: true };
        let choose =
            |before: Option<&Alert>| chosen(&app, person, choice, before, Some(Status::NeedsAttention), monday);
        let first = choose(None);
        assert_eq!((first.told, first.digest_of), (Some(Status::NeedsAttention), monday));
        let old = Alert { told: Some(Status::Healthy), digest_of: last, ..first };
        assert_eq!(choose(Some(&old)), old);
        let off = Alert { changes: None, weekly: false, ..old };
        let again = choose(Some(&off));
        assert_eq!((again.told, again.digest_of), (Some(Status::NeedsAttention), monday));
    }
}
