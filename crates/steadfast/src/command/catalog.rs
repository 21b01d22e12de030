//! `steadfast catalog import` and `steadfast catalog changes`.

use std::process::ExitCode;

use catalog::Severity;
use model::{CatalogChange, ChangeKind};
use service::{DocumentFile, ImportOutcome};

use super::{Failure, Outcome, open_beside, open_existing};
use crate::cli::{Changes, Import};
use crate::config::Config;
use crate::term::{self, Painter, plural, printable};

pub(super) async fn import(arguments: Import, config: Config) -> Outcome {
    let mut files = Vec::new();
    let mut unread = false;
    for path in &arguments.files {
        match std::fs::read(path) {
            Ok(bytes) => files.push(DocumentFile { name: path.display().to_string(), bytes }),
            Err(error) => {
                unread = true;
                term::tell(&format!("steadfast: cannot read `{}`: {error}", path.display()));
            }
        }
    }
    if unread {
        // A mistyped name must not look like a document that was withdrawn.
        return Err(Failure::new("nothing was imported; name files that can be read"));
    }
    let steadfast = open_beside(&arguments.data.path, config)?;
    let outcome = steadfast.import_catalog(&files, arguments.add).await?;
    for problem in &outcome.problems {
        let kind = if problem.severity == Severity::Error { "error" } else { "warning" };
        term::tell(&format!("{kind}: {problem}"));
    }
    term::print(told(&outcome))?;
    Ok(if outcome.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(outcome: &ImportOutcome) -> String {
    let paint = Painter::stdout();
    let mut text = String::new();
    for (name, operations) in &outcome.read {
        text += &format!("{}: {}\n", printable(name), plural(*operations as u64, "operation", "operations"));
    }
    for name in &outcome.failed {
        let kept = if outcome.kept.contains(name) { "; its routes of the import before stay" } else { "" };
        text += &format!("{}: not imported, see the errors above{kept}\n", printable(name));
    }
    if outcome.read.is_empty() {
        return text + "Nothing was imported; the catalog is as it was.\n";
    }
    text.push('\n');
    text += &changes_told(&outcome.changes, &paint);
    if !outcome.moved.is_empty() {
        text += &format!("\n{}\n", paint.bold("Documented now, with their counts of the last 30 days"));
        for (from, to) in outcome.moved.iter().take(LISTED) {
            text += &format!("  {} → {}\n", printable(from), printable(to));
        }
        if outcome.moved.len() > LISTED {
            text += &format!("  … and {} more\n", outcome.moved.len() - LISTED);
        }
    }
    text + &format!(
        "\nThe catalog documents {} on {}.\n",
        plural(outcome.operations as u64, "operation", "operations"),
        plural(outcome.routes as u64, "route", "routes"),
    )
}

/// How many changes of one kind are listed one by one; `steadfast catalog changes` lists all.
const LISTED: usize = 20;

fn changes_told(changes: &[CatalogChange], paint: &Painter) -> String {
    if changes.is_empty() {
        return "No changes against the import before.\n".to_owned();
    }
    let mut text = String::new();
    for kind in ChangeKind::ALL {
        let of_kind: Vec<&CatalogChange> = changes.iter().filter(|change| change.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let heading = format!("{} {}", title(kind), plural(of_kind.len() as u64, "operation", "operations"));
        text += &format!("{}\n", paint.bold(&heading));
        for change in of_kind.iter().take(LISTED) {
            text += &line(change);
        }
        if of_kind.len() > LISTED {
            text += &format!("  … and {} more\n", of_kind.len() - LISTED);
        }
    }
    text
}

fn line(change: &CatalogChange) -> String {
    let detail = if change.detail.is_empty() { String::new() } else { format!("  ({})", change.detail) };
    printable(&format!("  {:6} {}{detail}", change.method, change.route)) + "\n"
}

fn title(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "Added",
        ChangeKind::Changed => "Changed",
        ChangeKind::Deprecated => "Deprecated",
        ChangeKind::Undeprecated => "No longer deprecated:",
        ChangeKind::SunsetMoved => "Sunset moved:",
        ChangeKind::Removed => "Removed",
    }
}

pub(super) async fn changes(arguments: Changes, config: Config) -> Outcome {
    let steadfast = open_existing(&arguments.data.path, config).await?;
    let mut text = String::new();
    let mut import = None;
    for logged in steadfast.store.catalog_changes(arguments.limit).await? {
        if import != Some(logged.import) {
            import = Some(logged.import);
            text += &format!("Import {} at {}\n", logged.import, logged.at);
        }
        text += &format!("  {:12}", logged.change.kind.key());
        text += &line(&logged.change);
    }
    if text.is_empty() {
        text += "No changes yet; `steadfast catalog import` makes the first.\n";
    }
    term::print(text)?;
    Ok(ExitCode::SUCCESS)
}
