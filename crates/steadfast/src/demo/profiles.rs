//! The apps themselves: who they are, what they call, and what goes wrong. A thing to read and to edit.

use model::{AppId, Component, Distribution, Observation, Status};

use super::cast::{Fault, Hours, Profile, Story, Weekend, What, When};

use Component::{DataConnection, FullScreen, SidePanel};
use Distribution::{Custom, Marketplace};
use Observation::{
    DeprecatedEndpoint, Forbidden, MissingCompanyHeader, NotFound, PrivateEndpoint, RateLimited, Unauthorized,
};
use Status::{NeedsAttention, ReviewRecommended};

/// A call of one operation that is answered well.
const fn calls(method: &'static str, template: &'static str) -> What {
    What::On { method, template, refused: None }
}

/// A call of one operation that is refused.
const fn refused(status: u16, reason: &'static str, method: &'static str, template: &'static str) -> What {
    What::On { method, template, refused: Some((status, reason)) }
}

/// A fault with people's hours, at any company, by people's tokens.
const fn fault(what: What, when: When, at_least: u32, per_mille: u32) -> Fault {
    Fault { what, when, at_least, per_mille, hours: Hours::Office, company: None, service: false }
}

impl Fault {
    const fn at(mut self, hours: Hours) -> Self {
        self.hours = hours;
        self
    }

    const fn company(mut self, company: u8) -> Self {
        self.company = Some(company);
        self
    }

    const fn service(mut self) -> Self {
        self.service = true;
        self
    }
}

/// The gateway's word for an id that names nothing.
const GONE: &str = "record_not_found";

/// What a profile is as long as it says nothing else.
const NOBODY: Profile = Profile {
    story: Story { app: "", name: "", story: "", look_at: "", has_traffic: true, intended: &[] },
    components: &[],
    distribution: None,
    tools: &[],
    weekday_calls: 0,
    weekend: Weekend(60),
    hours: Hours::Jobs,
    growth: 2,
    first_age: i32::MAX,
    surge: None,
    companies: 6,
    service_calls: 0,
    sandbox_calls: 0,
    agent: "",
    versions: &[(i32::MAX, "1.0.0")],
    faults: &[],
};

/// All apps: the registered ones, the busiest first, then those that only traffic tells of.
pub(super) const CAST: [Profile; 15] = [
    Profile {
        story: Story {
            app: "quarrystone-ledger",
            name: "Quarrystone Ledger",
            story: "Since release 4.2.0 five days ago it refreshes tokens too late: bursts of 401 every 90 minutes.",
            look_at: "401: five Critical days in a row from the release on. It also calls purchase and work orders, \
                      deprecated twelve days ago (Warning, sunset far off), and had one day of 429 (isolated, so Healthy).",
            has_traffic: true,
            intended: &[(Unauthorized, NeedsAttention), (DeprecatedEndpoint, ReviewRecommended)],
        },
        components: &[DataConnection],
        distribution: Some(Marketplace),
        tools: &[
            "/rest/v2.0/",
            "/erp-sync/",
            "/vendors",
            "/users",
            "/submittals",
            "/rfis",
            "/documents",
            "/timecards",
            "/crews",
        ],
        weekday_calls: 6_900,
        weekend: Weekend(55),
        companies: 22,
        service_calls: 600,
        sandbox_calls: 60,
        agent: "QuarrystoneLedger/{v} (jvm 21)",
        versions: &[(i32::MAX, "4.1.3"), (19, "4.1.4"), (4, "4.2.0")],
        faults: &[
            fault(What::Refused(401, "token_expired"), When::Since(4), 80, 60).at(Hours::TokenExpiry),
            fault(What::Refused(429, "rate_limit"), When::Between(9, 9), 20, 8).at(Hours::Night).service(),
            fault(calls("GET", "/rest/v1.0/projects/{project_id}/purchase_orders"), When::Every, 9, 3),
            fault(calls("GET", "/rest/v1.0/projects/{project_id}/work_orders/{id}"), When::Every, 4, 1),
        ],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "pulsegrid-dashboards",
            name: "Pulsegrid Dashboards",
            story: "Release 3.0.0 four days ago polls every few seconds instead of waiting for webhooks.",
            look_at: "429: Critical since the release, while its calls have more than doubled.",
            has_traffic: true,
            intended: &[(RateLimited, NeedsAttention)],
        },
        components: &[FullScreen],
        distribution: Some(Marketplace),
        tools: &["/inspections", "/observations", "/incidents", "/tasks", "/schedule/", "/budgets", "/change-events"],
        weekday_calls: 2_000,
        weekend: Weekend(25),
        hours: Hours::Office,
        surge: Some((3, 230)),
        companies: 14,
        sandbox_calls: 25,
        agent: "PulsegridDashboards/{v} node/22",
        versions: &[(i32::MAX, "2.9.1"), (3, "3.0.0")],
        faults: &[fault(What::Refused(429, "rate_limit"), When::Since(3), 80, 160)],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "clearspan-inspections",
            name: "Clearspan Inspections",
            story: "A clean app: background noise only, well below every threshold.",
            look_at: "Seven times Healthy, with a few 403, 404 and 401 a day that nobody needs to look at.",
            has_traffic: true,
            intended: &[],
        },
        components: &[FullScreen, SidePanel],
        distribution: Some(Marketplace),
        tools: &["/inspection", "/observations", "/punch-items", "/photos", "/photo-albums", "/locations", "/members"],
        weekday_calls: 2_700,
        weekend: Weekend(15),
        hours: Hours::Office,
        growth: 4,
        companies: 18,
        sandbox_calls: 20,
        agent: "Clearspan/{v} (embedded)",
        versions: &[(i32::MAX, "5.3.0"), (12, "5.3.1"), (6, "5.4.0")],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "oldharbor-mirror",
            name: "Oldharbor Document Mirror",
            story: "For twelve days it has asked for documents that were deleted: its cache of ids is never cleaned.",
            look_at: "404: Warning every day since, on the routes of single documents and photos; never Critical.",
            has_traffic: true,
            intended: &[(NotFound, ReviewRecommended)],
        },
        components: &[DataConnection],
        distribution: Some(Custom),
        tools: &["/documents", "/folders", "/files/", "/drawings", "/specifications", "/photos"],
        weekday_calls: 2_100,
        companies: 3,
        service_calls: 950,
        sandbox_calls: 10,
        agent: "oldharbor-mirror/{v}",
        versions: &[(i32::MAX, "0.9.7")],
        faults: &[
            fault(
                refused(404, GONE, "GET", "/rest/v1.0/projects/{project_id}/documents/{id}"),
                When::Since(11),
                12,
                28,
            )
            .at(Hours::Jobs)
            .service(),
            fault(refused(404, GONE, "GET", "/rest/v1.0/projects/{project_id}/photos/{id}"), When::Since(11), 6, 15)
                .at(Hours::Jobs)
                .service(),
        ],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "nightshift-payroll",
            name: "Nightshift Payroll",
            story: "Its nightly job, run by the service account, forgets the company header.",
            look_at: "Missing header: Critical every night between two and four o'clock UTC; the panel that people use is fine.",
            has_traffic: true,
            intended: &[(MissingCompanyHeader, NeedsAttention)],
        },
        components: &[DataConnection, SidePanel],
        distribution: Some(Marketplace),
        tools: &["/timecards", "/crews", "/users", "/members", "/labour", "/cost-codes", "/cost-types"],
        weekday_calls: 1_800,
        companies: 9,
        service_calls: 400,
        sandbox_calls: 15,
        agent: "NightshiftPayroll/{v} dotnet/9.0",
        versions: &[(i32::MAX, "7.12.0"), (15, "7.12.1")],
        faults: &[fault(What::Headerless, When::Every, 44, 30).at(Hours::Night).service()],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "brightwick-models",
            name: "Brightwick Models",
            story: "An old wrapper library calls an internal route of the viewer and an undocumented tree of folders.",
            look_at: "Private endpoints: a handful of calls a day, a Warning each day; the routes are named in the row.",
            has_traffic: true,
            intended: &[(PrivateEndpoint, ReviewRecommended)],
        },
        components: &[DataConnection, FullScreen],
        distribution: Some(Custom),
        tools: &["/drawings", "/documents", "/rfis", "/locations", "/submittals", "/specifications"],
        weekday_calls: 1_900,
        weekend: Weekend(20),
        hours: Hours::Office,
        companies: 4,
        sandbox_calls: 8,
        agent: "BrightwickModels/{v} plotline-sdk/0.4",
        versions: &[(i32::MAX, "2.2.0")],
        faults: &[
            fault(calls("POST", "/rest/v1.0/projects/{project_id}/viewer-tokens"), When::Every, 4, 3),
            fault(calls("GET", "/rest/v0/projects/{project_id}/tree"), When::Every, 2, 1),
        ],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "marrow-fieldnotes",
            name: "Marrow Fieldnotes",
            story: "Six days ago one company uninstalled it; its jobs go on calling for that company and get 403.",
            look_at: "403: Critical from that day on, all for one company, while all others are fine.",
            has_traffic: true,
            intended: &[(Forbidden, NeedsAttention)],
        },
        components: &[SidePanel],
        distribution: Some(Marketplace),
        tools: &["/site-diaries", "/photos", "/tasks", "/meetings", "/rfis", "/safety-briefings"],
        weekday_calls: 1_500,
        weekend: Weekend(20),
        hours: Hours::Office,
        companies: 12,
        sandbox_calls: 12,
        agent: "MarrowFieldnotes/{v} okhttp/4.12",
        versions: &[(i32::MAX, "1.18.2"), (21, "1.19.0")],
        faults: &[fault(What::Refused(403, "app_not_installed"), When::Since(5), 70, 90).at(Hours::Flat).company(2)],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "ferrous-schedule",
            name: "Ferrous Schedule Bridge",
            story: "Just fixed: release 2.7.0 mixed up ids for two days, 2.7.1 put it right.",
            look_at: "404: two Critical days, then green since the fix; the page says on which day it clears.",
            has_traffic: true,
            intended: &[(NotFound, ReviewRecommended)],
        },
        components: &[DataConnection],
        distribution: Some(Marketplace),
        tools: &["/schedule/", "/tasks", "/action-plans", "/locations", "/members"],
        weekday_calls: 1_400,
        companies: 7,
        service_calls: 500,
        sandbox_calls: 15,
        agent: "FerrousBridge/{v} go1.26",
        versions: &[(i32::MAX, "2.6.4"), (5, "2.7.0"), (3, "2.7.1")],
        faults: &[fault(What::Refused(404, GONE), When::Between(5, 4), 100, 220).at(Hours::Jobs)],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "tallyhouse-export",
            name: "Tallyhouse Cost Export",
            story: "A monthly export, nine days ago, still reads budget lines from an endpoint that is gone in 40 days.",
            look_at: "Deprecated endpoint: one Critical day, which a look at the last days alone would miss.",
            has_traffic: true,
            intended: &[(DeprecatedEndpoint, ReviewRecommended)],
        },
        components: &[DataConnection],
        distribution: Some(Custom),
        tools: &["/budgets", "/cost-codes", "/direct-costs", "/exports/", "/forecasts", "/commitments"],
        weekday_calls: 900,
        companies: 1,
        service_calls: 1000,
        sandbox_calls: 5,
        agent: "tallyhouse-export/{v} python-httpx/0.28",
        versions: &[(i32::MAX, "2026.4")],
        faults: &[fault(
            calls("GET", "/rest/v1.0/projects/{project_id}/budget_lines/export"),
            When::Between(8, 8),
            160,
            120,
        )
        .at(Hours::Night)
        .service()],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "gatehouse-access",
            name: "Gatehouse Site Access",
            story: "Every weekend a clean-up job runs as a user who lacks the permission to delete badges.",
            look_at: "403: Critical on Saturdays and Sundays only. Recurring, so it stays red on a quiet Wednesday.",
            has_traffic: true,
            intended: &[(Forbidden, NeedsAttention)],
        },
        components: &[DataConnection],
        distribution: Some(Custom),
        tools: &["/badges", "/gate-events", "/crews", "/vendors", "/equipment"],
        weekday_calls: 800,
        weekend: Weekend(80),
        hours: Hours::Flat,
        companies: 2,
        service_calls: 300,
        sandbox_calls: 6,
        agent: "gatehouse/{v}",
        versions: &[(i32::MAX, "3.3.9")],
        faults: &[fault(
            refused(403, "missing_permission", "DELETE", "/rest/v1.0/projects/{project_id}/badges/{id}"),
            When::Weekends,
            90,
            150,
        )
        .at(Hours::Night)
        .company(0)],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "kindling-estimates",
            name: "Kindling Estimates",
            story: "New: launched ten days ago and growing by a fifth a day, with one isolated day of 429.",
            look_at: "Healthy in spite of the Warning: one alone is not a pattern. No traffic before its launch.",
            has_traffic: true,
            intended: &[],
        },
        components: &[DataConnection, FullScreen],
        distribution: Some(Marketplace),
        tools: &["/cost-codes", "/prime-contracts", "/vendors", "/specifications", "/direct-costs", "/trades"],
        weekday_calls: 420,
        growth: 200,
        first_age: 9,
        companies: 5,
        sandbox_calls: 90,
        agent: "Kindling/{v} ruby/3.4",
        versions: &[(i32::MAX, "1.0.0"), (6, "1.0.1"), (2, "1.1.0")],
        faults: &[fault(What::Refused(429, "rate_limit"), When::Between(2, 2), 14, 9)],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "lanternfish-reports",
            name: "Lanternfish Reports",
            story: "Registered, tried out in the sandbox every day, never called in production.",
            look_at: "No status at all but the empty state; its sandbox calls are kept apart.",
            has_traffic: false,
            intended: &[],
        },
        components: &[FullScreen],
        distribution: Some(Custom),
        tools: &["/forms", "/meetings", "/site-diaries"],
        companies: 1,
        sandbox_calls: 40,
        agent: "Lanternfish/{v}-beta",
        versions: &[(i32::MAX, "0.3.0"), (8, "0.4.0")],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "sitecam-batch",
            name: "sitecam-batch",
            story: "Registered by nobody: a script at one company that lists people by an endpoint gone in 12 days.",
            look_at: "Discovered in traffic, so without name and type; Critical every day on the deprecated endpoint.",
            has_traffic: true,
            intended: &[(DeprecatedEndpoint, NeedsAttention)],
        },
        tools: &["/photos", "/photo-albums", "/uploads"],
        weekday_calls: 380,
        weekend: Weekend(90),
        hours: Hours::Flat,
        companies: 1,
        agent: "python-requests/{v}",
        versions: &[(i32::MAX, "2.32.3")],
        faults: &[fault(calls("GET", "/rest/v1.0/companies/{company_id}/people"), When::Every, 24, 0).at(Hours::Flat)],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: "takeoff-prototype",
            name: "takeoff-prototype",
            story: "Registered by nobody: somebody is trying something out, politely.",
            look_at: "Discovered in traffic and Healthy: a candidate to be registered.",
            has_traffic: true,
            intended: &[],
        },
        tools: &["/drawings", "/cost-codes"],
        weekday_calls: 130,
        weekend: Weekend(40),
        hours: Hours::Office,
        first_age: 20,
        companies: 1,
        sandbox_calls: 30,
        agent: "curl/{v}",
        versions: &[(i32::MAX, "8.14.1")],
        ..NOBODY
    },
    Profile {
        story: Story {
            app: AppId::UNIDENTIFIED,
            name: "Unidentified calls",
            story: "Calls without a usable token: scripts with revoked credentials, and scanners looking for a way in.",
            look_at: "For operators only: 401 and 404 are Critical every day, and nobody has to fix an app for it.",
            has_traffic: true,
            intended: &[(NotFound, NeedsAttention), (Unauthorized, NeedsAttention)],
        },
        tools: &["/status", "/time-zones", "/currencies", "/countries"],
        weekday_calls: 150,
        weekend: Weekend(80),
        hours: Hours::Flat,
        companies: 16,
        agent: "Mozilla/5.0 (compatible; probe/{v})",
        faults: &[
            fault(What::Refused(401, "invalid_token"), When::Every, 90, 0).at(Hours::Flat),
            fault(refused(404, "no_route", "GET", "/wp-login.php"), When::Every, 20, 0).at(Hours::Flat),
            fault(refused(404, "no_route", "GET", "/.env"), When::Every, 15, 0).at(Hours::Flat),
            fault(refused(404, "no_route", "POST", "/rest/v1.0/%2e%2e/admin/{id}"), When::Every, 15, 0).at(Hours::Flat),
            fault(refused(404, "no_route", "GET", "/rest/v9/caf%C3%A9/{file_uuid}"), When::Every, 14, 0)
                .at(Hours::Flat),
        ],
        ..NOBODY
    },
];
