//! What all pages of one organisation share.

use access::OrganisationRight;
use model::Organisation;

use crate::Portal;
use crate::access::InOrganisation;
use crate::chrome::{Chrome, SidebarEntry, Tab};
use crate::urls::organisations::{self as urls, OrganisationTab};

/// The frame of a page of one organisation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) chrome: Chrome,
    /// Its name.
    pub(crate) name: String,
    /// Its pages.
    pub(crate) side: Vec<SidebarEntry>,
}

impl Frame {
    /// The frame for somebody in the organisation, on one of its pages.
    pub(crate) fn new<R>(portal: &Portal, who: &InOrganisation<R>, current: OrganisationTab) -> Self {
        let chrome = Chrome::new(portal.setting(&who.caller), Tab::Organisations);
        Self::of(chrome, &who.organisation, |right| who.may(right), current)
    }

    /// The frame for somebody with these rights.
    pub(crate) fn of(
        chrome: Chrome,
        organisation: &Organisation,
        may: impl Fn(OrganisationRight) -> bool,
        current: OrganisationTab,
    ) -> Self {
        let pages = [
            ("People and apps", OrganisationTab::People, true),
            ("API tokens", OrganisationTab::Tokens, may(OrganisationRight::OverseeOrganisation)),
            ("Audit log", OrganisationTab::Audit, may(OrganisationRight::OverseeOrganisation)),
            (
                "Settings",
                OrganisationTab::Settings,
                may(OrganisationRight::ManageOrganisation) || may(OrganisationRight::LeaveOrganisation),
            ),
        ];
        let side = pages.into_iter().filter(|(.., shown)| *shown).map(|(word, tab, _)| SidebarEntry {
            word,
            url: urls::organisation(organisation.id, tab),
            current: tab == current,
        });
        Self { chrome, name: organisation.name.clone(), side: side.collect() }
    }

    /// The same frame, telling what was just done.
    pub(crate) fn telling(self, done: Option<&str>) -> Self {
        Self { chrome: self.chrome.telling(done), ..self }
    }
}
