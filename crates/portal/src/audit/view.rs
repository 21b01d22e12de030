//! The audit log as its pages show it.

use model::UnixMillis;
use service::{AuditPage, AuditSeen, DoerSeen, Flaw, TargetSeen};

use super::asked::Asked;
use super::difference::{Difference, difference};
use crate::chrome::AppTab;
use crate::form::{Field, FormFlaws};
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab, PersonPage};

/// How actions begin, to choose from while one writes.
pub(crate) const NOUNS: [&str; 16] = [
    "app.",
    "claim.",
    "collaborator.",
    "credential.",
    "invitation.",
    "member.",
    "organisation.",
    "person.",
    "person.role_changed",
    "person.signed_in",
    "secret.",
    "session.",
    "sign_up.",
    "token.",
    "verification.",
    "version.",
];

/// Whose log it is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The page.
    pub(crate) path: String,
    /// The list for programs; exports are beside it.
    pub(crate) api: String,
    /// Whether the platform's staff reads it, who see all people.
    pub(crate) is_platform: bool,
    /// The zone in which days begin and end.
    pub(crate) zone: String,
}

/// The log, filtered.
#[derive(Clone, Debug)]
pub(crate) struct LogView {
    pub(crate) action: String,
    pub(crate) who: Field,
    pub(crate) what: Field,
    pub(crate) target: Field,
    pub(crate) from: Field,
    pub(crate) to: Field,
    pub(crate) flaws: FormFlaws,
    pub(crate) zone: String,
    pub(crate) is_narrow: bool,
    /// Whether it is not the first page.
    pub(crate) is_later: bool,
    pub(crate) rows: Vec<EntryRow>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) csv: String,
    pub(crate) ndjson: String,
}

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct EntryRow {
    /// `2026-11-20T13:45:12.345Z`
    pub(crate) iso: String,
    /// `2026-11-20`
    pub(crate) day: String,
    /// `13:45:12.345`
    pub(crate) time: String,
    pub(crate) who: Named,
    pub(crate) action: String,
    pub(crate) target: Named,
    pub(crate) difference: Difference,
}

/// Somebody or something with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// An address, a kind, whose it is.
    pub(crate) note: String,
    pub(crate) url: Option<String>,
}

impl LogView {
    pub(crate) fn new(place: &Place, asked: &Asked, page: &AuditPage, is_later: bool, mut flaws: Vec<Flaw>) -> Self {
        let count = flaws.len();
        let mut field =
            |name: &str, label: &str, value: &str| Field::new(name, label, value).optional().with(&mut flaws);
        let who = field("who", "Who", &asked.who);
        let what = field("action", "Action begins with", &asked.action);
        let target = field("target", "On what", &asked.target);
        let (from, to) = (field("from", "From", &asked.from), field("to", "To", &asked.to));
        Self {
            action: place.path.clone(),
            who,
            what,
            target,
            from,
            to,
            flaws: FormFlaws::new(count, flaws),
            zone: place.zone.clone(),
            is_narrow: asked.is_narrow(),
            is_later,
            first: is_later.then(|| asked.url(&place.path, None)),
            next: page.next.map(|id| asked.url(&place.path, Some(id))),
            rows: page.entries.iter().map(|seen| EntryRow::new(seen, place.is_platform)).collect(),
            csv: asked.url(&format!("{}.csv", place.api), None),
            ndjson: asked.url(&format!("{}.ndjson", place.api), None),
        }
    }
}

impl EntryRow {
    fn new(seen: &AuditSeen, is_platform: bool) -> Self {
        let iso = exact(seen.entry.at);
        let (day, time) = iso.split_once('T').unwrap_or((&iso, ""));
        let name_of = |id: &str| seen.people.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone());
        Self {
            day: day.to_owned(),
            time: time.trim_end_matches('Z').to_owned(),
            who: who(&seen.doer, is_platform),
            action: seen.entry.action.clone(),
            target: target(&seen.target, is_platform),
            difference: difference(seen.entry.before.as_deref(), seen.entry.after.as_deref(), name_of),
            iso,
        }
    }
}

/// RFC 3339 in UTC, to the millisecond.
fn exact(at: UnixMillis) -> String {
    format!("{:.3}", at.timestamp())
}

fn who(doer: &DoerSeen, is_platform: bool) -> Named {
    let page = || {
        let id = doer.id.as_ref()?.parse().ok().filter(|_| is_platform && doer.kind == "person")?;
        Some(organisations::person(id, PersonPage::Overview))
    };
    let unknown = || doer.id.clone().unwrap_or_default();
    let name = doer.name.clone().unwrap_or_else(unknown);
    let email = doer.email.as_ref().map(ToString::to_string).unwrap_or_default();
    match doer.kind {
        "system" => Named { name: "System".to_owned(), ..Named::default() },
        "nobody" => Named { name: "Nobody signed in".to_owned(), ..Named::default() },
        "token" => {
            let token = doer.token.as_ref().map_or_else(unknown, |token| format!("Token “{token}”"));
            Named { name: token, note: format!("of {name}"), url: None }
        }
        _ => Named { name, note: email, url: page() },
    }
}

fn target(target: &TargetSeen, is_platform: bool) -> Named {
    let note = target.kind().to_owned();
    match target {
        TargetSeen::App(id, name) => Named { name: name.clone(), note, url: Some(urls::app_tab(id, AppTab::Overview)) },
        TargetSeen::Person(id, name) => {
            let url = is_platform.then(|| organisations::person(*id, PersonPage::Overview));
            Named { name: name.clone(), note, url }
        }
        TargetSeen::Organisation(id, name) => {
            let url = Some(organisations::organisation(*id, OrganisationTab::People));
            Named { name: name.clone(), note, url }
        }
        TargetSeen::Other(text) => Named { name: text.clone(), note, url: None },
    }
}
