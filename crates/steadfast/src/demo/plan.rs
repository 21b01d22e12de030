//! What each app calls on a day. The number of calls of every kind is decided first, exactly, so that a story
//! reads the same for every seed; chance only spreads them over hours, routes, companies and people.

use model::Day;

use super::cast::{Fault, Hours, PLATFORM_INCIDENT_AGE, Profile, What};
use super::habits::{Background, Clockwork, MINUTE_MILLIS, ordinary_calls};
use super::profiles::CAST;
use super::random::{Random, Weighted};
use super::routes::Route;
use super::surface::{Edition, operations};

/// How many complete days there are.
pub(super) const DAYS: i32 = 30;

/// Companies of the platform.
const COMPANIES: u32 = 24;

/// One call, decided in every detail that a log line tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    /// Milliseconds since the day began.
    pub(super) at: u32,
    /// The app's place in the cast.
    pub(super) app: u8,
    pub(super) route: u16,
    pub(super) method: &'static str,
    pub(super) status: u16,
    /// Why the gateway refused it; empty where it didn't.
    pub(super) reason: &'static str,
    pub(super) header: bool,
    pub(super) service: bool,
    pub(super) sandbox: bool,
    pub(super) company: u32,
    pub(super) project: u32,
    pub(super) user: u32,
    pub(super) id: u32,
    pub(super) version: &'static str,
    /// Tenths of a millisecond.
    pub(super) duration: u32,
    pub(super) bytes: u32,
    /// Fresh bits for what is decided while writing: query, request id, spelling of the path.
    pub(super) bits: u64,
}

/// An app of the cast with what is worked out once.
struct Actor {
    profile: &'static Profile,
    index: u8,
    /// Routes that it calls in the ordinary way.
    routes: Vec<u16>,
    route_weights: Weighted,
    company_weights: Weighted,
    /// For each fault the route that it is about.
    fault_routes: Vec<Option<u16>>,
}

/// Plans days, one at a time.
pub(super) struct Planner {
    pub(super) today: Day,
    seed: u64,
    pub(super) routes: Vec<Route>,
    actors: Vec<Actor>,
    hours: Clockwork,
    projects: Weighted,
}

impl Planner {
    pub(super) fn new(today: Day, seed: u64) -> Self {
        let current = operations(Edition::Current);
        let mut routes: Vec<Route> = current
            .into_iter()
            .map(|operation| Route::new(operation.method, operation.template(), Some(operation)))
            .collect();
        let actors = CAST.iter().zip(0..).map(|(profile, index)| actor(profile, index, &mut routes)).collect();
        Self { today, seed, routes, actors, hours: Clockwork::new(), projects: Weighted::zipf(14) }
    }

    /// All calls of a day, in time order.
    pub(super) fn day(&self, day: Day) -> Vec<Planned> {
        let mut calls = Vec::new();
        for actor in &self.actors {
            let scene = Scene::new(self, actor, day);
            scene.ordinary(&mut calls);
            scene.faults(&mut calls);
            scene.sandbox(&mut calls);
        }
        calls.sort_by_key(|call| call.at);
        calls
    }
}

fn actor(profile: &'static Profile, index: u8, routes: &mut Vec<Route>) -> Actor {
    const EVERYONE: [&str; 3] = ["/rest/v1.0/me", "/rest/v1.0/companies", "/rest/v1.0/projects"];
    let identified = profile.story.app != model::AppId::UNIDENTIFIED;
    let wanted = |route: &Route| {
        let Some(operation) = &route.operation else { return false };
        let plain = operation.row.deprecation.is_none() && !operation.row.internal;
        let by_everyone = identified && route.method == "GET" && EVERYONE.contains(&route.template.as_str());
        plain && (by_everyone || profile.tools.iter().any(|tool| route.template.contains(tool)))
    };
    let mut own: Vec<u16> = (0u16..).zip(routes.iter()).filter(|(_, route)| wanted(route)).map(|(at, _)| at).collect();
    // An order of preference of its own, the same for every seed.
    own.sort_by_cached_key(|at| Random::of(&[u64::from(index), u64::from(*at)]).next());
    let weight = |(rank, at): (usize, &u16)| {
        let by_method = match routes[usize::from(*at)].method {
            "GET" if routes[usize::from(*at)].lists() => 40,
            "GET" => 25,
            "PATCH" | "POST" => 9,
            _ => 3,
        };
        by_method * 1000 / (rank as u32 + 2)
    };
    let route_weights = Weighted::new(own.iter().enumerate().map(weight));
    let fault_routes = profile.faults.iter().map(|fault| fault_route(fault, routes)).collect();
    let company_weights = Weighted::zipf(usize::from(profile.companies));
    Actor { profile, index, routes: own, route_weights, company_weights, fault_routes }
}

/// The route that a fault is about; one that no document has is added.
fn fault_route(fault: &Fault, routes: &mut Vec<Route>) -> Option<u16> {
    let What::On { method, template, .. } = fault.what else { return None };
    let known = routes.iter().position(|route| route.method == method && route.template == template);
    let at = known.unwrap_or_else(|| {
        routes.push(Route::new(method, template.to_owned(), None));
        routes.len() - 1
    });
    u16::try_from(at).ok()
}

/// One app on one day.
struct Scene<'a> {
    planner: &'a Planner,
    actor: &'a Actor,
    profile: &'static Profile,
    random: Random,
    age: i32,
    weekend: bool,
    /// How many ordinary calls there are.
    calls: u32,
}

impl<'a> Scene<'a> {
    fn new(planner: &'a Planner, actor: &'a Actor, day: Day) -> Self {
        let number = u64::from(day.epoch_days().unsigned_abs());
        let mut random = Random::of(&[planner.seed, number, u64::from(actor.index)]);
        let age = planner.today.days_since(day) - 1;
        // 1970-01-01 was a Thursday.
        let weekend = (day.epoch_days() + 3).rem_euclid(7) >= 5;
        let calls = ordinary_calls(actor.profile, age, weekend, &mut random);
        Self { planner, actor, profile: actor.profile, random, age, weekend, calls }
    }

    /// The calls that are as they should be, with the usual few that fail.
    fn ordinary(&self, out: &mut Vec<Planned>) {
        let mut random = self.random.clone();
        let mut background = Background::new(self.calls, &mut random);
        for _ in 0..self.calls {
            let mut call = self.call(&mut random, self.profile.hours);
            let refused = background.next();
            if let Some((status, reason)) = refused {
                self.refuse(&mut call, status, reason, &mut random);
            } else {
                self.vary(&mut call, &mut random);
            }
            out.push(call);
        }
    }

    fn faults(&self, out: &mut Vec<Planned>) {
        for (number, (fault, route)) in self.profile.faults.iter().zip(&self.actor.fault_routes).enumerate() {
            if !fault.when.holds(self.age, self.weekend) || self.age > self.profile.first_age {
                continue;
            }
            let mut random = Random::of(&[self.random.clone().next(), number as u64]);
            for _ in 0..fault.at_least.max(self.calls * fault.per_mille / 1000) {
                out.push(self.faulty(fault, *route, &mut random));
            }
        }
    }

    fn faulty(&self, fault: &Fault, route: Option<u16>, random: &mut Random) -> Planned {
        let mut call = self.call(random, fault.hours);
        call.service = fault.service;
        call.header = true;
        call.version = self.version(false);
        if let Some(company) = fault.company {
            self.move_to(&mut call, u32::from(company));
        }
        if let Some(route) = route {
            self.send_to(&mut call, route);
        }
        match fault.what {
            What::Refused(status, reason) => self.refuse(&mut call, status, reason, random),
            What::On { refused: Some((status, reason)), .. } => answer(&mut call, status, reason, random),
            What::On { refused: None, .. } => {}
            What::Headerless => {
                self.reroute(&mut call, |route| !route.header_is_optional());
                call.header = false;
            }
        }
        call
    }

    /// Calls to the sandbox, where people try things out: many fail, and none counts.
    fn sandbox(&self, out: &mut Vec<Planned>) {
        let mut random = Random::of(&[self.random.clone().next(), 1000]);
        for _ in 0..self.profile.sandbox_calls {
            let mut call = self.call(&mut random, Hours::Office);
            call.sandbox = true;
            call.company = 900_001 + u32::from(self.actor.index);
            call.project = 990_000 + call.project % 3;
            match random.below(10) {
                0 => self.refuse(&mut call, 401, "invalid_token", &mut random),
                1 => self.refuse(&mut call, 404, "record_not_found", &mut random),
                2 => call.header = false,
                _ => {}
            }
            out.push(call);
        }
    }

    /// A call that goes well.
    fn call(&self, random: &mut Random, hours: Hours) -> Planned {
        let route = self.actor.routes.get(self.actor.route_weights.pick(random)).copied().unwrap_or(0);
        let service = random.chance(self.profile.service_calls);
        let mut call = Planned {
            at: self.planner.hours.pick(hours, random),
            app: self.actor.index,
            route,
            method: "GET",
            status: 200,
            reason: "",
            header: true,
            service,
            sandbox: false,
            company: 0,
            project: 1 + self.planner.projects.pick(random) as u32,
            user: 1 + (random.below(18) * random.below(18)) / 6,
            id: 2_000_000 + random.below(4_000),
            version: self.version(random.chance(250)),
            duration: 0,
            bytes: 0,
            bits: random.next(),
        };
        self.move_to(&mut call, self.company(random));
        self.send_to(&mut call, route);
        call.header = service || !self.planner.routes[usize::from(route)].header_is_optional() || random.chance(500);
        let typical = self.planner.routes[usize::from(route)].millis * 10;
        call.duration = typical / 2 + random.below(typical) + if random.chance(20) { typical * 6 } else { 0 };
        call.bytes = if call.status == 204 { 0 } else { 300 + random.below(2_400) * (1 + random.below(9)) };
        call
    }

    /// The place of a company in the app's list: not one at which the app has been uninstalled.
    fn company(&self, random: &mut Random) -> u32 {
        let picked = self.actor.company_weights.pick(random) as u32;
        let uninstalled = |fault: &&Fault| {
            fault.what == What::Refused(403, "app_not_installed") && fault.when.holds(self.age, self.weekend)
        };
        let lost = self.profile.faults.iter().find(uninstalled).and_then(|fault| fault.company).map(u32::from);
        if lost == Some(picked) { 0 } else { picked }
    }

    fn move_to(&self, call: &mut Planned, company: u32) {
        call.company = company_id(self.actor.index, company);
        call.project = call.company * 20 % 1_000_000 + call.project % 20;
        call.user = call.company % 10_000 * 100 + call.user % 100;
    }

    fn send_to(&self, call: &mut Planned, route: u16) {
        call.route = route;
        call.method = self.planner.routes[usize::from(route)].method;
        call.status = match call.method {
            "POST" => 201,
            "DELETE" => 204,
            _ => 200,
        };
    }

    /// The app's version on the day, or the one before it for some days after a release.
    fn version(&self, lagging: bool) -> &'static str {
        let versions = self.profile.versions;
        let newest = versions.iter().rposition(|(age, _)| self.age <= *age).unwrap_or(0);
        let fresh = versions.get(newest).is_some_and(|(age, _)| age.saturating_sub(self.age) < 3);
        let running = if lagging && fresh { newest.saturating_sub(1) } else { newest };
        versions.get(running).map_or("0", |(_, version)| version)
    }

    /// Moves the call to the next of the app's routes for which `fits` holds.
    fn reroute(&self, call: &mut Planned, fits: impl Fn(&Route) -> bool) {
        let own = &self.actor.routes;
        let start = own.iter().position(|route| *route == call.route).unwrap_or(0);
        let fitting = |route: &&u16| fits(&self.planner.routes[usize::from(**route)]);
        if let Some(route) = own[start..].iter().chain(&own[..start]).find(fitting) {
            self.send_to(call, *route);
        }
    }

    /// Has the call refused, on a route where that makes sense.
    fn refuse(&self, call: &mut Planned, status: u16, reason: &'static str, random: &mut Random) {
        if status == 404 {
            self.reroute(call, Route::names_a_record);
            call.id = 1_000_000 + random.below(3_000);
        } else {
            self.reroute(call, |route| !route.header_is_optional());
        }
        call.header = true;
        answer(call, status, reason, random);
    }

    /// Small irregularities that no observation minds.
    fn vary(&self, call: &mut Planned, random: &mut Random) {
        let write = matches!(call.method, "POST" | "PATCH");
        let minute = call.at / MINUTE_MILLIS;
        let incident = self.age == PLATFORM_INCIDENT_AGE && (15 * 60 + 10..15 * 60 + 34).contains(&minute);
        match random.below(1000) {
            0..350 if incident => answer(call, 503, "upstream_unavailable", random),
            0 => answer(call, 502, "upstream_error", random),
            1 => answer(call, 500, "", random),
            2..22 if write => answer(call, 422, "", random),
            22..26 if write => answer(call, 400, "", random),
            30..60 if call.method == "GET" => answer(call, 304, "", random),
            60..63 if call.method == "GET" => call.method = "HEAD",
            63..71 if self.profile.hours == Hours::Office => {
                call.method = "OPTIONS";
                answer(call, 204, "", random);
            }
            71 if call.method == "PATCH" => {
                call.method = "PUT";
                answer(call, 405, "method_not_allowed", random);
            }
            _ => {}
        }
    }
}

fn answer(call: &mut Planned, status: u16, reason: &'static str, random: &mut Random) {
    call.status = status;
    call.reason = reason;
    call.bytes = if matches!(status, 204 | 304) { 0 } else { 90 + random.below(80) };
    call.duration = match status {
        503 => 300_000 + random.below(900),
        401 | 403 | 429 => 6 + random.below(30),
        _ => call.duration,
    };
}

/// A company's id, from its place in an app's list.
fn company_id(app: u8, place: u32) -> u32 {
    412_007 + (u32::from(app) * 5 + place) % COMPANIES * 1_931
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_undocumented_routes_are_those_of_the_stories() {
        let planner = Planner::new("2026-11-21".parse().unwrap(), 1);
        let unknown: Vec<_> = planner
            .routes
            .iter()
            .filter(|route| route.operation.is_none())
            .map(|route| route.template.as_str())
            .collect();
        let expected = [
            "/rest/v0/projects/{project_id}/tree",
            "/wp-login.php",
            "/.env",
            "/rest/v1.0/%2e%2e/admin/{id}",
            "/rest/v9/caf%C3%A9/{file_uuid}",
        ];
        assert_eq!(unknown, expected);
    }

    #[test]
    fn the_busiest_app_uses_a_hundred_and_fifty_routes() {
        let planner = Planner::new("2026-11-21".parse().unwrap(), 1);
        assert!((120..190).contains(&planner.actors[0].routes.len()), "{}", planner.actors[0].routes.len());
        assert!(planner.actors.iter().all(|actor| actor.routes.len() >= 4));
    }
}
