//! The sample pages of versions.

use std::collections::BTreeMap;

use manifest::{Manifest, Purpose};
use model::{InstallKey, PersonId, Promotion, UnixMillis, Version, VersionId};
use service::{DraftView, Flaw, NextVersion};

use super::pages::{render, render_one};
use super::view::{Looking, VersionView, VersionsView};
use crate::components::samples::{HYBRID, app, manifest_of, setting};

/// When the samples are seen.
const NOW: UnixMillis = UnixMillis(1_795_182_312_000);
const DAY: i64 = 86_400_000;

fn version(number: (u32, u32, u32), days_ago: i64, manifest: &str, notes: Option<&str>) -> Version {
    let byte = u8::try_from(number.0 * 16 + number.1).unwrap();
    let at = NOW.plus_millis(-days_ago * DAY);
    Version {
        id: VersionId::from_bytes([byte; 16]),
        app: app().id,
        number,
        manifest: manifest_of(manifest).to_json_text(),
        sandbox_key: InstallKey::from_bytes([byte; 16]),
        created_at: at,
        created_by: PersonId::from_bytes([7; 16]),
        promotion: notes.map(|notes| Promotion {
            production_key: InstallKey::from_bytes([byte + 128; 16]),
            release_notes: notes.to_owned(),
            at: at.plus_millis(DAY),
            by: PersonId::from_bytes([9; 16]),
        }),
    }
}

fn next(draft: &str, before: Option<&Version>) -> NextVersion {
    let setting = setting();
    let manifest = manifest::read(draft.as_bytes()).manifest.unwrap_or_default();
    let problems = manifest::validate(&manifest, Purpose::Version, &setting.platform.manifest_rules);
    let previous = before.map(|version| manifest_of(&version.manifest)).unwrap_or_default();
    let difference = manifest::difference(&previous, &manifest);
    let number = before.map(service::Steadfast::number_of);
    NextVersion {
        draft: DraftView { revision: i64::from(manifest != Manifest::default()), manifest, problems },
        previous: number,
        suggested: manifest::suggest(number, &difference),
        difference,
    }
}

/// The sample pages.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let (setting, app) = (setting(), app());
    let people: BTreeMap<PersonId, String> = [(PersonId::from_bytes([7; 16]), "Anna Lund".to_owned())].into();
    let looking = Looking { setting, app: &app, now: NOW, people: &people, may_edit: true };
    let older = r#"{"schema_version":"1.0","data_connection":{},"fullscreen":{"source_url":"https://old.example.com/","description":"<b>Old</b>"}}"#;
    let evil = "<script>alert(1)</script>\n\nThe panel shows the camera nearest to the RFI. Sites without cameras see how to order one.";
    let versions = [
        version((2, 1, 0), 0, HYBRID, None),
        version((2, 0, 0), 1, HYBRID, Some(evil)),
        version((1, 0, 0), 40, older, Some("First release.")),
        version((0, 1, 0), 90, older, None),
    ];
    let draft = HYBRID.replace("readonly", "admin").replace("panel.example.com", "panels.example.net");
    let list = |versions: &[Version], next: &NextVersion, number: Option<&str>, flaws: Vec<Flaw>| {
        render(&VersionsView::new(looking, versions, next, number, flaws, None)).unwrap()
    };
    let one = |version: &Version, flaws: Vec<Flaw>| {
        let difference = manifest::difference(&manifest_of(older), &manifest_of(&version.manifest));
        render_one(&VersionView::new(looking, version, &versions, &difference, ("", flaws), None)).unwrap()
    };
    let unfit = r#"{"schema_version":"1.0","sidepanel":{"views":["rfi.detail"]}}"#;
    let small = Flaw::new("number", "`2.1.1` isn't enough after `2.1.0`: take `3.0.0` or above");
    vec![
        ("versions.html", list(&versions, &next(&draft, versions.first()), None, Vec::new())),
        ("versions-wrong.html", list(&versions, &next(&draft, versions.first()), Some("2.1.1"), vec![small])),
        ("versions-same.html", list(&versions, &next(HYBRID, versions.first()), None, Vec::new())),
        ("versions-unfit.html", list(&versions[1..], &next(unfit, versions.get(1)), None, Vec::new())),
        ("versions-first.html", list(&[], &next(HYBRID, None), None, Vec::new())),
        ("versions-none.html", list(&[], &next("{}", None), None, Vec::new())),
        ("version.html", one(&versions[0], Vec::new())),
        ("version-wrong.html", one(&versions[0], vec![Flaw::new("release_notes", "say what is new")])),
        ("version-promoted.html", one(&versions[1], Vec::new())),
        ("version-old.html", one(&versions[3], Vec::new())),
    ]
}
