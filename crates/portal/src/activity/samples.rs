//! Pages of activity to look at.

use std::sync::Arc;

use model::{App, Company, Component, DayRange, Distribution, Environment, Observation, RouteKey};
use service::{Activity, ActivityFilter, Choices, DayClasses, Flaw, ReportRow, RowOrder};

use super::asked::{Asked, default_days};
use super::view::{ActivityView, OfApp};
use crate::samples::{app, setting, today};

const ROUTES: [(&str, &str); 5] = [
    ("GET", "/rest/v1.0/projects/:project_id/rfis"),
    ("GET", "/rest/v1.0/projects/:project_id/submittals"),
    ("POST", "/rest/v1.0/projects/:project_id/daily_logs/weather_logs/:id/attachments"),
    ("PATCH", "/rest/v1.1/companies/:company_id/users/:id"),
    ("GET", "/internal/<script>alert(1)</script>/:id"),
];

fn acme() -> App {
    let mut app = app("acme-erp", "Acme ERP Connector");
    app.components = vec![Component::DataConnection, Component::SidePanel];
    app.distribution = Some(Distribution::Marketplace);
    app
}

/// What the service would answer, made up.
fn activity(days: DayRange) -> Activity {
    let mut rows = Vec::new();
    let mut classes = Vec::new();
    for (n, day) in (0_u64..).zip(days.iter()) {
        let mut of_day = DayClasses { day, classes: [0; 5] };
        for (r, (method, route)) in (0_u64..).zip(ROUTES) {
            for (status, share) in
                [(200, 930), (304, 20), (403, 7 * (n % 5)), (404, 12), (500, if n % 11 == 3 { 90 } else { 1 })]
            {
                let count = (9_000 + 613 * (n % 6)) / (r + 1) * share / 1000;
                if count > 0 && n % 7 != 5 {
                    of_day.classes[service::StatusClass::of(status).index()] += count;
                    let route = Arc::new(RouteKey { documented: true, text: route.to_owned() });
                    rows.push(ReportRow { day, status, method: method.into(), route, count });
                }
            }
        }
        classes.push(of_day);
    }
    rows.reverse();
    Activity {
        calls: rows.iter().map(|row| row.count).sum(),
        rows,
        days: classes,
        companies: None,
        choices: Choices {
            codes: vec![200, 304, 403, 404, 500],
            methods: ["GET", "PATCH", "POST"].map(Arc::from).to_vec(),
            companies: vec![Company::Named("5358233".into()), Company::Absent, Company::Others],
        },
        incomplete: vec![days.end.plus(-3), days.end.plus(-2)],
    }
}

fn page(asked: &Asked, activity: &Activity) -> String {
    let app = acme();
    let of = OfApp { app: &app, registered: true };
    super::pages::render(&ActivityView::new(setting(), of, asked, activity, 1)).unwrap()
}

fn hostile() -> String {
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let days = DayRange::before(today(), 92);
    let mut activity = activity(days);
    for row in &mut activity.rows {
        let text = format!("/{}/{evil}/{}", "long".repeat(80), row.route.text);
        row.route = Arc::new(RouteKey { documented: false, text });
        row.method = "M".repeat(32).into();
    }
    activity.choices.methods = vec![evil.into()];
    activity.choices.companies = vec![Company::Named(evil.into())];
    let asked = Asked::of_days(days).sorted(RowOrder::Largest).with(|filter| {
        filter.route_contains = Some(evil.to_owned());
        filter.company = Some(Company::Named(evil.into()));
        filter.method = Some(evil.to_owned());
    });
    page(&asked, &activity)
}

fn flawed() -> String {
    let app = acme();
    let of = OfApp { app: &app, registered: true };
    let flaws = vec![
        Flaw::new("status", "`40` is no status; write a code from 100 to 599 such as `403`, or a class such as `4xx`"),
        Flaw::new("sort", "`up` is not known here"),
    ];
    let written = |name: &str| if name == "status" { "40" } else { "" }.to_owned();
    super::pages::render(&ActivityView::of_flaws(setting(), of, &written, flaws)).unwrap()
}

/// The sample pages by file name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let usual = default_days(today());
    let long = DayRange { start: today().plus(-399), end: today() };
    let narrow = Asked::of_days(usual).with(|filter| {
        *filter = ActivityFilter {
            status: "4xx".parse().ok(),
            observation: Some(Observation::DeprecatedEndpoint),
            company: Some(Company::Others),
            environment: Environment::Sandbox,
            ..filter.clone()
        };
    });
    let one = DayRange::only(today());
    let refused = Asked::of_days(usual).with(|filter| filter.observation = Some(Observation::Forbidden));
    let mut of_companies = activity(usual);
    of_companies.companies = Some(crate::samples::beside().companies[0].clone());
    vec![
        ("activity.html", page(&Asked::of_days(usual), &activity(usual))),
        ("activity-long.html", page(&Asked::of_days(long), &activity(long))),
        ("activity-today.html", page(&Asked::of_days(one), &activity(one))),
        ("activity-narrow.html", page(&narrow, &activity(usual))),
        ("activity-companies.html", page(&refused, &of_companies)),
        ("activity-none.html", page(&narrow, &Activity::default())),
        ("activity-flawed.html", flawed()),
        ("activity-hostile.html", hostile()),
    ]
}
