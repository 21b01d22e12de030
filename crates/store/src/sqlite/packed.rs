//! Keys of counts in few numbers, in the order of the tables: rows written in that order find their page at hand.

use model::Environment;

use super::error::too_large;
use super::rows;
use crate::Result;

/// Days are kept from -719,528 on; see [`model::Day::from_epoch_days`].
const FIRST_DAY: i32 = -719_528;

/// A row to be written: its key, and where in the commit its counts stand. The order is that of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Packed {
    /// App 32 bits, environment 1, day 22.
    group: u64,
    /// The number of the company and one more; 0 where there is none.
    company: u32,
    /// Route 32 bits, method 22, status 10.
    call: u64,
    /// The position in the commit.
    pub(super) at: u32,
}

/// The parts of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parts {
    pub(super) app: i64,
    pub(super) environment: Environment,
    pub(super) day: i32,
    /// -1 or more.
    pub(super) company: i64,
    pub(super) route: i64,
    pub(super) method: i64,
    pub(super) status: u16,
}

impl Packed {
    /// Packs a key. Numbers of rows are given one after the other from 1 on, so 32 bits are enough for them.
    pub(super) fn new(parts: &Parts, at: usize) -> Result<Self> {
        let pack = || {
            let app = u32::try_from(parts.app).ok()?;
            let day = u32::try_from(parts.day.checked_sub(FIRST_DAY)?).ok().filter(|day| *day < 1 << 22)?;
            let environment = u32::from(rows::environment(parts.environment));
            let company = u32::try_from(parts.company.checked_add(1)?).ok()?;
            let route = u32::try_from(parts.route).ok()?;
            let method = u32::try_from(parts.method).ok().filter(|method| *method < 1 << 22)?;
            let status = Some(parts.status).filter(|status| *status < 1 << 10)?;
            Some(Self {
                group: u64::from(app) << 32 | u64::from(environment << 22 | day),
                company,
                call: u64::from(route) << 32 | u64::from(method << 10 | u32::from(status)),
                at: u32::try_from(at).ok()?,
            })
        };
        pack().ok_or_else(too_large)
    }

    /// Whether both are of the same app, environment and day.
    pub(super) fn is_of_group(&self, other: &Self) -> bool {
        self.group == other.group
    }

    /// Whether both have the same key.
    pub(super) fn is_of_key(&self, other: &Self) -> bool {
        (self.group, self.company, self.call) == (other.group, other.company, other.call)
    }

    /// Takes the key apart again.
    #[expect(clippy::cast_possible_truncation, reason = "that is what the masks are for")]
    pub(super) fn parts(&self) -> Parts {
        let sandbox = self.group >> 22 & 1 == 1;
        Parts {
            app: i64::from((self.group >> 32) as u32),
            environment: if sandbox { Environment::Sandbox } else { Environment::Production },
            day: (self.group & 0x3f_ffff) as i32 + FIRST_DAY,
            company: i64::from(self.company) - 1,
            route: i64::from((self.call >> 32) as u32),
            method: i64::from((self.call >> 10) as u32 & 0x3f_ffff),
            status: (self.call & 0x3ff) as u16,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts() -> impl Strategy<Value = Parts> {
        let few = || prop_oneof![0i64..3, 0i64..1 << 32];
        let environment = prop_oneof![Just(Environment::Production), Just(Environment::Sandbox)];
        let days = prop_oneof![-719_528i32..2_932_897, 0i32..3];
        (few(), environment, days, -1i64..1 << 20, few(), 0i64..1 << 22, 100u16..600).prop_map(
            |(app, environment, day, company, route, method, status)| Parts {
                app,
                environment,
                day,
                company,
                route,
                method,
                status,
            },
        )
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let fits = Parts {
            app: 1,
            environment: Environment::Production,
            day: 0,
            company: -1,
            route: 1,
            method: 1,
            status: 200,
        };
        assert!(Packed::new(&fits, 0).is_ok());
        for parts in [
            Parts { app: 1 << 32, ..fits },
            Parts { route: -1, ..fits },
            Parts { method: 1 << 22, ..fits },
            Parts { company: -2, ..fits },
            Parts { company: i64::MAX, ..fits },
            Parts { day: i32::MIN, ..fits },
            Parts { day: i32::MAX, ..fits },
            Parts { status: 1024, ..fits },
        ] {
            assert!(Packed::new(&parts, 0).is_err(), "{parts:?}");
        }
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_parts(one in parts(), other in parts()) {
            let pack = |parts: &Parts| Packed::new(parts, 7).unwrap();
            for other in [other, Parts { status: other.status, ..one }, Parts { method: other.method, ..one }] {
                prop_assert_eq!(pack(&one).cmp(&pack(&other)), one.cmp(&other));
                prop_assert_eq!(pack(&one).is_of_key(&pack(&other)), one == other);
            }
            prop_assert_eq!(pack(&one).parts(), one);
        }
    }
}
