//! The pages of versions.

use std::collections::BTreeMap;

use manifest::{Change, ChangeLevel, Difference};
use model::{App, PersonId, UnixMillis, Version};
use service::{Flaw, NextVersion, Steadfast};

use crate::accounts::moments::Moment;
use crate::chrome::{AppTab, Chrome, Sidebar};
use crate::components::Frame;
use crate::fault::sentence;
use crate::figures::shorten;
use crate::form::{Field, FormFlaws};
use crate::setting::Setting;
use crate::urls;

/// How much of a text that changed is shown.
const SHOWN_TEXT: usize = 160;

/// What a page needs to know beside the versions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looking<'a> {
    pub(crate) setting: Setting<'a>,
    pub(crate) app: &'a App,
    pub(crate) now: UnixMillis,
    /// The names of those who saved and promoted.
    pub(crate) people: &'a BTreeMap<PersonId, String>,
    pub(crate) may_edit: bool,
}

/// The list of versions.
#[derive(Clone, Debug)]
pub(crate) struct VersionsView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) components_url: String,
    pub(crate) rows: Vec<VersionRow>,
    /// What saving the draft as a version would be; none for who only reads.
    pub(crate) next: Option<NextView>,
}

/// A version in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VersionRow {
    pub(crate) number: String,
    pub(crate) url: String,
    pub(crate) state: State,
    /// Whether new installs in production get this one.
    pub(crate) is_latest: bool,
    pub(crate) saved: Moment,
    pub(crate) saved_by: String,
    pub(crate) sandbox_key: String,
    pub(crate) production_key: Option<String>,
    pub(crate) promotion: Option<PromotionView>,
}

impl VersionRow {
    /// Ids of the keys on the page, and what they are called to who hears it.
    pub(crate) fn sandbox_id(&self) -> String {
        format!("sandbox-{}", self.number.replace('.', "-"))
    }

    pub(crate) fn production_id(&self) -> String {
        format!("production-{}", self.number.replace('.', "-"))
    }

    pub(crate) fn sandbox_words(&self) -> String {
        format!("the sandbox key of {}", self.number)
    }

    pub(crate) fn production_words(&self) -> String {
        format!("the production key of {}", self.number)
    }
}

/// That a version is in production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PromotionView {
    pub(crate) at: Moment,
    pub(crate) by: String,
    pub(crate) notes: String,
}

/// Where a version can be installed, for the macro `parts::pill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) class: &'static str,
    pub(crate) word: &'static str,
}

/// What changed, as a page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangeLine {
    pub(crate) text: String,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    /// `Major`
    pub(crate) level: &'static str,
    pub(crate) class: &'static str,
}

/// The draft as the next version.
#[derive(Clone, Debug)]
pub(crate) struct NextView {
    pub(crate) action: String,
    pub(crate) revision: i64,
    pub(crate) state: NextState,
    pub(crate) changes: Vec<ChangeLine>,
    /// `since 1.2.0`; empty for the first version.
    pub(crate) since: String,
    /// What is in the way.
    pub(crate) problems: Vec<String>,
    pub(crate) number: Field,
    pub(crate) flaws: FormFlaws,
}

/// What can be done with the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextState {
    /// Nothing was written yet.
    Empty,
    /// It says the same as the last version.
    Same,
    /// Something is missing.
    Unfit,
    /// It can be saved.
    Ready,
}

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct VersionView {
    pub(crate) chrome: Chrome,
    pub(crate) sidebar: Sidebar,
    pub(crate) versions_url: String,
    pub(crate) row: VersionRow,
    pub(crate) manifest: String,
    pub(crate) changes: Vec<ChangeLine>,
    pub(crate) is_first: bool,
    /// The form that promotes it, for who may and where it can be.
    pub(crate) promote: Option<PromoteView>,
    /// Why it can't be promoted, though it isn't.
    pub(crate) superseded: Option<String>,
}

/// The form that promotes a version.
#[derive(Clone, Debug)]
pub(crate) struct PromoteView {
    pub(crate) action: String,
    pub(crate) notes: Field,
    pub(crate) flaws: FormFlaws,
}

impl VersionsView {
    /// The list, and the form with this number and these flaws.
    pub(crate) fn new(
        looking: Looking<'_>,
        versions: &[Version],
        next: &NextVersion,
        number: Option<&str>,
        flaws: Vec<Flaw>,
        done: Option<&str>,
    ) -> Self {
        let Frame { chrome, sidebar } = Frame::new(looking.setting, looking.app, AppTab::Versions, done);
        let latest = highest_promoted(versions).map(|version| version.id);
        Self {
            chrome,
            sidebar,
            components_url: urls::app_tab(&looking.app.id, AppTab::Components),
            rows: versions.iter().map(|version| row(looking, version, Some(version.id) == latest)).collect(),
            next: looking.may_edit.then(|| next_view(looking.app, next, number, flaws)),
        }
    }
}

impl VersionView {
    /// The page of one version among all `versions`.
    pub(crate) fn new(
        looking: Looking<'_>,
        version: &Version,
        versions: &[Version],
        difference: &Difference,
        (notes, mut flaws): (&str, Vec<Flaw>),
        done: Option<&str>,
    ) -> Self {
        let Frame { chrome, sidebar } = Frame::new(looking.setting, looking.app, AppTab::Versions, done);
        let highest = highest_promoted(versions);
        let above = highest.filter(|other| other.number > version.number && version.promotion.is_none());
        let count = flaws.len();
        let promotable = looking.may_edit && version.promotion.is_none() && above.is_none();
        let notes = Field::new("release_notes", "Release notes", notes)
            .hint("What is new, for the admins of the companies that use the app. Up to 4,000 characters.")
            .with(&mut flaws);
        Self {
            chrome,
            sidebar,
            versions_url: urls::app_tab(&looking.app.id, AppTab::Versions),
            row: row(looking, version, highest.is_some_and(|highest| highest.id == version.id)),
            manifest: version.manifest.clone(),
            changes: lines(difference),
            is_first: versions.iter().all(|other| other.number >= version.number),
            promote: promotable.then(|| PromoteView {
                action: urls::promote_version(&looking.app.id, version.id),
                notes,
                flaws: FormFlaws::new(count, flaws),
            }),
            superseded: above.map(|above| Steadfast::number_of(above).to_string()),
        }
    }
}

fn highest_promoted(versions: &[Version]) -> Option<&Version> {
    versions.iter().filter(|version| version.promotion.is_some()).max_by_key(|version| version.number)
}

fn row(looking: Looking<'_>, version: &Version, is_latest: bool) -> VersionRow {
    let moment = |at| Moment::new(at, looking.now, &looking.setting.platform.zone);
    let name = |person| looking.people.get(&person).cloned().unwrap_or_else(|| "somebody who left".to_owned());
    let promotion = version.promotion.as_ref().map(|promotion| PromotionView {
        at: moment(promotion.at),
        by: name(promotion.by),
        notes: promotion.release_notes.clone(),
    });
    VersionRow {
        number: Steadfast::number_of(version).to_string(),
        url: urls::version(&looking.app.id, version.id),
        state: match promotion {
            Some(_) => State { class: "ok", word: "In production" },
            None => State { class: "no", word: "Sandbox" },
        },
        is_latest,
        saved: moment(version.created_at),
        saved_by: name(version.created_by),
        sandbox_key: version.sandbox_key.to_string(),
        production_key: version.promotion.as_ref().map(|promotion| promotion.production_key.to_string()),
        promotion,
    }
}

fn next_view(app: &App, next: &NextVersion, number: Option<&str>, mut flaws: Vec<Flaw>) -> NextView {
    let state = match next {
        NextVersion { draft, .. } if draft.revision == 0 => NextState::Empty,
        NextVersion { previous: Some(_), difference, .. } if difference.changes.is_empty() => NextState::Same,
        NextVersion { draft, .. } if !draft.problems.is_empty() => NextState::Unfit,
        _ => NextState::Ready,
    };
    let problem = |problem: &manifest::Problem| match problem.pointer.as_str() {
        "" => sentence(&problem.message),
        pointer => format!("`{pointer}`: {}", sentence(&problem.message)),
    };
    // What is wrong with the draft is told as such, whether somebody tried to save it or not.
    flaws.retain(|flaw| !next.draft.problems.iter().any(|problem| problem.pointer == flaw.field));
    let count = flaws.len();
    let suggested = next.suggested.to_string();
    let hint = match next.previous {
        Some(_) => format!("Three numbers. These changes need {suggested} or above."),
        None => "Three numbers: breaking changes, features, mends. A first version is 0.1.0, a first public one 1.0.0."
            .to_owned(),
    };
    let number = Field::new("number", "Number", number.unwrap_or(&suggested)).hint(hint).with(&mut flaws);
    NextView {
        action: urls::app_tab(&app.id, AppTab::Versions),
        revision: next.draft.revision,
        state,
        changes: lines(&next.difference),
        since: next.previous.map(|previous| format!("since {previous}")).unwrap_or_default(),
        problems: next.draft.problems.iter().map(problem).collect(),
        number,
        flaws: FormFlaws::new(count, flaws),
    }
}

/// The changes, the biggest first.
fn lines(difference: &Difference) -> Vec<ChangeLine> {
    let mut changes: Vec<&Change> = difference.changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.level));
    changes.into_iter().map(line).collect()
}

fn line(change: &Change) -> ChangeLine {
    let (level, class) = match change.level {
        ChangeLevel::Major => ("Major", "na"),
        ChangeLevel::Minor => ("Minor", "rr"),
        ChangeLevel::Patch => ("Patch", "no"),
    };
    let short = |text: &Option<String>| text.as_deref().map(|text| shorten(text, SHOWN_TEXT));
    ChangeLine { text: sentence(&change.to_string()), from: short(&change.from), to: short(&change.to), level, class }
}
