//! What the demonstration's apps are made of: a manifest for each, saved and promoted like anybody's.

use model::{App, Component, Doer, PersonId};
use serde_json::{Map, Value, json};
use service::{NewVersion, Steadfast};

use crate::command::Failure;

/// Saves and promotes the first version of an app, by its owner.
pub(super) async fn promote(steadfast: &Steadfast, app: &App, owner: PersonId) -> Result<(), Failure> {
    let by = Doer::Person(owner);
    let document = manifest(app).to_string();
    steadfast.save_draft_document(&app.id, document.as_bytes(), 0, by).await?;
    let new = NewVersion { number: "1.0.0".to_owned(), revision: 1, person: owner };
    let version = steadfast.save_version(&app.id, &new, by, None).await?;
    steadfast.promote(&app.id, &version.id.to_string(), "The first version for everybody.", owner, by).await?;
    Ok(())
}

fn manifest(app: &App) -> Value {
    let host = format!("{}.example.com", app.id);
    let mut manifest = Map::from_iter([("schema_version".to_owned(), json!("1.0"))]);
    for component in &app.components {
        let (key, part) = match component {
            Component::DataConnection => ("data_connection", data_connection(app)),
            Component::FullScreen => (
                "fullscreen",
                json!({
                    "source_url": format!("https://{host}/full?company={{{{company.id}}}}&project={{{{project.id}}}}"),
                    "description": format!("{} in the product's main area", app.name),
                }),
            ),
            Component::SidePanel => (
                "sidepanel",
                json!({
                    "source_url": format!("https://{host}/panel/{{{{project.id}}}}"),
                    "description": format!("{} beside the record", app.name),
                    "views": ["rfi.detail", "observations.all"],
                }),
            ),
        };
        manifest.insert(key.to_owned(), part);
    }
    Value::Object(manifest)
}

/// The night job runs as a service account; the others act for users.
fn data_connection(app: &App) -> Value {
    if app.id.as_str() == "nightshift-payroll" {
        let permissions = json!({ "company": { "timesheets": "standard", "directory": "readonly" } });
        json!({ "service_account": { "permissions": permissions } })
    } else {
        json!({})
    }
}
