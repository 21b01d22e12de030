//! Judging: dirty days are given their verdicts.
//!
//! A day becomes dirty when its counts change, and all days do when the catalog or the rules change. Judging
//! is a pure function of counts, catalog and rules, so judging again changes nothing.

use std::borrow::Cow;
use std::sync::Arc;

use health::{IncompleteDays, Surface};
use model::{AppId, Day, DayRange, Environment, Observation, Tally};
use store::{DayVerdicts, DirtyDay, FlagKind, Flagged, StoreError};

use crate::{Error, Steadfast};

/// Dirty days that are judged at once: with few, neighbours in the store are read again and again, and with many, counts fill
/// memory and commits wait for verdicts to be saved.
const BATCH: u32 = 500;

/// To be raised when the same counts, catalog and rules give other verdicts than before, so that all are made anew.
const JUDGE: u32 = 2;

/// All days.
const ALWAYS: DayRange = DayRange { start: Day::FIRST, end: Day::LAST };

/// Under which setting the rules are kept with which verdicts were made.
const JUDGED_BY: &str = "judged_by";

/// Days that are dirty still, since their counts are damaged.
#[derive(Debug, Default)]
pub(crate) struct Unjudged {
    /// Which, by app.
    pub(crate) days: Vec<(AppId, Day)>,
    /// What is said of the last of them.
    pub(crate) damage: Option<Error>,
}

/// The incomplete days, those that could not be judged among them: nobody knows all of their calls.
pub(crate) fn with_unjudged<'a>(incomplete: &'a IncompleteDays, unjudged: &[(AppId, Day)]) -> Cow<'a, IncompleteDays> {
    let mut incomplete = Cow::Borrowed(incomplete);
    for (app, day) in unjudged {
        incomplete.to_mut().add_of_app(app, *day);
    }
    incomplete
}

impl Steadfast {
    /// Judges every dirty day. Returns how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn judge(&self) -> Result<usize, Error> {
        self.judge_within(None, ALWAYS).await
    }

    /// Judges the dirty days within these; `app`: of this app alone. What is dirty elsewhere stays so. Returns how many
    /// there were. Days whose counts are damaged stay dirty, and the error comes after all others are judged.
    pub(crate) async fn judge_within(&self, app: Option<&AppId>, within: DayRange) -> Result<usize, Error> {
        let (judged, unjudged) = self.judge_readable(app, within).await?;
        unjudged.damage.map_or(Ok(judged), Err)
    }

    /// The same, and which days could not be judged. Each is judged once, and what becomes dirty again meanwhile is left for the
    /// next time: where calls of past days keep coming, there would be no end.
    pub(crate) async fn judge_readable(
        &self,
        app: Option<&AppId>,
        within: DayRange,
    ) -> Result<(usize, Unjudged), Error> {
        self.find_dirty().await?;
        let (mut judged, mut last, mut unjudged) = (0, None, Unjudged::default());
        loop {
            let dirty = self.store.dirty_days_within(app, within, last.as_ref(), BATCH).await?;
            if dirty.is_empty() {
                return Ok((judged, unjudged));
            }
            // After the marks: a catalog that is imported from here on leaves newer marks behind.
            let surface = self.surface().await?;
            self.judge_days(&dirty, &surface, &mut unjudged).await?;
            judged += dirty.len();
            last = dirty.into_iter().next_back();
        }
    }

    /// Judges these days, but for those whose counts are damaged.
    async fn judge_days(&self, dirty: &[DirtyDay], surface: &Surface, unjudged: &mut Unjudged) -> Result<(), Error> {
        match self.judge_all(dirty, surface).await {
            Err(error) if is_damage(&error) && dirty.len() > 1 => {
                let (some, others) = dirty.split_at(dirty.len() / 2);
                Box::pin(self.judge_days(some, surface, unjudged)).await?;
                Box::pin(self.judge_days(others, surface, unjudged)).await
            }
            Err(error) if is_damage(&error) => {
                unjudged.days.extend(dirty.iter().map(|it| (it.app.clone(), it.day)));
                unjudged.damage = Some(error);
                Ok(())
            }
            done => done,
        }
    }

    async fn judge_all(&self, dirty: &[DirtyDay], surface: &Surface) -> Result<(), Error> {
        let verdicts = self.verdicts_of(dirty, surface).await?;
        Ok(self.store.save_verdicts(&verdicts, dirty).await?)
    }

    /// Sees to it that every day is marked dirty that has to be judged.
    pub(crate) async fn find_dirty(&self) -> Result<(), Error> {
        self.settle_routes().await?;
        self.follow_rules().await
    }

    /// Marks everything dirty if verdicts were made with other rules.
    async fn follow_rules(&self) -> Result<(), Error> {
        let exceptions = self.platform.company_header_exceptions.join("\n");
        let rules = format!("judge {JUDGE}\n{}\n{exceptions}", self.rules.fingerprint());
        if self.store.setting(JUDGED_BY).await?.as_deref() != Some(&rules) {
            self.store.mark_all_dirty().await?;
            self.store.set_setting(JUDGED_BY, &rules).await?;
        }
        Ok(())
    }

    /// What dirty days come to, judged from their counts.
    async fn verdicts_of(&self, dirty: &[DirtyDay], surface: &Surface) -> Result<Vec<DayVerdicts>, Error> {
        let days: Vec<_> = dirty.iter().map(|it| (it.app.clone(), Environment::Production, it.day)).collect();
        let tallies = self.store.tallies_of_days(&days).await?;
        let verdicts = |(DirtyDay { app, day, .. }, tallies): (&DirtyDay, Vec<Tally>)| DayVerdicts {
            app: app.clone(),
            verdicts: health::judge_day(*day, &tallies, surface, &self.rules),
            calls: tallies.iter().map(|tally| tally.counts.calls).sum(),
            flagged: flagged(&tallies, surface, &self.rules),
        };
        Ok(dirty.iter().zip(tallies).map(verdicts).collect())
    }
}

pub(crate) fn is_damage(error: &Error) -> bool {
    matches!(error, Error::Store(StoreError::Corrupt(_)))
}

/// The calls of a day to operations that are deprecated by now, and to what is private.
fn flagged(tallies: &[Tally], surface: &Surface, rules: &health::Rules) -> Vec<Flagged> {
    let flag = |kind, tally: &Tally, calls| Flagged {
        kind,
        route: Arc::clone(&tally.route),
        method: Arc::clone(&tally.method),
        calls,
    };
    let mut flagged = Vec::new();
    for tally in tallies {
        let operation = surface.operation(&tally.route, &tally.method, tally.day);
        if &*tally.method != "OPTIONS" && operation.is_some_and(|operation| operation.deprecated.is_some()) {
            flagged.push(flag(FlagKind::Deprecated, tally, tally.counts.calls));
        }
        let private = health::classify(tally, surface, rules)[Observation::PrivateEndpoint.index()].affected;
        if private > 0 {
            flagged.push(flag(FlagKind::Private, tally, private));
        }
    }
    flagged
}
