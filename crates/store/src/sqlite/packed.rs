//! Keys of counts in two numbers, which are in the order of the tables: sorting them is most of sorting a commit.

/// Days are kept from -719,528 on; see [`model::Day::from_epoch_days`].
const FIRST_DAY: i64 = -719_528;

/// The least number of a company, which stands for those beyond the bound.
const FIRST_COMPANY: i64 = -1;

/// An app, an environment and a day.
///
/// Ids of rows are given one after the other from 1 on, so 32 bits are enough for an app, and for what follows.
pub(super) fn group(app: i64, environment: u8, day: i32) -> u64 {
    let day = i64::from(day).saturating_sub(FIRST_DAY);
    bits(app, 32) << 32 | u64::from(environment) << 24 | bits(day, 24)
}

/// A company, a route, a method and a status.
pub(super) fn call(company: i64, route: i64, method: i64, status: u16) -> u128 {
    let company = bits(company.saturating_sub(FIRST_COMPANY), 40);
    u128::from(company) << 88
        | u128::from(bits(route, 40)) << 48
        | u128::from(bits(method, 32)) << 16
        | u128::from(status)
}

fn bits(value: i64, count: u32) -> u64 {
    u64::try_from(value).unwrap_or(0) & ((1 << count) - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Key = (i64, u8, i32, i64, i64, i64, u16);

    fn key() -> impl Strategy<Value = Key> {
        let few = || prop_oneof![0i64..3, 0i64..1 << 31];
        (few(), 0u8..2, -719_528i32..2_932_896, -1i64..1 << 20, few(), 0i64..2000, 100u16..600)
    }

    fn pack((app, environment, day, company, route, method, status): Key) -> (u64, u128) {
        (group(app, environment, day), call(company, route, method, status))
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_parts(one in key(), other in key()) {
            prop_assert_eq!(pack(one).cmp(&pack(other)), one.cmp(&other));
            let neighbour = (one.0, one.1, one.2, one.3, one.4, one.5, other.6);
            prop_assert_eq!(pack(one).cmp(&pack(neighbour)), one.cmp(&neighbour));
        }
    }
}
