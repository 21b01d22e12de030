//! URLs of an app's components, versions and credentials.

use model::{AppId, Environment, SecretId, VersionId};

use super::segment;

/// The schema of manifests.
pub(crate) const MANIFEST_SCHEMA: &str = "/api/v1/manifest.schema.json";

/// The word of an environment in URLs and in the API.
pub(crate) fn environment_word(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Sandbox => "sandbox",
    }
}

fn page(app: &AppId, rest: &str) -> String {
    format!("/apps/{}/{rest}", segment(app.as_str()))
}

fn api(app: &AppId, rest: &str) -> String {
    format!("/api/v1/apps/{}/{rest}", segment(app.as_str()))
}

/// The draft as JSON.
pub(crate) fn components_json(app: &AppId) -> String {
    page(app, "components/json")
}

/// Trying the URLs of the draft.
pub(crate) fn components_preview(app: &AppId) -> String {
    page(app, "components/preview")
}

/// One version.
pub(crate) fn version(app: &AppId, version: VersionId) -> String {
    page(app, &format!("versions/{version}"))
}

/// Promoting one version.
pub(crate) fn promote_version(app: &AppId, version: VersionId) -> String {
    page(app, &format!("versions/{version}/promote"))
}

/// Making a client secret.
pub(crate) fn secrets(app: &AppId, environment: Environment) -> String {
    page(app, &format!("credentials/{}/secrets", environment_word(environment)))
}

/// Removing a client secret.
pub(crate) fn remove_secret(app: &AppId, environment: Environment, secret: SecretId) -> String {
    page(app, &format!("credentials/{}/secrets/{secret}/remove", environment_word(environment)))
}

/// Changing the redirect URIs.
pub(crate) fn redirect_uris(app: &AppId, environment: Environment) -> String {
    page(app, &format!("credentials/{}/redirect-uris", environment_word(environment)))
}

/// The draft, for programs.
pub(crate) fn draft_json(app: &AppId) -> String {
    api(app, "draft")
}

/// All versions, for programs.
pub(crate) fn versions_json(app: &AppId) -> String {
    api(app, "versions")
}

/// One version, for programs.
pub(crate) fn version_json(app: &AppId, version: VersionId) -> String {
    api(app, &format!("versions/{version}"))
}

/// One client secret, for programs.
pub(crate) fn secret_json(app: &AppId, environment: Environment, secret: SecretId) -> String {
    api(app, &format!("credentials/{}/secrets/{secret}", environment_word(environment)))
}
