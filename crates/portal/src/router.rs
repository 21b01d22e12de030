//! Every route of the portal.

use axum::Router;
use axum::http::Uri;
use axum::middleware;
use axum::response::Response;
use axum::routing::get;

use crate::fault::Fault;
use crate::guard::{fault_at, guard};
use crate::{Portal, app_health, apps, assets, operations, rules};

/// The portal as a service. URLs are made in `urls.rs`.
pub fn router(portal: Portal) -> Router {
    Router::new()
        // Pages
        .route("/", get(apps::pages::show))
        .route("/apps/{app}/health", get(app_health::pages::show))
        .route("/apps/{app}/health/{observation}/routes", get(app_health::pages::show_routes))
        .route("/rules", get(rules::show))
        // API
        .route("/api/v1/apps/{app}/health", get(app_health::api::health))
        .route("/api/v1/apps/{app}/activity.csv", get(app_health::api::activity_csv))
        // Operations
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        // Files
        .route("/assets/{hash}/{file}", get(assets::show))
        .route("/favicon.ico", get(assets::favicon))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(guard))
        .with_state(portal)
}

async fn nowhere(uri: Uri) -> Response {
    fault_at(uri.path(), Fault::NoSuchPage)
}

async fn wrong_method(uri: Uri) -> Response {
    fault_at(uri.path(), Fault::WrongMethod)
}

#[cfg(test)]
mod tests;
