//! What every view needs to know of the installation.

use health::Rules;
use model::Day;
use service::Platform;

use crate::Portal;
use crate::access::Caller;

/// The installation as a page sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) platform: &'a Platform,
    /// The thresholds in force.
    pub(crate) rules: &'a Rules,
    /// The day in progress.
    pub(crate) today: Day,
    /// Who looks.
    pub(crate) caller: Option<&'a Caller>,
}

impl Setting<'_> {
    /// The day to name in links that keep to `as_of`: today goes without saying.
    pub(crate) fn named(self, as_of: Day) -> Option<Day> {
        (as_of != self.today).then_some(as_of)
    }

    /// Whether who looks belongs to the platform's staff.
    pub(crate) fn is_staff(self) -> bool {
        self.caller.is_some_and(Caller::is_staff)
    }

    /// On how many days without production calls an app has no status: `30 days`.
    pub(crate) fn no_traffic(self) -> String {
        crate::figures::count(self.rules.roll_up.no_traffic_days.into(), "day")
    }
}

impl Portal {
    /// What views for this caller need to know, at this moment.
    pub(crate) fn setting<'a>(&'a self, caller: &'a Caller) -> Setting<'a> {
        let steadfast = &self.steadfast;
        Setting {
            platform: &steadfast.platform,
            rules: &steadfast.rules,
            today: steadfast.today(),
            caller: Some(caller),
        }
    }
}
