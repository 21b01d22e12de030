//! Every route of the router, as everybody, against the committed table of who may.

use std::collections::{BTreeMap, HashMap};

use axum::http::{Method, StatusCode};
use model::{AppRole, MemberRole, OrganisationId, PlatformRole, Scope};
use serde_json::json;

use crate::router::routes;
use crate::testing::{Answer, Asks, Stranger, TestPerson, TestPortal, TestToken};

const TABLE: &str = include_str!("../../access.table");

const APP: &str = "acme";

/// Everybody who tries, in the order of the table's columns.
const CAST: [&str; 8] = ["stranger", "other", "developer", "admin", "owner", "auditor", "reviewer", "operator"];

/// What a token needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Any,
    Session,
    Scope(Scope),
}

struct Row {
    may: [bool; 8],
    needs: Needs,
}

fn table() -> BTreeMap<(String, String), Row> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words.len(), 11, "{line}");
            let may = std::array::from_fn(|i| match words[2 + i] {
                "+" => true,
                "-" => false,
                other => panic!("{other} in {line}"),
            });
            let needs = match words[10] {
                "any" => Needs::Any,
                "session" => Needs::Session,
                scope => Needs::Scope(Scope::from_key(scope).unwrap_or_else(|| panic!("{line}"))),
            };
            ((words[0].to_owned(), words[1].to_owned()), Row { may, needs })
        })
        .collect()
}

/// A portal with everybody in it.
struct World {
    portal: TestPortal,
    people: Vec<TestPerson>,
    organisation: OrganisationId,
    tokens: HashMap<(usize, Scope), TestToken>,
}

impl World {
    async fn new() -> Self {
        let portal = TestPortal::empty();
        let other = portal.person("other").await;
        let developer = portal.person("developer").await;
        let admin = portal.person("admin").await;
        let owner = portal.person("owner").await;
        let mut people = Vec::new();
        for role in PlatformRole::ALL {
            people.push(portal.staff(role.key(), role).await);
        }
        portal.organisation("Elsewhere", &[(&other, MemberRole::Admin)]).await;
        let organisation = portal.organisation("Acme", &[(&owner, MemberRole::Member)]).await;
        portal
            .app(
                APP,
                organisation,
                &[(&owner, AppRole::Owner), (&admin, AppRole::Admin), (&developer, AppRole::Developer)],
            )
            .await;
        let people = [other, developer, admin, owner].into_iter().chain(people).collect();
        Self { portal, people, organisation, tokens: HashMap::new() }
    }

    /// The path with everything named that this world has.
    fn path(&self, template: &str) -> String {
        let segment = |segment: &str| match segment {
            "{app}" => APP.to_owned(),
            "{observation}" => "forbidden".to_owned(),
            "{person}" => self.people[1].id().to_string(),
            "{organisation}" => self.organisation.to_string(),
            "{environment}" => "sandbox".to_owned(),
            other if other.starts_with('{') => "019aa3c4-7f21-7c3e-9d52-6f0c1b2a3d4e".to_owned(),
            other => other.to_owned(),
        };
        template.split('/').map(segment).collect::<Vec<_>>().join("/")
    }

    /// One of the cast asks, in the browser or with a token of one scope.
    async fn ask_as(&mut self, column: usize, scope: Option<Scope>, method: &Method, template: &str) -> Answer {
        if column == 0 {
            return self.ask(&Stranger, method, template).await;
        }
        let person = self.people[column - 1].clone();
        let Some(scope) = scope else { return self.ask(&person, method, template).await };
        if !self.tokens.contains_key(&(column, scope)) {
            let token = self.portal.token(&person, &[scope]).await;
            self.tokens.insert((column, scope), token);
        }
        self.ask(&self.tokens[&(column, scope)], method, template).await
    }

    async fn ask(&self, who: &impl Asks, method: &Method, template: &str) -> Answer {
        let path = self.path(template);
        let for_programs = template.starts_with("/api/") || template.starts_with("/v1/");
        match *method {
            Method::GET => self.portal.get_as(who, &path).await,
            Method::POST if !for_programs => self.portal.post_as(who, &path, &[]).await,
            _ => self.portal.api(who, method.clone(), &path, Some(json!({}))).await,
        }
    }
}

/// Whether an answer says: not you.
fn refused(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => true,
        StatusCode::SEE_OTHER => answer.location().starts_with("/sign-in"),
        StatusCode::NOT_FOUND => {
            let body = answer.body.to_lowercase();
            body.contains("there is no such app") || body.contains("there is no such organisation")
        }
        _ => false,
    }
}

/// Where strangers come in: without the cookie that a page gives them their forms count as forged, and a sign-in leads
/// to the sign-in.
fn is_entrance(path: &str) -> bool {
    ["/sign-", "/verify", "/forgot", "/reset", "/first-operator"].iter().any(|start| path.starts_with(start))
}

#[test]
fn every_route_stands_in_the_table_and_the_other_way_round() {
    let table = table();
    let routes = routes();
    let listed: Vec<(String, String)> =
        routes.list().iter().map(|(method, path)| (method.to_string(), (*path).to_owned())).collect();
    for route in &listed {
        assert!(table.contains_key(route), "{} {} has no row in crates/portal/access.table", route.0, route.1);
    }
    for route in table.keys() {
        assert!(
            listed.contains(route),
            "{} {} is in crates/portal/access.table, but not in the router",
            route.0,
            route.1
        );
    }
}

/// Walks every route as one of the cast, and tells where the answer is another than the table's.
async fn walk(column: usize, ways: &[Option<Scope>]) {
    let mut wrong = Vec::new();
    let mut world = World::new().await;
    for ((method, path), row) in table() {
        let method: Method = method.parse().unwrap();
        for way in ways {
            let who = format!("{method} {path} as {} with {way:?}", CAST[column]);
            let answer = world.ask_as(column, *way, &method, &path).await;
            assert!(!answer.status.is_server_error(), "{who}: {}", answer.body);
            let may = row.may[column]
                && match (way, row.needs) {
                    (None, _) | (_, Needs::Any) => true,
                    (Some(_), Needs::Session) => false,
                    (Some(scope), Needs::Scope(needed)) => needed == *scope,
                };
            if refused(&answer) == may && !(column == 0 && may && is_entrance(&path)) {
                wrong.push(format!("{who}: {}", answer.status));
            }
            let changed = answer.status.is_success() || answer.status.is_redirection();
            if method != Method::GET && changed && !refused(&answer) {
                world = World::new().await;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A gateway is none of the cast: what its token may do is the same everywhere.
#[tokio::test]
async fn the_token_of_a_source_sends_calls_and_can_do_nothing_else() {
    let world = World::new().await;
    let token = world.portal.source_token("kong", &[], &[]).await;
    for (method, path) in table().into_keys() {
        let method: Method = method.parse().unwrap();
        let answer = world.ask(&token, &method, &path).await;
        let takes_calls = ["/api/v1/calls", "/v1/logs"].contains(&path.as_str());
        assert_eq!(answer.status == StatusCode::FORBIDDEN, !takes_calls, "{method} {path}: {}", answer.status);
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    let nowhere = world.ask(&token, &Method::GET, "/nowhere").await;
    assert_eq!(nowhere.status, StatusCode::FORBIDDEN);
}

macro_rules! cast {
    ($($name:ident = $column:literal),*) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn by_session_they_may_what_the_table_says() {
                walk($column, &[None]).await;
            }

            #[tokio::test]
            async fn by_token_they_may_what_its_scope_says_and_no_more() {
                if $column > 0 {
                    walk($column, &Scope::ALL.map(Some)).await;
                }
            }
        }
    )*};
}

// Each a test of its own, so that they run side by side.
cast! { stranger = 0, other = 1, developer = 2, admin = 3, owner = 4, auditor = 5, reviewer = 6, operator = 7 }
