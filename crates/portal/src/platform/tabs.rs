//! The way between the platform's own pages.

use crate::urls;

/// The platform's own pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlatformTab {
    /// All apps by status.
    Apps,
    /// Who calls deprecated operations.
    Deprecated,
    /// Who calls private routes.
    Private,
    /// Where counts come from.
    Sources,
    /// Claims of discovered apps.
    Claims,
    /// People.
    People,
    /// Organisations.
    Organisations,
    /// The audit log.
    Audit,
}

/// One entry of a row of tabs, for the macro `parts::tabs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TabLink {
    pub(crate) word: &'static str,
    pub(crate) url: &'static str,
    pub(crate) current: bool,
}

/// The tabs of the platform's pages, on one of them.
pub(crate) fn platform_tabs(current: PlatformTab) -> Vec<TabLink> {
    let tabs = [
        (PlatformTab::Apps, "Apps", urls::PLATFORM),
        (PlatformTab::Deprecated, "Deprecated", urls::PLATFORM_DEPRECATED),
        (PlatformTab::Private, "Private", urls::PLATFORM_PRIVATE),
        (PlatformTab::Sources, "Sources", urls::PLATFORM_SOURCES),
        (PlatformTab::Claims, "Claims", urls::PLATFORM_CLAIMS),
        (PlatformTab::People, "People", urls::PLATFORM_PEOPLE),
        (PlatformTab::Organisations, "Organisations", urls::PLATFORM_ORGANISATIONS),
        (PlatformTab::Audit, "Audit log", urls::PLATFORM_AUDIT),
    ];
    tabs.into_iter().map(|(tab, word, url)| TabLink { word, url, current: tab == current }).collect()
}
