//! Habits: how much an app calls on a day, at which hours, and how much of it fails as usual.

use super::cast::{Hours, Profile};
use super::plan::DAYS;
use super::random::{Random, Weighted};

const HOUR_MILLIS: u32 = 3_600_000;

/// Milliseconds of a minute.
pub(super) const MINUTE_MILLIS: u32 = 60_000;

/// How many ordinary calls an app makes on a day.
pub(super) fn ordinary_calls(profile: &Profile, age: i32, weekend: bool, random: &mut Random) -> u32 {
    if age > profile.first_age {
        return 0;
    }
    let grown = (age..profile.first_age.min(DAYS - 1))
        .fold(profile.weekday_calls, |calls, _| calls + calls * profile.growth / 1000);
    let rhythm = if weekend { grown * profile.weekend.0 / 100 } else { grown };
    let surged = match profile.surge {
        Some((since, per_cent)) if age <= since => rhythm * per_cent / 100,
        _ => rhythm,
    };
    surged * (93 + random.below(15)) / 100
}

/// The usual failures among a day's calls: so many of each, spread evenly, and always below what would be a Warning.
pub(super) struct Background {
    /// What is left to hand out: status, reason, how many.
    left: [(u16, &'static str, u32); 4],
    calls: u32,
    handed: u32,
    sum: u32,
    position: u32,
}

impl Background {
    pub(super) fn new(calls: u32, random: &mut Random) -> Self {
        let mut some = |per_hundred_thousand: u32| {
            let most = calls / 100 * per_hundred_thousand / 1000;
            most - random.below(most / 3 + 1)
        };
        let left = [
            (403, "missing_permission", some(220)),
            (404, "record_not_found", some(520)),
            (401, "token_expired", some(110)),
            (429, "rate_limit", some(70)),
        ];
        Self { left, calls, handed: 0, sum: left.iter().map(|(_, _, count)| count).sum(), position: 0 }
    }

    /// What the next call is refused with, if it is.
    pub(super) fn next(&mut self) -> Option<(u16, &'static str)> {
        self.position += 1;
        if u64::from(self.handed) * u64::from(self.calls) >= u64::from(self.position) * u64::from(self.sum) {
            return None;
        }
        let (status, reason, left) = self.left.iter_mut().max_by_key(|(_, _, left)| *left)?;
        *left = left.checked_sub(1)?;
        self.handed += 1;
        Some((*status, *reason))
    }
}

/// Times of day by habit.
pub(super) struct Clockwork {
    office: Weighted,
    jobs: Weighted,
}

impl Clockwork {
    pub(super) fn new() -> Self {
        const OFFICE: [u32; 24] = [8, 5, 3, 1, 1, 1, 1, 2, 3, 4, 6, 12, 26, 50, 72, 84, 82, 74, 78, 84, 76, 56, 32, 16];
        const JOBS: [u32; 24] =
            [22, 24, 60, 66, 48, 34, 24, 22, 22, 24, 26, 28, 32, 38, 42, 44, 44, 42, 44, 44, 40, 34, 28, 24];
        Self { office: Weighted::new(OFFICE), jobs: Weighted::new(JOBS) }
    }

    /// Milliseconds since the day began.
    pub(super) fn pick(&self, hours: Hours, random: &mut Random) -> u32 {
        let hour = match hours {
            Hours::Office => self.office.pick(random) as u32,
            Hours::Jobs => self.jobs.pick(random) as u32,
            Hours::Flat => random.below(24),
            Hours::Night => 2 + random.below(2),
            Hours::TokenExpiry => {
                let expiry = random.below(16) * 90 * MINUTE_MILLIS;
                return expiry + random.below(5 * MINUTE_MILLIS);
            }
        };
        hour * HOUR_MILLIS + random.below(HOUR_MILLIS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    pub(super) fn background_failures_come_in_the_planned_number() {
        let mut random = Random::of(&[3]);
        let mut background = Background::new(9_000, &mut random);
        let planned: u32 = background.left.iter().map(|(_, _, left)| left).sum();
        let handed = (0..9_000).filter_map(|_| background.next()).count();
        assert_eq!(handed as u32, planned);
        assert!(planned > 40);
    }
}
