//! Pages of the platform to look at, with much and with nothing.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use access::{Actor, Proof};
use model::{
    Company, Day, DayRange, DeprecatedSince, Hour, OrganisationId, PlatformRole, SessionId, Status, UnixMillis,
};
use service::{
    AlertChanges, AlertChoice, AppStanding, BatchSender, Board, BoardRoute, CatalogImport, Declared, Expect, Gap,
    HourState, LoggedChange, Loss, Overview, RouteUse, SourcePosition, SourceView, Sources, UnreadFile,
};

use super::apps::{AppsView, Wanted};
use super::board::{BoardView, Kind};
use super::route::{Known, RouteView};
use super::sources::{Pages, SourcesView};
use super::{apps, board, route, sources};
use crate::access::Caller;
use crate::alerts::pages::{self as alerts, AlertsView};
use crate::samples::{self, today};
use crate::setting::Setting;

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

/// The installation as one of its reviewers sees it.
fn setting() -> Setting<'static> {
    static CALLER: LazyLock<Caller> = LazyLock::new(|| {
        let proof = Proof::Session(SessionId::from_bytes([8; 16]));
        let id = samples::person().id;
        Caller { actor: Actor::Person { id, platform_role: Some(PlatformRole::Reviewer), proof }, ..samples::caller() }
    });
    Setting { caller: Some(&CALLER), ..samples::setting() }
}

fn organisation(n: u8) -> OrganisationId {
    OrganisationId::from_bytes([n; 16])
}

fn names() -> HashMap<OrganisationId, String> {
    let names =
        ["Acme Software", "FieldLens", "Northwind Construction Technology Partners and Sons, Joint Venture", EVIL];
    (0..).zip(names).map(|(n, name)| (organisation(n), name.to_owned())).collect()
}

/// So many apps in every state.
fn overview(number: u64) -> Overview {
    use Status::{Healthy, NeedsAttention, ReviewRecommended};
    let statuses = [Some(Healthy), Some(NeedsAttention), Some(ReviewRecommended), Some(Healthy), None, Some(Healthy)];
    let words = ["ERP Connector", "Photos", "Cost Sync", "Bridge", "Night Export", "Field Board", EVIL];
    let place = |n: u64| usize::try_from(n).unwrap_or(0);
    let standing = |n: u64| {
        let status = statuses[place(n * 5 % 6)];
        let name = format!("{} {n}", words[place(n % 7)]);
        let mut overview = samples::overview(&format!("app-{n}"), &name, status, n % 9);
        let owner = (n % 4 != 3).then(|| organisation(u8::try_from(n % 4).unwrap_or(0)));
        overview.app.discovered = owner.is_none();
        Arc::new(AppStanding {
            week_ago: statuses[place(n * 7 % 6)],
            incomplete_week_ago: if n % 5 == 3 { vec![today().plus(-16)] } else { Vec::new() },
            organisation: owner,
            calls_this_week: if n % 11 == 5 { 0 } else { 120 },
            calls_the_week_before: 100,
            is_new: n % 13 == 2,
            overview,
        })
    };
    Overview::new(today(), (0..number).map(standing).collect())
}

fn route(n: i32, sunset: Option<Day>, uses: usize, text: &str) -> BoardRoute {
    let of = |app: usize| RouteUse {
        app: format!("app-{app}").parse().unwrap(),
        calls: if app == uses - 1 && uses > 2 { 0 } else { 9_000 / (app as u64 + 1) },
        first: today().plus(-200),
        last: today().plus(-1 - i32::try_from(app).unwrap_or(0)),
    };
    let uses: Vec<RouteUse> = (0..uses).map(of).collect();
    BoardRoute {
        route: text.to_owned(),
        documented: true,
        method: if n % 3 == 0 { "PATCH" } else { "GET" }.to_owned(),
        deprecated: Some(if n % 2 == 0 {
            DeprecatedSince::Always
        } else {
            DeprecatedSince::Day(today().plus(-40 - n))
        }),
        sunset,
        replaced_by: (n % 3 == 1).then(|| "GET /rest/v2.0/projects/{project_id}/rfis".to_owned()),
        internal: false,
        calls: uses.iter().map(|of| of.calls).sum(),
        first: uses.iter().map(|of| of.first).min(),
        last: uses.iter().map(|of| of.last).max(),
        uses,
    }
}

fn board(waiting: u32) -> Board {
    let long = format!("/rest/v1.0/companies/:company_id/{}/:id", "workflow_permanent_logs/".repeat(6));
    let deprecated = vec![
        route(1, Some(today().plus(-12)), 3, "/rest/v1.0/projects/:project_id/rfis"),
        route(2, Some(today().plus(42)), 60, "/rest/v1.0/projects/:project_id/submittals/:id"),
        route(3, Some(today().plus(42)), 0, &long),
        route(4, Some(today().plus(300)), 1, EVIL),
        route(5, None, 2, "/rest/v1.1/projects"),
        route(6, None, 0, "/rest/v1.1/me"),
    ];
    let private = |n: i32, documented: bool, text: &str| BoardRoute {
        deprecated: None,
        replaced_by: None,
        documented,
        internal: documented,
        ..route(n, None, 4, text)
    };
    let private = vec![
        private(1, false, "/rest/internal/projects/:id/tools"),
        private(2, true, "/rest/v1.0/debug"),
        private(3, false, "/:other"),
        private(4, false, &format!("/{EVIL}/{}", "long".repeat(100))),
    ];
    let recent = DayRange::before(today(), 30);
    Board { as_of: today(), recent, counted_since: Some(today().plus(-390)), waiting, deprecated, private }
}

fn no_board() -> Board {
    Board { counted_since: None, deprecated: Vec::new(), private: Vec::new(), ..board(0) }
}

fn now() -> UnixMillis {
    UnixMillis(i64::from(today().epoch_days()) * 86_400_000 + 50_000_000)
}

fn sources() -> Sources {
    let position = |n: i64| SourcePosition {
        id: n,
        path: if n == 3 { EVIL.to_owned() } else { format!("/var/log/nginx/{}/access.log.{n}.gz", "api".repeat(5)) },
        offset: 7_u64.pow(u32::try_from(n + 3).unwrap_or(0)),
        lines: 9_u64.pow(u32::try_from(n + 2).unwrap_or(0)),
        within_line: false,
        head_len: 1,
        head_digest: 1,
        tail_digest: 1,
        updated_at: now().plus_millis(-n * n * 1_000_000),
        followed_by: None,
    };
    let change = |kind, n: i32| LoggedChange {
        import: 4,
        at: now().plus_millis(-7_200_000),
        change: model::CatalogChange {
            kind,
            route: format!("/rest/v1.{n}/projects/:project_id/{}", if n == 2 { EVIL } else { "rfis" }),
            method: "GET".to_owned(),
            detail: if n == 0 { String::new() } else { "sunset 2026-12-31".to_owned() },
        },
    };
    Sources {
        now: now(),
        sources: source_views(),
        positions: (0..9).map(position).collect(),
        senders: vec![
            BatchSender { sender: "t".to_owned(), last_at: now(), batches: 1_440, accepted: 9_120_332 },
            BatchSender { sender: EVIL.to_owned(), last_at: now().plus_millis(-9_000_000), batches: 2, accepted: 9 },
        ],
        rejects: vec![("not_json".to_owned(), 1_204), ("bad_time".to_owned(), 3), (EVIL.to_owned(), 1)],
        import: Some(CatalogImport {
            number: 4,
            at: now().plus_millis(-7_200_000),
            documents: vec!["openapi.yaml".to_owned(), EVIL.to_owned()],
        }),
        changes: (0..).zip(model::ChangeKind::ALL).map(|(n, kind)| change(kind, n)).collect(),
    }
}

/// Sources in every state.
fn source_views() -> Vec<SourceView> {
    use model::SourceWay::{self, Files, Http, Syslog};
    let hour = |back: i64| Hour::of(now()).plus(-back);
    let source = |name: &str, ways: &[SourceWay], from: &str, level: u64, hole: std::ops::Range<i64>| {
        let state = |back: i64| {
            let usual = level + level * u64::try_from((back * 5 % 7) + 1).unwrap_or(1) / 4;
            let gap = hole.contains(&back) && back > 1;
            let received = if hole.contains(&back) { level / 40 } else { usual };
            let expected = (level > 0).then_some(usual * 9 / 10);
            HourState { hour: hour(back), expected, received, over: back > 1, gap }
        };
        let gaps = if hole.is_empty() {
            Vec::new()
        } else {
            let (from, until) = (hour(hole.end - 1).start(), hour(hole.start).end());
            vec![Gap { from, until, expected: Some(level * 3), received: level / 40 }]
        };
        SourceView {
            name: name.parse().unwrap(),
            ways: ways.iter().copied().collect(),
            from: from.to_owned(),
            declared: Declared::default(),
            last_call: (level > 0).then(|| now().plus_millis(-42_000)),
            last_received: (level > 0).then(|| now().plus_millis(-40_000)),
            calls: level * 9_000,
            rejects: Vec::new(),
            rejects_today: Vec::new(),
            hours: (0..48).rev().map(state).collect(),
            gaps,
            losses: Vec::new(),
            unread: Vec::new(),
        }
    };
    let mut lossy = source("kong-eu", &[Http], "", 1_200, 3..6);
    lossy.rejects = vec![("not_json".to_owned(), 1_204), ("bad_time".to_owned(), 3), (EVIL.to_owned(), 1)];
    lossy.rejects_today = vec![("not_json".to_owned(), 12)];
    let from = "/var/log/nginx/a-folder-with-a-long-name/api.access.json.log*";
    let mut rotated = source("nginx.edge-1", &[Files, Http], from, 80, 0..0);
    let (from, until) = (hour(30).start(), hour(26).start());
    let detail = format!("/var/log/nginx/{EVIL}.log");
    let reason = model::LossReason::RotatedAway;
    rotated.losses = vec![Loss { source: rotated.name.clone(), from, until, reason, detail, at: until }];
    rotated.gaps = vec![Gap { from, until, expected: None, received: 0 }; 12];
    rotated.hours.iter_mut().for_each(|state| state.gap = (from..until).contains(&state.hour.start()));
    let mut archive = source("files", &[Files], "", 9, 0..0);
    archive.declared = Declared { expect: Expect::Never, allowance_minutes: 90 };
    archive.hours.iter_mut().for_each(|state| state.expected = None);
    let syslog = source("haproxy", &[Syslog], "udp://0.0.0.0:5514", 51_000, 0..0);
    let mut guess = source("guess", &[Files], "/srv/logs/*.log", 0, 0..0);
    let reason = "its format can't be told from its first lines; name it, in the configuration or with `--format`";
    let unread = |n: usize| UnreadFile {
        source: guess.name.clone(),
        path: if n == 2 { EVIL.to_owned() } else { format!("/srv/logs/{}.log", "gateway".repeat(n)) },
        reason: reason.to_owned(),
    };
    guess.unread = (1..12).map(unread).collect();
    let name = "a-source-that-has-as-long-a-name-as-a-source-can-have-0123456789";
    vec![archive, guess, syslog, lossy, rotated, source(name, &[], "", 0, 0..0)]
}

fn no_sources() -> Sources {
    Sources {
        now: now(),
        sources: Vec::new(),
        positions: Vec::new(),
        senders: Vec::new(),
        rejects: Vec::new(),
        import: None,
        changes: Vec::new(),
    }
}

fn route_page(kind: Kind, place: usize) -> String {
    let (board, overview, names) = (board(0), overview(60), names());
    let route = &kind.routes(&board)[place];
    let company = |name: &str| (Company::Named(name.into()), 9);
    let of = (0..route.uses.len()).map(|n| {
        let owner = names.get(&organisation(u8::try_from(n % 4).unwrap_or(0))).filter(|_| n % 4 != 3);
        let companies = [company("Turner Build"), company(EVIL), company("Hochbau AG"), (Company::Others, 1)];
        (owner.cloned(), companies.into_iter().take(n % 5).collect())
    });
    let incomplete = if place == 3 { vec![today().plus(-31), today().plus(-2)] } else { Vec::new() };
    let known = Known { overview: &overview, of: of.collect(), incomplete };
    route::render(&RouteView::new(setting(), &board, kind, route, &known, 1)).unwrap()
}

fn alerts_page(choice: AlertChoice) -> String {
    let app = samples::app("acme-erp", "Acme ERP Connector");
    alerts::render(&AlertsView::new(samples::setting(), &app, true, choice)).unwrap()
}

/// The sample pages by file name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let setting = setting();
    let apps = |overview: &Overview, wanted: &Wanted| {
        apps::render(&AppsView::new(setting, overview, &names(), wanted, 1)).unwrap()
    };
    let narrow = Wanted {
        filter: crate::apps::filter::Filter { search: "nowhere".to_owned(), ..Default::default() },
        change: None,
    };
    let of =
        |board: &Board, kind, search| board::render(&BoardView::new(setting, board, kind, search, 1, &[])).unwrap();
    let token = [Some("Gateway Frankfurt".to_owned()), None];
    let from = |sources: &Sources| {
        let pages = Pages { sources: 1, files: None };
        let lacking: Vec<Day> = if sources.sources.is_empty() { Vec::new() } else { vec![today().plus(-2)] };
        sources::render(&SourcesView::new(setting, sources, &token, &lacking, pages)).unwrap()
    };
    vec![
        ("platform.html", apps(&overview(5_000), &Wanted::default())),
        ("platform-none.html", apps(&overview(0), &Wanted::default())),
        ("platform-narrow.html", apps(&overview(20), &narrow)),
        ("platform-deprecated.html", of(&board(0), Kind::Deprecated, "")),
        ("platform-deprecated-waiting.html", of(&board(1_200), Kind::Deprecated, "rfis")),
        ("platform-deprecated-none.html", of(&no_board(), Kind::Deprecated, "")),
        ("platform-private.html", of(&board(0), Kind::Private, "")),
        ("platform-private-none.html", of(&no_board(), Kind::Private, "")),
        ("platform-route.html", route_page(Kind::Deprecated, 1)),
        ("platform-route-unused.html", route_page(Kind::Deprecated, 2)),
        ("platform-route-private.html", route_page(Kind::Private, 3)),
        ("platform-sources.html", from(&sources())),
        ("platform-sources-none.html", from(&no_sources())),
        ("alerts.html", alerts_page(AlertChoice { changes: Some(AlertChanges::Worse), weekly: true })),
        ("alerts-none.html", alerts_page(AlertChoice::default())),
    ]
}
