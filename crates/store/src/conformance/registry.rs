//! Promises about the registry and settings.

mod apps;
mod audit;
pub(super) mod cast;
mod claims;
mod dump;
mod organisations;
mod people;
mod sessions;
mod sign_in;
mod source_tokens;
pub mod steps;
mod tokens;
mod versions;

pub use apps::*;
pub use audit::*;
pub use claims::*;
pub use organisations::*;
pub use people::*;
pub use sessions::*;
pub use sign_in::*;
pub use source_tokens::*;
pub use tokens::*;
pub use versions::*;

use ::model::{App, Component, Distribution};

use super::builders::app;
use crate::{Result, SharedStore};

/// Apps come by id (bytes), with their components in order; saving again replaces all that is known.
pub async fn apps_read_back_by_id(store: SharedStore) -> Result<()> {
    let zed = App {
        id: app("Zed"),
        name: "Zed & sons".to_owned(),
        components: vec![Component::SidePanel, Component::DataConnection, Component::FullScreen],
        distribution: Some(Distribution::Marketplace),
        discovered: false,
    };
    let accented = App { distribution: Some(Distribution::Custom), ..App::discovered(app("é")) };
    let plain = App::discovered(app("a"));
    for app in [&accented, &zed, &plain] {
        store.save_app(app).await?;
    }
    assert_eq!(store.apps().await?, [zed.clone(), plain, accented]);
    assert_eq!(store.app(&zed.id).await?, Some(zed.clone()));
    assert_eq!(store.app(&app("zed")).await?, None);

    let renamed = App {
        name: "Zed".to_owned(),
        components: vec![Component::FullScreen],
        distribution: None,
        discovered: true,
        ..zed
    };
    store.save_app(&renamed).await?;
    assert_eq!(store.app(&renamed.id).await?, Some(renamed));
    Ok(())
}

/// A setting reads back as last set.
pub async fn settings_read_back(store: SharedStore) -> Result<()> {
    store.set_setting("rules", "1").await?;
    store.set_setting("rules", "two\n'quoted' \u{1f600}").await?;
    store.set_setting("", "").await?;
    assert_eq!(store.setting("rules").await?.as_deref(), Some("two\n'quoted' \u{1f600}"));
    assert_eq!(store.setting("").await?.as_deref(), Some(""));
    assert_eq!(store.setting("other").await?, None);
    Ok(())
}
