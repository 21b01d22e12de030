//! Days of which calls are missing, told alike on every page.

use model::{Day, Status};
use service::AppOverview;

use crate::figures::{Date, count, join};
use crate::setting::Setting;
use crate::urls;

/// How many days are named one by one.
const NAMED: usize = 5;

/// What a page says of incomplete days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incomplete {
    /// `18 Nov`, `16 Nov and 18 Nov`, `12 days, the last of them 18 Nov`
    pub(crate) days: String,
    /// Whether it is one day.
    pub(crate) one: bool,
    /// Where it stands which source is concerned, for those who may see it.
    pub(crate) sources_url: Option<&'static str>,
}

impl Incomplete {
    /// What is said of these days, oldest first; nothing where there are none.
    pub(crate) fn new(setting: Setting<'_>, days: &[Day]) -> Option<Self> {
        let last = days.last()?;
        let short = |day: &Day| Date::from(*day).short;
        let words = if days.len() <= NAMED {
            join(&days.iter().map(short).collect::<Vec<_>>())
        } else {
            format!("{}, the last of them {}", count(days.len() as u64, "day"), short(last))
        };
        let sources_url = setting.is_staff().then_some(urls::PLATFORM_SOURCES);
        Some(Self { days: words, one: days.len() == 1, sources_url })
    }
}

/// What is said under the number of apps with a status: of Healthy, how many are so as far as calls arrived.
pub(crate) fn gloss<'a>(
    status: Option<Status>,
    apps: impl IntoIterator<Item = &'a AppOverview>,
    plain: String,
) -> String {
    let unsure = |app: &&AppOverview| app.status == Some(Status::Healthy) && !app.incomplete.is_empty();
    if status != Some(Status::Healthy) {
        return plain;
    }
    match apps.into_iter().filter(unsure).count() {
        0 => plain,
        number => format!("{number} of them with incomplete data"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn days(number: i32) -> Vec<Day> {
        (0..number).map(|n| samples::today().plus(n - number)).collect()
    }

    #[test]
    fn few_days_are_named_and_many_counted() {
        let words = |number| Incomplete::new(samples::setting(), &days(number)).map(|it| it.days);
        assert_eq!(words(0), None);
        assert_eq!(words(1).as_deref(), Some("19 Nov"));
        assert_eq!(words(2).as_deref(), Some("18 Nov and 19 Nov"));
        assert_eq!(words(6).as_deref(), Some("6 days, the last of them 19 Nov"));
    }

    #[test]
    fn a_tile_tells_how_many_are_healthy_as_far_as_is_known() {
        let mut apps = vec![samples::overview("a", "a", Some(Status::Healthy), 1); 3];
        let told = |apps: &[AppOverview], status| gloss(status, apps, "nothing to do".to_owned());
        assert_eq!(told(&apps, Some(Status::Healthy)), "nothing to do");
        apps[1].incomplete = days(1);
        assert_eq!(told(&apps, Some(Status::Healthy)), "1 of them with incomplete data");
        assert_eq!(told(&apps, Some(Status::NeedsAttention)), "nothing to do");
    }
}
