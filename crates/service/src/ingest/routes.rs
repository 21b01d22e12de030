//! Which route a call of a day is counted under.

use catalog::Matcher;
use model::{Catalog, Day, Segments};
use traffic::MatchRoute;

/// The routes of the catalog, as readers of logs ask for them.
pub(super) struct CatalogMatcher {
    documented: Matcher,
    /// Routes that were documented until a day: late calls of days before are still theirs, as the calls are
    /// that came in time.
    removed: Matcher,
    /// Each removed route's index in the catalog, and that day.
    until: Vec<(u32, Day)>,
}

impl CatalogMatcher {
    pub(super) fn new(catalog: &Catalog) -> Self {
        let (mut removed, mut until) = (Catalog::default(), Vec::new());
        for (index, route) in catalog.routes.iter().enumerate() {
            if let (Some(day), Ok(index)) = (route.documented_until, u32::try_from(index)) {
                removed.routes.push(model::Route { documented_until: None, ..route.clone() });
                until.push((index, day));
            }
        }
        Self { documented: Matcher::new(catalog), removed: Matcher::new(&removed), until }
    }
}

impl MatchRoute for CatalogMatcher {
    fn match_route(&self, segments: &Segments<'_>, day: Day) -> Option<u32> {
        if let Some(index) = self.documented.match_segments(segments) {
            return u32::try_from(index).ok();
        }
        if self.until.is_empty() {
            return None;
        }
        let (index, until) = *self.until.get(self.removed.match_segments(segments)?)?;
        (day < until).then_some(index)
    }
}
