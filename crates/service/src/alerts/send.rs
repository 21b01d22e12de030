//! Sending what is due.

use access::{Actor, AppRight, Proof};
use model::{Person, SessionId};
use store::{AlertEdit, DueAlert, Edit};

use super::mails;
use crate::judge::is_damage;
use crate::{Error, Steadfast};

/// Mails sent in one round.
const ROUND: u32 = 200;

/// After so many days a mail that could not be sent is given up: what it says is history.
const STALE_DAYS: i32 = 3;

impl Steadfast {
    /// Sends what is due. A mail that does not get through now stays due, and so does one about an app whose counts are damaged:
    /// that error comes after all others are sent.
    pub(super) async fn send_due(&self) -> Result<usize, Error> {
        let (mut sent, mut damage) = (0, Ok(()));
        for due in self.store.due_alerts(ROUND).await? {
            let message = match self.reader_of(&due).await? {
                Some(person) if self.today().days_since(due.as_of) <= STALE_DAYS => {
                    match self.mail_of(&due, &person).await {
                        Err(error) if is_damage(&error) => {
                            damage = Err(error);
                            continue;
                        }
                        message => message?,
                    }
                }
                _ => None,
            };
            if let Some(message) = message {
                match self.accounts.mailer.send(&message).await {
                    Ok(()) => sent += 1,
                    Err(error) if error.is_temporary() => {
                        tracing::warn!(%error, "mail about apps has to wait");
                        break;
                    }
                    Err(error) => tracing::error!(%error, "a mail about an app was not sent"),
                }
            }
            self.store.change(vec![Edit::Alerts(AlertEdit::Done(due.id))]).await?;
        }
        damage.map(|()| sent)
    }

    /// Who a mail is for, if they may still see the app.
    async fn reader_of(&self, due: &DueAlert) -> Result<Option<Person>, Error> {
        let Some(person) = self.store.person(due.person).await? else { return Ok(None) };
        if person.disabled_at.is_some() || person.verified_at.is_none() {
            return Ok(None);
        }
        // What they could see in their browser.
        let proof = Proof::Session(SessionId::from_bytes([0; 16]));
        let actor = Actor::Person { id: person.id, platform_role: person.platform_role, proof };
        let (_, standing) = self.standing(&due.app, &actor).await?;
        Ok(AppRight::SeeApp.is_held_by(&actor, standing).then_some(person))
    }

    async fn mail_of(&self, due: &DueAlert, person: &Person) -> Result<Option<mail::Message>, Error> {
        let portal = mails::Portal { platform: &self.platform.name, url: &self.accounts.public_url };
        match due.change {
            Some(change) => {
                let health = self.health(&due.app, due.as_of).await?;
                Ok(Some(portal.changed(person, &health, change)))
            }
            None => {
                let overview = self.overview(due.as_of).await?;
                let Some(app) = overview.app(&due.app) else { return Ok(None) };
                let health = self.health(&due.app, due.as_of).await?;
                Ok(Some(portal.week(person, app, &health)))
            }
        }
    }
}
