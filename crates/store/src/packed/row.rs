//! What a commit adds, in few numbers, to be sorted.

use model::{Day, Environment};

use super::key::{APP, Group, Key, SLOTS, SPAN};
use crate::{Result, StoreError};

/// A row to be written: its key, and where in the commit its counts stand. The order is that of spans, and within one that
/// of keys. It is compared in two numbers, as sorting does little else, and the first of them differs nearly always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packed {
    /// The group 64 bits, see [`Group::number`]; the number of the company and one more 32 bits, 0 where there is none; the
    /// route 32 bits.
    whose: u128,
    /// The method 22 bits, the status 10 bits, the position in the commit 32 bits.
    what: u64,
}

/// The parts of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Parts {
    pub(crate) app: i64,
    pub(crate) environment: Environment,
    pub(crate) day: Day,
    /// -1 or more.
    pub(crate) company: i64,
    pub(crate) route: i64,
    pub(crate) method: i64,
    pub(crate) status: u16,
}

impl Packed {
    /// Packs a key. Numbers of rows are given one after the other from 1 on, so 32 bits are enough for them.
    pub(crate) fn new(parts: &Parts, at: usize) -> Result<Self> {
        let pack = || {
            let app = u32::try_from(parts.app).ok()?;
            let company = u32::try_from(parts.company.checked_add(1)?).ok()?;
            let route = u32::try_from(parts.route).ok()?;
            let method = u32::try_from(parts.method).ok().filter(|method| *method < 1 << 22)?;
            let status = Some(parts.status).filter(|status| *status < 1 << 10)?;
            let (group, at) = (Group::new(app, parts.environment, parts.day).number(), u32::try_from(at).ok()?);
            Some(Self {
                whose: u128::from(group) << 64 | u128::from(company) << 32 | u128::from(route),
                what: u64::from(method << 10 | u32::from(status)) << 32 | u64::from(at),
            })
        };
        pack().ok_or_else(StoreError::too_large)
    }

    /// Whether the days of both are in the same span.
    pub(crate) fn is_of_span(&self, other: &Self) -> bool {
        self.group_number() >> SPAN == other.group_number() >> SPAN
    }

    /// Whether both are of the same app, environment and day.
    pub(crate) fn is_of_group(&self, other: &Self) -> bool {
        self.group_number() == other.group_number()
    }

    /// Whether both have the same key.
    pub(crate) fn is_of_key(&self, other: &Self) -> bool {
        (self.whose, self.what >> 32) == (other.whose, other.what >> 32)
    }

    /// The position in the commit.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    pub(crate) fn at(&self) -> usize {
        self.what as u32 as usize
    }

    fn group_number(&self) -> u64 {
        (self.whose >> 64) as u64
    }

    /// The app, environment and day.
    #[expect(clippy::cast_possible_truncation, reason = "that is what the masks are for")]
    pub(crate) fn group(&self) -> Group {
        let number = self.group_number();
        Group {
            span: (number >> SPAN) as i32,
            app: (number >> APP) as u32,
            slot: (number & u64::from(SLOTS - 1)) as u8,
        }
    }

    /// The key within its span.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    pub(crate) fn key(&self) -> Key {
        let Group { app, slot, .. } = self.group();
        Key { app, slot, company: (self.whose >> 32) as u32, route: self.whose as u32, call: (self.what >> 32) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts() -> impl Strategy<Value = Parts> {
        let few = || prop_oneof![0i64..3, 0i64..1 << 32];
        let environment = prop_oneof![Just(Environment::Production), Just(Environment::Sandbox)];
        let days = prop_oneof![-719_528i32..2_932_897, 0i32..3].prop_map(Day::from_epoch_days);
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
            day: Day::from_epoch_days(0),
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
            Parts { status: 1024, ..fits },
        ] {
            assert!(Packed::new(&parts, 0).is_err(), "{parts:?}");
        }
    }

    /// The parts in the order in which they are kept.
    fn in_order(parts: &Parts) -> impl Ord {
        let Parts { app, environment, day, company, route, method, status } = *parts;
        (crate::packed::span_of(day), app, environment, day, company, route, method, status)
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_parts(one in parts(), other in parts()) {
            let pack = |parts: &Parts| Packed::new(parts, 7).unwrap();
            for other in [other, Parts { status: other.status, ..one }, Parts { method: other.method, ..one }] {
                prop_assert_eq!(pack(&one).cmp(&pack(&other)), in_order(&one).cmp(&in_order(&other)));
                prop_assert_eq!(pack(&one).is_of_key(&pack(&other)), one == other);
                let keys = (pack(&one).group().span, pack(&one).key()).cmp(&(pack(&other).group().span, pack(&other).key()));
                prop_assert_eq!(pack(&one).cmp(&pack(&other)), keys);
            }
        }

        #[test]
        fn the_key_has_all_parts(parts in parts()) {
            let packed = Packed::new(&parts, 7).unwrap();
            let (group, key) = (packed.group(), packed.key());
            prop_assert_eq!((i64::from(group.app), group.environment(), group.day()), (parts.app, parts.environment, parts.day));
            prop_assert_eq!((key.app, key.slot), (group.app, group.slot));
            prop_assert_eq!((key.company_number(), i64::from(key.route)), (parts.company, parts.route));
            prop_assert_eq!((i64::from(key.method()), key.status()), (parts.method, parts.status));
        }
    }
}
