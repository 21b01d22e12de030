//! The audit log through the portal.

use axum::http::StatusCode;
use model::{AuditEntry, AuditId, Doer, MemberRole, OrganisationId, PlatformRole, UnixMillis};
use serde_json::Value;
use store::Edit;

use crate::testing::{TestPerson, TestPortal};

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

/// A portal whose log holds `entries`, and an auditor who reads it.
async fn log_of(entries: Vec<AuditEntry>) -> (TestPortal, TestPerson) {
    let portal = TestPortal::empty();
    let auditor = portal.staff("Zoe", PlatformRole::Auditor).await;
    portal.db_change(entries.into_iter().map(Edit::Audit).collect()).await;
    (portal, auditor)
}

/// Entry `n`, `n` minutes after the log began.
fn entry(n: u16, action: &str, by: Doer, organisation: Option<OrganisationId>) -> AuditEntry {
    let mut id = [0; 16];
    id[14..].copy_from_slice(&n.to_be_bytes());
    AuditEntry {
        id: AuditId::from_bytes(id),
        at: UnixMillis(1_795_000_000_000 + i64::from(n) * 60_000),
        by,
        action: action.to_owned(),
        target: format!("target-{n}"),
        organisation,
        before: Some(format!("{{\"n\":{n},\"kept\":\"=1+1\"}}")),
        after: Some(format!("{{\"n\":{},\"kept\":\"=1+1\"}}", n + 1)),
    }
}

/// The rows of a page.
fn rows(page: &str) -> &str {
    let (_, rows) = page.split_once("<tbody role=\"rowgroup\">").unwrap_or_default();
    rows.split("</tbody>").next().unwrap_or_default()
}

fn targets(text: &str) -> Vec<String> {
    let found = text.split("target-").skip(1);
    found.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect()).collect()
}

#[tokio::test]
async fn the_log_is_read_newest_first_and_page_by_page() {
    let (portal, auditor) = log_of((0..120).map(|n| entry(n, "app.created", Doer::System, None)).collect()).await;
    let mut url = "/platform/audit".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = portal.get_as(&auditor, &url).await;
        assert_eq!(page.status, StatusCode::OK);
        seen.extend(targets(rows(&page.body)));
        match page.body.split_once("\" rel=\"next\">Older") {
            Some((before, _)) => url = before.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..120).rev().map(|n| n.to_string()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_was_different_is_readable() {
    let (portal, auditor) = log_of(vec![entry(4, "app.changed", Doer::Nobody, None)]).await;
    let page = portal.get_as(&auditor, "/platform/audit").await.body;
    assert!(page.contains("<b>n</b>") && page.contains("<del>4</del>") && page.contains("<ins>5</ins>"), "{page}");
    assert!(page.contains("<b>kept</b> =1+1") && page.contains("Nobody signed in"), "{page}");
    assert!(page.contains("<time datetime=\"2026-11-18T") && page.contains(".000Z\">"), "{page}");
}

#[tokio::test]
async fn an_export_holds_exactly_what_the_page_shows() {
    let portal = TestPortal::empty();
    let auditor = portal.staff("Zoe", PlatformRole::Auditor).await;
    let (anna, ben) = (portal.person("Anna").await, portal.person("Ben").await);
    let by = |n: u16| if n.is_multiple_of(2) { Doer::Person(anna.id()) } else { Doer::Person(ben.id()) };
    let action = |n: u16| if n.is_multiple_of(3) { "app.created" } else { "member.removed" };
    portal.db_change((0..40).map(|n| Edit::Audit(entry(n, action(n), by(n), None))).collect()).await;
    for query in [
        "",
        "?who=anna",
        "?who=ben%40example.com&action=app.",
        "?action=member.&to=2026-11-18",
        "?target=target-7",
        "?who=nobody",
    ] {
        let page = portal.get_as(&auditor, &format!("/platform/audit{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let list = portal.get_as(&auditor, &format!("/api/v1/platform/audit{query}")).await.json();
        let csv = portal.get_as(&auditor, &format!("/api/v1/platform/audit.csv{query}")).await;
        let ndjson = portal.get_as(&auditor, &format!("/api/v1/platform/audit.ndjson{query}")).await;
        assert!(csv.header("content-disposition").ends_with("audit-platform-2026-11-20.csv\""));
        let shown = targets(rows(&page.body));
        assert_eq!(targets(&csv.body), shown, "{query}");
        let lines: Vec<Value> = ndjson.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(list["items"].as_array().unwrap(), &lines, "{query}");
        let listed: Vec<String> =
            lines.iter().flat_map(|line| targets(line["target"]["id"].as_str().unwrap())).collect();
        assert_eq!(listed, shown, "{query}");
        // The links of the page lead to the same.
        assert!(
            shown.is_empty() || page.body.contains(&format!("/api/v1/platform/audit.csv{query}").replace('&', "&#38;"))
        );
    }
}

#[tokio::test]
async fn stored_values_are_text_on_the_page_and_no_formula_in_the_csv() {
    let evil = serde_json::json!({EVIL: EVIL, "nested": {"a": [EVIL]}}).to_string();
    let bad = AuditEntry {
        target: format!("=cmd|' /C calc'!A0{EVIL}"),
        action: EVIL.to_owned(),
        before: Some("no json </td><script>alert(1)</script>".to_owned()),
        after: Some(evil),
        ..entry(1, "x", Doer::Nobody, None)
    };
    let (portal, auditor) = log_of(vec![bad]).await;
    let page = portal.get_as(&auditor, "/platform/audit").await.body;
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    let query = "/platform/audit?who=%3Cscript%3Ealert(1)%3C/script%3E&action=%22%3E%3Cimg%3E&from=%22%3E%3Cimg%3E";
    let page = portal.get_as(&auditor, query).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<img"));
    let csv = portal.get_as(&auditor, "/api/v1/platform/audit.csv").await.body;
    assert!(csv.contains(",'=cmd|") || csv.contains(",\"'=cmd|"), "{csv}");
    let page = portal.get_as(&auditor, "/api/v1/platform/audit.csv?who=%00").await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn an_admin_reads_their_organisations_part_and_no_more() {
    let portal = TestPortal::empty();
    let (anna, eve) = (portal.person("Anna").await, portal.person("Eve").await);
    let acme = portal.organisation("Acme", &[(&anna, MemberRole::Admin)]).await;
    let other = portal.organisation("Other", &[(&eve, MemberRole::Admin)]).await;
    let of = |n: u16| [Some(acme), Some(other), None][usize::from(n % 3)];
    portal.db_change((0..30).map(|n| Edit::Audit(entry(n, "app.x", Doer::Person(eve.id()), of(n)))).collect()).await;
    let expected: Vec<String> = (0..30).rev().filter(|n| n % 3 == 0).map(|n| n.to_string()).collect();
    let page = portal.get_as(&anna, &format!("/organisations/{acme}/audit")).await;
    assert_eq!(targets(rows(&page.body)), expected);
    // Names are told, addresses of people elsewhere are not; and the filter finds nobody by a part of their address.
    assert!(page.body.contains("Eve") && !page.body.contains("eve@example.com"));
    let csv = portal.get_as(&anna, &format!("/api/v1/organisations/{acme}/audit.csv")).await.body;
    assert_eq!(targets(&csv), expected);
    assert!(!csv.contains("eve@example.com"));
    let found = portal.get_as(&anna, &format!("/api/v1/organisations/{acme}/audit?who=ev")).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 0);
    let found = portal.get_as(&anna, &format!("/api/v1/organisations/{acme}/audit?target=target-1")).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_filter_that_can_not_be_taken_is_told_beside_its_field() {
    let (portal, auditor) = log_of(vec![entry(1, "app.created", Doer::System, None)]).await;
    let page = portal.get_as(&auditor, "/platform/audit?from=2026-11-20&to=2026-11-19&who=x").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("f-to-flaw") && page.body.contains("value=\"x\""));
    let api = portal.get_as(&auditor, "/api/v1/platform/audit?from=yesterday").await;
    assert_eq!(api.json()["errors"][0]["field"], "from");
    for query in ["wo=x", "limit=0", "cursor=x"] {
        let answer = portal.get_as(&auditor, &format!("/api/v1/platform/audit?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}
