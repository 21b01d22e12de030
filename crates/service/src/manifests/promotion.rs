//! Promotion: a version goes to production, once, with notes on what is new.

use model::{AppId, Doer, InstallKey, PersonId, Promotion, Version};
use serde_json::json;
use store::{Edit, StoreError};

use crate::audit::Deed;
use crate::{Error, Refusal, Steadfast};

/// The longest release notes, in characters.
const NOTES: usize = 4000;

impl Steadfast {
    /// Promotes a version, which makes its production key.
    ///
    /// # Errors
    /// Without release notes, when it was promoted before, when a higher version is in production, or when the store
    /// fails.
    pub async fn promote(
        &self,
        app: &AppId,
        version: &str,
        notes: &str,
        person: PersonId,
        by: Doer,
    ) -> Result<Version, Error> {
        let version = self.version_named(app, version).await?;
        let notes = checked(notes)?;
        if version.promotion.is_some() {
            return Err(already().into());
        }
        let promoted = self.store.versions(app).await?;
        let highest = promoted.iter().find(|other| other.promotion.is_some());
        if let Some(higher) = highest.filter(|other| other.number > version.number) {
            return Err(Refusal::Conflict(format!(
                "version {} is in production, and production never goes back; save what you want as a new version",
                Self::number_of(higher)
            ))
            .into());
        }
        let now = self.clock.now();
        let promotion = Promotion {
            production_key: InstallKey::new(now, &*self.random),
            release_notes: notes.clone(),
            at: now,
            by: person,
        };
        let deed = Deed {
            action: "version.promoted",
            target: app.to_string(),
            organisation: self.organisation_of(app).await?,
            before: highest.map(|highest| json!({ "number": Self::number_of(highest).to_string() })),
            after: Some(json!({ "number": Self::number_of(&version).to_string(), "release_notes": notes })),
        };
        let edits = vec![Edit::Promote(version.id, promotion.clone()), self.audited(by, deed)];
        match self.store.change(edits).await {
            Err(StoreError::Conflict) => Err(already().into()),
            other => Ok(other.map(|()| Version { promotion: Some(promotion), ..version })?),
        }
    }
}

/// The notes with plain line ends and without space around them.
fn checked(notes: &str) -> Result<String, Refusal> {
    let notes = notes.replace("\r\n", "\n").trim().to_owned();
    let turns = |c: char| matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if notes.is_empty() || notes.chars().count() > NOTES {
        let message = format!("say in 1 to {NOTES} characters what is new; company admins read it before they update");
        return Err(Refusal::invalid("release_notes", message));
    }
    if notes.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || turns(c)) {
        return Err(Refusal::invalid(
            "release_notes",
            "remove the control characters, other than line breaks and tabs",
        ));
    }
    Ok(notes)
}

fn already() -> Refusal {
    Refusal::Conflict("this version is in production already".to_owned())
}
