//! The draft of an app's manifest.

use manifest::{Manifest, Notice, Problem, Purpose};
use model::{AppId, Doer, Draft};
use serde_json::json;
use store::Edit;

use super::{refused, stored};
use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// The draft as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftView {
    /// What it says.
    pub manifest: Manifest,
    /// Its revision, to be named by who changes it; 0 where nothing was saved yet.
    pub revision: i64,
    /// What keeps it from becoming a version.
    pub problems: Vec<Problem>,
}

/// A draft that was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedDraft {
    /// Its revision.
    pub revision: i64,
    /// What was left out or changed on the way from another format.
    pub notices: Vec<Notice>,
}

impl Steadfast {
    /// The draft of an app; an empty one where nothing was saved yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn draft(&self, app: &AppId) -> Result<DraftView, Error> {
        let draft = self.store.draft(app).await?;
        let manifest = draft.as_ref().map(|draft| stored(&draft.manifest)).unwrap_or_default();
        let problems = manifest::validate(&manifest, Purpose::Version, &self.platform.manifest_rules);
        Ok(DraftView { manifest, revision: draft.map_or(0, |draft| draft.revision), problems })
    }

    /// Saves a draft that was written as a JSON document, in any format that is known.
    ///
    /// # Errors
    /// With all that is wrong with it; when somebody saved another revision since `based_on`; when the store fails.
    pub async fn save_draft_document(
        &self,
        app: &AppId,
        document: &[u8],
        based_on: i64,
        by: Doer,
    ) -> Result<SavedDraft, Error> {
        let reading = manifest::check(document, Purpose::Draft, &self.platform.manifest_rules);
        match reading.manifest {
            Some(manifest) => {
                let revision = self.save_draft(app, &manifest, based_on, by).await?;
                Ok(SavedDraft { revision, notices: reading.notices })
            }
            None => Err(refused(reading.problems).into()),
        }
    }

    /// Saves a draft, and returns its revision. What says the same as before changes nothing.
    ///
    /// # Errors
    /// With all that is wrong with it; when somebody saved another revision since `based_on`; when the store fails.
    pub async fn save_draft(&self, app: &AppId, manifest: &Manifest, based_on: i64, by: Doer) -> Result<i64, Error> {
        let problems = manifest::validate(manifest, Purpose::Draft, &self.platform.manifest_rules);
        if !problems.is_empty() {
            return Err(refused(problems).into());
        }
        let before = self.store.draft(app).await?;
        if before.as_ref().map_or(0, |draft| draft.revision) != based_on {
            return Err(changed_meanwhile().into());
        }
        let previous = before.map(|draft| stored(&draft.manifest));
        if previous.as_ref() == Some(manifest) {
            return Ok(based_on);
        }
        let draft = Draft {
            app: app.clone(),
            manifest: manifest.to_json_text(),
            revision: based_on.saturating_add(1),
            updated_at: self.clock.now(),
        };
        let deed = Deed {
            action: "draft.saved",
            target: app.to_string(),
            organisation: self.organisation_of(app).await?,
            before: previous.map(|manifest| json!({ "revision": based_on, "manifest": manifest.to_json() })),
            after: Some(json!({ "revision": draft.revision, "manifest": manifest.to_json() })),
        };
        let revision = draft.revision;
        let mut edits = vec![Edit::SaveDraft(draft), self.audited(by, deed)];
        // Until there is a version, the draft says what the app is.
        if self.store.versions(app).await?.is_empty() {
            edits.extend(self.components_edit(app, manifest).await?);
        }
        match self.store.change(edits).await {
            Err(store::StoreError::Conflict) => Err(changed_meanwhile().into()),
            other => Ok(other.map(|()| revision)?),
        }
    }

    /// The edit after which an app has the components of a manifest, if that is a change.
    pub(super) async fn components_edit(&self, app: &AppId, manifest: &Manifest) -> Result<Option<Edit>, Error> {
        let known = self.known(app).await?;
        let Some(registration) = self.store.registration(app).await? else { return Ok(None) };
        let components = manifest.components();
        let changed = components != known.components;
        Ok(changed.then_some(Edit::SaveRegistered(model::App { components, ..known }, registration)))
    }

    /// The organisation whose people may read what happens to an app.
    pub(crate) async fn organisation_of(&self, app: &AppId) -> Result<Option<model::OrganisationId>, Error> {
        Ok(self.store.registration(app).await?.map(|registration| registration.organisation))
    }
}

fn changed_meanwhile() -> Refusal {
    Refusal::Conflict(
        "somebody else changed the draft in the meantime; open it again, and put your changes into what is there now"
            .to_owned(),
    )
}
