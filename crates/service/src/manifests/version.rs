//! Versions: a draft that is saved under a number and never changes again.

use std::collections::{BTreeMap, BTreeSet};

use manifest::{Difference, VersionNumber};
use model::{AppId, Doer, InstallKey, PersonId, Version, VersionId};
use serde_json::json;
use store::{Edit, StoreError};

use super::{DraftView, flaws_of, stored};
use crate::audit::Deed;
use crate::{Error, Flaw, Once, Refusal, Steadfast};

/// How many versions an app may have.
const MOST_VERSIONS: usize = 1000;

/// What the draft would be as the next version.
#[derive(Clone, Debug, PartialEq)]
pub struct NextVersion {
    /// The draft, with what keeps it from being a version.
    pub draft: DraftView,
    /// The version before, if there is one.
    pub previous: Option<VersionNumber>,
    /// What is different from it.
    pub difference: Difference,
    /// The lowest number that says enough about it.
    pub suggested: VersionNumber,
}

/// A version to be saved.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// Its number, as it was written.
    pub number: String,
    /// The revision of the draft that was looked at.
    pub revision: i64,
    /// Who saves it.
    pub person: PersonId,
}

impl Steadfast {
    /// The number of a version.
    #[must_use]
    pub fn number_of(version: &Version) -> VersionNumber {
        let (major, minor, patch) = version.number;
        VersionNumber::new(major, minor, patch)
    }

    /// What the draft would be as the next version.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_version(&self, app: &AppId) -> Result<NextVersion, Error> {
        let draft = self.draft(app).await?;
        let previous = self.store.versions(app).await?.into_iter().next();
        Ok(next(draft, previous.as_ref()))
    }

    /// Saves the draft as a version, which makes its sandbox key.
    ///
    /// # Errors
    /// With all that keeps the draft from being a version, when the number does not fit what changed, when somebody
    /// changed the draft meanwhile, or when the store fails.
    pub async fn save_version(
        &self,
        app: &AppId,
        new: &NewVersion,
        by: Doer,
        once: Option<&Once>,
    ) -> Result<Version, Error> {
        if let Some(made) = self.made_before(once).await? {
            return self.version_named(app, &made).await;
        }
        let draft = self.draft(app).await?;
        if draft.revision != new.revision {
            return Err(Refusal::Conflict(
                "the draft was changed since you looked at it; look again before you save it as a version".to_owned(),
            )
            .into());
        }
        let versions = self.store.versions(app).await?;
        if versions.len() >= MOST_VERSIONS {
            let sentence = format!("an app has at most {MOST_VERSIONS} versions, and this one has them all");
            return Err(Refusal::Conflict(sentence).into());
        }
        let next = next(draft, versions.first());
        let number = decided(&new.number, &next)?;
        let draft = next.draft;
        let now = self.clock.now();
        let version = Version {
            id: VersionId::new(now, &*self.random),
            app: app.clone(),
            number: (number.major, number.minor, number.patch),
            manifest: draft.manifest.to_json_text(),
            sandbox_key: InstallKey::new(now, &*self.random),
            created_at: now,
            created_by: new.person,
            promotion: None,
        };
        let deed = Deed {
            action: "version.saved",
            target: app.to_string(),
            organisation: self.organisation_of(app).await?,
            before: next.previous.map(|previous| json!({ "number": previous.to_string() })),
            after: Some(json!({ "number": number.to_string(), "version": version.id })),
        };
        let mut edits = vec![Edit::AddVersion(version.clone()), self.audited(by, deed)];
        edits.extend(self.components_edit(app, &draft.manifest).await?);
        edits.extend(self.remembered(once, &version.id.to_string()));
        match self.store.change(edits).await {
            Err(StoreError::Conflict) => Err(Refusal::Conflict(format!(
                "a version with the number `{number}` or a higher one was saved in the meantime; take a higher number"
            ))
            .into()),
            other => Ok(other.map(|()| version)?),
        }
    }

    /// The versions of an app, the highest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn versions(&self, app: &AppId) -> Result<Vec<Version>, Error> {
        Ok(self.store.versions(app).await?)
    }

    /// The names of those who saved and promoted these versions, by their ids; of people who are gone there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn people_behind(&self, versions: &[Version]) -> Result<BTreeMap<PersonId, String>, Error> {
        let ids = versions.iter().flat_map(|version| {
            let promoted = version.promotion.as_ref().map(|promotion| promotion.by);
            std::iter::once(version.created_by).chain(promoted)
        });
        let ids: Vec<PersonId> = ids.collect::<BTreeSet<_>>().into_iter().collect();
        let people = self.store.people_by_id(&ids).await?;
        Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
    }

    /// A version of an app, by its id as text.
    ///
    /// # Errors
    /// When the app has no such version, or the store fails.
    pub async fn version_named(&self, app: &AppId, id: &str) -> Result<Version, Error> {
        let nowhere = || Refusal::NotFound(format!("the app has no version `{id}`"));
        let parsed: VersionId = id.parse().map_err(|_| nowhere())?;
        let version = self.store.version(parsed).await?.filter(|version| version.app == *app);
        Ok(version.ok_or_else(nowhere)?)
    }

    /// What a version changed against the one before it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn changes_of(&self, version: &Version) -> Result<Difference, Error> {
        let versions = self.store.versions(&version.app).await?;
        let before = versions.iter().find(|other| other.number < version.number);
        let before = before.map(|before| stored(&before.manifest)).unwrap_or_default();
        Ok(manifest::difference(&before, &stored(&version.manifest)))
    }
}

/// What `draft` would be after the version `previous`.
fn next(draft: DraftView, previous: Option<&Version>) -> NextVersion {
    let before = previous.map(|version| stored(&version.manifest)).unwrap_or_default();
    let difference = manifest::difference(&before, &draft.manifest);
    let previous = previous.map(Steadfast::number_of);
    NextVersion { draft, previous, suggested: manifest::suggest(previous, &difference), difference }
}

/// The number, if the draft may become a version under it; otherwise all that is in the way.
fn decided(number: &str, next: &NextVersion) -> Result<VersionNumber, Refusal> {
    let number: Result<VersionNumber, Flaw> = number.trim().parse().map_err(|error| Flaw::new("number", error));
    let number = number.and_then(|number| match next.previous {
        Some(previous) => manifest::check_bump(previous, number, &next.difference)
            .map(|()| number)
            .map_err(|error| Flaw::new("number", error)),
        None => Ok(number),
    });
    let problems = flaws_of(next.draft.problems.clone());
    match number {
        Ok(number) if problems.is_empty() => Ok(number),
        number => Err(Refusal::Invalid(number.err().into_iter().chain(problems).collect())),
    }
}
