use proptest::prelude::*;

use super::*;
use crate::read::read;
use crate::sample::{FULL, valid_manifest};

/// The full sample with one piece of text replaced.
fn changed(from: &str, to: &str) -> Manifest {
    assert_eq!(FULL.matches(from).count(), 1, "{from}");
    let reading = read(FULL.replace(from, to).as_bytes());
    reading.manifest.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

fn full() -> Manifest {
    read(FULL.as_bytes()).manifest.unwrap()
}

/// The changes from the full sample to one with a piece replaced, as sentences with their levels.
fn changes(from: &str, to: &str) -> Vec<String> {
    let difference = difference(&full(), &changed(from, to));
    difference.changes.iter().map(|change| format!("{}: {change}", change.level.as_str())).collect()
}

#[test]
fn more_rights_are_major_and_fewer_minor() {
    let rights = "\"directory\": \"readonly\"";
    assert_eq!(
        changes(rights, "\"directory\": \"admin\""),
        ["major: right in the company tool `directory` was raised"]
    );
    assert_eq!(
        changes(rights, "\"directory\": \"readonly\", \"reports\": \"readonly\""),
        ["major: right in the company tool `reports` was added"]
    );
    assert_eq!(
        changes("\"documents\": \"standard\"", "\"documents\": \"readonly\""),
        ["minor: right in the project tool `documents` was lowered"]
    );
    assert_eq!(
        changes("\"documents\": \"standard\", ", ""),
        ["minor: right in the project tool `documents` was removed"]
    );
}

#[test]
fn a_service_account_that_appears_or_goes_is_major() {
    let mut without = full();
    without.data_connection = Some(crate::DataConnection::default());
    assert_eq!(difference(&without, &full()).changes[0].kind, ChangeKind::ServiceAccountAdded);
    assert_eq!(difference(&without, &full()).required, Level::Major);
    assert_eq!(difference(&full(), &without).changes[0].kind, ChangeKind::ServiceAccountRemoved);
}

#[test]
fn a_new_host_is_major_and_a_new_path_minor() {
    let panel = "https://panel.example.com/{{project.id}}";
    let hosts = |to| changes(panel, to);
    assert_eq!(hosts("https://panel.example.com/v2/{{project.id}}"), ["minor: URL of the side panel was changed"]);
    assert_eq!(
        hosts("https://side.example.com/{{project.id}}"),
        [
            "major: host `side.example.com` was added",
            "minor: host `panel.example.com` was removed",
            "minor: URL of the side panel was changed"
        ]
    );
    assert_eq!(
        hosts("https://panel.example.com:8443/{{project.id}}")[0],
        "major: host `panel.example.com:8443` was added"
    );
    assert_eq!(
        hosts("https://{{project.id}}.panel.example.com/")[0],
        "major: host `{{project.id}}.panel.example.com` was added"
    );
    assert_eq!(hosts("https://PANEL.example.com/{{vendor.project.id}}"), ["minor: URL of the side panel was changed"]);
}

#[test]
fn parts_that_come_are_minor_and_parts_that_go_major() {
    let (mut less, full) = (full(), full());
    less.side_panel = None;
    assert_eq!(difference(&less, &full).changes[0].kind, ChangeKind::HostAdded);
    assert_eq!(difference(&full, &less).required, Level::Major);
    let mut same_host = full.clone();
    if let (Some(page), Some(panel)) = (&mut same_host.full_screen, &full.side_panel) {
        page.page.source_url.clone_from(&panel.page.source_url);
    }
    let mut before = same_host.clone();
    before.full_screen = None;
    assert_eq!(difference(&before, &same_host).required, Level::Minor);
}

#[test]
fn views_that_come_are_minor_and_views_that_go_major() {
    let views = "\"rfi.all\", \"observations.detail\"";
    assert_eq!(
        changes(views, "\"rfi.all\", \"observations.detail\", \"incidents.list\""),
        ["minor: view `incidents.list` was added"]
    );
    assert_eq!(changes(views, "\"rfi.all\""), ["major: view `observations.detail` was removed"]);
    assert_eq!(changes(views, "\"rfi.all\", \"observations.all\""), ["minor: view `observations.all` was added"]);
    assert_eq!(changes(views, "\"rfi.detail\", \"observations.detail\""), ["major: view `rfi.all` was removed"]);
    assert_eq!(
        changes(views, "\"observations.detail\", \"rfi.all\""),
        ["patch: list `views of the side panel` was changed"]
    );
}

#[test]
fn what_the_installer_must_fill_in_is_major() {
    let required = "\"required\": [\"region\"]";
    assert_eq!(
        changes(required, "\"required\": [\"region\", \"camera_id\"]"),
        ["major: parameter `camera_id` of the full screen is required now"]
    );
    let mut with_new = full();
    if let Some(full) = &mut with_new.full_screen {
        let mut parameter = full.page.parameters[0].clone();
        parameter.key = "zone".to_owned();
        full.page.parameters.push(parameter);
    }
    assert_eq!(difference(&full(), &with_new).changes[0].kind, ChangeKind::RequiredParameterAdded);
    assert_eq!(difference(&with_new, &full()).changes[0].kind, ChangeKind::ParameterRemoved);
    assert_eq!(changes("\"type\": \"integer\"", "\"type\": \"string\"").len(), 1);
    assert_eq!(
        changes("\"required\": [\"region\"],", ""),
        ["minor: parameter `region` of the full screen is optional now"]
    );
}

#[test]
fn texts_are_a_patch() {
    for (from, to) in [
        ("All cameras of the site", "Cameras"),
        ("Thank you.", "Thanks."),
        ("\"Camera\"", "\"Camera number\""),
        ("Number on the housing", "See the housing"),
        ("https://help.example.com/start", "https://help.example.org/start"),
        ("\"Regions\"", "\"All regions\""),
    ] {
        let changes = changes(from, to);
        assert_eq!(changes.len(), 1, "{from}");
        assert!(changes[0].starts_with("patch: "), "{changes:?}");
    }
}

proptest! {
    #[test]
    fn nothing_changed_exactly_if_the_manifests_are_the_same(old in valid_manifest(), new in valid_manifest()) {
        prop_assert_eq!(difference(&old, &old.clone()), Difference::default());
        prop_assert_eq!(difference(&old, &new).changes.is_empty(), old == new);
    }

    #[test]
    fn what_is_required_is_the_most_of_all_changes(old in valid_manifest(), new in valid_manifest()) {
        let difference = difference(&old, &new);
        for change in &difference.changes {
            prop_assert!(change.level <= difference.required);
            prop_assert_eq!(change.level, change.kind.level());
        }
    }
}
