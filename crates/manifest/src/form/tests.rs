use proptest::prelude::*;

use super::*;
use crate::read::read;
use crate::sample::{FULL, valid_manifest};

fn form(fields: &[(&str, &str)]) -> ManifestForm {
    ManifestForm::from_fields(fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())))
}

fn check(fields: &[(&str, &str)]) -> FormReading {
    form(fields).check(Purpose::Version, &Rules::example())
}

/// The fields with problems.
fn marked(reading: &FormReading) -> Vec<&str> {
    reading.problems.iter().map(|found| found.field.as_deref().unwrap_or("-")).collect()
}

#[test]
fn a_form_as_a_browser_posts_it_is_the_document() {
    let reading = check(&[
        ("csrf", "token"),
        ("data_connection", "on"),
        ("service_account", "on"),
        ("company_tool.directory", "readonly"),
        ("company_tool.documents", "none"),
        ("project_tool.documents", "standard"),
        ("project_tool.rfi", "readonly"),
        ("fullscreen", "on"),
        (
            "fullscreen.source_url",
            " https://{{region}}.cameras.example.com/companies/{{company.id}}/live?camera={{camera_id}}&lang=en ",
        ),
        ("fullscreen.description", "All cameras of the site"),
        ("fullscreen.param.2.key", "region"),
        ("fullscreen.param.2.name", "Region"),
        ("fullscreen.param.2.description", "Where your account is, such as `eu`"),
        ("fullscreen.param.2.required", "on"),
        ("fullscreen.param.2.support_url", "https://help.example.com/regions#list"),
        ("fullscreen.param.2.support_label", "Regions"),
        ("fullscreen.param.10.key", "camera_id"),
        ("fullscreen.param.10.name", "Camera"),
        ("fullscreen.param.10.type", "integer"),
        ("fullscreen.param.10.description", "Number on the housing"),
        ("fullscreen.param.11.key", ""),
        ("fullscreen.param.11.name", " "),
        ("fullscreen.param.11.type", "string"),
        ("sidepanel", "on"),
        ("sidepanel.source_url", "https://panel.example.com/{{project.id}}"),
        ("sidepanel.views", "rfi.all\r\n\r\n observations.detail\r\n"),
        ("post_installation.notes", "Thank you.\r\n\r\nSign in once.\r\n"),
        ("post_installation.page_url", "https://help.example.com/start"),
        ("post_installation.page_label", "First steps"),
    ]);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.manifest, read(FULL.as_bytes()).manifest);
}

#[test]
fn a_part_that_is_not_ticked_is_not_there() {
    let reading =
        check(&[("data_connection", "on"), ("fullscreen", "off"), ("fullscreen.source_url", "https://a.example.com")]);
    assert_eq!(reading.ignored, ["fullscreen.source_url"]);
    let manifest = reading.manifest.unwrap();
    assert_eq!(manifest.full_screen, None);
    assert_eq!(manifest.data_connection, Some(crate::DataConnection::default()));
}

#[test]
fn a_service_account_needs_the_data_connection() {
    let reading =
        check(&[("service_account", "on"), ("fullscreen", "on"), ("fullscreen.source_url", "https://a.example.com")]);
    assert_eq!(marked(&reading), ["service_account"]);
    assert!(reading.manifest.is_none());
}

#[test]
fn an_empty_form_is_a_draft_and_no_version() {
    let empty = ManifestForm::default();
    assert_eq!(empty.check(Purpose::Draft, &Rules::example()).manifest, Some(Manifest::default()));
    assert_eq!(marked(&empty.check(Purpose::Version, &Rules::example())), ["-"]);
}

#[test]
fn every_problem_stands_at_its_field() {
    let reading = check(&[
        ("data_connection", "on"),
        ("service_account", "on"),
        ("company_tool.admin", "standard"),
        ("project_tool.nothing", "readonly"),
        ("project_tool.rfi", "most"),
        ("fullscreen", "on"),
        ("fullscreen.source_url", "http://a.example.com"),
        ("fullscreen.description", "a\u{0}"),
        ("fullscreen.param.7.key", "zone"),
        ("fullscreen.param.7.type", "colour"),
        ("fullscreen.param.7.support_label", "Help"),
        ("fullscreen.param.8.key", "zone"),
        ("fullscreen.param.9.key", "a b"),
        ("fullscreen.param.9.name", "N"),
        ("fullscreen.param.9.description", "D"),
        ("sidepanel", "on"),
        ("sidepanel.views", "rfi.detail\nrfi.detial"),
        ("post_installation.page_url", "help"),
    ]);
    let mut marked = marked(&reading);
    marked.sort_unstable();
    assert_eq!(
        marked,
        [
            "company_tool.admin",
            "fullscreen.description",
            "fullscreen.param.7.description",
            "fullscreen.param.7.name",
            "fullscreen.param.7.support_url",
            "fullscreen.param.7.type",
            "fullscreen.param.8.key",
            "fullscreen.param.9.key",
            "fullscreen.source_url",
            "post_installation.page_label",
            "post_installation.page_url",
            "project_tool.nothing",
            "project_tool.rfi",
            "sidepanel.source_url",
            "sidepanel.views",
        ]
    );
    assert_eq!(reading.at(Some("sidepanel.views")).count(), 1);
    assert_eq!(reading.at(None).count(), 0);
}

#[test]
fn rows_and_fields_are_bounded() {
    let rows =
        form(&[("fullscreen.param.1000.key", "a"), ("fullscreen.param.-1.key", "a"), ("fullscreen.param.x.key", "a")]);
    assert_eq!(rows.rows(Embedded::FullScreen), [] as [u32; 0]);
    let many = (0..100_000).map(|index| (format!("sidepanel.param.{}.key", index % 1000), "k".to_owned()));
    let form = ManifestForm::from_fields(many.chain([("sidepanel".to_owned(), "on".to_owned())]));
    assert_eq!(form.fields().len(), MAX_FIELDS);
}

/// A field of the form, as a pattern.
const SOME_FIELD: &str = "data_connection|service_account|company_tool\\.[a-z]{0,3}|\
    (fullscreen|sidepanel)(\\.(source_url|views|param\\.[0-3]\\.(key|name|type|required|support_url)))?";

proptest! {
    #[test]
    fn forms_and_manifests_are_inverse(manifest in valid_manifest()) {
        let form = ManifestForm::from_manifest(&manifest);
        let reading = form.check(Purpose::Version, &Rules::example());
        prop_assert_eq!(&reading.problems, &[]);
        prop_assert_eq!(reading.manifest.as_ref(), Some(&manifest));
    }

    #[test]
    fn a_browser_changes_nothing(manifest in valid_manifest()) {
        // Line ends become CRLF on the way.
        let posted = ManifestForm::from_manifest(&manifest).fields().to_vec().into_iter();
        let form = ManifestForm::from_fields(posted.map(|(field, value)| (field, value.replace('\n', "\r\n"))));
        prop_assert_eq!(form.read().manifest, Some(manifest));
    }

    #[test]
    fn a_document_goes_through_the_form_without_loss(manifest in valid_manifest()) {
        let document = manifest.to_json();
        let read = crate::read::read_value(&document).manifest.unwrap();
        let edited = ManifestForm::from_manifest(&read).read().manifest.unwrap();
        prop_assert_eq!(edited.to_json(), document);
    }

    #[test]
    fn any_fields_are_read_or_refused(
        fields in proptest::collection::vec(
            (SOME_FIELD, any::<String>()),
            0..20,
        ),
    ) {
        let form = ManifestForm::from_fields(fields);
        let reading = form.check(Purpose::Version, &Rules::example());
        prop_assert_eq!(reading.manifest.is_some(), reading.problems.is_empty());
        if let Some(manifest) = form.check(Purpose::Draft, &Rules::example()).manifest {
            prop_assert_eq!(ManifestForm::from_manifest(&manifest).read().manifest, Some(manifest.clone()));
            prop_assert_eq!(read(manifest.to_json_text().as_bytes()).manifest, Some(manifest));
        }
    }
}
