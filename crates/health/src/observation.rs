//! What a tally means to each of the seven observations. Four go by the status alone; the others have rules
//! of their own, in the modules below.

mod deprecated_endpoint;
mod missing_company_header;
mod private_endpoint;

use std::ops::AddAssign;

use model::{Observation, Tally};

use crate::{Rules, Surface};

/// What some calls of one day mean to one observation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that show the problem.
    pub affected: u64,
    /// Those that they are measured against.
    pub base: u64,
    /// For `deprecated_endpoint`, the affected ones whose operation's sunset is near or past; else 0.
    pub near_sunset: u64,
}

impl AddAssign for Share {
    fn add_assign(&mut self, other: Self) {
        self.affected = self.affected.saturating_add(other.affected);
        self.base = self.base.saturating_add(other.base);
        self.near_sunset = self.near_sunset.saturating_add(other.near_sunset);
    }
}

/// What the calls of a production tally mean to each observation, in the order of [`Observation::ALL`].
#[must_use]
pub fn classify(tally: &Tally, surface: &Surface, rules: &Rules) -> [Share; 7] {
    let operation = surface.operation(&tally.route, &tally.method, tally.day);
    Observation::ALL.map(|observation| match observation {
        Observation::Forbidden => by_status(tally, 403),
        Observation::NotFound => by_status(tally, 404),
        Observation::RateLimited => by_status(tally, 429),
        Observation::Unauthorized => by_status(tally, 401),
        Observation::MissingCompanyHeader => missing_company_header::share(tally, operation),
        Observation::DeprecatedEndpoint => {
            deprecated_endpoint::share(tally, operation, rules.deprecated_endpoint.sunset_horizon_days)
        }
        Observation::PrivateEndpoint => private_endpoint::share(tally, operation),
    })
}

fn by_status(tally: &Tally, status: u16) -> Share {
    of_all_calls(tally, tally.status == status)
}

/// All calls of the tally as the base, and as affected if they are.
fn of_all_calls(tally: &Tally, affected: bool) -> Share {
    let calls = tally.counts.calls;
    Share { affected: if affected { calls } else { 0 }, base: calls, near_sunset: 0 }
}

/// Whether these calls ask what is allowed rather than for something: never private, deprecated or without header.
fn is_options(tally: &Tally) -> bool {
    &*tally.method == "OPTIONS"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{calls, catalog, documented, operation, route};

    #[test]
    fn a_status_counts_for_its_own_observation_and_in_the_base_of_the_others() {
        let (surface, _) = Surface::new(&catalog(vec![route("/a", vec![operation("GET")])]), &[]);
        for (status, expected) in
            [(403, [7, 0, 0, 0]), (404, [0, 7, 0, 0]), (429, [0, 0, 7, 0]), (401, [0, 0, 0, 7]), (200, [0; 4])]
        {
            let shares = classify(&calls(1, documented("/a"), "GET", status, 7), &surface, &Rules::default());
            let affected: Vec<u64> = shares[..4].iter().map(|share| share.affected).collect();
            assert_eq!(affected, expected, "{status}");
            assert!(shares.iter().all(|share| share.base == 7), "{status}");
        }
    }

    #[test]
    fn sums_never_overflow() {
        let mut sum = Share { affected: u64::MAX, base: u64::MAX, near_sunset: u64::MAX };
        sum += sum;
        assert_eq!(sum.base, u64::MAX);
    }
}
