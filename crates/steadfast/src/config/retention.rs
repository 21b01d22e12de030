//! The section `[retention]`.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionSection {
    pub(super) days: u16,
}

impl RetentionSection {
    /// Tells what is wrong with it.
    pub(super) fn check(&self, wrong: &mut impl FnMut(&str, String)) {
        if !(31..=3660).contains(&self.days) {
            wrong("retention.days", "counts are kept for 31 to 3660 days".to_owned());
        }
    }
}
