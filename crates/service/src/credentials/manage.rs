//! Making, rotating and removing client secrets; each is shown once.

use model::{AppId, ClientId, ClientSecret, Component, Credential, Doer, Environment, SecretId, UnixMillis};
use secrets::{Secret, SecretKind};
use serde_json::json;
use store::{Edit, StoreError};

use super::check_redirect_uri;
use crate::audit::Deed;
use crate::manifests::components_of;
use crate::{Error, Flaw, Once, Refusal, Steadfast};

/// How many redirect URIs a credential may have.
const MOST_URIS: usize = 50;

/// How many characters of a redirect URI are shown where it is refused.
const SHOWN: usize = 200;

/// How long the older secret stays good beside a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// It ends at once.
    None,
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// Seven days.
    Week,
    /// Until it is removed.
    UntilRemoved,
}

impl Overlap {
    /// All choices, the shortest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Hour, Self::Day, Self::Week, Self::UntilRemoved];

    /// The word in API and forms.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::UntilRemoved => "until_removed",
        }
    }

    /// The words for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "ends at once",
            Self::Hour => "stays good for an hour",
            Self::Day => "stays good for a day",
            Self::Week => "stays good for seven days",
            Self::UntilRemoved => "stays good until you remove it",
        }
    }

    /// The choice of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|overlap| overlap.key() == key)
    }

    fn end(self, now: UnixMillis) -> Option<UnixMillis> {
        let hours = match self {
            Self::None => 0,
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::UntilRemoved => return None,
        };
        Some(now.plus_millis(hours * 3_600_000))
    }
}

/// A secret that was just made: the only time that it can be seen.
#[derive(Clone, Debug)]
pub struct MadeSecret {
    /// The credential it belongs to.
    pub client_id: ClientId,
    /// Its id.
    pub id: SecretId,
    /// The secret itself; none where the same request was sent before.
    pub secret: Option<Secret>,
}

impl Steadfast {
    /// The credentials of an app, without secrets whose time is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn credentials(&self, app: &AppId) -> Result<Vec<Credential>, Error> {
        let now = self.clock.now();
        let mut credentials = self.store.credentials(app).await?;
        for credential in &mut credentials {
            credential.secrets.retain(|secret| is_live(secret, now));
        }
        Ok(credentials)
    }

    /// What keeps an app from having credentials in an environment; nothing if it may.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn credential_obstacle(
        &self,
        app: &AppId,
        environment: Environment,
    ) -> Result<Option<&'static str>, Error> {
        let versions = self.store.versions(app).await?;
        let connects = |manifest: &str| components_of(manifest).contains(&Component::DataConnection);
        let connected = versions.iter().any(|version| connects(&version.manifest));
        let promoted = versions.iter().any(|version| version.promotion.is_some() && connects(&version.manifest));
        Ok(match environment {
            _ if !connected => Some("save a version with a data connection first; only that needs credentials"),
            Environment::Production if !promoted => {
                Some("promote a version with a data connection first; until then the sandbox is the place to try it")
            }
            _ => None,
        })
    }

    /// Makes a secret: the first one together with the client id, a second one to rotate to. The older one ends as
    /// `overlap` says. Sent again with the same key it makes nothing, and doesn't show the secret again.
    ///
    /// # Errors
    /// When the app may have no credentials there yet, when two secrets are good already, or when the store fails.
    pub async fn make_secret(
        &self,
        app: &AppId,
        environment: Environment,
        overlap: Overlap,
        by: Doer,
        once: Option<&Once>,
    ) -> Result<MadeSecret, Error> {
        if let Some(made) = self.made_before(once).await? {
            return self.secret_made_before(app, environment, &made).await;
        }
        if let Some(obstacle) = self.credential_obstacle(app, environment).await? {
            return Err(Refusal::Conflict(obstacle.to_owned()).into());
        }
        let now = self.clock.now();
        let known = self.credentials(app).await?.into_iter().find(|credential| credential.environment == environment);
        let secret = secrets::generate(SecretKind::ClientSecret, &*self.random);
        let row = ClientSecret {
            id: SecretId::new(now, &*self.random),
            digest: *secret.digest().as_bytes(),
            hint: secrets::hint(&secret),
            created_at: now,
            expires_at: None,
        };
        let (id, hint) = (row.id, row.hint.clone());
        let mut edits = Vec::new();
        let client_id = match &known {
            None => {
                let client_id = ClientId::new(now, &*self.random);
                edits.push(Edit::AddCredential(Credential {
                    app: app.clone(),
                    environment,
                    client_id,
                    redirect_uris: Vec::new(),
                    created_at: now,
                    secrets: vec![row],
                }));
                client_id
            }
            Some(credential) => {
                for older in &credential.secrets {
                    match (overlap, overlap.end(now)) {
                        (Overlap::None, _) => edits.push(Edit::RemoveSecret(app.clone(), environment, older.id)),
                        (_, Some(end)) if older.expires_at.is_none_or(|expires| expires > end) => {
                            edits.push(Edit::ExpireSecret(app.clone(), environment, older.id, end));
                        }
                        _ => {}
                    }
                }
                edits.push(Edit::AddSecret(app.clone(), environment, row, now));
                credential.client_id
            }
        };
        let deed = Deed {
            action: "secret.made",
            target: app.to_string(),
            organisation: self.organisation_of(app).await?,
            before: known.map(|credential| described(&credential)),
            after: Some(json!({
                "environment": environment.key(), "client_id": client_id, "secret": id, "hint": hint,
                "older": overlap.key(),
            })),
        };
        edits.push(self.audited(by, deed));
        edits.extend(self.remembered(once, &id.to_string()));
        match self.store.change(edits).await {
            Err(StoreError::Conflict) => Err(Refusal::Conflict(
                "two secrets are good at the moment, which is the most; remove the one that nothing uses any more"
                    .to_owned(),
            )
            .into()),
            other => Ok(other.map(|()| MadeSecret { client_id, id, secret: Some(secret) })?),
        }
    }

    /// What an earlier request made, as far as it can be told again.
    async fn secret_made_before(&self, app: &AppId, environment: Environment, made: &str) -> Result<MadeSecret, Error> {
        let known = self.store.credentials(app).await?;
        let known = known.iter().find(|credential| credential.environment == environment);
        let made = known
            .and_then(|known| Some(MadeSecret { client_id: known.client_id, id: made.parse().ok()?, secret: None }));
        Ok(made.ok_or_else(|| Refusal::NotFound("what this request made is gone".to_owned()))?)
    }

    /// Removes a secret at once.
    ///
    /// # Errors
    /// When it is not there, or the store fails.
    pub async fn remove_secret(
        &self,
        app: &AppId,
        environment: Environment,
        secret: &str,
        by: Doer,
    ) -> Result<(), Error> {
        let nowhere = || Refusal::NotFound("this credential has no such secret; it may have ended already".to_owned());
        let id: SecretId = secret.parse().map_err(|_| nowhere())?;
        let known = self.store.credentials(app).await?;
        let known = known.iter().find(|credential| credential.environment == environment).ok_or_else(nowhere)?;
        let row = known.secrets.iter().find(|secret| secret.id == id).ok_or_else(nowhere)?;
        let deed = Deed {
            action: "secret.removed",
            target: app.to_string(),
            organisation: self.organisation_of(app).await?,
            before: Some(json!({ "environment": environment.key(), "secret": id, "hint": row.hint })),
            after: None,
        };
        let edits = vec![Edit::RemoveSecret(app.clone(), environment, id), self.audited(by, deed)];
        match self.store.change(edits).await {
            Err(StoreError::Conflict) => Err(nowhere().into()),
            other => Ok(other?),
        }
    }

    /// Replaces the redirect URIs of a credential.
    ///
    /// # Errors
    /// With all that is wrong with them, when there is no such credential, or when the store fails.
    pub async fn set_redirect_uris(
        &self,
        app: &AppId,
        environment: Environment,
        uris: Vec<String>,
        by: Doer,
    ) -> Result<(), Error> {
        let flaws = flaws_of(&uris);
        if !flaws.is_empty() {
            return Err(Refusal::Invalid(flaws).into());
        }
        let known = self.store.credentials(app).await?;
        let known = known.iter().find(|credential| credential.environment == environment);
        let Some(known) = known else {
            return Err(
                Refusal::NotFound("the app has no credentials there yet; make a secret first".to_owned()).into()
            );
        };
        let deed = Deed {
            action: "redirect_uris.changed",
            target: app.to_string(),
            organisation: self.organisation_of(app).await?,
            before: Some(json!({ "environment": environment.key(), "redirect_uris": known.redirect_uris })),
            after: Some(json!({ "environment": environment.key(), "redirect_uris": uris })),
        };
        let edits = vec![Edit::SetRedirectUris(app.clone(), environment, uris), self.audited(by, deed)];
        Ok(self.store.change(edits).await?)
    }
}

/// All that is wrong with a list of redirect URIs.
fn flaws_of(uris: &[String]) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> = Vec::new();
    if uris.len() > MOST_URIS {
        flaws.push(Flaw::new("redirect_uris", format!("at most {MOST_URIS} redirect URIs can be registered")));
    }
    for (index, uri) in uris.iter().take(MOST_URIS).enumerate() {
        let told: String = uri.chars().take(SHOWN).collect();
        if let Err(problem) = check_redirect_uri(uri) {
            flaws.push(Flaw::new("redirect_uris", format!("line {}, `{told}`: {problem}", index + 1)));
        } else if uris.iter().take(index).any(|earlier| earlier == uri) {
            flaws.push(Flaw::new("redirect_uris", format!("line {}, `{told}` stands there twice", index + 1)));
        }
    }
    flaws
}

fn is_live(secret: &ClientSecret, now: UnixMillis) -> bool {
    secret.expires_at.is_none_or(|end| end > now)
}

fn described(credential: &Credential) -> serde_json::Value {
    let secrets: Vec<_> =
        credential.secrets.iter().map(|secret| json!({ "secret": secret.id, "hint": secret.hint })).collect();
    json!({ "client_id": credential.client_id, "secrets": secrets })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flaw_of_a_list_is_told() {
        let uris = ["https://a.example/", "http://a.example/", "https://a.example/", "x"].map(str::to_owned);
        let flaws: Vec<String> = flaws_of(&uris).into_iter().map(|flaw| flaw.message).collect();
        assert_eq!(flaws.len(), 3, "{flaws:?}");
        assert!(flaws[0].starts_with("line 2") && flaws[1].contains("twice") && flaws[2].starts_with("line 4"));
        let many = vec!["https://a.example/".to_owned(); 60];
        assert!(flaws_of(&many)[0].message.contains("at most 50"));
    }

    #[test]
    fn what_is_told_of_a_hostile_list_is_short() {
        let many = vec!["x".repeat(4000); 20_000];
        let told: usize = flaws_of(&many).iter().map(|flaw| flaw.message.len()).sum();
        assert!(told < 50_000, "{told}");
    }
}
