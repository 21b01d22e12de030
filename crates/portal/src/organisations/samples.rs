//! Pages of organisations, people and the audit log to look at, with much and with nothing: asked of a real portal.

use std::sync::LazyLock;

use model::{AppRole, MemberRole, Person, PlatformRole, Scope};
use serde_json::json;
use store::Edit;

use crate::testing::{Asks, TestPerson, TestPortal};

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
const LONG: &str = "averyveryverylongnamewithoutanyspaceswhatsoeverthatmustwrapsomehowsomewhereifthepageistostaywithin";
const MINUTE: i64 = 60_000;

/// The sample pages by file name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    static PAGES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
        // A thread of its own: whoever asks for samples may be inside a runtime already.
        let made = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut pages = quiet().await;
                pages.extend(busy().await);
                pages.extend(hostile().await);
                pages
            })
        });
        made.join().unwrap()
    });
    PAGES.clone()
}

async fn page(portal: &TestPortal, who: &impl Asks, url: &str) -> String {
    portal.get_as(who, url).await.body
}

async fn renamed(portal: &TestPortal, who: &TestPerson, name: &str) {
    portal.db_change(vec![Edit::SavePerson(Person { name: name.to_owned(), ..who.person.clone() })]).await;
}

/// Somebody alone.
async fn quiet() -> Vec<(&'static str, String)> {
    let portal = TestPortal::empty();
    let auditor = portal.staff("Zoe Adler", PlatformRole::Auditor).await;
    let mut pages = vec![
        ("organisations-none.html", page(&portal, &auditor, "/organisations").await),
        ("audit-none.html", page(&portal, &auditor, "/platform/audit").await),
        ("platform-organisations-none.html", page(&portal, &auditor, "/platform/organisations").await),
        ("people-none.html", page(&portal, &auditor, "/platform/people?q=x%3Cy").await),
        ("audit-no-fit.html", page(&portal, &auditor, "/platform/audit?who=system").await),
        ("audit-flaws.html", page(&portal, &auditor, "/platform/audit?from=2026-11-20&to=2026-11-02").await),
        ("person.html", page(&portal, &auditor, &format!("/platform/people/{}", auditor.id())).await),
    ];
    let anna = portal.person("Anna Lund").await;
    let id = portal.organisation("Lund Software", &[(&anna, MemberRole::Admin)]).await;
    for (name, rest) in [
        ("organisation-new.html", ""),
        ("organisation-tokens-none.html", "/tokens"),
        ("organisation-audit-none.html", "/audit"),
        ("organisation-leave-last.html", "/leave"),
    ] {
        pages.push((name, page(&portal, &anna, &format!("/organisations/{id}{rest}")).await));
    }
    pages
}

/// An organisation at work, and the platform around it.
async fn busy() -> Vec<(&'static str, String)> {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let (anna, ben) = (portal.person("Anna Lund").await, portal.person("Ben Okafor").await);
    let chloe = portal.staff("Chloe Soderstrom", PlatformRole::Reviewer).await;
    renamed(&portal, &chloe, "Chloé Söderström").await;
    for name in ["Dan Fry", "Emi Tanaka", "Farid Haddad", "Grace Kim", "Hugo Marin"] {
        portal.person(name).await;
    }
    let members = [(&anna, MemberRole::Admin), (&ben, MemberRole::Member), (&chloe, MemberRole::Member)];
    let id = portal.organisation("Acme Software & Söhne", &members).await;
    portal.organisation("Keystone Partners", &[(&olga, MemberRole::Admin), (&anna, MemberRole::Member)]).await;
    portal.app("acme-erp-7k2m9x", id, &[(&ben, AppRole::Owner), (&anna, AppRole::Admin)]).await;
    portal.app("fieldlens-2b8qzd", id, &[(&anna, AppRole::Owner), (&ben, AppRole::Developer)]).await;
    let here = format!("/organisations/{id}");
    let post = |who: &TestPerson, rest: String, fields: Vec<(&'static str, &'static str)>| {
        let (portal, who) = (&portal, who.clone());
        async move {
            portal.wait(7 * MINUTE + 345);
            portal.post_as(&who, &rest, &fields).await
        }
    };
    post(&anna, format!("{here}/invitations"), vec![("email", "nadia@example.com"), ("role", "member")]).await;
    post(&anna, format!("{here}/invitations"), vec![("email", "old@example.com"), ("role", "admin")]).await;
    post(&anna, format!("{here}/members/{}", chloe.id()), vec![("role", "admin")]).await;
    post(&anna, format!("{here}/settings"), vec![("name", "Acme Software")]).await;
    let token = vec![("name", "nightly export"), ("scopes", "apps:read"), ("scopes", "people:read"), ("days", "90")];
    portal.wait(-30 * MINUTE);
    let made = post(&anna, format!("{here}/tokens"), token).await.body;
    let wrong = post(&anna, format!("{here}/tokens"), vec![("name", ""), ("days", "5")]).await.body;
    let flaws = post(&anna, format!("{here}/invitations"), vec![("email", "nobody"), ("role", "member")]).await.body;
    post(&olga, format!("/platform/people/{}/role", ben.id()), vec![("role", "auditor")]).await;
    let machine = portal.token(&anna, &[Scope::PeopleWrite]).await;
    let body = json!({"name": "Acme Software GmbH"});
    portal.api(&machine, axum::http::Method::PATCH, &format!("/api/v1{here}"), Some(body)).await;
    portal.wait(3 * MINUTE);
    let dan = portal.steadfast.store.person_by_email(&"dan.fry@example.com".parse().unwrap()).await.unwrap().unwrap();
    post(&olga, format!("/platform/people/{}/shut", dan.id), Vec::new()).await;
    let person = format!("/platform/people/{}", ben.id());
    vec![
        ("organisations.html", page(&portal, &anna, "/organisations").await),
        ("organisation.html", page(&portal, &anna, &here).await),
        ("organisation-member.html", page(&portal, &ben, &here).await),
        ("organisation-flaws.html", flaws),
        ("organisation-remove.html", page(&portal, &anna, &format!("{here}/members/{}/remove", ben.id())).await),
        ("organisation-leave.html", page(&portal, &ben, &format!("{here}/leave")).await),
        ("organisation-settings.html", page(&portal, &anna, &format!("{here}/settings")).await),
        ("organisation-tokens.html", page(&portal, &anna, &format!("{here}/tokens")).await),
        ("organisation-token-new.html", wrong),
        ("organisation-token-made.html", made),
        ("organisation-audit.html", page(&portal, &anna, &format!("{here}/audit")).await),
        ("platform-organisations.html", page(&portal, &olga, "/platform/organisations").await),
        ("people.html", page(&portal, &olga, "/platform/people").await),
        ("person-kept.html", page(&portal, &olga, &person).await),
        ("person-own.html", page(&portal, &olga, &format!("/platform/people/{}", olga.id())).await),
        ("person-role.html", page(&portal, &olga, &format!("{person}/role?role=operator")).await),
        ("person-shut.html", page(&portal, &olga, &format!("{person}/shut")).await),
        ("audit.html", page(&portal, &olga, "/platform/audit").await),
        ("audit-narrow.html", page(&portal, &olga, "/platform/audit?who=anna&action=organisation.").await),
    ]
}

/// People and organisations whose every text was chosen to do harm.
async fn hostile() -> Vec<(&'static str, String)> {
    let portal = TestPortal::empty();
    let olga = portal.operator().await;
    let eve = portal.person("eve").await;
    renamed(&portal, &eve, &EVIL.chars().take(100).collect::<String>()).await;
    let id = portal.organisation(LONG, &[(&olga, MemberRole::Admin), (&eve, MemberRole::Member)]).await;
    let here = format!("/organisations/{id}");
    portal.post_as(&olga, &format!("{here}/settings"), &[("name", EVIL)]).await;
    portal.post_as(&olga, &format!("{here}/settings"), &[("name", LONG)]).await;
    portal.post_as(&olga, &format!("/platform/people/{}/role", eve.id()), &[("role", "auditor")]).await;
    vec![
        ("organisation-hostile.html", page(&portal, &olga, &here).await),
        ("organisations-hostile.html", page(&portal, &olga, "/organisations").await),
        ("people-hostile.html", page(&portal, &olga, "/platform/people").await),
        ("audit-hostile.html", page(&portal, &olga, "/platform/audit").await),
        (
            "organisation-remove-hostile.html",
            page(&portal, &olga, &format!("{here}/members/{}/remove", eve.id())).await,
        ),
    ]
}
