//! Claiming an app. The answer does not tell whether there is such an app.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use model::{ClaimDecision, Organisation};
use service::{ClaimMade, EVIDENCE_CHARACTERS, Error, Flaw, NewClaim, Refusal};

use crate::Portal;
use crate::access::rights::AppsWrite;
use crate::access::{Caller, SignedIn};
use crate::app_overview::view::day;
use crate::chrome::{AppTab, Chrome, Tab};
use crate::fault::PageFault;
use crate::figures::{Date, thousands};
use crate::form::{Field, Form, FormFlaws};
use crate::query::Params;
use crate::setting::Setting;
use crate::urls;

/// The page that takes a claim, and lists those made before.
#[derive(Debug, Template)]
#[template(path = "claim_app.html", whitespace = "minimize")]
pub(crate) struct ClaimPage {
    pub(crate) chrome: Chrome,
    pub(crate) flaws: FormFlaws,
    pub(crate) app: Field,
    pub(crate) evidence: Field,
    /// Asked for where there is a choice.
    pub(crate) organisation: Option<Field>,
    pub(crate) organisations: Vec<(String, String)>,
    /// Whether there is an organisation at all that could own an app.
    pub(crate) possible: bool,
    pub(crate) claims: Vec<ClaimRow>,
}

/// A claim made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimRow {
    pub(crate) app: String,
    /// The app's page, where it is theirs now.
    pub(crate) url: Option<String>,
    pub(crate) made: Date,
    pub(crate) state: &'static str,
    pub(crate) decided: Option<Date>,
}

/// What somebody wrote into the form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) app: String,
    pub(crate) evidence: String,
    pub(crate) organisation: String,
}

impl ClaimRow {
    fn new(setting: Setting<'_>, made: &ClaimMade) -> Self {
        let (state, url) = match made.decided {
            None => ("Waits for an answer", None),
            Some((ClaimDecision::Confirmed, _)) => ("Confirmed", Some(urls::app_tab(&made.app, AppTab::Overview))),
            Some((ClaimDecision::Refused, _)) => ("Not confirmed", None),
        };
        Self {
            app: made.app.to_string(),
            url,
            made: day(setting, made.at),
            state,
            decided: made.decided.map(|(_, at)| day(setting, at)),
        }
    }
}

impl ClaimPage {
    /// The page as it was filled in so far.
    pub(crate) fn new(
        setting: Setting<'_>,
        organisations: &[Organisation],
        claims: &[ClaimMade],
        answers: &Answers,
        mut flaws: Vec<Flaw>,
    ) -> Self {
        let number = flaws.len();
        let app = Field::new("app", "The app’s id", &answers.app)
            .hint("As its calls name it: the id that your gateway or the platform gave you.")
            .with(&mut flaws);
        let evidence = Field::new("evidence", "How can we tell that it is yours?", &answers.evidence)
            .hint(format!(
                "Up to {} characters: a contract or ticket number, who set it up and when, which companies use it. No secrets.",
                thousands(EVIDENCE_CHARACTERS as u64)
            ))
            .with(&mut flaws);
        let organisation = (organisations.len() > 1).then(|| {
            let field = Field::new("organisation", "Organisation", &answers.organisation);
            field.hint("It will own the app.").with(&mut flaws)
        });
        Self {
            chrome: Chrome::new(setting, Tab::Apps),
            flaws: FormFlaws::new(number, flaws),
            app,
            evidence,
            organisation,
            organisations: organisations.iter().map(|it| (it.id.to_string(), it.name.clone())).collect(),
            possible: !organisations.is_empty(),
            claims: claims.iter().map(|made| ClaimRow::new(setting, made)).collect(),
        }
    }
}

async fn page(portal: &Portal, caller: &Caller, answers: &Answers, flaws: Vec<Flaw>) -> Result<ClaimPage, PageFault> {
    let organisations = portal.steadfast.organisations_for_apps(&caller.actor).await?;
    let claims = match caller.actor.person() {
        Some(person) => portal.steadfast.claims_made_by(person).await?,
        None => Vec::new(),
    };
    Ok(ClaimPage::new(portal.setting(caller), &organisations, &claims, answers, flaws))
}

/// `GET /claim-app`
pub(crate) async fn show(
    State(portal): State<Portal>,
    who: SignedIn<AppsWrite>,
    query: RawQuery,
) -> Result<Html<String>, PageFault> {
    let SignedIn { caller, .. } = who;
    let params = Params::of_page(query, &["done"])?;
    let told = "Your claim was taken. If there is such an app, the platform’s staff will answer by e-mail.";
    let mut page = page(&portal, &caller, &Answers::default(), Vec::new()).await?;
    page.chrome = page.chrome.telling((params.text("done") == "claimed").then_some(told));
    Ok(Html(page.render()?))
}

/// `POST /claim-app`
pub(crate) async fn claim(
    State(portal): State<Portal>,
    who: SignedIn<AppsWrite>,
    form: Form,
) -> Result<Response, PageFault> {
    let SignedIn { caller, .. } = who;
    let answers = Answers {
        app: form.text("app").to_owned(),
        evidence: form.text("evidence").to_owned(),
        organisation: form.text("organisation").to_owned(),
    };
    let new = NewClaim {
        app: answers.app.clone(),
        evidence: answers.evidence.clone(),
        organisation: answers.organisation.parse().ok(),
    };
    let by = portal.steadfast.by(&caller.actor).await?;
    match portal.steadfast.claim_app(&caller.actor, &new, by, None).await {
        Ok(_) => Ok(Redirect::to(&urls::telling(urls::CLAIM_APP, "claimed")).into_response()),
        Err(Error::Refused(Refusal::Invalid(flaws))) => {
            let page = page(&portal, &caller, &answers, flaws).await?.render()?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
