//! Answers to make pages from: the cast of the tests, and of the pages that
//! `TEST_SAMPLES=DIR cargo test -p portal samples` writes for looking at.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use access::{Actor, Proof};
use health::{Cause, Forecast, Rules};
use model::{
    App, AppId, Company, Component, Day, DayRange, DayVerdict, Distribution, Observation, Person, PersonId, SessionId,
    Severity, Status, UnixMillis,
};
use service::{AppHealth, AppOverview, Freshness, ObservationHealth, Platform, ReportSummary, Summary, TodaySoFar};

use crate::access::Caller;
use crate::app_health::view::{Beside, HealthView, RoutesView};
use crate::apps::filter::Filter;
use crate::apps::view::AppsView;
use crate::setting::Setting;
use crate::{app_health, apps, assets, fault, rules};

/// The day on which the samples are seen.
pub(crate) fn today() -> Day {
    "2026-11-20".parse().unwrap()
}

/// An installation with the default rules.
pub(crate) fn setting() -> Setting<'static> {
    static PLATFORM: LazyLock<Platform> = LazyLock::new(|| Platform {
        name: "Keystone Build".to_owned(),
        zone: model::PlatformZone::utc(),
        company_header: "Procore-Company-Id".to_owned(),
        company_header_exceptions: Vec::new(),
        manifest_rules: Arc::default(),
    });
    static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);
    static CALLER: LazyLock<Caller> = LazyLock::new(caller);
    Setting { platform: &PLATFORM, rules: &RULES, today: today(), caller: Some(&CALLER) }
}

/// Anna, without a role on the platform.
pub(crate) fn person() -> Person {
    Person {
        id: PersonId::from_bytes([7; 16]),
        email: "anna.lund@example.com".parse().unwrap(),
        name: "Anna Lund".to_owned(),
        platform_role: None,
        verified_at: Some(UnixMillis(0)),
        disabled_at: None,
        created_at: UnixMillis(0),
    }
}

/// Anna, signed in.
pub(crate) fn caller() -> Caller {
    let person = person();
    let proof = Proof::Session(SessionId::from_bytes([8; 16]));
    Caller {
        actor: Actor::Person { id: person.id, platform_role: None, proof },
        person: Some(person),
        csrf: "0123456789abcdef".to_owned(),
        ..Caller::stranger()
    }
}

pub(crate) fn app(id: &str, name: &str) -> App {
    App { name: name.to_owned(), ..App::discovered(id.parse::<AppId>().unwrap()) }
}

/// An app in a list; `seed` varies its days.
pub(crate) fn overview(id: &str, name: &str, status: Option<Status>, seed: u64) -> AppOverview {
    let window = DayRange::before(today(), 14);
    let strip = (0u64..).zip(window.iter()).map(|(i, day)| {
        let severity = match (status, (i * 7 + seed) % 5) {
            (None, _) => None,
            (Some(Status::NeedsAttention), 0) => Some(Severity::Critical),
            (Some(Status::NeedsAttention | Status::ReviewRecommended), 1) => Some(Severity::Warning),
            (Some(_), 4) if seed % 2 == 1 => None,
            _ => Some(Severity::Healthy),
        };
        (day, severity)
    });
    let summary = match status {
        None => Summary::default(),
        Some(Status::NeedsAttention) => Summary { needs_attention: 2, review_recommended: 1, healthy: 4 },
        Some(Status::ReviewRecommended) => Summary { needs_attention: 0, review_recommended: 2, healthy: 5 },
        Some(Status::Healthy) => Summary { needs_attention: 0, review_recommended: 0, healthy: 7 },
    };
    let calls = if status.is_some() { 1_284_332 / (seed * seed + 1) } else { 0 };
    AppOverview { app: app(id, name), status, calls, strip: strip.collect(), summary, incomplete: Vec::new() }
}

fn many_apps() -> Vec<AppOverview> {
    use Component::{DataConnection, FullScreen, SidePanel};
    use Status::{Healthy, NeedsAttention, ReviewRecommended};
    type Entry = (&'static str, &'static str, Option<Status>, &'static [Component], Option<Distribution>);
    let cast: [Entry; 11] = [
        (
            "acme-erp",
            "Acme ERP Connector",
            Some(NeedsAttention),
            &[DataConnection, SidePanel],
            Some(Distribution::Marketplace),
        ),
        ("fieldlens", "FieldLens Photos", Some(Healthy), &[FullScreen], Some(Distribution::Marketplace)),
        ("tally-cost", "Tally Cost Sync", Some(ReviewRecommended), &[DataConnection], Some(Distribution::Custom)),
        ("docbridge", "DocBridge", Some(Healthy), &[DataConnection], Some(Distribution::Marketplace)),
        ("siteboard", "Siteboard", Some(NeedsAttention), &[FullScreen, DataConnection], Some(Distribution::Custom)),
        ("nightly-export-7f3a", "nightly-export-7f3a", Some(ReviewRecommended), &[], None),
        (
            "safety-first",
            "Safety First Inspections for Very Large Projects and Joint Ventures",
            Some(Healthy),
            &[SidePanel],
            Some(Distribution::Custom),
        ),
        ("quiet", "Quiet Planner", None, &[SidePanel], Some(Distribution::Custom)),
        ("<script>alert(1)</script>", "<script>alert(\"1\")</script> & Söhne", Some(Healthy), &[], None),
        (
            "0f9c1d",
            "averyveryverylongnamewithoutanyspaceswhatsoeverthatmustwrapsomehowsomewhereifthepageistostaywithinitsbounds",
            Some(Healthy),
            &[],
            None,
        ),
        ("unidentified", "unidentified", Some(NeedsAttention), &[], None),
    ];
    let overview = |(seed, (id, name, status, components, distribution)): (u64, Entry)| {
        let mut overview = overview(id, name, status, seed);
        overview.app.components = components.to_vec();
        overview.app.discovered = components.is_empty();
        overview.app.distribution = distribution;
        overview
    };
    (0..).zip(cast).map(overview).collect()
}

/// Routes behind an observation, most affected first.
pub(crate) fn causes(number: usize) -> Vec<Cause> {
    let routes = [
        ("GET", "/rest/v1.0/projects/:project_id/rfis"),
        ("GET", "/rest/v1.0/projects/:project_id/submittals"),
        ("POST", "/rest/v1.0/projects/:project_id/daily_logs/weather_logs/:id/attachments"),
        ("PATCH", "/rest/v1.1/companies/:company_id/users/:id"),
    ];
    let window = DayRange::before(today(), 14);
    let cause = |n: usize| {
        let (method, route) = routes[n % routes.len()];
        Cause {
            route: if n < routes.len() { route.to_owned() } else { format!("{route}/part_{n}") },
            method: method.to_owned(),
            affected: 2604 / (n as u64 + 1),
            first: window.start.plus(8),
            last: window.end,
            notes: Vec::new(),
        }
    };
    (0..number).map(cause).collect()
}

fn observation(observation: Observation, severities: &str, calls: &[(Day, u64)]) -> ObservationHealth {
    let verdict = |(letter, (day, calls)): (char, &(Day, u64))| {
        let (severity, share) = match letter {
            'c' => (Severity::Critical, 120),
            'w' => (Severity::Warning, 21),
            _ => (Severity::Healthy, 0),
        };
        DayVerdict { day: *day, affected: calls * share / 1000, base: *calls, severity }
    };
    let (status, reason, forecast) = if severities.ends_with('c') {
        let forecast = Forecast { review_recommended: Some(today().plus(4)), healthy: Some(today().plus(15)) };
        (Status::NeedsAttention, "Critical on each of the last 3 days", forecast)
    } else if severities.contains('w') {
        let forecast = Forecast { review_recommended: None, healthy: Some(today().plus(11)) };
        (Status::ReviewRecommended, "Warning on 4 of 14 days, last 2 days ago", forecast)
    } else {
        (Status::Healthy, "No warnings in the window", Forecast::default())
    };
    ObservationHealth {
        observation,
        title: observation.title("Procore-Company-Id"),
        status,
        reason: reason.to_owned(),
        forecast,
        days: severities.chars().zip(calls).map(verdict).collect(),
        rule: "Critical at 50 calls and 5 %, Warning at 10 and 1 %".to_owned(),
        causes: Vec::new(),
    }
}

fn health(app: App, severities: [&str; 7], quiet_days: usize) -> AppHealth {
    let window = DayRange::before(today(), 14);
    let traffic = |(n, day): (usize, Day)| (day, if n < quiet_days { 0 } else { 9_000 + 613 * (n as u64 % 6) });
    let calls: Vec<(Day, u64)> = window.iter().enumerate().map(traffic).collect();
    let observations: Vec<ObservationHealth> =
        Observation::ALL.into_iter().zip(severities).map(|(key, text)| observation(key, text, &calls)).collect();
    let number = |status| observations.iter().filter(|row| row.status == status).count();
    AppHealth {
        last_call: None,
        incomplete: Vec::new(),
        app,
        as_of: today(),
        window,
        status: observations.iter().map(|row| row.status).max(),
        summary: Summary {
            needs_attention: number(Status::NeedsAttention),
            review_recommended: number(Status::ReviewRecommended),
            healthy: number(Status::Healthy),
        },
        report: ReportSummary { days: DayRange::before(today(), 30), calls: 284_332, rows: 1_912 },
        today: TodaySoFar { calls: 5_204, affected: [611, 40, 0, 3, 0, 25, 0] },
        calls,
        observations,
    }
}

/// An app with much to tell.
pub(crate) fn troubled() -> AppHealth {
    let mut app = app("acme-erp", "Acme ERP Connector");
    app.components = vec![Component::DataConnection, Component::SidePanel];
    app.distribution = Some(Distribution::Marketplace);
    let mut health = health(
        app,
        [
            "hhhhhhhwhwwccc",
            "hwhhhwhhhwhwhh",
            "hhhhhhhhhhhhhh",
            "hhhhhhhhhhhhhh",
            "hhhhhhhhhhhhhh",
            "hchhhhhchhhhhc",
            "hhhhhhhhhhhhhh",
        ],
        1,
    );
    health.observations[0].causes = causes(23);
    health.observations[1].causes = causes(2);
    health.observations[5].causes = causes(60);
    for cause in &mut health.observations[5].causes {
        cause.notes = vec![
            "deprecated since 1 Oct 2026".to_owned(),
            "sunset 31 Dec 2026, 42 days after the last call".to_owned(),
            "replaced by GET /rest/v2.0/projects/{id}/rfis".to_owned(),
        ];
    }
    health
}

/// What is known beside the health of the samples.
pub(crate) fn beside() -> Beside {
    let named = |name: &str, calls| (Company::Named(name.into()), calls);
    let mut beside = Beside {
        companies: Default::default(),
        freshness: Freshness {
            now: UnixMillis(1_795_182_312_000),
            counted_at: Some(UnixMillis(1_795_181_312_000)),
            next_at: UnixMillis(1_795_219_200_000),
            rejected: 12,
        },
    };
    beside.companies[0].companies = vec![
        named("5358233", 3_120),
        (Company::Absent, 422),
        named("<script>alert(1)</script>", 210),
        named("1", 20),
        (Company::Others, 7),
        named("2", 2),
        named("3", 1),
    ];
    beside
}

/// An app of which everything is Healthy.
pub(crate) fn clean() -> AppHealth {
    health(app("clean", "Clean & Söhne"), ["hhhhhhhhhhhhhh"; 7], 0)
}

/// An app of which everything is Healthy as far as calls arrived.
pub(crate) fn lacking() -> AppHealth {
    let mut lacking = health(app("lacking", "Lacking Ltd"), ["hhhhhhhhhhhhhh"; 7], 2);
    lacking.incomplete = [13, 5, 4].map(|back| today().plus(-back)).to_vec();
    lacking
}

/// An app without traffic.
pub(crate) fn silent() -> AppHealth {
    AppHealth {
        status: None,
        summary: Summary::default(),
        observations: Vec::new(),
        report: ReportSummary { days: DayRange::before(today(), 30), calls: 0, rows: 0 },
        today: TodaySoFar::default(),
        ..health(app("quiet", "Quiet Planner"), [""; 7], 14)
    }
}

/// An app whose every text was chosen to do harm, with as much of it as can be.
pub(crate) fn hostile() -> AppHealth {
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut health = health(app(&format!("{evil}/../?#"), evil), ["cccccccccccccc"; 7], 0);
    health.as_of = today().plus(-3);
    for row in &mut health.observations {
        row.reason = evil.to_owned();
        row.rule = evil.to_owned();
        row.causes = causes(600);
        for cause in &mut row.causes {
            cause.route = format!("/{}/{evil}/{}", "long".repeat(200), cause.route);
            cause.method = "M".repeat(1000);
            cause.notes = vec![evil.repeat(10)];
        }
    }
    health
}

/// The sample pages by file name.
pub(crate) fn pages() -> &'static [(&'static str, String)] {
    static PAGES: LazyLock<Vec<(&str, String)>> =
        LazyLock::new(|| [make_pages(), crate::activity::samples::pages()].concat());
    &PAGES
}

fn make_pages() -> Vec<(&'static str, String)> {
    let setting = setting();
    let today = setting.today;
    let health =
        |health: &AppHealth| app_health::pages::render(&HealthView::new(setting, health, true, &beside())).unwrap();
    let apps = |apps: Vec<AppOverview>, as_of| {
        apps::pages::render(&AppsView::new(setting, apps, &Filter::default(), as_of, 1, 1)).unwrap()
    };
    let routes = |health: &AppHealth, observation| {
        app_health::pages::render_routes(&RoutesView::new(setting, health, true, observation, 1)).unwrap()
    };
    vec![
        ("apps.html", apps(many_apps(), today)),
        ("apps-then.html", apps(many_apps(), today.plus(-3))),
        ("apps-none.html", apps(Vec::new(), today)),
        ("health.html", health(&troubled())),
        ("health-clean.html", health(&clean())),
        ("health-lacking.html", health(&lacking())),
        ("health-none.html", health(&silent())),
        ("health-hostile.html", health(&hostile())),
        ("routes.html", routes(&troubled(), Observation::DeprecatedEndpoint)),
        ("routes-lacking.html", routes(&lacking(), Observation::DeprecatedEndpoint)),
        ("routes-hostile.html", routes(&hostile(), Observation::PrivateEndpoint)),
        ("rules.html", rules::render(setting).unwrap()),
        (
            "fault.html",
            fault::render(&fault::Fault::NoSuchApp("acme".to_owned()), &crate::chrome::Chrome::default()).unwrap(),
        ),
    ]
    .into_iter()
    .chain(crate::accounts::samples::pages())
    .chain(crate::apps::samples::pages())
    .chain(crate::platform::samples::pages())
    .chain(crate::components::samples::pages())
    .chain(crate::versions::samples::pages())
    .chain(crate::credentials::samples::pages())
    .chain(crate::organisations::samples::pages())
    .chain(crate::source_tokens::samples::pages())
    .collect()
}

#[test]
fn pages_with_sums_over_incomplete_days_say_so() {
    let says = |name: &str, words: &str| {
        let (_, page) = pages().iter().find(|(other, _)| *other == name).unwrap();
        page.contains(words)
    };
    for (name, days) in [
        ("routes-lacking.html", "<b>7 Nov, 15 Nov and 16 Nov are incomplete.</b>"),
        ("health-lacking.html", "<b>7 Nov, 15 Nov and 16 Nov are incomplete.</b>"),
        ("platform-route-private.html", "<b>18 Nov is incomplete.</b>"),
    ] {
        assert!(says(name, days), "{name}");
    }
    for name in ["routes.html", "platform-route.html", "platform-route-unused.html"] {
        assert!(!says(name, "incomplete.</b>"), "{name}");
    }
    assert!(says("platform.html", "Healthy, data incomplete</small>"), "what an app was a week before");
}

/// Writes the pages where they can be looked at, if somebody asks for them.
#[test]
fn samples_are_written_for_looking_at() {
    let Ok(folder) = std::env::var("TEST_SAMPLES") else { return };
    let folder = Path::new(&folder);
    for (url, bytes) in assets::all() {
        let file = folder.join(url.trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    for (name, page) in pages() {
        std::fs::write(folder.join(name), page.replace("href=\"/assets/", "href=\"assets/")).unwrap();
    }
}
