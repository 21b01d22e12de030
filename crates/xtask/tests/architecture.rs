//! The walls of the house, held against what Cargo says: which crate may use which, which outside crates each
//! must do without, SQL in one place, lints in all. A new edge is the rare change that deserves the most
//! thought; make it here first. The reasons are in `docs/ARCHITECTURE.md`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What one of our crates may use of the others.
struct Wall {
    name: &'static str,
    /// In the program.
    uses: &'static [&'static str],
    /// In its tests as well.
    tests_use: &'static [&'static str],
    /// Whether it must decide alone: no I/O, no async, no database, no web, no randomness.
    pure: bool,
}

const WALLS: &[Wall] = &[
    Wall { name: "model", uses: &[], tests_use: &[], pure: true },
    Wall { name: "catalog", uses: &["model"], tests_use: &["testkit"], pure: true },
    Wall { name: "traffic", uses: &["model"], tests_use: &["testkit"], pure: true },
    Wall { name: "health", uses: &["model"], tests_use: &["testkit"], pure: true },
    Wall { name: "access", uses: &["model"], tests_use: &["testkit"], pure: true },
    Wall { name: "manifest", uses: &["model"], tests_use: &["testkit"], pure: true },
    Wall { name: "secrets", uses: &["model"], tests_use: &[], pure: false },
    Wall { name: "mail", uses: &["model"], tests_use: &["testkit"], pure: false },
    Wall { name: "oidc", uses: &["model"], tests_use: &["testkit"], pure: false },
    Wall { name: "store", uses: &["model"], tests_use: &["testkit"], pure: false },
    Wall {
        name: "service",
        uses: &["model", "catalog", "traffic", "health", "access", "manifest", "secrets", "mail", "store"],
        tests_use: &["testkit"],
        pure: false,
    },
    Wall {
        name: "portal",
        uses: &["model", "health", "access", "manifest", "secrets", "mail", "oidc", "service"],
        tests_use: &["mail", "store", "testkit"],
        pure: false,
    },
    Wall {
        name: "steadfast",
        uses: &[
            "model", "catalog", "traffic", "health", "manifest", "mail", "oidc", "secrets", "store", "service",
            "portal",
        ],
        tests_use: &["testkit"],
        pure: false,
    },
    Wall { name: "testkit", uses: &["model"], tests_use: &[], pure: false },
    Wall { name: "xtask", uses: &[], tests_use: &[], pure: false },
];

/// What no pure crate may use, not even through another crate.
const NOT_IN_PURE: &[&str] = &[
    "askama",
    "async-trait",
    "axum",
    "clap",
    "fantoccini",
    "futures-util",
    "getrandom",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "rusqlite",
    "socket2",
    "tempfile",
    "tokio",
    "toml",
    "tower",
    "tracing",
    "tracing-subscriber",
    "ureq",
];

/// Outside crates that one of ours alone may use directly: what they stand for has one home.
const ONE_HOME: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("libsqlite3-sys", "store"),
    ("axum", "portal"),
    ("askama", "portal"),
    ("argon2", "secrets"),
    ("clap", "steadfast"),
    ("getrandom", "steadfast"),
    ("lettre", "mail"),
    ("reqwest", "oidc"),
    ("indicatif", "steadfast"),
    ("toml", "steadfast"),
    ("tracing-subscriber", "steadfast"),
];

/// How a statement of SQL begins.
const SQL: &[&str] =
    &["SELECT ", "INSERT INTO", "INSERT OR ", "DELETE FROM", "CREATE TABLE", "CREATE INDEX", "PRAGMA "];

#[test]
fn every_crate_uses_only_what_its_wall_lets_through() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    let walled: BTreeSet<&str> = WALLS.iter().map(|wall| wall.name).collect();
    assert_eq!(ours, walled, "a new crate needs a wall, in the table of this test and in docs/ARCHITECTURE.md");
    for wall in WALLS {
        for dependency in &packages[wall.name] {
            let name = dependency.name.as_str();
            if !ours.contains(name) {
                continue;
            }
            let allowed = wall.uses.contains(&name) || (dependency.dev && wall.tests_use.contains(&name));
            let kind = if dependency.dev { "dev-" } else { "" };
            assert!(allowed, "`{}` must not have `{name}` as a {kind}dependency", wall.name);
        }
    }
}

#[test]
fn the_walls_have_no_cycle() {
    // Each line of the table may only use lines before it.
    for (index, wall) in WALLS.iter().enumerate() {
        for used in wall.uses {
            assert!(WALLS[..index].iter().any(|earlier| earlier.name == *used), "`{}` uses `{used}`", wall.name);
        }
    }
}

#[test]
fn pure_crates_reach_no_outside_world() {
    for wall in WALLS.iter().filter(|wall| wall.pure) {
        for reached in reached_by(wall.name) {
            assert!(!NOT_IN_PURE.contains(&reached.as_str()), "`{}` must be pure, but reaches `{reached}`", wall.name);
        }
    }
}

#[test]
fn some_outside_crates_have_one_home() {
    for (package, dependencies) in packages() {
        for dependency in dependencies.iter().filter(|dependency| !dependency.dev) {
            let home = ONE_HOME.iter().find(|(name, _)| *name == dependency.name);
            assert!(
                home.is_none_or(|(_, home)| *home == package),
                "`{package}` uses `{}`; that is for {home:?}",
                dependency.name
            );
        }
    }
}

#[test]
fn sql_is_written_in_the_store_alone() {
    for wall in WALLS.iter().filter(|wall| wall.name != "store") {
        for file in rust_files(&root().join("crates").join(wall.name).join("src")) {
            let text = fs::read_to_string(&file).unwrap();
            for (index, line) in text.lines().enumerate() {
                let code = line.trim_start();
                let sql = !code.starts_with("//") && SQL.iter().any(|statement| code.contains(statement));
                assert!(!sql, "{}:{}: SQL belongs into the store: {code}", file.display(), index + 1);
            }
        }
    }
}

#[test]
fn every_crate_takes_the_lints_and_facts_of_the_workspace() {
    for wall in WALLS {
        let manifest = root().join("crates").join(wall.name).join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let has = |line: &str| text.lines().any(|found| found.trim() == line);
        assert!(text.contains("[lints]\nworkspace = true"), "{} must inherit the lints", manifest.display());
        for fact in ["version", "edition", "rust-version", "license", "publish"] {
            assert!(has(&format!("{fact}.workspace = true")), "{} must inherit `{fact}`", manifest.display());
        }
    }
}

#[test]
fn every_version_is_in_the_workspace_table() {
    for wall in WALLS {
        let manifest = root().join("crates").join(wall.name).join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let mut in_dependencies = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                in_dependencies = line.ends_with("dependencies]");
            } else if in_dependencies && line.contains('=') && !line.starts_with('#') {
                let inherits = line.contains("workspace = true");
                assert!(inherits, "{}: `{line}` must come from the workspace table", manifest.display());
            }
        }
    }
}

struct Dependency {
    name: String,
    dev: bool,
}

/// Our crates with what their manifests name.
fn packages() -> BTreeMap<String, Vec<Dependency>> {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| (word(&package["name"]), dependencies(package))).collect()
}

fn dependencies(package: &Value) -> Vec<Dependency> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies.map(|found| Dependency { name: word(&found["name"]), dev: found["kind"] == "dev" }).collect()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The names of all crates that end up in a program that uses `package`.
fn reached_by(package: &str) -> BTreeSet<String> {
    let tree = cargo(&["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}
