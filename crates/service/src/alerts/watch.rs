//! Deciding what has to be told: the status of now against the one that each person knows.

use model::{Day, Status};
use store::{Alert, AlertChanges, AlertEdit, DueAlert, Edit, StoreError};

use super::monday;
use crate::{Error, Steadfast};

impl Steadfast {
    /// Notes what each person knows by now, and what they are to be told.
    pub(super) async fn watch(&self) -> Result<(), Error> {
        let alerts = self.store.alerts().await?;
        if alerts.is_empty() {
            return Ok(());
        }
        let today = self.today();
        let overview = self.overview(today).await?;
        for alert in alerts {
            // Of an app whose days can't be judged nothing is told: its status may be another.
            if overview.unjudged.iter().any(|(app, _)| *app == alert.app) {
                continue;
            }
            let Some(app) = overview.app(&alert.app) else { continue };
            let Some((after, due)) = decide(&alert, app.overview.status, today) else { continue };
            let told = AlertEdit::Told(Box::new((alert, after)));
            let edits = std::iter::once(told).chain(due.into_iter().map(AlertEdit::Due)).map(Edit::Alerts);
            match self.store.change(edits.collect()).await {
                // Somebody chose anew, or another process was quicker: the next round sees it.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// What a person knows after this day, and what has to be told for it; nothing where they know it all.
fn decide(alert: &Alert, status: Option<Status>, today: Day) -> Option<(Alert, Vec<DueAlert>)> {
    let mut after = alert.clone();
    let mut due = Vec::new();
    let mut tell = |change| {
        due.push(DueAlert { id: 0, app: alert.app.clone(), person: alert.person, change, as_of: today });
    };
    if let Some(changes) = alert.changes
        && status != alert.told
    {
        after.told = status;
        if changes == AlertChanges::Any || badness(status) > badness(alert.told) {
            tell(Some((alert.told, status)));
        }
    }
    if alert.weekly && alert.digest_of < monday(today) {
        after.digest_of = monday(today);
        tell(None);
    }
    (after != *alert).then_some((after, due))
}

/// How bad a status is. An app that fell silent has not become worse.
fn badness(status: Option<Status>) -> u8 {
    match status {
        None | Some(Status::Healthy) => 0,
        Some(Status::ReviewRecommended) => 1,
        Some(Status::NeedsAttention) => 2,
    }
}

#[cfg(test)]
mod tests {
    use model::{AppId, PersonId};

    use super::*;

    type Change = Option<(Option<Status>, Option<Status>)>;

    fn alert(changes: Option<AlertChanges>, weekly: bool, told: Option<Status>) -> Alert {
        let (app, person) = (AppId::unidentified(), PersonId::from_bytes([1; 16]));
        Alert { app, person, changes, weekly, told, digest_of: day("2026-11-16") }
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn told(alert: &Alert, status: Option<Status>, today: &str) -> Vec<Change> {
        decide(alert, status, day(today))
            .map_or_else(Vec::new, |(_, due)| due.into_iter().map(|it| it.change).collect())
    }

    #[test]
    fn each_is_told_what_they_chose() {
        use Status::{Healthy, NeedsAttention, ReviewRecommended};
        let (worse, any) = (Some(AlertChanges::Worse), Some(AlertChanges::Any));
        // What they know, what is, and whether who wants worse alone is told.
        let table = [
            (Some(Healthy), Some(Healthy), false),
            (Some(Healthy), Some(ReviewRecommended), true),
            (Some(ReviewRecommended), Some(NeedsAttention), true),
            (Some(NeedsAttention), Some(ReviewRecommended), false),
            (Some(NeedsAttention), None, false),
            (None, Some(Healthy), false),
            (None, Some(NeedsAttention), true),
        ];
        for (knows, is, if_worse) in table {
            let expected = |tell: bool| if tell { vec![Some((knows, is))] } else { Vec::new() };
            assert_eq!(told(&alert(worse, false, knows), is, "2026-11-20"), expected(if_worse), "{knows:?} {is:?}");
            assert_eq!(told(&alert(any, false, knows), is, "2026-11-20"), expected(knows != is), "{knows:?} {is:?}");
            assert_eq!(told(&alert(None, false, knows), is, "2026-11-20"), [], "{knows:?} {is:?}");
        }
    }

    #[test]
    fn what_was_decided_is_not_decided_again() {
        let before = alert(Some(AlertChanges::Any), true, Some(Status::Healthy));
        let (after, due) = decide(&before, Some(Status::NeedsAttention), day("2026-11-24")).unwrap();
        assert_eq!((due.len(), after.digest_of), (2, day("2026-11-23")));
        assert_eq!(decide(&after, Some(Status::NeedsAttention), day("2026-11-29")), None);
    }

    #[test]
    fn the_digest_comes_once_a_week() {
        let weekly = alert(None, true, None);
        assert_eq!(told(&weekly, None, "2026-11-22"), []);
        assert_eq!(told(&weekly, None, "2026-11-23"), [None]);
        assert_eq!(told(&weekly, None, "2026-12-30"), [None]);
    }
}
