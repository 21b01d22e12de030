//! How long the server takes for a health page of the demonstration.

use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;

use super::Setting;
use super::person::Person;
use super::server::Server;
use super::table::{Table, thousands};
use crate::shell::{self, Failure};

/// The operator of the demonstration, who sees every app.
const OPERATOR: &str = "olive@plotline.example";
const PASSWORD: &str = "steadfast demonstration";

pub(super) fn run(setting: &Setting, table: &mut Table) -> Result<(), Failure> {
    let data = setting.fresh("pages")?;
    let began = Instant::now();
    let demo = Server::start(setting.steadfast(&["demo", "--listen", "127.0.0.1:0"], &data))?;
    table.add("`demo` from start to address", format!("{:.1} s", began.elapsed().as_secs_f64()), "seconds");

    let list = shell::output(setting.steadfast(&["apps", "--format", "json"], &data).stderr(Stdio::null()))?;
    let list: Value =
        serde_json::from_str(&list).map_err(|error| Failure::new(format!("`apps --format json`: {error}")))?;
    let (app, calls) =
        busiest(&list).ok_or_else(|| Failure::new(format!("`apps --format json` names no app with calls: {list}")))?;
    let pages = [
        ("list of apps".to_owned(), "/".to_owned()),
        (
            format!("health page of the busiest app (`{app}`, {} calls)", thousands(calls)),
            format!("/apps/{app}/health"),
        ),
    ];
    let headers = [Person::sign_in(&demo, OPERATOR, PASSWORD)?.cookie];
    for (what, path) in pages {
        let timed = demo.time(&path, &headers)?;
        let what = format!("{what}, {} kB, {} requests", timed.bytes / 1_000, timed.requests);
        table.add(&what, timed.spell(), if path == "/" { "" } else { "under 20 ms" });
    }
    Ok(())
}

/// The app with the most calls, wherever the list keeps its id.
fn busiest(list: &Value) -> Option<(String, u64)> {
    let apps = list.as_array().or_else(|| list.get("apps")?.as_array())?;
    let entry = |app: &Value| {
        let id = app.get("id").or_else(|| app.pointer("/app/id"))?.as_str()?;
        Some((id.to_owned(), app.get("calls")?.as_u64()?))
    };
    apps.iter().filter_map(entry).max_by_key(|(_, calls)| *calls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_busiest_app_is_found() {
        let list =
            json!([{"app": {"id": "a"}, "calls": 3}, {"app": {"id": "b"}, "calls": 9}, {"id": "c", "calls": null}]);
        assert_eq!(busiest(&list), Some(("b".to_owned(), 9)));
        assert_eq!(busiest(&json!({"apps": [{"id": "x", "calls": 1}]})), Some(("x".to_owned(), 1)));
        assert_eq!(busiest(&json!([])), None);
    }
}
