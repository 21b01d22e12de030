//! What every view needs to know of the installation.

use health::Rules;
use model::Day;
use service::Platform;

use crate::Portal;

/// The installation as a page sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) platform: &'a Platform,
    /// The thresholds in force.
    pub(crate) rules: &'a Rules,
    /// The day in progress.
    pub(crate) today: Day,
}

impl Setting<'_> {
    /// The day to name in links that keep to `as_of`: today goes without saying.
    pub(crate) fn named(self, as_of: Day) -> Option<Day> {
        (as_of != self.today).then_some(as_of)
    }

    /// On how many days without production calls an app has no status: `30 days`.
    pub(crate) fn no_traffic(self) -> String {
        crate::figures::count(self.rules.roll_up.no_traffic_days.into(), "day")
    }
}

impl Portal {
    /// What views need to know, at this moment.
    pub(crate) fn setting(&self) -> Setting<'_> {
        let Self { steadfast } = self;
        Setting { platform: &steadfast.platform, rules: &steadfast.rules, today: steadfast.today() }
    }
}
