//! The sunset board: which apps still call operations that are deprecated, and which routes apps depend on that are
//! documented nowhere.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use model::{AppId, Catalog, Day, DayRange, DeprecatedSince, Operation};
use store::{FlagKind, FlaggedUse};

use super::board_cache::Uses;
use crate::{Error, Steadfast};

/// The days over which the board adds calls up.
const RECENT_DAYS: u16 = 30;

/// Days that wait to be judged are counted up to so many.
const MOST_WAITING: u32 = 1_000_000;

/// Who calls what is deprecated or private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Only complete days before this one count.
    pub as_of: Day,
    /// The days over which calls are added up.
    pub recent: DayRange,
    /// The first day of which there are counts.
    pub counted_since: Option<Day>,
    /// How many days of apps wait to be judged: until then calls may be missing here.
    pub waiting: u32,
    /// Every deprecated operation, called or not: the next sunset first, then the most called.
    pub deprecated: Vec<BoardRoute>,
    /// Every private route that was called lately, the most called first.
    pub private: Vec<BoardRoute>,
}

/// An operation, or a method on a route that is documented nowhere, and who calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRoute {
    /// The normalized route.
    pub route: String,
    /// Whether the catalog documents the route.
    pub documented: bool,
    /// The method.
    pub method: String,
    /// Since when it is deprecated, if it is.
    pub deprecated: Option<DeprecatedSince>,
    /// The day from which it may be gone.
    pub sunset: Option<Day>,
    /// What to call instead.
    pub replaced_by: Option<String>,
    /// Whether the catalog keeps it from outside use.
    pub internal: bool,
    /// Calls on the last 30 days.
    pub calls: u64,
    /// The first day with calls that is kept.
    pub first: Option<Day>,
    /// The last day with calls.
    pub last: Option<Day>,
    /// Who calls it, most calls first. Those without calls on the last 30 days come last.
    pub uses: Vec<RouteUse>,
}

/// One app's calls to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteUse {
    /// The app.
    pub app: AppId,
    /// Calls on the last 30 days.
    pub calls: u64,
    /// The first day with calls that is kept.
    pub first: Day,
    /// The last day with calls.
    pub last: Day,
}

impl BoardRoute {
    /// How many apps called it on the last 30 days.
    #[must_use]
    pub fn apps(&self) -> usize {
        self.uses.partition_point(|app| app.calls > 0)
    }

    fn of(route: &str, documented: bool, method: &str, operation: Option<&Operation>) -> Self {
        Self {
            route: route.to_owned(),
            documented,
            method: method.to_owned(),
            deprecated: operation.and_then(|operation| operation.deprecated),
            sunset: operation.and_then(|operation| operation.sunset),
            replaced_by: operation.and_then(|operation| operation.replaced_by.clone()),
            internal: operation.is_some_and(|operation| operation.internal),
            calls: 0,
            first: None,
            last: None,
            uses: Vec::new(),
        }
    }

    fn add(&mut self, app: &AppId, of: &FlaggedUse) {
        self.calls = self.calls.saturating_add(of.recent);
        self.first = Some(self.first.map_or(of.first, |first| first.min(of.first)));
        self.last = self.last.max(Some(of.last));
        // An app's calls with `HEAD` are calls to the `GET` that is documented. Apps come one after the other.
        match self.uses.last_mut().filter(|known| known.app == *app) {
            Some(known) => {
                known.calls = known.calls.saturating_add(of.recent);
                known.first = known.first.min(of.first);
                known.last = known.last.max(of.last);
            }
            None => self.uses.push(RouteUse { app: app.clone(), calls: of.recent, first: of.first, last: of.last }),
        }
    }

    fn sort_uses(&mut self) {
        self.uses.sort_by(|a, b| {
            (Reverse(a.calls), Reverse(a.last), &a.app).cmp(&(Reverse(b.calls), Reverse(b.last), &b.app))
        });
    }
}

impl Steadfast {
    /// Who calls what is deprecated or private, as of a day.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn board(&self, as_of: Day) -> Result<Arc<Board>, Error> {
        // Whose days are judged then.
        self.overview(as_of).await?;
        let earlier = DayRange { start: Day::FIRST, end: as_of.plus(-1) };
        let state = self.store.list_state(earlier).await?;
        let import = self.store.last_import().await?.map(|import| import.number);
        if let Some(board) = self.boards.at(as_of, import, state) {
            return Ok(board);
        }
        let _turn = self.boards.turn().await;
        if let Some(board) = self.boards.at(as_of, import, state) {
            return Ok(board);
        }
        let recent = DayRange::before(as_of, RECENT_DAYS);
        let before = self.boards.since(as_of, state.reset);
        let listed = self.store.flagged_uses(before.as_ref().map(|uses| uses.revision), recent).await?;
        let mut uses = Uses { revision: listed.revision, as_of: Some(as_of), ..before.unwrap_or_default() };
        for (app, of_app) in listed.items {
            if of_app.is_empty() {
                uses.by_app.remove(&app);
            } else {
                uses.by_app.insert(app, Arc::new(of_app));
            }
        }
        let (deprecated, private) = lists(&self.store.catalog().await?, &uses, as_of);
        let waiting = if state.dirty { self.store.count_dirty_days(earlier, MOST_WAITING).await? } else { 0 };
        let counted_since = self.store.first_counted_day().await?;
        let board = Arc::new(Board { as_of, recent, counted_since, waiting, deprecated, private });
        self.boards.keep(import, uses, Arc::clone(&board));
        Ok(board)
    }
}

/// The operations of a catalog by what counts call them.
fn lists(catalog: &Catalog, uses: &Uses, as_of: Day) -> (Vec<BoardRoute>, Vec<BoardRoute>) {
    let documented = |until: Option<Day>| until.is_none_or(|until| as_of < until);
    let routes: HashMap<&str, &model::Route> =
        catalog.routes.iter().map(|route| (route.text.as_str(), route)).collect();
    let mut deprecated: HashMap<(&str, &str), BoardRoute> = HashMap::new();
    for route in catalog.routes.iter().filter(|route| documented(route.documented_until)) {
        let operations = route.operations.iter().filter(|operation| documented(operation.documented_until));
        for operation in operations.filter(|operation| operation.deprecated.is_some()) {
            let board = BoardRoute::of(&route.text, true, &operation.method, Some(operation));
            deprecated.insert((&route.text, &operation.method), board);
        }
    }
    let mut private: HashMap<(bool, &str, &str), BoardRoute> = HashMap::new();
    for (app, of_app) in &uses.by_app {
        for of in of_app.iter() {
            let operation = routes.get(of.route.text.as_str()).filter(|_| of.route.documented);
            let operation = operation.and_then(|route| route.operation(&of.method));
            match of.kind {
                FlagKind::Deprecated => {
                    let method = operation.map_or(&*of.method, |operation| operation.method.as_str());
                    if let Some(route) = deprecated.get_mut(&(of.route.text.as_str(), method)) {
                        route.add(app, of);
                    }
                }
                FlagKind::Private if of.recent > 0 => {
                    let route = private
                        .entry((of.route.documented, &of.route.text, &of.method))
                        .or_insert_with(|| BoardRoute::of(&of.route.text, of.route.documented, &of.method, operation));
                    route.add(app, of);
                }
                FlagKind::Private => {}
            }
        }
    }
    let mut deprecated: Vec<BoardRoute> = deprecated.into_values().collect();
    let mut private: Vec<BoardRoute> = private.into_values().collect();
    for route in deprecated.iter_mut().chain(&mut private) {
        route.sort_uses();
    }
    // Without a sunset there is time; what has one comes first.
    deprecated.sort_by_cached_key(|it| {
        (it.sunset.unwrap_or(Day::LAST), Reverse(it.calls), it.route.clone(), it.method.clone())
    });
    private.sort_by_cached_key(|it| (Reverse(it.calls), it.route.clone(), it.method.clone(), it.documented));
    (deprecated, private)
}

#[cfg(test)]
mod tests {
    use model::{Route, RouteKey};

    use super::*;

    fn day(n: i32) -> Day {
        Day::from_epoch_days(n)
    }

    fn operation(method: &str, deprecated: Option<DeprecatedSince>, sunset: Option<Day>) -> Operation {
        Operation {
            method: method.to_owned(),
            document: "api.yaml".to_owned(),
            summary: None,
            deprecated,
            sunset,
            replaced_by: None,
            internal: deprecated.is_none(),
            company_scoped: false,
            documented_until: None,
        }
    }

    fn catalog() -> Catalog {
        let old = Some(DeprecatedSince::Always);
        let route = |text: &str, operations| Route {
            template: text.to_owned(),
            text: text.to_owned(),
            operations,
            documented_until: None,
        };
        let gone = Route { documented_until: Some(day(50)), ..route("/gone", vec![operation("GET", old, None)]) };
        Catalog {
            routes: vec![
                route("/open", vec![operation("GET", old, None)]),
                route("/late", vec![operation("GET", old, Some(day(300)))]),
                route("/soon", vec![operation("GET", old, Some(day(120))), operation("PUT", None, None)]),
                gone,
            ],
        }
    }

    fn flagged(kind: FlagKind, documented: bool, route: &str, method: &str, last: i32, recent: u64) -> FlaggedUse {
        FlaggedUse {
            kind,
            route: Arc::new(RouteKey { documented, text: route.to_owned() }),
            method: method.into(),
            first: day(last - 5),
            last: day(last),
            recent,
        }
    }

    fn uses(apps: Vec<(&str, Vec<FlaggedUse>)>) -> Uses {
        let by_app = apps.into_iter().map(|(app, uses)| (app.parse().unwrap(), Arc::new(uses))).collect();
        Uses { revision: 1, as_of: Some(day(100)), by_app }
    }

    #[test]
    fn every_deprecated_operation_stands_there_by_its_sunset() {
        let (deprecated, private) = lists(&catalog(), &uses(vec![]), day(100));
        let routes: Vec<&str> = deprecated.iter().map(|it| it.route.as_str()).collect();
        assert_eq!(routes, ["/soon", "/late", "/open"]);
        assert!(deprecated.iter().all(|it| it.uses.is_empty() && it.last.is_none()));
        assert!(private.is_empty());
    }

    #[test]
    fn apps_come_by_their_calls_and_head_is_get() {
        use FlagKind::Deprecated;
        let of = uses(vec![
            (
                "a",
                vec![
                    flagged(Deprecated, true, "/soon", "GET", 90, 5),
                    flagged(Deprecated, true, "/soon", "HEAD", 99, 2),
                ],
            ),
            ("b", vec![flagged(Deprecated, true, "/soon", "GET", 80, 40)]),
            (
                "c",
                vec![
                    flagged(Deprecated, true, "/soon", "GET", 40, 0),
                    flagged(Deprecated, true, "/gone", "GET", 40, 0),
                ],
            ),
        ]);
        let (deprecated, _) = lists(&catalog(), &of, day(100));
        let soon = &deprecated[0];
        let apps: Vec<(&str, u64, Day)> = soon.uses.iter().map(|it| (it.app.as_str(), it.calls, it.last)).collect();
        assert_eq!(apps, [("b", 40, day(80)), ("a", 7, day(99)), ("c", 0, day(40))]);
        assert_eq!((soon.calls, soon.apps(), soon.first, soon.last), (47, 2, Some(day(35)), Some(day(99))));
    }

    #[test]
    fn private_routes_are_those_called_lately() {
        use FlagKind::Private;
        let of = uses(vec![
            ("a", vec![flagged(Private, false, "/x", "GET", 99, 3), flagged(Private, true, "/soon", "PUT", 99, 9)]),
            ("b", vec![flagged(Private, false, "/x", "GET", 99, 4), flagged(Private, false, "/old", "GET", 10, 0)]),
        ]);
        let (_, private) = lists(&catalog(), &of, day(100));
        let found: Vec<_> = private.iter().map(|it| (it.route.as_str(), it.calls, it.apps(), it.internal)).collect();
        assert_eq!(found, [("/soon", 9, 1, true), ("/x", 7, 2, false)]);
    }
}
