//! A form of components as it was posted, and the manifest in it.

use manifest::{FieldProblem, FormReading, Manifest, ManifestForm, Purpose, Rules};
use service::Flaw;

use crate::form::Form;

/// The fields of the page that are not the manifest's.
const OTHERS: [&str; 5] = ["csrf", "revision", "save", "add", "remove"];

/// What was posted.
#[derive(Clone, Debug)]
pub(super) struct Posted {
    pub(super) form: ManifestForm,
    /// The revision that was looked at. What is no number fits no draft.
    pub(super) revision: i64,
}

/// What is wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    pub(super) problems: Vec<FieldProblem>,
    /// Parts that were filled in but not ticked, each with what to do.
    pub(super) unticked: Vec<Flaw>,
}

impl Posted {
    pub(super) fn of(form: &Form) -> Self {
        let ours = form.0.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
        Self { form: ManifestForm::from_fields(ours.cloned()), revision: form.text("revision").parse().unwrap_or(-1) }
    }

    /// The manifest of the form, in the order of `before` where boxes have none of their own.
    pub(super) fn manifest(&self, before: &Manifest, rules: &Rules) -> Result<Manifest, Wrong> {
        let FormReading { manifest, problems, ignored } = self.form.check(Purpose::Draft, rules);
        let unticked = self.unticked(&ignored, before);
        match manifest {
            Some(manifest) if unticked.is_empty() => Ok(in_order_of(before, manifest)),
            _ => Err(Wrong { problems, unticked }),
        }
    }

    /// Of a part that is not ticked, what was typed is lost; that is meant where it is what was saved before, and a slip
    /// where it is new.
    fn unticked(&self, ignored: &[String], before: &Manifest) -> Vec<Flaw> {
        let saved = ManifestForm::from_manifest(before);
        let mut flaws: Vec<Flaw> = Vec::new();
        for field in ignored {
            let Some((part, _)) = field.split_once('.') else { continue };
            let is_new = self.form.value(field) != saved.value(field);
            if is_new && !flaws.iter().any(|flaw| flaw.field == part) {
                flaws.push(Flaw::new(part, "something was filled in here; tick the part, or empty its fields"));
            }
        }
        flaws
    }
}

/// `manifest` with its views in the order of `before`, new ones at the end: the boxes of a form are in the platform's order,
/// and the developer's is not to be lost.
fn in_order_of(before: &Manifest, mut manifest: Manifest) -> Manifest {
    let known: &[String] = before.side_panel.as_ref().map_or(&[], |panel| &panel.views);
    if let Some(panel) = &mut manifest.side_panel {
        panel.views.sort_by_key(|view| known.iter().position(|other| other == view).unwrap_or(usize::MAX));
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        Posted::of(&Form(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    fn manifest(text: &str) -> Manifest {
        manifest::read(text.as_bytes()).manifest.unwrap()
    }

    const PANEL: &str = r#"{"schema_version":"1.0","sidepanel":{"source_url":"https://a.example.com/","views":["rfi.detail","incidents.list"]}}"#;

    #[test]
    fn the_order_of_the_views_stays() {
        let posted = posted(&[
            ("csrf", "x"),
            ("revision", "3"),
            ("sidepanel", "on"),
            ("sidepanel.source_url", "https://a.example.com/"),
            ("sidepanel.views", "incidents.detail"),
            ("sidepanel.views", "incidents.list"),
            ("sidepanel.views", "rfi.detail"),
        ]);
        assert_eq!(posted.revision, 3);
        let read = posted.manifest(&manifest(PANEL), &Rules::example()).unwrap();
        assert_eq!(read.side_panel.unwrap().views, ["rfi.detail", "incidents.list", "incidents.detail"]);
    }

    #[test]
    fn taking_the_tick_away_removes_what_was_saved_and_nothing_that_is_new() {
        let same = posted(&[("sidepanel.source_url", "https://a.example.com/")]);
        assert_eq!(same.manifest(&manifest(PANEL), &Rules::example()).unwrap(), Manifest::default());
        let other = posted(&[("sidepanel.source_url", "https://b.example.com/")]);
        let wrong = other.manifest(&manifest(PANEL), &Rules::example()).unwrap_err();
        assert_eq!(wrong.unticked.len(), 1);
        assert_eq!(wrong.unticked[0].field, "sidepanel");
    }

    #[test]
    fn a_revision_that_is_none_fits_no_draft() {
        assert_eq!(posted(&[("revision", "x")]).revision, -1);
    }
}
