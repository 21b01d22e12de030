//! The claims that wait for the platform's staff.

use access::PlatformRight;
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, Redirect};
use model::{ClaimDecision, ClaimId};
use service::ClaimToDecide;

use crate::Portal;
use crate::access::Staff;
use crate::access::rights::{DecideClaims, SeePlatform};
use crate::app_overview::view::day;
use crate::chrome::{AppTab, Chrome, Tab};
use crate::confirm::{Confirm, render};
use crate::fault::{Fault, PageFault};
use crate::figures::{Date, thousands};
use crate::form::Form;
use crate::looks::{self, Look};
use crate::platform::{PlatformTab, TabLink, platform_tabs};
use crate::query::Params;
use crate::setting::Setting;
use crate::strip::Strip;
use crate::urls;

/// The page of the claims that wait.
#[derive(Debug, Template)]
#[template(path = "claims.html", whitespace = "minimize")]
pub(crate) struct ClaimsPage {
    pub(crate) chrome: Chrome,
    pub(crate) tabs: Vec<TabLink>,
    /// The days over which calls are added up: `30 days`.
    pub(crate) span: String,
    /// Whether the one who looks decides them.
    pub(crate) decides: bool,
    pub(crate) claims: Vec<ClaimCard>,
}

/// One claim.
#[derive(Debug)]
pub(crate) struct ClaimCard {
    pub(crate) app: String,
    pub(crate) app_url: String,
    pub(crate) look: Look,
    pub(crate) strip: Strip,
    pub(crate) calls: String,
    pub(crate) person: String,
    pub(crate) email: String,
    pub(crate) organisation: String,
    pub(crate) made: Date,
    pub(crate) evidence: String,
    pub(crate) confirm_url: String,
    pub(crate) refuse_url: String,
    /// How many others claim the same app.
    pub(crate) rivals: usize,
}

impl ClaimsPage {
    /// The page of these claims, for somebody who decides them or only reads.
    pub(crate) fn new(setting: Setting<'_>, claims: &[ClaimToDecide], decides: bool) -> Self {
        let card = |seen: &ClaimToDecide| {
            let claim = &seen.claim;
            let decision = |decision: ClaimDecision| urls::claim_decision(claim.id, decision.key());
            ClaimCard {
                app: claim.app.to_string(),
                app_url: urls::app_tab(&claim.app, AppTab::Overview),
                look: looks::status_over(seen.app.status, &seen.app.incomplete),
                strip: Strip::new(&seen.app.strip, &seen.app.incomplete),
                calls: thousands(seen.app.calls),
                person: seen.person.name.clone(),
                email: seen.person.email.to_string(),
                organisation: seen.organisation.name.clone(),
                made: day(setting, claim.created_at),
                evidence: claim.evidence.clone(),
                confirm_url: decision(ClaimDecision::Confirmed),
                refuse_url: decision(ClaimDecision::Refused),
                rivals: claims.iter().filter(|other| other.claim.app == claim.app).count() - 1,
            }
        };
        Self {
            chrome: Chrome::new(setting, Tab::Platform),
            tabs: platform_tabs(PlatformTab::Claims),
            span: setting.no_traffic(),
            decides,
            claims: claims.iter().map(card).collect(),
        }
    }
}

/// What was just done that leads here.
fn told(key: &str) -> Option<&'static str> {
    match key {
        "confirmed" => Some("The claim was confirmed. The app is theirs now, and they were told by e-mail."),
        "refused" => Some("The claim was refused. They were told by e-mail."),
        _ => None,
    }
}

/// `GET /platform/claims`
pub(crate) async fn list(
    State(portal): State<Portal>,
    staff: Staff<SeePlatform>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let params = Params::of_page(query, &["done"])?;
    let claims = portal.steadfast.claims_to_decide().await?;
    let decides = PlatformRight::DecideClaims.is_held_by(&staff.caller.actor);
    let mut page = ClaimsPage::new(portal.setting(&staff.caller), &claims, decides);
    page.chrome = page.chrome.telling(told(params.text("done")));
    Ok(Html(page.render()?))
}

/// The claim that a path names.
pub(super) fn claim_in(text: &str) -> Result<ClaimId, Fault> {
    text.parse().map_err(|_| Fault::NotFound("there is no such claim".to_owned()))
}

fn decision_in(text: &str) -> Result<ClaimDecision, Fault> {
    let unknown = || Fault::BadRequest("decision: write `confirmed` or `refused`".to_owned());
    ClaimDecision::from_key(text).ok_or_else(unknown)
}

/// `GET /platform/claims/{claim}?decision=`
pub(crate) async fn ask(
    State(portal): State<Portal>,
    staff: Staff<DecideClaims>,
    Path(claim): Path<String>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let decision = decision_in(Params::of_page(query, &["decision"])?.text("decision"))?;
    let seen = portal.steadfast.claim_to_decide(claim_in(&claim)?).await?;
    let chrome = Chrome::new(portal.setting(&staff.caller), Tab::Platform);
    Ok(Html(render(&chrome, &question(&seen, decision))?))
}

fn question(seen: &ClaimToDecide, decision: ClaimDecision) -> Confirm {
    let (app, person) = (&seen.claim.app, format!("{} ({})", seen.person.name, seen.person.email));
    let common = Confirm {
        action: urls::claim_decision(seen.claim.id, decision.key()),
        hidden: vec![("decision", decision.key().to_owned())],
        cancel: urls::PLATFORM_CLAIMS.to_owned(),
        ..Confirm::default()
    };
    match decision {
        ClaimDecision::Confirmed => Confirm {
            title: format!("Confirm that {app} is theirs?"),
            lead: format!("{person} will own the app for {}.", seen.organisation.name),
            points: vec![
                "They see its calls and its health from the first day on, and can make credentials for it.".to_owned(),
                "Other claims of the app are refused.".to_owned(),
            ],
            button: "Confirm the claim",
            ..common
        },
        ClaimDecision::Refused => Confirm {
            title: format!("Refuse the claim of {app}?"),
            lead: format!("{person} will be told that the claim was not confirmed, and can claim again."),
            button: "Refuse the claim",
            danger: true,
            ..common
        },
    }
}

/// `POST /platform/claims/{claim}`
pub(crate) async fn decide(
    State(portal): State<Portal>,
    staff: Staff<DecideClaims>,
    Path(claim): Path<String>,
    form: Form,
) -> Result<Redirect, PageFault> {
    let decision = decision_in(form.text("decision"))?;
    let by = portal.steadfast.by(&staff.caller.actor).await?;
    portal.steadfast.decide_claim(claim_in(&claim)?, decision, by).await?;
    Ok(Redirect::to(&urls::telling(urls::PLATFORM_CLAIMS, decision.key())))
}
