//! Where counts come from: sources of traffic with what is missing of each, files, batches, and what could not be used.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use model::{Day, DayRange, PlatformZone};
use service::Sources;

use super::source_row::SourceRow;
use super::tabs::{PlatformTab, TabLink, platform_tabs};
use crate::Portal;
use crate::access::Staff;
use crate::access::rights::SeePlatform;
use crate::accounts::moments::Moment;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::figures::{count, rounded_share, thousands};
use crate::incomplete::Incomplete;
use crate::pages_of::{Cut, Turns};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// How many sources a page lists, and how many files.
const PAGE: usize = 15;
const FILES: usize = 50;

/// The page of sources.
#[derive(Debug)]
pub(crate) struct SourcesView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    /// When calls were counted last, wherever they came from.
    pub(crate) latest: Option<Moment>,
    /// What is missing of the last days.
    pub(crate) incomplete: Option<Incomplete>,
    /// `12 sources`
    pub(crate) extent: String,
    pub(crate) rows: Vec<SourceRow>,
    pub(crate) row_turns: Option<Turns>,
    /// `312 files`, and whether their list is open.
    pub(crate) file_extent: String,
    pub(crate) files_open: bool,
    pub(crate) files: Vec<FileRow>,
    pub(crate) turns: Option<Turns>,
    pub(crate) senders: Vec<SenderRow>,
    pub(crate) rejects: Vec<RejectRow>,
    pub(crate) rejected: String,
    pub(crate) import: Option<ImportView>,
    pub(crate) changes: Vec<ChangeRow>,
}

/// A file that is read.
#[derive(Debug)]
pub(crate) struct FileRow {
    pub(crate) path: String,
    pub(crate) lines: String,
    pub(crate) bytes: String,
    pub(crate) moved: Moment,
}

/// Who sends batches.
#[derive(Debug)]
pub(crate) struct SenderRow {
    pub(crate) name: String,
    pub(crate) batches: String,
    pub(crate) calls: String,
    pub(crate) last: Moment,
}

/// Lines that could not be used.
#[derive(Debug)]
pub(crate) struct RejectRow {
    pub(crate) reason: String,
    pub(crate) lines: String,
    pub(crate) share: String,
}

/// The last import of the catalog.
#[derive(Debug)]
pub(crate) struct ImportView {
    pub(crate) number: String,
    pub(crate) at: Moment,
    pub(crate) documents: Vec<String>,
}

/// A change of the catalog.
#[derive(Debug)]
pub(crate) struct ChangeRow {
    pub(crate) at: Moment,
    pub(crate) kind: String,
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) detail: String,
}

/// Which pages of its lists are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pages {
    pub(crate) sources: usize,
    /// None where nobody asks for files.
    pub(crate) files: Option<usize>,
}

impl SourcesView {
    /// One page; `names` are what tokens are called, in the order of the senders; `incomplete` days of late.
    pub(crate) fn new(
        setting: Setting<'_>,
        sources: &Sources,
        names: &[Option<String>],
        incomplete: &[Day],
        pages: Pages,
    ) -> Self {
        let moment = |at| Moment::new(at, sources.now, &setting.platform.zone);
        let latest_file = sources.positions.iter().map(|position| position.updated_at).max();
        let latest_batch = sources.senders.iter().map(|sender| sender.last_at).max();
        let latest = sources.sources.iter().filter_map(|source| source.last_received).max();
        let latest = latest.max(latest_batch).max(latest_file);
        let url = |page| urls::platform::page(urls::PLATFORM_SOURCES, [], page);
        let rows = Cut::new(sources.sources.len(), PAGE, pages.sources, "source", url);
        let url = |page: usize| urls::platform::page(urls::PLATFORM_SOURCES, [("files", page.to_string())], 1);
        let cut = Cut::new(sources.positions.len(), FILES, pages.files.unwrap_or(1), "file", url);
        let rejected: u64 = sources.rejects.iter().map(|(_, lines)| lines).sum();
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(PlatformTab::Sources),
            latest: latest.map(moment),
            incomplete: Incomplete::new(setting, incomplete).map(|it| Incomplete { sources_url: None, ..it }),
            extent: count(sources.sources.len() as u64, "source"),
            rows: only_first_open(
                sources
                    .sources
                    .get(rows.items)
                    .unwrap_or_default()
                    .iter()
                    .map(|source| SourceRow::new(source, sources.now, &setting.platform.zone))
                    .collect(),
            ),
            row_turns: rows.turns,
            file_extent: count(sources.positions.len() as u64, "file"),
            files_open: pages.files.is_some(),
            files: sources
                .positions
                .get(cut.items)
                .unwrap_or_default()
                .iter()
                .map(|position| FileRow {
                    path: position.path.clone(),
                    lines: thousands(position.lines),
                    bytes: bytes(position.offset),
                    moved: moment(position.updated_at),
                })
                .collect(),
            turns: cut.turns,
            senders: sources
                .senders
                .iter()
                .zip(names)
                .map(|(sender, name)| SenderRow {
                    name: name.clone().unwrap_or_else(|| sender.sender.clone()),
                    batches: thousands(sender.batches),
                    calls: thousands(sender.accepted),
                    last: moment(sender.last_at),
                })
                .collect(),
            rejects: sources
                .rejects
                .iter()
                .map(|(reason, lines)| RejectRow {
                    reason: reason.clone(),
                    lines: thousands(*lines),
                    share: rounded_share(*lines, rejected),
                })
                .collect(),
            rejected: thousands(rejected),
            import: sources.import.as_ref().map(|import| ImportView {
                number: thousands(u64::try_from(import.number).unwrap_or(0)),
                at: moment(import.at),
                documents: import.documents.clone(),
            }),
            changes: changes(sources, &setting.platform.zone),
        }
    }
}

/// The first of these that is open stays so: open ones are long.
fn only_first_open(mut rows: Vec<SourceRow>) -> Vec<SourceRow> {
    rows.iter_mut().filter(|row| row.open).skip(1).for_each(|row| row.open = false);
    rows
}

fn changes(sources: &Sources, zone: &PlatformZone) -> Vec<ChangeRow> {
    let row = |logged: &service::LoggedChange| ChangeRow {
        at: Moment::new(logged.at, sources.now, zone),
        kind: logged.change.kind.key().replace('_', " "),
        method: logged.change.method.clone(),
        route: logged.change.route.clone(),
        detail: logged.change.detail.clone(),
    };
    sources.changes.iter().map(row).collect()
}

/// A number of bytes in the unit that fits: `12.3 MB`.
fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let (mut tenths, mut unit) = (u128::from(number) / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[derive(Template)]
#[template(path = "platform/sources.html", whitespace = "minimize")]
struct SourcesPage<'a> {
    view: &'a SourcesView,
}

/// The page of a view.
pub(crate) fn render(view: &SourcesView) -> Result<String, askama::Error> {
    SourcesPage { view }.render()
}

/// `GET /platform/sources`
pub(crate) async fn show(
    State(portal): State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["page", "files"])?;
    let files = params.has("files").then(|| params.number("files", 1, u16::MAX)).transpose()?;
    let pages = Pages { sources: params.number("page", 1, u16::MAX)?.into(), files: files.map(usize::from) };
    let sources = portal.steadfast.sources().await?;
    let names = sender_names(&portal, &sources).await?;
    let setting = portal.setting(&staff.caller);
    let window = DayRange::before(setting.today, health::WINDOW_DAYS);
    let incomplete = portal.steadfast.incomplete_days_of_any(window).await?;
    Ok(Html(render(&SourcesView::new(setting, &sources, &names, &incomplete, pages))?))
}

/// What the tokens of senders are called, in the order of the senders.
pub(super) async fn sender_names(portal: &Portal, sources: &Sources) -> Result<Vec<Option<String>>, service::Error> {
    let mut names = Vec::with_capacity(sources.senders.len());
    for sender in &sources.senders {
        names.push(match sender.sender.parse() {
            Ok(id) => match portal.steadfast.store.token(id).await? {
                Some(token) => Some(token.name),
                None => portal.steadfast.store.source_token(id).await?.map(|token| token.to_string()),
            },
            Err(_) => None,
        });
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        for (number, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345_678, "12.3 MB"),
            (999_999_999, "999.9 MB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(bytes(number), expected);
        }
    }
}
