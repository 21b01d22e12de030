//! URLs of an app's components, versions and credentials.

use model::{AppId, Environment, SecretId, VersionId};

use super::{under_app, under_app_json};

/// The schema of manifests.
pub(crate) const MANIFEST_SCHEMA: &str = "/api/v1/manifest.schema.json";

/// The draft as JSON.
pub(crate) fn components_json(app: &AppId) -> String {
    under_app(app, "components/json")
}

/// Trying the URLs of the draft.
pub(crate) fn components_preview(app: &AppId) -> String {
    under_app(app, "components/preview")
}

/// One version.
pub(crate) fn version(app: &AppId, version: VersionId) -> String {
    under_app(app, &format!("versions/{version}"))
}

/// Promoting one version.
pub(crate) fn promote_version(app: &AppId, version: VersionId) -> String {
    under_app(app, &format!("versions/{version}/promote"))
}

/// Making a client secret.
pub(crate) fn secrets(app: &AppId, environment: Environment) -> String {
    under_app(app, &format!("credentials/{}/secrets", environment.key()))
}

/// Removing a client secret.
pub(crate) fn remove_secret(app: &AppId, environment: Environment, secret: SecretId) -> String {
    under_app(app, &format!("credentials/{}/secrets/{secret}/remove", environment.key()))
}

/// Changing the redirect URIs.
pub(crate) fn redirect_uris(app: &AppId, environment: Environment) -> String {
    under_app(app, &format!("credentials/{}/redirect-uris", environment.key()))
}

/// The draft, for programs.
pub(crate) fn draft_json(app: &AppId) -> String {
    under_app_json(app, "draft")
}

/// All versions, for programs.
pub(crate) fn versions_json(app: &AppId) -> String {
    under_app_json(app, "versions")
}

/// One version, for programs.
pub(crate) fn version_json(app: &AppId, version: VersionId) -> String {
    under_app_json(app, &format!("versions/{version}"))
}

/// The client secrets of one environment, for programs.
pub(crate) fn secrets_json(app: &AppId, environment: Environment) -> String {
    under_app_json(app, &format!("credentials/{}/secrets", environment.key()))
}

/// One client secret, for programs.
pub(crate) fn secret_json(app: &AppId, environment: Environment, secret: SecretId) -> String {
    under_app_json(app, &format!("credentials/{}/secrets/{secret}", environment.key()))
}
