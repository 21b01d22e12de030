//! The pages of the audit log.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use model::OrganisationId;
use service::AuditPage;

use super::asked::{Asked, OF_PAGE, before};
use super::view::{LogView, NOUNS, Place};
use crate::Portal;
use crate::access::rights::{OverseeOrganisation, ReadAudit};
use crate::access::{InOrganisation, Staff};
use crate::accounts::entering::or_flaws;
use crate::chrome::{Chrome, Tab};
use crate::fault::PageFault;
use crate::organisations::frame::Frame;
use crate::platform::{PlatformTab, TabLink, platform_tabs};
use crate::query::Params;
use crate::urls;
use crate::urls::organisations::{self, OrganisationTab};

/// How many entries stand on a page.
const PAGE: u32 = 50;

/// The whole log.
#[derive(Debug)]
pub(crate) struct PlatformAuditView {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    pub(crate) log: LogView,
}

#[derive(Template)]
#[template(path = "platform_audit.html", whitespace = "minimize")]
struct PlatformAuditPage<'a> {
    view: &'a PlatformAuditView,
    nouns: &'a [&'a str],
}

/// The page of a view.
pub(crate) fn render(view: &PlatformAuditView) -> Result<String, askama::Error> {
    PlatformAuditPage { view, nouns: &NOUNS }.render()
}

/// The part that an organisation's admins read.
#[derive(Clone, Debug)]
pub(crate) struct OrganisationAuditView {
    pub(crate) frame: Frame,
    pub(crate) log: LogView,
}

#[derive(Template)]
#[template(path = "organisation_audit.html", whitespace = "minimize")]
struct OrganisationAuditPage<'a> {
    view: &'a OrganisationAuditView,
    nouns: &'a [&'a str],
}

/// The page of a view.
pub(crate) fn render_of_organisation(view: &OrganisationAuditView) -> Result<String, askama::Error> {
    OrganisationAuditPage { view, nouns: &NOUNS }.render()
}

/// What a query asks for, and whether it could be taken.
async fn log(
    portal: &Portal,
    place: &Place,
    organisation: Option<OrganisationId>,
    query: RawQuery,
) -> Result<(StatusCode, LogView), PageFault> {
    let params = Params::of_page(query, &OF_PAGE)?;
    let (asked, before) = (Asked::new(&params), before("before", &params)?);
    let outcome = match asked.filter(organisation) {
        Ok(filter) => portal.steadfast.audit_page(&filter, before, PAGE).await,
        Err(refusal) => Err(refusal.into()),
    };
    Ok(match or_flaws(outcome)? {
        Ok(page) => (StatusCode::OK, LogView::new(place, &asked, &page, before.is_some(), Vec::new())),
        Err(flaws) => {
            let view = LogView::new(place, &asked, &AuditPage::default(), false, flaws);
            (StatusCode::UNPROCESSABLE_ENTITY, view)
        }
    })
}

/// `GET /platform/audit?who=&action=&target=&from=&to=&before=`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: Staff<ReadAudit>,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let place = Place {
        path: urls::PLATFORM_AUDIT.to_owned(),
        api: organisations::API_AUDIT.to_owned(),
        is_platform: true,
        zone: portal.steadfast.platform.zone.name().to_owned(),
    };
    let (status, log) = log(&portal, &place, None, query).await?;
    let chrome = Chrome::new(portal.setting(&who.caller), Tab::Platform);
    let view = PlatformAuditView { chrome, tabs: platform_tabs(PlatformTab::Audit), log };
    Ok((status, Html(render(&view)?)).into_response())
}

/// `GET /organisations/{organisation}/audit?who=&action=&target=&from=&to=&before=`
pub(crate) async fn show_of_organisation(
    State(portal): State<Portal>,
    who: InOrganisation<OverseeOrganisation>,
    query: RawQuery,
) -> Result<Response, PageFault> {
    let place = Place {
        path: organisations::organisation(who.id(), OrganisationTab::Audit),
        api: organisations::organisation_audit_json(who.id()),
        is_platform: false,
        zone: portal.steadfast.platform.zone.name().to_owned(),
    };
    let (status, log) = log(&portal, &place, Some(who.id()), query).await?;
    let view = OrganisationAuditView { frame: Frame::new(&portal, &who, OrganisationTab::Audit), log };
    Ok((status, Html(render_of_organisation(&view)?)).into_response())
}
