//! Keys of counts, in the order in which they are kept.

use std::ops::RangeInclusive;

use model::{Day, DayRange, Environment};

use crate::{Result, StoreError};

/// Which counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    /// Of an app's day by route, method and status.
    Tally = 0,
    /// The same by company: calls that show a problem.
    Company = 1,
    /// All calls of an app's day: sums of [`Family::Tally`], with a key exactly where that has one.
    Day = 2,
}

impl Family {
    pub(crate) const ALL: [Self; 3] = [Self::Tally, Self::Company, Self::Day];

    /// Its number where pages are kept.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Tally => 0,
            Self::Company => 1,
            Self::Day => 2,
        }
    }
}

/// Bits of a day within its span.
const DAY_BITS: u32 = 5;

/// A day's place within its span.
const DAY_MASK: i32 = (1 << DAY_BITS) - 1;

/// The span that a day is in.
pub(crate) fn span_of(day: Day) -> i32 {
    (day.epoch_days() - Day::FIRST.epoch_days()) >> DAY_BITS
}

/// The spans that days are in.
pub(crate) fn spans_of(days: DayRange) -> RangeInclusive<i32> {
    span_of(days.start)..=span_of(days.end)
}

/// The first day of a span, in days since 1970-01-01.
fn first_day_of(span: i32) -> i32 {
    (span << DAY_BITS).saturating_add(Day::FIRST.epoch_days())
}

/// The last day of a span, in days since 1970-01-01. (It may lie after [`Day::LAST`].)
pub(crate) fn last_day_of(span: i32) -> i32 {
    first_day_of(span).saturating_add(DAY_MASK)
}

/// The day of a slot of a span.
pub(crate) fn day_of(span: i32, slot: u8) -> Day {
    Day::from_epoch_days(first_day_of(span).saturating_add(i32::from(slot) & DAY_MASK))
}

/// The least slot of an environment.
pub(crate) fn first_slot(environment: Environment) -> u8 {
    match environment {
        Environment::Production => 0,
        Environment::Sandbox => 1 << DAY_BITS,
    }
}

/// The environment of a slot.
pub(crate) fn environment_of(slot: u8) -> Environment {
    if slot >> DAY_BITS == 0 { Environment::Production } else { Environment::Sandbox }
}

/// How many slots there are: two environments of so many days.
pub(crate) const SLOTS: u8 = 2 << DAY_BITS;

/// Where the app stands in the number of a group.
pub(super) const APP: u32 = 6;

/// Where the span stands in the number of a group.
pub(super) const SPAN: u32 = APP + u32::BITS;

/// An app, an environment and a day. The order is that of the spans, and within one that of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Group {
    /// The span of the day.
    pub(crate) span: i32,
    /// The number of the app.
    pub(crate) app: u32,
    /// See [`Key::slot`].
    pub(crate) slot: u8,
}

impl Group {
    pub(crate) fn new(app: u32, environment: Environment, day: Day) -> Self {
        let day = day.epoch_days() - Day::FIRST.epoch_days();
        let within = u8::try_from(day & DAY_MASK).unwrap_or(0);
        Self { span: day >> DAY_BITS, app, slot: first_slot(environment) | within }
    }

    pub(crate) fn environment(self) -> Environment {
        environment_of(self.slot)
    }

    pub(crate) fn day(self) -> Day {
        day_of(self.span, self.slot)
    }

    /// The least key that it can have.
    pub(crate) fn first(self) -> Key {
        Key { app: self.app, slot: self.slot, company: 0, route: 0, call: 0 }
    }

    /// The greatest key that it can have.
    pub(crate) fn last(self) -> Key {
        Key { app: self.app, slot: self.slot, company: u32::MAX, route: u32::MAX, call: u32::MAX }
    }

    /// A number of the same order.
    pub(crate) fn number(self) -> u64 {
        u64::try_from(self.span).unwrap_or(0) << SPAN | u64::from(self.app) << APP | u64::from(self.slot)
    }
}

/// What counts within a family and a span are of. The order is that of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The number of the app.
    pub(crate) app: u32,
    /// Environment and day: 32 for the sandbox, and the place of the day in its span.
    pub(crate) slot: u8,
    /// The number of the company and one more: 0 for those beyond the bound, 1 for calls without the header. 0 outside
    /// [`Family::Company`].
    pub(crate) company: u32,
    /// The number of the route. 0 in [`Family::Day`].
    pub(crate) route: u32,
    /// The number of the method in the upper 22 bits, the status in the lower 10. 0 in [`Family::Day`].
    pub(crate) call: u32,
}

impl Key {
    /// How many bytes [`Self::to_bytes`] gives.
    pub(crate) const LEN: usize = 17;

    /// Bytes of the same order.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..4].copy_from_slice(&self.app.to_be_bytes());
        bytes[4] = self.slot;
        bytes[5..9].copy_from_slice(&self.company.to_be_bytes());
        bytes[9..13].copy_from_slice(&self.route.to_be_bytes());
        bytes[13..].copy_from_slice(&self.call.to_be_bytes());
        bytes
    }

    /// The inverse of [`Self::to_bytes`].
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let strange = || StoreError::Corrupt("a page of counts begins with something that is no key".to_owned());
        let bytes: &[u8; Self::LEN] = bytes.try_into().map_err(|_| strange())?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let slot = Some(bytes[4]).filter(|slot| *slot < SLOTS).ok_or_else(strange)?;
        Ok(Self { app: number(0), slot, company: number(5), route: number(9), call: number(13) })
    }

    /// The app, environment and day that it is of.
    pub(crate) fn group(self, span: i32) -> Group {
        Group { span, app: self.app, slot: self.slot }
    }

    pub(crate) fn environment(self) -> Environment {
        environment_of(self.slot)
    }

    /// The number of the method.
    pub(crate) fn method(self) -> u32 {
        self.call >> 10
    }

    pub(crate) fn status(self) -> u16 {
        u16::try_from(self.call & 0x3ff).unwrap_or(0)
    }

    /// The number of the company: -1 for those beyond the bound, 0 for calls without the header.
    pub(crate) fn company_number(self) -> i64 {
        i64::from(self.company) - 1
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_have_32_days_and_begin_with_the_first_of_all() {
        assert_eq!((span_of(Day::FIRST), span_of(Day::from_epoch_days(-719_497))), (0, 0));
        assert_eq!(span_of(Day::from_epoch_days(-719_496)), 1);
        assert_eq!(span_of(Day::from_epoch_days(0)), 22_485);
        assert_eq!((last_day_of(0), last_day_of(1)), (-719_497, -719_465));
        assert_eq!(span_of(Day::LAST), 114_138);
        assert!(last_day_of(span_of(Day::LAST)) >= Day::LAST.epoch_days());
    }

    fn group() -> impl Strategy<Value = Group> {
        let environment = prop_oneof![Just(Environment::Production), Just(Environment::Sandbox)];
        (any::<u32>(), environment, -719_528..2_932_897)
            .prop_map(|(app, environment, day)| Group::new(app, environment, Day::from_epoch_days(day)))
    }

    pub(in crate::packed) fn key() -> impl Strategy<Value = Key> {
        let few = || prop_oneof![0..3_u32, any::<u32>()];
        (few(), 0..SLOTS, few(), few(), few()).prop_map(|(app, slot, company, route, call)| Key {
            app,
            slot,
            company,
            route,
            call,
        })
    }

    proptest! {
        #[test]
        fn a_group_gives_its_parts_back(app in any::<u32>(), sandbox in any::<bool>(), day in -719_528..2_932_897) {
            let environment = if sandbox { Environment::Sandbox } else { Environment::Production };
            let group = Group::new(app, environment, Day::from_epoch_days(day));
            prop_assert_eq!((group.app, group.environment(), group.day().epoch_days()), (app, environment, day));
            prop_assert!(day <= last_day_of(group.span) && day > last_day_of(group.span - 1));
        }

        #[test]
        fn numbers_of_groups_have_their_order(one in group(), other in group()) {
            prop_assert_eq!(one.number().cmp(&other.number()), one.cmp(&other));
        }

        #[test]
        fn bytes_have_the_order_of_keys(one in key(), other in key()) {
            prop_assert_eq!(one.to_bytes().cmp(&other.to_bytes()), one.cmp(&other));
            prop_assert_eq!(Key::from_bytes(&one.to_bytes()).unwrap(), one);
        }

        #[test]
        fn any_bytes_are_a_key_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            if let Ok(key) = Key::from_bytes(&bytes) {
                prop_assert_eq!(&key.to_bytes()[..], &bytes[..]);
            }
        }
    }
}
